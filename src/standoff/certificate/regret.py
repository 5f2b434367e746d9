"""What actors forgo by their policies: in one state, and in the whole game."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.certificate.certificate import Regret
from standoff.certificate.chain import Chain, Reals
from standoff.certificate.check import Worst
from standoff.certificate.evaluation import Moment
from standoff.certificate.probability import place
from standoff.certificate.response import Reply
from standoff.certificate.tolerance import Tolerance


@dataclass
class OneShot:
    """The one-shot regrets of an actor, while the moments pass by."""

    actor: str
    largest: float = 0.0
    where: str = ""
    summed: float = 0.0
    """The largest of each of its moves, discounted to the start and added up."""

    def look(self, chain: Chain, moment: Moment, faced: Reply) -> None:
        """Takes note of what the actor forgoes at one of its moves."""
        lost = faced.regret
        if not len(lost):
            return
        at = int(np.argmax(lost))
        discount = float(chain.row.discount[faced.own.actor])
        self.summed += discount**moment.period * max(float(lost[at]), 0.0)
        if lost[at] > self.largest:
            self.largest = float(lost[at])
            self.where = place(chain, moment.period, moment.move, at)


def check_regrets(
    one_shots: list[OneShot], value: Reals, best: Reals, tolerance: Tolerance, found: Worst
) -> tuple[Regret, ...]:
    """Whether best replies keep within what the regrets of single states allow.

    `value` and `best` [actor] are what the start is worth under the policies, and by a best reply.
    A best reply is worth at least the policy; and it gains no more than the largest one-shot
    regrets of its moves together (the one-shot deviation principle, with numbers).
    """
    whole = best - value[: len(best)]
    most = np.array([one_shot.summed for one_shot in one_shots])
    found.look(
        np.maximum(np.maximum(-whole, whole - most), 0.0),
        2.0 * tolerance.value[: len(best)],
        lambda at: (
            f"{one_shots[at[0]].actor} would get {best[at]:.6g} by replying best and gets "
            f"{value[at]:.6g}; single moves allow for a gain between 0 and {most[at]:.6g}"
        ),
    )
    return tuple(
        Regret(one.actor, float(gain), one.largest, one.where)
        for one, gain in zip(one_shots, whole, strict=True)
    )
