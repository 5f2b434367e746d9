"""Treaties in scenario files: the ruling is the guard, the council the chance."""

from __future__ import annotations

from typing import Any

import pytest

from oracles.drafts import read
from oracles.pacts import CRISIS, crisis
from standoff.scenario import Action, Scenario, ScenarioError, evaluate, lint, load, loads

BORDER = ("calm", "raids", "attack", "war")


def blue(scenario: Scenario) -> dict[str, Action]:
    return {action.name: action for action in scenario.actors[1].actions}


def opened(action: Action) -> set[str]:
    """The rungs of the border on which an action may be chosen."""
    assert action.when is not None
    return {
        rung
        for level, rung in enumerate(BORDER)
        if bool(evaluate(action.when, {"border": float(level)}))
    }


def chance(action: Action, rung: str, **parameters: float) -> float:
    """Of all branches of an action together."""
    values = {"accord": 0.4, "pranks": 0.25, "doubt": 0.3} | parameters
    values["border"] = float(BORDER.index(rung))
    return float(sum(evaluate(branch.p, values) for branch in action.chance))


def mistake(document: dict[str, Any]) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(document)
    return str(caught.value)


def test_the_ruling_is_the_guard() -> None:
    """The trigger is open where the clause is met, and nowhere else; and decided by the chance."""
    invoke = blue(read(CRISIS))["invoke"]
    assert opened(invoke) == {"attack"}
    assert not invoke.closed
    assert chance(invoke, "attack") == pytest.approx(0.4)


def test_the_date_matters() -> None:
    """The same crisis on three dates: a grave series does not count, is disputed, and counts."""
    rulings = {}
    for year in (2005, 2013, 2022):
        scenario = read(crisis(as_of=f"{year}-03-15"))
        rulings[year] = {r.incident: r.truth for r in scenario.treaties[0].versions[0].ruled}
        assert opened(blue(scenario)["invoke"]) == (
            {"attack", "raids"} if year == 2022 else {"attack"}
        )
    assert [rulings[year]["raid"] for year in rulings] == ["no", "unclear", "yes"]
    assert [rulings[year]["prank"] for year in rulings] == ["no", "no", "no"]


def test_what_is_left_unclear() -> None:
    """Where the treaty leaves it unclear the council is asked only if the file says what then."""
    disputed = read(crisis(as_of="2013-03-15", unclear="doubt"))
    invoke = blue(disputed)["invoke"]
    assert opened(invoke) == {"attack", "raids"}
    assert chance(invoke, "attack") == pytest.approx(0.4)
    assert chance(invoke, "raids") == pytest.approx(0.75 * 0.3 * 0.4)


def test_weights() -> None:
    """Of incidents with one condition those that meet the clause count by their weight."""
    invoke = blue(read(crisis(as_of="2022-03-15")))["invoke"]
    assert chance(invoke, "raids") == pytest.approx(0.75 * 0.4)
    assert chance(invoke, "raids", pranks=0.9) == pytest.approx(0.1 * 0.4)


def test_doctrines_amend() -> None:
    """Each amendment has a trigger of its own, closed without it, with its own line and council."""
    scenario = read(CRISIS)
    actions = blue(scenario)
    assert list(actions) == [
        "hold", "invoke", "invoke under adding-up", "invoke under low-bar", "invoke under majority",
    ]  # fmt: skip
    assert [name for name, action in actions.items() if action.closed] == list(actions)[2:]
    assert opened(actions["invoke under adding-up"]) == {"attack", "raids"}
    assert opened(actions["invoke under low-bar"]) == {"attack", "raids"}
    assert opened(actions["invoke under majority"]) == {"attack"}
    # Three blocs of whom all agree with 0.4; two of them do more often.
    each = 0.4 ** (1 / 3)
    two = each**3 + 3 * each**2 * (1 - each)
    assert chance(actions["invoke under majority"], "attack") == pytest.approx(two)
    majority = next(one for one in scenario.doctrines if one.name == "majority")
    assert majority.rules[0].must == ("invoke under majority",)
    assert majority.rules[1].opens == ("invoke under majority",)
    assert majority.rules[1].never == ("invoke",)
    assert majority.amends == ("aid",)


