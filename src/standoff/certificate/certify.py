"""Certifying a solution: all that can be checked of it by a program that solves nothing."""

from __future__ import annotations

import numpy as np

from standoff.certificate.believing import certify_hidden
from standoff.certificate.certificate import Certificate
from standoff.certificate.chain import Chain, Reals, chain_of
from standoff.certificate.check import Worst
from standoff.certificate.course import course
from standoff.certificate.evaluation import Moment, moments
from standoff.certificate.hidden import check_unaware
from standoff.certificate.plays import draw
from standoff.certificate.probability import check_chances, check_choices
from standoff.certificate.regret import OneShot, check_regrets
from standoff.certificate.response import check_choice, reply
from standoff.certificate.tolerance import Tolerance, tolerances
from standoff.game import find_doctrine
from standoff.solver import Concept, Solution

PLAYS = 1 << 14
"""How many plays are drawn if nothing else is said."""

_CLAIMS = {
    "chances": "the chances of what may follow sum to one",
    "choices": "every choice is a distribution over what is open",
    "values": "the policies are worth, backward, what the solution says",
    "course": "the start, pushed forward, collects what it is worth backward",
    "mass": "the probabilities of all states sum to one",
    "response": "every choice is the quantal response to what the actions are worth",
    "reply": "a best reply gains nothing less than 0, nor more than single moves allow",
    "plays": "plays drawn at random bring on average what is expected",
}
_LIMIT = "every action taken is as good as the best, in points of payoff, and shares are equal"


def certify(solution: Solution, row: int = 0, *, plays: int = PLAYS, seed: int = 0) -> Certificate:
    """Checks one future of a solution, in NumPy and sparse matrices.

    From the game, its numbers in this future and the kept policies it computes anew: values and
    outcomes backward, their expectation forward, best replies, the policies that the solution's
    concept asks for, and the mean of `plays` plays drawn with `seed`. What each difference is held
    to follows from the number of steps, the scale of the payments and the solution's precision; see
    `docs/certificates.md`.

    Where types are hidden, other things are checked, and the certificate notes which were not: see
    `certify_hidden`.

    Under a doctrine that is not announced the others play as in free choice. Their policies are
    held against that: free choice is evaluated with the same policies of theirs, and with the bound
    actor, all its actions open, replying to them as the concept asks. The certificate notes it.

    Raises:
        ValueError: the solution did not keep its policies, or `plays` is below 1.
        IndexError: there is no such row.
    """
    if plays < 1:
        raise ValueError(f"plays is {plays}; expected at least 1")
    if solution.learned is not None:
        return certify_hidden(solution, row)
    game, precision = solution.game, solution.numbers.chances.dtype
    chain = chain_of(solution, row)
    tolerance = tolerances(chain, precision)
    claims = _CLAIMS | ({"response": _LIMIT} if solution.concept is Concept.LIMIT else {})
    found = {name: Worst(name, claim) for name, claim in claims.items()}
    notes: tuple[str, ...] = ()
    doctrine = find_doctrine(game, solution.doctrine)
    bound = None
    if doctrine is not None and not doctrine.announced:
        bound = game.actors.index(doctrine.actor)
        notes = (check_unaware(chain, solution.concept, tolerance, bound, found["response"]),)
    check_chances(chain, tolerance, found["chances"])
    _check_kept(chain, tolerance, game.periods, chain.row.horizon, found["values"])
    one_shots = [OneShot(actor) for actor in game.actors]
    for moment in moments(chain):
        check_choices(chain, tolerance, moment, found["choices"])
        if moment.move == 0:
            _check_kept(chain, tolerance, moment.period, moment.value, found["values"])
        free = chain.open_options[moment.move][moment.period]
        for member, own in enumerate(moment.turn.own):
            faced = reply(moment.turn, member, moment.policy, moment.q, free)
            one_shots[own.actor].look(chain, moment, faced)
            if bound in (None, own.actor):
                check_choice(
                    chain, solution.concept, tolerance, moment, faced, found["response"],
                    alone=bound is not None,
                )  # fmt: skip
    value, variance, best = _at_start(chain, moment)
    _check_start(chain, tolerance, solution, row, value, found["values"])
    regrets = check_regrets(one_shots, value, best, tolerance, found["reply"])
    _check_forward(chain, tolerance, value, found["course"], found["mass"])
    drawn = draw(chain, plays, seed)
    _check_plays(chain, tolerance, plays, value, np.sqrt(variance), drawn, found["plays"])
    return Certificate(
        scenario=game.scenario.name,
        hash=game.scenario.hash,
        doctrine=solution.doctrine,
        concept=solution.concept.value,
        precision="single" if precision == np.float32 else "double",
        row=row,
        checks=tuple(worst.check() for worst in found.values()),
        regrets=regrets,
        plays=plays,
        seed=seed,
        notes=notes,
    )


