"""Structures: options laid over a file, the variants they make, and what a variant's text is."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.reading import Document, Path, read, text_lines
from standoff.scenario import (
    MOST_VARIANTS,
    Scenario,
    ScenarioError,
    lint,
    load,
    loads,
    starter,
    thrown,
    variant,
    variants,
)
from standoff.scenario.overlay import overlaid

STRUCTURES = """
structures:
  clock:
    says: how long it lasts
    source: example-2029
    options:
      half a year: {}
      a year: {time: {periods: 12}}
  war:
    says: whether a war costs what it may cost
    options:
      unsure: {}
      sure: {parameters: {ruin: {range: ~, value: 10}}}
      dear: {parameters: {ruin: {range: ~, value: 90}}}
"""


def scenario(tail: str = "") -> Scenario:
    return loads(starter() + STRUCTURES + tail)


def ruin(one: Scenario) -> tuple[float, bool]:
    (found,) = (parameter for parameter in one.parameters if parameter.name == "ruin")
    return found.value, found.distribution is not None


def meaning(one: Scenario) -> Scenario:
    """A scenario apart from how its file is written."""
    return replace(one, text="", hash="", structures=(), choices=())


def test_what_the_file_says() -> None:
    """Switches, their options in order, their sources; the first of each holds unless told."""
    one = scenario()
    clock, war = one.structures
    assert (clock.name, clock.options, clock.sources) == (
        "clock",
        ("half a year", "a year"),
        ("example-2029",),
    )
    assert war.says == "whether a war costs what it may cost"
    assert one.choices == (("clock", "half a year"), ("war", "unsure"))
    assert text_lines(one.text)[clock.place.line - 1] == "  clock:"
    assert meaning(one) == meaning(loads(starter()))


def test_all_combinations_in_order() -> None:
    """The last switch turns fastest; each variant is what its options say and nothing else."""
    every = variants(scenario())
    assert [tuple(choices.values()) for choices in every] == [
        (clock, war) for clock in ("half a year", "a year") for war in ("unsure", "sure", "dear")
    ]
    found = [variant(scenario(), choices) for choices in every]
    assert [one.time.periods for one in found] == [6, 6, 6, 12, 12, 12]
    assert [ruin(one) for one in found] == [(8, True), (10, False), (90, False)] * 2
    assert [thrown(one) for one in found][:2] == [{}, {"war": "sure"}]
    assert variants(loads(starter())) == ({},)


def test_a_variant_is_its_text() -> None:
    """Who has the text has the variant, with the hash of its bytes; and no line has moved."""
    base = scenario()
    for choices in variants(base):
        one = variant(base, choices)
        assert loads(one.text.encode(), one.path) == one
        assert one.hash == sha256(one.text.encode()).hexdigest()
        assert one.text.startswith(base.text)
        assert variant(one, {}) is one
        assert variant(base, choices) == one
    hashes = {variant(base, choices).hash for choices in variants(base)}
    assert len(hashes) == 6


def test_switches_not_named_stay() -> None:
    """One switch at a time, from wherever the scenario is."""
    one = variant(variant(scenario(), {"war": "dear"}), {"clock": "a year"})
    assert (one.time.periods, ruin(one)) == (12, (90, False))
    back = variant(one, {"war": "unsure", "clock": "half a year"})
    assert meaning(back) == meaning(scenario())
    assert back.text.count("variant:") == 1


def test_by_hand() -> None:
    """An author may name options in the file; hyphens and spaces are the same here as elsewhere."""
    one = scenario("variant: {war: sure}\n")
    assert one.choices == (("clock", "half a year"), ("war", "sure"))
    assert ruin(one) == (10, False)
    assert scenario("variant: {clock: a-year}\n").time.periods == 12


@pytest.mark.parametrize(
    "entry",
    [
        "variant: {war: sure} # by hand\n",
        "variant:\n  war: sure   # by hand\n",
        "variant:\n  {war: sure,\n   clock: a year} # by hand\n",
        "'variant': {\"war\": 'sure'} # by hand\n",
    ],
)
def test_what_is_there_is_written_over(entry: str) -> None:
    """However the options stand in the file, they are replaced, and nothing else is."""
    text = starter() + entry + STRUCTURES + "summary: variant\n"
    one = variant(loads(text), {"war": "dear", "clock": "half a year"})
    assert ruin(one) == (90, False)
    assert one.summary == "variant"
    assert one.text.startswith(starter())
    assert one.text.endswith(" # by hand\n" + STRUCTURES + "summary: variant\n")
    assert len(text_lines(one.text)) == len(text_lines(text))
    assert loads(one.text.encode(), one.path) == one


def as_written(text: str) -> dict[str, str]:
    """The same file in the ways in which people and programs write YAML."""
    content = read(text, "x").content

    return {
        "as it is": text,
        "without a last line end": text.rstrip("\n"),
        "Windows": text.replace("\n", "\r\n"),
        "indented": "".join(f"  {line}" for line in text.splitlines(keepends=True)),
        "with marks": f"---\n{text}...\n",
        "JSON": json.dumps(content, indent=1),
        "JSON in a line": json.dumps(content),
        "folded at the end": text + "summary: >-\n  Nothing\n  more.\n",
        "comment at the end": text + "# variant: none",
    }


@pytest.mark.parametrize("way", as_written("a: 1"))
def test_every_way_of_writing(way: str) -> None:
    """The text of a variant is right whatever the file looks like."""
    text = as_written(starter() + STRUCTURES)[way]
    one = variant(loads(text), {"clock": "a year"})
    assert one.time.periods == 12
    assert dict(one.choices) == {"clock": "a year", "war": "unsure"}
    assert loads(one.text.encode(), one.path) == one
    assert read(one.text, "x").content == read(text, "x").content | {"variant": dict(one.choices)}


def test_unknown_choices() -> None:
    """A name that is not there is refused, with the nearest that is."""
    with pytest.raises(
        ValueError, match="'clok' is no structure of 'my-crisis'; did you mean 'clo"
    ):
        variant(scenario(), {"clok": "a year"})
    with pytest.raises(ValueError, match="'a yaer' is no option of 'clock'; did you mean 'a year'"):
        variant(scenario(), {"clock": "a yaer"})
    with pytest.raises(ValueError, match="it has none"):
        variant(loads(starter()), {"clock": "a year"})


def test_the_first_option_may_say_something_too() -> None:
    """Then what stands outside of the options need not be whole."""
    text = starter().replace("time: {period: month, periods: 6,", "time: {period: month,")
    tail = """
