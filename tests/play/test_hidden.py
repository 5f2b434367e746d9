"""Playing out where types are hidden: against the exact forward pass, Bayes' rule, and by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import standoff
from explore.watched import UNTYPED
from oracles.drafts import game_of
from standoff.play import Simulation, chronicle, paths, simulate
from standoff.play.draws import BEFORE, key_of, philox, slots_of
from standoff.scenario import variant
from standoff.solver import Solution, belief_names, rows_of, solve

MANY = 200_000

TWO_SIDED = """
standoff: 1
name: feud
title: Two families, neither of which knows the other
time: {period: year, periods: 3}
parameters:
  doubt: {value: 0.37, range: [0, 1], unit: "1", why: tried, basis: assumed}
variables:
  anger: {levels: 3, start: 1}
order: [old, weather, young]
ends: anger == 3
events:
  weather: [{p: 0.3, when: anger > 0, set: {anger: anger - 1}}]
actors:
  old:
    rationality: 1.5
    discount: 0.9
    types: {mild: 0.23, proud: 1 - 0.23 - 0.3, fierce: 0.3}
    payoff: anger * fierce - anger * mild + 0.2 * type(young, rich)
    final: 1 - 2 * (anger == 3)
    actions:
      wait: {}
      insult: {when: anger < 3, set: {anger: anger + 1}, cost: 0.5 * mild + 0.1}
  young:
    rationality: 2
    types: {rich: doubt, poor: 1 - doubt}
    payoff: -0.5 * anger + anger * poor * type(old, fierce)
    actions:
      hold: {cost: {old: 0.05}}
      answer: {when: anger < 3, set: {anger: anger + 1}, cost: 0.4 * rich}
      give way: {when: anger > 0, set: {anger: anger - 1}, cost: 0.2}
outcomes:
  heat: {each period: anger}
  feud: {ever: anger == 3}
  calm: {first time: anger == 0}
  name: {final: "10 * belief(old, fierce) + anger"}
  fear: {each period: "belief(young, poor) * anger"}
