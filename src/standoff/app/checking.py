"""What is wrong and what is doubtful with a scenario, as plain data.

The command line prints it (`standoff check --json`) and the page marks it in its editor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import standoff

if TYPE_CHECKING:
    from standoff.explore import Trial
    from standoff.scenario import ScenarioError


def trial_json(trial: Trial) -> dict[str, Any]:
    """What trying out a scenario gave: its size, remarks with their places, and its variants."""
    scenario = trial.game.scenario
    answer: dict[str, Any] = {
        "scenario": scenario.name,
        "hash": scenario.hash,
        "standoff": standoff.__version__,
        "states": trial.game.states,
        "remarks": [
            {
                "check": remark.check,
                "line": remark.place.line,
                "column": remark.place.column,
                "remark": remark.message,
                "reason": remark.reason,
            }
            for remark in trial.remarks
        ],
    }
    if trial.variants:
        answer["variants"] = [
            {"choices": choices, "states": states} for choices, states in trial.variants
        ]
    return answer


def mistakes_json(error: ScenarioError) -> dict[str, Any]:
    """Every mistake: where, how long the piece to blame is, the sentence, the nearest name."""
    return {
        "mistakes": [
            {
                "file": mistake.place.file,
                "line": mistake.place.line,
                "column": mistake.place.column,
                "length": mistake.length,
                "message": mistake.sentence,
                "nearest": mistake.nearest,
            }
            for mistake in error.mistakes
        ]
    }
