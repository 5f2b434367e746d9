"""How the course of a crisis drives an instance: totals, places, measures, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from displacement.flight import CRISIS
from standoff.displacement import Course, Driven, counted, drive, flee, open_instance, setting_out
from standoff.scenario import ScenarioError, loads

PERIODS, LABELS = 6, 3
NOMINAL = {"flight": np.array([1.0]), "stay": np.array([0.4])}


def driven(text: str = CRISIS) -> Driven:
    found = drive(loads(text, "small.yaml"))
    assert found is not None
    return found


def course(uprooted: list[float], siege: float) -> Course:
    """One row: so many millions in each period, and this probability of a siege throughout."""
    odds = np.tile([0.0, 1.0 - siege, siege], (1, PERIODS, 1))
    return Course(np.array([uprooted]), {"war": odds})


def parameters(rows: int, **given: float) -> dict[str, NDArray[np.float64]]:
    return {name: np.full(rows, given.get(name, value[0])) for name, value in NOMINAL.items()}


def test_everybody_is_somewhere() -> None:
    """Abroad, at home and returned add up to all uprooted so far, on every day."""
    one = driven()
    found = flee(one, "free-choice", course([1, 0.5, 0, 2, 0.1, 0.4], 0.3), NOMINAL)
    whole = found.abroad + found.at_home + found.returned
    so_far = np.repeat([1, 0.5, 0, 2, 0.1, 0.4], 14).cumsum() * 1e6 / 14
    assert whole[0] == pytest.approx(so_far)
    assert (found.at_home >= 0.4 * so_far - 1).all()  # who stays is among them
    assert found.abroad.min() >= 0
    assert found.returned[0, -1] > 0


def test_flows_of_expected_numbers_are_expected_flows() -> None:
    """With nothing full and no corridor crowded, flows are linear in the uprooted of each place, so
    that a mixture of courses has the mixture of their flows (a Markov chain's expectation)."""
    one = driven()
    calm, siege = course([1, 1, 1, 0, 0, 0], 0.0), course([0, 0, 0, 3, 3, 3], 0.0)
    mixed = course([0.3, 0.3, 0.3, 2.1, 2.1, 2.1], 0.0)
    parts = [flee(one, "free-choice", each, NOMINAL).places for each in (calm, siege, mixed)]
    assert parts[2] == pytest.approx(0.3 * parts[0] + 0.7 * parts[1], abs=1e-3)


def test_places_share_by_people_and_expected_intensity() -> None:
    """Mariupol's intensity is 1 + 2 x 0.3 where a siege has probability 0.3; Kharkiv's is constant;
    the others' are those of the instance on that day, 15 March 2022."""
    one = driven()
    left = setting_out(one, course([1] * PERIODS, 0.3), NOMINAL)[0, 0]
    given = open_instance("ukraine-2022-small")
    assert given.intensity is not None
    intensity = given.intensity[19].copy()
    intensity[given.names.index("Mariupol")] = 1.6
    intensity[given.names.index("Kharkiv")] = 0.5
    weight = intensity * [location.population for location in given.locations]
    assert left == pytest.approx(weight / weight.sum() * 1e6 / 14 * 0.6)


def test_no_place_gives_more_people_than_it_has() -> None:
    """What a place cannot give comes from elsewhere, and nobody is lost."""
    text = CRISIS.replace('"1 + 2 * (war == siege)"', "1000")
    one = driven(text)
    left = setting_out(one, course([2] * PERIODS, 0.3), parameters(1, stay=0.0))[0]
    people = np.array([location.population for location in one.instance.locations])
    assert left.sum() == pytest.approx(12e6)
    assert (left.sum(axis=0) <= people + 1).all()
    mariupol = one.instance.names.index("Mariupol")
    assert left[:, mariupol].sum() == pytest.approx(people[mariupol])


def test_peace_everywhere_loses_nobody() -> None:
    """Where all intensities are 0, those uprooted come from places of conflict all the same."""
    names = ["Kyiv", "Kharkiv", "Mariupol", "Donetsk_region", "Luhansk_region", "Zaporizhzhia",
             "Kherson", "Mykolaiv", "Sumy", "Chernihiv", "Odesa"]  # fmt: skip
    quiet = "{" + ", ".join(f"{name}: 0" for name in names) + "}"
    text = CRISIS.replace('{Mariupol: "1 + 2 * (war == siege)", Kharkiv: 0.5}', quiet)
    left = setting_out(driven(text), course([1] * PERIODS, 0.0), NOMINAL)
    assert left.sum() == pytest.approx(6e6 * 0.6)


def test_the_instance_begins_with_the_crisis() -> None:
    """Days count from 15 March: the closure of 2 March holds from the first, conflict goes on after
    the last day of the table, and records are what came since."""
    one = driven()
    given = open_instance("ukraine-2022-small")
    assert str(one.instance.start) == "2022-03-15"
    assert one.instance.days == 84
    assert one.instance.closures[0].start == 0
    assert one.instance.closures[0].end == -1
    assert one.instance.intensity is not None
    assert given.intensity is not None
    assert (one.instance.intensity[0] == given.intensity[19]).all()
    assert (one.instance.intensity[-1] == given.intensity[-1]).all()
    medyka = given.camps.index(given.names.index("Medyka"))
    risen = given.recorded()[30, medyka] - given.recorded()[19, medyka]
    assert one.recorded[11, given.names.index("Medyka")] == risen
    assert np.isnan(one.recorded[given.days - 19 :]).all()


def test_measures_may_begin_later() -> None:
    """Mariupol is shut until the corridor of the fourth period; then those inside come out."""
    one = driven()
    inside = {
        name: flee(one, name, course([0.5] * PERIODS, 1.0), NOMINAL).of("Mariupol")[0]
        for name in ("free-choice", "protect", "late")
    }
    assert (np.diff(inside["free-choice"]) > 0).all()
    assert inside["late"][:42] == pytest.approx(inside["free-choice"][:42])
    assert inside["late"][-1] < 0.2 * inside["late"][41]
    assert inside["protect"].max() < inside["late"].max()


def test_a_corridor_lets_only_so_many_through() -> None:
    """With more uprooted in Mariupol than 20,000 a day, so many leave, and the others wait."""
    text = CRISIS.replace('"1 + 2 * (war == siege)"', "1000").replace("Kharkiv: 0.5", "Kharkiv: 0")
    one = driven(text)
    first = course([0.45, 0, 0, 0, 0, 0], 0.0)
    found = flee(one, "protect", first, parameters(1, stay=0.0))
    left = setting_out(one, first, parameters(1, stay=0.0))[0, :14]
    uprooted = left[:, one.instance.names.index("Mariupol")].sum()
    waiting = found.waiting[0]
    assert uprooted > 14 * 20000
    assert waiting[13] == pytest.approx(uprooted - 14 * 20000)
    assert waiting[-1] == pytest.approx(0, abs=1)
    assert (waiting == found.of("Mariupol")[0]).all()


def test_settings_differ_between_futures() -> None:
    """Each row has its own settings: who is drawn more to Poland goes there more often."""
    text = CRISIS.replace("pull Poland: 0.5", "pull Poland: 2 * flight - 1")
    one = driven(text)
    rows = course([1] * PERIODS, 0.3)
    two = Course(np.repeat(rows.uprooted, 2, 0), {"war": np.repeat(rows.odds["war"], 2, 0)})
    given = {"flight": np.array([0.5, 2.0]), "stay": np.array([0.4, 0.4])}
    counts = counted(one, flee(one, "free-choice", two, given))["in Poland"]
    alone = [
        counted(one, flee(one, "free-choice", rows, {k: v[i : i + 1] for k, v in given.items()}))
        for i in range(2)
    ]
    assert counts[1] > 1.3 * counts[0]
    assert counts == pytest.approx([one["in Poland"][0] for one in alone])


def test_both_rules_drive() -> None:
    """The same section runs with Flee's walk, whose settings are others."""
    settings = ", distance decay: flight, return rate: 0.005, pull Poland: 0.5"
    text = CRISIS.replace(settings, "").replace("  days: 14", "  days: 14\n  rule: local walk")
    found = counted(driven(text), flee(driven(text), "late", course([1] * 6, 0.3), NOMINAL))
    assert found["fled abroad"][0] + found["at home"][0] == pytest.approx(6)
    assert found["gone back"] == pytest.approx(0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ukraine-2022-small", "ukraine-2022-smal", "31:13: the instance 'ukraine-2022-smal'"),
        ("{in: Poland}", "{in: Polnad}", "40:21: unknown country or place 'Polnad'; did you mean "
         "'Poland'?"),
        ("[Medyka, Siret]", "[Medyka, Sirte]", "41:48: unknown country or place 'Sirte'; did you "
         "mean 'Siret'?"),
        ("{in: at home}", "{in: xyz}", "known: abroad, at home, waiting, returned, Ukraine"),
        ("Mariupol: \"", "Mariupl: \"", "36:12: unknown place 'Mariupl'; did you mean 'Mariupol'?"),
        ("Kharkiv: 0.5", "Medyka: 0.5", "nobody lives in 'Medyka'"),
        ("Kharkiv: 0.5", "Kharkiv: -0.5", "the intensity in 'Kharkiv' is -0.5 in some future"),
        ("distance decay:", "distanse decay:", "35:29: unknown setting 'distanse decay'; did you "
         "mean 'distance decay'?"),
        ("pull Poland:", "pull Polen:", "'pull Polen'; did you mean 'pull Poland'?"),
        ("staying: stay", "staying: 3 * stay", "35:23: 'staying' is 1.2 in some future; expected "
         "between 0 and 1"),
        ("staying: stay, ", "staying: stay, distance-decay: 1, ", "stands here twice"),
        ("protect: protected-corridor", "protect: protected-corridors", "37:24: unknown measures "
         "'protected-corridors'; did you mean 'protected-corridor'?"),
        ("staying: stay, ", "staying: stay, camp weight: 2, ", "35:29: 'camp weight' is a setting "
         "of another rule than 'destination choice'; write rule: local walk, or delete it"),
        ("  days: 14", "  days: 14\n  rule: local walk", "'pull Poland' is a setting of another"),
        ("2022-03-15", "2022-02-01", "'ukraine-2022-small' begins on 2022-02-24, after the crisis"),
    ],
)  # fmt: skip
def test_what_the_instance_has_not_is_refused(old: str, new: str, said: str) -> None:
    """With line and column of the scenario, and the nearest valid name."""
    with pytest.raises(ScenarioError) as caught:
        driven(CRISIS.replace(old, new, 1))
    assert said in str(caught.value)
    assert "small.yaml:" in str(caught.value)


