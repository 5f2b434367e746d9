"""The eleven metrics of McPhail et al. (2018), by hand, against their authors' numbers, and in
general."""

from __future__ import annotations

import http.client
import urllib.request
from typing import get_args

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from standoff.robustness import METRICS, Better, Metric, Robustness, regret, robustness, satisficing

Array = NDArray[np.float64]

TABLE = np.array([
    [1, 5], [2, 5], [3, 5], [4, 6], [5, 6], [6, 6], [7, 7], [8, 7], [9, 7], [20, 8.0],
])  # fmt: skip
"""Ten futures: the first doctrine from 1 to 9 and once 20, the second from 5 to 8."""


def by_name(found: Robustness) -> dict[str, list[float]]:
    return {
        metric.name: row.tolist() for metric, row in zip(found.metrics, found.value, strict=True)
    }


def test_by_hand_where_more_is_better() -> None:
    """Each metric of a small table, worked out by its definition in McPhail et al. (2018)."""
    found = by_name(robustness(TABLE, "higher", threshold=6, optimism=0.25))
    assert found["maximin"] == [1, 5]
    assert found["maximax"] == [20, 8]
    assert found["hurwicz"] == [0.75 * 1 + 0.25 * 20, 0.75 * 5 + 0.25 * 8]
    assert found["laplace"] == pytest.approx([6.5, 6.2])
    # Regrets: 4, 3, 2, 2, 1, 0, 0, 0, 0, 0 and 0, 0, 0, 0, 0, 0, 0, 1, 2, 12.
    assert found["minimax-regret"] == [4, 12]
    assert found["90th-percentile-regret"] == [(3 + 4) / 2, (2 + 12) / 2]
    spread = [np.sqrt(685 / 10 - 6.5**2), np.sqrt(394 / 10 - 6.2**2)]
    assert found["mean-variance"] == pytest.approx([7.5 / (1 + spread[0]), 7.2 / (1 + spread[1])])
    # Medians 5.5 and 6; shortfalls below them 4.5 + 3.5 + 2.5 + 1.5 + 0.5, and 1 + 1 + 1.
    assert found["undesirable-deviations"] == pytest.approx([12.5 / 5, 3 / 5])
    # Percentiles 10, 50, 90: 1.5, 5.5, 14.5 and 5, 6, 7.5.
    assert found["percentile-skewness"] == pytest.approx([(8 - 5.5) / 6.5, (6.25 - 6) / 1.25])
    # Percentiles 25 and 75: 3 and 8; 5 and 7.
    assert found["percentile-peakedness"] == pytest.approx([13 / 5, 2.5 / 2])
    assert found["starr-domain"] == pytest.approx([0.5, 0.7])


def test_by_hand_where_less_is_better() -> None:
    """The same table as a cost: worst and best change places, regret and deviation turn round, and
    every value keeps the sign of the cost."""
    found = robustness(TABLE, "lower", threshold=6, optimism=0.25)
    values = by_name(found)
    assert values["maximin"] == [20, 8]
    assert values["maximax"] == [1, 5]
    assert values["hurwicz"] == [0.75 * 20 + 0.25 * 1, 0.75 * 8 + 0.25 * 5]
    assert values["laplace"] == pytest.approx([6.5, 6.2])
    assert values["minimax-regret"] == [12, 4]
    assert values["90th-percentile-regret"] == [(2 + 12) / 2, (3 + 4) / 2]
    spread = [np.sqrt(685 / 10 - 6.5**2), np.sqrt(394 / 10 - 6.2**2)]
    assert values["mean-variance"] == pytest.approx([7.5 * (1 + spread[0]), 7.2 * (1 + spread[1])])
    # Excesses over 5.5: 0.5 + 1.5 + 2.5 + 3.5 + 14.5; over 6: 1 + 1 + 1 + 2.
    assert values["undesirable-deviations"] == pytest.approx([22.5 / 5, 5 / 5])
    assert values["percentile-skewness"] == pytest.approx([-(8 - 5.5) / 6.5, -(6.25 - 6) / 1.25])
    assert values["percentile-peakedness"] == pytest.approx([13 / 5, 2.5 / 2])
    assert values["starr-domain"] == pytest.approx([0.6, 0.6])
    lower = [m.name for m, way in zip(found.metrics, found.better, strict=True) if way == "lower"]
    assert lower == [
        "maximin", "maximax", "hurwicz", "laplace", "minimax-regret", "90th-percentile-regret",
        "mean-variance", "undesirable-deviations",
    ]  # fmt: skip
    assert found.rank[0].tolist() == [2, 1]
    assert found.rank[1].tolist() == [1, 2]
    assert found.rank[-1].tolist() == [1, 1]


