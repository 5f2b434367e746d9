"""PettingZoo's verdict on our environment; where it is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import standoff
from export.games import TWO_ROUNDS
from oracles.drafts import game_of
from peers.cases import Case
from standoff.game import Game, fill

pytest.importorskip("pettingzoo")


def compiled(name: str) -> Game:
    if name == "two-rounds":
        return game_of(TWO_ROUNDS)
    return standoff.compile(standoff.load(name))


@pytest.mark.parametrize("name", ["two-move-deterrence", "restrained-success", "two-rounds"])
# What it advises, beside its errors: names of the form player_0; observations that are no
# dictionaries, though those of its own games with masks are.
@pytest.mark.filterwarnings("ignore:We recommend agents to be named")
@pytest.mark.filterwarnings("ignore:Observation is not a NumPy array")
@pytest.mark.filterwarnings("ignore:Observation space for each agent probably should be")
@pytest.mark.filterwarnings("ignore:Agents have different")
def test_its_own_tests_pass(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The test of the interface, and that the same seed gives the same course."""
    from pettingzoo.test import api_test, seed_test

    from standoff.export import pettingzoo

    game = compiled(name)
    numbers = fill(game)
    api_test(pettingzoo.env(game, numbers), num_cycles=100)
    seed_test(lambda: pettingzoo.env(game, numbers), num_cycles=50)
    assert "Passed API test" in capsys.readouterr().out


def course(env: Any, seed: int | None, shares: dict[str, dict[str, float]]) -> dict[str, float]:
    """Plays one course by our policies; what each agent received."""
    draws = np.random.default_rng(seed)
    env.reset(seed=seed)
    tree, total = env.unwrapped.tree, dict.fromkeys(env.possible_agents, 0.0)
    for agent in env.agent_iter():
        _, reward, over, _, _ = env.last()
        total[agent] += reward
        if over:
            env.step(None)
            continue
        share = shares[f"{agent}, {tree.describe(env.unwrapped.node)}"]
        actor = tree.game.scenario.actors[env.possible_agents.index(agent)]
        names = [action.name for action in actor.actions]
        p = np.array(list(share.values()))
        chosen = draws.choice(list(share), p=p / p.sum())
        env.step(names.index(chosen))
    return total


def test_played_by_our_policies_it_pays_what_we_say() -> None:
    """In 4,000 courses, to within four standard errors."""
    from standoff.export import pettingzoo

    case = Case("two-rounds")
    env = pettingzoo.env(case.game, case.solution.numbers)
    courses = [course(env, seed, case.behaviour) for seed in range(4_000)]
    for k, actor in enumerate(case.game.actors):
        received = np.array([total[actor] for total in courses])
        error = received.std() / np.sqrt(len(received))
        assert abs(received.mean() - case.solution.value[0, k]) < 4 * error


def test_masks_and_mistakes() -> None:
    """Only who is selected may act; what is not open is refused with what is."""
    from standoff.export import pettingzoo

    game = compiled("two-move-deterrence")
    env = pettingzoo.env(game, fill(game), render_mode="ansi")
    env.reset(seed=1)
    assert env.agent_selection == "challenger"
    assert env.observe("challenger")["action_mask"].tolist() == [1, 1]
    assert env.observe("defender")["action_mask"].tolist() == [0, 0, 0]
    env.step(1)
    assert env.observe("defender")["action_mask"].tolist() == [0, 1, 1]
    assert env.render() == "period 1, move 2: result=challenged"
    expected = r"not open to defender; expected one of 1 \(capitulate\), 2 \(fight\)"
    with pytest.raises(ValueError, match=expected):
        env.step(0)
    env.step(2)
    assert env.terminations == {"challenger": True, "defender": True}
    assert env.unwrapped.rewards == {"challenger": -1, "defender": -0.8}