"""


def game_named(name: str) -> standoff.Game:
    return game_of(TWO_SIDED) if name == "feud" else standoff.compile(standoff.load(name))


@pytest.fixture(scope="module")
def three() -> standoff.Game:
    """The chain store with three markets."""
    return standoff.compile(variant(standoff.load("chain-store"), {"markets": "three"}))


def expected_beliefs(solution: Solution) -> NDArray[np.float64]:
    """The shared belief in each type by the forward pass, [period, type]."""
    found = solution.course.beliefs
    assert found is not None
    return np.array([rows_of(one, 1)[:, 0] for one in found])


def near(found: Any, exact: Any, error: Any) -> None:
    """Within four standard errors; what was hardly ever seen may have too small an error."""
    off = np.abs(np.asarray(found) - exact)
    assert (off <= 4 * np.asarray(error) + 1e-4).all(), (off / np.asarray(error)).max()


def shared(played: Simulation, game: standoff.Game) -> list[int]:
    """The places of shared beliefs in types, in the order of the forward pass."""
    assert played.believing is not None
    names = [(c.actor, c.of) for c in played.believing.credences if c.holder is None]
    return [names.index((one.actor, one.type)) for one in belief_names(game)]


@pytest.mark.parametrize(
    ("name", "points"), [("chain-store", 21), ("perfect-deterrence", 21), ("feud", 5)]
)
def test_many_courses_agree_with_the_forward_pass(name: str, points: int) -> None:
    """Outcomes, values by type, types drawn and mean beliefs are those known exactly, to within
    four standard errors; in free choice the mean belief never moves (Bayes' rule makes it a
    martingale)."""
    game = game_named(name)
    played = simulate(game, replications=MANY, seed=11, keep_totals=True, points=points)
    solution = solve(game, keep_policies=True, points=points)
    near(played.mean[0, 0], played.expected[0, 0], played.error[0, 0])
    found = played.believing
    assert found is not None
    assert found.types is not None
    assert played.totals is not None
    of = shared(played, game)
    near(found.mean[0, 0][:, of], expected_beliefs(solution), found.error[0, 0][:, of])
    if points == 21:  # a coarser grid moves the mean by itself, as the forward pass does
        near(found.mean[0, 0], found.mean[0, 0, 0], found.error[0, 0])
    for belief, value in solution.value_by_type.items():
        actor = game.actors.index(belief.actor)
        types = [type_.name for type_ in game.scenario.actors[actor].types]
        own = found.types[0, :, actor] == types.index(belief.type)
        received = played.totals[0, 0, own, actor]
        if points == 21:
            near(received.mean(), value[0], received.std() / np.sqrt(len(received)))
        prior = expected_beliefs(solution)[0, belief_names(game).index(belief)]
        near(own.mean(), prior, np.sqrt(prior * (1 - prior) / MANY))


def test_what_is_foreseen_is_as_good_as_the_grid() -> None:
    """Where a side of three types faces one of two, what actors expect is read off a grid, and
    comes nearer to what they receive as that is refined; what they receive hardly moves."""
    found = [simulate(game_of(TWO_SIDED), replications=1, points=points) for points in (5, 11)]
    coarse, fine = (
        np.abs(one.believing.foreseen - one.expected[..., :2]).max()
        for one in found
        if one.believing is not None
    )
    assert fine < coarse / 2
    np.testing.assert_allclose(found[0].expected, found[1].expected, atol=0.2)


@pytest.mark.parametrize(
    "doctrine", ["always-share", "always-fight", "quiet-resolve", "first-comes-anyway"]
)
def test_doctrines_are_believed_as_far_as_they_are(three: standoff.Game, doctrine: str) -> None:
    """Announced, believed in part, or known to nobody: outcomes and beliefs are those of the
    forward pass, and kinds are drawn as they really are."""
    played = simulate(three, None, doctrine, replications=MANY, seed=2)
    near(played.mean[0, 0], played.expected[0, 0], played.error[0, 0])
    found, of = played.believing, shared(played, three)
    assert found is not None
    exact = expected_beliefs(solve(three, None, doctrine, keep_policies=True))
    near(found.mean[0, 0][:, of], exact, found.error[0, 0][:, of])
    bound = [k for k, one in enumerate(found.credences) if one.doctrine]
    assert len(bound) == (doctrine == "always-fight")
    for k in bound:
        # Only the weak are bound, and they are; at the start half of that is believed.
        near(found.share[0, 0, k], 0.9, np.sqrt(0.09 / MANY))
        near(found.mean[0, 0, 0, k], 0.45, 1e-6)


def test_what_a_mistaken_ruler_believes_is_told() -> None:
    """Who starts from another prior keeps odds that are the others' times a constant."""
    game = standoff.compile(standoff.load("frightened-adviser"))
    played = simulate(game, replications=50_000, seed=1)
    found = played.believing
    assert found is not None
    names = [str(one) for one in found.credences]
    assert names[2] == "staff is ready, to ruler"
    assert found.mean[0, 0, 0, [0, 2]] == pytest.approx([0.5, 0.6])
    exact = expected_beliefs(solve(game, keep_policies=True))
    near(found.mean[0, 0][:, :2], exact, found.error[0, 0][:, :2])
    near(played.mean[0, 0, 2:], played.expected[0, 0, 2:], played.error[0, 0, 2:])


