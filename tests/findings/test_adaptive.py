"""Adaptive doctrines: what they leave open, how they are searched, and how they are judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from findings.conftest import RAIN
from standoff.explore import sample
from standoff.findings import Adaptation, Adaptive, adapt, declared_family, doctrine_of, family_of
from standoff.findings.adaptive import two_sets
from standoff.findings.family import distinct, doctrine_text, is_final
from standoff.game import Game, allowed_options, compile_game, find_doctrine
from standoff.scenario import Scenario, loads
from standoff.solver import solve

BEST = "never until rain, then always"


@pytest.fixture(scope="module")
def rain() -> Game:
    return compile_game(loads(RAIN))


@pytest.fixture(scope="module")
def found(rain: Game) -> Adaptation:
    return adapt(rain, "walker", ("value", "soaked", "burden"), futures=32, held_out=48, keep=1)


def test_the_family_is_complete_and_begins_where_the_crisis_begins(rain: Game) -> None:
    """Every ordered pair of doctrines with every threshold and period, and no condition that holds
    already at the start."""
    family = family_of(rain, "walker")
    signals = ["rain", "umbrella", "period 2"]
    assert len(family) == 3 * 2 * len(signals)
    assert [one.signal for one in family[:3]] == signals
    assert family[0].name == "free-choice until rain, then always"
    falling = compile_game(loads(RAIN.replace("umbrella: {flag: false}", "umbrella: {flag: true}")))
    assert "not umbrella" in {one.signal for one in family_of(falling, "walker")}
    few = family_of(
        rain, "walker", doctrines=["always", "never"], variables=["rain"], periods=False
    )
    assert [one.name for one in few] == ["always until rain, then never", BEST]


def test_an_adaptive_doctrine_leaves_open_what_its_parts_do_where_they_are_in_force(
    rain: Game,
) -> None:
    """By definition: the options of `then` where the condition holds and counts, else of `start`;
    here for every member of a family, also with a first period."""
    parts = {name: allowed_options(rain, find_doctrine(rain, name)) for name in ("always", "never")}
    parts["free-choice"] = allowed_options(rain, None)
    walker = rain.moves[1]
    for one in family_of(rain, "walker"):
        for first in (one.first, 2):
            changed = replace(one, first=first)
            made = allowed_options(rain, doctrine_of(rain.scenario, changed))[1]
            column = 0 if one.signal.startswith("rain") else 1
            holds = np.ones(len(walker.states), bool)
            if one.when is not None:
                holds = walker.states[:, column] > 0
            for period in range(2):
                counts = holds[walker.state_of_option] & (period + 1 >= first)
                reached = int(walker.first[walker.reached[period]])
                expected = np.where(counts, parts[one.then][1][period], parts[one.start][1][period])
                np.testing.assert_array_equal(made[period][:reached], expected[:reached])


def test_the_best_rule_is_the_one_known_by_hand(found: Adaptation) -> None:
    """Carrying once it rains is worth 2(3p - p²) over two days, always 9p - 3p² - 2, never 0: for
    every 0 < p < 1 the rule beats both, and in every future held out."""
    p = sample(loads(RAIN), 48, 1)["wet"]
    best = next(one for one in found.judged if one.doctrine == BEST)
    gain = found.gains[0]
    assert gain.adaptive == BEST
    assert best.held_out[0] == pytest.approx(np.mean(2 * (3 * p - p**2)), rel=1e-5)
    always = next(one for one in found.judged if one.doctrine == "always")
    assert always.held_out[0] == pytest.approx(np.mean(9 * p - 3 * p**2 - 2), rel=1e-4)
    assert gain.ahead == 1
    assert gain.low > 0
    assert gain.optimism == pytest.approx(gain.search - gain.held_out)


def test_the_pareto_set_of_two_outcomes_is_the_one_known_by_hand(rain: Game) -> None:
    """Never carrying costs no burden, the rule no soaking at the least burden for that; always
    carrying, as dry and with more burden, is dominated."""
    found = adapt(rain, "walker", ("soaked", "burden"), futures=32, held_out=48)
    front = {one.doctrine: one.pareto for one in found.judged}
    assert front["never"]
    assert front[BEST]
    assert not front["always"]


def test_both_figures_stand_beside_each_other(found: Adaptation) -> None:
    """Every plain doctrine and all that was kept is judged in both sets; optimism is by how much
    the search looks better, whichever way is better."""
    assert [one.doctrine for one in found.judged[:3]] == ["free-choice", "always", "never"]
    assert found.search.shape == (32, len(found.judged), 3)
    assert found.held_out.shape == (48, len(found.judged), 3)
    for k, one in enumerate(found.judged):
        assert one.search == pytest.approx(found.search[:, k].mean(axis=0))
        up = np.subtract(one.search, one.held_out) * [1, -1, -1]
        assert one.optimism == pytest.approx(up)


def test_the_futures_are_held_out() -> None:
    """No future is in both sets, also where parameters have few values and the sets would meet."""
    searched, unseen = two_sets(loads(RAIN), 64, 128, 0)
    assert len(unseen["wet"]) == 128
    assert not set(searched["wet"]) & set(unseen["wet"])
    few = "distribution: {kind: discrete, values: [0.3, 0.4, 0.5, 0.6, 0.7]}"
    searched, unseen = two_sets(loads(RAIN.replace("range: [0.2, 0.8]", few)), 2, 64, 0)
    assert len(unseen["wet"]) < 64
    assert not set(searched["wet"]) & set(unseen["wet"])
    with pytest.raises(ValueError, match="all 8 futures held out are among the 64 searched"):
        two_sets(loads(RAIN.replace("range: [0.2, 0.8]", few)), 64, 8, 0)


def test_the_same_question_gets_the_same_answer(rain: Game, found: Adaptation) -> None:
    """Nothing but the seed decides; and seed 0 is a seed."""
    again = adapt(rain, "walker", ("value", "soaked", "burden"), futures=32, held_out=48, keep=1)
    assert again.judged == found.judged
    assert again.gains == found.gains
    assert again.search.tobytes() == found.search.tobytes()
    other = adapt(rain, "walker", futures=32, held_out=48, keep=1, seed=5)
    assert other.search.tobytes() != found.search[:, :, :1].tobytes()


def test_a_large_family_is_drawn_from(rain: Game) -> None:
    """At most so many are tried, and it is told how many there were."""
    found = adapt(rain, "walker", futures=16, held_out=16, most=5, keep=1)
    assert (found.family, found.tried, found.rungs) == (18, 5, ((16, 5),))


def test_progress_is_told(rain: Game) -> None:
    """Solves done, in order, up to all of them."""
    told: list[tuple[int, int]] = []
    adapt(
        rain, "walker", futures=32, held_out=16, keep=1,
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    assert len({total for _, total in told}) == 1


def test_whether_a_rule_goes_back(rain: Game) -> None:
    """A rule is final if it waits for a period or for what no move can undo: here it never stops
    raining, but an umbrella is put down; and where it may clear up, it goes back."""
    by_signal = {one.signal: one for one in family_of(rain, "walker")}
    assert is_final(rain, by_signal["rain"])
    assert is_final(rain, by_signal["period 2"])
    assert not is_final(rain, by_signal["umbrella"])
    clears = "\n    - {p: 0.5, when: rain, set: {rain: false}}\nactors:"
    cleared = compile_game(loads(RAIN.replace("\nactors:", clears)))
    assert not is_final(cleared, by_signal["rain"])


def test_a_rule_written_into_the_file_is_the_same_doctrine(found: Adaptation) -> None:
    """The text of a found rule, pasted among the doctrines, gives what the search was judged by."""
    best = next(one for one in found.judged if one.doctrine == BEST)
    assert best.text.startswith("adaptive-")
    name = best.text.split(":")[0]
    pasted = "".join(f"    {line}\n" for line in best.text.splitlines())
    game = compile_game(loads(RAIN.replace("outcomes:\n", f"{pasted}outcomes:\n")))
    held_out = solve(game, sample(game.scenario, 48, 1), name)
    k = found.judged.index(best)
    np.testing.assert_allclose(held_out.value[:, 0], found.held_out[:, k, 0], rtol=1e-5)


def test_rules_keep_their_periods_when_written(rain: Game) -> None:
    """Periods and conditions of the parts survive the way through the file."""
    parts = """
    early: {must: carry, when: not rain, until: 1}
    late: {never: carry, from: 2}
    silent: {must: leave, announced: false}
