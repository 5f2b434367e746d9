"""Types, beliefs and what is taken at face value: how they are read, and what names then mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.reading import read
from standoff.scenario import (
    Belief,
    Quantity,
    Scenario,
    ScenarioError,
    Trait,
    evaluate,
    expressions,
    lint,
    loads,
    variant,
    variants,
)

TEXT = """\
standoff: 1
name: tiny
title: A tiny crisis
time: {period: month, periods: 3}
parameters:
  harm: {value: 2, range: [1, 5], basis: assumed}
  resolve: {value: 0.4, range: [0, 1], basis: assumed}
  rumour: {value: 0.8, range: [0, 1], basis: assumed}
  chi: {value: 0.5, range: [0, 1], basis: assumed}
  trust: {value: 0.3, range: [0, 1], basis: assumed}
terms:
  dear: harm * type(big_blue, hard_line)
  doubt: 1 - belief(big_blue, hard_line)
variables:
  war: {ladder: [peace, crisis, open war]}
  report: {ladder: [none, good, bad]}
  cities: {levels: 3}
order: [red, big blue, adviser, fate]
events:
  fate: [{p: 0.1, when: war == crisis, set: {war: war + 1}}]
actors:
  red:
    rationality: 2
    payoff: cities - dear
    final: -1 * type(big_blue, soft) * type(adviser, bad)
    believes:
      big-blue: {soft: 1 - rumour, hard line: rumour}
    actions:
      wait: {}
      take: {when: cities < 3, cost: 0.1, set: {cities: cities + 1, war: crisis}}
  big blue:
    types:
      hard-line: {prior: resolve, about: it fights}
      soft: 1 - resolve
    rationality: 2
    payoff: -cities * (2 if hard_line else 1)
    actions:
      wait: {}
      fight:
        cost: {big_blue: "2 - hard_line + 3 * type(big_blue, soft)", adviser: 1 if bad else harm}
        set: {war: open_war}
  adviser:
    types: {good: 0.5, bad: 0.5}
    cursedness: chi
    rationality: 1
    final: -1 * (report == bad) * bad
    actions:
      say good: {reveals: good}
      say bad: {reveals: bad, cost: 1 if good else 0, set: {report: bad}}
doctrines:
  big blue:
    no war: {never: fight, believed: trust, binds: soft, announced: false}
    all war: {must: fight, binds: [soft, hard line]}
    talk: {never: wait}
outcomes:
  war: {ever: war == open_war, better: lower}
  credibility: {final: "100 * belief(big_blue, hard_line)", unit: of 100}
  doubt: {each period: doubt + harm}
claims:
  held: {says: Held., holds: "belief(big_blue, soft)[no-war] > belief(big_blue, soft) - 0.1"}
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return loads(TEXT, "tiny.yaml")


def test_types(scenario: Scenario) -> None:
    """A type is its prior alone, or a prior with a sentence; the order is that of the file."""
    red, blue, adviser = scenario.actors
    assert red.types == ()
    assert [(t.name, t.prior.text, t.about) for t in blue.types] == [
        ("hard-line", "resolve", "it fights"),
        ("soft", "1 - resolve", ""),
    ]
    assert [t.prior.parameters for t in blue.types] == [("resolve",), ("resolve",)]
    assert [(t.name, float(evaluate(t.prior, {}))) for t in adviser.types] == [
        ("good", 0.5),
        ("bad", 0.5),
    ]
    lines = TEXT.splitlines()
    for actor in (blue, adviser):
        for one in actor.types:
            assert lines[one.place.line - 1][one.place.column - 1 :].startswith(one.name)


def test_views(scenario: Scenario) -> None:
    """What is believed of another stands in the order of that actor's types, however it is told."""
    (view,) = scenario.actors[0].believes
    assert view.actor == "big blue"
    assert [share.text for share in view.prior] == ["rumour", "1 - rumour"]
    assert scenario.actors[1].believes == ()


def test_face_value(scenario: Scenario) -> None:
    """Actions say which type they show, and actors how far that is believed."""
    _red, blue, adviser = scenario.actors
    assert blue.cursedness is None
    assert adviser.cursedness is not None
    assert adviser.cursedness.parameters == ("chi",)
    assert [action.reveals for action in adviser.actions] == ["good", "bad"]
    assert [action.reveals for action in blue.actions] == [None, None]
    assert not adviser.actions[0].waits  # it changes nothing but what is believed
    assert blue.actions[0].waits


