"""What a behaviour makes of a tree: beliefs, what each action is worth, and its derivative.

With behaviour σ, in information set h of player i,

    μ(n) ∝ probability of coming to n, for n in h        Q(a) = Σ_n μ(n) U_i(n, a)

where U_i(n, a) is what i expects, plainly, once a is taken at n (McKelvey & Palfrey 1998). All
probabilities along the way are carried as logarithms, so that beliefs are right however seldom an
information set is reached. Where what is done in a set is taken at face value, the others reckon
with (1 − χ) σ + χ face instead of σ, in what they conclude from it and in what they expect of it;
χ = 1 is the limit from below, so that even reports that contradict each other have a meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from standoff.extensive.form import CHANCE, ExtensiveForm, Reals, Whole

_LEAST = -700.0  # of log(1 - χ): so 1 is read as the limit of what is less


@dataclass(frozen=True)
class Flow:
    """A tree made ready to be evaluated, many times, at different behaviours."""

    form: ExtensiveForm

    @cached_property
    def member(self) -> Whole:
        """[action], its information set."""
        return np.repeat(np.arange(len(self.form.sets)), np.diff(self.form.begin))

    @cached_property
    def mover(self) -> Whole:
        """[action], its player."""
        return np.array([known.player for known in self.form.sets], np.int64)[self.member]

    @cached_property
    def edges(self) -> Whole:
        """The nodes to which actions lead."""
        return np.flatnonzero(self.form.action >= 0)

    @cached_property
    def asked(self) -> Whole:
        """The nodes of information sets."""
        return np.flatnonzero(self.form.owner >= 0)

    @cached_property
    def levels(self) -> tuple[Whole, ...]:
        """Nodes by depth, without the first."""
        depth = self.form.depth
        order = np.argsort(depth, kind="stable")
        return tuple(np.split(order, np.cumsum(np.bincount(depth))[:-1]))[1:]

    @cached_property
    def pairs(self) -> tuple[Whole, Whole]:
        """All pairs of nodes to which actions lead, one above the other: (above, below)."""
        above, below = [self.edges[:0]], [self.edges[:0]]
        at, up = self.edges, self.form.parent[self.edges]
        while len(at):
            here = self.form.action[up] >= 0
            above.append(up[here])
            below.append(at[here])
            on = up > 0
            at, up = at[on], self.form.parent[up[on]]
        return np.concatenate(above), np.concatenate(below)

    @cached_property
    def _passing(self) -> Reals:
        """[node, player], by what the time that passes on the way there discounts what follows."""
        passed = self.form.period.copy()  # to the first node from period 0
        passed[1:] -= self.form.period[self.form.parent[1:]]
        return np.asarray(self.form.discount ** passed[:, None])

    @cached_property
    def _log_chance(self) -> Reals:
        """[node, player]; 0 where no chance leads there."""
        chance = np.zeros_like(self.form.probability)
        nodes = np.flatnonzero(self.form.owner[self.form.parent] == CHANCE)
        nodes = nodes[nodes > 0]
        chance[nodes] = np.log(self.form.probability[nodes])
        return chance

    @cached_property
    def _face(self) -> tuple[Reals, Reals] | None:
        """[action] logarithms of 1 − χ and of χ face; None where nobody is cursed."""
        chi, face = np.zeros(len(self.member)), np.zeros(len(self.member))
        for position, known in enumerate(self.form.sets):
            if known.face and known.cursedness:
                mine = slice(self.form.begin[position], self.form.begin[position + 1])
                chi[mine], face[mine] = known.cursedness, known.face
        with np.errstate(divide="ignore"):
            seen_through = np.maximum(np.log1p(-chi), _LEAST)
            return (seen_through, np.log(chi * face)) if chi.any() else None

    def log_policy(self, x: Reals) -> Reals:
        """Logarithms of the policy with these logits, [action]."""
        begin = self.form.begin[:-1]
        best = np.maximum.reduceat(x, begin)
        total = np.add.reduceat(np.exp(x - best[self.member]), begin)
        return np.asarray(x - (best + np.log(total))[self.member])

    def centred(self, numbers: Reals) -> Reals:
        """[action, …] less the mean over each set's actions."""
        mean = np.add.reduceat(numbers, self.form.begin[:-1], axis=0)
        counts = np.diff(self.form.begin).astype(np.float64)
        mean /= counts.reshape(-1, *(1,) * (numbers.ndim - 1))
        return np.asarray(numbers - mean[self.member])

    def evaluate(self, logs: Reals) -> Evaluation:
        """Everything that follows from a policy, given by its logarithms [action]."""
        form = self.form
        step = self._log_chance.copy()
        step[self.edges] += logs[form.action[self.edges]][:, None]
        slope = np.ones_like(logs)
        if self._face is not None:
            seen_through, at_face = self._face
            read = np.logaddexp(seen_through + logs, at_face)
            slope = np.exp(seen_through + logs - read)
            change = read - logs
            taken = form.action[self.edges]
            others = self.mover[taken][:, None] != np.arange(len(form.players))
            step[self.edges] += np.where(others, change[taken][:, None], 0.0)
        reach = self._down(step)
        value = np.zeros_like(form.payoff)
        weight = np.exp(step)
        for nodes in reversed(self.levels):
            value[nodes] = form.payoff[nodes] + self._passing[nodes] * value[nodes]
            np.add.at(value, form.parent[nodes], weight[nodes] * value[nodes])
        value[0] = form.payoff[0] + self._passing[0] * value[0]
        belief = self._beliefs(reach)
        worth = np.zeros(len(logs))
        shares = belief[form.parent[self.edges]] * self._own(value, self.edges)
        np.add.at(worth, form.action[self.edges], shares)
        return Evaluation(reach, value, belief, worth, slope)

    def derivative(self, at: Evaluation) -> Reals:
        """[action, action], of what the first is worth by the logarithm of the second's policy."""
        form, size = self.form, len(self.member)
        above, below = self.pairs
        up, down = form.action[above], form.action[below]
        mover = self.mover[up]
        between = np.exp(at.reach[below, mover] - at.reach[above, mover])
        between *= form.discount[mover] ** (
            form.period[form.parent[below]] - form.period[form.parent[above]]
        )
        slope = np.where(self.mover[down] == mover, 1.0, at.slope[down])
        later = at.belief[form.parent[above]] * between * slope * at.value[below, mover]
        share = at.belief[form.parent[below]] * at.slope[up]
        sooner = share * (self._own(at.value, below) - at.worth[down])
        found = np.zeros((size, size))
        np.add.at(found, (up, down), later)
        np.add.at(found, (down, up), sooner)
        return found

    def _down(self, step: Reals) -> Reals:
        """Sums along the way from the start, [node, player]."""
        total = step.copy()
        for nodes in self.levels:
            total[nodes] += total[self.form.parent[nodes]]
        return total

    def _beliefs(self, reach: Reals) -> Reals:
        """[node], its probability in its information set; 0 at chance and at the end."""
        form = self.form
        owner = form.owner[self.asked]
        players = np.array([known.player for known in form.sets], np.int64)[owner]
        logs = reach[self.asked, players]
        best = np.full(len(form.sets), -np.inf)
        np.maximum.at(best, owner, logs)
        share = np.exp(logs - best[owner])
        total = np.bincount(owner, share, len(form.sets))
        belief = np.zeros(len(form.owner))
        belief[self.asked] = share / total[owner]
        return belief

    def _own(self, value: Reals, nodes: Whole) -> Reals:
        """What nodes to which actions lead are worth to those who took them."""
        return np.asarray(value[nodes, self.mover[self.form.action[nodes]]])


@dataclass(frozen=True)
class Evaluation:
    """What follows from a policy."""

    reach: Reals  # [node, player], logarithm of the probability of coming there, as each sees it
    value: (
        Reals  # [node, player], expected from the way there on, as it weighs in the parent's period
    )
    belief: Reals  # [node], in its information set
    worth: Reals  # [action], what it is worth to whoever is asked
    slope: Reals
    """[action], by what what is read changes with what is done, both as logarithms."""
