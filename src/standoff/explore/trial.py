"""A scenario tried out: its states, its numbers in some futures, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from standoff.displacement import drive, refuse_impossible
from standoff.explore.futures import sample
from standoff.game import MAX_STATES, Game, allowed_options, compile_game, fill, inspect
from standoff.scenario import (
    Remark,
    Scenario,
    ScenarioError,
    blame,
    choices_text,
    lint,
    variant,
    variants,
)
from standoff.solver import beliefs_of, needs_beliefs


@dataclass(frozen=True)
class Trial:
    """What trying a scenario and all its variants gave."""

    game: Game
    """Of the scenario as it was given."""
    remarks: tuple[Remark, ...]
    """What may be doubtful, that of other variants after that of the scenario itself."""
    variants: tuple[tuple[dict[str, str], int], ...]
    """Choices, and reachable states, of every other variant."""


def try_out(scenario: Scenario, futures: int = 64, *, max_states: int = MAX_STATES) -> Trial:
    """Compiles a scenario and all its variants, and fills them with the numbers of so many futures.

    Raises:
        ScenarioError: a mistake that only shows now, or more than `max_states` reachable states.
    """
    game, remarks = _tried(scenario, futures, max_states)
    sizes = []
    for choices, states, doubts in _variants(scenario, remarks, futures, max_states):
        sizes.append((choices, states))
        remarks += doubts
    return Trial(game, remarks, tuple(sizes))


def _tried(scenario: Scenario, futures: int, max_states: int) -> tuple[Game, tuple[Remark, ...]]:
    driven = drive(scenario)
    game = compile_game(scenario, max_states=max_states)
    numbers = fill(game, sample(scenario, futures))
    if driven is not None:
        refuse_impossible(driven, numbers.parameters)
    for each in (None, *scenario.doctrines):
        allowed_options(game, each)
        if needs_beliefs(game, each):
            beliefs_of(game, numbers, each)
    return game, (*lint(scenario), *inspect(game, numbers))


def _variants(
    scenario: Scenario, known: tuple[Remark, ...], futures: int, max_states: int
) -> Iterator[tuple[dict[str, str], int, tuple[Remark, ...]]]:
    """Every other variant: its choices, its number of states, and remarks that are not `known`."""
    told = {(remark.check, remark.message) for remark in known}
    for choices in variants(scenario):
        if tuple(choices.items()) == scenario.choices:
            continue
        try:
            game, remarks = _tried(variant(scenario, choices), futures, max_states)
        except ScenarioError as error:
            raise blame(error, choices) from None
        new = [remark for remark in remarks if (remark.check, remark.message) not in told]
        told |= {(remark.check, remark.message) for remark in new}
        head = f"variant {choices_text(choices)}: "
        named = (replace(remark, message=head + remark.message) for remark in new)
        yield choices, game.states, tuple(named)
