"""Which assumptions matter: shares of variance and slopes that are known beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from findings.conftest import RASH, lines
from standoff.claims import Truth, truths_of
from standoff.explore import Study, run
from standoff.findings import margins_by_design, margins_nearby, margins_of_sample
from standoff.scenario import ScenarioError, loads

SHARES = {"a": 1 / 5, "b": 4 / 5, "c": 0.0, "prize": 0.0, "mode": 0.0}
"""Of the variance of a + 2 b, with both uniform: 1 and 4 twelfths."""


def test_a_sample_gives_the_shares_of_a_sum(straight: Study) -> None:
    """To what 256 futures can tell; and what has no share is not above chance."""
    found = margins_of_sample(straight, truths_of(straight))
    k = found.outputs.index("sum is high")
    assert found.factors == tuple(SHARES)
    np.testing.assert_allclose(found.first[:, k], list(SHARES.values()), atol=0.06)
    assert found.above_chance[:, k].tolist() == [True, True, False, False, False]


def test_a_design_gives_them_closely() -> None:
    """First and total alike, for a sum has no interactions; and of acting, which hangs on the prize
    alone, all of it."""
    found = margins_by_design(loads(lines()), 64)
    k, acts = found.outputs.index("sum is high"), found.outputs.index("acts")
    for indices in (found.first, found.total):
        np.testing.assert_allclose(indices[:, k], list(SHARES.values()), atol=0.05)
        np.testing.assert_allclose(indices[:, acts], [0, 0, 0, 1, 0], atol=0.05)


def test_slopes_are_those_of_the_line() -> None:
    """Over the whole range 1 for a and 2 for b, which is nominally at its edge; the margin there is
    that of the nominal values, 0.25 - 1.5. What is discrete has no slope."""
    found = margins_nearby(loads(lines()))
    k = found.outputs.index("sum is high")
    assert found.factors == ("a", "b", "c", "prize")
    np.testing.assert_allclose(found.per_range[0, :, k], [1, 2, 0, 0], atol=1e-9)
    assert found.value[0, k] == pytest.approx(-1.25)
    # The slope of a logistic curve f is f (1 - f): at 1, over a range of 2.
    acts = 1 / (1 + np.exp(-1))
    j = found.outputs.index("acts")
    assert found.value[0, j] == pytest.approx(acts - 0.6)
    assert found.per_range[0, 3, j] == pytest.approx(2 * acts * (1 - acts), rel=1e-3)


def test_what_has_no_ends_has_its_middle(tmp_path: Path) -> None:
    """A normal parameter's range is what holds its middle 98 %, or reaches its nominal value."""
    for value, width in ((0, 2 * 2.3263), (3, 2.3263 + 3)):
        normal = {"kind": "normal", "mean": 0, "sd": 1}
        changed = given() | {"a": {"value": value, "distribution": normal}}
        found = margins_nearby(loads(lines(parameters=changed)))
        k = found.outputs.index("sum is high")
        assert found.value[0, k] == pytest.approx(value - 1.5)
        assert found.per_range[0, 0, k] == pytest.approx(width, rel=1e-4)


def given() -> dict[str, Any]:
    """The parameters of the file."""
    parameters: dict[str, Any] = json.loads(lines())["parameters"]
    return parameters


def test_failed_futures_are_left_out_and_counted(rash: Study) -> None:
    """Also of a claim that is about parameters alone."""
    a = rash.futures["a"]
    truths = truths_of(rash) | {"alone": Truth(np.sign(0.5 - a).astype(np.int8), 0.5 - a)}
    found = margins_of_sample(rash, truths)
    assert found.rows.tolist() == [int((a <= 0.8).sum())] * 5
    assert found.notes[0].startswith(f"all 5 outputs: {(a > 0.8).sum()} of 256 rows are left out")
    by_design = margins_by_design(loads(lines(events=RASH)), 16)
    assert 0 < by_design.left_out[0] < 16
    assert np.isfinite(by_design.total[:, 0]).all()


def test_an_impossible_nominal_point_is_told() -> None:
    """Not taken for a gap; and where only what lies beside it is impossible, it is counted."""
    edge = given() | {"a": {"value": 0.8, "range": [0, 1]}}
    found = margins_nearby(loads(lines(parameters=edge, events=RASH)))
    assert found.failed.tolist() == [1, 1, 1, 1]
    assert np.isnan(found.slope[0, 0]).all()
    assert np.isfinite(found.slope[0, 1:, 0]).all()
    beyond = given() | {"a": {"value": 0.9, "range": [0, 1]}}
    with pytest.raises(ScenarioError, match=r"a=0\.9"):
        margins_nearby(loads(lines(parameters=beyond, events=RASH)))
    never = given() | {"a": {"value": 0.9, "range": [0.85, 1]}}
    with pytest.raises(ScenarioError, match="is not between 0 and 1"):
        margins_by_design(loads(lines(parameters=never, events=RASH)), 8)


def test_plain_yes_or_no_has_no_margin(tmp_path: Path) -> None:
    """Nothing is made up where a claim compares nothing."""
    claims = {"x": {"says": "It does.", "holds": "sum > 1.5 if mode > 0.5 else 1 > 0"}}
    study = run(loads(lines(claims=claims)), tmp_path / "s", futures=64, precision="double")
    found = margins_of_sample(study, truths_of(study))
    margins = truths_of(study)["x"].margin
    assert found.rows.tolist() == [int(np.isfinite(margins).sum())]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parameters": {n: {"value": 0.1} for n in SHARES}}, "nothing is uncertain"),
        ({"claims": {}}, "makes no claims"),
        (
            {"correlations": [{"between": ["a", "b"], "rank": 0.5, "why": "so it is"}]},
            "has correlations: shares of variance by parameter have no single meaning",
        ),
    ],
)
def test_what_has_no_shares_says_why(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        margins_by_design(loads(lines(**changes)), 8)


def test_what_has_no_slopes_says_why(straight: Study) -> None:
    fixed = {name: {"value": 0.1} for name in SHARES}
    with pytest.raises(ValueError, match="nothing is uncertain"):
        margins_nearby(loads(lines(parameters=fixed)))
    discrete = {"kind": "discrete", "values": [0.1, 0.2]}
    with pytest.raises(ValueError, match="only discrete parameters"):
        margins_nearby(
            loads(lines(parameters=fixed | {"a": {"value": 0.1, "distribution": discrete}}))
        )
    with pytest.raises(ValueError, match="no claims"):
        margins_of_sample(straight, {})