def test_numbers_of_the_first_author() -> None:
    """The values that McPhail's own program RAPID tests itself by (C. McPhail, commit cde98a3),
    where it and we mean the same; it counts regret and cost below 0."""
    table = np.array([[0.99, 0.69], [1.0, 0.6], [0.5, 0.6]])
    more, less = (by_name(robustness(table, way, optimism=0.25)) for way in get_args(Better))
    assert more["maximin"] == [0.5, 0.6]
    assert less["maximin"] == [1.0, 0.69]
    assert more["maximax"] == [1.0, 0.69]
    assert less["maximax"] == [0.5, 0.6]
    assert more["hurwicz"] == pytest.approx([0.625, 0.6225])
    assert less["hurwicz"] == pytest.approx([0.875, 0.6675])
    assert more["laplace"] == pytest.approx([0.83, 0.63])
    assert more["minimax-regret"] == pytest.approx([0.1, 0.4])
    assert less["minimax-regret"] == pytest.approx([0.4, 0.1])
    half = Metric("median regret", "regret", (0.5,), "identity", "RAPID", "")
    for way, expected in (("higher", [0, 0.3]), ("lower", [0.3, 0])):
        found = robustness(table, way, metrics=[half]).value[0]  # type: ignore[arg-type]
        np.testing.assert_allclose(found, expected)
    # RAPID divides the sum over the worse half, 0.49, by two futures, we by half of three.
    assert more["undesirable-deviations"] == pytest.approx([2 * 0.245 / 1.5, 0])
    assert less["undesirable-deviations"] == pytest.approx([2 * 0.005 / 1.5, 2 * 0.045 / 1.5])
    # RAPID prefers the short tail by default, the paper the long one: the sign is the other.
    skewed = robustness([[0.99, 0.69], [1.0, 0.6], [0.5, 0.61]], "higher").value[8]
    np.testing.assert_allclose(skewed, [-0.96, 0.777777777777779])
    domain = [[0.5, 0.6], [0.99, 0.65], [1.0, 0.69]]
    for way, expected in (("higher", [2 / 3, 2 / 3]), ("lower", [1 / 3, 2 / 3])):
        found = robustness(domain, way, metrics=["starr-domain"], threshold=0.65)  # type: ignore[arg-type]
        np.testing.assert_allclose(found.value[0], expected)


def test_savage_regret() -> None:
    """Regret is how far the best of the same future is ahead (Savage 1951): never negative, 0 for
    the best, in the units of the performance, also where the best is 0 or below."""
    table = np.array([[0, -4.0], [-2, 3], [np.nan, 1]])
    np.testing.assert_array_equal(regret(table, "higher")[:2], [[0, 4], [5, 0]])
    np.testing.assert_array_equal(regret(table, "lower")[:2], [[4, 0], [0, 5]])
    assert np.isnan(regret(table, "lower")[2]).all()


LAKE = (
    "https://raw.githubusercontent.com/julianneq/Lake_Problem_DPS/"
    "c88ab2173a7b905d89deffe76a97348d2b28baa4/DataInPaper/DPS/re-eval/DPSobjs_{}.txt"
)


