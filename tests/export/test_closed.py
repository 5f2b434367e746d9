"""Trees for Gambit in which types are hidden: read back, their logit equilibrium is the exact one.

The judge of `standoff.extensive` says what that is; whether it holds in the file is found by the
equations themselves, in `plain_logit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from export.plain_efg import Choice, File, Leaf, agent_equilibrium, choices, read
from export.plain_logit import fixed_point, gap, reply
from extensive import files
from oracles.drafts import Document, Futures, documents, futures, game_of
from oracles.drafts import read as scenario_of
from standoff.export import TooLargeError, count_nodes, tree_of, write_efg
from standoff.extensive import Equilibrium, logit_branch, unfold
from standoff.game import Game, compile_game, fill
from standoff.play import HiddenError
from standoff.scenario import Scenario, ScenarioError, load, variant

GOLDEN = Path(__file__).parent / "golden"
FREE = "free-choice"


def named(name: str) -> Scenario:
    """A packaged scenario, the chain store with three markets, or one of the texts."""
    if name == "chain-store":
        return variant(load(name), {"markets": "three"})
    return scenario_of(name) if "\n" in name else load(name)


def written(
    game: Game, folder: Path, doctrine: str = FREE, parameters: Mapping[str, float] | None = None
) -> File:
    """The tree of a game, payoffs times rationality, read back."""
    path = folder / "x.efg"
    nodes = write_efg(game, fill(game, parameters), path, doctrine=doctrine, scaled=True)
    found = read(path.read_text(encoding="utf-8"))
    assert found.nodes == nodes
    return found


def exact(name: str, doctrine: str, parameters: Mapping[str, float]) -> Equilibrium:
    return logit_branch(unfold(named(name), parameters, doctrine=doctrine))


CASES = [
    ("beer-quiche", FREE, {"rationality": 1.0}),
    ("beer-quiche", FREE, {"rationality": 5.0}),
    ("beer-quiche", "weak-eat-quiche", {"rationality": 5.0}),
    ("perfect-deterrence", FREE, {"rationality": 0.05}),
    ("perfect-deterrence", FREE, {"rationality": 0.5}),
    ("perfect-deterrence", "bound-to-deny", {"trust": 1.0, "rationality": 0.1}),
    ("perfect-deterrence", "challenges-anyway", {"rationality": 0.1}),
    ("frightened-adviser", FREE, {"wishful": 0.0, "gullibility": 0.0}),
    ("chain-store", FREE, {"rationality": 3.0}),
    ("chain-store", FREE, {"rationality": 20.0}),
    (files.DETERRENCE, "line", {}),
    (files.LADDER, FREE, {"precision": 2.0}),
    (files.LADDER, FREE, {"precision": 10.0}),
]


@pytest.mark.parametrize(("name", "doctrine", "parameters"), CASES)
def test_the_logit_equations_hold_in_the_file(
    name: str, doctrine: str, parameters: dict[str, float], tmp_path: Path
) -> None:
    """What the exact solver finds is a logit equilibrium of the tree that was written, to 1e-9 in
    every information set, and of no other rationality (McKelvey & Palfrey 1998).
    """
    root = written(compile_game(named(name)), tmp_path, doctrine, parameters).root
    policies = exact(name, doctrine, parameters).policies
    assert {each.label for each in choices(root) if each.player} == set(policies)
    assert gap(policies, reply(root, policies, 1.0)) < 1e-9
    assert gap(policies, reply(root, policies, 1.1)) > 1e-4


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("beer-quiche", {"rationality": 0.5}),
        ("beer-quiche", {"rationality": 2.0}),
        ("perfect-deterrence", {"rationality": 0.02}),
        ("perfect-deterrence", {"rationality": 0.1}),
        ("chain-store", {"rationality": 1.0}),
        ("chain-store", {"rationality": 3.0}),
    ],
)
def test_the_file_alone_comes_to_the_same(
    name: str, parameters: dict[str, float], tmp_path: Path
) -> None:
    """Answering to what all do, from equal chances on, in the tree as it was written."""
    root = written(compile_game(named(name)), tmp_path, parameters=parameters).root
    assert gap(fixed_point(root, 1.0), exact(name, FREE, parameters).policies) < 1e-10


def test_a_golden_file(tmp_path: Path) -> None:
    """Beer and quiche (Cho & Kreps 1987) as it stands in textbooks, byte by byte."""
    game = compile_game(load("beer-quiche"))
    assert write_efg(game, fill(game), tmp_path / "x.efg") == 15
    found = (tmp_path / "x.efg").read_bytes()
    assert found == (GOLDEN / "beer-quiche.efg").read_bytes()


def test_types_are_drawn_first_and_hidden_from_others(tmp_path: Path) -> None:
    """Chance names whose type it is; who has one knows it, and does not know the other's."""
    found = written(compile_game(load("perfect-deterrence")), tmp_path)
    root = found.root
    assert isinstance(root, Choice)
    assert root.label == "1: the type of challenger and of defender"
    assert dict(zip(root.actions, map(float, root.chances), strict=True)) == {
        "challenger: hard, defender: hard": 0.06,
        "challenger: hard, defender: soft": 0.24,
        "challenger: soft, defender: hard": 0.14,
        "challenger: soft, defender: soft": 0.56,
    }
    assert sum(root.chances) == 1
    assert "Chance draws types first; each is known to its actor only." in found.comment
    holds: dict[tuple[int, str], set[str]] = {}
    for drawn, below in zip(root.actions, root.below, strict=True):
        for each in choices(below):
            own = drawn.split(", ")[each.player - 1].partition(": ")[2]
            other = drawn.split(", ")[2 - each.player].partition(": ")[2]
            assert each.label.startswith(f"{found.players[each.player - 1]} ({own}), period 1: ")
            holds.setdefault((each.player, each.label), set()).add(other)
    assert len(holds) == 6
    assert set(map(frozenset, holds.values())) == {frozenset({"hard", "soft"})}


