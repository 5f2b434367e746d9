"""Is every choice the one that its concept asks for, by values that were recomputed?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.certificate.chain import Chain, Own, Reals, Turn
from standoff.certificate.check import Worst
from standoff.certificate.choice import (
    against,
    best_of,
    each,
    expected,
    free_deeds,
    limit,
    marginal,
    quantal,
    total,
)
from standoff.certificate.evaluation import Moment
from standoff.certificate.probability import deed, place
from standoff.certificate.tolerance import Tolerance
from standoff.solver import Concept


@dataclass(frozen=True)
class Reply:
    """What one member of a move faces in one period, the others' choices given."""

    own: Own
    worth: Reals
    """Of each deed to the member, [deed]."""
    free: NDArray[np.bool_]
    """Which deeds are open, [deed]."""
    chosen: Reals
    """[deed], the member's own policy."""
    states: int

    @property
    def regret(self) -> Reals:
        """What the best open deed would bring above the policy, [state]."""
        best = best_of(self.own, self.worth, self.free, self.states)
        return best - total(self.own, self.chosen * self.worth, self.states)


def reply(
    turn: Turn, member: int, policy: Reals, q: Reals, open_options: NDArray[np.bool_]
) -> Reply:
    """What a member faces where the others of its group keep to `policy` [option].

    `q` is what options are worth, [option, channel].
    """
    own = turn.own[member]
    states = turn.states_of(len(policy))
    others = against(turn, policy, member, states)
    return Reply(
        own=own,
        worth=expected(own, others, q[:, own.actor], states),
        free=free_deeds(own, open_options[: len(policy)], states),
        chosen=marginal(own, policy, states),
        states=states,
    )


def wanted(chain: Chain, concept: Concept, tolerance: Tolerance, faced: Reply) -> Reals:
    """The policy that the concept asks of one who replies to policies that are known, [deed]."""
    if concept is Concept.LIMIT:
        return limit(faced.own, faced.worth, faced.free, tolerance.tie, faced.states)
    rationality = float(chain.row.rationality[faced.own.actor])
    return quantal(faced.own, faced.worth, faced.free, rationality, faced.states)


def check_choice(
    chain: Chain,
    concept: Concept,
    tolerance: Tolerance,
    moment: Moment,
    faced: Reply,
    found: Worst,
    *,
    alone: bool = False,
    others: float = 0.0,
) -> None:
    """Holds one member's policy at one move of one period to what the concept asks for.

    `alone`: the others of its group follow policies laid down. For `others` see
    `Tolerance.response`.
    """
    if concept is Concept.EQUILIBRIUM:
        _check_quantal(chain, tolerance, moment, faced, found, others)
    elif alone or len(moment.turn.own) == 1:
        _check_limit(chain, tolerance, moment, faced, found)
    else:
        _check_group_limit(chain, tolerance, moment, faced, found)


def _check_quantal(
    chain: Chain,
    tolerance: Tolerance,
    moment: Moment,
    faced: Reply,
    found: Worst,
    others: float,
) -> None:
    """exp(λ Q) / Σ exp(λ Q)."""
    actor, chosen = faced.own.actor, faced.chosen
    right = wanted(chain, Concept.EQUILIBRIUM, tolerance, faced)
    found.look(
        np.abs(chosen - right),
        tolerance.response(actor, float(chain.row.rationality[actor]), others),
        lambda at: _say(chain, moment, faced, at[0], f", its quantal response is {right[at]:.6g}"),
    )


def _check_limit(
    chain: Chain, tolerance: Tolerance, moment: Moment, faced: Reply, found: Worst
) -> None:
    """Holds one member's policy to equal shares of what is best to within the tie."""
    own, chosen, taken = faced.own, faced.chosen, faced.chosen > 0
    best = each(own, best_of(own, faced.worth, faced.free, faced.states), faced.states)
    worse = np.where(taken, np.maximum(best - faced.worth, 0.0), 0.0)
    found.look(
        worse,
        tolerance.tie + 2.0 * tolerance.value[own.actor],
        lambda at: _say(
            chain, moment, faced, at[0], f" and is worse than the best by {worse[at]:.6g}"
        ),
    )
    among = np.maximum(total(own, taken.astype(np.float64), faced.states), 1.0)
    share = np.where(taken, 1.0 / each(own, among, faced.states), 0.0)
    found.look(
        np.abs(chosen - share),
        tolerance.choice,
        lambda at: _say(chain, moment, faced, at[0], f", an equal share is {share[at]:.6g}"),
    )


def _check_group_limit(
    chain: Chain, tolerance: Tolerance, moment: Moment, faced: Reply, found: Worst
) -> None:
    """Holds what a member of a group forgoes to what is left of it in the limit.

    Those who choose at once may have to mix, so actions are not held to be best but policies to be
    nearly so. The limit stands at finite payoffs, in logits; and a logit policy forgoes at most the
    logarithm of the number of its actions, in logits.
    """
    if not faced.states:
        return
    own, turn = faced.own, moment.turn
    rationality = np.where(chain.row.rationality > 0, chain.row.rationality, 1.0)
    first = turn.move.first[: faced.states]
    free = chain.open_options[moment.move][moment.period][: len(moment.q)]
    at_stake = np.zeros(faced.states)
    for other in turn.own:
        q = moment.q[:, other.actor]
        high = np.maximum.reduceat(np.where(free, q, -np.inf), first)
        low = np.minimum.reduceat(np.where(free, q, np.inf), first)
        at_stake = np.maximum(at_stake, rationality[other.actor] * (high - low))
    deeds = np.diff(own.first[: faced.states + 1])
    raised = np.maximum(tolerance.logits / np.maximum(at_stake, 1e-300), 1.0)
    left = np.log(deeds) / (rationality[own.actor] * raised)
    found.look(
        np.maximum(faced.regret, 0.0),
        left + tolerance.tie + 2.0 * tolerance.value[own.actor],
        lambda at: (
            f"{chain.game.actors[own.actor]} forgoes {faced.regret[at]:.6g} by its policy, "
            + place(chain, moment.period, moment.move, at[0])
        ),
    )


def _say(chain: Chain, moment: Moment, faced: Reply, at: int, what: str) -> str:
    own = faced.own
    state = int(np.searchsorted(own.first, at, side="right")) - 1
    return (
        f"{deed(chain, own.actor, int(own.action[at]))} has the probability "
        f"{faced.chosen[at]:.6g}{what}, {place(chain, moment.period, moment.move, state)}"
    )
