"""What a file says is refused with what was found and what was expected."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import Field

from standoff.reading import Part, ScenarioError, read, shape
from standoff.scenario import load as load_scenario
from standoff.treaty import load as load_treaty
from standoff.treaty import load_incident
from standoff.watch import load_mapping


class _Bounded(Part):
    """One number for each way to bound one."""

    above: float = Field(1.0, gt=0)
    least: int = Field(1, ge=1)
    below: float = Field(0.5, lt=1)
    most: int = Field(1, le=520)


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("above: 0", 8, "expected more than 0, found 0"),
        ("above: -2.5", 8, "expected more than 0, found -2.5"),
        ("least: 0", 8, "expected at least 1, found 0"),
        ("below: 1.5", 8, "expected less than 1, found 1.5"),
        ("most: 521", 7, "expected at most 520, found 521"),
    ],
)
def test_a_bound_is_told_with_what_was_found(line: str, column: int, said: str) -> None:
    """Bounds that belong to what is allowed, and bounds that do not."""
    with pytest.raises(ScenarioError) as error:
        shape(read(f"{line}\n", "numbers.yaml"), _Bounded)
    assert str(error.value).splitlines()[0] == f"numbers.yaml:1:{column}: {said}"


@pytest.mark.parametrize(
    ("name", "load", "said"),
    [
        (
            "mapping",
            load_incident,
            "this file is a mapping; expected an incident, which starts with 'incident: 1'",
        ),
        (
            "incident",
            load_treaty,
            "this file is an incident; expected a treaty, which starts with 'treaty: 1'",
        ),
        (
            "mapping",
            load_scenario,
            "this file is a mapping; expected a scenario, which starts with 'standoff: 1'",
        ),
        (
            "standoff",
            load_mapping,
            "this file is a scenario; expected a mapping, which starts with 'mapping: 1'",
        ),
    ],
)
def test_a_file_of_another_kind_is_one_mistake(
    tmp_path: Path, name: str, load: Callable[[Path], object], said: str
) -> None:
    """Not one for each of its keys."""
    path = tmp_path / "file.yaml"
    path.write_text(f"{name}: 1\nname: x\ntitle: X\nladder: none\nactors: {{}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(path)
    (mistake,) = error.value.mistakes
    assert (mistake.place.line, mistake.sentence) == (1, said)