def test_information_sets_are_numbered_player_by_player(tmp_path: Path) -> None:
    """From 1, each number for one label, as the format wants it."""
    found = written(compile_game(named("chain-store")), tmp_path)
    numbers: dict[int, dict[str, int]] = {}
    for each in choices(found.root):
        if each.player:
            assert numbers.setdefault(each.player, {}).setdefault(each.label, each.information) == (
                each.information
            )
    for by_label in numbers.values():
        assert sorted(by_label.values()) == list(range(1, len(by_label) + 1))


def test_who_does_not_look_ahead_is_a_player_in_each_period(tmp_path: Path) -> None:
    """With discount 0 every rival has the payoff of its own market; the incumbent has all."""
    found = written(compile_game(named("chain-store")), tmp_path, parameters={"rationality": 1})
    rivals = tuple(f"entrant, market {k}" for k in (1, 2, 3))
    assert found.players == (*rivals, "incumbent")
    assert found.comment.endswith(" entrant is one player in each market.")
    paid = dict(ends(found.root))
    tough = ("incumbent: tough", "enter", "share", "stay out", "enter", "fight")
    assert paid[tough] == (0.5, 0, -0.5, -2 + 2)
    weak = ("incumbent: weak", "enter", "fight", "enter", "share", "enter", "fight")
    assert paid[weak] == (-0.5, 0.5, -0.5, -2)


def ends(node: Leaf | Choice, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], object]]:
    """What leads to each end, and what is paid there."""
    if isinstance(node, Leaf):
        return [(path, node.payoffs)]
    pairs = zip(node.actions, node.below, strict=True)
    return [found for action, each in pairs for found in ends(each, (*path, action))]


def test_a_type_that_cannot_be_is_left_out(tmp_path: Path) -> None:
    """Where one type is certain, chance draws none."""
    game = compile_game(load("perfect-deterrence"))
    root = written(game, tmp_path, parameters={"hard defender": 1.0}).root
    assert isinstance(root, Choice)
    assert [action.rpartition(": ")[2] for action in root.actions] == ["hard", "hard"]
    both = {"hard defender": 1.0, "hard challenger": 0.0}
    sure = written(game, tmp_path, parameters=both)
    assert isinstance(sure.root, Choice)
    assert sure.root.label == "challenger (soft), period 1: start"
    assert "Chance" not in sure.comment


@pytest.mark.parametrize(
    ("name", "doctrine", "parameters", "message"),
    [
        (
            "frightened-adviser", FREE, {},
            r"^ruler starts from a prior of its own: it `believes` staff to be ready with "
            r"probability 0.6, and it is drawn with 0.5, .* `readiness \+ wishful \* "
            r"\(1 - readiness\)` is `readiness`, or leave `believes` out; standoff.extensive",
        ),
        (
            "frightened-adviser", FREE, {"wishful": 0.0},
            r"^what staff does is taken at face value, with a cursedness of 0.5, .* Have none "
            r"\(--set gullibility=0\); standoff.extensive unfolds it as it is",
        ),
        (
            "perfect-deterrence", "bound-to-deny", {},
            r"^'bound-to-deny' is believed with probability 0.5: the others doubt what defender "
            r"follows for certain, .* Export free-choice, or have it believed \(--set trust=1\)",
        ),
        (
            "perfect-deterrence", "bound-to-deny", {"trust": 0.0},
            r"^'bound-to-deny' is believed with probability 0:",
        ),
        (
            "perfect-deterrence", "quiet-resolve", {},
            r"^'quiet-resolve' is not announced: .* no game of its own. Export free-choice$",
        ),
        (files.PROMISE, "promise", {}, r"^'promise' is believed with probability 0.4: .*trust=1"),
    ],
    ids=["believes", "cursed", "doubted", "not believed", "secret", "doubted, without types"],
)  # fmt: skip
def test_what_one_prior_cannot_tell_is_refused(
    name: str, doctrine: str, parameters: dict[str, float], message: str, tmp_path: Path
) -> None:
    """By name and number, with what to do; and nothing is written."""
    game = compile_game(named(name))
    with pytest.raises(ValueError, match=message):
        write_efg(game, fill(game, parameters), tmp_path / "x.efg", doctrine=doctrine)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("chi", [0.0, 0.4])
