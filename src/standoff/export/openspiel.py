"""A game for OpenSpiel: turn-taking and simultaneous choices, explicit chance, general-sum rewards.

    from standoff.export import openspiel

    play = openspiel.game_of(game, numbers)
    policy = openspiel.Solved(play, solution)

Rewards are discounted to the start, so returns are what a course is worth. An actor's actions have
their numbers in the scenario. Nothing is hidden but what members of a group do at the same time, so
a state of knowledge is named by where the crisis stands, not by how it came there: histories after
which the same can happen share one policy.

Needs the package `open_spiel`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.export.tree import Node, Reals, Tree, tree_of
from standoff.game import GROUP, Game, Numbers
from standoff.play import refuse_hidden
from standoff.scenario import FREE_CHOICE
from standoff.solver import Solution

try:
    import pyspiel
    from open_spiel.python.policy import Policy
except ImportError as error:
    raise ImportError("this needs OpenSpiel: python -m pip install open_spiel") from error


def game_of(
    game: Game, numbers: Numbers, *, row: int = 0, doctrine: str = FREE_CHOICE
) -> OpenSpielGame:
    """One future of a game, under a doctrine that all know of.

    OpenSpiel loads a saved state of it wherever the same game has been made before.

    Raises:
        ValueError: the doctrine is not announced.
        KeyError: no such doctrine; the message has the nearest name.
        IndexError: no such row.
    """
    tree = tree_of(game, numbers, row, doctrine)
    made = _digest(tree)
    if made not in _MADE:
        _MADE[made] = (tree, _kind(tree), _information(tree))
    return OpenSpielGame({"made": made})


class OpenSpielGame(pyspiel.Game):
    """One future of a game that `game_of` made, as OpenSpiel has it.

    Raises:
        KeyError: nothing of this name was made.
    """

    def __init__(self, params: Mapping[str, Any] | None = None) -> None:
        made = (params or {}).get("made", "")
        if made not in _MADE:
            raise KeyError(f"'{made}' was not made here; make it with game_of first")
        self.tree, kind, information = _MADE[made]
        super().__init__(kind, information, {"made": made})

    def new_initial_state(self) -> OpenSpielState:
        """The start of the crisis."""
        return OpenSpielState(self)

    def make_py_observer(
        self, iig_obs_type: Any = None, params: Mapping[str, Any] | None = None
    ) -> OpenSpielObserver:
        """What players see."""
        return OpenSpielObserver(self.tree, params)


class OpenSpielState(pyspiel.State):
    """Where a course of the crisis stands."""

    def __init__(self, game: OpenSpielGame) -> None:
        super().__init__(game)
        self.tree = game.tree
        self.node, self._rewards = self.tree.begin()
        self._returns = self._rewards.copy()

    def current_player(self) -> int:
        """Who is to move, in OpenSpiel's numbers."""
        if self.tree.is_over(self.node):
            return int(pyspiel.PlayerId.TERMINAL)
        if self.node.option >= 0:
            return int(pyspiel.PlayerId.CHANCE)
        asked = self.tree.asked(self.node)
        return asked[0] if len(asked) == 1 else int(pyspiel.PlayerId.SIMULTANEOUS)

    def is_terminal(self) -> bool:
        """Whether nothing can follow."""
        return self.tree.is_over(self.node)

    def chance_outcomes(self) -> list[tuple[int, float]]:
        """What may happen, counted from 0, and how probable it is."""
        chances = self.tree.chances(self.node)
        return [(k, chance) for k, (_, chance) in enumerate(chances)]

    def rewards(self) -> Reals:
        """What each actor received since the last choice."""
        return self._rewards

    def returns(self) -> Reals:
        """What each actor received in all."""
        return self._returns

    def _legal_actions(self, player: int) -> list[int]:
        if player not in self.tree.asked(self.node):
            return []
        return list(self.tree.actions(self.node, player))

    def _apply_action(self, action: int) -> None:
        if self.node.option >= 0:
            branch, _ = self.tree.chances(self.node)[action]
            before = self._rewards
            self._go(*self.tree.happen(self.node, branch))
            self._rewards = self._rewards + before
        else:
            (player,) = self.tree.asked(self.node)
            self._go(*self.tree.choose(self.node, {player: action}))

    def _apply_actions(self, actions: Sequence[int]) -> None:
        chosen = {player: actions[player] for player in self.tree.asked(self.node)}
        self._go(*self.tree.choose(self.node, chosen))

    def _go(self, node: Node, received: Reals) -> None:
        self.node, self._rewards = node, received
        self._returns = self._returns + received

    def _action_to_string(self, player: int, action: int) -> str:
        if player == pyspiel.PlayerId.CHANCE:
            return f"branch {action + 1}"
        return self.tree.game.scenario.actors[player].actions[action].name

    def __str__(self) -> str:
        return self.tree.describe(self.node)


class OpenSpielObserver:
    """What players see: all the same."""

    def __init__(self, tree: Tree, params: Mapping[str, Any] | None) -> None:
        if params:
            raise ValueError(f"observations have no parameters; got {dict(params)}")
        self.tree = tree
        sizes = [size for _, size in tree.sight]
        ends = np.cumsum([0, *sizes])
        self.tensor: NDArray[np.float32] = np.zeros(int(ends[-1]), np.float32)
        self.dict = {
            name: self.tensor[begin : begin + size]
            for (name, size), begin in zip(tree.sight, ends[:-1], strict=True)
        }

    def set_from(self, state: OpenSpielState, player: int) -> None:
        """Puts into `tensor`, and so into `dict`, what is seen of a state."""
        self.tensor[:] = self.tree.see(state.node)

    def string_from(self, state: OpenSpielState, player: int) -> str:
        """The same in words."""
        return self.tree.describe(state.node)


