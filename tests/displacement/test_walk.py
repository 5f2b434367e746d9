"""Flee's rule as flows: exact where it can be worked out, and as Flee computes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest

from standoff.displacement import (
    AS_GIVEN,
    Closure,
    Corridor,
    Instance,
    Location,
    Measures,
    Route,
    Rules,
    ard,
    baselines,
    displace,
    open_instance,
    prepare,
    walk,
)

EVIDENCE = Path("/work/shared/evidence/flee")
FLEE = {
    "burundi2015": 0.471, "car2013": 0.364, "mali2012": 0.316, "mali2017_adm1": 0.696,
    "nigeria2016": 0.213, "nigeria2022_adm2": 0.450, "ssudan2013": 0.543, "ssudan2016": 0.481,
    "syria2013": 0.338, "tigray2020": 0.368, "ukraine2022": 0.712, "venezuela2022": 1.160,
}  # fmt: skip
"""Rescaled ARD of Flee 3.2's rule with its validation settings, measured against Flee itself."""


def toy(days: int = 12, **settings: float) -> Instance:
    """Conflict in Ash; Bay, a town; camps Cape and Dune; 1000 people flee on the first day."""
    rules = Rules(
        spawn_mode="constant",
        displaced_per_conflict_day=1000,
        camp_movechance=0.0,
        **settings,  # type: ignore[arg-type]
    )
    table = np.zeros((days, 4))
    table[0, 0] = 1
    return Instance(
        "toy", date(2020, 1, 1), days,
        (
            Location("Ash", "r", "Home", 0, 0, "conflict_zone", 0, 3000),
            Location("Bay", "r", "Home", 0, 0, "town"),
            Location("Cape", "r", "Away", 0, 0, "camp", foreign=True),
            Location("Dune", "r", "Far", 0, 0, "camp", foreign=True),
        ),
        (Route(0, 1, 350), Route(1, 2, 90), Route(1, 3, 190)),
        intensity=table,
        rules=rules,
    )  # fmt: skip


def test_nobody_is_lost() -> None:
    """Everybody displaced is in a place or on the road, on every day."""
    flow = walk(prepare(toy(avoid_short_stints=True)))
    np.testing.assert_allclose(flow.people.sum(2) + flow.travelling, flow.displaced, rtol=1e-12)


def test_the_first_day_can_be_worked_out() -> None:
    """From Bay people go on with chance 0.3, to Ash, Cape and Dune as 1/(10 + km)."""
    instance = toy(conflict_weight=1.0)
    flow = walk(prepare(instance, as_flee=True))
    weight = np.array([1 / 360, 1 / 100, 1 / 200])
    camps = 1000 * 0.3 * weight[1:] / weight.sum()
    np.testing.assert_allclose(flow.people[0, 0, 2:], camps)


def test_the_daily_speed_limit_holds() -> None:
    """After 350 km of 360 nobody gets through another 90 or 190 that day, as in Flee they do."""
    flow = walk(prepare(toy()))
    assert flow.people[0, 0, 2:].sum() == 0
    assert flow.travelling[0, 0] == pytest.approx(300)
    assert walk(prepare(toy(), as_flee=True)).people[0, 0, 2:].sum() > 0


def agents(instance: Instance, seed: int, count: int) -> np.ndarray:
    """The same rule played by agents one by one: kilometres exact, days limited; `[place]`."""
    draw = Random(seed)
    near: dict[int, list[tuple[int, float]]] = {place: [] for place in range(4)}
    for route in instance.routes:
        near[route.start].append((route.end, route.km))
        near[route.end].append((route.start, route.km))
    leave = [instance.rules.conflict_movechance, 0.3, 0.0, 0.0]
    final = np.zeros(4)
    for _ in range(count):
        place, ahead, left = 0, None, 0.0
        for day in range(instance.days):
            hours = 360.0
            leave[0] = 1.0 if day == 0 else 0.3
            while hours > 0:
                if ahead is None:
                    if draw.random() >= leave[place]:
                        break
                    score = [0.5 if (end == 0 and day == 0) else 1.0 for end, _ in near[place]]
                    weights = [s / (10 + km) for s, (_, km) in zip(score, near[place], strict=True)]
                    ahead, left = draw.choices(near[place], weights)[0]
                going = min(hours, left)
                hours, left = hours - going, left - going
                if left <= 0:
                    place, ahead = ahead, None
        final[place] += ahead is None
    return final / count


def test_flows_are_the_expectation_of_agents() -> None:
    """Agents that walk by the same rule scatter around the flows (10,000 of them: within 4 sd)."""
    instance = toy(conflict_weight=0.5)
    expected = walk(prepare(instance)).people[0, -1] / 1000
    count = 10_000
    played = agents(instance, 1, count)
    sd = np.sqrt(expected * (1 - expected) / count)
    assert np.all(np.abs(played - expected) <= 4 * sd + 1e-9)


def test_a_row_does_not_depend_on_its_neighbours() -> None:
    """Rows side by side, or alone, or by two workers, are the same to the last bit."""
    prepared = prepare(toy())
    powers = np.linspace(0.5, 2, 19)
    together = walk(prepared, {"distance_power": powers}).people
    alone = walk(prepared, {"distance_power": powers[11:12]}).people
    assert np.array_equal(together[11], alone[0])
    threads = walk(prepared, {"distance_power": powers}, workers=2).people
    assert np.array_equal(together, threads)


