"""What was found: a behaviour, how far it is from an exact equilibrium, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.extensive.form import ExtensiveForm, Reals


@dataclass(frozen=True)
class Equilibrium:
    """An agent logit quantal response equilibrium of a tree (McKelvey & Palfrey 1998)."""

    form: ExtensiveForm
    rationality: Reals  # [set], λ of whoever is asked there
    log_policy: Reals  # [action]
    worth: Reals
    """[node, player], what each player, as it sees chance, expects from the way to a node on, as it
    weighs in the parent's period."""
    posterior: Reals
    """[node], its probability, for whoever is asked, given its information set; 0 elsewhere."""
    residual: float
    """The most by which a probability differs from the logit response to the whole behaviour."""
    principal: bool
    """Whether it is where the branch that starts at λ = 0 first comes to this λ; False also where
    that branch was lost."""
    folds: int | None
    """How often that branch turned round in λ on its way; None for an equilibrium off it."""

    def policy(self, name: str) -> dict[str, float]:
        """The probability of each action in an information set.

        Raises:
            KeyError: there is none of this name; with the nearest.
        """
        at = self.form.position(name)
        logs = self.log_policy[self.form.begin[at] : self.form.begin[at + 1]]
        return dict(zip(self.form.sets[at].actions, np.exp(logs).tolist(), strict=True))

    @property
    def policies(self) -> dict[str, dict[str, float]]:
        """The policy of each information set, by its name."""
        return {known.name: self.policy(known.name) for known in self.form.sets}

    @property
    def value(self) -> Reals:
        """What each player expects at the start, [player]."""
        return np.asarray(self.worth[0])

    @property
    def values(self) -> dict[str, float]:
        """What each player expects at the start, by name."""
        return dict(zip(self.form.players, self.value.tolist(), strict=True))

    def belief(self, name: str) -> dict[str, float]:
        """The posterior over the nodes of an information set, named by what led to them.

        Raises:
            KeyError: there is none of this name; with the nearest.
        """
        nodes = np.flatnonzero(self.form.owner == self.form.position(name))
        return {self.form.path(int(node)): float(self.posterior[node]) for node in nodes}


@dataclass(frozen=True)
class Equilibria:
    """All equilibria that were found at one rationality, the principal one first."""

    found: tuple[Equilibrium, ...]
    starts: int
    """From how many points others were looked for."""
    lost: int
    """From how many of them the search came to nothing."""
    branch_lost: str = ""
    """Why the branch from λ = 0 could not be followed; empty where it was."""

    def __str__(self) -> str:
        """How many, and how far that can be trusted."""
        many = len(self.found)
        noun = "equilibrium" if many == 1 else "equilibria"
        text = f"{many} {noun} found by search from {self.starts} starts; there may be others"
        return f"{text} ({self.branch_lost})" if self.branch_lost else text
