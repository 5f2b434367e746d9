"""One call: a box around the cases, whether it can be trusted, and what it may have missed."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, hypot, isnan
from typing import Any

from standoff.discovery.box import Box, Figures, Limit, limits, measure
from standoff.discovery.choose import Rule, nearest_ideal
from standoff.discovery.columns import nearest_ideal_cut
from standoff.discovery.factor import Factors, Table, Truths, as_cases, as_factors
from standoff.discovery.logistic import Logistic, regress
from standoff.discovery.prim import Curve, Patience, in_rows, prim
from standoff.discovery.tree import Tree, grow
from standoff.discovery.trust import (
    Half,
    HeldOut,
    Permuted,
    Resampled,
    found_again,
    halve,
    hold_out,
    permute,
    simplify,
)


@dataclass(frozen=True)
class Trials:
    """What a box is put through, and what it must show to be trusted."""

    level: float = 0.05
    """Largest quasi-p of a limit that stays, and p of the permutation test that passes."""
    folds: int = 5
    repeats: int = 2
    """Of the cross-validation."""
    permutations: int = 99
    resamples: int = 50
    again: float = 0.5
    """A factor stays if it is restricted again in such a share of random halves."""
    kept: float = 0.5
    """Held out, such a share must remain of the coverage, and of the gain in density."""

    def __post_init__(self) -> None:
        for name in ("level", "again", "kept"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share between 0 and 1: {getattr(self, name)}")
        for name, least in {"folds": 2, "repeats": 1, "permutations": 1, "resamples": 1}.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}: {getattr(self, name)}")
        if 0 < self.level < 1 / (1 + self.permutations):
            raise ValueError(
                f"{self.permutations} permutations cannot give a p-value of {self.level}: at least "
                f"{ceil(1 / self.level) - 1} are needed"
            )


@dataclass(frozen=True)
class Check:
    """One thing that a box must show."""

    passed: bool
    sentence: str


@dataclass(frozen=True, eq=False)
class Discovery:
    """Where the cases lie, and how far that is to be believed."""

    curve: Curve
    """All boxes of the search: coverage against density."""
    index: int
    """The box of the curve that was chosen."""
    box: Box
    """That box, without the limits that do not matter or are not found again. Not to be shown
    unless `trusted`.
    """
    figures: Figures
    """Of `box`, in the futures it was searched for in."""
    limits: tuple[Limit, ...]
    """Of `box`."""
    dropped: tuple[str, ...]
    """Factors that the chosen box restricts, and `box` does not."""
    base_rate: float
    """Share of cases among all futures."""
    held_out: HeldOut
    permuted: Permuted
    resampled: Resampled
    checks: tuple[Check, ...]
    tree: Tree | None
    logistic: Logistic | None
    remarks: tuple[str, ...]
    """Sentences on what a single box does not see."""

    @property
    def trusted(self) -> bool:
        """Whether every check was passed."""
        return all(check.passed for check in self.checks)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is trusted, or, if it is not, why not: sentences."""
        return tuple(check.sentence for check in self.checks if check.passed == self.trusted)


def discover(
    factors: Table,
    cases: Any,
    *,
    patience: Patience | None = None,
    rule: Rule = nearest_ideal,
    trials: Trials | None = None,
    beside: bool = True,
    seed: int = 0,
) -> Discovery:
    """Where do the cases lie?

    Searches for boxes (`prim`), takes one of them by a rule, drops limits that are not significant
    and factors that are not found again in random halves, and puts the rest on trial. The same
    input and seed give the same result.

    Args:
        factors: what is uncertain, one value a future; see `as_factors`.
        cases: [future]: which futures are cases of interest.
        patience: how the search goes about it.
        rule: which box of the curve to take; `nearest_ideal`, `at_coverage`, `at_density` or any
            function from a curve to the number of a box.
        trials: what the box is put through.
        beside: whether to grow a tree and fit a regression as well.
        seed: of all that is random.

    Raises:
        ValueError: no future is a case, or all are; or as `as_factors` and `as_cases` do.
    """
    table = as_factors(factors)
    found = as_cases(cases, len(table))
    patience, trials = patience or Patience(), trials or Trials()
    curve = prim(table, found, patience)
    index = rule(curve)
    chosen = curve.box(index)
    rows = in_rows(table)
    halves = halve(rows, found, patience, resamples=trials.resamples, seed=seed)
    box, figures, resampled = _reproduced(chosen, table, found, halves, trials)
    parts = limits(box, table, found)
    held = hold_out(
        rows, found, patience, rule, trials.level,
        folds=trials.folds, repeats=trials.repeats, seed=seed,
    )  # fmt: skip
    permuted = permute(
        rows, found, patience, rule, figures, permutations=trials.permutations, seed=seed
    )
    base = float(found.mean())
    tree = grow(table, found, seed=seed) if beside else None
    logistic = regress(table, found, seed=seed) if beside else None
    return Discovery(
        curve,
        index,
        box,
        figures,
        parts,
        tuple(name for name in chosen.factors if name not in box.factors),
        base,
        held,
        permuted,
        resampled,
        _checks(box, figures, base, held, permuted, resampled, trials),
        tree,
        logistic,
        _remarks(found, held, tree, logistic),
    )