outcomes:"""
    text = RAIN.replace("\noutcomes:", parts)
    scenario = loads(text)
    game = compile_game(scenario)
    for start, then in (("early", "late"), ("late", "early"), ("free-choice", "silent")):
        one = Adaptive("walker", start, then, family_of(rain, "walker")[0].when, 1)
        doctrine = doctrine_of(scenario, one)
        pasted = "".join(
            f"    {line}\n" for line in doctrine_text(scenario, doctrine, "new").splitlines()
        )
        again = compile_game(loads(text.replace("outcomes:\n", f"{pasted}outcomes:\n")))
        made = find_doctrine(again, "new")
        assert made is not None
        assert made.announced == doctrine.announced
        for one_move, other_move in zip(
            allowed_options(game, doctrine), allowed_options(again, made), strict=True
        ):
            np.testing.assert_array_equal(one_move, other_move)
    with pytest.raises(ValueError, match="one of them is announced and the other is not"):
        doctrine_of(scenario, Adaptive("walker", "early", "silent", None, 2))


def test_rules_that_come_to_the_same_are_tried_once(rain: Game) -> None:
    """Left out is what equals a plain doctrine or an earlier member in every reachable state."""
    family = family_of(rain, "walker")
    plain = [None, *rain.scenario.doctrines]
    assert len(list(distinct(rain, plain, [*family, *family]))) == len(family)
    never = Adaptive("walker", "always", "never", family[0].when, 1)
    dry = compile_game(loads(RAIN.replace("{p: wet, when: not rain, set", "{p: 0, set")))
    assert list(distinct(dry, [None, *dry.scenario.doctrines], [never])) == []
    with pytest.raises(ValueError, match="none of 1 adaptive doctrines differs"):
        adapt(dry, "walker", family=[never])


def test_the_file_may_say_what_to_choose_among() -> None:
    """A declared family is every combination of what it lists, and is what is searched."""
    declared = """
