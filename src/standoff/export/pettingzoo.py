"""A game for reinforcement learning: a PettingZoo environment whose agents take turns (AEC).

    from standoff.export import pettingzoo

    env = pettingzoo.env(game, numbers)
    env.reset(seed=7)

An agent is an actor. It observes `observation`, what everybody sees (`Tree.see`), and
`action_mask`, which of its actions are open; actions have their numbers in the scenario. Those who
choose at the same time are asked one after the other, without seeing what the others chose. Chance
is drawn from the seed given to `reset`. Rewards are discounted to the start: added up they are what
the course was worth.

Needs the package `pettingzoo`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.export.tree import Node, Reals, Tree, tree_of
from standoff.game import Game, Numbers
from standoff.scenario import FREE_CHOICE

try:
    from gymnasium import spaces
    from pettingzoo import AECEnv
    from pettingzoo.utils.wrappers import AssertOutOfBoundsWrapper, OrderEnforcingWrapper
except ImportError as error:
    raise ImportError("this needs PettingZoo: python -m pip install pettingzoo") from error


def env(
    game: Game,
    numbers: Numbers,
    *,
    row: int = 0,
    doctrine: str = FREE_CHOICE,
    render_mode: str | None = None,
) -> OrderEnforcingWrapper:
    """One future of a game, under a doctrine that all know of.

    Raises:
        ValueError: the doctrine is not announced.
        KeyError: no such doctrine; the message has the nearest name.
        IndexError: no such row.
    """
    crisis = CrisisEnv(tree_of(game, numbers, row, doctrine), render_mode)
    return OrderEnforcingWrapper(AssertOutOfBoundsWrapper(crisis))


class CrisisEnv(AECEnv):
    """The environment without wrappers."""

    def __init__(self, tree: Tree, render_mode: str | None = None) -> None:
        super().__init__()
        self.metadata = {
            "name": tree.game.scenario.name,
            "render_modes": ["ansi"],
            "is_parallelizable": False,
        }
        self.render_mode = render_mode
        self.tree = tree
        self.possible_agents = list(tree.game.actors)
        self.agents: list[str] = []
        self._chance = np.random.default_rng()
        length = sum(size for _, size in tree.sight)
        self.observation_spaces = {}
        self.action_spaces = {}
        for actor in tree.game.scenario.actors:
            actions = len(actor.actions)
            self.action_spaces[actor.name] = spaces.Discrete(actions)
            self.observation_spaces[actor.name] = spaces.Dict(
                {
                    "observation": spaces.Box(0, 1, (length,), np.float32),
                    "action_mask": spaces.Box(0, 1, (actions,), np.int8),
                }
            )

    def observation_space(self, agent: str) -> Any:
        """What an agent may observe."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        """The actions of an agent, in the order of the scenario."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begins anew; without a seed chance goes on where it was."""
        if seed is not None:
            self._chance = np.random.default_rng(seed)
        self.agents = self.possible_agents.copy()
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos: dict[str, dict[str, Any]] = {agent: {} for agent in self.agents}
        self._chosen: dict[int, int] = {}
        self.agent_selection = self.agents[0]
        self._come_to(*self.tree.begin())
        self._accumulate_rewards()

    def step(self, action: int | None) -> None:
        """Takes an action of the agent that is selected.

        Raises:
            ValueError: the action is not open.
        """
        agent = self.agent_selection
        if self.terminations[agent]:
            self._was_dead_step(action)
            return
        actor = self.possible_agents.index(agent)
        open_to = self.tree.actions(self.node, actor)
        if action not in open_to:
            actions = self.tree.game.scenario.actors[actor].actions
            names = ", ".join(f"{k} ({actions[k].name})" for k in open_to)
            raise ValueError(f"action {action} is not open to {agent}; expected one of {names}")
        self._cumulative_rewards[agent] = 0.0
        self._clear_rewards()
        self._chosen[actor] = int(action)
        waiting = [each for each in self.tree.asked(self.node) if each not in self._chosen]
        if waiting:
            self.agent_selection = self.possible_agents[waiting[0]]
        else:
            chosen, self._chosen = self._chosen, {}
            self._come_to(*self.tree.choose(self.node, chosen))
        self._accumulate_rewards()

    def observe(self, agent: str) -> dict[str, NDArray[Any]]:
        """What an agent sees, and what it may do if it is its turn."""
        mask = np.zeros(self.action_spaces[agent].n, np.int8)
        if agent == self.agent_selection and not self.tree.is_over(self.node):
            actor = self.possible_agents.index(agent)
            mask[list(self.tree.actions(self.node, actor))] = 1
        return {"observation": self.tree.see(self.node), "action_mask": mask}

    def render(self) -> str | None:
        """Where the crisis stands, in words."""
        return self.tree.describe(self.node) if self.render_mode == "ansi" else None

    def close(self) -> None:
        """Nothing is to be closed."""

    def _come_to(self, node: Node, received: Reals) -> None:
        """Lets chance decide until somebody is asked, or all is over."""
        while node.option >= 0:
            branches, chances = zip(*self.tree.chances(node), strict=True)
            shares = np.array(chances) / sum(chances)
            node, more = self.tree.happen(node, int(self._chance.choice(branches, p=shares)))
            received = received + more
        self.node = node
        self.rewards = dict(zip(self.possible_agents, received.tolist(), strict=True))
        asked = self.tree.asked(node)
        if asked:
            self.agent_selection = self.possible_agents[asked[0]]
        else:
            self.terminations = dict.fromkeys(self.agents, True)