def test_equal_amendments_are_one() -> None:
    """Two doctrines that change the same share a version, and its trigger."""
    document = crisis()
    document["doctrines"]["blue"]["again"] = {"amends": {"aid": {"amendments": "adds up"}}}
    versions = read(document).treaties[0].versions
    assert [version.doctrines for version in versions] == [
        (), ("adding-up", "again"), ("low-bar",), ("majority",),
    ]  # fmt: skip


def test_what_is_owed() -> None:
    """An action that does not keep the promise costs, where it falls due; invoking keeps it."""
    owes = {"when": "border == attack", "by": "invoke", "else": "2 * accord"}
    actions = blue(read(crisis(owes=owes)))
    ((payer, cost),) = actions["hold"].costs
    assert payer == "blue"
    for rung, wanted in (("attack", 0.8), ("raids", 0.0)):
        values = {"border": float(BORDER.index(rung)), "accord": 0.4}
        assert float(evaluate(cost, values)) == pytest.approx(wanted)
    assert all(not action.costs for name, action in actions.items() if name != "hold")


def test_an_idle_amendment_is_remarked_on() -> None:
    """An amendment that changes no answer and no vote is doubtful; another vote is not."""
    document = crisis(as_of="2022-03-15")
    del document["treaties"]["aid"]["decides"]["blocs"]
    remarks = [remark for remark in lint(read(document)) if remark.check == "amendment"]
    assert [remark.message.split(",")[0] for remark in remarks] == [
        "'adding-up' amends 'aid'",
        "'low-bar' amends 'aid'",
    ]


def test_the_packaged_treaty_and_cyber_attacks() -> None:
    """Cumulative cyber activity is a matter of article 5 since Brussels 2021 (paragraph 32).

    In 2013, before Wales 2014 named the domain at all, that was open.
    """
    campaign = {
        "territory": "Estonia", "target": "Estonia", "target kind": "computers",
        "attacker": "Russia", "attacker kind": "state", "domain": "cyber", "hybrid": True,
        "effects": "disruption", "series": True, "series effects": "grave",
        "intent": "deliberate", "consent": False, "attribution": "established",
    }  # fmt: skip
    incidents = {"campaign": {"when": "border == raids", "facts": campaign}}
    for day, truth, rungs in (
        ("2013-01-01", "unclear", set()),
        ("2022-01-01", "yes", {"raids"}),
    ):
        document = crisis(
            treaty="north-atlantic", clause="article-5", as_of=day, incidents=incidents
        )
        for name in ("adding-up", "low-bar"):
            del document["doctrines"]["blue"][name]
        document["doctrines"]["blue"]["majority"]["amends"]["aid"] = {"decides": "two-thirds"}
        scenario = read(document)
        stands = scenario.treaties[0].versions[0]
        assert stands.ruled[0].truth == truth
        assert opened(blue(scenario)["invoke"]) == rungs
        assert stands.needed == stands.members == (28 if day < "2014" else 30)


def test_escalation_trap() -> None:
    """The packaged crisis: an armed attack is met, the grey zone is not, and each amendment moves
    what it says it moves.
    """
    (pact,) = load("escalation-trap").treaties
    ruled = {version.doctrines: [one.truth for one in version.ruled] for version in pact.versions}
    assert ruled == {
        (): ["yes", "unclear", "no"],
        ("lower-threshold",): ["yes", "yes", "yes"],
        ("cumulative-cyber",): ["yes", "yes", "no"],
        ("qualified-majority",): ["yes", "yes", "yes"],
    }
    assert [(v.needed, v.members) for v in pact.versions] == [(30, 30)] * 3 + [(20, 30)]
    assert "deems necessary" in pact.owes


def doubled(**facts: Any) -> dict[str, Any]:
    document = crisis()
    document["treaties"]["aid"]["incidents"]["raid"]["facts"] |= facts
    return document


