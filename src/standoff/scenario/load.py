"""From a file, or the name of a packaged scenario, to a `Scenario`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from standoff.reading import listing, nearest, refusal
from standoff.reading import source as source_bytes
from standoff.scenario.scenario import Scenario


def load(source: str | Path) -> Scenario:
    """Reads a scenario: the path of a file, or the name of a packaged scenario.

    Raises `ScenarioError` with every mistake in the file, or with one where there is no such file.
    """
    if isinstance(source, str) and source in packaged():
        data = (files(__package__) / "packaged" / f"{source}.yaml").read_bytes()
        return loads(data, f"{source}.yaml")
    path = Path(source)
    if isinstance(source, str) and _is_bare_name(source) and not path.exists():
        hint = f"packaged are {listing(packaged())}; a file is given with its ending .yaml"
        raise refusal(
            source, f"no scenario is called '{source}'", hint, nearest(source, packaged())
        )
    return loads(source_bytes(path), str(source))


def loads(data: bytes | str, file: str = "scenario.yaml") -> Scenario:
    """Reads a scenario from its text; `file` is what mistakes call it."""
    # Reading a scenario needs pydantic and libyaml; using one does not.
    from standoff.reading import read
    from standoff.scenario.rivals import resolve

    document = read(data, file)
    return resolve(document, data if isinstance(data, bytes) else data.encode())


def packaged() -> tuple[str, ...]:
    """Names of the scenarios that come with standoff."""
    folder = files(__package__) / "packaged"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def _is_bare_name(source: str) -> bool:
    return not any(sign in source for sign in "/\\.")
