"""The vectors that the kernels calculate with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import DTypeLike, NDArray

from standoff.game import GROUP
from standoff.solver.lanes import (
    any_above_zero,
    at_least,
    choose,
    empty_aligned,
    exponential,
    gather,
    larger,
    load,
    logarithm,
    magnitude,
    scratch,
    splat,
    store,
    whole,
)

TYPES = [np.float32, np.float64]


def _exponentials(x: Any, result: Any) -> None:
    for k in range(0, x.size, GROUP):
        store(result, k, exponential(load(x, k)))


def _mixture(x: Any, y: Any, result: Any) -> bool:
    a, b = load(x, 0), load(y, 0)
    store(result, 0, larger(a, b))
    store(result, GROUP, at_least(a, b))
    store(result, 2 * GROUP, splat(x[3]) * a + b / splat(x.dtype.type(2)) - a)
    return any_above_zero(a)  # type: ignore[no-any-return]


def _selection(condition: Any, x: Any, y: Any, result: Any) -> None:
    store(result, 0, choose(load(condition, 0), load(x, 0), load(y, 0)))
    store(result, GROUP, magnitude(load(x, 0)))


def _through_scratch(x: Any, vectors: int, result: Any) -> tuple[int, int]:
    room = scratch(vectors, x.dtype)
    for k in range(vectors):
        store(room, k * GROUP, load(x, 0) * splat(x.dtype.type(k)))
    for k in range(vectors):
        store(result, k * GROUP, load(room, k * GROUP))
    return room.size, room.ctypes.data % 64


def _logarithms(x: Any, result: Any) -> None:
    for k in range(0, x.size, GROUP):
        store(result, k, logarithm(load(x, k)))


def _gathered(table: Any, offset: int, number: Any, result: Any) -> None:
    store(result, 0, gather(table, offset, load(number, 0)))
    store(result, GROUP, whole(load(number, 0)))


_compiled_logarithms = njit(_logarithms)
_compiled_gathered = njit(_gathered)
_compiled_selection = njit(_selection)
_compiled_scratch = njit(_through_scratch)
_compiled_exponentials = njit(_exponentials)
_compiled_mixture = njit(_mixture)


def exponentials(x: NDArray[Any]) -> NDArray[Any]:
    """`exponential` of each number, however many there are."""
    padded = np.pad(x, (0, -len(x) % GROUP), mode="edge")
    result = np.empty_like(padded)
    _compiled_exponentials(padded, result)
    return result[: len(x)]


def least(dtype: DTypeLike) -> float:
    """The argument below which the result is 0."""
    return {4: -87.0, 8: -708.0}[np.dtype(dtype).itemsize]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.skipif(
    bool(np.finfo(np.longdouble).eps > 2e-19), reason="no numbers finer than doubles here"
)
def test_exponential(dtype: DTypeLike) -> None:
    """The relative error is below 2 ulp over the whole range, also near 0 and halves of ln 2."""
    random = np.random.default_rng(1)
    halves = -np.arange(0, -least(dtype), np.log(2) / 2)
    x = np.concatenate(
        [
            np.linspace(least(dtype), 0, 200_001),
            -np.geomspace(1e-300, 1, 20_000),
            -random.exponential(1.0, 100_000),
            *(halves + step for step in (-1e-6, 0, 1e-6)),
        ]
    ).astype(dtype)
    x = x[(x <= 0) & (x >= least(dtype))]
    expected = np.exp(x.astype(np.longdouble))
    error = np.abs(exponentials(x) - expected) / expected
    assert error.max() < 2 * np.finfo(dtype).eps
    assert np.median(error) < 0.3 * np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", TYPES)
def test_exponential_ends(dtype: DTypeLike) -> None:
    """Exactly 1 at 0 of either sign, positive while the result is a normal number, and 0 below, at
    any depth.
    """
    deep = [-0.0, 0.0, least(dtype), least(dtype) - 1, -1e6, -1e30, -np.finfo(dtype).max, -np.inf]
    found = exponentials(np.array(deep, dtype))
    assert found[:2].tolist() == [1, 1]
    assert found[2] >= np.finfo(dtype).tiny
    assert found[3:].tolist() == [0] * 5


@pytest.mark.parametrize("dtype", TYPES)
def test_exponential_does_not_rise(dtype: DTypeLike) -> None:
    """A worse action is never likelier: the function does not fall as its argument rises, within an
    ulp.
    """
    x = np.linspace(-30, 0, 300_000).astype(dtype)
    found = exponentials(x)
    assert (found[1:] >= found[:-1] * (1 - np.finfo(dtype).eps)).all()
    assert found.max() == 1


@pytest.mark.parametrize("dtype", TYPES)
def test_a_lane_stands_alone(dtype: DTypeLike) -> None:
    """Each of the lanes gives the bytes that it would give beside any others."""
    x = -np.random.default_rng(2).exponential(5.0, GROUP).astype(dtype)
    together = exponentials(x)
    for lane in range(GROUP):
        for others in (0.0, -3.5, -1e9):
            beside = np.full(GROUP, others, dtype)
            beside[lane] = x[lane]
            assert exponentials(beside)[lane].tobytes() == together[lane].tobytes()


@pytest.mark.parametrize("dtype", TYPES)
def test_operations(dtype: DTypeLike) -> None:
    """Arithmetic, comparison and the rest, lane by lane, are numpy's."""
    random = np.random.default_rng(3)
    x, y = (random.integers(-8, 8, GROUP).astype(dtype) for _ in range(2))
    result = np.empty(3 * GROUP, dtype)
    assert _compiled_mixture(x, y, result)
    np.testing.assert_array_equal(result[:GROUP], np.maximum(x, y))
    np.testing.assert_array_equal(result[GROUP : 2 * GROUP], x >= y)
    np.testing.assert_array_equal(result[2 * GROUP :], x[3] * x + y / 2 - x)
    for lane in range(GROUP):
        one = np.zeros(GROUP, dtype)
        one[lane] = 1
        assert _compiled_mixture(one, y, result)
        assert not _compiled_mixture(-one, y, result)
    assert not _compiled_mixture(np.zeros(GROUP, dtype), y, result)