def amended(change: object) -> dict[str, Any]:
    document = crisis()
    document["doctrines"]["blue"]["majority"]["amends"] = change
    return document


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (crisis(treaty="north-atlantik"), "unknown treaty 'north-atlantik'"),
        (crisis(treaty="north-atlantik"), "did you mean 'north-atlantic'"),
        (crisis(treaty=3), "expected the name of a treaty, or a treaty written out"),
        (crisis(clause="aids"), "unknown clause 'aids'; did you mean 'aid'"),
        (crisis(actor="blu"), "unknown actor 'blu'; did you mean 'blue'"),
        (crisis(trigger="invok"), "unknown action of 'blue' 'invok'; did you mean 'invoke'"),
        (crisis(as_of="2005"), "'2005' is not a date"),
        (crisis(trigger=None), "'trigger' is missing"),
        (doubled(efects="grave"), "unknown fact 'efects'; did you mean 'effects'"),
        (doubled(effects="huge"), "effects is 'huge'"),
        (doubled(target=3), "expected a name, found '3'"),
        (doubled(dead="many"), "expected a number of people, found 'many'"),
        (amended({"aids": "adds up"}), "unknown treaty 'aids'; did you mean 'aid'"),
        (amended({"aid": "ads up"}), "adds up"),
        (amended({"aid": {"readings": {"sum": "yes"}}}), "sums"),
        (amended({"aid": {"decides": "lots"}}), "'two-thirds' or 'each', found the text 'lots'"),
    ],
)  # fmt: skip
def test_mistakes(document: dict[str, Any], said: str) -> None:
    """Each is told in a sentence, with the nearest name, and at its place in the file."""
    told = mistake(document)
    assert said in told
    assert told.startswith("scenario.yaml:")
    assert "unknown name 'decided'" not in told


def test_mistakes_of_a_treaty_written_out_stand_where_they_are() -> None:
    """A treaty inside a scenario is read as strictly as one in a file of its own."""
    document = crisis()
    document["treaties"]["aid"]["treaty"] = dict(document["treaties"]["aid"]["treaty"])
    document["treaties"]["aid"]["treaty"]["clauses"] = {
        "aid": document["treaties"]["aid"]["treaty"]["clauses"]["aid"] | {"sources": "book 3"}
    }
    told = mistake(document)
    assert "reference 'book' is not in the bibliography" in told
    line = int(told.split(":")[1])
    assert "book 3" in told.splitlines()[1]
    assert line > 20


def test_incidents_exclude_each_other() -> None:
    """Two conditions may not hold in one state, unless they are the same."""
    document = crisis()
    document["treaties"]["aid"]["incidents"]["prank"]["when"] = "border >= raids"
    assert "'invasion' and 'prank' both hold where border is attack" in mistake(document)


def test_others_cannot_amend() -> None:
    """Only whoever decides for the parties can amend their treaty."""
    document = crisis()
    document["doctrines"]["red"] = {"other": {"amends": {"aid": "adds up"}}}
    assert "'red' does not decide on 'aid'" in mistake(document)


def test_decided_belongs_to_the_trigger() -> None:
    """Nothing else knows the council's decision, and nothing else may bear its name."""
    document = crisis()
    document["actors"]["red"]["payoff"] = "decided"
    assert "unknown name 'decided'" in mistake(document)
    document = crisis()
    document["parameters"]["decided"] = {"value": 1}
    assert "choose another name" in mistake(document)


def test_two_treaties_need_two_triggers() -> None:
    """One action cannot invoke two treaties."""
    document = crisis()
    document["treaties"]["more"] = document["treaties"]["aid"]
    assert "'invoke' is the trigger of another treaty" in mistake(document)


def test_adaptive_doctrines_do_not_amend() -> None:
    """A treaty is amended for the whole of a crisis."""
    document = crisis()
    document["adaptive"] = {
        "blue": {"later": {"start": "free-choice", "then": "majority", "from": [2]}}
    }
    assert "'majority' amends a treaty" in mistake(document)


def test_the_text_is_all_there_is() -> None:
    """A scenario with a treaty is read again from its own text, wherever that lies."""
    scenario = read(CRISIS)
    again = loads(scenario.text.encode(), "elsewhere.yaml")
    ruled = [
        [
            (one.incident, one.truth, one.why)
            for version in made.treaties[0].versions
            for one in version.ruled
        ]
        for made in (scenario, again)
    ]
    assert ruled[0] == ruled[1]
