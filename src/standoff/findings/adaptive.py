"""Which adaptive doctrine would be best, searched in some futures and judged in others.

A search shows the doctrine it chose at its best, because it chose it for that: the figure of the
search is no result. So what is kept is judged in futures that were not searched, beside the plain
doctrines and free choice; both figures stand side by side, and what lies between them is the
optimism of the search (the optimizer's curse, Smith & Winkler 2006).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from standoff.explore import Futures, sample
from standoff.findings.family import (
    Adaptive,
    declared_family,
    distinct,
    doctrine_text,
    family_of,
    is_final,
)
from standoff.findings.halving import Array, successive_halving
from standoff.findings.objective import VALUE, Objective, Yardstick, objectives_of
from standoff.game import GROUP, Game, compile_game, fill
from standoff.robustness import nondominated
from standoff.scenario import FREE_CHOICE, Doctrine, Scenario, suggestion
from standoff.solver import DTYPES, POINTS, Precision, Solution, solve_doctrines

RESAMPLES = 1000
"""Resamplings of the held-out futures behind the interval of a gain."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many solves are done, and how many there are; one is a doctrine in 16 futures."""

_Candidate: TypeAlias = tuple[Adaptive | None, str | Doctrine]
"""A plain doctrine, or an adaptive one with what it comes to."""


@dataclass(frozen=True)
class Judged:
    """One doctrine, in the futures that were searched and in those that were held out.

    Figures are those of the robustness metric, one for each objective and in its units.
    """

    doctrine: str
    adaptive: Adaptive | None
    """None for a plain doctrine and for free choice."""
    final: bool
    """It never goes back; True for what does not change over at all."""
    text: str
    """As it would stand in the scenario file; empty for what stands there."""
    search: tuple[float, ...]
    held_out: tuple[float, ...]
    optimism: tuple[float, ...]
    """By how much the search shows it better than it is in the held-out futures."""
    pareto: bool
    """In the held-out futures none that was judged is as good in every objective and better in
    one."""


@dataclass(frozen=True)
class Gain:
    """What changing over is worth in one objective: best adaptive against best plain doctrine.

    Both are those that were best in the search. More is better, in the units of the metric.
    """

    objective: Objective
    adaptive: str
    plain: str
    search: float
    """In the futures that were searched: not a result."""
    held_out: float
    low: float
    """2.5th percentile over resampled held-out futures (Efron 1979)."""
    high: float
    """97.5th percentile."""
    ahead: float
    """Share of the held-out futures in which the adaptive doctrine does better."""

    @property
    def optimism(self) -> float:
        """How much of the gain was the search's own doing."""
        return self.search - self.held_out


@dataclass(frozen=True)
class Adaptation:
    """What a search for adaptive doctrines found, and how it stood up in futures held out."""

    scenario: str
    hash: str
    actor: str
    objectives: tuple[Objective, ...]
    metric: str
    seed: int
    """The futures that were searched are of this seed, those held out of the next."""
    family: int
    """How many adaptive doctrines there were to choose among."""
    tried: int
    """How many of them were tried: distinct ones, at most as many as was asked for."""
    rungs: tuple[tuple[int, int], ...]
    """Of the search: futures, and how many adaptive doctrines were still in it."""
    judged: tuple[Judged, ...]
    """Free choice, the plain doctrines, then the adaptive ones that were kept."""
    gains: tuple[Gain, ...]
    """One for each objective."""
    search: Array
    """Performance in the futures that were searched, [future, doctrine, objective]."""
    held_out: Array
    """Performance in those held out, [future, doctrine, objective]."""