@pytest.mark.parametrize(
    ("policy", "benefit", "reliability", "both"),
    [(0, 0.979, 0.139, 0.124), (1, 0.608, 0.614, 0.232), (43, 0.913, 0.637, 0.552)],
)
def test_the_lake(policy: int, benefit: float, reliability: float, both: float) -> None:
    """Domain satisficing of the lake policies of Quinn, Reed & Keller (2017) in 1,000 futures:
    benefit above 0.2, reliability above 0.95, and both (policy 43 is the most robust)."""
    try:
        with urllib.request.urlopen(LAKE.format(policy), timeout=10) as answer:
            objectives = np.loadtxt(answer.read().decode().splitlines())
    except (OSError, http.client.HTTPException) as error:
        pytest.skip(f"the data of the paper cannot be fetched: {error}")
    assert objectives.shape == (1000, 4)
    met = [
        satisficing(objectives[:, [column]], "higher", np.nextafter(threshold, 1))
        for column, threshold in ((0, 0.2), (3, 0.95))
    ]
    shares = [part.mean() for part in (*met, np.minimum(*met))]
    assert shares == pytest.approx([benefit, reliability, both], abs=1e-12)
    starr = robustness(
        objectives[:, [0]], "higher", metrics=["starr-domain"], threshold=np.nextafter(0.2, 1)
    )
    assert starr.value[0, 0] == pytest.approx(benefit, abs=1e-12)


tables = arrays(
    np.float64, st.tuples(st.integers(1, 12), st.integers(1, 4)),
    elements=st.integers(-50, 50).map(lambda k: k / 4),
)  # fmt: skip
ways = st.sampled_from(get_args(Better))


@settings(max_examples=60)
@given(tables, ways, st.randoms(use_true_random=False))
def test_the_order_of_futures_does_not_matter(table: Array, way: Better, random: object) -> None:
    """Futures are a set."""
    order = list(range(len(table)))
    random.shuffle(order)  # type: ignore[attr-defined]
    here, there = (robustness(t, way, threshold=1.0) for t in (table, table[order]))
    np.testing.assert_allclose(there.value, here.value, atol=1e-12)


@settings(max_examples=60)
@given(tables, ways, st.integers(-40, 40))
def test_a_constant_shifts_levels_and_leaves_differences(
    table: Array, way: Better, shift: int
) -> None:
    """What is added to all performance is added to worst, best and mean, and leaves regret,
    deviations, skewness and peakedness as they are."""
    here, there = (by_name(robustness(t, way)) for t in (table, table + shift))
    for name in ("maximin", "maximax", "hurwicz", "laplace"):
        np.testing.assert_allclose(there[name], np.add(here[name], shift), atol=1e-9)
    for name in (
        "minimax-regret", "90th-percentile-regret", "undesirable-deviations",
        "percentile-skewness", "percentile-peakedness",
    ):  # fmt: skip
        np.testing.assert_allclose(there[name], here[name], atol=1e-9)
    for name in ("minimax-regret", "90th-percentile-regret", "undesirable-deviations"):
        assert min(here[name]) >= 0


@settings(max_examples=60)
@given(tables, ways, st.data())
def test_a_weight_is_a_repetition(table: Array, way: Better, data: st.DataObject) -> None:
    """A future of weight 3 is one listed three times, of weight 0 one not listed; the scale of
    weights means nothing."""
    size = len(table)
    times = data.draw(st.lists(st.integers(0, 4), min_size=size, max_size=size).filter(any))
    weighted = robustness(table, way, weights=times, threshold=2.0)
    listed = robustness(np.repeat(table, times, axis=0), way, threshold=2.0)
    np.testing.assert_allclose(weighted.value, listed.value, atol=1e-9)
    scaled = robustness(table, way, weights=np.array(times) / 7, threshold=2.0)
    np.testing.assert_allclose(weighted.value, scaled.value, atol=1e-9)


@settings(max_examples=60)
@given(tables, ways)
def test_better_is_a_mirror(table: Array, way: Better) -> None:
    """A cost is a benefit with the other sign: the same ranks, except where a mean is set against
    a spread, which the two ways do differently (Hamarat et al. 2014)."""
    other: Better = "lower" if way == "higher" else "higher"
    here, there = robustness(table, way), robustness(-table, other)
    kept = [k for k, metric in enumerate(here.metrics) if metric.made != "mean-variance"]
    np.testing.assert_array_equal(here.rank[kept], there.rank[kept])


