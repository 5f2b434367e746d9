"""The application that every command joins: what they share, and how they refuse."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

import standoff

if TYPE_CHECKING:
    from standoff.game import Game
    from standoff.scenario import Scenario

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    help="A crisis laboratory: write a crisis down once; solve it in a thousand futures; see which "
    "claims hold.",
)

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="A packaged scenario, or a scenario file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
MaxStates = Annotated[int, typer.Option(min=1, help="Refuse more reachable states than this.")]

FAILED = 1
"""Exit status: something is wrong that is no mistake of the scenario or the command."""
REFUSED = 2
"""Exit status: the scenario or the command has a mistake."""
INTERRUPTED = 130
"""Exit status: stopped by the user."""


def main() -> None:
    """Runs the command line."""
    try:
        app()
    except BrokenPipeError:
        # Whoever read our output has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)


class RefusalError(Exception):
    """Raised when a command cannot be done as it was given; the message says why."""


@contextmanager
def mistakes(as_json: bool) -> Iterator[None]:
    """Tells of mistakes in a scenario or command, and of interruptions, without a traceback."""

    def fail(message: str, status: int) -> typer.Exit:
        if as_json:
            print_json({"error": message})
        typer.echo(f"standoff: {message}", err=True)
        return typer.Exit(status)

    try:
        yield
    except standoff.ScenarioError as error:
        if as_json:
            from standoff.app import mistakes_json

            print_json(mistakes_json(error))
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED) from None
    except RefusalError as error:
        raise fail(str(error), REFUSED) from None
    except MemoryError:
        raise fail("there is not enough memory for this", FAILED) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise fail(f"{where}{(error.strerror or str(error)).lower()}", FAILED) from None
    except KeyboardInterrupt:
        raise fail("interrupted", INTERRUPTED) from None
    except Exception as error:
        # Only what has been loaded can have raised; these are too heavy to be loaded for asking.
        stages = (
            ("standoff.explore", "StudyError"),
            ("standoff.explore", "BeginningError"),
            ("standoff.play", "HiddenError"),
        )
        kinds = tuple(
            getattr(sys.modules[stage], name) for stage, name in stages if stage in sys.modules
        )
        if not isinstance(error, kinds):
            raise
        raise fail(str(error), REFUSED) from None


def one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    """Refuses a value of an option that is none of those known."""
    if value not in known:
        raise RefusalError(f"{option} is '{value}'; expected {' or '.join(known)}")


def refuse_unknown_doctrines(game: Game, names: Iterable[str]) -> None:
    """Refuses a name that is no doctrine of the scenario; `free-choice` is one."""
    from standoff.game import find_doctrine

    for name in names:
        try:
            find_doctrine(game, name)
        except KeyError as error:
            raise RefusalError(str(error.args[0])) from None


def identity(scenario: Scenario) -> dict[str, Any]:
    """What every answer about a scenario carries with it."""
    return {
        "scenario": scenario.name,
        "hash": scenario.hash,
        "standoff": standoff.__version__,
    }


def print_json(value: Any) -> None:
    """Prints one JSON document; a float that is no finite number becomes null."""
    typer.echo(json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False))


def _finite(value: Any) -> Any:
    """The same, with null where there is no number: JSON has no nan and no infinity."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
