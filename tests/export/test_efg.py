"""Trees for Gambit: read back by a plain reader, they have the equilibrium that we have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given, settings

import standoff
from export.games import MATCHING_PENNIES, TWO_ROUNDS, crises
from export.plain_efg import File, agent_equilibrium, choices, read
from oracles.crises import asymmetric_escalation, brinkmanship, centipede, salami
from oracles.drafts import Document, Futures, futures, game_of
from standoff.export import TooLargeError, count_nodes, tree_of, write_efg
from standoff.game import Game, fill
from standoff.scenario import ScenarioError
from standoff.solver import solve


def written(
    game: Game,
    path: Path,
    doctrine: str = "free-choice",
    parameters: Mapping[str, float] | None = None,
) -> File:
    """The tree of a game, payoffs times rationality, read back."""
    file = path / "x.efg"
    nodes = write_efg(game, fill(game, parameters), file, doctrine=doctrine, scaled=True)
    found = read(file.read_text(encoding="utf-8"))
    assert found.nodes == nodes
    return found


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("two-move-deterrence", {"precision": 5.0}),
        ("brinkmanship", {"rationality": 0.05}),
        (centipede(4), {"precision": 1.0}),
        (centipede(6), {"precision": 2.0}),
        (brinkmanship([0.1, 0.2, 0.4]), {"precision": 3.0}),
        (salami(3), {}),
        (asymmetric_escalation(), {"c dc": 3.0, "d de": 2.0, "c ed": 1.0}),
    ],
    ids=["two moves", "packaged ladder", "centipede 4", "centipede 6", "ladder", "salami", "types"],
)
def test_the_agent_equilibrium_of_the_tree_is_ours(
    name: str, parameters: dict[str, float], tmp_path: Path
) -> None:
    """Scaled by rationality, at precision 1, where nobody discounts (McKelvey & Palfrey 1998)."""
    game = standoff.compile(standoff.load(name)) if "\n" not in name else game_of(name)
    found = agent_equilibrium(written(game, tmp_path, parameters=parameters).root, 1.0)
    solution = solve(game, parameters)
    scale = solution.numbers.rationality[0, :, 0]
    assert found == pytest.approx((solution.value[0] * scale).tolist(), abs=1e-9)


def test_payoffs_as_they_are(tmp_path: Path) -> None:
    """Without scaling, the precision of the tree is the rationality of all."""
    game = game_of(centipede(4))
    write_efg(game, fill(game, {"precision": 2}), tmp_path / "x.efg")
    found = read((tmp_path / "x.efg").read_text(encoding="utf-8"))
    assert found.players == ("first", "second")
    assert "rationality 2, discount 1" in found.comment
    expected = solve(game, {"precision": 2}).value[0].tolist()
    assert agent_equilibrium(found.root, 2.0) == pytest.approx(expected, abs=1e-12)


def test_a_doctrine_takes_actions_from_the_tree(tmp_path: Path) -> None:
    """A defender bound to fight is not asked; its equilibrium is that of the doctrine."""
    game = standoff.compile(standoff.load("two-move-deterrence"))
    found = written(game, tmp_path, "always fight")
    assert [choice.actions for choice in choices(found.root)] == [("wait", "challenge")]
    value = solve(game, doctrine="always fight").value[0]
    assert agent_equilibrium(found.root, 1.0) == pytest.approx((2 * value).tolist(), abs=1e-12)


def test_members_of_a_group_do_not_see_each_others_choice(tmp_path: Path) -> None:
    """The second of them has one information set, with a node for each action of the first."""
    first, *second = choices(written(game_of(MATCHING_PENNIES), tmp_path).root)
    assert (first.player, first.actions) == (1, ("up", "down"))
    assert [(c.player, c.information, c.actions) for c in second] == [(2, 1, ("left", "right"))] * 2
    by_set: dict[tuple[int, int], list[tuple[str, ...]]] = {}
    for choice in choices(written(game_of(TWO_ROUNDS), tmp_path).root):
        if choice.player:
            by_set.setdefault((choice.player, choice.information), []).append(choice.actions)
    assert {len(nodes) for (player, _), nodes in by_set.items() if player == 1} == {1}
    assert {len(nodes) for (player, _), nodes in by_set.items() if player == 2} == {2}
    assert all(len(set(nodes)) == 1 for nodes in by_set.values())


def test_chances_add_up_exactly(tmp_path: Path) -> None:
    """As fractions, so that no reader finds them to add up to something else."""
    throws = [c for c in choices(written(game_of(TWO_ROUNDS), tmp_path).root) if not c.player]
    assert throws
    assert all(sum(throw.chances) == 1 and min(throw.chances) > 0 for throw in throws)


@settings(max_examples=40)
@given(crises(periods=2), futures(1))
def test_nodes_are_counted_before_they_are_made(
    tmp_path_factory: pytest.TempPathFactory, document: Document, rows: Futures
) -> None:
    """The number by which a tree is refused is that of the nodes it would have had."""
    try:
        game = game_of(document)
        numbers = fill(game, rows.arrays())
    except ScenarioError:
        assume(False)
    nodes = count_nodes(tree_of(game, numbers))
    assume(nodes <= 5_000)
    path = tmp_path_factory.mktemp("efg") / "x.efg"
    assert write_efg(game, numbers, path) == nodes
    assert read(path.read_text(encoding="utf-8")).nodes == nodes
    with pytest.raises(TooLargeError):
        write_efg(game, numbers, path, max_nodes=int(nodes) - 1)


def test_a_large_tree_is_refused_with_its_size(tmp_path: Path) -> None:
    game = standoff.compile(standoff.load("restrained-success"))
    match = r"has [\d,]{10,} nodes; at most 100,000 are .* or export umb"
    with pytest.raises(TooLargeError, match=match):
        write_efg(game, fill(game), tmp_path / "x.efg")
    assert not (tmp_path / "x.efg").exists()


def test_a_secret_doctrine_is_no_tree(tmp_path: Path) -> None:
    """The others play another game; the message says what can be had instead."""
    text = """
