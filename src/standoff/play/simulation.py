"""Playing a crisis out, many times: what it comes to, on average and in its spread."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.game import GROUP, Game, Numbers, compile_game, fill, find_doctrine
from standoff.play.believing import Believing, Reading, believing, credences_of, reading
from standoff.play.cast import Cast, casts_of, words_of
from standoff.play.draws import MOST, key_of
from standoff.play.jobs import LEVELS, Kept, Played, play
from standoff.play.receipts import received
from standoff.play.tables import board_of, choices_of, odds_of
from standoff.scenario import FREE_CHOICE, Scenario
from standoff.solver import (
    POINTS,
    Beliefs,
    Solution,
    beliefs_of,
    needs_beliefs,
    solve_doctrines,
)

if TYPE_CHECKING:
    import xarray

Reals = NDArray[np.float64]

_TABLES = 1 << 30
"""Bytes that the choice tables of the futures in hand may take, if there are several futures."""


@dataclass(frozen=True)
class Difference:
    """One doctrine less another in the same courses of chance; arrays are [future, channel]."""

    expected: Reals
    mean: Reals
    error: Reals
    """Standard error of the mean, of paired replications."""


@dataclass(frozen=True)
class Simulation:
    """A game played out; channels are the actors' payoffs, then the outcomes."""

    game: Game
    doctrines: tuple[str, ...]
    replications: int
    seed: int
    expected: Reals
    """[future, doctrine, channel], exact: from the solutions, but where something is hidden, for
    payoffs, see `receipts`."""
    mean: Reals  # [future, doctrine, channel]
    variance: Reals
    """Among replications, [future, doctrine, doctrine, channel]: on the diagonal of a doctrine, off
    it of the difference of two in the same replication; nan where there is one replication only."""
    quantile: Reals  # [future, doctrine, level, channel], of the first `JOB` replications
    totals: Reals | None
    """Every replication, [future, doctrine, replication, channel], where these were kept."""
    believing: Believing | None = None
    """What was believed; None where nothing is hidden under any of the doctrines."""

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the channels: actors, for their payoffs, then outcomes."""
        return (*self.game.actors, *(outcome.name for outcome in self.game.outcomes))

    @cached_property
    def error(self) -> Reals:
        """Standard errors of the means, [future, doctrine, channel]."""
        return np.asarray(np.sqrt(np.einsum("fddc->fdc", self.variance) / self.replications))

    def difference(self, doctrine: str, other: str) -> Difference:
        """What following `doctrine` rather than `other` changes.

        Raises:
            ValueError: one of them was not played.
        """
        one, two = self.doctrines.index(doctrine), self.doctrines.index(other)
        return Difference(
            self.expected[:, one] - self.expected[:, two],
            self.mean[:, one] - self.mean[:, two],
            np.sqrt((one != two) * self.variance[:, one, two] / self.replications),
        )

    def to_xarray(self) -> xarray.Dataset:
        """All arrays by name, with dimensions `future`, `doctrine`, `level`, `actor`, `outcome`.

        `value_mean` and `outcome_mean` are means, `_error` instead their standard errors, `_exact`
        expectations, `_quantile` quantiles, and `_total`, where they were kept, all replications.
        What was believed is in `belief_mean`, `_error` and `_quantile`, with dimensions `period`
        and `credence`, and in `belief_share`, how often it was so.
        """
        import xarray as xr

        actors = len(self.game.actors)
        axes = ("future", "doctrine")
        parts: dict[str, tuple[tuple[str, ...], Reals]] = {
            "_mean": (axes, self.mean),
            "_error": (axes, self.error),
            "_exact": (axes, self.expected),
            "_quantile": ((*axes, "level"), self.quantile),
        }
        if self.totals is not None:
            parts["_total"] = ((*axes, "replication"), self.totals)
        arrays: dict[str, tuple[tuple[str, ...], Any]] = {}
        for name, (dimensions, array) in parts.items():
            arrays[f"value{name}"] = ((*dimensions, "actor"), array[..., :actors])
            arrays[f"outcome{name}"] = ((*dimensions, "outcome"), array[..., actors:])
        coordinates = {
            "doctrine": list(self.doctrines),
            "level": list(LEVELS),
            "actor": list(self.quantities[:actors]),
            "outcome": list(self.quantities[actors:]),
        }
        if self.believing:
            coordinates["credence"] = [str(one) for one in self.believing.credences]
            by_period = (*axes, "period", "credence")
            arrays |= {
                "belief_mean": (by_period, self.believing.mean),
                "belief_error": (by_period, self.believing.error),
                "belief_quantile": (
                    (*axes, "level", "period", "credence"), self.believing.quantile
                ),
                "belief_share": ((*axes, "credence"), self.believing.share),
                "value_foreseen": ((*axes, "actor"), self.believing.foreseen),
            }  # fmt: skip
        return xr.Dataset(
            arrays,
            coords=coordinates,
            attrs={
                "scenario": self.game.scenario.name,
                "hash": self.game.scenario.hash,
                "seed": self.seed,
                "replications": self.replications,
            },
        )


def simulate(
    game: Game | Scenario,
    parameters: Mapping[str, ArrayLike] | None = None,
    doctrine: str | Sequence[str] = FREE_CHOICE,
    *,
    replications: int = 100_000,
    seed: int = 0,
    workers: int | None = None,
    keep_totals: bool = False,
    points: int = POINTS,
) -> Simulation:
    """Solves a game and plays it out, `replications` times in every future and doctrine.

    `parameters` is as in `solve`. Every replication of a future meets the same draws whatever the
    doctrine (common random numbers): differences between doctrines are much surer than either
    (Law 2015, ch. 11). The same call gives the same bytes whatever the number of `workers`, which
    are threads; by default as many as there are processors. Where types are hidden they are drawn
    in each replication, the same under every doctrine, and beliefs stand on a grid of so many
    `points` a side.

    Raises:
        ScenarioError: as `solve`.
        KeyError: no such parameter or doctrine; the message has the nearest name.
        ValueError: a number of replications, futures, workers or points that cannot be; a seed that
            is no number of 64 bits.
    """
    if isinstance(game, Scenario):
        game = compile_game(game)
    if not 1 <= replications <= MOST:
        raise ValueError(f"replications is {replications}; expected a number from 1 to 2**32")
    if workers is not None and workers < 1:
        raise ValueError(f"workers is {workers}; expected at least 1")
    key = key_of(seed)
    doctrines = tuple(dict.fromkeys([doctrine] if isinstance(doctrine, str) else doctrine))
    if not doctrines:
        raise ValueError("no doctrine is given; expected at least one")
    numbers = fill(game, parameters, np.float64)
    board = board_of(game)
    grids = [_beliefs(game, numbers, name, points) for name in doctrines]
    hidden = any(one is not None for one in grids)
    asked = credences_of(game, doctrines, grids)
    expected = np.empty((numbers.rows, len(doctrines), game.channels))
    foreseen = np.empty((numbers.rows, len(doctrines), len(game.actors)))
    kept = _room(game, numbers, len(doctrines), replications, hidden) if keep_totals else None
    played: list[Played] = []
    read: list[list[Reading]] = []
    words = sum(words_of(board, game, one) if one else board.choices for one in grids)
    held = max(1, min(GROUP, _TABLES // max(1, 4 * words)))
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for begin in range(0, numbers.rows, GROUP):
            group = _group(numbers, begin)
            for low in range(0, group.rows, held):
                rows = range(low, min(low + held, group.rows))
                tables = [np.empty((len(doctrines), board.choices), np.uint32) for _ in rows]
                casts: list[list[Cast | None]] = [[] for _ in rows]
                read += [[] for _ in rows]
                solutions = solve_doctrines(
                    game, group, doctrines, keep=True, reuse=True, points=points
                )
                for d, solution in enumerate(solutions):
                    cast_of_row = casts_of(board, solution, rows)
                    for k, row in enumerate(rows):
                        expected[begin + row, d] = _expected(solution)[row]
                        foreseen[begin + row, d] = solution.value[row]
                        if solution.learned is None:
                            tables[k][d] = choices_of(board, solution, row)
                        casts[k].append(cast_of_row[k])
                        read[begin + row].append(reading(solution, asked, row))
                for k, row in enumerate(rows):
                    future = begin + row
                    odds = odds_of(game, board, group, row)
                    for d, cast in enumerate(casts[k]):
                        one = grids[d]
                        if cast is not None and one is not None:
                            paid = received(board, odds, cast, one, future)
                            expected[future, d, : len(game.actors)] = paid
                    room = kept.future(future) if kept else None
                    result = play(
                        pool, board, odds, tables[k], casts[k], key, future, replications,
                        expected[future], room,
                    )  # fmt: skip
                    played.append(result)
    return Simulation(
        game,
        doctrines,
        replications,
        seed,
        expected,
        np.array([one.mean for one in played]),
        np.array([one.variance for one in played]),
        np.array([one.quantile for one in played]),
        kept.totals if kept else None,
        believing(asked, foreseen, read, played, kept) if hidden else None,
    )


def _beliefs(game: Game, numbers: Numbers, name: str, points: int) -> Beliefs | None:
    """The belief grid of a doctrine; None where nothing is hidden."""
    doctrine = find_doctrine(game, name)
    return beliefs_of(game, numbers, doctrine, points) if needs_beliefs(game, doctrine) else None


def _room(game: Game, numbers: Numbers, doctrines: int, replications: int, hidden: bool) -> Kept:
    """Room for every replication."""
    shape = (numbers.rows, doctrines, replications)
    secret = shape if hidden else (*shape[:2], 0)
    return Kept(
        np.empty((*shape, game.channels)),
        np.zeros((*secret, len(game.actors)), np.int8),
        np.zeros(secret, np.int64),
    )


def _group(numbers: Numbers, begin: int) -> Numbers:
    """The group of rows that begins with row `begin`."""
    g = begin // GROUP
    return replace(
        numbers,
        rows=min(GROUP, numbers.rows - begin),
        parameters={k: row[begin : begin + GROUP] for k, row in numbers.parameters.items()},
        chances=numbers.chances[g : g + 1],
        payoffs=numbers.payoffs[g : g + 1],
        rationality=numbers.rationality[g : g + 1],
        discount=numbers.discount[g : g + 1],
    )


def _expected(solution: Solution) -> Reals:
    """Exact expectations, [row, channel]."""
    return np.concatenate([solution.value, solution.outcome], axis=1)
