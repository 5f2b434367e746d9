"""Games of the literature with hidden types, as scenario files and on the grid of beliefs.

Figures of equilibria were found by following the branch of the whole game from rationality 0, by
a program that shares nothing with this one, and by Gambit 16.7.0; those of the limit are closed
forms.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import interpn

import standoff
from standoff.explore import sample
from standoff.game import fill
from standoff.scenario import FREE_CHOICE, Belief, ScenarioError, load, loads, variant
from standoff.solver import Concept, Solution, beliefs_of, solve, solve_doctrines
from standoff.solver.hidden import solve_hidden

Array = NDArray[np.float64]
Rows = dict[str, ArrayLike]

LADDER = """
standoff: 1
name: ladder
title: Two who climb in turn, each with its own dread of the fall
time: {period: round, periods: 2}
parameters:
  precision: {value: 10, range: [1, 50], why: rationality, basis: assumed}
variables:
  rung: {levels: 4}
  end: {ladder: [open, first yields, second yields, disaster]}
order: [first, second]
ends: end > open or rung == 4
actors:
  first:
    types: {tough: 0.3, soft: 0.7}
    rationality: precision
    final: (end == second_yields) - (0.5 if tough else 3) * (end == disaster)
    actions:
      escalate:
        set: {rung: rung + 1}
        chance: [{p: 0.1 * (rung + 1), set: {end: disaster}}]
      quit: {set: {end: first_yields}}
  second:
    types: {tough: 0.3, soft: 0.7}
    rationality: precision
    final: (end == first_yields or end == open) - (0.5 if tough else 3) * (end == disaster)
    actions:
      escalate:
        set: {rung: rung + 1}
        chance: [{p: 0.1 * (rung + 1), set: {end: disaster}}]
      quit: {set: {end: second_yields}}
"""
"""Hazards of .1 to .4, a prize of 1, and disaster .5 to the tough, 3 to the soft."""

ASYMMETRIC = """
standoff: 1
name: asymmetric
title: Deterrence in two moves, the defender's mind unknown
time: {period: move, periods: 1}
parameters:
  precision: {value: 1, range: [1, 50], why: rationality, basis: assumed}
  hard: {value: 0.3, range: [0, 1], why: chance of a hard defender, basis: assumed}
variables:
  end: {ladder: [open, status quo, challenged, given in, conflict]}
order: [challenger, defender]
ends: end == status_quo or end >= given_in
actors:
  challenger:
    rationality: precision
    final: 0.5 * (end == status_quo) + (end == given_in)
    actions:
      keep: {set: {end: status_quo}}
      challenge: {set: {end: challenged}}
  defender:
    types: {firm: hard, yielding: 1 - hard}
    rationality: precision
    final: (end == status_quo) + 0.2 * (end == given_in)
      + (end == conflict) * (0.4 if firm else -0.3)
    actions:
      give in: {set: {end: given_in}}
      fight: {set: {end: conflict}}