doctrines:
  red: {quiet: {never: push, announced: false}}
"""
    game = game_of(TWO_ROUNDS + text)
    with pytest.raises(ValueError, match=r"'quiet' is not announced.*as umb"):
        write_efg(game, fill(game), tmp_path / "x.efg", doctrine="quiet")


def test_who_does_not_look_ahead_is_not_made_indifferent(tmp_path: Path) -> None:
    """With discount 0 a later choice would be about payoffs that weigh nothing; where it chooses
    in the first period only, or does look ahead, nothing is lost.
    """
    blind = TWO_ROUNDS.replace("precision\n    ", "precision\n    discount: 0\n    ")
    game = game_of(blind)
    match = r"red has discount 0 and chooses in round 2: .* Take one round, .* or export umb"
    with pytest.raises(ValueError, match=match):
        write_efg(game, fill(game), tmp_path / "x.efg")
    assert not list(tmp_path.iterdir())
    for text in (
        blind.replace("periods: 2", "periods: 1"),
        blind.replace("discount: 0", "discount: 0.1"),
        ONE_CHOICE,
    ):
        game = game_of(text)
        assert write_efg(game, fill(game), tmp_path / "x.efg") > 0


ONE_CHOICE = """
standoff: 1
name: one-choice
title: A choice in the first of three rounds
time: {period: round, periods: 3}
variables: {done: {flag: false}}
order: [red]
actors:
  red:
    rationality: 1
    discount: 0
    payoff: done
    actions:
      hold: {when: not done, set: {done: true}}
      push: {when: not done, cost: 1, set: {done: true}}
      rest: {when: done}
outcomes: {done: {ever: done}}
"""
