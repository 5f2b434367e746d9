"""Robustness of the doctrines of a study: assembled from the metrics, and where these disagree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from findings.conftest import RAIN
from standoff.explore import Study, run
from standoff.findings import RobustDoctrines, Standing, every_objective, robustness_of
from standoff.findings.robust import agreement
from standoff.robustness import METRICS
from standoff.scenario import load, loads

ONE_DAY = RAIN.replace("periods: 2", "periods: 1").replace(
    "{value: 0.4, range: [0.2, 0.8]}", "{value: 0.5, range: [0.1, 0.9]}"
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Values are 3p - 1 for always, 0 for never, and half of the first in free choice."""
    return run(loads(ONE_DAY), tmp_path_factory.mktemp("rain") / "study", futures=64)


@pytest.fixture(scope="module")
def found(study: Study) -> RobustDoctrines:
    return robustness_of(study, thresholds={"value to walker": 0.0})


def standing(found: RobustDoctrines, name: str) -> Standing:
    return next(one for one in found.standings if one.objective.name == name)


def row(one: Standing, metric: str) -> int:
    return [known.name for known in one.metrics.metrics].index(metric)


def test_every_outcome_with_a_direction_and_every_value_is_judged(found: RobustDoctrines) -> None:
    """Outcomes without `better` cannot be; all eleven metrics are there for each of the others."""
    assert [one.objective.name for one in found.standings] == [
        "soaked",
        "burden",
        "value to walker",
    ]
    assert found.doctrines == ("free-choice", "always", "never")
    for one in found.standings:
        assert [metric.name for metric in one.metrics.metrics] == [m.name for m in METRICS]


def test_figures_are_those_of_the_closed_form(study: Study, found: RobustDoctrines) -> None:
    """Regret, satisficing and the metrics from the values by hand: 3p - 1, 0, and half of it."""
    p = study.futures["wet"]
    value = np.stack([(3 * p - 1) / 2, 3 * p - 1, 0 * p], axis=1)
    regret = value.max(axis=1, keepdims=True) - value
    one = standing(found, "value to walker")
    np.testing.assert_allclose(one.median_regret, np.median(regret, axis=0), atol=1e-6)
    np.testing.assert_allclose(one.most_regret, regret.max(axis=0), atol=1e-6)
    rarely = float(np.mean(p < 1 / 3))
    assert one.satisficing.tolist() == [1 - rarely, 1 - rarely, 1]
    assert one.best.tolist() == [0, 1 - rarely, rarely]
    np.testing.assert_allclose(one.metrics.value[row(one, "maximin")], value.min(0), atol=1e-6)
    np.testing.assert_allclose(
        one.metrics.value[row(one, "minimax-regret")], one.most_regret, atol=1e-6
    )


def test_who_is_first_depends_on_the_metric(found: RobustDoctrines) -> None:
    """Caution leaves the umbrella, hope carries it: maximin and maximax put the doctrines in
    opposite orders, and it is told (McPhail et al. 2018)."""
    one = standing(found, "value to walker")
    assert one.first[row(one, "maximin")] == ("never",)
    assert one.first[row(one, "maximax")] == ("always",)
    assert one.agreement[row(one, "maximin"), row(one, "maximax")] == -1
    assert not one.unanimous
    assert one.at_odds is not None
    assert one.at_odds[2] == -1
    firsts = dict(one.firsts)
    assert "maximax" in firsts["always"]
    assert "maximin" in firsts["never"]
    lengths = [len(metrics) for _, metrics in one.firsts]
    assert lengths == sorted(lengths, reverse=True)


def test_the_front_is_the_one_known_by_hand(found: RobustDoctrines) -> None:
    """Over soaking and burden nothing here dominates: each doctrine is on every front."""
    assert found.fronts is not None
    assert found.fronts.outcomes == ("soaked", "burden")
    np.testing.assert_array_equal(found.fronts.share, [1, 1, 1])