"""


@cache
def game(name: str, periods: int = 0) -> standoff.Game:
    """A packaged scenario or a text, in so many periods if told."""
    scenario = loads(name) if "\n" in name else load(name)
    if periods:
        before, after = scenario.text.split("periods: 10", 1)
        scenario = loads(f"{before}periods: {periods}{after}")
    return standoff.compile(scenario)


def chosen(
    solution: Solution,
    actor: str,
    action: str,
    *beliefs: float,
    state: str = "",
    kind: int = 0,
    period: int = 0,
    move: int | None = None,
) -> Array:
    """The probability of an action, [row], at beliefs: of each typed actor in its second type.

    `state` is a label of the first variable; policies are interpolated as values are.
    """
    one = solution.game
    assert solution.learned is not None
    sides = [side.side for side in solution.learned.ground.beliefs.sides if side.learns]
    policy = solution.policy_by_type(actor, period, move)
    table = policy.reshape(*reversed(sides), *policy.shape[1:])
    grids = tuple(np.linspace(0, 1, side) for side in reversed(sides))
    k = next(k for k, m in enumerate(one.moves) if m.name == actor) if move is None else move
    labels = one.scenario.variables[0].labels
    states = one.moves[k].states[:, 0]
    where = int(np.flatnonzero(states == labels.index(state))[0]) if state else 0
    actions = [a.name for a in next(a for a in one.scenario.actors if a.name == actor).actions]
    table = table[..., kind, where, actions.index(action), :]
    found = interpn(grids, table, np.array([beliefs[::-1]]))
    return np.asarray(found[0], np.float64)


def bayes(prior: float, first: float, second: float) -> float:
    """The belief in the second type after an action that the two types choose so often."""
    return prior * second / (prior * second + (1 - prior) * first)


# ── Reputation: Kreps & Wilson 1982, J. Econ. Theory 27(2) ───────────────────────────────────────

CHAIN_3 = {
    5: (0.591624, 0.362070, 0.532167, 0.312884, 0.501834),
    20: (0.868743, 0.339450, 0.516602, 0.331928, 0.517442),
    300: (1.0, 0.333358, 0.500962, 0.333329, 0.501155),
}
"""First enters; weak fights it; second enters after a fight; weak fights it; third enters."""


def chain(points: int, rationality: list[float]) -> Solution:
    """Three markets; an incumbent of the tough kind always fights."""
    rows: Rows = {"rationality": rationality, "pride": 30}
    return solve(game("chain-store", 3), rows, points=points, keep_policies=True)


def chain_figures(solution: Solution, row: int) -> tuple[float, ...]:
    """The five probabilities of `CHAIN_3`; the second type of the incumbent is the weak one."""
    figures = []
    weak = 0.9
    for period, market in enumerate(("open", "fought", "fought")):
        enters = chosen(solution, "entrant", "enter", weak, state=market, period=period)
        figures.append(float(enters[row]))
        if period < 2:
            fights = chosen(
                solution, "incumbent", "fight", weak, state="entered", kind=1, period=period
            )
            figures.append(float(fights[row]))
            weak = bayes(weak, 1.0, figures[-1])
    return tuple(figures)


def test_reputation_in_three_markets() -> None:
    """The chain store in three markets is that of the exact game, for three rationalities."""
    solution = chain(201, [*CHAIN_3])
    assert not solution.lost.any()
    for row, expected in enumerate(CHAIN_3.values()):
        assert chain_figures(solution, row) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(
    ("points", "published", "error"),
    [
        (21, (0.864642, 0.341422), 5e-3),
        (101, (0.868631, 0.339505), 2e-4),
        (1001, (0.868743, 0.339451), 2e-6),
    ],
)
def test_reputation_on_finer_grids(
    points: int, published: tuple[float, float], error: float
) -> None:
    """At rationality 20 the error falls with the square of the step, as in a prototype."""
    enters, fights, *_ = chain_figures(chain(points, [20]), 0)
    assert (enters, fights) == pytest.approx(published, abs=2e-6)
    assert (enters, fights) == pytest.approx((0.8687434918, 0.3394503101), abs=error)


def test_reputation_in_ten_markets() -> None:
    """In the limit the first N - k + 1 entrants stay out, k the least m with bᵐ < prior, and the
    weak are worth a for each; where bᵐ is the prior, the next stays out with chance 1/a.
    """
    priors, deterred, worth = [0.01, 0.05, 0.1, 0.25, 0.3], [4, 6, 7, 8, 9], [8, 12, 14, 17, 18]
    rows: Rows = {"doubt": priors, "rationality": 200, "pride": 30}
    solution = solve(game("chain-store"), rows, points=101, keep_policies=True)
    found = solution.value_by_type[Belief("incumbent", "weak")]
    assert found == pytest.approx(worth, abs=5e-3)
    enters = solution.course.choices[:, 0, 1, : len(priors)]
    assert solution.course.choices[0, 0, :2, 0].sum() == pytest.approx(1)
    for row, number in enumerate(deterred):
        assert (enters[:number, row] < 1e-3).all()
        assert enters[number, row] > 0.4


def test_without_doubt_nobody_is_deterred() -> None:
    """Selten 1978, Theory and Decision 9: who is known to be weak is never left alone."""
    solution = solve(game("chain-store"), {"doubt": 0, "rationality": 50})
    assert solution.outcome[0, 0] == pytest.approx(10, abs=1e-6)


# ── Deterrence: Zagare & Kilgour 2000, *Perfect Deterrence* ──────────────────────────────────────

UNILATERAL = {
    "certain": (0.7, 0.5, {1: (0.480808541, 0.437915079, 0.598353596, 0.524112387),
                           5: (0.316021118, 0.133077338, 0.850847938, 0.463357741),
                           20: (0.159370889, 0.003019071, 0.984749536, 0.000510017)}),
    "separating": (0.5, 0.5, {1: (0.483873056, 0.442035325, 0.598364348, 0.524140284),
                              5: (0.370825664, 0.177436780, 0.855197736, 0.484981766),
                              20: (0.729876640, 0.118637376, 0.994134542, 0.005663577)}),
    "attack": (0.2, 0.8, {1: (0.490435888, 0.450880138, 0.594199309, 0.513342251),
                          5: (0.577456255, 0.411323748, 0.825903314, 0.352553734),
                          20: (0.993377013, 0.976586102, 0.996279860, 0.017561431)}),
    "bluff": (0.2, 0.3, {1: (0.487104480, 0.446386865, 0.601279787, 0.531707649),
                         5: (0.356718219, 0.165342454, 0.883384230, 0.636958961),
                         20: (0.805758806, 0.198900248, 0.999022090, 0.336883194),
                         100: (0.999987830, 0.273603778, 1.0, 0.262205183)}),
}  # fmt: skip
"""Region → (chance of a hard defender, of a hard challenger), and for each rationality in units of
the largest payoff: challenge, if hard and if soft; denial, if hard and if soft."""


@pytest.mark.parametrize("region", UNILATERAL)
def test_unilateral_deterrence(region: str) -> None:
    """Certain deterrence, separation, attack and bluff are told apart as the exact game does."""
    defender, challenger, figures = UNILATERAL[region]
    rows: Rows = {
        "hard defender": defender,
        "hard challenger": challenger,
        "rationality": np.array([*figures]) / 100,
    }
    solution = solve(game("perfect-deterrence"), rows, points=61, keep_policies=True)
    found = np.empty((4, len(figures)))
    for kind in (0, 1):
        found[kind] = chosen(
            solution, "challenger", "challenge", 1 - challenger, 1 - defender,
            state="open", kind=kind, move=0,
        )  # fmt: skip
    for row in range(len(figures)):
        soft = bayes(1 - challenger, *found[:2, row])
        for kind in (0, 1):
            found[2 + kind, row] = chosen(
                solution, "defender", "deny", soft, 1 - defender,
                state="challenged", kind=kind,
            )[row]  # fmt: skip
    for row, expected in enumerate(figures.values()):
        # The steeper a choice is in what is believed, the more a step of the grid counts.
        error = 2e-5 if row < 2 else 2e-4 if row == 2 else 2e-3
        assert found[:, row] == pytest.approx(expected, abs=error)


def test_thresholds_of_the_theory() -> None:
    """At high rationality the soft defender's and challenger's mixtures are those of the theory."""
    terms = {"hard defender": 0.2, "hard challenger": 0.3, "rationality": 10}
    solution = solve(game("perfect-deterrence"), terms, points=61, keep_policies=True)
    bluffs = chosen(solution, "challenger", "challenge", 0.7, 0.8, state="open", kind=1, move=0)
    # c_S = (100 - 60) / 100, d* = (80 - 20) / (80 + 20): x = p(1 - d*) / ((1 - p) d*).
    assert bluffs[0] == pytest.approx(0.3 * 0.4 / (0.7 * 0.6), abs=1e-2)


@pytest.mark.parametrize(
    ("hard", "figures"),
    [
        (0.3, (0.517685452, 0.757295431, 0.983813865)),
        (0.7, (0.500463500, 0.456983531, 0.023011845)),
    ],
)
def test_one_threat(hard: float, figures: tuple[float, ...]) -> None:
    """Rudimentary asymmetric deterrence: challenged above or below a credibility of one half."""
    rows: Rows = {"precision": [1, 5, 20], "hard": hard}
    solution = solve(game(ASYMMETRIC), rows, keep_policies=True)
    challenged = solution.course.choices[0, 0, 1, :3]
    assert challenged == pytest.approx(figures, abs=1e-8)


# ── Signals: Cho & Kreps 1987, Q. J. Econ. 102(2) ────────────────────────────────────────────────


def test_beer_and_quiche() -> None:
    """All come to drink beer as rationality grows, as in the exact game; nobody pools on quiche."""
    solution = solve(
        game("beer-quiche"), {"rationality": [1, 2, 5]}, points=101, keep_policies=True
    )
    strong = chosen(solution, "stranger", "drink beer", 0.1, kind=0)
    weak = chosen(solution, "stranger", "drink beer", 0.1, kind=1)
    assert strong == pytest.approx((0.765018487, 0.988427223, 0.999999609), abs=1e-5)
    assert weak == pytest.approx((0.305847122, 0.610035028, 0.991458909), abs=1e-4)
    after_beer: list[float] = []
    after_quiche: list[float] = []
    for row in range(3):
        thought = [bayes(0.1, 1 - strong[row], 1 - weak[row]), bayes(0.1, strong[row], weak[row])]
        for state, belief, found in zip(
            ("quiche", "beer"), thought, (after_quiche, after_beer), strict=True
        ):
            found.append(chosen(solution, "bully", "fight", belief, state=state)[row])
    assert after_beer == pytest.approx((0.285990781, 0.148894001, 0.017850830), abs=5e-4)
    assert after_quiche == pytest.approx((0.376187360, 0.760758866, 0.993279707), abs=5e-4)


# ── Brinkmanship with resolve unknown on both sides (after Powell 1990) ──────────────────────────

LADDER_AT = {
    5: (0.8917259351, 0.4428083319, 0.9238262334, 0.2432730044),
    10: (0.9847931577, 0.4350665055, 0.9956151141, 0.1944579202),
    30: (0.9999963747, 0.3208398323, 0.9999999771, 0.1914654514),
}
"""Rationality → escalation at the first rung by the tough and the soft, and so at the second."""


def ladder_figures(solution: Solution, row: int) -> list[float]:
    """The four probabilities of `LADDER_AT`."""
    first = [
        chosen(solution, "first", "escalate", 0.7, 0.7, state="0", kind=kind)[row]
        for kind in (0, 1)
    ]
    soft = bayes(0.7, first[0], first[1])
    second = [
        chosen(solution, "second", "escalate", soft, 0.7, state="1", kind=kind)[row]
        for kind in (0, 1)
    ]
    return [float(x) for x in (*first, *second)]


@pytest.mark.parametrize(
    ("points", "at", "published", "errors"),
    [
        (11, 10, (0.984852, 0.434165), (2e-3, 2e-3, 3e-3)),
        (41, 10, (0.984802, 0.434974), (2e-4, 2e-4, 3e-3)),
        (101, 5, (0.891724, 0.442790), (2e-5, 2e-5, 3e-4)),
    ],
)
def test_ladder_on_finer_grids(
    points: int, at: int, published: tuple[float, float], errors: tuple[float, ...]
) -> None:
    """Two beliefs at once: what a prototype found on the same grids, and how far the exact game is.

    At a rationality of 30 choices are so steep in what is believed that the prototype's scan of
    posteriors was off by 3e-3 with 101 by 101 points; roots that are refined are off by a tenth.
    """
    solution = solve(game(LADDER), {"precision": [*LADDER_AT]}, points=points, keep_policies=True)
    row = [*LADDER_AT].index(at)
    assert ladder_figures(solution, row)[:2] == pytest.approx(published, abs=3e-5)
    for row, (expected, error) in enumerate(zip(LADDER_AT.values(), errors, strict=True)):
        assert ladder_figures(solution, row) == pytest.approx(expected, abs=error)


# ── Advisers who are afraid ──────────────────────────────────────────────────────────────────────


def advised(truthful: float, gullibility: float) -> tuple[float, float, float]:
    """What is believed after good news, how often it is war, and what war brings.

    A hollow army is reported as such with chance `truthful`; ready and hollow are as likely; a war
    won is worth 1 and one lost costs 2.
    """
    precision = 50.0
    fear = 10 + np.log((1 - truthful) / truthful) / precision
    rows = {
        "readiness": 0.5, "gain": 1, "loss": 2, "fear": fear, "terror": 0, "duty": 10, "shame": 0,
        "relief": 0, "wishful": 0, "gullibility": gullibility, "rationality": precision,
    }  # fmt: skip
    solution = solve(game("frightened-adviser"), rows, "spares-them", points=201)
    found = dict(zip([o.name for o in solution.game.outcomes], solution.outcome[0], strict=True))
    # What is hoped over both reports: bad news is never false here.
    return found["hope"] / 100 / found["good news"], found["war"], found["worth"]


@pytest.mark.parametrize(("truthful", "believed"), [(0.2, 0.5556), (0.6, 0.7143)])
def test_allowing_for_fear(truthful: float, believed: float) -> None:
    """Good news is worth (1 - π)/(1 - πt), and a war is begun on it where t is above one half."""
    thought, war, worth = advised(truthful, 0)
    assert thought == pytest.approx(believed, abs=5e-5)
    good = 1 - truthful / 2
    if truthful > 0.5:
        assert war == pytest.approx(good, abs=2e-3)
        assert worth == pytest.approx(0.1, abs=1e-3)
    else:
        assert war < 1e-3


def test_at_face_value() -> None:
    """Whoever believes good news begins a war on it at t = .2, and loses .3 by it."""
    thought, war, worth = advised(0.2, 1)
    assert thought == pytest.approx(1, abs=1e-9)
    assert war == pytest.approx(0.9, abs=1e-6)
    assert worth == pytest.approx(-0.3, abs=1e-6)


def test_fear_alone_makes_nobody_hopeful() -> None:
    """However afraid officers are, a ruler who allows for it is right on average; one who does not
    hopes the more, the more they fear.
    """
    fear = np.linspace(0, 12, 13)
    rational, naive = (
        solve(game("frightened-adviser"), {"terror": 0, "fear": fear, "gullibility": chi}, "purges")
        for chi in (0, 0.5)
    )
    hope = [o.name for o in rational.game.outcomes].index("hope")
    assert rational.outcome[:, hope] == pytest.approx(50, abs=1e-2)
    assert (np.diff(naive.outcome[:, hope]) > 0).all()
    assert naive.outcome[-1, hope] > 60


def test_what_nobody_expects_makes_no_other_equilibrium() -> None:
    """Where all is believed at face value, and officers always say what is welcome, what bad news
    would be taken for is open; that leaves one equilibrium, and one is counted.
    """
    rows = {"gullibility": 1.0}
    assert not solve(game("frightened-adviser"), rows, "purges").several.any()


def test_outcomes_of_beliefs_are_finite_wherever_beliefs_may_come_to() -> None:
    """The logarithm of a belief that can come to 0 is refused, with the outcome and the belief."""
    text = load("chain-store").text.replace(
        "outcomes:\n", 'outcomes:\n  dread: {final: "log(belief(incumbent, tough))"}\n', 1
    )
    with pytest.raises(ScenarioError, match=r"outcome 'dread' is not a finite number where belief"):
        solve(standoff.compile(loads(text)), {})


# ── Nobody expects to think otherwise ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("chain-store", 101),
        ("perfect-deterrence", 31),
        ("beer-quiche", 101),
        ("frightened-adviser", 101),
    ],
)
def test_expected_beliefs_are_priors(name: str, points: int) -> None:
    """Under every doctrine that nobody doubts the expected belief at the end is the prior, but for
    what is lost between the points of the grid, which is less on a finer one.
    """
    scenario = load(name)
    if name == "frightened-adviser":
        scenario = variant(scenario, {"ruler": "allows for fear"})
    one = standoff.compile(scenario)
    rows = sample(scenario, 8, seed=1)
    sure = [d.name for d in scenario.doctrines if d.announced and d.believed is None]
    for doctrine in (FREE_CHOICE, *sure):
        error = []
        for size in (points // 3, points):
            solution = solve(one, rows, doctrine, points=size, keep_policies=True)
            assert solution.course.beliefs is not None
            start, end = solution.course.beliefs[0, 0, :, :8], solution.course.beliefs[-1, 0, :, :8]
            error.append(np.abs(end - start).max())
        assert error[1] < max(0.6 * error[0], 1e-9), doctrine
        assert error[1] < 1e-3


SCORNED = """
standoff: 1
name: scorned
title: A ruler who scorns a resolve that the others see
time: {period: week, periods: 4}
parameters:
  prior: {value: 0.5, range: [0, 1], unit: probability, why: what others think, basis: assumed}
  scorn: {value: 0.5, range: [0, 1], unit: probability, why: what it thinks, basis: assumed}