def test_doctrines(scenario: Scenario) -> None:
    """A doctrine says how far it is believed and whom it binds; unless told nothing, and all."""
    doubted, bound, plain = scenario.doctrines
    assert doubted.believed is not None
    assert doubted.believed.parameters == ("trust",)
    assert [one.binds for one in (doubted, bound, plain)] == [("soft",), ("soft", "hard-line"), ()]
    assert bound.believed is None
    assert plain.believed is None


def test_own_types_by_bare_name(scenario: Scenario) -> None:
    """In an actor's payoffs and in costs to it, its types stand by name and are yes or no."""
    _, blue, _ = scenario.actors
    hard, soft, bad = (
        Trait("big blue", "hard-line"),
        Trait("big blue", "soft"),
        Trait("adviser", "bad"),
    )
    assert blue.payoff is not None
    assert blue.payoff.traits == (hard,)
    assert float(evaluate(blue.payoff, {"cities": 3, hard: 1})) == -6
    assert float(evaluate(blue.payoff, {"cities": 3, hard: 0})) == -3
    costs = dict(blue.actions[1].costs)
    assert costs["big blue"].traits == (hard, soft)
    assert float(evaluate(costs["big blue"], {hard: 0, soft: 1})) == 5
    assert costs["adviser"].traits == (bad,)  # the payer's type, not the mover's
    assert float(evaluate(costs["adviser"], {bad: 0, "harm": 7})) == 7


def test_rungs_beside_their_ladder(scenario: Scenario) -> None:
    """A type may share its name with a rung: beside the ladder the rung is meant, else the type."""
    final = scenario.actors[2].final
    assert final is not None
    bad = Trait("adviser", "bad")
    assert final.variables == ("report",)
    assert final.traits == (bad,)
    assert float(evaluate(final, {"report": 2, bad: 1})) == -1
    assert float(evaluate(final, {"report": 1, bad: 1})) == 0
    assert float(evaluate(final, {"report": 2, bad: 0})) == 0


def test_types_of_others(scenario: Scenario) -> None:
    """Payoffs and finals may depend on anybody's type, by `type(…)` and through terms."""
    red = scenario.actors[0]
    assert red.payoff is not None
    assert red.final is not None
    assert red.payoff.traits == (Trait("big blue", "hard-line"),)
    assert red.payoff.parameters == ("harm",)
    assert red.final.traits == (Trait("big blue", "soft"), Trait("adviser", "bad"))


def test_beliefs(scenario: Scenario) -> None:
    """Outcomes use beliefs as they stand; claims use them at the end, under a doctrine."""
    _war, credibility, doubt = (outcome.expression for outcome in scenario.outcomes)
    belief = Belief("big blue", "hard-line")
    assert credibility.beliefs == doubt.beliefs == (belief,)
    assert not credibility.traits
    assert not credibility.quantities
    assert evaluate(credibility, {belief: [0.0, 0.25]}).tolist() == [0, 25]
    assert scenario.claims[0].holds.quantities == (
        Quantity("belief", ("big blue", "soft", "no war")),
        Quantity("belief", ("big blue", "soft", "free-choice")),
    )


def test_every_expression_counts(scenario: Scenario) -> None:
    """What is used only in priors, views, cursedness or doctrines counts as used."""
    used = {name for expression in expressions(scenario) for name in expression.parameters}
    assert {"resolve", "rumour", "chi", "trust"} <= used
    assert not [remark for remark in lint(scenario) if remark.check == "unused"]


OVERLAY = """
structures:
  private:
    says: whether red has a secret, too
    options:
      public: {}
      secret:
        actors:
          red:
            types: {bold: 0.3, meek: 0.7}
            payoff: cities * (2 if bold else 1) - dear
          adviser: {believes: {red: {bold: 0.5, meek: 0.5}}}
  advice:
    options:
      cursed: {}
      wise: {actors: {adviser: {cursedness: ~}}}
"""


