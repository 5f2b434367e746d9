"""How robust a doctrine is, by the eleven metrics of McPhail et al. (2018).

Each metric is three steps, one after the other (McPhail, Maier, Kwakkel, Giuliani, Castelletti &
Westra 2018, "Robustness metrics: how are they calculated, when should they be used and why do they
give different results?", Earth's Future 6, 169-191):

1. what is looked at in each future: the performance itself; the regret, how far the best doctrine
   in the same future is ahead (Savage 1951), never below 0; the deviation from the doctrine's own
   median; or whether a threshold is met (Simon 1956);
2. which futures are looked at: the worst, the best, both, all, the worse half, percentiles;
3. how they make one number: as it is, a mean, a mean against a spread, a skewness, a peakedness.

Values are in units of the performance with its sign, so that each can be read as what it is: the
regret in dollars, the worst case in refugees. `better` says for each metric which way is better.

Where the paper leaves room: percentiles are those of the weighted distribution, with the mean of
both neighbours where it is flat (Hyndman & Fan 1996, type 2), so that a weight of 2 is the same as
a future listed twice; spread is the standard deviation over the futures, divided by their number;
the paper's sum of undesirable deviations is divided by half the number of futures, which changes
no rank and makes studies of different sizes comparable. Skewness has the paper's sign, by which a
long tail of good futures is preferred; others prefer that most futures be good and few be bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from standoff.robustness.percentile import percentile
from standoff.robustness.performance import Better, Performance, check_better, numbers, read

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

Looked = Literal["performance", "regret", "deviation", "satisficing"]
Subset = Literal["worst", "best", "worst and best", "all", "worse half"]
Made = Literal["identity", "weighted mean", "mean", "mean-variance", "skewness", "peakedness"]


@dataclass(frozen=True)
class Metric:
    """One composition."""

    name: str
    looked: Looked
    """First step: what is looked at in each future."""
    subset: Subset | tuple[float, ...]
    """Second step: which futures; numbers are shares of futures that are worse (percentiles)."""
    made: Made
    """Third step: how they make one number."""
    source: str
    meaning: str
    """In a sentence."""


METRICS = (
    Metric(
        "maximin", "performance", "worst", "identity", "Wald 1950",
        "performance in the worst future",
    ),
    Metric(
        "maximax", "performance", "best", "identity", "Wald 1950",
        "performance in the best future",
    ),
    Metric(
        "hurwicz", "performance", "worst and best", "weighted mean", "Hurwicz 1953",
        "worst and best future, weighted by how optimistic one is",
    ),
    Metric(
        "laplace", "performance", "all", "mean", "Laplace 1814",
        "mean performance, every future counting alike",
    ),
    Metric(
        "minimax-regret", "regret", "worst", "identity", "Savage 1951",
        "the largest regret in any future",
    ),
    Metric(
        "90th-percentile-regret", "regret", (0.1,), "identity", "Savage 1951; Herman et al. 2015",
        "the regret that is exceeded in a tenth of the futures",
    ),
    Metric(
        "mean-variance", "performance", "all", "mean-variance", "Hamarat et al. 2014",
        "mean performance against its spread",
    ),
    Metric(
        "undesirable-deviations", "deviation", "worse half", "mean",
        "Kwakkel, Eker & Pruyt 2016, after Takriti & Ahmed 2004",
        "mean shortfall from the doctrine's own median in the worse half of the futures",
    ),
    Metric(
        "percentile-skewness", "performance", (0.1, 0.5, 0.9), "skewness", "Voudouris et al. 2014",
        "how much longer the tail of good futures is than that of bad ones, -1 to 1",
    ),
    Metric(
        "percentile-peakedness", "performance", (0.1, 0.25, 0.75, 0.9), "peakedness",
        "Voudouris et al. 2014",
        "how closely the middle half of the futures lies within the middle four fifths",
    ),
    Metric(
        "starr-domain", "satisficing", "all", "mean", "Starr 1963; Schneller & Sphicas 1983",
        "share of futures in which the threshold is met",
    ),
)  # fmt: skip
"""The eleven, in the order of the paper."""


@dataclass(frozen=True)
class Robustness:
    """Every metric for every doctrine."""

    metrics: tuple[Metric, ...]
    doctrines: tuple[str, ...]
    value: Array
    """[metric, doctrine]; NaN where it is not defined."""
    rank: NDArray[np.int64]
    """[metric, doctrine]: 1 is best, equal values share a rank, 0 is where there is no value."""
    better: tuple[Better, ...]
    """[metric]: which way the metric is better."""
    futures: int
    """Futures that were judged."""
    left_out: int
    """Futures left out because some doctrine failed in them."""
    threshold: float | None
    optimism: float
    notes: tuple[str, ...]
    """What a reader must know, in sentences."""

    def to_xarray(self) -> xr.Dataset:
        """The same with named axes: metric, doctrine."""
        import xarray as xr

        axes = ("metric", "doctrine")
        return xr.Dataset(
            {
                "value": (axes, self.value),
                "rank": (axes, self.rank),
                "better": ("metric", list(self.better)),
                "meaning": ("metric", [metric.meaning for metric in self.metrics]),
                "source": ("metric", [metric.source for metric in self.metrics]),
            },
            {
                "metric": [metric.name for metric in self.metrics],
                "doctrine": list(self.doctrines),
            },
            {
                "futures": self.futures,
                "left_out": self.left_out,
                "threshold": np.nan if self.threshold is None else self.threshold,
                "optimism": self.optimism,
                "notes": list(self.notes),
            },
        )


def robustness(
    performance: Any,
    better: Better,
    *,
    metrics: Sequence[Metric | str] | None = None,
    doctrines: Sequence[str] | None = None,
    weights: Any | None = None,
    threshold: float | None = None,
    optimism: float = 0.5,
) -> Robustness:
    """Metrics of robustness for each doctrine, from its performance in many futures.

    `performance` is [future, doctrine], an array or a DataArray; `better` says whether more of it
    is good. `metrics` are names of the eleven or compositions of one's own; without them all are
    taken, and Starr's domain criterion only with a `threshold`, which is met where it is just
    reached. `weights` [future] say how much each future counts. `optimism` is the weight of the
    best future in Hurwicz's rule.

    Raises:
        ValueError: the performance is no table of numbers, a metric is unknown, or something does
        not fit.
    """
    check_better(better)
    if not 0 <= optimism <= 1:
        raise ValueError(f"optimism is {optimism}; expected a number from 0 to 1")
    chosen = _chosen(metrics, threshold)
    table = read(performance, doctrines, weights)
    notes = []
    if table.left_out:
        notes.append(
            f"{table.left_out:,} of {len(table.kept):,} futures are left out for all doctrines, "
            "since some doctrine failed in them"
        )
    if len(table.doctrines) == 1 and any(metric.looked == "regret" for metric in chosen):
        notes.append("there is one doctrine only, so there is nothing to regret")
    rows, directions = [], []
    for metric in chosen:
        row, direction = _compose(metric, table, better, threshold, optimism)
        rows.append(row)
        directions.append(direction)
        if metric.made == "mean-variance":
            notes += _mean_variance_note(metric, table)
        if np.isnan(row).any():
            without = [n for n, value in zip(table.doctrines, row, strict=True) if np.isnan(value)]
            notes.append(
                f"{metric.name}: not defined for {', '.join(without)}, which does not vary"
            )
    value = np.array(rows)
    return Robustness(
        chosen, table.doctrines, value, _rank(value, directions), tuple(directions),
        len(table.values), table.left_out, threshold, optimism, tuple(notes),
    )  # fmt: skip


def regret(performance: Any, better: Better) -> Any:
    """Savage's (1951) regret, [future, doctrine]: how far the best in the same future is ahead.

    Never below 0, in units of the performance, and 0 for the best doctrine of each future. A future
    in which any doctrine failed (NaN) is NaN for all, since its best is not known. Gives a
    DataArray for a DataArray, and an array otherwise.
    """
    check_better(better)
    values, _ = numbers(performance)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(f"the performance has shape {values.shape}; expected [future, doctrine]")
    return _like(performance, _regret(values if better == "higher" else -values))


def satisficing(performance: Any, better: Better, threshold: float) -> Any:
    """Whether each doctrine meets a threshold in each future: 1, 0, or NaN where it failed.

    Just reaching it is meeting it. Gives a DataArray for a DataArray, and an array otherwise. The
    mean over futures is Starr's (1963) domain criterion.
    """
    check_better(better)
    if not np.isfinite(threshold):
        raise ValueError(f"the threshold is {threshold}; expected a number")
    values, _ = numbers(performance)
    met = values >= threshold if better == "higher" else values <= threshold
    return _like(performance, np.where(np.isnan(values), np.nan, met))


def _like(given: Any, values: Array) -> Any:
    if not hasattr(given, "dims"):
        return values
    import xarray as xr

    first = {"future", "doctrine"} <= set(given.dims)
    turned = given.transpose("future", "doctrine", ...) if first else given
    return xr.DataArray(values, turned.coords, turned.dims)


def _chosen(metrics: Sequence[Metric | str] | None, threshold: float | None) -> tuple[Metric, ...]:
    if threshold is not None and not np.isfinite(threshold):
        raise ValueError(f"the threshold is {threshold}; expected a number")
    if metrics is None:
        return tuple(m for m in METRICS if m.looked != "satisficing" or threshold is not None)
    by_name = {metric.name: metric for metric in METRICS}
    chosen = []
    for metric in metrics:
        if isinstance(metric, str) and metric not in by_name:
            from difflib import get_close_matches

            near = get_close_matches(metric, by_name, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(by_name)}"
            raise ValueError(f"there is no metric '{metric}'; {hint}")
        chosen.append(by_name[metric] if isinstance(metric, str) else metric)
    if not chosen:
        raise ValueError("no metric is given")
    for metric in chosen:
        if metric.looked == "satisficing" and threshold is None:
            raise ValueError(f"{metric.name} needs a threshold, and none is given")
        _check(metric)
    return tuple(chosen)


def _check(metric: Metric) -> None:
    """Raises ValueError where steps do not go together."""
    fits = {"identity": 1, "weighted mean": 2, "skewness": 3, "peakedness": 4}
    needed = fits.get(metric.made)
    given = (
        len(metric.subset)
        if isinstance(metric.subset, tuple)
        else {"worst": 1, "best": 1, "worst and best": 2}.get(metric.subset)
    )
    if needed is not None and given != needed:
        raise ValueError(
            f"{metric.name}: '{metric.made}' makes one number of {needed}, but '{metric.subset}' "
            f"gives {given or 'many'}"
        )
    if isinstance(metric.subset, tuple) and not all(0 <= share <= 1 for share in metric.subset):
        raise ValueError(f"{metric.name}: percentiles are {metric.subset}; expected shares, 0 to 1")


def _compose(
    metric: Metric, table: Performance, better: Better, threshold: float | None, optimism: float
) -> tuple[Array, Better]:
    """The value for each doctrine, and which way it is better."""
    sign = 1.0 if better == "higher" else -1.0
    good = sign * table.values
    if metric.looked == "regret":
        good, sign = -_regret(good), -1.0
    elif metric.looked == "deviation":
        good, sign = good - percentile(good, table.weights, 0.5), -1.0
    elif metric.looked == "satisficing":
        good, sign = np.asarray(satisficing(table.values, better, float(threshold or 0))), 1.0
    values, weights = _subset(metric.subset, good, table.weights)
    if metric.made == "skewness":
        low, middle, high = values
        with np.errstate(divide="ignore", invalid="ignore"):
            return ((high + low) / 2 - middle) / ((high - low) / 2), "higher"
    if metric.made == "peakedness":
        with np.errstate(divide="ignore", invalid="ignore"):
            return (values[3] - values[0]) / (values[2] - values[1]), "higher"
    if metric.made == "weighted mean":
        made = (1 - optimism) * values[0] + optimism * values[1]
    elif metric.made == "identity":
        made = values[0]
    else:
        made = (weights * values).sum(axis=0)
    if metric.made == "mean-variance":
        spread = np.sqrt((weights * (values - made) ** 2).sum(axis=0))
        mean = sign * made
        made = (mean + 1) / (spread + 1) if sign > 0 else (mean + 1) * (spread + 1)
        return made, "higher" if sign > 0 else "lower"
    # Adding 0 turns a regret of -0 into 0.
    return sign * made + 0.0, "higher" if sign > 0 else "lower"


def _regret(good: Array) -> Array:
    return np.asarray(good.max(axis=1, keepdims=True) - good)


def _subset(subset: Subset | tuple[float, ...], good: Array, weights: Array) -> tuple[Array, Array]:
    """[chosen, doctrine] and their weights [chosen, 1 or doctrine], which add up to 1."""
    if isinstance(subset, tuple):
        chosen = np.stack([percentile(good, weights, share) for share in subset])
        return chosen, np.full((len(subset), 1), 1 / len(subset))
    worst, best = good.min(axis=0), good.max(axis=0)
    if subset == "worst":
        return worst[None], np.ones((1, 1))
    if subset == "best":
        return best[None], np.ones((1, 1))
    if subset == "worst and best":
        return np.stack([worst, best]), np.full((2, 1), 0.5)
    if subset == "all":
        return good, weights[:, None]
    order = np.argsort(good, axis=0, kind="stable")
    below = np.cumsum(weights[order], axis=0)
    share = np.clip(0.5 - (below - weights[order]), 0, weights[order])
    return np.take_along_axis(good, order, axis=0), share / share.sum(axis=0)


def _mean_variance_note(metric: Metric, table: Performance) -> list[str]:
    mean = table.weights @ table.values
    low = [name for name, each in zip(table.doctrines, mean, strict=True) if each <= -1]
    if not low:
        return []
    return [
        f"{metric.name}: the mean of {', '.join(low)} is -1 or less, where the metric counts more "
        "spread as good; do not use it there"
    ]


def _rank(value: Array, directions: Sequence[Better]) -> NDArray[np.int64]:
    rank = np.zeros(value.shape, np.int64)
    for row, direction in enumerate(directions):
        good = value[row] if direction == "higher" else -value[row]
        ahead = (good[None, :] > good[:, None]).sum(axis=1)
        rank[row] = np.where(np.isnan(good), 0, 1 + ahead)
    return rank
