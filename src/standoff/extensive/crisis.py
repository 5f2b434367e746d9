"""A crisis between two states whose payoffs are private and normally distributed: all equilibria.

A challenges or not; B concedes or resists; A then fights or backs down. Each payoff that matters
has a private, normally distributed part of deviation 1 (Lewis & Schultz 2003; the equations are
those that the R package `sigInt` of Crisman-Cox & Gibilisco solves). No finite tree holds it, so it
stands by itself. In equilibrium the probability p_R that B resists reproduces itself:

    c   = (S_A − (1 − p_R) V_A) / p_R
    p_C = 1 − Φ(c − W_A) Φ(c − a)
    p_F = Φ₂((W_A − a)/√2, W_A − c; 1/√2) / p_C
    p_R = Φ(W_B − V_B + (V_B − C_B) / p_F)

with Φ₂ the bivariate normal distribution function of that correlation. Several p_R may do so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from standoff.extensive.form import Reals

_GRID = 2001  # points of the scan, evenly spaced in the logit of p_R
_WIDEST = 36.0  # logits; beyond, p_R and 0 or 1 are the same number
_ANGLES = 48  # nodes of the quadrature over the correlation


@dataclass(frozen=True)
class Crisis:
    """Mean payoffs, in units of the deviation of their private parts."""

    status_quo: float
    """S_A, to A if it does not challenge."""
    prize: float
    """V_A, to A if B concedes."""
    war: float
    """W_A, to A if it fights."""
    backing_down: float
    """a, to A if it challenges and then backs down."""
    other_concedes: float
    """C_B, to B if it concedes."""
    other_war: float
    """W_B, to B if A fights."""
    other_prize: float
    """V_B, to B if A backs down."""


@dataclass(frozen=True)
class CrisisEquilibrium:
    """Probabilities of one equilibrium."""

    resist: float
    """p_R, that B resists a challenge."""
    challenge: float
    """p_C, that A challenges."""
    fight: float
    """p_F, that A, resisted, fights."""
    residual: float
    """By how much p_R fails to reproduce itself."""


def crisis_equilibria(crisis: Crisis) -> tuple[CrisisEquilibrium, ...]:
    """All equilibria that a scan of p_R brackets, refined to rounding, by rising p_R.

    Where the map comes near to p_R between two points of the scan without crossing, the nearest
    point between them is looked for, so that pairs of roots which have just appeared are found.

    Raises:
        ValueError: a payoff is not finite.
    """
    from scipy.optimize import brentq, minimize_scalar

    numbers = np.array(list(vars(crisis).values()), np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError(f"the payoffs of a crisis are numbers; found {crisis}")

    def excess(logit: float) -> float:
        return float(_excess(crisis, np.array([logit]))[0])

    scan = np.linspace(-_WIDEST, _WIDEST, _GRID)
    missing = _excess(crisis, scan)
    brackets = [(scan[k], scan[k + 1]) for k in np.flatnonzero(missing[:-1] * missing[1:] < 0)]
    size = np.abs(missing)
    dips = (size[1:-1] < size[:-2]) & (size[1:-1] < size[2:])
    for k in np.flatnonzero(dips) + 1:
        sign = np.sign(missing[k])
        if not (missing[[k - 1, k + 1]] * sign > 0).all():
            continue
        least = minimize_scalar(
            lambda logit, sign=sign: sign * excess(logit),
            bounds=(scan[k - 1], scan[k + 1]),
            method="bounded",
            options={"xatol": 1e-12},
        )
        if least.fun < 0:
            brackets += [(scan[k - 1], float(least.x)), (float(least.x), scan[k + 1])]
    roots = [float(brentq(excess, low, high, xtol=1e-14)) for low, high in sorted(brackets)]
    roots += [float(logit) for logit in scan[missing == 0]]
    return tuple(_found(crisis, logit) for logit in sorted(roots))


def _found(crisis: Crisis, logit: float) -> CrisisEquilibrium:
    resist = np.array([1 / (1 + np.exp(-logit))])
    challenge, fight, reply = _replies(crisis, resist)
    return CrisisEquilibrium(
        float(resist[0]), float(challenge[0]), float(fight[0]), float(abs(reply[0] - resist[0]))
    )


def _excess(crisis: Crisis, logit: Reals) -> Reals:
    resist = 1 / (1 + np.exp(-logit))
    return np.asarray(_replies(crisis, resist)[2] - resist)


def _replies(crisis: Crisis, resist: Reals) -> tuple[Reals, Reals, Reals]:
    """p_C, p_F and the p_R that answers them, at each p_R."""
    from scipy.special import ndtr

    cut = (crisis.status_quo - (1 - resist) * crisis.prize) / resist
    challenge = 1 - ndtr(cut - crisis.war) * ndtr(cut - crisis.backing_down)
    gap = np.full_like(cut, (crisis.war - crisis.backing_down) / np.sqrt(2))
    fight = _both_below(gap, crisis.war - cut) / challenge
    stake = crisis.other_prize - crisis.other_concedes
    with np.errstate(divide="ignore"):
        hope = stake / fight if stake else np.zeros_like(fight)
    return challenge, fight, ndtr(crisis.other_war - crisis.other_prize + hope)


def _both_below(h: Reals, k: Reals) -> Reals:
    """Φ₂(h, k; 1/√2), by quadrature over the angle of the correlation (Drezner & Wesolowsky 1990).

    At each of `h` and `k`.
    """
    from scipy.special import ndtr

    angle, weight = _angles()
    h, k = h[:, None], k[:, None]
    power = (h * h + k * k - 2 * h * k * np.sin(angle)) / (2 * np.cos(angle) ** 2)
    return np.asarray(ndtr(h[:, 0]) * ndtr(k[:, 0]) + np.exp(-power) @ weight)


@cache
def _angles() -> tuple[Reals, Reals]:
    """Where the quadrature looks between 0 and π/4, the angle whose sine is 1/√2, and its weights.

    The weights are divided by the 2π of the density.
    """
    node, weight = np.polynomial.legendre.leggauss(_ANGLES)
    return np.pi / 8 * (node + 1), weight / 16