def test_cursedness_matters_where_something_is_shown(chi: float, tmp_path: Path) -> None:
    """Where no action reveals anything there is nothing to take at face value, and so no doubt."""
    text = files.ADVISER.replace("reveals: rosy, ", "").replace("reveals: grim, ", "")
    game, future = game_of(text), {"chi": chi}
    root = written(game, tmp_path, parameters=future).root
    policies = logit_branch(unfold(game.scenario, future)).policies
    assert gap(policies, reply(root, policies, 1.0)) < 1e-9


def test_a_doctrine_believed_for_certain_is_as_one_announced(tmp_path: Path) -> None:
    """Without types too, where nothing is hidden then."""
    game = game_of(files.PROMISE)
    sure = written(game, tmp_path, "promise", {"trust": 1.0})
    assert sure.root == written(game, tmp_path, "open").root
    assert [each.player for each in choices(sure.root)] == [2, 2, 2]


@pytest.mark.parametrize("doctrine", [FREE, "bound-to-deny"])
def test_trees_of_perfect_information_point_here(doctrine: str) -> None:
    """OpenSpiel and PettingZoo, which walk through such trees, cannot have it, and are told who
    can.
    """
    game = compile_game(load("perfect-deterrence"))
    message = (
        r"no tree of perfect information can be made of 'perfect-deterrence': challenger and "
        r"defender have hidden types, .* can be exported as efg, for Gambit"
    )
    with pytest.raises(HiddenError, match=message):
        tree_of(game, fill(game), doctrine=doctrine)


def typed(document: Document, binds: bool) -> Document:
    """The same crisis, in which the first actor has types that make no difference."""
    first = next(name for name in document["order"] if name in document["actors"])
    actors = dict(document["actors"])
    actors[first] = actors[first] | {"types": {"loud": 0.3, "quiet": 0.7}}
    bare = {name: value for name, value in document.items() if name != "claims"}
    found = bare | {"actors": actors}
    if binds and "open" in document.get("doctrines", {}).get(first, {}):
        rule = document["doctrines"][first]["open"] | {"binds": "loud"}
        mine = document["doctrines"][first] | {"open": rule}
        found = found | {"doctrines": document["doctrines"] | {first: mine}}
    return found


@settings(max_examples=40)
@given(documents(periods=2), futures(1), st.sampled_from([FREE, "open"]), st.booleans())
def test_each_type_has_the_tree_of_the_game_without(
    tmp_path_factory: pytest.TempPathFactory,
    document: Document,
    rows: Futures,
    doctrine: str,
    binds: bool,
) -> None:
    """Random crises with chance, costs, ends, discount and doctrines, which the compiled game
    writes: where types make no difference, the tree below each of them is the same, payoffs and
    all; and a tree is refused by the number of nodes that it would have had.
    """
    folder = tmp_path_factory.mktemp("closed")
    row = rows.rows[0]
    try:
        plain, hidden = game_of(document), game_of(typed(document, binds))
        numbers = fill(plain, row)
        trees = {each: tree_of(plain, numbers, doctrine=each) for each in (doctrine, FREE)}
    except ScenarioError:
        assume(False)
    assume(max(map(count_nodes, trees.values())) <= 1_000)
    found = written(hidden, folder, doctrine, row)
    assert isinstance(found.root, Choice)
    assert found.root.actions[0].endswith(": loud")
    free = any(each.binds for each in hidden.scenario.doctrines if each.name == doctrine)
    follows = (doctrine, FREE if free else doctrine)
    assert found.nodes == 1 + sum(count_nodes(trees[each], joined=True) for each in follows)
    for below, each in zip(found.root.below, follows, strict=True):
        alone = agent_equilibrium(written(plain, folder, each, row).root, 1.0)
        assert agent_equilibrium(below, 1.0) == pytest.approx(alone, rel=1e-9, abs=1e-9)
    with pytest.raises(TooLargeError, match=f"has {found.nodes:,} nodes"):
        write_efg(
            hidden, fill(hidden, row), folder / "y.efg",
            doctrine=doctrine, max_nodes=found.nodes - 1,
        )  # fmt: skip
    assert not (folder / "y.efg").exists()
