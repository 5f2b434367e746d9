"""The agent logit quantal response equilibrium of a tree, on the branch from λ = 0.

Every information set h is an agent; with behaviour σ, and worth Q as in `flow`,

    σ(a) = exp(λ_h Q(a)) / Σ_b exp(λ_h Q(b))

(McKelvey & Palfrey 1998). With centred log-probabilities x, σ ∝ exp(x) in each set, that is

    F(x, t) = x − t λ_h (Q(a) − mean of Q over h) = 0

at t = 1. At t = 0 all actions are equally likely; the branch that starts there is followed by a
predictor along its tangent and Newton's method across it (Turocy 2005, 2010), in its own arclength,
so that it may turn round in t (Allgower & Georg 1990).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from standoff.extensive.equilibrium import Equilibrium
from standoff.extensive.flow import Flow
from standoff.extensive.form import ExtensiveForm, Reals
from standoff.scenario import suggestion

MAX_STEPS = 20_000
"""Default bound on the number of steps along the branch."""
_LEAST_STEP = 1e-10
_THROUGH = 1e-3  # a step so short that passes another branch does not leap, but crosses it
_SHORT = 0.05  # log-probability by which the end may differ from the point between
_STRAIGHT = 0.95  # cosine of the angle by which the branch may turn in one step
_DRIFT = 0.25  # by how much of a step its end may lie off the tangent
_LEAP = 0.1  # by how much a probability may change in one step
_CLOSE = 1e-11  # of Newton's last step, relative
_EXACT = 1e-12  # the residual an equilibrium may have, if λ is not so large that rounding shows


class BranchLostError(ArithmeticError):
    """Raised when the branch from λ = 0 cannot be followed; the message says how far it was."""


@dataclass(frozen=True)
class System:
    """The equations of a tree at given λ, in centred log-probabilities."""

    flow: Flow
    rationality: Reals  # [set]

    @property
    def precision(self) -> Reals:
        """[action], λ of whoever takes it."""
        return self.rationality[self.flow.member]

    @property
    def scale(self) -> float:
        """How many units of arclength t counts from 0 to 1: about as many as x may move."""
        return 1.0 + float(np.abs(self.drive(np.zeros(len(self.flow.member)))).max(initial=0.0))

    def drive(self, x: Reals) -> Reals:
        """λ times the worth of each action over the mean of its set, [action]."""
        at = self.flow.evaluate(self.flow.log_policy(x))
        return self.flow.centred(self.precision * at.worth)

    def linear(self, x: Reals) -> tuple[Reals, Reals]:
        """`drive` and its derivative by x, [action, action]."""
        flow = self.flow
        logs = flow.log_policy(x)
        at = flow.evaluate(logs)
        slope = flow.derivative(at)
        sums = np.add.reduceat(slope, flow.form.begin[:-1], axis=1)
        slope -= sums[:, flow.member] * np.exp(logs)
        return (
            flow.centred(self.precision * at.worth),
            flow.centred(self.precision[:, None] * slope),
        )

    def polish(self, x: Reals, steps: int, *, damped: bool = False) -> Reals | None:
        """Newton's method at t = 1; None where it does not come to an equilibrium."""
        identity = np.eye(len(x))
        for _ in range(steps):
            drive, slope = self.linear(x)
            missing = drive - x
            try:
                step = np.linalg.solve(identity - slope, missing)
            except np.linalg.LinAlgError:
                return None
            if not np.isfinite(step).all():
                return None
            share, size = 1.0, np.linalg.norm(missing)
            while damped and share > 1e-3 and size > 1e-9:
                after = x + share * step
                if np.linalg.norm(self.drive(after) - after) < (1 - 1e-3 * share) * size:
                    break
                share /= 2
            if share <= 1e-3:
                return None
            x = x + share * step
            if np.abs(step).max() <= _CLOSE * (1 + np.abs(x).max()):
                return x
        return None

    def residual(self, x: Reals) -> float:
        """The most by which a probability differs from the logit response to the whole."""
        policy, reply = (np.exp(self.flow.log_policy(logits)) for logits in (x, self.drive(x)))
        return float(np.abs(policy - reply).max(initial=0.0))

    def holds(self, x: Reals) -> bool:
        """Whether these logits are an equilibrium, as nearly as numbers can tell."""
        worth = self.precision * self.flow.evaluate(self.flow.log_policy(x)).worth
        rounding = 8 * np.finfo(np.float64).eps * float(np.abs(worth).max(initial=0.0))
        return self.residual(x) <= max(_EXACT, rounding)

    def equilibrium(self, x: Reals, *, principal: bool, folds: int | None) -> Equilibrium:
        """What was found at these logits."""
        logs = self.flow.log_policy(x)
        at = self.flow.evaluate(logs)
        return Equilibrium(
            form=self.flow.form,
            rationality=self.rationality,
            log_policy=logs,
            worth=at.value,
            posterior=at.belief,
            residual=self.residual(x),
            principal=principal,
            folds=folds,
        )


def system_of(form: ExtensiveForm, rationality: float | Mapping[str, float] | None) -> System:
    """The equations at a rationality; see `logit_branch`."""
    named = rationality if isinstance(rationality, Mapping) else {}
    common = None if isinstance(rationality, Mapping) else rationality
    names = [known.name for known in form.sets]
    for name in named:
        if name not in names and name not in form.players:
            raise KeyError(
                f"'{name}' is neither a player nor an information set; "
                f"{suggestion(name, [*form.players, *names])}"
            )
    numbers = np.empty(len(names))
    for position, known in enumerate(form.sets):
        player = form.players[known.player]
        found = named.get(known.name, named.get(player, known.rationality))
        found = found if common is None else common
        if found is None:
            raise ValueError(f"no rationality is given for '{known.name}' of {player}")
        if not (np.isfinite(found) and found >= 0):
            raise ValueError(
                f"the rationality at '{known.name}' is {found:g}; expected a number from 0 up"
            )
        numbers[position] = found
    return System(Flow(form), numbers)


