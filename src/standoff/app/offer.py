"""What a server offers: the packaged scenarios, and one file or study that it was given."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from standoff.app.ask import RefusedError
from standoff.explore import open_study
from standoff.scenario import load, packaged, suggestion


@dataclass(frozen=True)
class Offer:
    """A scenario that can be asked for by its name."""

    name: str
    text: str
    file: str
    """What mistakes call it."""
    study: str | None = None
    """The folder of a study of it, if there is one."""


def offers(given: str | None) -> dict[str, Offer]:
    """What is offered, by name; what was given comes first.

    `given` is the name of a packaged scenario, a scenario file, or the folder of a study. Names are
    all that a page can ask by: no path of its making is ever opened.

    Raises:
        ScenarioError: it is none of them, or has a mistake.
        StudyError: the folder holds no study.
        RefusedError: the study is not whole.
    """
    every = {name: Offer(name, packaged_text(name), f"{name}.yaml") for name in packaged()}
    if given is None:
        return every
    if given in every:
        first = every[given]
    elif (Path(given) / "manifest.json").exists():
        first = _study(given)
    else:
        scenario = load(given)
        first = Offer(scenario.name, scenario.text, Path(given).name)
    return {first.name: first} | {name: one for name, one in every.items() if name != first.name}


def find(known: dict[str, Offer], name: str) -> Offer:
    """The offer of that name.

    Raises:
        RefusedError: there is none; the sentence has the nearest name.
    """
    if name not in known:
        raise RefusedError(f"no scenario is called '{name}'; {suggestion(name, known)}", 404)
    return known[name]


def packaged_text(name: str) -> str:
    """The text of a packaged scenario."""
    file = files("standoff.scenario") / "packaged" / f"{name}.yaml"
    return file.read_text(encoding="utf-8")


def _study(folder: str) -> Offer:
    study = open_study(folder)
    if missing := study.missing():
        raise RefusedError(
            f"{len(missing)} of {study.blocks} blocks of {folder} are not solved yet: give the "
            "command that began it again"
        )
    scenario = study.scenario
    return Offer(scenario.name, scenario.text, "scenario.yaml", str(Path(folder).resolve()))
