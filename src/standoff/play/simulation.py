"""Playing a crisis out, many times: what it comes to, on average and in its spread."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standoff.game import GROUP, Game, Numbers, compile_game, fill
from standoff.play import kernels
from standoff.play.draws import MOST, key_of
from standoff.play.tables import Board, Odds, Words, board_of, choices_of, odds_of
from standoff.play.unsuited import refuse_hidden
from standoff.scenario import FREE_CHOICE, Scenario
from standoff.solver import Solution, solve_doctrines

if TYPE_CHECKING:
    import xarray

Reals = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Levels of the quantiles."""

JOB = 1 << 14
"""Replications that one worker plays at a time; quantiles are those of the first job."""

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
    expected: Reals  # [future, doctrine, channel], exact, from the solutions
    mean: Reals  # [future, doctrine, channel]
    variance: Reals
    """Among replications, [future, doctrine, doctrine, channel]: on the diagonal of a doctrine, off
    it of the difference of two in the same replication; nan where there is one replication only."""
    quantile: Reals  # [future, doctrine, level, channel], of the first `JOB` replications
    totals: Reals | None
    """Every replication, [future, doctrine, replication, channel], where these were kept."""

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
        arrays = {}
        for name, (dimensions, array) in parts.items():
            arrays[f"value{name}"] = ((*dimensions, "actor"), array[..., :actors])
            arrays[f"outcome{name}"] = ((*dimensions, "outcome"), array[..., actors:])
        return xr.Dataset(
            arrays,
            coords={
                "doctrine": list(self.doctrines),
                "level": list(LEVELS),
                "actor": list(self.quantities[:actors]),
                "outcome": list(self.quantities[actors:]),
            },
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
) -> Simulation:
    """Solves a game and plays it out, `replications` times in every future and doctrine.

    `parameters` is as in `solve`. Every replication of a future meets the same draws whatever the
    doctrine (common random numbers): differences between doctrines are much surer than either
    (Law 2015, ch. 11). The same call gives the same bytes whatever the number of `workers`, which
    are threads; by default as many as there are processors.

    Raises:
        ScenarioError: as `solve`.
        KeyError: no such parameter or doctrine; the message has the nearest name.
        HiddenError: something is hidden in the game under a doctrine.
        ValueError: a number of replications, futures or workers that cannot be; a seed that is no
            number of 64 bits.
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
    for name in doctrines:
        refuse_hidden(
            game, name, "courses cannot be played out",
            "exact expectations are those of solve and run",
        )  # fmt: skip
    numbers = fill(game, parameters, np.float64)
    board = board_of(game)
    shape = (numbers.rows, len(doctrines))
    expected, mean = (np.empty((*shape, game.channels)) for _ in range(2))
    variance = np.empty((*shape, len(doctrines), game.channels))
    quantile = np.empty((*shape, len(LEVELS), game.channels))
    totals = np.empty((*shape, replications, game.channels)) if keep_totals else None
    held = max(1, min(GROUP, _TABLES // max(1, 4 * board.choices * len(doctrines))))
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for begin in range(0, numbers.rows, GROUP):
            group = _group(numbers, begin)
            for low in range(0, group.rows, held):
                rows = range(low, min(low + held, group.rows))
                choices = np.empty((len(rows), len(doctrines), board.choices), np.uint32)
                solutions = solve_doctrines(game, group, doctrines, keep=True, reuse=True)
                for d, solution in enumerate(solutions):
                    expected[begin : begin + group.rows, d] = _expected(solution)
                    for k, row in enumerate(rows):
                        choices[k, d] = choices_of(board, solution, row)
                for k, row in enumerate(rows):
                    future = begin + row
                    played = _play(
                        pool, board, odds_of(game, board, group, row), choices[k], key, future,
                        replications, expected[future], None if totals is None else totals[future],
                    )  # fmt: skip
                    mean[future], variance[future], quantile[future] = played
    return Simulation(
        game, doctrines, replications, seed, expected, mean, variance, quantile, totals
    )


def _group(numbers: Numbers, begin: int) -> Numbers:
    """The group of rows that begins with row `begin`."""
    g = begin // GROUP
    return replace(
        numbers,
        rows=min(GROUP, numbers.rows - begin),
        chances=numbers.chances[g : g + 1],
        payoffs=numbers.payoffs[g : g + 1],
        rationality=numbers.rationality[g : g + 1],
        discount=numbers.discount[g : g + 1],
    )


def _expected(solution: Solution) -> Reals:
    """Exact expectations, [row, channel]."""
    return np.concatenate([solution.value, solution.outcome], axis=1)


def _play(
    pool: ThreadPoolExecutor,
    board: Board,
    odds: Odds,
    choices: Words,
    key: Words,
    future: int,
    replications: int,
    expected: Reals,
    totals: Reals | None,
) -> tuple[Reals, Reals, Reals]:
    """Means, variances and quantiles of one future; jobs are summed in their order."""
    doctrines, channels = expected.shape
    sample = np.empty((doctrines, min(JOB, replications), channels))
    if totals is not None:
        sample = totals[:, : sample.shape[1]]
    play = partial(_job, board, odds, choices, key, future, replications, expected)
    rooms = (
        sample if begin == 0
        else np.empty((doctrines, 0, channels)) if totals is None
        else totals[:, begin : begin + JOB]
        for begin in range(0, replications, JOB)
    )  # fmt: skip
    sums, squares = np.zeros((doctrines, channels)), np.zeros((doctrines, doctrines, channels))
    for more_sums, more_squares in pool.map(play, range(0, replications, JOB), rooms):
        sums += more_sums
        squares += more_squares
    shift = sums / replications
    with np.errstate(invalid="ignore", divide="ignore"):
        common = shift[:, None] - shift[None, :]
        common[np.diag_indices(doctrines)] = shift
        variance = np.maximum(squares - replications * common**2, 0) / np.float64(replications - 1)
    quantile = np.quantile(sample, LEVELS, axis=1, method="inverted_cdf").swapaxes(0, 1)
    return expected + shift, variance, quantile


def _job(
    board: Board,
    odds: Odds,
    choices: Words,
    key: Words,
    future: int,
    replications: int,
    expected: Reals,
    begin: int,
    totals: Reals,
) -> tuple[Reals, Reals]:
    """Sums and sums of squares of deviations from `expected` over one job; see `kernels.play`."""
    doctrines, channels = expected.shape
    sums, squares = np.empty((doctrines, channels)), np.empty((doctrines, doctrines, channels))
    unrecorded = np.empty((doctrines, 0, 0, 0), np.int32)
    kernels.play(
        board, odds, choices, key, future, begin, min(JOB, replications - begin), expected,
        sums, squares, totals, unrecorded, unrecorded,
    )  # fmt: skip
    return sums, squares
