"""A solved game for model checkers: the chain of a solution as UMB, a unified Markov binary file.

UMB (format version 1; https://github.com/pmc-tools/umb) is read by Storm and by PRISM. A file holds
the game unrolled in time under the policies of a solution (see `unroll`), as a Markov chain, or as
a decision process of one actor, or several together, to whom all others keep their policies. Its
last state, the only one with the label `over`, is where everything ends.

Rewards are payoffs and outcomes, already discounted and none below zero (see `payments`); labels
are the conditions of `ever` and `first time`. The `Question`s say what to ask the file, what to
take from the answer, and what we answer ourselves; they are also in the file, in `index.json` under
`file-data`, `parameters`.
"""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import standoff
from standoff.export.payments import hit, payments, periods_passed, stations
from standoff.export.unroll import MAX_POSITIONS, Reals, Unrolled, unroll
from standoff.game import HIT_KINDS, Game
from standoff.scenario import canonical
from standoff.solver import Solution, best_response

Files = dict[str, bytes]


@dataclass(frozen=True)
class Question:
    """One quantity of a solution, as a model checker is asked for it."""

    quantity: str
    """An outcome, or the payoff of an actor."""
    ask: str
    """A property in the language of PRISM and Storm."""
    subtract: float
    """What the answer is too high by, because rewards were made non-negative."""
    expected: float | None
    """What we answer ourselves; None where a free actor leaves it open."""


def write_umb(
    solution: Solution,
    path: str | Path,
    *,
    row: int = 0,
    free: tuple[str, ...] = (),
    max_positions: int = MAX_POSITIONS,
) -> tuple[Question, ...]:
    """Writes one row of a solution; gives what the file can be asked.

    With actors `free` it is a decision process: these choose together, and the others keep their
    policies. The same solution gives the same bytes.

    Raises:
        ValueError: the solution did not keep its policies.
        KeyError: no such actor; the message has the nearest name.
        IndexError: no such row.
        TooLargeError: more than `max_positions` positions can be reached.
        OSError: the file cannot be written.
    """
    unrolled = unroll(solution, row, free=free, max_positions=max_positions)
    system, files = _system(unrolled)
    rewards, shifts, labels = _rewards(unrolled), {}, _labels(unrolled)
    for name, (paid, shift) in rewards.items():
        ends = np.append(paid, 0.0).astype("<f8")
        where = "choices" if unrolled.free else "states"
        files[f"annotations/rewards/{_key(name)}/{where}/values.bin"] = ends.tobytes()
        shifts[name] = shift
    for name, holds in labels.items():
        files[f"annotations/aps/{_key(name)}/states/values.bin"] = _bits(holds)
    questions = _questions(solution, row, unrolled, shifts)
    index = {
        "format-version": 1,
        "format-revision": 0,
        "model-data": {
            "name": solution.game.scenario.name,
            "description": solution.game.scenario.title,
        },
        "file-data": {
            "tool": "standoff",
            "tool-version": standoff.__version__,
            "parameters": {
                "scenario": solution.game.scenario.name,
                "hash": solution.game.scenario.hash,
                "doctrine": solution.doctrine,
                "concept": solution.concept.value,
                "row": row,
                "free": list(free),
                "questions": [asdict(question) for question in questions],
            },
        },
        "transition-system": system,
        "annotations": {
            "rewards": {
                _key(name): {
                    "alias": name,
                    "applies-to": ["choices" if unrolled.free else "states"],
                    "type": {"type": "double", "size": 64},
                    "lower": 0,
                }
                for name in rewards
            },
            "aps": {
                _key(name): {
                    "alias": name,
                    "applies-to": ["states"],
                    "type": {"type": "bool", "size": 1},
                }
                for name in labels
            },
        },
    }
    _write(Path(path), {"index.json": json.dumps(index, indent=1).encode()} | files)
    return questions


def questions_in(path: str | Path) -> tuple[Question, ...]:
    """What a file of ours can be asked, and what to make of the answers.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no file of ours.
    """
    try:
        with tarfile.open(path) as archive:
            held = archive.extractfile("index.json")
            found = json.load(held) if held else {}
        return tuple(Question(**each) for each in found["file-data"]["parameters"]["questions"])
    except (KeyError, TypeError, tarfile.TarError) as error:
        raise ValueError(f"{path} is no UMB file that standoff wrote") from error


