"""What cannot be asked of a game in which types are hidden, and what to ask instead."""

from __future__ import annotations

from standoff.game import Game, find_doctrine
from standoff.solver import needs_beliefs


class HiddenError(ValueError):
    """Raised where what is asked cannot be done while something about an actor is hidden."""


def refuse_hidden(game: Game, doctrine: str, what: str, instead: str) -> None:
    """Refuses `what`, a clause like "no tree can be written", where beliefs matter to choices.

    Raises:
        HiddenError: types are hidden, or the doctrine is believed only in part.
        KeyError: no such doctrine; the message has the nearest name.
    """
    if not needs_beliefs(game, find_doctrine(game, doctrine)):
        return
    typed = [actor.name for actor in game.scenario.actors if actor.types]
    why = (
        f"{' and '.join(typed)} {'have' if len(typed) > 1 else 'has'} hidden types"
        if typed
        else f"'{doctrine}' is believed only as far as its actor is trusted to follow it"
    )
    raise HiddenError(
        f"{what} of '{game.scenario.name}': {why}, so what an actor does depends on its type and "
        f"on what is believed as well as on the state; {instead}"
    )
