"""What comes out of a file: names resolved, defaults filled in, every part in its place."""

from datetime import date
from hashlib import sha256

import pytest

from standoff.scenario import (
    Distribution,
    Quantity,
    Scenario,
    ScenarioError,
    evaluate,
    expressions,
    load,
    loads,
    starter,
)

TEXT = """\
standoff: 1
name: tiny
title: A tiny crisis
time: {period: month, periods: 6, start: 2030-02-01}
references:
  op-ed: {title: NO, year: 2022, in: The Paper}
parameters:
  a: {value: 2, range: [1, 5], source: op-ed, basis: measured, unit: x, why: because}
  b: {value: 1, distribution: {kind: discrete, values: [0, 1, 2], weights: [1, 2, 1]},
    source: [op-ed]}
  c: {value: 1, distribution: {kind: discrete, values: [0, 1]}}
  d: {value: 0.5, distribution: {kind: beta, a: 2, b: 3}}
  e: {value: 1, distribution: {kind: normal, mean: 1, sd: 0.5, low: 0}}
  f: {value: 1, distribution: {kind: log-uniform, low: 0.1, high: 10}}
  g: {value: 1, distribution: {kind: triangular, low: 0, mode: 1, high: 3}}
  h: {value: 017}
terms:
  worst: max(war, crisis)
  badly: worst == open_war
variables:
  war: {ladder: [peace, crisis, open war], start: crisis, about: the war}
  cities: {levels: 3, start: 1}
  warned: {flag: true}
order: [blue side, fate, red, blue_side]
events:
  fate:
    - {p: d, when: warned, set: {war: open_war}}
    - {p: 1e-2, set: {war: peace, warned: false}}
actors:
  red:
    rationality: a
    actions:
      wait: {}
      take:
        when: cities < 3
        cost: {red: 0.1, blue-side: a}
        set: {cities: cities + 1}
        chance: [{p: 0.1, set: {warned: not warned}}]
  blue side:
    rationality: 1
    discount: 0.98
    payoff: cities
    final: -1 * badly
    actions: {wait: {}, act: {}}
ends: war == open_war
doctrines:
  blue_side:
    no act: {never: act, says: hm}
    all acts:
      announced: false
      rules:
        - {must: [act, wait], when: warned, from: 2}
        - {never: act, until: 3}
outcomes:
  lost: {final: cities, better: lower, unit: cities}
  "nuclear use": {ever: badly}
claims:
  one: {says: s, holds: "lost[no act] < lost", why: w, source: op-ed}
  two: {says: s, holds: "value[blue_side, all-acts] > value[blue side] and trap[blue-side] < a"}
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return loads(TEXT, "tiny.yaml")


def test_head(scenario: Scenario) -> None:
    """Text, path and hash are those of the file; dates and years are understood."""
    assert (scenario.path, scenario.text) == ("tiny.yaml", TEXT)
    assert scenario.hash == sha256(TEXT.encode()).hexdigest()
    assert scenario.time.start == date(2030, 2, 1)
    (reference,) = scenario.references
    assert (reference.title, reference.year, reference.container) == ("NO", "2022", "The Paper")


def test_distributions(scenario: Scenario) -> None:
    """Arguments bear the file's names; defaults are filled in, and weights sum to one."""
    found = {parameter.name: parameter.distribution for parameter in scenario.parameters}
    assert found == {
        "a": Distribution("uniform", (("low", 1), ("high", 5))),
        "b": Distribution("discrete", (("values", (0, 1, 2)), ("weights", (0.25, 0.5, 0.25)))),
        "c": Distribution("discrete", (("values", (0, 1)), ("weights", (0.5, 0.5)))),
        "d": Distribution("beta", (("a", 2), ("b", 3), ("low", 0), ("high", 1))),
        "e": Distribution("normal", (("mean", 1), ("sd", 0.5), ("low", 0))),
        "f": Distribution("log-uniform", (("low", 0.1), ("high", 10))),
        "g": Distribution("triangular", (("low", 0), ("mode", 1), ("high", 3))),
        "h": None,
    }
    assert scenario.parameters[0].sources == scenario.parameters[1].sources == ("op-ed",)
    assert scenario.parameters[-1].value == 17


def test_state(scenario: Scenario) -> None:
    """Ladders, levels and flags all become positions from 0, with labels."""
    found = [(v.kind, v.labels, v.start, v.size) for v in scenario.variables]
    assert found == [
        ("ladder", ("peace", "crisis", "open war"), 1, 3),
        ("levels", ("0", "1", "2", "3"), 1, 4),
        ("flag", ("no", "yes"), 1, 2),
    ]