def logit_branch(
    form: ExtensiveForm,
    rationality: float | Mapping[str, float] | None = None,
    *,
    max_steps: int = MAX_STEPS,
) -> Equilibrium:
    """Where the branch from λ = 0 first comes to this rationality.

    `rationality` is λ, in 1/payoff: of everybody; or by the name of a player or an information set,
    the latter counting where both are given; what is not named has what the form says. Several λ
    grow together, in proportion.

    Raises:
        ValueError: a rationality is missing, negative or not finite.
        KeyError: a name is neither a player nor an information set; with the nearest.
        BranchLostError: the branch could not be followed so far, or the equilibrium does not hold
            to 1e-12 (where λ times payoffs exceed some hundreds: to their rounding).
    """
    system = system_of(form, rationality)
    x, folds = _follow(system, max_steps)
    if not system.holds(x):
        raise BranchLostError(f"the branch ends {system.residual(x):.1e} from an equilibrium")
    return system.equilibrium(x, principal=True, folds=folds)


def _follow(system: System, max_steps: int) -> tuple[Reals, int]:
    """The branch's first point at t = 1, and how often it turned round on the way."""
    n, scale = len(system.flow.member), system.scale
    here = np.zeros(n + 1)
    if n == 0:
        return here[:-1], 0
    forward = np.append(np.zeros(n), 1.0)
    tangent, side = _tangent(*system.linear(here[:n]), 0.0, scale, forward)
    step, folds = 0.1, 0
    for _ in range(max_steps):
        found = _correct(system, here, tangent, step, scale)
        if found is not None:
            ahead, linear = found
            new, new_side = _tangent(*linear, ahead[n] / scale, scale, tangent)
            # The sign changes where another branch is crossed, which in a game without symmetries
            # none is: there the step has leapt from one to the other.
            kept = new_side != 0 and (new_side == side or step <= _THROUGH)
            kept &= not _turns_within(ahead[n] - here[n], step, tangent[n], new[n])
            if kept and new @ tangent >= _STRAIGHT:
                if ahead[n] >= scale:
                    share = (scale - here[n]) / (ahead[n] - here[n])
                    between = here[:n] + share * (ahead[:n] - here[:n])
                    end = system.polish(between, 20)
                    if end is not None and np.abs(end - between).max() <= min(step, _SHORT):
                        return end, folds
                else:
                    folds += int(new[n] * tangent[n] < 0)
                    here, tangent, side, step = ahead, new, new_side, 1.5 * step
                    continue
        step /= 2
        if step < _LEAST_STEP:
            break
    share = here[n] / scale
    raise BranchLostError(f"the branch was followed to {share:.4g} of the rationality, then lost")


def _turns_within(rise: float, step: float, before: float, after: float) -> bool:
    """Whether t seems to turn round twice between two points, which alone would not show it.

    It does if the cubic through both, with their slopes, falls where both rise, or the other way.
    """
    first, last = step * before, step * after
    linear, square = 2 * (3 * rise - 2 * first - last), 3 * (first + last - 2 * rise)
    if first * last <= 0 or step <= _THROUGH or not square:
        return False
    between = -linear / (2 * square)
    slope = first + between * (linear + between * square)
    return 0 < between < 1 and slope * first < 0


def _correct(
    system: System, here: Reals, tangent: Reals, step: float, scale: float
) -> tuple[Reals, tuple[Reals, Reals]] | None:
    """The point of the branch that lies `step` along the tangent; None where it is not found."""
    n = len(here) - 1
    ahead = here + step * tangent
    for _ in range(8):
        linear = system.linear(ahead[:n])
        t = ahead[n] / scale
        missing = np.append(t * linear[0] - ahead[:n], step - tangent @ (ahead - here))
        try:
            move = np.linalg.solve(_bordered(*linear, t, scale, tangent), missing)
        except np.linalg.LinAlgError:
            return None
        ahead = ahead + move
        size = np.abs(move).max()
        if not np.isfinite(size) or size > 1 + 10 * step:
            return None
        if size <= 1e-8 * (1 + np.abs(ahead).max()):
            drift = np.linalg.norm(ahead - here - step * tangent)
            policies = [np.exp(system.flow.log_policy(point[:n])) for point in (here, ahead)]
            if drift > _DRIFT * step or np.abs(policies[1] - policies[0]).max() > _LEAP:
                return None
            return ahead, system.linear(ahead[:n])
    return None


def _bordered(drive: Reals, slope: Reals, t: float, scale: float, tangent: Reals) -> Reals:
    """The derivative of F by x and t·scale, with the tangent as its last row."""
    n = len(drive)
    matrix = np.empty((n + 1, n + 1))
    matrix[:n, :n] = np.eye(n) - t * slope
    matrix[:n, n] = -drive / scale
    matrix[n] = tangent
    return matrix


def _tangent(
    drive: Reals, slope: Reals, t: float, scale: float, before: Reals
) -> tuple[Reals, int]:
    """The branch's direction, of length 1, on the side of `before`, and the determinant's sign.

    The sign is 0 where there is no one direction.
    """
    matrix = _bordered(drive, slope, t, scale, before)
    sign, _ = np.linalg.slogdet(matrix)
    if not sign or not np.isfinite(sign):
        return before, 0
    direction = np.linalg.solve(matrix, np.append(np.zeros(len(drive)), 1.0))
    return direction / np.linalg.norm(direction), int(sign)
