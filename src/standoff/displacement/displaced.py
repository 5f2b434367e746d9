"""How many are displaced, when and where: a model of its own, stated beside that of movement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import Instance
from standoff.displacement.records import displaced_by_records
from standoff.displacement.timeline import Timeline


def displaced_by_rules(instance: Instance, days: Timeline) -> NDArray[np.float64]:
    """The newly displaced, `[day, place]`, as the rules of the instance say.

    With `recorded` totals they are as many as were registered, so nothing about totals is forecast;
    they come from conflict zones in proportion to people, intensity and how fresh the conflict is.
    On a day without any conflict they come from where it was last. Otherwise each conflict zone
    displaces people by itself: `displaced_per_conflict_day` times its intensity, and in `pop_ratio`
    times its people too, cut to whole people.
    """
    rules = instance.rules
    pop = np.array([location.population for location in instance.locations], float)
    result = np.zeros(days.weight.shape)
    if rules.spawn_mode != "recorded":
        for day in range(instance.days):
            rate = rules.displaced_per_conflict_day * days.intensity[day]
            new = rate * pop if rules.spawn_mode == "pop_ratio" else rate
            new = new if rules.spawn_mode == "poisson" else np.trunc(new)
            if rules.take_from_population:
                new = np.minimum(new, pop)
                pop = pop - new
            result[day] = new
        return result
    if instance.records is None:
        raise ValueError(f"{instance.name} has no records of how many were displaced")
    new = displaced_by_records(instance.records, rules.sum_from_camps, rules.insert_day0)
    start = np.maximum(pop, 1e-300)
    share = np.zeros(len(pop))
    for day in range(instance.days):
        weight = days.weight[day] * (pop / start)
        if weight.sum() > 0:
            share = weight / weight.sum()
        result[day] = new[day] * share
        if rules.take_from_population:
            result[day] = np.minimum(result[day], pop)
            pop = pop - result[day]
    return result