def _at_start(chain: Chain, first: Moment) -> tuple[Reals, Reals, Reals]:
    """Mean and variance of what every channel is worth at the start, and of the best replies."""
    game = chain.game
    mean, square = np.zeros((2, game.channels))
    best = np.zeros(len(game.actors))
    over = chain.over(0)
    for start in game.starts:
        if start.is_over:
            value = over[start.place]
            variance, reply = np.zeros(game.channels), value[: len(game.actors)]
        else:
            value, variance, reply = (
                each[start.place] for each in (first.value, first.variance, first.best)
            )
        mean += start.probability * value
        square += start.probability * (variance + value**2)
        best += start.probability * reply
    sure = len(game.starts) == 1
    return mean, variance if sure else np.maximum(square - mean**2, 0.0), best


def _check_kept(
    chain: Chain, tolerance: Tolerance, period: int, value: Reals, found: Worst
) -> None:
    """Holds the values that the solution kept of a period against those recomputed."""
    game, actors, held = chain.game, chain.game.actors, chain.kept[period]
    again = value[: len(held), : len(actors)]
    when = "at the horizon" if period == game.periods else f"before period {period + 1}"
    found.look(
        np.abs(held - again),
        tolerance.value[: len(actors)],
        lambda i: (
            f"the payoff of {actors[i[1]]} {when} is said to be {held[i]:.10g} and is "
            f"{again[i]:.10g}, in {game.describe(0, i[0])}"
        ),
    )


def _check_start(
    chain: Chain, tolerance: Tolerance, solution: Solution, row: int, value: Reals, found: Worst
) -> None:
    """Holds what the solution says of the start against what was recomputed."""
    said = np.concatenate([solution.value[row], solution.outcome[row]])
    again = _reported(chain, value)
    found.look(
        np.abs(said - again),
        tolerance.value,
        lambda i: f"{_channel(chain, i[0])} is said to be {said[i]:.10g} and is {again[i]:.10g}",
    )


def _check_forward(
    chain: Chain, tolerance: Tolerance, value: Reals, found: Worst, mass: Worst
) -> None:
    """Holds the expectation along the course, and the mass on it."""
    pushed = course(chain)
    backward, forward = _reported(chain, value), _reported(chain, pushed.expectation)
    found.look(
        np.abs(backward - forward),
        tolerance.again,
        lambda i: (
            f"{_channel(chain, i[0])} is {backward[i]:.10g} backward and {forward[i]:.10g} forward"
        ),
    )
    mass.look(
        np.abs(pushed.mass - 1.0),
        tolerance.mass,
        lambda i: f"after {i[0]} periods the probabilities sum to {pushed.mass[i]:.10g}",
    )


def _check_plays(
    chain: Chain, tolerance: Tolerance, plays: int, value: Reals, deviation: Reals, mean: Reals,
    found: Worst,
) -> None:  # fmt: skip
    """Holds the mean of so many plays against the expectation, in standard errors."""
    exact, drawn = _reported(chain, value), _reported(chain, mean)
    missed = np.maximum(np.abs(drawn - exact) - tolerance.average(plays), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(missed == 0.0, 0.0, missed * np.sqrt(plays) / deviation)
    found.look(
        score,
        tolerance.plays(deviation, plays),
        lambda i: (
            f"{_channel(chain, i[0])} is {exact[i]:.6g}, and {drawn[i]:.6g} in {plays:,} plays"
        ),
    )


def _reported(chain: Chain, channels: Reals) -> Reals:
    """Channels as they are reported: `first time` as the periods before it, not those left."""
    kinds = [outcome.kind for outcome in chain.game.outcomes]
    late = np.array([False] * len(chain.game.actors) + [kind == "first time" for kind in kinds])
    return np.where(late, chain.game.periods - channels, channels)


def _channel(chain: Chain, channel: int) -> str:
    """What a channel is, in words."""
    actors = chain.game.actors
    if channel < len(actors):
        return f"the payoff of {actors[channel]}"
    return f"outcome '{chain.game.outcomes[channel - len(actors)].name}'"
