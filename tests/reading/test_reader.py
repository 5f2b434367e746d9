"""The reader takes YAML 1.2 by the letter, keeps places, and refuses with sentences."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.reading import read
from standoff.scenario import ScenarioError, loads, packaged, starter
from standoff.scenario.load import load

TRAPS = [
    ("NO", "NO"),
    ("no", "no"),
    ("on", "on"),
    ("yes", "yes"),
    ("y", "y"),
    ("true", True),
    ("False", False),
    ("tRUE", "tRUE"),
    ("1e-3", 0.001),
    ("1E3", 1000.0),
    (".5", 0.5),
    ("5.", 5.0),
    ("-7", -7),
    ("+7", 7),
    ("017", 17),
    ("0o17", 15),
    ("0x1F", 31),
    ("1_000", "1_000"),
    ("22:30", "22:30"),
    ("2022-03-15", "2022-03-15"),
    ("2022-03-15 10:00:00", "2022-03-15 10:00:00"),
    ("1.2.3", "1.2.3"),
    ("0b11", "0b11"),
    ("=", "="),
    ("<<", "<<"),
    ("'1'", "1"),
    ('"true"', "true"),
    ("''", ""),
    ("nan", "nan"),
    ("inf", "inf"),
    ("e5", "e5"),
]


@pytest.mark.parametrize(("text", "value"), TRAPS)
def test_traps(text: str, value: Any) -> None:
    """What older YAML reads as false, sixty-based or a date is what it looks like."""
    content = read(f"a: {text}\n", "x.yaml").content
    assert content == {"a": value}
    assert type(content["a"]) is type(value)


@pytest.mark.parametrize("key", ["NO", "on", "y", "'1'", "2022-03-15"])
def test_keys(key: str) -> None:
    """Keys that older YAML takes for something else are text too."""
    assert read(f"{key}: x\n", "x.yaml").content == {key.strip("'"): "x"}


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL"])
def test_nothing(nothing: str) -> None:
    """An empty value is refused: nothing in a scenario is optional by being empty."""
    with pytest.raises(ScenarioError, match="'a' has no value"):
        read(f"a: {nothing}\n", "x.yaml")


def test_marks() -> None:
    """Every key and value has its place; in a scalar, columns count from its first character."""
    text = "é: {b: [1, 'x y'],\n  \U0001f600: \"q\"}\nd: >-\n  folded\n  text\n"
    document = read(text, "x.yaml")
    assert document.content == {"é": {"b": [1, "x y"], "\U0001f600": "q"}, "d": "folded text"}

    def at(path: tuple[str | int, ...]) -> tuple[int, int, int, bool]:
        mark = document.value(path)
        return mark.place.line, mark.place.column, mark.length, mark.exact

    assert at(("é", "b", 0)) == (1, 9, 1, True)
    assert at(("é", "b", 1)) == (1, 13, 3, True)
    assert at(("é", "\U0001f600")) == (2, 7, 1, True)
    assert at(("d",)) == (3, 4, 2, False)
    assert at(("é", "nowhere"))[:2] == (1, 4)
    key = document.key(("é", "\U0001f600"))
    assert (key.place.line, key.place.column, key.length) == (2, 3, 1)


def test_line_ends() -> None:
    """Lines are counted alike whether they end as on Unix, Windows or an old Macintosh."""
    for end in ("\n", "\r\n", "\r"):
        document = read(end.join(["a: 1", "", "b: 2", ""]), "x.yaml")
        assert document.value(("b",)).place.line == 3


def test_raw_numbers() -> None:
    """An expression that is a number keeps the text of the file."""
    scenario = loads(starter().replace("cost: 0.1", "cost: 1e-1"))
    (cost,) = (a.costs[0][1] for a in scenario.actors[1].actions if a.name == "warn")
    assert cost.text == "1e-1"


@pytest.mark.parametrize(
    "piece", ["[", "{", "- ", "? ", "a: ", "&a ", "!", "'", '"\\', "a:\n", "a,"]
)
def test_bombs(piece: str) -> None:
    """A million bytes of one sign are refused, and soon: in some seconds of this process's time."""
    begun = time.process_time()
    with pytest.raises(ScenarioError):
        read(piece * (999_000 // len(piece)), "x.yaml")
    assert time.process_time() - begun < 20


def test_size() -> None:
    """A file above one megabyte is refused before it is read."""
    with pytest.raises(ScenarioError, match="1,000,001 bytes; a scenario has at most 1,000,000"):
        read("#" * 1_000_001, "x.yaml")


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
@settings(max_examples=300, deadline=None)
def test_fuzz_anything(data: bytes | str) -> None:
    """Whatever comes in, only a `ScenarioError` comes out."""
    _never_crashes(data)


SIGNS = st.text(alphabet="ab1 .,:;-?[]{}&*!|>'\"%@`#\n\t~\\é\u2028\x00<=+()", max_size=6)


@given(st.data())
@settings(max_examples=250, deadline=None)
def test_fuzz_mutations(data: st.DataObject) -> None:
    """A sound file with a few pieces cut out or put in gives a scenario or a `ScenarioError`."""
    text = data.draw(st.sampled_from([starter(), load("two-move-deterrence").text]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 8)))
        text = text[:start] + data.draw(SIGNS) + text[end:]
    _never_crashes(text)


_words = (
    "standoff name time parameters value range variables ladder war order actors set "
    "when p 0.5 -1 true kind uniform low high must from rules ever holds value[a] max(1, chance"
)
WORDS = _words.split()
VALUES = st.recursive(
    st.one_of(st.sampled_from(WORDS), st.floats(), st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.data())
@settings(max_examples=250, deadline=None)
def test_fuzz_structures(data: st.DataObject) -> None:
    """A sound file with one part replaced by another structure is refused or read."""
    content = dict(read(starter(), "x.yaml").content)
    part: Any = content
    for _ in range(data.draw(st.integers(0, 5))):
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = data.draw(st.sampled_from(keys)) if keys else None
        if key is None or not isinstance(part[key], (dict, list)):
            break
        part = part[key]
    keys = list(part) if isinstance(part, dict) else list(range(len(part)))
    if keys:
        part[data.draw(st.sampled_from(keys))] = data.draw(VALUES)
    _never_crashes(json.dumps(content))


def _never_crashes(data: bytes | str) -> None:
    try:
        loads(data)
    except ScenarioError as error:
        found = error
    else:
        return
    assert found.mistakes
    assert str(found)
    assert all(m.place.line >= 1 and m.place.column >= 1 for m in found.mistakes)


def test_packaged_are_read() -> None:
    """Every scenario that comes along is free of mistakes."""
    for name in packaged():
        assert load(name).name == name


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("", "treaty", "a treaty starts with 'treaty: 1'"),
        ("", "incident", "an incident starts with 'incident: 1'"),
        ("", "scenario", "a scenario starts with 'standoff: 1'"),
        ("a: &b c\n", "treaty", "treaties have none; delete it"),
        ("a: !b c\n", "mapping", "mappings have none; delete it"),
        ("a: *b\n", "incident", "'*b' is an alias; write the thing out"),
        ("a: 1\n---\na: 2\n", "mapping", "one file holds one mapping"),
        ("a: \x01\n", "treaty", "cannot stand in a treaty"),
        ("[" * 40, "incident", "incidents are flat"),
        (" " * 1_000_001, "treaty", "a treaty has at most 1,000,000"),
    ],
)
def test_a_mistake_names_the_kind_of_file(text: str, kind: str, said: str) -> None:
    """Who writes a treaty is not told about scenarios."""
    with pytest.raises(ScenarioError) as caught:
        read(text, "x.yaml", kind)
    sentence = caught.value.mistakes[0].sentence
    assert said in sentence
    assert kind == "scenario" or "scenario" not in sentence
    assert kind == "scenario" or "term" not in sentence


def test_only_a_scenario_has_overlays() -> None:
    """There a written-out nothing deletes a key; elsewhere it is a value that is missing."""
    text = "structures:\n  a:\n    options:\n      b: {c: ~}\n"
    assert read(text, "x.yaml").content["structures"]["a"]["options"]["b"] == {"c": None}
    with pytest.raises(ScenarioError, match="'c' has no value"):
        read(text, "x.yaml", "treaty")