@pytest.mark.parametrize("dtype", TYPES)
def test_selection(dtype: DTypeLike) -> None:
    """`choose` takes the first where the condition is above 0, and else, at 0, -0 and nan too, the
    second, whatever stands in the one not taken; `magnitude` is the distance from 0.
    """
    random = np.random.default_rng(4)
    x, y = (random.normal(size=GROUP).astype(dtype) for _ in range(2))
    x[:5] = [np.nan, np.inf, -np.inf, -0.0, 0.0]
    y[5] = np.nan
    condition = np.tile(np.array([0, 1, -1, -0.0, np.nan, 1e-30, np.inf, -np.inf], dtype), 2)
    result = np.empty(2 * GROUP, dtype)
    _compiled_selection(condition, x, y, result)
    np.testing.assert_array_equal(result[:GROUP], np.where(condition > 0, x, y))
    np.testing.assert_array_equal(result[GROUP:], np.abs(x))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("vectors", [1, 2, 37])
def test_scratch(dtype: DTypeLike, vectors: int) -> None:
    """Room inside a kernel starts on a cache line and holds as many vectors as were asked for."""
    x = np.arange(GROUP).astype(dtype)
    result = np.empty(vectors * GROUP, dtype)
    for _ in range(5):
        assert _compiled_scratch(x, vectors, result) == (vectors * GROUP, 0)
        np.testing.assert_array_equal(result, np.outer(np.arange(vectors), x).ravel())


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(1,), (3, 5, GROUP), (0, GROUP)])
def test_aligned(dtype: DTypeLike, shape: tuple[int, ...]) -> None:
    """Arrays start on a cache line and have the shape and type that were asked for."""
    array = empty_aligned(shape, dtype)
    assert array.shape == shape
    assert array.dtype == dtype
    assert array.ctypes.data % 64 == 0 or array.size == 0
    array[...] = 1


@pytest.mark.parametrize("dtype", TYPES)
def test_logarithm(dtype: DTypeLike) -> None:
    """Within 2 ulp of the logarithm, or of 1 where that is smaller, over all normal numbers."""
    random, limits = np.random.default_rng(0), np.finfo(dtype)
    powers = random.uniform(np.log2(limits.tiny), np.log2(limits.max), 64 * GROUP)
    x = np.concatenate([2.0**powers, random.uniform(0.5, 2, 64 * GROUP)]).astype(dtype)
    result = np.empty_like(x)
    _compiled_logarithms(x, result)
    expected = np.log(x.astype(np.longdouble))
    assert np.all(np.abs(result - expected) <= 2 * limits.eps * np.maximum(1, np.abs(expected)))


@pytest.mark.parametrize("dtype", TYPES)
def test_gather(dtype: DTypeLike) -> None:
    """Each lane comes from the vector that it names, of which only the whole part counts."""
    table = np.arange(20 * GROUP).astype(dtype)
    number = (np.arange(GROUP)[::-1] + 0.75).astype(dtype)
    result = np.empty(2 * GROUP, dtype)
    _compiled_gathered(table, 3 * GROUP, number, result)
    wanted = np.arange(GROUP)[::-1]
    assert result[:GROUP].tolist() == ((wanted + 3) * GROUP + np.arange(GROUP)).tolist()
    assert result[GROUP:].tolist() == wanted.tolist()
