"""Playthroughs: a seeded course of each packaged scenario, step by step.

    python tests/playthroughs/regenerate.py

writes them anew. They are there to be read in a review: whatever changes a result changes them.
Numbers have four significant digits, few enough to be the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import standoff
from standoff.play import Choice, Chronicle, Turn, chronicle

FOLDER = Path(__file__).parent
NAMES = tuple(standoff.packaged())


def main() -> None:
    for name in NAMES:
        (FOLDER / f"{name}.txt").write_text(playthrough(name), encoding="utf-8", newline="\n")


def playthrough(name: str) -> str:
    """The text of one scenario's file."""
    game = standoff.compile(standoff.load(name))
    return "\n".join([*_sizes(game), *_course(chronicle(game))]) + "\n"


def _sizes(game: standoff.Game) -> Iterator[str]:
    yield f"scenario: {game.scenario.name}"
    yield f"periods: {game.periods}"
    yield f"distinct states: {game.states}"
    yield f"positions: {game.positions}, of which the crisis is over in {len(game.ended)}"
    for move in game.moves:
        yield (
            f"move {move.name}: {len(move.states)} states, {len(move.action)} options, "
            f"{len(move.to)} branches; reached by period: {' '.join(map(str, move.reached))}"
        )


def _course(told: Chronicle) -> Iterator[str]:
    yield f"doctrine: {told.doctrine}, seed: {told.seed}, replication: {told.replication}"
    yield f"expected: {_numbers(told.quantities, told.expected)}"
    for secret in told.secrets:
        yield f"secret: {secret.actor} is {secret.what}, chance {_number(secret.chance)}"
    if told.credences:
        yield f"believed: {_believed(told, told.believed)}"
    for period in told.periods:
        for turn in period.turns:
            yield ""
            yield from _turn(told, f"period {period.number}, {turn.move}", turn)
        yield ""
        yield f"end of period {period.number}"
        yield f"  state: {_state(told, period.state)}"
        yield f"  paid: {_numbers(told.quantities, period.paid)}"
        yield f"  so far: {_numbers(told.quantities, period.so_far)}"
    yield ""
    yield "the crisis is over" if told.over else "the horizon is reached"
    yield f"  paid: {_numbers(told.quantities, told.final)}"
    yield f"  total: {_numbers(told.quantities, told.total)}"


def _turn(told: Chronicle, title: str, turn: Turn) -> Iterator[str]:
    actors = told.quantities[: len(told.scenario.actors)]
    yield title
    yield f"  state: {_state(told, turn.state)}"
    yield f"  values: {_numbers(actors, turn.values)}"
    for choice in turn.choices:
        yield from _choice(choice)
    if turn.learnt:
        yield f"  believed then: {_believed(told, turn.learnt.after)}"
        yield f"  on the grid: {_believed(told, turn.learnt.kept)}"
    if any(turn.paid):
        yield f"  paid: {_numbers(actors, turn.paid)}"
    for k, chance in enumerate(turn.chances):
        changes = ", ".join(f"{c.variable} {c.before} -> {c.after}" for c in chance.changes)
        mark = ">" if k == turn.happened else " "
        yield f"  {mark} chance {_number(chance.probability)}: {changes or 'no change'}"


def _choice(choice: Choice) -> Iterator[str]:
    yield f"  {choice.actor} chooses"
    for k, option in enumerate(choice.options):
        mark = ">" if k == choice.taken else " "
        yield (
            f"    {mark} {option.action}: probability {_number(option.probability)}, "
            f"worth {_number(option.value)}"
        )
        for name, kind in zip(choice.kinds, option.kinds, strict=True):
            known = f"probability {_number(kind.probability)}, worth {_number(kind.value)}"
            yield f"        {name}: {known}"


def _believed(told: Chronicle, beliefs: tuple[float, ...]) -> str:
    return _numbers(tuple(map(str, told.credences)), beliefs)


def _state(told: Chronicle, labels: tuple[str, ...]) -> str:
    pairs = zip(told.scenario.variables, labels, strict=True)
    return ", ".join(f"{variable.name}={label}" for variable, label in pairs)


def _numbers(names: tuple[str, ...], numbers: tuple[float, ...]) -> str:
    pairs = zip(names, numbers, strict=True)
    return ", ".join(f"{name} {_number(number)}" for name, number in pairs)


def _number(number: float) -> str:
    """Four significant digits; what is nothing but rounding is 0."""
    return "0" if abs(number) < 1e-9 else f"{number:.4g}"


if __name__ == "__main__":
    main()
