"""Futures that are impossible are left out, and take no others with them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from standoff.findings.possible import where_possible
from standoff.scenario import ScenarioError, loads, starter


def faulty() -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        loads(starter().replace("crisis == war, better", "crisis == wra, better"))
    return caught.value


@pytest.mark.parametrize("bad", [(), (0,), (6,), (2, 3), (0, 3, 4), tuple(range(7))])
def test_only_the_impossible_are_lost(bad: tuple[int, ...]) -> None:
    """Whichever and however many they are; their errors come in their order."""
    a = np.arange(7.0)
    errors = {row: faulty() for row in bad}

    def solve(futures: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        for row in bad:
            if row in futures["a"]:
                raise errors[row]
        return np.stack([futures["a"], -futures["a"]], axis=1)

    found, reasons = where_possible(solve, {"a": a}, 7, 2)
    possible = ~np.isin(a, bad)
    np.testing.assert_array_equal(found[possible], np.stack([a, -a], axis=1)[possible])
    assert np.isnan(found[~possible]).all()
    assert reasons == [errors[row] for row in bad]