def test_the_nearest_failure_is_the_nearest_sampled(study: Study, found: RobustDoctrines) -> None:
    """Always carrying falls short of 0 below p = 1/3; never carrying does nowhere."""
    failure = standing(found, "value to walker").failure
    assert failure is not None
    p = study.futures["wet"]
    nearest = (0.5 - p[p < 1 / 3].max()) / np.ptp(p)
    assert failure.distance[:, 1] == pytest.approx(nearest)
    assert np.isinf(failure.distance[:, 2]).all()
    assert failure.factors == ("wet",)


def test_the_threshold_is_told_and_where_it_is_from(study: Study) -> None:
    """Without a threshold it is the median of free choice, and said to be."""
    one = standing(robustness_of(study, objectives=["value to walker"]), "value to walker")
    free = study.results["value"].sel(actor="walker", doctrine="free-choice").to_numpy()
    assert one.threshold == np.median(free.astype(float))
    assert not one.threshold_given
    assert standing(robustness_of(study, thresholds={"burden": 0.5}), "burden").threshold_given


def test_agreement_is_kendalls() -> None:
    """τ-b, with ties, as scipy has it; NaN where a metric tells no two doctrines apart."""
    values = np.random.default_rng(0).integers(0, 4, (5, 7)).astype(float)
    better = ["higher", "lower", "higher", "higher", "lower"]
    found = agreement(values, better)
    good = values * np.where([one == "higher" for one in better], 1, -1)[:, None]
    for i in range(5):
        for j in range(5):
            assert found[i, j] == pytest.approx(stats.kendalltau(good[i], good[j]).statistic)
    flat = agreement(np.array([[1.0, 1, 1], [1, 2, 3]]), ["higher", "higher"])
    assert np.isnan(flat[0]).all()
    assert flat[1, 1] == 1


def test_nothing_at_odds_where_nothing_differs(found: RobustDoctrines) -> None:
    """Metrics that tell no doctrines apart are not said to disagree."""
    flat = replace(found.standings[0], agreement=np.full((11, 11), np.nan))
    assert flat.at_odds is None


def test_one_actor_chooses_among_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With an actor the doctrines of others are left out, and their values stay; results are the
    same as from the columns alone."""
    scenario = load("two-move-deterrence")
    study = run(scenario, tmp_path_factory.mktemp("two") / "study", futures=16)
    whose = {doctrine.name: doctrine.actor for doctrine in scenario.doctrines}
    actor = next(iter(whose.values()))
    found = robustness_of(study, actor=actor)
    own = ("free-choice", *(name for name, owner in whose.items() if owner == actor))
    assert found.doctrines == own
    expected = [objective.name for objective in every_objective(scenario)]
    assert [one.objective.name for one in found.standings] == expected
    other = [one.name for one in scenario.actors if one.name not in whose.values()]
    for name in other:
        with pytest.raises(ValueError, match=f"no doctrine of '{name}' beside free choice"):
            robustness_of(study, actor=name)


def test_names_are_kept_in_xarray(found: RobustDoctrines) -> None:
    """Every number can be had by name."""
    data = found.to_xarray()
    chosen = data.sel(objective="value to walker", doctrine="never")
    assert float(chosen["rank"].sel(metric="maximin")) == 1
    assert float(chosen["satisficing"]) == 1
    assert data["nearest_failure"].dims == ("objective", "norm", "doctrine")
    assert data["pareto_share"].dims == ("doctrine",)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"actor": "walkre"}, KeyError, "'walkre' is not an actor; did you mean 'walker'"),
        ({"objectives": ["days"]}, KeyError, "no objective 'days'"),
        ({"objectives": []}, ValueError, "no objective is named"),
        ({"thresholds": {"soakd": 1}}, KeyError, "'soakd'; did you mean 'soaked'"),
        ({"thresholds": {"soaked": float("nan")}}, ValueError, "threshold is nan"),
        ({"optimism": 2}, ValueError, "optimism is 2"),
    ],
)
def test_mistakes_are_named(
    study: Study, given: dict[str, object], error: type[Exception], words: str
) -> None:
    """What was found and what was expected."""
    with pytest.raises(error, match=words):
        robustness_of(study, **given)  # type: ignore[arg-type]