variables: {firm: {flag: true}}
order: [alliance, ruler]
actors:
  alliance:
    types: {resolute: prior, hesitant: 1 - prior}
    rationality: 3
    actions: {help: {cost: "0.3 if resolute else 1"}, wait: {}}
  ruler:
    rationality: 3
    believes: {alliance: {resolute: scorn, hesitant: 1 - scorn}}
    actions: {look on: {}}
    final: firm * type(alliance, resolute)
"""


@pytest.mark.parametrize("points", [2, 5, 21])
def test_a_prior_of_ones_own_is_expected_to_stay(points: int) -> None:
    """Whoever starts from another prior expects to end with it too, on every grid; no matter how
    far it is from that of the others.
    """
    scorn = np.array([0.02, 0.3, 0.9, 0.95, 0.0, 1.0])
    rows: Rows = {"prior": [0.5, 0.5, 0.1, 0.02, 0.37, 0.37], "scorn": scorn}
    solution = solve(standoff.compile(loads(SCORNED)), rows, points=points)
    assert solution.value[:, 1] == pytest.approx(scorn, abs=1e-12)


@pytest.mark.parametrize("concept", [Concept.EQUILIBRIUM, Concept.ELSEWHERE, Concept.LIMIT])
def test_what_nobody_knows_of_teaches_as_free_choice_does(concept: Concept) -> None:
    """Under a doctrine that is secret the same is believed after every action as in free choice.

    So its beliefs are read from there; solved afresh they give the same values and outcomes.
    """
    game = standoff.compile(load("chain-store"))
    numbers = fill(game, sample(game.scenario, 8, seed=2), np.float64)
    secret = next(d for d in game.scenario.doctrines if d.name == "quiet-resolve")
    beliefs = beliefs_of(game, numbers, secret, 31)
    afresh, _ = solve_hidden(game, numbers, beliefs, secret, concept, keep=True)
    (read,) = solve_doctrines(game, numbers, (secret,), concept, keep=True, points=31)
    np.testing.assert_allclose(read.passed.start, afresh.start, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(read.passed.lost, afresh.lost)
    np.testing.assert_array_equal(read.passed.several, afresh.several)
    free = solve(game, sample(game.scenario, 8, seed=2), points=31)
    assert np.abs(free.value - read.value).max() > 1e-3, "the doctrine changes nothing"
