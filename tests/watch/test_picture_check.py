"""A picture that was written by hand, cut or spoilt is refused in words, and never used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from standoff.reading import ScenarioError
from standoff.watch import load_picture, watch, write_picture
from watch import made

WRONG: dict[str, tuple[tuple[str | int, ...], Any, str]] = {
    "version": (("picture",), True, "of version true; this version of standoff reads version 1"),
    "rungs": (("ladder", "rungs"), ["none"] * 5, "'rungs' needs two or more, each once"),
    "moves": (("moves", "next", 0, 0), 0.9, "a row of 5 shares for each of 5 rungs"),
    "every": (("moves", "every_days"), 0, "'every_days' must be above 0"),
    "length": (("periods", "length"), "aeon", "'length' is 'aeon'; there are day, week"),
    "end": (("periods", "end"), "2022-03-01", "must be days one after another"),
    "covered": (("streams", 0, "covered", 0), 7, "'covered' goes beyond shares"),
    "usual": (("streams", 0, "reporting", "usual"), -3, "'usual' must be above 0"),
    "usual in words": (("streams", 0, "reporting", "usual"), "many", "of another kind"),
    "seen": (("streams", 0, "reporting", "seen"), [2, 1], "'seen' must be two numbers above 0"),
    "seen once": (("streams", 0, "reporting", "seen"), [2], "a list of another length"),
    "lag": (("streams", 0, "reporting", "lag_days"), -1, "'lag_days' must not be below 0"),
    "often": (("streams", 0, "reporting", "often"), [1], "'often' must be 5 factors above 0"),
    "rows": (("streams", 0, "rows", "mapped"), 3, "'rows' do not sum up to the 2 that were read"),
    "counts": (("pairs", 0, "counts", 0, 0, 0), -1, "'counts' has a number below 0"),
    "parts": (("pairs", 0, "counts", 0, 0, 0), 1.5, "of another kind"),
    "nothing": (("pairs", 0, "counts", 0, 0, 0), None, "of another kind"),
    "probability": (("pairs", 0, "probability", 0, 0), 5, "expected 1 x 5 probabilities"),
    "no number": (("pairs", 0, "probability", 0, 0), float("nan"), "expected 1 x 5 probabilities"),
    "within": (("pairs", 0, "within_a_period"), [1], "expected 5 probabilities"),
    "median": (("pairs", 0, "median"), [9], "'median': expected 1 rungs from 0 to 4"),
    "stream": (("pairs", 0, "events", 0, "stream"), 9, "9 is no place of a stream"),
    "rung": (("pairs", 0, "events", 0, "rung"), 9, "9 is no place of a rung"),
    "actors": (("pairs", 0, "actors"), ["RUS"], "a list of another length"),
}


def _made(tmp_path: Path) -> Path:
    rows = [made.gdelt_row(k, "20220301", "RUS", "UKR", "190") for k in range(2)]
    events = made.gdelt(tmp_path / "g.CSV", rows)
    write_picture(watch([events], "force", pairs=[("RUS", "UKR")]), tmp_path / "picture.json")
    return tmp_path / "picture.json"


@pytest.mark.parametrize(("path", "value", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be(tmp_path: Path, path: tuple[str | int, ...], value: Any, said: str) -> None:
    """Each is told with what was expected."""
    file = _made(tmp_path)
    found = json.loads(file.read_text(encoding="utf-8"))
    at = found
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    file.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_picture(file)
    assert said in str(caught.value)


def test_what_is_missing(tmp_path: Path) -> None:
    """A key that an older or a cut picture has not is named."""
    file = _made(tmp_path)
    found = json.loads(file.read_text(encoding="utf-8"))
    del found["moves"]
    file.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(ScenarioError, match="the picture is not whole: 'moves' is missing"):
        load_picture(file)