def adapt(
    scenario: Scenario | Game,
    actor: str,
    objectives: Iterable[str] = (VALUE,),
    *,
    metric: str = "laplace",
    thresholds: Mapping[str, float] | None = None,
    family: Iterable[Adaptive] | None = None,
    futures: int = 64,
    held_out: int = 128,
    most: int = 128,
    keep: int = 4,
    seed: int = 0,
    precision: Precision = "single",
    grid: int = POINTS,
    progress: Progress | None = None,
) -> Adaptation:
    """Searches the adaptive doctrines of an actor, and judges the best few in other futures.

    `objectives` are names of outcomes, or "value": the actor's own expected payoff. With several,
    what is kept is the Pareto set and more. `metric` is one of `standoff.robustness.METRICS` and
    makes one figure of many futures; "starr-domain" needs `thresholds`, by name of objective.
    Metrics of regret compare with free choice, the plain doctrines of the actor and the adaptive
    ones that are still in the search.

    `family` are the adaptive doctrines to choose among; unless told, those that the file declares
    for the actor, and else every threshold of every variable and every period between any two of
    its announced doctrines (`family_of`). Of a family with more than `most` members that differ,
    so many are tried, drawn at random by `seed`. The search is by successive halving over
    `futures` futures and keeps `keep` doctrines, or more where they are equally good. They are
    judged in `held_out` futures of another scrambling of the sequence (the next seed, since a
    continuation of the same one would make up for what the first part had too much of).

    Costs one solve for each doctrine and 16 futures; see `progress`. Where types are hidden,
    beliefs stand on a grid of so many points a side as `grid` says.

    Raises:
        ScenarioError: the scenario is impossible in some future, or a doctrine leaves no action.
        KeyError: there is no such actor, doctrine, variable or outcome.
        ValueError: a number is out of range, a metric or an outcome's better direction is missing,
            no adaptive doctrine differs from the plain ones, the metric is not defined for some
            doctrine, or there are no other futures to judge in.
    """
    game = scenario if isinstance(scenario, Game) else compile_game(scenario)
    for what, number in (("held_out", held_out), ("most", most)):
        if number < 1:
            raise ValueError(f"'{what}' is {number}; expected 1 or more")
    if actor not in game.actors:
        raise KeyError(f"'{actor}' is not an actor; {suggestion(actor, game.actors)}")
    chosen, limits = _objectives(game.scenario, actor, tuple(objectives), thresholds or {})
    yardstick = Yardstick(chosen, metric, limits)
    searched, unseen = two_sets(game.scenario, futures, held_out, seed)
    members = tuple(family) if family is not None else declared_family(game.scenario, actor)
    if family is None and not members:
        members = family_of(game, actor)
    if foreign := [member.actor for member in members if member.actor != actor]:
        raise ValueError(f"the family has a doctrine of '{foreign[0]}'; expected all '{actor}'")
    plain = [doctrine for doctrine in game.scenario.doctrines if doctrine.actor == actor]
    tried = _tried(game, plain, members, most, seed)
    candidates: list[_Candidate] = [(None, FREE_CHOICE), *((None, one) for one in plain), *tried]
    always = 1 + len(plain)
    clock = _Clock(
        progress, _most_groups(len(tried), always, futures, len(next(iter(unseen.values()))), keep)
    )

    def performance(positions: Iterable[int], rows: Futures) -> Array:
        doctrines = tuple(candidates[k][1] for k in positions)
        return _solve(game, rows, doctrines, chosen, precision, grid, clock)

    def evaluate(positions: NDArray[np.int64], low: int, high: int) -> Array:
        return performance(positions, {name: row[low:high] for name, row in searched.items()})

    found = successive_halving(
        evaluate, yardstick.scores, len(candidates), futures,
        first=GROUP, keep=keep, always=always,
    )  # fmt: skip
    sets = (found.performance, performance(found.kept, unseen))
    clock.finish()
    judged = _judge(game, yardstick, sets, [candidates[k] for k in found.kept])
    return Adaptation(
        scenario=game.scenario.name,
        hash=game.scenario.hash,
        actor=actor,
        objectives=chosen,
        metric=metric,
        seed=seed,
        family=len(members),
        tried=len(tried),
        rungs=tuple((rung.futures, len(rung.candidates) - always) for rung in found.rungs),
        judged=judged,
        gains=_gains(yardstick, judged, sets, seed),
        search=sets[0],
        held_out=sets[1],
    )


def _objectives(
    scenario: Scenario, actor: str, names: tuple[str, ...], thresholds: Mapping[str, float]
) -> tuple[tuple[Objective, ...], dict[str, float]]:
    """The objectives, and the thresholds by their full names."""
    if not names:
        raise ValueError("no objective is named; expected outcomes, or 'value'")
    for name in thresholds:
        if name not in names:
            raise KeyError(f"there is a threshold for '{name}'; {suggestion(name, names)}")
    found = objectives_of(scenario, actor, names)
    limits = {
        objective.name: thresholds[name]
        for name, objective in zip(names, found, strict=True)
        if name in thresholds
    }
    return found, limits


def two_sets(scenario: Scenario, futures: int, held_out: int, seed: int) -> tuple[Futures, Futures]:
    """Futures to search in, and others to judge in: none is in both."""
    searched, unseen = sample(scenario, futures, seed), sample(scenario, held_out, seed + 1)
    if not searched:
        raise ValueError(f"'{scenario.name}' has no uncertain parameter: all futures are the same")
    known = {row.tobytes() for row in np.stack(list(searched.values()), axis=1)}
    new = [row.tobytes() not in known for row in np.stack(list(unseen.values()), axis=1)]
    if not any(new):
        raise ValueError(
            f"all {held_out} futures held out are among the {futures} searched: the parameters "
            "have too few values to judge in other futures; search fewer"
        )
    return searched, {name: values[new] for name, values in unseen.items()}


def _tried(
    game: Game, plain: list[Doctrine], members: tuple[Adaptive, ...], most: int, seed: int
) -> list[tuple[Adaptive, Doctrine]]:
    """At most so many members that differ, in the order of the family; drawn if there are more."""
    order = np.arange(len(members))
    if len(members) > most:
        order = np.random.default_rng(seed).permutation(len(members))
    place = {member: k for k, member in reversed(list(enumerate(members)))}
    drawn = distinct(game, [None, *plain], (members[k] for k in order))
    tried = sorted(islice(drawn, most), key=lambda pair: place[pair[0]])
    if not tried:
        raise ValueError(
            f"none of {len(members)} adaptive doctrines differs from the plain ones; "
            "expected conditions that can come to hold"
        )
    return tried


