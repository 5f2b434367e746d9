"""What is doubtful is remarked upon with a reason, and what is sound is not."""

import pytest

from standoff.scenario import lint, load, loads

SOUND = """\
standoff: 1
name: tiny
title: A tiny crisis
time: {period: month, periods: 3}
references:
  survey: {title: A survey}
parameters:
  harm: {value: 2, range: [1, 5], source: survey, basis: measured}
variables:
  war: {ladder: [peace, crisis, open war]}
  cities: {levels: 3}
order: [red, fate]
events:
  fate: [{p: 0.1, when: war == crisis, set: {war: war + 1}}]
actors:
  red:
    rationality: 2
    final: -harm * (war == open_war)
    actions:
      wait: {}
      take: {when: cities < 3, cost: 0.1, set: {cities: cities + 1, war: crisis}}
doctrines:
  red:
    no war: {never: take}
outcomes:
  war: {ever: war == open_war, better: lower}
claims:
  worse: {says: It gets worse., holds: "war > war[no war]"}
"""
HARM = "range: [1, 5], source: survey, basis: measured"
TAKE = "take: {when: cities < 3, cost: 0.1, set: {cities: cities + 1, war: crisis}}"


def test_sound() -> None:
    """A sound scenario draws no remark."""
    assert lint(loads(SOUND)) == ()


