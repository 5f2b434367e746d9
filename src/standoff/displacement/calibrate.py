"""Settings fitted to the first days of a crisis, and forecasts of the days after them.

What people prefer is fitted to where they went; what nobody can know yet is stated as chance. Pulls
wander: what was learnt of them fades, and how far they may lie from 0 returns to what it was before
anything was seen. An interval therefore grows with the days ahead. How much is uncertain before
anything is seen was chosen over instances of past crises, each judged by the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.destination import choices, choose, follow
from standoff.displacement.instance import AS_GIVEN, Instance, Records

RULE = ("distance_decay", "capacity_pull")
"""The settings of the rule that are fitted, besides pulls."""
BLOCK = 5
"""Days whose arrivals are one observation."""
CAUTION = 10
"""So many observations as noisy as assumed stand beside those made, before they say otherwise."""
STEP, ROUNDS = 1e-3, 20

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Assumed:
    """What is uncertain before any record, as standard deviations around the instance's settings.

    `distance_decay`, `capacity_pull`, the pull of a `country`, and of a `place` beside others of
    its country. `noise` is that of twice the root of a camp's share in the arrivals of `BLOCK`
    days. Half of a pull that was learnt is forgotten after `half_life` days. `drift` is how far the
    logarithms of counts move away from those of flows in 30 days: it stands for moves between
    camps, corrections and returns, of which flows know nothing.
    """

    distance_decay: float = 0.25
    capacity_pull: float = 0.25
    country: float = 0.5
    place: float = 0.5
    noise: float = 0.5
    half_life: float = 90.0
    drift: float = 0.1


@dataclass(frozen=True)
class Fit:
    """Settings fitted to the records of the start and of the first `days` days.

    `names` are those of rows: settings, and `pull NAME` of countries and camps. `values` and
    `before` [setting] are the fitted and those assumed before any record, `sd` [setting] how far
    they might have lain from these, `covariance` [setting, setting] what is left of it. Where the
    rule explains the first days worse than assumed, `dispersion` is more than 1: the factor by
    which all variances of covariance and forecasts are greater (Wedderburn 1974).
    """

    instance: Instance = field(repr=False)
    days: int
    doctrine: str
    names: tuple[str, ...]
    values: Array
    before: Array
    sd: Array
    covariance: Array = field(repr=False)
    dispersion: float = 1.0
    assumed: Assumed = field(default_factory=Assumed, repr=False)

    @property
    def settings(self) -> dict[str, float]:
        """The fitted settings by name, as `choose` and `displace` take them."""
        return dict(zip(self.names, self.values.tolist(), strict=True))

    def interval(self, level: float = 0.9) -> Array:
        """Central credible intervals of the settings, `[setting, 2]`: low and high."""
        from scipy.special import ndtri

        half = ndtri((1 + level) / 2) * np.sqrt(np.diag(self.covariance))
        return np.column_stack([self.values - half, self.values + half])


@dataclass(frozen=True)
class Forecast:
    """What may come after the first days: `people` [member, day, camp] from day `first` on."""

    first: int
    camps: tuple[str, ...]
    people: Array = field(repr=False)

    @property
    def median(self) -> Array:
        """The median of each camp and day, `[day, camp]`."""
        return np.asarray(np.median(self.people, axis=0))

    def interval(self, level: float = 0.9) -> tuple[Array, Array]:
        """The low and high end of the central interval of each camp and day, `[day, camp]`."""
        low, high = np.quantile(self.people, ((1 - level) / 2, (1 + level) / 2), axis=0)
        return low, high


def calibrate(
    instance: Instance, days: int = 30, doctrine: str = AS_GIVEN, *, assumed: Assumed | None = None
) -> Fit:
    """Fits the choice of destinations to the records of the first days.

    Least squares on roots of shares, which have about the same variance whatever the share
    (Anscombe 1948): camps' shares in the arrivals of each `BLOCK` days, blocks weighted by how many
    came; with normal priors around the settings of the instance, by damped Gauss and Newton
    (Marquardt 1963), derivatives by differences of rows side by side. The covariance is Laplace's.

    Raises ValueError where there are no records, or too few days for a fit and a day after it.
    """
    last = instance.days - 2
    if not 1 <= days <= last:
        raise ValueError(f"cannot fit to {days} days; expected between 1 and {last}")
    assumed = assumed or Assumed()
    short = _first_days(instance, days + 1)
    names, before, sd = _priors(instance, assumed)
    arrivals = _arrivals(short.recorded()[None])[0]
    total = arrivals.sum(axis=1, keepdims=True)
    weight = np.sqrt(total / max(total.mean(), 1.0)) * 2.0 / assumed.noise
    ready = choices(short, doctrine, internal=instance.rules.internal_pull > 0)
    shares = np.sqrt(arrivals / np.maximum(total, 1.0))

    def residuals(theta: Array) -> Array:
        rows = _rows(names, before + sd * theta)
        people = follow(ready, rows, keep=short.camps).people
        came = _arrivals(people)
        apart = np.sqrt(came / np.maximum(came.sum(axis=2, keepdims=True), 1e-9)) - shares
        return np.concatenate([(apart * weight).reshape(len(theta), -1), theta], axis=1)

    theta, precision = _least_squares(residuals, len(names))
    left = residuals(theta[None])[0, : -len(names)]
    free = arrivals.shape[0] * (arrivals.shape[1] - 1)
    dispersion = max(1.0, (CAUTION + float(left @ left)) / (CAUTION + free))
    scale = np.diag(sd)
    covariance = scale @ np.linalg.inv(precision) @ scale * dispersion
    values = before + sd * theta
    return Fit(instance, days, doctrine, names, values, before, sd, covariance, dispersion, assumed)


def forecast(
    fit: Fit, doctrine: str | None = None, *, members: int = 200, seed: int = 0
) -> Forecast:
    """Draws what may come on the days after the fit, under a doctrine, by default that of the fit.

    On the last day of the fit, camps hold what was recorded. Each member has settings of its own,
    and pulls that wander from there as Ornstein and Uhlenbeck's process, whose stationary spread is
    that before any record. Raises KeyError for an unknown doctrine.
    """
    instance, ahead = fit.instance, fit.instance.days - fit.days - 1
    generator = np.random.default_rng(seed)
    root = np.linalg.cholesky(fit.covariance)
    drawn = fit.values + generator.standard_normal((members, len(fit.names))) @ root.T
    settings = [i for i, name in enumerate(fit.names) if name in RULE]
    pulls = [i for i, name in enumerate(fit.names) if name not in RULE]
    wander = np.empty((members, instance.days, len(pulls)))
    wander[:, : fit.days + 1] = drawn[:, None, pulls]
    keeps = 0.5 ** (1.0 / fit.assumed.half_life)
    wider = np.sqrt(fit.dispersion)
    strength = np.sqrt(1.0 - keeps**2) * fit.sd[pulls] * wider
    for day in range(fit.days + 1, instance.days):
        gone = wander[:, day - 1] - fit.before[pulls]
        fresh = generator.standard_normal((members, len(pulls))) * strength
        wander[:, day] = fit.before[pulls] + keeps * gone + fresh
    rows = _rows([fit.names[i] for i in settings], drawn[:, settings])
    steps = generator.standard_normal((members, ahead, len(instance.camps)))
    flow = choose(
        _without_pulls(instance), rows, doctrine or fit.doctrine, keep=instance.camps,
        shift=wander @ _spread(instance, [fit.names[i] for i in pulls]), known=fit.days,
    )  # fmt: skip
    people = flow.people[:, fit.days + 1 :]
    drifted = people * np.exp(
        np.cumsum(steps, axis=1) * (fit.assumed.drift * wider / np.sqrt(30.0))
    )
    held = drifted.sum(axis=2, keepdims=True)
    drifted *= people.sum(axis=2, keepdims=True) / np.where(held > 0, held, 1.0)
    return Forecast(fit.days + 1, tuple(instance.names[i] for i in instance.camps), drifted)


def _first_days(instance: Instance, days: int) -> Instance:
    if instance.records is None:
        raise ValueError(f"{instance.name} has no records to fit to")
    records = Records(
        instance.records.camps, instance.records.counts[:days], instance.records.total[:days]
    )
    intensity = None if instance.intensity is None else instance.intensity[:days]
    return replace(instance, days=days, records=records, intensity=intensity)


def _priors(instance: Instance, assumed: Assumed) -> tuple[tuple[str, ...], Array, Array]:
    """Names, means and standard deviations; a country with one camp has one pull for both."""
    camps = [instance.locations[i] for i in instance.camps]
    countries = [camp.country for camp in camps]
    given = dict(instance.rules.pull)
    sd = {name: float(getattr(assumed, name)) for name in RULE}
    before = {name: float(getattr(instance.rules, name)) for name in RULE}
    for country in dict.fromkeys(countries):
        alone = countries.count(country) == 1
        sd[f"pull {country}"] = assumed.country
        if alone:
            sd[f"pull {country}"] = float(np.hypot(assumed.country, assumed.place))
        before[f"pull {country}"] = given.get(country, 0.0)
    for camp in camps:
        if countries.count(camp.country) > 1 and camp.name not in countries:
            sd[f"pull {camp.name}"] = assumed.place
            before[f"pull {camp.name}"] = given.get(camp.name, 0.0)
    return tuple(sd), np.array(list(before.values())), np.array(list(sd.values()))


def _rows(names: tuple[str, ...] | list[str], values: Array) -> dict[str, Array]:
    """Values `[row, setting]` as rows; settings of the rule are never less than 0."""
    return {
        name: np.maximum(values[:, i], 0.0) if name in RULE else values[:, i]
        for i, name in enumerate(names)
    }


def _without_pulls(instance: Instance) -> Instance:
    """The same instance where only pulls that are not fitted are left."""
    fitted = {instance.locations[i].country for i in instance.camps}
    fitted |= {instance.names[i] for i in instance.camps}
    left = tuple((name, pull) for name, pull in instance.rules.pull if name not in fitted)
    return replace(instance, rules=replace(instance.rules, pull=left))


def _spread(instance: Instance, names: list[str]) -> Array:
    """Which pull counts for which camp, `[pull, camp]`."""
    camps = [instance.locations[i] for i in instance.camps]
    return np.array(
        [
            [name.removeprefix("pull ") in (camp.country, camp.name) for camp in camps]
            for name in names
        ],
        float,
    )


def _arrivals(people: Array) -> Array:
    """How many came in each block of days, `[row, block, camp]`; who left is not counted."""
    edges = np.append(np.arange(0, people.shape[1] - 1, BLOCK), people.shape[1] - 1)
    return np.asarray(np.maximum(np.diff(people[:, edges], axis=1), 0.0))


def _least_squares(residuals: Callable[[Array], Array], size: int) -> tuple[Array, Array]:
    """The least sum of squares from 0 on, and the matrix of second derivatives there."""
    theta = np.zeros(size)
    dampings = np.array([0.0, 0.1, 1.0, 10.0, 100.0])
    for _ in range(ROUNDS):
        found = residuals(np.vstack([theta, theta + STEP * np.eye(size)]))
        slopes = (found[1:] - found[0]).T / STEP
        curve, fall = slopes.T @ slopes, slopes.T @ found[0]
        tries = np.array(
            [theta - np.linalg.solve(curve + d * np.diag(np.diag(curve)), fall) for d in dampings]
        )
        sums = (residuals(tries) ** 2).sum(axis=1)
        best = int(sums.argmin())
        if sums[best] >= (found[0] ** 2).sum() - 1e-6:
            break
        theta = tries[best]
    return theta, curve