def _system(unrolled: Unrolled) -> tuple[dict[str, Any], Files]:
    """Every station is a choice, and so is staying in the last state."""
    last = unrolled.positions
    at = stations(unrolled)
    goes_on = np.append(~unrolled.over[at], False)
    branches = np.ones(len(goes_on), np.int64)
    branches[goes_on] = np.diff(unrolled.branch)
    ours = np.repeat(goes_on, branches)
    to, chance = np.full(len(ours), last), np.ones(len(ours))
    to[ours], chance[ours] = unrolled.to, unrolled.chance
    files = {
        "state-is-initial.bin": _bits(np.arange(last + 1) == 0),
        "choice-to-branches.bin": _offsets(branches),
        "branch-to-target.bin": to.astype("<u8").tobytes(),
        "branch-to-probability.bin": chance.astype("<f8").tobytes(),
    }
    names: list[str] = []
    if unrolled.free:
        files["state-to-choices.bin"] = _offsets(np.append(np.bincount(at, minlength=last), 1))
        names, values = _choice_names(unrolled, goes_on)
        encoded = [name.encode() for name in names]
        files["actions/choices/values.bin"] = values.astype("<u4").tobytes()
        files["actions/choices/string-mapping.bin"] = _offsets([len(name) for name in encoded])
        files["actions/choices/strings.bin"] = b"".join(encoded)
    system = {
        "time": "discrete",
        "#players": int(bool(unrolled.free)),
        "#states": last + 1,
        "#initial-states": 1,
        "#choices": len(branches),
        "#choice-actions": len(names),
        "#branches": len(ours),
        "#branch-actions": 0,
        "#observations": 0,
        "branch-probability-type": {"type": "double", "size": 64},
    }
    return system, files


def _choice_names(
    unrolled: Unrolled, goes_on: NDArray[np.bool_]
) -> tuple[list[str], NDArray[np.intp]]:
    """The names of all choices that free actors have, and which of them each choice has.

    Choices that nobody makes are called `-`.
    """
    actors = [unrolled.game.scenario.actors[k] for k in unrolled.free]
    action = np.full((len(goes_on), len(actors)), -1, np.int64)
    action[goes_on] = unrolled.action
    kinds, values = np.unique(action, axis=0, return_inverse=True)
    names = [
        " + ".join(
            f"{actor.name}: {actor.actions[number].name}"
            for actor, number in zip(actors, kind, strict=True)
            if number >= 0
        )
        for kind in kinds
    ]
    return [name or "-" for name in names], values.reshape(-1)


def _rewards(unrolled: Unrolled) -> dict[str, tuple[Reals, float]]:
    """By name: what is paid at each station, and the shift."""
    game = unrolled.game
    found = {}
    for channel in range(game.channels - game.hits):
        paid = payments(unrolled, channel)
        found[_channel_name(game, channel)] = (paid.paid, paid.shift)
    if any(outcome.kind == "first time" for outcome in game.outcomes):
        found["periods"] = (periods_passed(unrolled), 0.0)
    return found


def _labels(unrolled: Unrolled) -> dict[str, NDArray[np.bool_]]:
    """By name: in which states it holds."""
    game = unrolled.game
    found = {"over": np.arange(unrolled.positions + 1) == unrolled.positions}
    for k, outcome in enumerate(game.outcomes):
        if outcome.kind in HIT_KINDS:
            name = _channel_name(game, len(game.actors) + k)
            found[name] = np.append(hit(unrolled, k), False)
    return found


def _questions(
    solution: Solution, row: int, unrolled: Unrolled, shifts: dict[str, float]
) -> tuple[Question, ...]:
    """Of a chain, what is expected; of a decision process, the most and the least of everything."""
    game = solution.game
    asked = []
    for channel in range(game.channels):
        name = _channel_name(game, channel)
        k = channel - len(game.actors)
        if k < 0:
            quantity, kind = f"payoff of {game.actors[channel]}", "payoff"
            expected = float(solution.value[row, channel])
        else:
            quantity, kind = game.outcomes[k].name, game.outcomes[k].kind
            expected = float(solution.outcome[row, k])
        sign, path = {
            "ever": ("P", f'F "{name}"'),
            "first time": ('R{"periods"}', f'F ("{name}" | "over")'),
        }.get(kind, (f'R{{"{name}"}}', 'F "over"'))
        for direction in ("max", "min") if unrolled.free else ("",):
            ours: float | None = expected
            if unrolled.free:
                responds = direction == "max" and unrolled.free == (channel,)
                best = best_response(solution, game.actors[channel]) if responds else None
                ours = None if best is None else float(best[row])
            ask = f"{sign}{direction}=? [{path}]"
            asked.append(Question(quantity, ask, shifts.get(name, 0.0), ours))
    return tuple(asked)


def _channel_name(game: Game, channel: int) -> str:
    """A name that model checkers can read in a property."""
    k = channel - len(game.actors)
    if k < 0:
        kind, number, name = "payoff", channel, game.actors[channel]
    else:
        kind = "hit" if game.outcomes[k].kind in HIT_KINDS else "outcome"
        number, name = k, game.outcomes[k].name
    spelled = canonical(name)
    return f"{kind}_{spelled if spelled.isascii() else number}"


def _key(name: str) -> str:
    """The folder of an annotation, which may have small letters only."""
    return name.lower()


def _bits(holds: NDArray[np.bool_]) -> bytes:
    """A bit set, filled up to whole words of 64 bits."""
    packed = np.packbits(holds, bitorder="little")
    return np.pad(packed, (0, -len(packed) % 8)).tobytes()


def _offsets(counts: NDArray[np.integer] | list[int]) -> bytes:
    return np.concatenate([[0], np.cumsum(counts)]).astype("<u8").tobytes()


def _write(path: Path, files: Files) -> None:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
