"""Everything a claim can name, future by future, and how large it is for its numerical error."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.explore import Futures
from standoff.scenario import FREE_CHOICE, Quantity, Scenario

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]


def quantities(
    scenario: Scenario, results: xarray.Dataset, futures: Futures, suffix: str = ""
) -> dict[str | Quantity, Any]:
    """Parameters, outcomes, values, traps and beliefs at the end, as numbers or arrays [future].

    `results` is laid out like `Study.results`; `suffix` is "" for the stated rationality, "_limit"
    or "_elsewhere".
    """
    found: dict[str | Quantity, Any] = {p.name: p.value for p in scenario.parameters}
    found.update(futures)
    doctrines = [str(name) for name in results["doctrine"].to_numpy()]
    outcomes = [str(name) for name in results["outcome"].to_numpy()]
    expected = results[f"expected{suffix}"].to_numpy()
    value = results[f"value{suffix}"].to_numpy()
    for d, doctrine in enumerate(doctrines):
        for k, outcome in enumerate(outcomes):
            found[Quantity(outcome, (doctrine,))] = expected[:, d, k]
        for k, actor in enumerate(scenario.actors):
            found[Quantity("value", (actor.name, doctrine))] = value[:, d, k]
    if f"belief{suffix}" in results:
        believed = results[f"belief{suffix}"].to_numpy()
        for d, doctrine in enumerate(doctrines):
            for k, (actor_name, type_name) in enumerate(_types(scenario)):
                found[Quantity("belief", (actor_name, type_name, doctrine))] = believed[:, d, k]
    for actor in scenario.actors:
        found[Quantity("trap", (actor.name,))] = trap_depth(scenario, results, actor.name, suffix)
    return found


def sizes(
    scenario: Scenario, results: xarray.Dataset, suffix: str = ""
) -> dict[str | Quantity, Array]:
    """How large quantities are for their numerical error, where their own value does not tell."""
    found: dict[str | Quantity, Array] = {}
    doctrines = [str(name) for name in results["doctrine"].to_numpy()]
    for actor in scenario.actors:
        size = value_size(results, actor.name, suffix)
        found[Quantity("trap", (actor.name,))] = 2 * size
        for doctrine in doctrines:
            found[Quantity("value", (actor.name, doctrine))] = size
        for type_ in actor.types:
            for doctrine in doctrines:
                # A belief is what is left when all other types are taken from 1.
                found[Quantity("belief", (actor.name, type_.name, doctrine))] = np.ones_like(size)
    expected = results[f"expected{suffix}"]
    known = set(expected["outcome"].to_numpy().tolist())
    for outcome in (one for one in scenario.reported if one.name in known):
        size = np.abs(expected.sel(outcome=outcome.name).to_numpy()).max(axis=1)
        if outcome.kind == "first time":
            size = np.full_like(size, scenario.time.periods)
        if outcome.kind != "ever":  # which adds up what is above 0, and so loses no digits
            for doctrine in doctrines:
                found[Quantity(outcome.name, (doctrine,))] = size
    return found


def _types(scenario: Scenario) -> list[tuple[str, str]]:
    """Actors and their types, in the order of the results."""
    return [(actor.name, type_.name) for actor in scenario.actors for type_ in actor.types]


def trap_depth(scenario: Scenario, results: xarray.Dataset, actor: str, suffix: str = "") -> Array:
    """Trap depth of an actor, [future]; `suffix` "_limit" for perfect rationality."""
    doctrines = [str(name) for name in results["doctrine"].to_numpy()]
    own = own_doctrines(scenario, doctrines, actor)
    value = results[f"value{suffix}"].sel(actor=actor)
    free = value.sel(doctrine=FREE_CHOICE).to_numpy()
    if not own:
        return np.zeros(len(free))
    best = value.sel(doctrine=own).to_numpy().max(axis=1)
    return np.asarray(np.maximum(best - free, 0), np.float64)


def value_size(results: xarray.Dataset, actor: str, suffix: str = "") -> Array:
    """How large an actor's values are, [future], as a measure of their numerical error.

    The largest under any doctrine, and no less than a point of payoff, because a value near 0 may
    be the balance of large gains and losses.
    """
    value = results[f"value{suffix}"].sel(actor=actor).to_numpy()
    return np.asarray(np.maximum(np.abs(value).max(axis=1), 1), np.float64)


def own_doctrines(scenario: Scenario, solved: Collection[str], actor: str) -> list[str]:
    """The doctrines among those that were solved by which an actor could bind itself.

    They are announced, and amend no treaty: who amends one plays another game.
    """
    return [name for name in commitments(scenario, actor) if name in solved]


def commitments(scenario: Scenario, actor: str) -> list[str]:
    """The doctrines by which an actor could bind itself, in the order of the file."""
    return [
        doctrine.name
        for doctrine in scenario.doctrines
        if doctrine.actor == actor and doctrine.announced and not doctrine.amends
    ]
