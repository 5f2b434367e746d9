"""standoff: a crisis in one file, solved in a thousand futures, with verdicts on what people claim.

    scenario = standoff.load("escalation-trap")      # read and check a file
    game = standoff.compile(scenario)                # its reachable states and transitions
    solution = standoff.solve(game, {"clash": 0.1})  # values, outcomes and policies
    standoff.simulate(game, replications=100_000)    # played out, beside what is exact
    study = standoff.run("escalation-trap")          # many futures, all doctrines, on disk
    standoff.judge(study)                            # what became of each claim
    standoff.findings_of(study)                      # what would have to be true instead
    standoff.discover(experiments, cases)            # where cases lie, in anyone's data

Heavy parts are imported when they are first used.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from sys import modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from standoff.certificate import Certificate as Certificate
    from standoff.certificate import certify as certify
    from standoff.claims import Verdict as Verdict
    from standoff.claims import judge as judge
    from standoff.discovery import discover as discover
    from standoff.explore import Study as Study
    from standoff.explore import open_study as open_study
    from standoff.explore import prior_weights as prior_weights
    from standoff.explore import run as run
    from standoff.explore import run_variants as run_variants
    from standoff.explore import sample as sample
    from standoff.explore import solve_futures as solve_futures
    from standoff.findings import Findings as Findings
    from standoff.findings import adapt as adapt
    from standoff.findings import find_flips as find_flips
    from standoff.findings import findings_of as findings_of
    from standoff.findings import robustness_of as robustness_of
    from standoff.game import Game as Game
    from standoff.game import compile_game

    compile = compile_game  # noqa: A001
    from standoff.play import Chronicle as Chronicle
    from standoff.play import Simulation as Simulation
    from standoff.play import chronicle as chronicle
    from standoff.play import simulate as simulate
    from standoff.scenario import Scenario as Scenario
    from standoff.scenario import ScenarioError as ScenarioError
    from standoff.scenario import lint as lint
    from standoff.scenario import load as load
    from standoff.scenario import packaged as packaged
    from standoff.scenario import schema as schema
    from standoff.solver import Solution as Solution
    from standoff.solver import solve as solve

_HOMES = {
    "Certificate": ("certificate", "Certificate"),
    "Chronicle": ("play", "Chronicle"),
    "Findings": ("findings", "Findings"),
    "Game": ("game", "Game"),
    "Scenario": ("scenario", "Scenario"),
    "ScenarioError": ("scenario", "ScenarioError"),
    "Simulation": ("play", "Simulation"),
    "Solution": ("solver", "Solution"),
    "Study": ("explore", "Study"),
    "Verdict": ("claims", "Verdict"),
    "adapt": ("findings", "adapt"),
    "certify": ("certificate", "certify"),
    "chronicle": ("play", "chronicle"),
    "compile": ("game", "compile_game"),
    "discover": ("discovery", "discover"),
    "find_flips": ("findings", "find_flips"),
    "findings_of": ("findings", "findings_of"),
    "judge": ("claims", "judge"),
    "lint": ("scenario", "lint"),
    "load": ("scenario", "load"),
    "open_study": ("explore", "open_study"),
    "packaged": ("scenario", "packaged"),
    "prior_weights": ("explore", "prior_weights"),
    "robustness_of": ("findings", "robustness_of"),
    "run": ("explore", "run"),
    "run_variants": ("explore", "run_variants"),
    "sample": ("explore", "sample"),
    "schema": ("scenario", "schema"),
    "simulate": ("play", "simulate"),
    "solve": ("solver", "solve"),
    "solve_futures": ("explore", "solve_futures"),
}

_SHOWN = (
    ("scenario", "Scenario", "scenario_html"),
    ("solver", "Solution", "solution_html"),
    ("explore", "Study", "study_html"),
)
"""Classes that notebooks show, and what of `standoff.report.notebook` shows them."""

__all__ = sorted(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'standoff' has no attribute '{name}'")
    stage, attribute = _HOMES[name]
    found = getattr(import_module(f"standoff.{stage}"), attribute)
    _let_notebooks_show()
    return found


def _let_notebooks_show() -> None:
    """Gives classes that are loaded a `_repr_html_`, which loads what it needs when it is asked.

    They stand before the stage that shows them, so they cannot name it themselves.
    """
    for stage, name, function in _SHOWN:
        module = modules.get(f"standoff.{stage}")
        shown = getattr(module, name, None)
        if shown is not None and not hasattr(shown, "_repr_html_"):
            shown._repr_html_ = _shower(function)


def _shower(function: str) -> Callable[[Any], str]:
    def _repr_html_(self: Any) -> str:
        made: str = getattr(import_module("standoff.report.notebook"), function)(self)
        return made

    return _repr_html_


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
