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