def test_the_displaced_may_differ_between_rows() -> None:
    """Flows are linear in the displaced where no camp fills up; other shapes are refused."""
    prepared = prepare(toy())
    displaced = np.zeros((12, 4))
    displaced[0, 0] = 500.0
    flow = walk(prepared, displaced=np.stack([displaced, 3 * displaced]))
    np.testing.assert_allclose(flow.people[1], 3 * flow.people[0], rtol=1e-12, atol=1e-9)
    assert flow.displaced[:, -1].tolist() == [500, 1500]
    with pytest.raises(ValueError, match="expected \\[day, place\\] \\(12, 4\\)"):
        walk(prepared, displaced=displaced[1:])
    with pytest.raises(ValueError, match="each of 3 rows"):
        walk(prepared, {"softening": [1.0, 2.0, 3.0]}, displaced=np.stack([displaced] * 2))


def test_a_route_of_several_roads_is_followed_in_a_day() -> None:
    """Who knows two roads ahead walks both in a day where time allows, as if they were one road."""
    base = replace(toy(), routes=(Route(0, 1, 100), Route(1, 2, 90), Route(1, 3, 290)))
    instance = replace(base, rules=replace(base.rules, awareness_level=2))
    first = walk(prepare(instance)).people[0, 0]
    weight = 1 / (10 + np.array([100.0, 190, 390]))
    straight = 1000 * weight[1] / weight.sum()
    near = 1 / (10 + np.array([90.0, 290, 100])) * [1, 1, 0.1**0.5]
    on = 1000 * weight[0] / weight.sum() * 0.3 * near[0] / near.sum()
    assert first[2] == pytest.approx(straight + on)


def under(measures: Measures, instance: Instance | None = None) -> Instance:
    return replace(instance or toy(), doctrines=(Measures(AS_GIVEN), measures))


def test_link_closures_close() -> None:
    """A closed road is closed both ways, which in Flee does nothing."""
    instance = replace(toy(), closures=(Closure("link", "Cape", "Bay", 0, -1),))
    assert walk(prepare(instance)).people[0, :, 2].max() == 0
    assert walk(prepare(instance, as_flee=True)).people[0, -1, 2] > 0


def test_forced_redirection_redirects() -> None:
    """Everybody takes a forced road, until a closure says that they may choose again."""
    base = toy()
    forced = replace(base, routes=(*base.routes[:2], replace(base.routes[2], forced=1)))
    assert walk(prepare(forced)).people[0, -1, 2] == 0
    assert walk(prepare(forced, as_flee=True)).people[0, -1, 2] > 0
    lifted = replace(forced, closures=(Closure("remove_forced_redirection", "Bay", "Dune", 0, -1),))
    np.testing.assert_array_equal(walk(prepare(lifted)).people, walk(prepare(base)).people)


def test_changing_intensities_count() -> None:
    """Conflict that grows weaker repels less from then on; Flee reads an intensity only once."""
    table = np.zeros((12, 4))
    table[:, 0] = np.linspace(1, 0.1, 12)
    instance = replace(toy(), intensity=table)
    shares = walk(prepare(instance)).displaced[0]
    assert shares[-1] == pytest.approx(np.trunc(1000 * table[:, 0]).sum())
    assert walk(prepare(instance, as_flee=True)).displaced[0, -1] == 12_000


def test_a_corridor_lets_so_many_through_a_day() -> None:
    """Whoever does not get through waits in place, and goes later."""
    corridor = Measures("corridor", corridors=(Corridor("Ash", "Bay", 100),))
    instance = under(corridor)
    flow = walk(prepare(instance), doctrine="corridor")
    out = 1000 - flow.people[0, :, 0]
    assert np.all(np.diff(out, prepend=0) <= 100 + 1e-9)
    assert out[0] == pytest.approx(100)
    np.testing.assert_allclose(flow.people.sum(2) + flow.travelling, 1000)


def test_a_full_camp_takes_nobody() -> None:
    """Once they are full, camps take nobody more."""
    base = toy(days=40)
    camps = (replace(camp, capacity=10) for camp in base.locations[2:])
    small = replace(base, locations=(*base.locations[:2], *camps))
    filled = walk(prepare(small)).people[0, :, 2:]
    assert np.all(filled[5:] == filled[5])
    assert walk(prepare(base)).people[0, -1, 2:].sum() > 1.5 * filled[-1].sum()


def test_unknown_names_are_refused_by_name() -> None:
    """A misspelt doctrine or setting lists those there are."""
    with pytest.raises(KeyError, match="there are as-given"):
        walk(prepare(toy()), doctrine="as-gven")
    with pytest.raises(KeyError, match="softening, distance_power"):
        walk(prepare(toy()), {"soft": [1.0]})


def test_the_packaged_instance_compares_doctrines() -> None:
    """A corridor out of Mariupol lets people out that the siege keeps in; dims are named."""
    instance = open_instance("ukraine-2022-small")
    found = displace(instance, {"softening": [10.0, 30.0]}, ("as-given", "protected-corridor"))
    assert found["people"].dims == ("row", "day", "location")
    last = found["people"].sel(location="Mariupol").isel(day=-1).to_numpy()
    assert np.all(last[:2] > 2 * last[2:])
    assert set(baselines(instance)) >= {"uniform", "capacity", "freeze 30", "gravity 1"}


@pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the shared instances are not here")
@pytest.mark.parametrize("name", ["mali2012", "burundi2015", "tigray2020", "ukraine2022"])
def test_as_flee_scores_as_flee(name: str) -> None:
    """As Flee, the rescaled ARD is Flee's own within its noise (0.01)."""
    instance = open_instance(EVIDENCE / name)
    people = walk(prepare(instance, as_flee=True), keep=instance.camps).people
    assert ard(people, instance.recorded())[0] == pytest.approx(FLEE[name], abs=0.01)