def test_options_add_types() -> None:
    """An option may give an actor types, and take cursedness away; mistakes are told of it."""
    scenario = loads(TEXT + OVERLAY)
    assert len(variants(scenario)) == 4
    assert scenario.actors[0].types == ()
    secret = variant(scenario, {"private": "secret", "advice": "wise"})
    assert [one.name for one in secret.actors[0].types] == ["bold", "meek"]
    assert secret.actors[2].believes[0].actor == "red"
    assert secret.actors[2].cursedness is None
    again = loads(secret.text)
    assert again.actors == secret.actors


def test_options_are_blamed() -> None:
    """What is wrong with the types of one variant is told of it, where its option stands."""
    text = TEXT + OVERLAY.replace("bold", "harm")
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    first = caught.value.mistakes[0]
    assert first.message == (
        "variant private = secret: the type 'harm' and the parameter have the same name"
    )
    line = text.splitlines()[first.place.line - 1]
    assert line[first.place.column - 1 :].startswith("harm: 0.3")


def test_groups_wait_for_nothing_private() -> None:
    """Actors may choose at once in a scenario in which nothing is private, and only there."""
    text = TEXT.replace("order: [red, big blue,", "order: [[red, big blue],")
    with pytest.raises(ScenarioError, match="actor 'big blue' has types") as caught:
        loads(text)
    (mistake,) = caught.value.mistakes
    place = (mistake.place.line, mistake.place.column)
    line = next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith("order"))
    assert place == (line, text.splitlines()[line - 1].index("[red") + 1)


ALONE = """\
standoff: 1
name: alone
title: One actor and its types
time: {period: month, periods: 1}
variables:
  done: {flag: false}
order: [red]
actors:
  red:
    rationality: 1
    payoff: 1 * done
    actions: {wait: {}, act: {set: {done: true}}}
    types:
"""


def priors(shares: list[str]) -> list[float]:
    """The priors of an actor whose types have these, as they are read."""
    entries = "\n".join(f"      t{k}: {share}" for k, share in enumerate(shares))
    (actor,) = loads(ALONE + entries).actors
    return [float(evaluate(one.prior, {})) for one in actor.types]


THOUSANDTHS = st.lists(st.integers(0, 1000), min_size=2, max_size=5)
PAIRS = st.integers(0, 1000).map(lambda n: [n, 1000 - n])


@given(THOUSANDTHS | PAIRS)
def test_priors_sum_to_one(shares: list[int]) -> None:
    """Priors are taken as they are written where they sum to 1, and refused anywhere else."""
    written = [repr(share / 1000) for share in shares]
    if sum(shares) == 1000:
        assert priors(written) == [share / 1000 for share in shares]
    else:
        with pytest.raises(ScenarioError, match="the priors of 'red' sum to"):
            priors(written)


@given(st.lists(st.integers(1, 99), min_size=2, max_size=6))
def test_rounding_is_forgiven(weights: list[int]) -> None:
    """Shares of a whole sum to 1 but for rounding, and are taken as they are."""
    found = priors([f"{weight} / {sum(weights)}" for weight in weights])
    assert found == [weight / sum(weights) for weight in weights]


PARTS = ("types", "believes", "cursedness", "reveals", "believed", "binds", "prior", "payoff")
WORDS = st.sampled_from(
    [
        "soft",
        "resolve",
        "type(big_blue, soft)",
        "belief(adviser, bad)",
        "type(",
        "belief(red, x)[a]",
    ]
)
ANYTHING = st.recursive(
    WORDS | st.floats() | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["soft", "hard line", "prior", "red"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(["red", "big blue", "adviser"]), st.sampled_from(PARTS), ANYTHING)
def test_anything_private_is_read_or_refused(actor: str, part: str, value: object) -> None:
    """Whatever stands where types and beliefs are told is read, or refused with its place."""
    content = read(TEXT, "tiny.yaml").content
    who = content["actors"][actor]
    where: dict[str, Any] = {
        "reveals": who["actions"][next(iter(who["actions"]))],
        "believed": content["doctrines"]["big blue"]["talk"],
        "binds": content["doctrines"]["big blue"]["talk"],
        "prior": content["actors"]["big blue"]["types"]["hard-line"],
    }
    where.get(part, who)[part] = value
    try:
        made = loads(json.dumps(content))
    except ScenarioError as error:
        places = [mistake.place.line for mistake in error.mistakes]
    else:
        places = [remark.place.line for remark in lint(made)]
    assert all(place == 1 for place in places)  # the text is one line
