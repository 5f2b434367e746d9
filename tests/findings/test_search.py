"""The search for the nearest reversal, on margins whose nearest reversal is known."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from standoff.findings import Factor, Found, Space, nearest_flips
from standoff.findings.metric import NORMS, length
from standoff.findings.surrogate import project

Array = NDArray[np.float64]
TOLERANCE = 1e-3


def factor(name: str = "f", nominal: float = 0.5, **changes: Any) -> Factor:
    """A factor from 0 to 1."""
    given: dict[str, Any] = {"low": 0, "high": 1, "width": 1}
    return Factor(name, nominal, **(given | changes))


def box(nominal: Array) -> Space:
    """Factors from 0 to 1."""
    return Space(tuple(factor(f"f{k}", float(value)) for k, value in enumerate(nominal)))


def plane(slopes: Array, nominal: Array, offset: float) -> Any:
    """The margin `offset + slopes · (x - nominal)`, as the only claim."""
    return lambda points: (offset + (points - nominal) @ slopes)[:, None]


def distances(found: Found) -> list[float | None]:
    return [some[0].distances[k] if some else None for k, some in enumerate(found.reversals)]


@given(st.data())
@settings(max_examples=40)
def test_hyperplanes_are_met_at_their_nearest_points(data: st.DataObject) -> None:
    """For a linear margin in a box the three nearest points are known in closed form: by sum the
    steepest factors to their ends (a fractional knapsack, Dantzig 1957), by squares the clipped
    normal of the plane, by the largest change all factors alike."""
    number = data.draw(st.integers(1, 12))
    unit = st.floats(0.01, 0.99)
    slopes = np.array(data.draw(st.lists(st.floats(-1, 1), min_size=number, max_size=number)))
    slopes = np.where(np.abs(slopes) < 0.02, 0.0, slopes)
    nominal = np.array(data.draw(st.lists(unit, min_size=number, max_size=number)))
    share = data.draw(st.floats(0.05, 0.9))
    sign = data.draw(st.sampled_from([-1, 1]))
    space = box(nominal)
    low, high = space.bounds
    reach = float(np.maximum(slopes * low, slopes * high).sum())
    if reach < 0.05:
        return
    margin = plane(sign * slopes, nominal, -sign * share * reach)
    (found,) = nearest_flips(margin, space, tolerance=TOLERANCE)
    for k, norm in enumerate(NORMS):
        known = project(slopes, share * reach, low, high, norm)
        assert known is not None
        best = found.reversals[k][0]
        exact = float(length(known, norm))
        assert exact - 1e-9 <= best.distances[k] <= exact + 4 * TOLERANCE
        assert np.sign(best.margin) == sign == -np.sign(found.nominal)


@given(st.data())
@settings(max_examples=60)
def test_projections_are_nearest_among_all_that_reach(data: st.DataObject) -> None:
    """No point of a fine grid that satisfies the plane and the box is nearer than `project`."""
    slopes = np.array(data.draw(st.lists(st.floats(-2, 2), min_size=2, max_size=3)))
    low, high = np.full(len(slopes), -0.5), np.full(len(slopes), 1.0)
    need = data.draw(st.floats(0.01, 2))
    grid = np.array(list(product(np.linspace(-0.5, 1, 31), repeat=len(slopes))))
    enough = grid[grid @ slopes >= need]
    for norm in NORMS:
        found = project(slopes, need, low, high, norm)
        if found is None:
            assert not len(enough)
            continue
        assert found @ slopes >= need - 1e-9
        assert ((low <= found) & (found <= high)).all()
        if len(enough):
            assert length(found, norm) <= length(enough, norm).min() + 1e-9


def test_a_boundary_is_held_between_two_evaluated_points() -> None:
    """Every reversal has a point before it that keeps the sign, nearer by the tolerance at most."""
    nominal = np.array([0.2, 0.5, 0.7])

    def margin(points: Array) -> Array:
        return np.asarray(0.3 - ((points - 0.9) ** 2).sum(axis=1))[:, None]

    (found,) = nearest_flips(margin, box(nominal), tolerance=1e-4)
    assert found.nominal < 0
    for one in {id(r): r for some in found.reversals for r in some}.values():
        assert one.margin == margin(one.point[None])[0, 0] > 0
        assert one.inside_margin == margin(one.inside[None])[0, 0] <= 0
        assert np.abs(one.point - one.inside).sum() == pytest.approx(one.gap)
        assert one.gap <= 1e-4
    radius = np.sqrt(((nominal - 0.9) ** 2).sum()) - np.sqrt(0.3)
    assert distances(found)[1] == pytest.approx(radius, abs=1e-3)


def test_separate_values_are_counted_in_steps_and_kept() -> None:
    """Of a switch and a slider the cheaper reverses; values between two steps never occur."""
    levels = (1.0, 2.0, 5.0, 9.0)
    space = Space(
        (
            Factor("count", 2.0, 1.0, 9.0, 3.0, values=levels),
            Factor("slider", 0.0, 0.0, 1.0, 1.0),
        )
    )
    seen: list[Array] = []

    def margin(points: Array) -> Array:
        seen.append(points)
        return (points[:, 0] + 10 * points[:, 1] - 6)[:, None]

    (found,) = nearest_flips(margin, space)
    assert set(np.concatenate(seen)[:, 0]) <= set(levels)
    # By itself the slider has to go 0.4, the count two steps (2/3), and one step leaves 0.1.
    assert distances(found) == pytest.approx([0.4, 1 / 3 * np.sqrt(1.09), 1 / 3], abs=2e-3)
    sets = {one.changed for some in found.reversals for one in some}
    assert {(1,), (0,)} <= sets


def test_separate_values_alone_are_stepped_back() -> None:
    """Where only switches matter the fewest of them are thrown, and one fewer does not do."""
    switch = {"low": 0.0, "high": 1.0, "width": 1.0, "values": (0.0, 1.0)}
    space = Space(tuple(Factor(f"s{k}", 0.0, **switch) for k in range(5)))  # type: ignore[arg-type]
    weights = np.array([3.0, 2.0, 2.0, 1.0, 0.0])
    (found,) = nearest_flips(lambda points: (points @ weights - 4.5)[:, None], space)
    best = found.reversals[0][0]
    assert best.distances == pytest.approx([2, np.sqrt(2), 1])
    assert best.gap == pytest.approx(1)
    assert best.inside_margin < 0 < best.margin


def test_what_cannot_be_reached_is_said() -> None:
    """No reversal within the ranges: none is reported, and all that was evaluated counts."""
    nominal = np.full(3, 0.5)
    (found,) = nearest_flips(plane(np.ones(3), nominal, 2.0), box(nominal))
    assert found.reversals == ((), (), ())
    assert found.nearer == (found.evaluated,) * 3
    assert found.evaluated > 64


def test_fixed_factors_do_not_change() -> None:
    """The steepest factor is fixed: it stays what it is in every point, and others do it."""
    nominal = np.full(3, 0.5)
    factors = (*box(nominal).factors[:2], Factor("f2", 0.5, 0, 1, 1, fixed=True))
    seen: list[Array] = []

    def margin(points: Array) -> Array:
        seen.append(points)
        return np.asarray((points - nominal) @ np.array([1.0, 2.0, 9.0]) - 0.5)[:, None]

    (found,) = nearest_flips(margin, Space(factors))
    assert set(np.concatenate(seen)[:, 2]) == {0.5}
    assert distances(found)[0] == pytest.approx(0.25, abs=2e-3)


def test_weights_and_logarithms_say_what_is_far() -> None:
    """A change that weighs twice is taken half as readily; logarithms count doublings."""
    space = Space(
        (
            Factor("dear", 0.5, 0.0, 1.0, 1.0, weight=3.0),
            Factor("doubling", 1.0, 0.125, 8.0, float(np.log(2)), log=True),
        )
    )
    (found,) = nearest_flips(
        lambda points: (points[:, 0] + 0.1 * np.log2(points[:, 1]) - 0.7)[:, None], space
    )
    alone = {one.changed: one.distances[0] for one in found.reversals[0]}
    # 0.2 of the first weighs 0.6; two doublings of the second weigh 2.
    assert alone[(0,)] == pytest.approx(0.6, abs=2e-3)
    assert alone[(1,)] == pytest.approx(2.0, abs=2e-3)


def test_a_far_island_is_found_from_the_starts() -> None:
    """Seen from the nominal point the margin only grows; a start on an island is followed back."""
    nominal = np.full(4, 0.1)
    centre = np.array([0.9, 0.9, 0.1, 0.1])

    def margin(points: Array) -> Array:
        away = np.sqrt(((points - centre) ** 2).sum(axis=1))
        return np.asarray(np.where(away < 0.3, away - 0.3, 1 + (points[:, 0] - 0.1)))[:, None]

    starts = np.array([[0.85, 0.95, 0.2, 0.1], [0.5, 0.5, 0.5, 0.5]])
    (found,) = nearest_flips(margin, box(nominal), starts=starts, start_margins=margin(starts))
    best = found.reversals[1][0]
    exact = np.sqrt(((centre - nominal) ** 2).sum()) - 0.3
    assert best.margin < 0
    assert exact - 1e-9 <= best.distances[1] < exact + 0.1
    (blind,) = nearest_flips(
        margin, box(nominal), starts=starts[1:], start_margins=margin(starts[1:])
    )
    assert blind.reversals == ((), (), ())


def test_constraints_are_kept() -> None:
    """Points that are not allowed are never evaluated, and no reversal is one of them."""
    nominal = np.array([0.2, 0.2])

    def allowed(points: Array) -> NDArray[np.bool_]:
        return np.asarray(points[:, 0] <= points[:, 1] + 0.05)

    def margin(points: Array) -> Array:
        assert allowed(points).all()
        return np.asarray(points @ np.array([2.0, 1.0]) - 1.0)[:, None]

    (found,) = nearest_flips(margin, box(nominal), allowed=allowed)
    free = nearest_flips(plane(np.array([2.0, 1.0]), nominal, -0.4), box(nominal))[0]
    assert distances(free)[0] == pytest.approx(0.2, abs=2e-3)
    assert found.reversals[0]
    assert distances(found)[0] > 0.22  # type: ignore[operator]
    assert all(allowed(one.point[None])[0] for some in found.reversals for one in some)


def test_reversals_differ_and_none_is_needless() -> None:
    """No reversal of a norm changes all that a nearer one changes."""
    rng = np.random.default_rng(5)
    slopes, nominal = rng.normal(size=9), rng.random(9)
    (found,) = nearest_flips(plane(slopes, nominal, -0.8), box(nominal))
    for k, some in enumerate(found.reversals):
        assert [one.distances[k] for one in some] == sorted(one.distances[k] for one in some)
        for i, one in enumerate(some):
            assert not any(set(other.changed) <= set(one.changed) for other in some[:i])
    assert len(found.reversals[0]) > 1


def test_the_same_input_gives_the_same_bytes_and_claims_do_not_mix() -> None:
    """Twice the same, to the last bit; a claim and its opposite are reversed at the same place."""
    rng = np.random.default_rng(1)
    slopes, nominal = rng.normal(size=6), rng.random(6)

    def margin(points: Array) -> Array:
        one = np.tanh((points - nominal) @ slopes) - 0.3
        return np.stack([one, -one], axis=1)

    first, second = (nearest_flips(margin, box(nominal), seed=0) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert repr(a) == repr(b)
    assert distances(first[0]) == pytest.approx(distances(first[1]), abs=5e-3)


def test_only_the_asked_claims_are_evaluated_where_that_is_cheaper() -> None:
    """After the scan only the claim that is searched is asked for; the others stay unknown."""
    nominal = np.full(3, 0.5)
    asked: list[tuple[int, ...]] = []

    def margin(points: Array) -> Array:
        one = (points - nominal).sum(axis=1)
        return np.stack([one - 0.4, -0.5 - one], axis=1)

    def partly(points: Array, claims: Any) -> Array:
        asked.append(tuple(claims))
        found = margin(points)
        found[:, [k for k in range(2) if k not in claims]] = np.nan
        return found

    both = nearest_flips(margin, box(nominal), partly=partly)
    assert set(asked) == {(0,), (1,)}
    assert distances(both[0]) == pytest.approx([0.4, 0.4 / np.sqrt(3), 0.4 / 3], abs=2e-3)
    assert distances(both[1]) == pytest.approx([0.5, 0.5 / np.sqrt(3), 0.5 / 3], abs=2e-3)


def test_the_budget_is_kept_about() -> None:
    """A small budget gives less, and never more than a round of evaluations too many."""
    rng = np.random.default_rng(2)
    slopes, nominal = rng.normal(size=20), rng.random(20)
    evaluated = [
        nearest_flips(plane(slopes, nominal, -1.0), box(nominal), budget=budget)[0].evaluated
        for budget in (16, 2000)
    ]
    assert evaluated[0] < 1 + 20 * 4 + 64 + 16 + 64 < evaluated[1]


def test_answers_without_a_size_are_reversed_too() -> None:
    """Where a margin only says yes (inf) or no (-inf), boundaries are found by halving."""
    nominal = np.array([0.2, 0.5])

    def margin(points: Array) -> Array:
        return np.where(points[:, :1] + points[:, 1:] > 0.9, np.inf, -np.inf)

    (found,) = nearest_flips(margin, box(nominal), tolerance=1e-4)
    best = found.reversals[0][0]
    assert best.distances[0] == pytest.approx(0.2, abs=1e-3)
    assert (best.margin, best.inside_margin) == (np.inf, -np.inf)
    assert best.gap <= 1e-4


def test_an_undecided_nominal_point_has_no_reversal() -> None:
    """Where there is no verdict, or none is known, there is nothing to reverse."""
    space = box(np.array([0.5]))
    for value in (0.0, np.nan):
        (found,) = nearest_flips(lambda points, v=value: points * 0 + v, space)  # type: ignore[misc]
        assert found.reversals == ((), (), ())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nominal": 2.0}, r"'f' is 2; its range is 0 to 1"),
        ({"width": 0.0}, "a width and a weight above 0"),
        ({"weight": -1.0}, "a width and a weight above 0"),
        ({"high": np.inf}, "not finite"),
        ({"log": True}, "by its logarithm and may be 0"),
        ({"values": (1.0, 0.0)}, "not ascending"),
        ({"values": (0.0, 1.0)}, "its values are 0, 1"),
    ],
)
def test_senseless_factors_are_refused(changes: dict[str, Any], words: str) -> None:
    """A factor that makes no sense is refused in words."""
    with pytest.raises(ValueError, match=words):
        Space((factor(**changes),))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"budget": 0}, "budget is 0; expected more than 0"),
        ({"tolerance": float("nan")}, "tolerance is nan"),
        ({"seed": -1}, "the seed is -1"),
        ({"starts": np.zeros((2, 3))}, r"starts have shape \(2, 3\); expected \(points, 1\)"),
        ({"starts": np.zeros((2, 1))}, "margins of the starts are None"),
    ],
)
def test_senseless_arguments_are_refused(changes: dict[str, Any], words: str) -> None:
    """Arguments that do not fit are refused in words."""
    with pytest.raises(ValueError, match=words):
        nearest_flips(lambda points: points - 0.7, box(np.array([0.5])), **changes)
    with pytest.raises(ValueError, match=r"expected \(5, claims\)"):
        nearest_flips(lambda points: points[:, 0], box(np.array([0.5])))