def test_names_are_those_declared(scenario: Scenario) -> None:
    """However a name is spelt where it is used, it comes out as it was declared."""
    assert scenario.order == (("blue side",), ("fate",), ("red",), ("blue side",))
    assert [name for name, _ in scenario.actors[0].actions[1].costs] == ["red", "blue side"]
    assert {doctrine.actor for doctrine in scenario.doctrines} == {"blue side"}
    assert scenario.outcomes[1].expression.variables == ("war",)


def test_actions(scenario: Scenario) -> None:
    """Waiting is known as such; a cost without an actor is the mover's; chance keeps its order."""
    red, _blue = scenario.actors
    assert [action.waits for action in red.actions] == [True, False]
    assert red.actions[1].chance[0].assignments[0].variable == "warned"
    assert [branch.p.text for branch in scenario.events[0].branches] == ["d", "1e-2"]
    assert scenario.events[0].branches[1].when is None


def test_doctrines(scenario: Scenario) -> None:
    """A doctrine of one rule may be written without `rules`; periods default to all."""
    short, long = scenario.doctrines
    assert short.announced
    assert not long.announced
    assert [(r.must, r.never, r.first, r.last) for r in (*short.rules, *long.rules)] == [
        ((), ("act",), 1, 6),
        (("act", "wait"), (), 2, 6),
        ((), ("act",), 1, 3),
    ]


def test_claims(scenario: Scenario) -> None:
    """Quantities always have their doctrine filled in; a trap has only its actor."""
    one, two = scenario.claims
    assert one.holds.quantities == (
        Quantity("lost", ("no act",)),
        Quantity("lost", ("free-choice",)),
    )
    assert two.holds.quantities == (
        Quantity("value", ("blue side", "all acts")),
        Quantity("value", ("blue side", "free-choice")),
        Quantity("trap", ("blue side",)),
    )
    assert two.holds.parameters == ("a",)


def test_places(scenario: Scenario) -> None:
    """Every expression stands in the file exactly where its place says."""
    lines = TEXT.splitlines()
    found = list(expressions(scenario))
    assert len(found) > 20
    for expression in found:
        rest = lines[expression.place.line - 1][expression.place.column - 1 :]
        assert rest.startswith(expression.text)


def test_all_mistakes_at_once() -> None:
    """One reading shows every mistake of a pass, sorted by place."""
    wrong = TEXT.replace("payoff: cities", "payoff: citis").replace("ever: badly", "ever: badlyy")
    wrong = wrong.replace("start: crisis", "start: crises").replace("[1, 5]", "[5, 1]")
    with pytest.raises(ScenarioError) as caught:
        loads(wrong)
    lines = [mistake.place.line for mistake in caught.value.mistakes]
    assert lines == sorted(lines)
    assert [mistake.nearest for mistake in caught.value.mistakes] == [
        None,
        "crisis",
        "cities",
        "badly",
    ]


def test_a_faulty_term_is_blamed_once() -> None:
    """Where a term is mistaken, the expressions that use it are not blamed as well."""
    with pytest.raises(ScenarioError) as caught:
        loads(TEXT.replace("worst: max(war, crisis)", "worst: max(war, crises)"))
    assert [mistake.place.line for mistake in caught.value.mistakes] == [18]


def test_discrete_readings_compare() -> None:
    """A parameter of rival readings may be tested with `==`; any other may not."""
    assert loads(TEXT.replace("final: -1 * badly", "final: 1 if b == 2 else 0"))
    with pytest.raises(ScenarioError, match="whole numbers"):
        loads(TEXT.replace("final: -1 * badly", "final: 1 if a == 2 else 0"))


def test_starter() -> None:
    """The file that `standoff new` writes is sound, and shows every part of the language."""
    scenario = loads(starter(), "starter.yaml")
    assert scenario.doctrines
    assert scenario.claims
    assert scenario.events
    assert {variable.kind for variable in scenario.variables} == {"ladder", "levels", "flag"}


def test_tutorial() -> None:
    """The tutorial has the payoffs of the two-move game: (0, 1, -1) and (-0.5, -0.8)."""
    scenario = load("two-move-deterrence")
    nominal: dict[str | Quantity, float] = {p.name: p.value for p in scenario.parameters}
    finals = [actor.final for actor in scenario.actors]
    for result, payoffs in ((0, (0, 0)), (2, (1, -0.5)), (3, (-1, -0.8))):
        found = [evaluate(final, {**nominal, "result": result}) for final in finals if final]
        assert tuple(found) == pytest.approx(payoffs)
