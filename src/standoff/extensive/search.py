"""All logit equilibria of a tree that can be found at one rationality."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from standoff.extensive.equilibrium import Equilibria, Equilibrium
from standoff.extensive.form import ExtensiveForm, Reals
from standoff.extensive.logit import (
    MAX_STEPS,
    BranchLostError,
    System,
    logit_branch,
    system_of,
)

_REPLIES = 3  # by which a pure start is made nearly consistent before Newton's method takes over
_PURE = 0.97  # how likely a pure start makes its actions
_SAME = 1e-6  # distance in probability below which two are one


def logit_equilibria(
    form: ExtensiveForm,
    rationality: float | Mapping[str, float] | None = None,
    *,
    starts: int = 64,
    seed: int = 0,
    max_steps: int = MAX_STEPS,
) -> Equilibria:
    """The equilibrium on the branch from λ = 0, and others found by damped Newton searches.

    Half of the `starts` are where all play nearly pure, drawn at random, half are random mixtures;
    the same seed gives the same answer. What is found is an equilibrium, as exactly as
    `logit_branch` has it; what is not found may exist all the same. `rationality` is as there.

    Raises:
        ValueError: a rationality is missing, negative or not finite.
        KeyError: a name is neither a player nor an information set; with the nearest.
    """
    system = system_of(form, rationality)
    found: list[Equilibrium] = []
    branch_lost = ""
    try:
        found.append(logit_branch(form, rationality, max_steps=max_steps))
    except BranchLostError as error:
        branch_lost = str(error)
    draws = np.random.default_rng(seed)
    lost = 0
    for start in range(starts):
        x = system.polish(_start(system, start, draws), 60, damped=True)
        if x is None or not system.holds(x):
            lost += 1
            continue
        policy = np.exp(system.flow.log_policy(x))
        if all(np.abs(policy - np.exp(known.log_policy)).max() > _SAME for known in found):
            found.append(system.equilibrium(x, principal=False, folds=None))
    return Equilibria(tuple(found), starts, lost, branch_lost)


def _start(system: System, start: int, draws: np.random.Generator) -> Reals:
    """A point to search from: nearly pure and replied to a few times, or mixed at random."""
    flow = system.flow
    begin = flow.form.begin
    if start % 2:
        return flow.centred(draws.normal(0.0, draws.choice((0.5, 2.0, 8.0)), len(flow.member)))
    counts = np.diff(begin)
    policy = ((1 - _PURE) / counts)[flow.member]
    policy[begin[:-1] + draws.integers(0, counts)] += _PURE
    x = flow.centred(np.log(policy))
    for _ in range(start // 2 % (_REPLIES + 1)):
        x = system.drive(x)
    return x