structures:
  clock: {says: length, options: {short: {time: {periods: 3}}, long: {time: {periods: 9}}}}
"""
    one = loads(text + tail)
    assert one.time.periods == 3
    assert variant(one, {"clock": "long"}).time.periods == 9
    with pytest.raises(ScenarioError, match="key 'periods' is missing in 'time'"):
        loads(text)


def merged(content: str, option: str) -> Document:
    lines = "".join(f"        {line}\n" for line in option.splitlines())
    text = f"{content}\nstructures:\n  s:\n    options:\n      a: {{}}\n      b:\n{lines}"
    made, wrong = overlaid(read(text, "f.yaml"), {"s": "b"})
    assert wrong == []
    return made


def test_how_things_are_laid_over() -> None:
    """Mappings merge, deeply; lists and single values replace; ~ deletes; new keys find a place."""
    found = merged(
        "a: {x: 1, y: [1, 2], z: {p: 1, q: 2}}\nb: 3\nc: {k: 1}\nd: [1]",
        "a: {y: [3], z: {q: ~, r: 4}, w: {deep: {er: 1}}}\nb: {now: a mapping}\nc: ~\nd: text",
    ).content
    del found["structures"]
    assert found == {
        "a": {"x": 1, "y": [3], "z": {"p": 1, "r": 4}, "w": {"deep": {"er": 1}}},
        "b": {"now": "a mapping"},
        "d": "text",
    }
    terms = merged("t: {one: 1, two: 2, three: 3}", "t: {new: 0, two: 5, last: 9}").content["t"]
    assert list(terms.items()) == [("one", 1), ("new", 0), ("two", 5), ("three", 3), ("last", 9)]


def test_a_new_term_may_be_used_by_those_after_it() -> None:
    """It stands before the next key that the option and the file both have."""
    text = (
        starter()
        + """
terms: {dread: ruin * 2, price: dread + prize}
structures:
  s:
    says: how dread works
    options:
      plain: {}
      squared: {terms: {root: ruin ** 2, dread: root * 2}}
