"""The patient search written down plainly: masks over all futures, nothing remembered."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.discovery import Objective, Patience

Truths = NDArray[np.bool_]
Limits = dict[str, Any]
"""Of a number: [lower, upper]; of a category: the set of those kept."""


def quantile(values: NDArray[Any], share: float) -> float:
    """Halfway between the two values around a quantile, further in where they are equal."""
    ordered = np.sort(values)
    spot = (len(ordered) - 1) * share
    low, high = floor(spot), ceil(spot)
    if share > 0.5:
        while ordered[low] == ordered[high] and low > 0:
            low -= 1
    else:
        while ordered[low] == ordered[high] and high < len(ordered) - 1:
            high += 1
    return float((ordered[low] + ordered[high]) / 2)


def inside(table: Mapping[str, NDArray[Any]], box: Limits) -> Truths:
    """Which futures are in a box."""
    found = np.ones(len(next(iter(table.values()))), np.bool_)
    for name, values in table.items():
        if isinstance(box[name], set):
            found &= np.isin(values, list(box[name]))
        else:
            found &= (values >= box[name][0]) & (values <= box[name][1])
    return found


def worth(objective: Objective, cases: Truths, old: Truths, new: Truths) -> float:
    """What a change of the box is worth."""
    mean = cases[new].mean() if new.any() else 0.0
    if objective is Objective.ORIGINAL:
        return float(mean) if new.any() else -1.0
    change, moved = mean - cases[old].mean(), abs(int(new.sum()) - int(old.sum()))
    if change == 0:
        return 0.0
    return float((new.sum() if objective is Objective.LENIENT2 else 1) * change / moved)


def ordered(table: Mapping[str, NDArray[Any]]) -> list[str]:
    """Reals, then whole numbers, then categories."""
    rank = {"f": 0, "i": 1}
    return sorted(table, key=lambda name: rank.get(table[name].dtype.kind, 2))


def peels(table: Mapping[str, NDArray[Any]], box: Limits, alpha: float) -> list[Limits]:
    """Every box that one peel could leave, in the order in which ties are settled."""
    found = []
    now = inside(table, box)
    for name in ordered(table):
        values = table[name][now]
        kind = values.dtype.kind
        if isinstance(box[name], set):
            if len(box[name]) > 1:
                found += [box | {name: box[name] - {each}} for each in sorted(box[name])]
            continue
        for side, share in ((1, 1 - alpha), (0, alpha)):
            limit = quantile(values, share)
            if kind == "i":
                limit = int(limit)
                if side:
                    kept = values[values < limit if limit == box[name][1] else values <= limit]
                    limit = kept.max() if len(kept) else values.max()
                else:
                    kept = values[values > limit if limit == box[name][0] else values >= limit]
                    limit = kept.min() if len(kept) else values.min()
                bounds = [limit, box[name][1]] if side == 0 else [box[name][0], limit]
                found.append(box | {name: bounds, "empty": not len(kept)})
            else:
                bounds = [limit, box[name][1]] if side == 0 else [box[name][0], limit]
                found.append(box | {name: bounds})
    return found


def pastes(
    table: Mapping[str, NDArray[Any]], box: Limits, first: Limits, alpha: float
) -> list[Limits]:
    """Every box that one paste could give."""
    found = []
    for name in ordered(table):
        if box[name] == first[name]:
            continue
        if isinstance(box[name], set):
            found += [box | {name: box[name] | {each}} for each in sorted(first[name] - box[name])]
            continue
        (lower, upper), (least, most) = box[name], first[name]
        below = table[name][inside(table, box | {name: [least, lower]})]
        above = table[name][inside(table, box | {name: [upper, most]})]
        new = quantile(below, 1 - alpha) if len(below) else least
        found.append(box | {name: [new, upper]})
        new = quantile(above, alpha) if len(above) else most
        found.append(box | {name: [lower, new]})
    return found


def search(
    table: Mapping[str, NDArray[Any]], cases: Truths, patience: Patience
) -> list[tuple[int, int, int]]:
    """Futures inside, cases inside and factors restricted, of all boxes."""
    first: Limits = {
        name: [values.min(), values.max()] if values.dtype.kind in "if" else set(values.tolist())
        for name, values in table.items()
    }

    def restricted(box: Limits) -> int:
        return sum(box[name] != first[name] for name in table)

    def noted(box: Limits) -> tuple[int, int, int]:
        now = inside(table, box)
        return int(now.sum()), int(cases[now].sum()), restricted(box)

    box = first
    found = [noted(box)]
    for is_peel in (True, False):
        while True:
            now = inside(table, box)
            options = (
                peels(table, box, patience.alpha)
                if is_peel
                else pastes(table, box, first, patience.paste_alpha)
            )
            best: tuple[float, int] | None = None
            for option in options:
                then = inside(table, option) & (not option.pop("empty", False))
                score = (worth(patience.objective, cases, now, then), -restricted(option))
                if best is None or score > best:
                    best, chosen, held = score, option, then
            if best is None or best[0] <= 0 or held.sum() / len(cases) < patience.least_mass:
                break
            if is_peel and held.sum() >= now.sum():
                break
            if not is_peel and (held.sum() <= now.sum() or cases[held].mean() <= cases[now].mean()):
                break
            box = chosen
            found.append(noted(box))
    return found
