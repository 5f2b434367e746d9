"""The files that the documentation shows are files that can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from documentation.page import ROOT, blocks_of
from standoff.reading import Part
from standoff.treaty import load, load_incident, rule

SHOWN = [block for block in blocks_of(ROOT / "docs" / "treaties.md") if block.language == "yaml"]


def test_the_files_of_the_page_can_be_ruled_upon(tmp_path: Path) -> None:
    """The incident and the treaty that are shown have no mistake."""
    paths: dict[str, Path] = {}
    for block in SHOWN:
        kind = block.text.partition(":")[0]
        paths[kind] = tmp_path / f"{kind}.yaml"
        paths[kind].write_text(block.text, encoding="utf-8")
    incident = load_incident(paths["incident"])
    assert rule(load(paths["treaty"]), incident).clause("defence").tests
    assert rule(load("north-atlantic"), incident).as_of.isoformat() == "2024-06-03"


@pytest.mark.parametrize("name", ["treaty", "incident"])
def test_every_key_is_shown(name: str) -> None:
    """No key of the incident file is left out of the example."""
    from standoff.treaty.file import IncidentPart, TreatyPart

    models: dict[str, type[Part]] = {"treaty": TreatyPart, "incident": IncidentPart}
    model = models[name]
    text = next(block.text for block in SHOWN if block.text.startswith(name))
    shown = {line.partition(":")[0] for line in text.splitlines() if not line.startswith(" ")}
    keys = {field.alias or key for key, field in model.model_fields.items()}
    assert keys - shown <= {"summary", "until", "series effects", "self defence"}