"""
    )
    one = variant(loads(text), {"s": "squared"})
    assert one.time.periods == 6


words = st.sampled_from(["a", "b", "c"])
leaves = st.integers(0, 9)
files = st.dictionaries(
    words, st.recursive(leaves, lambda x: st.dictionaries(words, x) | st.lists(x))
)
overlays = st.recursive(leaves | st.none(), lambda x: st.dictionaries(words, x) | st.lists(leaves))


def laid(below: Any, above: Any) -> Any:
    """The definition, said as shortly as can be; deleting what is not there is passed over."""
    if not isinstance(above, dict):
        return copy.deepcopy(above)
    made = dict(below) if isinstance(below, dict) else {}
    for key, part in above.items():
        if part is None:
            made.pop(key, None)
        else:
            made[key] = laid(made.get(key), part)
    return made


def paths(part: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    inside = (
        part.items()
        if isinstance(part, dict)
        else enumerate(part)
        if isinstance(part, list)
        else ()
    )
    return [(path, part), *(found for step, p in inside for found in paths(p, (*path, step)))]


@given(content=files, option=st.dictionaries(words, overlays))
def test_laying_over_and_places(content: dict[str, Any], option: dict[str, Any]) -> None:
    """What comes out is the definition; every part has its own place, where its text really is."""
    text = json.dumps(
        {**content, "structures": {"s": {"options": {"o": {}, "p": option}}}}, indent=2
    )
    document = read(text, "f.json")
    made, wrong = overlaid(document, {"s": "p"})
    del made.content["structures"]
    assert made.content == laid(content, option)
    assert all(mistake.message.startswith("there is no '") for mistake in wrong)
    lines = text_lines(text)
    starts = {"[": list, "{": dict}
    for path, part in paths(made.content):
        mark = made.values[path]
        there = lines[mark.place.line - 1][mark.place.column - 1 :]
        if isinstance(part, int):
            assert there.startswith(str(part))
        elif path:
            assert isinstance(part, starts[there[0]])
        if path and isinstance(path[-1], str):
            key = made.keys[path].place
            assert lines[key.line - 1][key.column - 1 :].startswith(f'{path[-1]}"')
    known = {path for path, _ in paths(made.content)}
    left = {path for path in made.values if path[:1] != ("structures",)}
    assert left == known


def test_places_are_those_of_the_option() -> None:
    """What an option says stands where the option says it; the rest stands where it stood."""
    one = variant(scenario(), {"war": "dear"})
    (cost,) = (parameter for parameter in one.parameters if parameter.name == "ruin")
    assert "dear:" in text_lines(one.text)[cost.place.line - 1]
    (other,) = (parameter for parameter in one.parameters if parameter.name == "prize")
    assert other == next(p for p in scenario().parameters if p.name == "prize")


def test_a_fixed_parameter_may_leave_its_correlation() -> None:
    """Futures are drawn once: an option may take back what only the parameters it fixes had."""
    text = (
        starter()
        + """
correlations: [{between: [prize, ruin], rank: 0.5}, {between: [incident, prize], rank: 0.2}]
constraints: [{holds: ruin > prize}]
structures:
  war:
    says: what a war costs
    options:
      unsure: {}
      sure:
        parameters: {ruin: {range: ~}}
        correlations: [{between: [prize, incident], rank: 0.2}]
"""
    )
    one = loads(text)
    assert len(variant(one, {"war": "sure"}).correlations) == 1
    with pytest.raises(ScenarioError, match="variant war = sure: 'correlations' are other than"):
        loads(text.replace("[prize, incident], rank: 0.2", "[prize, incident], rank: 0.3"))


def test_as_many_as_can_be_solved() -> None:
    """Sixty-four variants load; the message about one more says how many there are."""
    options = ", ".join(f"o{k}: {{time: {{periods: {k + 1}}}}}" for k in range(MOST_VARIANTS))
    text = starter() + f"structures: {{many: {{says: many, options: {{{options}}}}}}}\n"
    assert len(variants(loads(text))) == MOST_VARIANTS
    more = text.replace("o0:", "one more: {time: {periods: 500}}, o0:")
    with pytest.raises(ScenarioError, match="these switches make 65 variants; at most 64"):
        loads(more)


def test_lint_asks_what_the_options_differ_in() -> None:
    """A switch that says nothing is doubtful."""
    silent = loads((starter() + STRUCTURES).replace("    says: how long it lasts\n", ""))
    found = [remark.message for remark in lint(silent) if remark.check == "structure"]
    assert found == ["structure 'clock' has no 'says'"]


def test_packaged_structures_leave_the_file_as_it_is() -> None:
    """The first variant of a packaged scenario is its file without structures; all are clean."""
    with_structures = load("escalation-trap")
    text = with_structures.text
    plain = loads(text[: text.index("\nstructures:\n")], with_structures.path)
    assert meaning(with_structures) == meaning(plain)
    assert len(variants(with_structures)) == 12
    for choices in variants(with_structures):
        one = variant(with_structures, choices)
        assert lint(one) == ()
        assert (meaning(one) == meaning(plain)) == (not thrown(one))
    assert all(structure.says and structure.sources for structure in with_structures.structures)