adaptive:
  walker:
    look out:
      start: [never, free-choice]
      then: always
      when: [rain, rain and not umbrella]
      from: [1, 2]
outcomes:"""
    scenario = loads(RAIN.replace("\noutcomes:", declared))
    assert [one.name for one in declared_family(scenario, "walker")][:3] == [
        "never until rain, then always",
        "never until rain from period 2, then always",
        "never until rain and not umbrella, then always",
    ]
    found = adapt(scenario, "walker", futures=16, held_out=16)
    assert found.family == 8
    assert found.gains[0].adaptive == BEST


NOISE = """
standoff: 1
name: noise
title: Six ways to bet on numbers that nobody can know
time: {period: day, periods: 2}
parameters:
PARAMETERS
variables:
  day: {levels: 2}
order: [gambler, clock]
events:
  clock:
    - {p: 1, when: day < 2, set: {day: day + 1}}
actors:
  gambler:
    rationality: 0
    actions:
ACTIONS
doctrines:
  gambler:
DOCTRINES
outcomes:
  worth: {final: 0}
"""


def noise() -> Scenario:
    """Every bet is a product of five numbers around 0: each is worth 0 on average."""
    numbers = "abcdef"
    bets = {k: " * ".join(f"(2 * {one} - 1)" for one in numbers if one != k) for k in numbers}
    return loads(
        NOISE.replace(
            "PARAMETERS", "\n".join(f"  {k}: {{value: 0.5, range: [0, 1]}}" for k in bets)
        )
        .replace("ACTIONS", "\n".join(f"      on {k}: {{cost: 10 * {v}}}" for k, v in bets.items()))
        .replace("DOCTRINES", "\n".join(f"    bet {k}: {{must: on {k}}}" for k in bets))
    )


def test_in_noise_the_search_is_optimistic_and_the_held_out_figure_is_not() -> None:
    """All doctrines are worth 0 on average, and so is every rule: what the search says of the one
    it chose is above 0 throughout, and on average far above what it is worth in other futures."""
    game = compile_game(noise())
    searches = [
        adapt(game, "gambler", futures=16, held_out=128, keep=1, seed=2 * seed) for seed in range(4)
    ]
    chosen = [found.judged[-1] for found in searches]
    assert all(one.search[0] > 0 for one in chosen)
    optimism = np.array([one.optimism[0] for one in chosen])
    held_out = np.array([one.held_out[0] for one in chosen])
    assert abs(held_out.mean()) < 0.1 < optimism.mean()


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"actor": "walkre"}, KeyError, "'walkre' is not an actor; did you mean 'walker'"),
        ({"objectives": ["soakd"]}, KeyError, "no outcome 'soakd'; did you mean 'soaked'"),
        ({"objectives": ["days"]}, ValueError, "does not say which way 'days' is better"),
        ({"objectives": []}, ValueError, "no objective is named"),
        ({"objectives": ["soaked", "soaked"]}, ValueError, "an objective stands twice"),
        ({"metric": "laplas"}, ValueError, "no metric 'laplas'; did you mean 'laplace'"),
        ({"metric": "starr-domain"}, ValueError, "needs a threshold"),
        ({"thresholds": {"burden": 1}}, KeyError, "threshold for 'burden'"),
        ({"metric": "percentile-skewness"}, ValueError, "is not defined for 'value to walker'"),
        ({"metric": "mean-variance", "objectives": ["burden"]}, ValueError, "more spread as good"),
        ({"most": 0}, ValueError, "'most' is 0"),
        ({"held_out": 0}, ValueError, "'held_out' is 0"),
    ],
)
def test_mistakes_are_named(
    rain: Game, given: dict[str, object], error: type[Exception], words: str
) -> None:
    """What cannot be searched is refused with what was found and what was expected."""
    arguments = {"actor": "walker", "futures": 16, "held_out": 16, **given}
    with pytest.raises(error, match=words):
        adapt(rain, **arguments)  # type: ignore[arg-type]


def test_a_threshold_makes_starrs_criterion(rain: Game) -> None:
    """The share of futures in which a threshold is met; the objective has the full name in the
    result."""
    found = adapt(
        rain, "walker", metric="starr-domain", thresholds={"value": 1.5}, futures=16, held_out=32
    )
    for k, one in enumerate(found.judged):
        assert one.held_out[0] == pytest.approx((found.held_out[:, k, 0] >= 1.5).mean())


def test_doctrines_to_switch_between_are_checked(rain: Game) -> None:
    """Names are looked up, and one doctrine is no choice."""
    with pytest.raises(KeyError, match="'alwys'; did you mean 'always'"):
        family_of(rain, "walker", doctrines=["alwys", "never"])
    with pytest.raises(KeyError, match="there is no variable 'rian'; did you mean 'rain'"):
        family_of(rain, "walker", variables=["rian"])
    with pytest.raises(ValueError, match="has 1 doctrine to switch between"):
        family_of(rain, "walker", doctrines=["never"])
    with pytest.raises(ValueError, match="no uncertain parameter"):
        adapt(loads(RAIN.replace(", range: [0.2, 0.8]", "")), "walker")