def test_failed_futures_are_left_out_for_all() -> None:
    """A future in which one doctrine failed judges none, and it is said."""
    table = np.array([[1, 2.0], [np.nan, -100], [3, 4]])
    found = robustness(table, "higher")
    assert (found.futures, found.left_out) == (2, 1)
    assert by_name(found)["maximin"] == [1, 2]
    assert found.notes[0].startswith("1 of 3 futures are left out for all doctrines")


def test_what_must_be_said() -> None:
    """Constant performance has no skewness and no rank in it, a mean below -1 makes mean-variance
    misleading, and one doctrine has nothing to regret."""
    found = robustness([[2, -9.0], [2, -1], [2, -5]], "higher", doctrines=["flat", "poor"])
    assert np.isnan(found.value[8, 0])
    assert found.rank[8].tolist() == [0, 1]
    assert any("percentile-skewness: not defined for flat" in note for note in found.notes)
    assert any("the mean of poor is -1 or less" in note for note in found.notes)
    alone = robustness([[1.0], [2.0]], "higher")
    assert "there is one doctrine only, so there is nothing to regret" in alone.notes


def test_xarray_in_and_out() -> None:
    """A DataArray brings its names, in whatever order its axes are; results have named axes."""
    brought = xr.DataArray(
        TABLE.T, dims=("doctrine", "future"), coords={"doctrine": ["bold", "shy"]}
    )
    found = robustness(brought, "higher", threshold=6).to_xarray()
    assert float(found["value"].sel(metric="minimax-regret", doctrine="bold")) == 4
    assert str(found["better"].sel(metric="minimax-regret").item()) == "lower"
    assert found["rank"].sel(metric="starr-domain").values.tolist() == [2, 1]
    regrets = regret(brought, "higher")
    assert regrets.dims == ("future", "doctrine")
    assert regrets.sel(doctrine="shy").values.tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 2, 12]
    assert satisficing(brought, "lower", 6).sel(doctrine="shy").mean() == 0.6
    assert isinstance(satisficing(TABLE, "lower", 6), np.ndarray)


def test_one_s_own_composition() -> None:
    """Any three steps that fit together are a metric; those that do not are refused."""
    mean_regret = Metric("mean-regret", "regret", "all", "mean", "own", "mean regret")
    assert robustness(TABLE, "higher", metrics=[mean_regret]).value[0] == pytest.approx([1.2, 1.5])
    wrong = Metric("wrong", "regret", "all", "identity", "own", "")
    with pytest.raises(ValueError, match="'identity' makes one number of 1, but 'all' gives many"):
        robustness(TABLE, "higher", metrics=[wrong])
    assert len(METRICS) == 11


@pytest.mark.parametrize(
    ("table", "named", "said"),
    [
        (TABLE, {"better": "more"}, "better is 'more'; expected higher or lower"),
        (TABLE, {"metrics": ["maxmin"]}, "there is no metric 'maxmin'; did you mean 'maximin'"),
        (TABLE, {"metrics": ["starr-domain"]}, "needs a threshold"),
        (TABLE, {"metrics": []}, "no metric is given"),
        (TABLE, {"threshold": np.nan}, "the threshold is nan"),
        (TABLE, {"optimism": 2}, "optimism is 2"),
        (TABLE, {"weights": [1, 2]}, "2 weights for 10 futures"),
        (TABLE, {"weights": np.zeros(10)}, "or all are 0"),
        (TABLE, {"weights": -np.ones(10)}, "a weight is negative"),
        (TABLE, {"doctrines": ["a"]}, "2 doctrines but 1 names"),
        (TABLE, {"doctrines": ["a", "a"]}, "two doctrines are called 'a'"),
        (TABLE[:, 0], {}, r"expected \[future, doctrine\]"),
        (TABLE[:0], {}, "at least one of each"),
        (TABLE * np.nan, {}, "no future in which every doctrine could be judged"),
        (TABLE * [1, np.inf], {}, "doctrine 2 is infinite in future 0"),
        ([["a", "b"]], {}, "not a table of numbers"),
    ],
)
def test_mistakes_are_said(table: object, named: dict[str, object], said: str) -> None:
    """Input that makes no sense is refused with what was found and what was expected."""
    with pytest.raises(ValueError, match=said):
        robustness(table, **{"better": "higher", **named})  # type: ignore[arg-type]