DOUBTS = [
    ("synonyms", TAKE, TAKE + "\n      " + TAKE.replace("take", "grab")),
    ("synonyms", TAKE, TAKE + "\n      " + TAKE.replace("take", "grab").replace(
        "{cities: cities + 1, war: crisis}", "{war: crisis, cities: cities + 1}")),
    ("synonyms", TAKE, TAKE + "\n      hold: {}"),
    ("synonyms", TAKE, TAKE + "\n      hold: {when: war == crisis}"),
    ("source", HARM, "range: [1, 5]"),
    ("source", HARM, "range: [1, 5], basis: elicited"),
    ("certain", HARM, "basis: assumed"),
    ("unused", "-harm *", "-2 *"),
    ("unused", "order:", "  clock: {levels: 3}\norder:"),
    ("unused", "order: [red, fate]", "order: [red]"),
    ("claim", "war > war[no war]", "harm > 3"),
    ("claim", "war > war[no war]", "war > war"),
    ("claim", "war > war[no war]", "war > war[free choice]"),
    ("claim", "war > war[no war]", "war > 0.1 and 2 > 1"),
    ("claim", "war > war[no war]", "true"),
    ("better", ", better: lower", ""),
    ("doctrine", "{never: take}", "{says: nothing}"),
    ("doctrine", "{never: take}", "{never: take, must: [take, wait]}"),
    ("doctrine", "{never: take}", "{never: [take, wait]}"),
    ("choice", "\n      wait: {}", ""),
    ("choice", "    final: -harm * (war == open_war)\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("check", "old", "new"), DOUBTS)
def test_doubts(check: str, old: str, new: str) -> None:
    """Each doubt is found where it is put in, and shown with line and reason."""
    assert SOUND.count(old) == 1
    text = SOUND.replace(old, new)
    remarks = lint(loads(text, "tiny.yaml"))
    assert check in {remark.check for remark in remarks}
    for remark in remarks:
        head, line, _, reason = remark.render(text).splitlines()
        assert head.startswith(f"tiny.yaml:{remark.place.line}:")
        assert line.endswith(text.splitlines()[remark.place.line - 1])
        assert reason.strip(" |") == remark.reason


PRIVATE = """\
standoff: 1
name: private
title: A crisis with secrets
time: {period: month, periods: 3}
references:
  survey: {title: A survey}
parameters:
  resolve: {value: 0.4, range: [0, 1], source: survey, basis: elicited}
  trust: {value: 0.4, range: [0, 1], source: survey, basis: elicited}
variables:
  cities: {levels: 3}
order: [red, blue]
actors:
  red:
    types: {bold: resolve, meek: 1 - resolve}
    rationality: 2
    payoff: cities * (2 if bold else 1)
    cursedness: trust
    actions:
      say bold: {reveals: bold}
      say meek: {reveals: meek}
  blue:
    rationality: 2
    payoff: -cities
    actions:
      wait: {}
      take: {when: cities < 3, set: {cities: cities + 1}}
doctrines:
  red:
    candour: {never: say bold, believed: trust, binds: meek}
"""
TALK = "say bold: {reveals: bold}\n      say meek: {reveals: meek}"


def test_sound_secrets() -> None:
    """Types that matter, reports that are half believed, and messages alike draw no remark."""
    assert lint(loads(PRIVATE)) == ()


BOLDNESS = " * (2 if bold else 1)"
CURSED = "\n    cursedness: trust"
SECRETS = [
    (
        "type",
        "prior of 'bold' of red is 0 at the nominal values",
        [("bold: resolve", "bold: resolve - 0.4"), ("1 - resolve", "1.4 - resolve")],
    ),
    ("type", "prior of 'meek' of red is 1", [("bold: resolve", "bold: 0"), ("1 - resolve", "1")]),
    (
        "type",
        "'meek' of red differs in nothing from 'bold'",
        [(BOLDNESS, ""), (TALK, "say bold: {}"), (CURSED, ""), (", binds: meek", "")],
    ),
    (
        "type",
        "'mild' of red differs in nothing from 'tame'",
        [("1 - resolve}", "0.5 - resolve, tame: 0.25, mild: 0.25}")],
    ),
    ("cursedness", "'red' has 'cursedness', and no action", [(TALK, "say bold: {}")]),
    ("cursedness", "'say bold' reveals a type, and 'red' has no", [(CURSED, "")]),
    (
        "believed",
        "of 'candour' is what it is for an announced",
        [("believed: trust", "believed: 1")],
    ),
    (
        "believed",
        "is what it is for an unannounced",
        [("believed: trust", "believed: 0, announced: false")],
    ),
]


@pytest.mark.parametrize(("check", "message", "changes"), SECRETS)
def test_doubtful_secrets(check: str, message: str, changes: list[tuple[str, str]]) -> None:
    """Types that nothing turns on, and beliefs that change nothing, are remarked upon."""
    text = PRIVATE
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    remarks = [remark for remark in lint(loads(text)) if remark.check == check]
    assert any(message in remark.message for remark in remarks)
    assert all(remark.reason for remark in remarks)


def test_doubted_doctrines_are_sound() -> None:
    """A rumour of an unannounced doctrine, and doubt in an announced one, both change something."""
    for said in (
        "believed: 0.3",
        "believed: 0.3, announced: false",
        "believed: 1, announced: false",
    ):
        assert lint(loads(PRIVATE.replace("believed: trust", said))) == ()


@pytest.mark.parametrize(
    ("holds", "changes", "empty"),
    [
        ("belief(red, bold)[candour] < belief(red, bold)", [], False),
        ("belief(red, bold)[candour] < resolve", [(CURSED, "")], False),
        ("belief(red, bold) < resolve - 0.1", [], False),  # they take it at face value
        ("belief(red, bold) < resolve - 0.1", [(CURSED, "")], True),
        ("belief(red, bold)[candour] < 0.5", [(CURSED, ""), ("believed: trust, ", "")], True),
        (
            "belief(red, bold)[candour] < 0.5",
            [(CURSED, ""), ("believed: trust", "announced: false")],
            False,
        ),
        ("belief(red, bold) < 0.5 and value[red] > 0", [(CURSED, "")], False),
    ],
)
def test_beliefs_that_cannot_move(holds: str, changes: list[tuple[str, str]], empty: bool) -> None:
    """Under Bayes' rule beliefs are a martingale: on average no claim of them alone can fail."""
    text = PRIVATE + f'claims:\n  held: {{says: Held., holds: "{holds}"}}\n'
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    remarks = [remark.message for remark in lint(loads(text)) if remark.check == "claim"]
    assert remarks == ["claim 'held' asks for beliefs that are the prior, whatever happens"] * empty


def test_synonyms_cite_why() -> None:
    """Two names for one act weigh double in a logit: the reason says who showed it."""
    (remark,) = lint(loads(SOUND.replace(TAKE, TAKE + "\n      hold: {}")))
    assert "Debreu 1960" in remark.reason
    assert "McFadden" in remark.reason


def test_a_counter_nobody_reads() -> None:
    """A variable that is read only to set itself is as good as unread."""
    text = SOUND.replace("order:", "  clock: {levels: 3}\norder:")
    text = text.replace("war: crisis}}", "war: crisis, clock: 3 if clock > 2 else clock + 1}}")
    assert [remark.message for remark in lint(loads(text))] == [
        "variable 'clock' is never read by a guard, payoff or outcome"
    ]


def test_tutorial() -> None:
    """The tutorial practises what the remarks preach, but for its unit of payoff."""
    assert {remark.check for remark in lint(load("two-move-deterrence"))} <= {"certain"}
