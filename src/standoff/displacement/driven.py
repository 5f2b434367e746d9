"""Who flees where as a crisis takes its course: totals from a scenario, ways from an instance.

A scenario says how many are newly uprooted in each period; its section `displacement` names an
instance and says from where, by which settings, and under which measures. Everything is expected
numbers: where nothing is full and no corridor is crowded, flows are linear in the uprooted, so that
the flows of expected numbers are the expected flows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.destination import choose
from standoff.displacement.instance import AS_GIVEN, Closure, Corridor, Instance, Measures
from standoff.displacement.packaged import instance_folder, open_instance, packaged_instances
from standoff.displacement.rules import DESTINATION_CHOICE, FREE, LOCAL_WALK
from standoff.displacement.stocks import PARTS, Stocks, stocks
from standoff.displacement.table import InstanceError
from standoff.displacement.timeline import links_of, timeline
from standoff.displacement.walk import prepare, walk
from standoff.scenario import (
    Brought,
    Displacement,
    Expression,
    Mistake,
    Scenario,
    ScenarioError,
    Variable,
    Word,
    canonical,
    evaluate,
    nearest,
)

STAYING = "staying"
"""The setting that is the share of the uprooted who stay in their country."""
RETURNING = "return_rate"
"""The setting that is the share of those abroad who go back each day."""
SETTINGS = (*(name for name in FREE if name != "people"), STAYING, RETURNING)
"""The settings that a scenario may give."""
_ONE_RULE = {
    **dict.fromkeys((
        "distance_power", "weight_power", "weight_softening", "camp_weight", "foreign_weight",
        "conflict_weight", "conflict_movechance", "default_movechance", "camp_movechance",
        "idpcamp_movechance",
    ), LOCAL_WALK),
    **dict.fromkeys((
        "distance_decay", "capacity_pull", "network_pull", "internal_pull",
    ), DESTINATION_CHOICE),
}  # fmt: skip
"""Settings of which only one rule knows."""
T = TypeVar("T", Closure, Corridor)

_NOBODY, _ROUNDING = 1e-6, 1e-5
"""People, and a share of the largest number, below which there is nothing but rounding."""
PULL = "pull "
"""Before a country or place it is the setting of its pull."""
_SHARES = (STAYING, RETURNING)


@dataclass(frozen=True)
class Driven:
    """An instance bound to the scenario that drives it.

    `instance` begins with the first period and lasts to the end of the last; those who fled before
    are not in it, and camps have only the room they left. `measures` maps doctrines of the scenario
    to doctrines of the instance; one that is not there has `as-given`.
    """

    section: Displacement
    instance: Instance
    measures: Mapping[str, str]
    settings: tuple[tuple[str, Expression], ...]
    """By their names in `SETTINGS`."""
    intensities: tuple[tuple[int, Variable | None, Expression], ...]
    """The place, the variable and the expression of each intensity that the scenario gives."""
    text: str
    """Of the scenario's file."""
    recorded: NDArray[np.float64]
    """How many were registered since the first day of the crisis, [day, location]; else nan."""

    @property
    def periods(self) -> int:
        """Number of periods."""
        return self.instance.days // self.section.days

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables whose odds intensities depend on."""
        return tuple(dict.fromkeys(v.name for _, v, _ in self.intensities if v is not None))


@dataclass(frozen=True)
class Course:
    """What a course of the crisis says of those who flee.

    `uprooted` [row, period] is what the outcome adds up in each period, in its own unit; `odds` has
    for each variable of `Driven.variables` the probability of its values at the end of each period,
    [row, period, value].
    """

    uprooted: NDArray[np.float64]
    odds: Mapping[str, NDArray[np.float64]]


def drive(scenario: Scenario) -> Driven | None:
    """Opens the instance of a scenario and looks up the names in its section; None without one.

    Raises:
        ScenarioError: the instance cannot be read, or has not what the section names, with line
            and column of the scenario.
    """
    section = scenario.displacement
    if section is None:
        return None
    faults: list[Mistake] = []
    given = _opened(scenario, section)
    offset = 0
    if scenario.time.start is not None:
        offset = (scenario.time.start - given.start).days
        if offset < 0:
            message = f"'{given.name}' begins on {given.start}, after the crisis does"
            hint = f"let the crisis begin on {given.start} or later"
            faults.append(_blame(section.instance, message, hint))
    days = scenario.time.periods * section.days
    measures, doctrines = _measures(section, given, max(offset, 0), faults)
    countries = list(dict.fromkeys(location.country for location in given.locations))
    settings: dict[str, Expression] = {}
    for word, expression in section.settings:
        name = _setting(word, section.rule, (*countries, *given.names), faults)
        if name in settings:
            faults.append(_blame(word, f"'{word.text}' stands here twice", "delete one of them"))
        settings[name] = expression
    variables = {variable.name: variable for variable in scenario.variables}
    intensities = []
    for word, expression in section.places:
        if word.text not in given.names:
            faults.append(_unknown(word, "place", given.names))
            continue
        place = given.names.index(word.text)
        if given.locations[place].population == 0:
            hint = "people come from places that have inhabitants"
            faults.append(_blame(word, f"nobody lives in '{word.text}'", hint))
        variable = variables[expression.variables[0]] if expression.variables else None
        intensities.append((place, variable, expression))
    for count in section.counts:
        for word in count.where:
            if word.text not in (*PARTS, *countries, *given.names):
                known = (*PARTS, *countries, *given.names)
                faults.append(_unknown(word, "country or place", known, (*PARTS, *countries)))
    if faults:
        raise ScenarioError(faults, scenario.text)
    instance = replace(_later(given, offset, days), doctrines=doctrines)
    driven = Driven(
        section, instance, measures, tuple(settings.items()), tuple(intensities), scenario.text,
        _recorded(given, offset, days),
    )  # fmt: skip
    refuse_impossible(driven, {one.name: np.array([one.value]) for one in scenario.parameters})
    return driven


def refuse_impossible(driven: Driven, parameters: Mapping[str, NDArray[np.float64]]) -> None:
    """Raises ScenarioError if a setting or intensity is impossible for some row of parameters."""
    _settings(driven, parameters)
    _intensities(driven, parameters)


def instance_files(scenario: Scenario) -> dict[str, bytes]:
    """The files of the instance that a scenario drives, by their paths within it; none without one.

    Raises ScenarioError where the instance is not there.
    """
    section = scenario.displacement
    if section is None:
        return {}
    _opened(scenario, section)
    with instance_folder(_source(section)) as folder:
        found = [*folder.glob("*.csv"), *folder.glob("input_csv/*.csv")]
        found += [*folder.glob("source_data/*.csv"), *folder.glob("simsetting.yml")]
        return {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(set(found))
        }


def flee(
    driven: Driven,
    doctrine: str,
    course: Course,
    parameters: Mapping[str, NDArray[np.float64]],
    *,
    set_out: NDArray[np.float64] | None = None,
) -> Stocks:
    """Who is where day by day under a doctrine of the scenario, in each row of a course.

    `parameters` has the value of every parameter of the scenario, [row]; `set_out` is what
    `setting_out` says of the course, if that is known already.

    Raises:
        ScenarioError: a setting or intensity is impossible in some row, or fewer than nobody are
            uprooted.
    """
    settings = _settings(driven, parameters)
    rows = len(course.uprooted)
    if course.uprooted.min(initial=0.0) < -_ROUNDING * np.abs(course.uprooted).max(initial=0.0):
        what = f"'{driven.section.people}' is below 0 in some period of some future"
        hint = "it counts people who are newly uprooted"
        raise ScenarioError.at(driven.text, driven.section.place, what, hint=hint, length=12)
    set_out = setting_out(driven, course, parameters) if set_out is None else set_out
    staying = np.broadcast_to(settings.pop(STAYING, np.zeros(1)), rows)
    returning = np.broadcast_to(settings.pop(RETURNING, np.zeros(1)), rows)
    free = {name: np.broadcast_to(values, rows) for name, values in settings.items()}
    free.setdefault("people", np.ones(rows))
    measures = driven.measures.get(doctrine, AS_GIVEN)
    if driven.section.rule == LOCAL_WALK:
        flow = walk(prepare(driven.instance), free, measures, displaced=set_out)
    else:
        flow = choose(driven.instance, free, measures, displaced=set_out)
    return stocks(driven.instance, flow, measures, staying=staying, return_rate=returning)


def counted(driven: Driven, found: Stocks) -> dict[str, NDArray[np.float64]]:
    """The counts of a scenario, [row], each in the unit of its outcome."""
    counts = {}
    for count in driven.section.counts:
        day = count.after * driven.section.days - 1
        people = sum(found.of(word.text)[:, day] for word in count.where)
        counts[count.name] = np.asarray(people / driven.section.per)
    return counts


def setting_out(
    driven: Driven, course: Course, parameters: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """How many of the uprooted set out on each day from each place, `[row, day, place]`.

    Those who stay in their country do not. Those uprooted in a period are spread evenly over its
    days, and over places in proportion to their inhabitants and the intensity of conflict there:
    that of the instance, or where the scenario gives one, its expectation over the odds of its
    variable at the end of the period. Where there is conflict nowhere they come from places of
    conflict all the same. From no place come more than live there, unless all are empty.
    """
    instance, days = driven.instance, driven.section.days
    rows, periods = course.uprooted.shape
    given = timeline(instance, links_of(instance, False), Measures(AS_GIVEN), False).weight
    weight = np.broadcast_to(given, (rows, *given.shape))
    people = np.array([location.population for location in instance.locations], float)
    expected = _intensities(driven, parameters)
    if expected:
        weight = weight.copy()
    for (place, variable, _), values in zip(driven.intensities, expected, strict=True):
        if variable is None:
            by_period = np.broadcast_to(values[:, :1], (rows, periods))
        else:
            by_period = np.einsum("rpv,rv->rp", course.odds[variable.name],
                                  np.broadcast_to(values, (rows, variable.size)))  # fmt: skip
        weight[:, :, place] = np.repeat(by_period, days, axis=1) * people[place]
    inhabited = people * [location.kind == "conflict_zone" for location in instance.locations]
    weight = np.where(weight.sum(axis=2, keepdims=True) > 0, weight, inhabited)
    uprooted = np.maximum(course.uprooted, 0.0)  # less than nobody is rounding
    daily = np.repeat(uprooted * (driven.section.per / days), days, axis=1)
    staying = np.broadcast_to(_settings(driven, parameters).get(STAYING, np.zeros(1)), rows)
    return _allotted(daily, weight, people) * (1.0 - staying)[:, None, None]


def _allotted(
    daily: NDArray[np.float64], weight: NDArray[np.float64], people: NDArray[np.float64]
) -> NDArray[np.float64]:
    """So many a day, `[row, day]`, over places by `weight` [row, day, place], while people last.

    What a place cannot give comes from the others with weight, then from all where people live, and
    in the end, lest anybody is lost, by weight again.
    """
    found = np.zeros(weight.shape)
    left = np.broadcast_to(people, (len(weight), len(people))).copy()
    for day in range(weight.shape[1]):
        wanted = daily[:, day].copy()
        for shares, bounded in ((weight[:, day], True), (people, True), (weight[:, day], False)):
            for _ in range(len(people)):
                open_ = shares * (left > 0) if bounded else shares
                total = open_.sum(axis=1)
                give = wanted[:, None] * open_ / np.where(total > 0, total, 1.0)[:, None]
                give = np.minimum(give, left) if bounded else give
                found[:, day] += give
                left = np.maximum(left - give, 0.0)
                wanted = np.maximum(wanted - give.sum(axis=1), 0.0)
                if not (wanted > _NOBODY).any() or not (open_ > 0).any():
                    break
            if not (wanted > _NOBODY).any():
                break
    return found


def _setting(word: Word, rule: str, known: Sequence[str], faults: list[Mistake]) -> str:
    """The name of a setting as the rules have it; `known` are countries and places, for pulls."""
    name = canonical(word.text)
    is_pull = word.text.startswith(PULL) and word.text.removeprefix(PULL) in known
    of = DESTINATION_CHOICE if is_pull else _ONE_RULE.get(name, rule)
    if of != rule:
        what = f"'{word.text}' is a setting of another rule than '{rule}'"
        faults.append(_blame(word, what, f"write rule: {of}, or delete it"))
    if is_pull:
        return word.text
    if name not in SETTINGS:
        pulls = [PULL + one for one in known]
        shown = [one.replace("_", " ") for one in SETTINGS]
        faults.append(_unknown(word, "setting", [*shown, *pulls], [*shown, f"{PULL}COUNTRY"]))
    return name


def _settings(
    driven: Driven, parameters: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """The values of the settings that the scenario gives, [row], checked."""
    found = {}
    for name, expression in driven.settings:
        values = np.atleast_1d(evaluate(expression, parameters))
        most = 1.0 if name in _SHARES or name.endswith("movechance") else np.inf
        least = -np.inf if name.startswith(PULL) else 0.0
        bad = ~((values >= least) & (values <= most) & np.isfinite(values))
        if bad.any():
            expected = "between 0 and 1" if most == 1.0 else "at least 0"
            expected = "a finite number" if least < 0 else expected
            what = f"'{name.replace('_', ' ')}' is {values[bad][0]:g} in some future"
            raise ScenarioError.about(driven.text, expression, what, hint=f"expected {expected}")
        found[name] = values
    return found


def _intensities(
    driven: Driven, parameters: Mapping[str, NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    """The intensity in each place that the scenario gives, `[row, value]` of its variable."""
    found = []
    columns = {name: values[:, None] for name, values in parameters.items()}
    for place, variable, expression in driven.intensities:
        size = 1 if variable is None else variable.size
        values = evaluate(
            expression, columns | ({} if variable is None else {variable.name: np.arange(size)})
        )
        values = np.broadcast_to(values, np.broadcast_shapes(values.shape, (1, size)))
        bad = ~((values >= 0) & np.isfinite(values))
        if bad.any():
            name = driven.instance.names[place]
            what = f"the intensity in '{name}' is {values[bad][0]:g} in some future"
            raise ScenarioError.about(driven.text, expression, what, hint="expected at least 0")
        found.append(values)
    return found


def _opened(scenario: Scenario, section: Displacement) -> Instance:
    """The instance of a section. Mistakes in its own files are told at its name."""
    known, source = packaged_instances(), _source(section)
    try:
        return open_instance(source)
    except InstanceError as error:
        first = error.mistakes[0].render(())
        more = len(error.mistakes) - 1
        hint = first + (f" (and {more} more: standoff displace {source})" if more else "")
        near = nearest(section.instance.text, known) if "no such folder" in first else None
        what = f"the instance '{section.instance.text}' cannot be read"
        raise ScenarioError([_blame(section.instance, what, hint, near)], scenario.text) from None


def _source(section: Displacement) -> str:
    """The name of the packaged instance, or the folder."""
    packaged = section.instance.text in packaged_instances()
    return section.instance.text if packaged else section.folder


def _measures(
    section: Displacement, instance: Instance, offset: int, faults: list[Mistake]
) -> tuple[dict[str, str], tuple[Measures, ...]]:
    """What each doctrine of the scenario brings, and the measures as days of the crisis."""
    known = [one.name for one in instance.doctrines]
    made = {AS_GIVEN: _from(Measures(AS_GIVEN), instance, offset, 0)}
    named: dict[str, str] = {}
    for brought in section.doctrines:
        if brought.measures.text not in known:
            faults.append(_unknown(brought.measures, "measures", known))
            continue
        given = instance.doctrine(brought.measures.text)
        if brought.first > 1 and given.capacity:
            what = f"'{given.name}' changes the capacity of a camp"
            hint = "that holds from the first period on; leave 'from' out"
            faults.append(_blame(brought.measures, what, hint))
        name = _named(brought)
        made[name] = replace(
            _from(given, instance, offset, (brought.first - 1) * section.days), name=name
        )
        named[brought.doctrine] = name
    return named, tuple(made.values())


def _named(brought: Brought) -> str:
    if brought.first == 1:
        return brought.measures.text
    return f"{brought.measures.text} from {brought.first}"


def _from(measures: Measures, instance: Instance, offset: int, begin: int) -> Measures:
    """Measures with days counted from the start of the crisis, none before day `begin`."""
    late = tuple(
        replace(_moved(instance.closures[i], offset), end=begin)
        for i in measures.reopens
        if begin > _moved(instance.closures[i], offset).start
    )
    return replace(
        measures,
        closures=(*late, *(_moved(closure, offset, begin) for closure in measures.closures)),
        corridors=tuple(_moved(corridor, offset, begin) for corridor in measures.corridors),
    )


def _moved(what: T, offset: int, begin: int = 0) -> T:
    """With days counted from `offset` on, and not before day `begin` of these."""
    start = max(what.start - offset, begin)
    ends = what.end >= what.start
    return replace(what, start=start, end=max(what.end - offset, start) if ends else -1)


def _later(instance: Instance, offset: int, days: int) -> Instance:
    """The instance from a day on, for so many days; the last day's conflict goes on.

    Nobody is there yet; camps have the room that those registered by then left.
    """
    intensity = instance.intensity
    if intensity is not None:
        intensity = intensity[np.minimum(np.arange(offset, offset + days), len(intensity) - 1)]
    there = np.zeros(len(instance.locations))
    if instance.records is not None and offset > 0:
        there[list(instance.camps)] = instance.recorded()[min(offset, instance.days - 1)]
    locations = tuple(
        replace(
            location,
            conflict_date=location.conflict_date - offset,
            capacity=max(1, location.capacity - int(there[i])) if location.capacity else 0,
        )
        for i, location in enumerate(instance.locations)
    )
    return replace(
        instance,
        start=instance.start + timedelta(days=offset),
        days=days,
        locations=locations,
        closures=tuple(_moved(closure, offset) for closure in instance.closures),
        intensity=intensity,
        records=None,
    )


def _recorded(instance: Instance, offset: int, days: int) -> NDArray[np.float64]:
    """How many more were registered on each day than on the first, as far as the records go."""
    found = np.full((days, len(instance.locations)), np.nan)
    if instance.records is not None and offset < instance.days:
        counts = instance.recorded()[offset : offset + days]
        found[: len(counts), list(instance.camps)] = counts - counts[0]
    return found


def _blame(word: Word, message: str, hint: str = "", near: str | None = None) -> Mistake:
    return Mistake(word.place, len(word.text), message, hint, near)


def _unknown(
    word: Word, sort: str, known: Sequence[str], shown: Sequence[str] | None = None
) -> Mistake:
    listed = ", ".join(known if shown is None else shown)
    return _blame(
        word, f"unknown {sort} '{word.text}'", f"known: {listed}", nearest(word.text, known)
    )