def _reproduced(
    box: Box, factors: Factors, cases: Truths, halves: tuple[Half, ...], trials: Trials
) -> tuple[Box, Figures, Resampled]:
    """A box without insignificant limits and without factors that random halves do not restrict."""
    while True:
        box = simplify(box, factors, cases, trials.level)
        figures = measure(box, factors, cases)
        again = found_again(halves, factors, cases, figures.coverage, figures.density)
        worst = min(box.factors, key=again.again, default=None)
        if worst is None or again.again(worst) >= trials.again:
            return box, figures, again
        box = box.drop(worst)


def _checks(
    box: Box,
    figures: Figures,
    base: float,
    held: HeldOut,
    permuted: Permuted,
    resampled: Resampled,
    trials: Trials,
) -> tuple[Check, ...]:
    """What the trials say."""
    if not box.restrictions:
        said = (
            "No restriction of any factor is both significant and found again in random halves of "
            "the futures."
        )
        return (Check(False, said),)
    count = len(permuted.densities)
    dealt = Check(
        permuted.p_value <= trials.level,
        f"With the cases dealt out at random, {permuted.as_good} of {count} searches found as good "
        f"a box (p = {permuted.p_value:.2g}).",
    )
    least = min(box.factors, key=resampled.again)
    again = Check(
        resampled.again(least) >= trials.again,
        f"In random halves of the futures, {least} is restricted again in "
        f"{percent(resampled.again(least))}"
        + (", and the others at least as often." if len(box.factors) > 1 else "."),
    )
    return (_check_held_out(figures, base, held, trials), dealt, again)


def _check_held_out(figures: Figures, base: float, held: HeldOut, trials: Trials) -> Check:
    """Whether enough is left in futures that were held out."""
    if held.folds < 2:
        return Check(False, "There are too few cases, or too few others, to hold any out.")
    if isnan(held.density):
        return Check(False, "Boxes found in part of the futures held nothing of the rest.")
    gained, was = held.density - base, figures.density - base
    passed = (
        held.density_bound > base
        and gained >= trials.kept * was
        and held.coverage >= trials.kept * figures.coverage
    )
    return Check(
        passed,
        f"In futures that were held out, boxes found in the same way cover {percent(held.coverage)}"
        f" of the cases at a density of {percent(held.density)} (this one where it was found: "
        f"{percent(figures.coverage)} at {percent(figures.density)}; {percent(base)} of all "
        "futures are cases).",
    )


CLEARLY = 0.1
"""Nearer by so much to coverage 1 and density 1 is clearly better."""


def _remarks(
    cases: Truths, held: HeldOut, tree: Tree | None, logistic: Logistic | None
) -> tuple[str, ...]:
    """Whether a tree or a regression describes held-out cases clearly better than the box."""
    if held.folds < 2:
        return ()
    density = 0.0 if isnan(held.density) else held.density
    ours = hypot(1 - held.coverage, 1 - density)
    said = []
    for name, other in (("classification tree", tree), ("logistic regression", logistic)):
        if other is None or other.folds < 2:
            continue
        theirs = nearest_ideal_cut(other.scores, cases)
        if hypot(1 - theirs[0], 1 - theirs[1]) <= ours - CLEARLY:
            said.append(
                f"A {name} describes held-out cases clearly better than one box: it covers "
                f"{percent(theirs[0])} of them at a density of {percent(theirs[1])}, the box "
                f"{percent(held.coverage)} at {percent(density)}."
            )
    if said and logistic is not None and logistic.interactions:
        together = next(term for term in logistic.terms if len(term.factors) == 2)
        said.append(
            "Factors act together in the regression; the strongest pair is "
            f"{' and '.join(together.factors)}."
        )
    return tuple(said)


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100 * share:.0f} %"