def _solve(
    game: Game,
    futures: Futures,
    doctrines: tuple[str | Doctrine, ...],
    objectives: tuple[Objective, ...],
    precision: Precision,
    grid: int,
    clock: _Clock,
) -> Array:
    """Performance, [future, doctrine, objective]; sixteen futures are solved at once."""
    count = len(next(iter(futures.values())))
    parts = []
    for low in range(0, count, GROUP):
        block = {name: values[low : low + GROUP] for name, values in futures.items()}
        numbers = fill(game, block, DTYPES[precision])
        solved = solve_doctrines(game, numbers, doctrines, reuse=True, points=grid)
        parts.append(np.stack([_read(solution, objectives) for solution in solved], axis=1))
        clock.tick(len(doctrines))
    return np.concatenate(parts)


def _read(solution: Solution, objectives: tuple[Objective, ...]) -> Array:
    """[future, objective]"""
    outcomes = [outcome.name for outcome in solution.game.outcomes]
    columns = [
        solution.value[:, solution.game.actors.index(str(objective.actor))]
        if objective.outcome is None
        else solution.outcome[:, outcomes.index(objective.outcome)]
        for objective in objectives
    ]
    return np.stack(columns, axis=1)


def _judge(
    game: Game, yardstick: Yardstick, sets: tuple[Array, Array], kept: list[_Candidate]
) -> tuple[Judged, ...]:
    """Every doctrine that was kept, in the futures searched and in those held out."""
    (search, signs), (held_out, _) = (yardstick.figures(performance) for performance in sets)
    optimism = (search - held_out) * signs
    front = nondominated(held_out * signs, ["higher"] * len(signs))
    judged = []
    for k, (adaptive, doctrine) in enumerate(kept):
        text = ""
        if adaptive is not None and isinstance(doctrine, Doctrine):
            number = 1 + sum(one is not None for one, _ in kept[:k])
            text = doctrine_text(game.scenario, doctrine, f"adaptive-{number}")
        judged.append(
            Judged(
                doctrine=doctrine if isinstance(doctrine, str) else doctrine.name,
                adaptive=adaptive,
                final=adaptive is None or is_final(game, adaptive),
                text=text,
                search=tuple(search[k].tolist()),
                held_out=tuple(held_out[k].tolist()),
                optimism=tuple(optimism[k].tolist()),
                pareto=bool(front[k]),
            )
        )
    return tuple(judged)


def _gains(
    yardstick: Yardstick, judged: tuple[Judged, ...], sets: tuple[Array, Array], seed: int
) -> tuple[Gain, ...]:
    """Best adaptive against best plain doctrine by the search, one gain for each objective."""
    search, held_out = (yardstick.scores(performance) for performance in sets)
    adaptive = np.array([one.adaptive is not None for one in judged])
    first = np.where(adaptive[:, None], search, -np.inf).argmax(axis=0)
    second = np.where(adaptive[:, None], -np.inf, search).argmax(axis=0)
    columns = np.arange(len(first))
    _, signs = yardstick.figures(sets[1])
    futures = len(sets[1])
    draws = np.random.default_rng(seed).integers(futures, size=(RESAMPLES, futures))
    resampled = np.stack([yardstick.figures(sets[1][draw])[0] * signs for draw in draws])
    spread = resampled[:, first, columns] - resampled[:, second, columns]
    gains = []
    for k, objective in enumerate(yardstick.objectives):
        one, other = sets[1][:, first[k], k], sets[1][:, second[k], k]
        low, high = np.quantile(spread[:, k], [0.025, 0.975])
        gains.append(
            Gain(
                objective=objective,
                adaptive=judged[first[k]].doctrine,
                plain=judged[second[k]].doctrine,
                search=float(search[first[k], k] - search[second[k], k]),
                held_out=float(held_out[first[k], k] - held_out[second[k], k]),
                low=float(low),
                high=float(high),
                ahead=float((one > other if objective.better == "higher" else one < other).mean()),
            )
        )
    return tuple(gains)


def _most_groups(tried: int, always: int, futures: int, held_out: int, keep: int) -> int:
    """Doctrines times groups of futures that a search solves, where no two are equally good."""
    total, alive = 0, tried
    low, high = 0, min(GROUP, futures)
    while low < futures:
        total += (alive + always) * -(-(high - low) // GROUP)
        alive = max(min(keep, alive), -(-alive // 2))
        low, high = high, min(2 * high, futures)
    return total + (min(keep, tried) + always) * -(-held_out // GROUP)


@dataclass
class _Clock:
    """Tells how far a search has come."""

    progress: Progress | None
    total: int
    done: int = 0

    def tick(self, groups: int) -> None:
        """So many more are solved; more than was told, where candidates are equally good."""
        self.done += groups
        if self.progress:
            self.progress(min(self.done, self.total), self.total)

    def finish(self) -> None:
        """All are solved."""
        if self.progress:
            self.progress(self.total, self.total)
