"""From a file, or the name of a packaged scenario, to a `Scenario`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from standoff.scenario.expression import Place
from standoff.scenario.mistake import Mistake, ScenarioError, listing, nearest
from standoff.scenario.scenario import Scenario

_TOO_MUCH = 1_000_001
"""One byte more than a scenario may have: no need to read further to refuse."""


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
        raise _refusal(
            source, f"no scenario is called '{source}'", hint, nearest(source, packaged())
        )
    return loads(_read(path), str(source))


def loads(data: bytes | str, file: str = "scenario.yaml") -> Scenario:
    """Reads a scenario from its text; `file` is what mistakes call it."""
    # Reading a scenario needs pydantic and libyaml; using one does not.
    from standoff.scenario.reader import read
    from standoff.scenario.rivals import resolve

    document = read(data, file)
    return resolve(document, data if isinstance(data, bytes) else data.encode())


def packaged() -> tuple[str, ...]:
    """Names of the scenarios that come with standoff."""
    folder = files(__package__) / "packaged"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise _refusal(str(path), "this is a folder, not a file")
        if path.exists() and not path.is_file():
            raise _refusal(str(path), "this is not a regular file")
        with path.open("rb") as stream:
            return stream.read(_TOO_MUCH)
    except FileNotFoundError:
        folder = path.parent
        near = None
        if folder.is_dir():
            near = nearest(path.name, (entry.name for entry in folder.glob("*.y*ml")))
        raise _refusal(str(path), "there is no such file", "", near) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise _refusal(str(path), f"the file cannot be read: {reason.lower()}") from None


def _is_bare_name(source: str) -> bool:
    return not any(sign in source for sign in "/\\.")


def _refusal(file: str, message: str, hint: str = "", near: str | None = None) -> ScenarioError:
    return ScenarioError([Mistake(Place(file, 0, 0), 1, message, hint, near)])