class Solved(Policy):
    """The policies of a solution, for OpenSpiel's evaluators.

    Raises:
        ValueError: the solution did not keep its policies.
    """

    def __init__(self, play: OpenSpielGame, solution: Solution, *, row: int = 0) -> None:
        if solution.learned is not None:
            refuse_hidden(
                solution.game, solution.doctrine, "policies by state cannot be given",
                "those by type and belief are Solution.policy_by_type",
            )  # fmt: skip
        if not solution.passed.policies:
            raise ValueError("the policies were not kept: solve with keep_policies=True")
        super().__init__(play, list(range(len(play.tree.game.actors))))
        self.policies = solution.passed.policies
        self.group, self.lane = divmod(row, GROUP)

    def action_probabilities(
        self, state: OpenSpielState, player_id: int | None = None
    ) -> dict[int, float]:
        """Probability of each action that is open to a player."""
        player = state.current_player() if player_id is None else player_id
        node = state.node
        move = state.tree.game.moves[node.move]
        policy = self.policies[node.move]
        assert policy is not None
        options = slice(int(move.first[node.state]), int(move.first[node.state + 1]))
        column = move.action[options, move.members.index(player)]
        chosen = policy[node.period][self.group, options, self.lane]
        shares = np.bincount(column, chosen)
        return {action: float(shares[action]) for action in state.tree.actions(node, player)}


def _digest(tree: Tree) -> str:
    """A name made of all that a tree holds."""
    row = tree.row
    digest = hashlib.sha256(tree.game.scenario.hash.encode())
    numbers = (*row.chance, *row.payoff, row.accrual, row.horizon, row.ended_final, row.discount)
    for part in (*numbers, *(one for by_period in tree.open_options for one in by_period)):
        digest.update(part.tobytes())
    return digest.hexdigest()[:16]


def _kind(tree: Tree | None) -> Any:
    """What OpenSpiel wants to know of a game beforehand; of none, what any might be."""
    dynamics, chance = pyspiel.GameType.Dynamics, pyspiel.GameType.ChanceMode
    together = tree is None or any(move.is_group for move in tree.game.moves)
    throws = tree is None or any((np.diff(move.branch) > 1).any() for move in tree.game.moves)
    actors = len(tree.game.actors) if tree else None
    return pyspiel.GameType(
        short_name="python_standoff",
        long_name=tree.game.scenario.title if tree else "A crisis",
        dynamics=dynamics.SIMULTANEOUS if together else dynamics.SEQUENTIAL,
        chance_mode=chance.EXPLICIT_STOCHASTIC if throws else chance.DETERMINISTIC,
        information=pyspiel.GameType.Information.PERFECT_INFORMATION,
        utility=pyspiel.GameType.Utility.GENERAL_SUM,
        reward_model=pyspiel.GameType.RewardModel.REWARDS,
        max_num_players=actors or 100,
        min_num_players=actors or 1,
        provides_information_state_string=True,
        provides_information_state_tensor=True,
        provides_observation_string=True,
        provides_observation_tensor=True,
        provides_factored_observation_string=True,
        default_loadable=False,
        parameter_specification={"made": ""},
    )


def _information(tree: Tree) -> Any:
    """Sizes and bounds, as OpenSpiel wants them."""
    low, high = _worth(tree)
    slack = 1e-9 * max(1.0, float(np.abs(low).max()), float(np.abs(high).max()))
    return pyspiel.GameInfo(
        num_distinct_actions=max(len(actor.actions) for actor in tree.game.scenario.actors),
        max_chance_outcomes=max(int(np.diff(move.branch).max()) for move in tree.game.moves),
        num_players=len(tree.game.actors),
        min_utility=float(low.min()) - slack,
        max_utility=float(high.max()) + slack,
        max_game_length=tree.game.periods * len(tree.game.moves),
    )


def _worth(tree: Tree) -> tuple[Reals, Reals]:
    """The least and the most that a course can be worth to each actor, [actor]."""
    game, row = tree.game, tree.row
    actors = len(game.actors)
    found = []
    for most in (np.minimum, np.maximum):
        ended = row.ended_final[::-1, :actors]
        after = row.horizon[: int(game.moves[0].reached[game.periods]), :actors]
        for period in reversed(range(game.periods)):
            after = row.discount * after + row.accrual[: len(after), :actors]
            for k in reversed(range(len(game.moves))):
                move, n = game.moves[k], int(game.moves[k].reached[period])
                options = int(move.first[n])
                to = move.to[: int(move.branch[options])]
                below = np.concatenate([after, ended])[to]
                worst = np.full((options, actors), np.inf if most is np.minimum else -np.inf)
                option = np.repeat(np.arange(options), np.diff(move.branch[: options + 1]))
                most.at(worst, option, below)
                after = np.full((n, actors), np.inf if most is np.minimum else -np.inf)
                most.at(after, move.state_of_option[:options], worst + row.payoff[k][:options])
        found.append(ended[game.start] if game.start < 0 else after[game.start])
    return found[0], found[1]


_MADE: dict[str, tuple[Tree, Any, Any]] = {}
"""What `game_of` made here: OpenSpiel makes games anew from their parameters, which are text."""

pyspiel.register_game(_kind(None), OpenSpielGame)
