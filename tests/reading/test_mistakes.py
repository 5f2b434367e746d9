"""How a mistake looks: place, sentence, line, caret."""

import pickle

import pytest

from standoff.scenario import Mistake, Place, ScenarioError, loads, nearest, show, starter


def test_rendering() -> None:
    """The caret stands under the piece to blame, and a near name replaces the hint."""
    text = "a: 1\n    when: rung < 2 and misperceptoin > 0.3\n"
    place = Place("escalation.yaml", 2, 24)
    mistake = Mistake(place, 13, "unknown name 'misperceptoin'", "a hint", "misperception")
    assert str(ScenarioError([mistake], text)) == (
        "escalation.yaml:2:24: unknown name 'misperceptoin'; did you mean 'misperception'?\n"
        "   2 |     when: rung < 2 and misperceptoin > 0.3\n"
        "                              ^^^^^^^^^^^^^"
    )


def test_a_name_does_not_steer_the_terminal() -> None:
    """Control signs, and what is no UTF-8, are shown as such in a file's name and a message."""
    mistake = Mistake(Place("a\x1b[31m\udcff\n.yaml", 0, 0), 1, "found 'x\x07'", "one\ntwo")
    assert str(ScenarioError([mistake])) == "a�[31m��.yaml: found 'x�'; one\ntwo"


def test_order_and_pickling() -> None:
    """Mistakes come sorted by place, and survive the way to another process."""
    places = [(3, 1), (1, 5), (1, 2)]
    error = ScenarioError([Mistake(Place("x", *p), 1, f"{p}") for p in places], "a\nb\nc")
    assert [(m.place.line, m.place.column) for m in error.mistakes] == sorted(places)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.mistakes == error.mistakes


def test_for_later_stages() -> None:
    """What the game finds out is shown as what the reader finds out."""
    scenario = loads(starter(), "starter.yaml")
    p = scenario.events[0].branches[0].p
    error = ScenarioError.about(scenario.text, p, "probability above 1", hint="here 1.2")
    first, line, carets = str(error).splitlines()
    assert first == f"starter.yaml:{p.place.line}:{p.place.column}: probability above 1; here 1.2"
    assert line[carets.index("^") : carets.rindex("^") + 1] == p.text
    place = scenario.actors[0].place
    other = ScenarioError.at(scenario.text, place, "nothing left to do", length=9)
    assert str(other).splitlines()[2].strip() == "^" * 9


def test_odd_lines() -> None:
    """Long lines are cut around the piece to blame, tabs and wide letters do not move the caret."""
    long = "x" * 300 + "HERE" + "y" * 300
    line, carets = show((long,), Place("x", 1, 301), 4).splitlines()
    assert len(line) < 130
    assert line[carets.index("^") : carets.rindex("^") + 1] == "HERE"
    line, carets = show(("\tpeace: 1",), Place("x", 1, 2), 5).splitlines()
    assert line[carets.index("^") : carets.rindex("^") + 1] == "peace"
    line, carets = show(("中国: 1",), Place("x", 1, 5), 1).splitlines()
    assert carets.index("^") == len("   1 | ") + 6
    assert show(("a",), Place("x", 7, 1)) == ""


def test_many() -> None:
    """A file that is wrong throughout does not scroll off the screen."""
    error = ScenarioError([Mistake(Place("x", i, 1), 1, "bad") for i in range(1, 101)])
    assert str(error).endswith("… and 75 more")
    assert len(error.mistakes) == 100


@pytest.mark.parametrize(
    ("name", "found"),
    [("misperceptoin", "misperception"), ("Cities", "cities"), ("zebra", None), ("c" * 500, None)],
)
def test_nearest(name: str, found: str | None) -> None:
    """A near name is found, a far one is not made up."""
    assert nearest(name, ["misperception", "cities", "war"]) == found
