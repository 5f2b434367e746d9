"""Are the choices distributions over what is open, and chances over what may happen?"""

from __future__ import annotations

import numpy as np

from standoff.certificate.chain import Chain, Reals, Turn
from standoff.certificate.check import Worst
from standoff.certificate.choice import against, marginal
from standoff.certificate.evaluation import Moment
from standoff.certificate.tolerance import Tolerance


def place(chain: Chain, period: int, move: int, state: int) -> str:
    """Where in the game, in words; periods count from 1."""
    found = chain.game.describe(move, state)
    return f"in period {period + 1}, at the move of {chain.game.moves[move].name}, in {found}"


def deed(chain: Chain, actor: int, action: int) -> str:
    """An actor's action in words: `red's hold`."""
    found = chain.game.scenario.actors[actor]
    return f"{found.name}'s {found.actions[action].name}"


def check_choices(chain: Chain, tolerance: Tolerance, moment: Moment, found: Worst) -> None:
    """A choice sums to one over what is open, and a group's is the product of its members' own."""
    turn, n, policy = moment.turn, moment.states, moment.policy
    move = turn.move
    if not move.members:
        return
    free = chain.open_options[moment.move][moment.period][: len(policy)]

    def option(at: tuple[int, ...], what: str) -> str:
        taken = _joint(chain, turn, at[0])
        state = int(np.searchsorted(move.first, at[0], side="right")) - 1
        return f"{taken} {what}, {place(chain, moment.period, moment.move, state)}"

    found.look(
        np.where(free, np.maximum(-policy, 0.0), np.abs(policy)),
        0.0,
        lambda at: option(
            at, f"has the probability {policy[at]:.6g}" + ("" if free[at] else " but is not open")
        ),
    )
    total = np.add.reduceat(policy, move.first[:n]) if n else np.zeros(0)
    found.look(
        np.abs(total - 1.0),
        tolerance.choice,
        lambda at: (
            f"the probabilities of a choice sum to {total[at]:.10g}, "
            + place(chain, moment.period, moment.move, at[0])
        ),
    )
    if len(turn.own) > 1:
        own = turn.own[0]
        alone = marginal(own, policy, n)[own.of[: len(policy)]] * against(turn, policy, 0, n)
        found.look(
            np.abs(policy - alone),
            tolerance.choice,
            lambda at: option(
                at,
                f"together have the probability {policy[at]:.6g}, "
                f"apart they come to {alone[at]:.6g}",
            ),
        )


def check_chances(chain: Chain, tolerance: Tolerance, sums: Worst) -> None:
    """Whatever is chosen, the chances of what may follow sum to one."""
    for k, turn in enumerate(chain.turns):
        low = np.minimum(turn.leads.data, 0.0)
        found = _row_sums(turn, turn.leads.data)
        below = -_row_sums(turn, low)

        def where(at: tuple[int, ...], k: int = k, found: Reals = found) -> str:
            move = chain.game.moves[k]
            state = int(np.searchsorted(move.first, at[0], side="right")) - 1
            taken = f"{_joint(chain, chain.turns[k], at[0])}: " if move.members else ""
            return f"{taken}chances sum to {found[at]:.10g}, " + place_of_move(chain, k, state)

        sums.look(np.abs(found - 1.0) + below, tolerance.chance, where)


def place_of_move(chain: Chain, move: int, state: int) -> str:
    """Where in any period, in words."""
    return f"at the move of {chain.game.moves[move].name}, in {chain.game.describe(move, state)}"


def _row_sums(turn: Turn, data: Reals) -> Reals:
    return np.add.reduceat(data, turn.move.branch[:-1]) if len(data) else np.zeros(0)


def _joint(chain: Chain, turn: Turn, option: int) -> str:
    """What an option is in words: `red's hold`, `red's hold and blue's attack`."""
    return " and ".join(deed(chain, own.actor, int(own.action[own.of[option]])) for own in turn.own)