class Walker:
    """Plays one replication of a game whose movers have two types at most, by the definitions."""

    def __init__(self, solution: Solution, seed: int) -> None:
        assert solution.learned is not None
        self.solution, self.game, self.key = solution, solution.game, key_of(seed)
        self.sides = solution.learned.ground.beliefs.sides
        self.slots = slots_of(solution.game)
        self.policies = {
            (t, k): solution.policy_by_type(self.game.actors[move.members[0]], t, k)[..., 0]
            for t in range(self.game.periods)
            for k, move in enumerate(self.game.moves)
            if self.sides[move.members[0]].learns
        }

    def draw(self, replication: int, period: int, slot: int) -> float:
        words = philox(np.array([replication, 0, period, slot // 4], np.uint32), self.key)
        return int(words[slot % 4] // 2) / 2**31

    def split(self, belief: float, n: int, draw: float) -> int:
        """A point next to a belief, right on average."""
        low = min(int(belief * (n - 1) + 1e-9), n - 2)
        return low + int(draw >= 1 - (belief * (n - 1) - low))

    def walk(self, replication: int) -> tuple[list[int], list[list[int]], list[float]]:
        """The kinds drawn; the points after each turn of a typed actor; and the posteriors."""
        actors = range(len(self.sides))
        kinds = [
            int(self.draw(replication, BEFORE, j) >= self.sides[j].truth[0, 0])
            if self.sides[j].learns
            else 0
            for j in actors
        ]
        points = [
            self.split(
                self.sides[j].prior[1, 0], self.sides[j].side,
                self.draw(replication, BEFORE, len(self.sides) + j),
            )
            if self.sides[j].learns
            else 0
            for j in actors
        ]  # fmt: skip
        state, stood, told = self.game.start, [], []
        for t, (k, move) in product(range(self.game.periods), enumerate(self.game.moves)):
            if state < 0:
                break
            (j,) = move.members
            at = sum(point * side.stride for point, side in zip(points, self.sides, strict=True))
            options = range(move.first[state], move.first[state + 1])
            if (t, k) in self.policies:
                chances = self.policies[t, k][at, :, state]
                taken = self.pick(
                    [chances[kinds[j], move.action[o, 0]] for o in options],
                    self.draw(replication, t, int(self.slots[k])),
                )
                zero, one = chances[:, move.action[options[taken], 0]]
                n = self.sides[j].side
                prior = points[j] / (n - 1)
                posterior = prior * one / (prior * one + (1 - prior) * zero)
                told.append(posterior)
                slot = int(self.slots[-1]) + k
                points[j] = self.split(posterior, n, self.draw(replication, t, slot))
            else:
                policy = self.untyped[t, k][at, options]
                taken = self.pick(policy, self.draw(replication, t, int(self.slots[k])))
            state = int(move.to[move.branch[options[taken]]])
            stood.append(list(points))
        return kinds, stood, told

    @property
    def untyped(self) -> dict[tuple[int, int], NDArray[np.float64]]:
        """Policies of movers without types, [point, option]."""
        from standoff.solver import retrace

        assert self.solution.learned is not None
        return {
            (t, step.move): policy[:, 0]
            for t in range(self.game.periods)
            for step in retrace(self.solution.learned, t)
            if (policy := step.policy(0)) is not None
        }

    @staticmethod
    def pick(chances: Any, draw: float) -> int:
        return int((np.cumsum(chances)[:-1] <= draw).sum())


@pytest.mark.parametrize("name", ["three", "perfect-deterrence"])
def test_a_course_is_the_one_that_bayes_and_the_draws_make(name: str, three: standoff.Game) -> None:
    """Types, points and posteriors of each of sixty courses, walked in plain Python: every
    posterior is Bayes' rule on the policies of the types, from the point where beliefs stood."""
    game = three if name == "three" else game_named(name)
    solution = solve(game, keep_policies=True)
    assert solution.learned is not None
    sides = solution.learned.ground.beliefs.sides
    walker = Walker(solution, seed=9)
    path = paths(solution, seed=9, count=60)
    moved = 0
    for i in range(60):
        kinds, stood, told = walker.walk(i)
        assert path.kind[i].tolist() == kinds
        at = [sum(p * s.stride for p, s in zip(one, sides, strict=True)) for one in stood]
        assert path.point[i, 1 : len(at) + 1].tolist() == at
        posteriors = [
            turn.learnt
            for period in chronicle(game, seed=9, replication=i).periods
            for turn in period.turns
            if turn.learnt
        ] if i < 6 else []  # fmt: skip
        for learnt, posterior in zip(posteriors, told, strict=bool(posteriors)):
            changed = [
                k for k, (a, b) in enumerate(zip(learnt.before, learnt.after, strict=True))
                if abs(a - b) > 1e-9
            ]  # fmt: skip
            moved += bool(changed)
            # Kind 1 is the second of two types, whose credence is the second of a pair.
            for k in changed:
                assert learnt.after[k] == pytest.approx(
                    posterior if k % 2 else 1 - posterior, abs=1e-6
                )
    assert moved


def test_any_number_of_workers_gives_the_same_bytes(three: standoff.Game) -> None:
    """One, two or seven threads: totals, types, and what is believed."""
    found = [
        simulate(
            three, {"doubt": [0.1, 0.3]}, ["free-choice", "always-fight"], replications=40_000,
            workers=workers, keep_totals=True,
        )
        for workers in (1, 2, 7)
    ]  # fmt: skip
    for other in found[1:]:
        for name in ("mean", "variance", "quantile", "totals"):
            assert getattr(other, name).tobytes() == getattr(found[0], name).tobytes()
        assert other.believing is not None
        assert found[0].believing is not None
        for name in ("mean", "error", "quantile", "share", "types", "final"):
            one, two = (getattr(each.believing, name) for each in (other, found[0]))
            assert one.tobytes() == two.tobytes()


def test_one_future_of_many_is_as_it_is_alone(three: standoff.Game) -> None:
    """Of twenty futures the eighteenth, which is in the second group of rows, is played as its
    own address says."""
    doubts = np.linspace(0.05, 0.5, 20)
    played = simulate(three, {"doubt": doubts}, replications=50, keep_totals=True)
    solution = solve(three, {"doubt": doubts}, keep_policies=True)
    path = paths(solution, row=17, count=50)
    assert played.totals is not None
    np.testing.assert_array_equal(path.total, played.totals[17, 0])


def test_what_fits_into_memory_changes_nothing(
    three: standoff.Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Futures in hand one at a time, or all at once: the same numbers."""
    asked = {"doubt": [0.1, 0.2, 0.3]}
    together = simulate(three, asked, "always-fight", replications=2000)
    monkeypatch.setattr("standoff.play.simulation._TABLES", 1)
    alone = simulate(three, asked, "always-fight", replications=2000)
    np.testing.assert_array_equal(together.expected, alone.expected)
    np.testing.assert_array_equal(together.mean, alone.mean)


def test_who_is_what_does_not_turn_on_the_doctrine(three: standoff.Game) -> None:
    """The same types are drawn under every doctrine, whatever kinds it makes of them."""
    drawn = []
    for doctrine in ("free-choice", "always-share", "always-fight", "quiet-resolve"):
        solution = solve(three, None, doctrine, keep_policies=True)
        assert solution.learned is not None
        kinds = solution.learned.ground.beliefs.sides[1].kinds
        drawn.append([kinds[k].type for k in paths(solution, count=200).kind[:, 1]])
    assert drawn[0] == drawn[1] == drawn[2] == drawn[3]
    assert 0 < sum(drawn[0]) < 200


def test_a_doctrine_in_doubt_is_played_beside_one_that_is_not() -> None:
    """Without types only what the doctrine hides is hidden; free choice is played as alone."""
    game = game_of(UNTYPED)
    both = simulate(
        game, None, ["free-choice", "always-fight"], replications=MANY, keep_totals=True
    )
    alone = simulate(game, replications=MANY, keep_totals=True)
    assert both.totals is not None
    assert alone.totals is not None
    np.testing.assert_array_equal(both.totals[:, :1], alone.totals)
    assert alone.believing is None
    assert both.believing is not None
    (credence,) = both.believing.credences
    assert credence.doctrine
    assert credence.of == "always-fight"
    assert np.isnan(both.believing.mean[0, 0]).all()
    assert both.believing.mean[0, 1, 0, 0] == pytest.approx(0.3)
    assert both.believing.share[0, 1, 0] == 1
    near(both.mean[0, 1], both.expected[0, 1], both.error[0, 1])


@pytest.mark.parametrize("doctrine", ["free-choice", "always-fight", "quiet-resolve"])
def test_a_chronicle_hangs_together(three: standoff.Game, doctrine: str) -> None:
    """What was paid adds up to what simulate counts; a mover expects what its options promise on
    average; and beliefs go on from where they went."""
    solution = solve(three, None, doctrine, keep_policies=True)
    actors = len(three.actors)
    discount = np.array([actor.discount is None for actor in three.scenario.actors], float)
    for replication in range(12):
        told = chronicle(three, None, doctrine, seed=4, replication=replication)
        path = paths(solution, seed=4, begin=replication)
        np.testing.assert_array_equal(path.total[0], told.total)
        assert [secret.actor for secret in told.secrets] == ["incumbent"]
        (secret,) = told.secrets
        assert secret.chance == pytest.approx({"tough": 0.1, "weak": 0.9}[secret.type or ""])
        paid = np.zeros(len(told.quantities))
        held: tuple[float, ...] = ()  # the prior may lie between points of the grid
        for period in told.periods:
            for turn in period.turns:
                for choice in turn.choices:
                    values = [o.probability * o.value for o in choice.options if o.probability]
                    mine = turn.values[three.actors.index(choice.actor)]
                    assert sum(values) == pytest.approx(mine, abs=1e-9)
                    if choice.kinds:
                        assert choice.kinds[choice.own] == secret.what
                        own = [option.kinds[choice.own] for option in choice.options]
                        assert [w.probability for w in own] == [
                            option.probability for option in choice.options
                        ]
                if turn.learnt:
                    if held:
                        assert turn.learnt.before == pytest.approx(held, abs=1e-9)
                    held = turn.learnt.kept
            assert period.believed == pytest.approx(held or period.believed, abs=1e-9)
            weight = np.ones(len(paid))
            weight[:actors] = discount ** (period.number - 1)
            paid += weight * np.array(period.paid)
        paid += np.array(told.final)
        sums = [k for k, name in enumerate(told.quantities) if name != "ever fought"]
        np.testing.assert_allclose(paid[sums], np.array(told.total)[sums], atol=1e-9)


def test_beliefs_are_counted_by_the_course(three: standoff.Game) -> None:
    """An outcome of belief at the end is the belief at which the replication ended."""
    played = simulate(three, replications=500, keep_totals=True)
    assert played.believing is not None
    assert played.believing.final is not None
    assert played.totals is not None
    reputation = played.quantities.index("reputation")
    tough = [str(one) for one in played.believing.credences].index("incumbent is tough")
    np.testing.assert_allclose(
        played.totals[0, 0, :, reputation], 100 * played.believing.final[0, 0, :, tough]
    )


def test_what_was_believed_is_among_the_arrays(three: standoff.Game) -> None:
    """By name: future, doctrine, period and credence."""
    played = simulate(three, None, ["free-choice", "always-fight"], replications=300)
    arrays = played.to_xarray()
    assert arrays["belief_mean"].dims == ("future", "doctrine", "period", "credence")
    prior = arrays["belief_mean"].sel(credence="incumbent is tough").isel(future=0, period=0)
    assert prior.values == pytest.approx([0.1, 0.1], abs=0.03)
    bound = arrays["belief_mean"].sel(credence="incumbent is bound by always-fight")
    assert np.isnan(bound.sel(doctrine="free-choice")).all()
