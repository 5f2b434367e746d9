"""The choices of those who do not know of a doctrine that is not announced.

They play as in free choice. What the bound actor would do there stands nowhere in the solution, but
it follows from what the others do: it is recomputed, and with it what their choices are worth.
"""

from __future__ import annotations

import numpy as np

from standoff.certificate.chain import Chain, Reals
from standoff.certificate.check import Worst
from standoff.certificate.choice import against
from standoff.certificate.evaluation import moments
from standoff.certificate.response import check_choice, reply, wanted
from standoff.certificate.tolerance import Tolerance
from standoff.solver import Concept


def check_unaware(
    chain: Chain, concept: Concept, tolerance: Tolerance, bound: int, found: Worst
) -> str:
    """Holds the policies of all but the bound actor against free choice; answers with a note."""
    members = [turn.move.members for turn in chain.turns]
    if concept is Concept.LIMIT and (
        tolerance.is_single or any(bound in group and len(group) > 1 for group in members)
    ):
        return (
            "the others do not know of the doctrine; their choices were not checked, since the "
            "bound actor's in free choice do not follow from them beyond doubt"
        )
    everything = [np.ones(len(turn.move.action), bool) for turn in chain.turns]

    def choose(period: int, k: int, q: Reals) -> Reals:
        turn, policy = chain.turns[k], chain.policies[k][period]
        for member, own in enumerate(turn.own):
            if own.actor == bound:
                faced = reply(turn, member, policy, q, everything[k])
                chosen = wanted(chain, concept, tolerance, faced)[own.of[: len(policy)]]
                return chosen * against(turn, policy, member, faced.states)
        return policy

    slack = tolerance.response(bound, float(chain.row.rationality[bound]))
    for moment in moments(chain, choose):
        for member, own in enumerate(moment.turn.own):
            if own.actor != bound:
                k, policy = moment.move, moment.policy
                faced = reply(moment.turn, member, policy, moment.q, everything[k])
                check_choice(chain, concept, tolerance, moment, faced, found, others=slack)
    return (
        "the others do not know of the doctrine; their choices were held against what they would "
        "choose if nobody were bound"
    )