def test_capacities_change_from_the_first_period_only() -> None:
    """A measure that changes how many a camp takes cannot begin later, and says so."""
    from standoff.displacement import Measures
    from standoff.displacement.driven import _measures

    scenario = loads(CRISIS, "small.yaml")
    given = open_instance("ukraine-2022-small")
    changed = replace(
        given,
        doctrines=(*given.doctrines[:1], Measures("protected-corridor", capacity=(("Medyka", 5),))),
    )
    assert scenario.displacement is not None
    faults: list[object] = []
    _measures(scenario.displacement, changed, 0, faults)  # type: ignore[arg-type]
    assert len(faults) == 1
    assert "leave 'from' out" in str(faults[0])


def test_a_scenario_without_the_section_drives_nothing() -> None:
    """There is nothing to open."""
    plain = CRISIS[: CRISIS.index("displacement:")] + "claims: {}\n"
    assert drive(loads(plain, "plain.yaml")) is None


def test_fewer_than_nobody_cannot_be_uprooted() -> None:
    """An outcome that falls counts no people, and is refused rather than taken as none."""
    with pytest.raises(ScenarioError, match="'uprooted' is below 0 in some period"):
        flee(driven(), "late", course([1, -0.5, 1, 1, 1, 1], 0.0), NOMINAL)
    tiny = course([1, -1e-9, 1, 1, 1, 1], 0.0)
    assert flee(driven(), "late", tiny, NOMINAL).at_home[0, -1] > 0
