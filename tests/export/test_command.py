"""`standoff export`: files for other programs, and refusals that say what to do."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from export.plain_efg import read as read_efg
from export.plain_umb import read as read_umb
from standoff.cli.app import app
from standoff.export import questions_in


def run(*arguments: str | Path) -> Result:
    """What the command says; refusals are status 2."""
    env = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
    result = CliRunner().invoke(app, ["export", *map(str, arguments)], env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_umb_prints_what_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, named after the scenario; then every question, what to subtract and to expect."""
    monkeypatch.chdir(tmp_path)
    said = run("two-move-deterrence", "--to", "umb", "--set", "precision=5")
    assert said.exit_code == 0
    first, what, under, *_ = said.stdout.splitlines()
    assert first == "two-move-deterrence.umb"
    assert what == "the chain of 'two-move-deterrence',"
    assert under.startswith("under free-choice, precision = 5, the other parameters at")
    assert max(map(len, said.stdout.splitlines())) <= 80
    plain = read_umb(tmp_path / "two-move-deterrence.umb")
    for question in questions_in(tmp_path / "two-move-deterrence.umb"):
        assert f"{question.quantity}\n  {question.ask}\n" in said.stdout
        assert f"expect {question.expected:.12g}" in said.stdout
        answer = plain.answer(question.ask) - question.subtract
        assert answer == pytest.approx(question.expected, abs=1e-12)
    assert "subtract 1.0, expect" in said.stdout


def test_umb_of_a_free_actor(tmp_path: Path) -> None:
    """The most and the least of everything; our own answer is the best response."""
    path = tmp_path / "x.umb"
    said = run("brinkmanship", "--to", "umb", "--free", "first", "--out", path, "--json")
    questions = json.loads(said.stdout)["questions"]
    assert [q["quantity"] for q in questions if q["expected"] is not None] == ["payoff of first"]
    assert {"max" in q["ask"] for q in questions} == {True, False}
    assert read_umb(path).index["transition-system"]["#players"] == 1
    spoken = run("brinkmanship", "--to", "umb", "--free", "first", "--out", path).stdout
    assert "the decision process of first of 'brinkmanship'," in spoken


def test_efg_says_how_large_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.efg"
    said = run("brinkmanship", "--to", "efg", "--scaled", "--out", path)
    nodes = read_efg(path.read_text(encoding="utf-8")).nodes
    assert f"'brinkmanship' as a tree of {nodes} nodes,\n" in said.stdout
    again = run("brinkmanship", "--to", "efg", "--out", path, "--json")
    assert json.loads(again.stdout)["nodes"] == nodes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "prism"], "--to is 'prism'; expected umb or efg"),
        (["--to", "efg", "--free", "first"], "--free is for umb"),
        (["--to", "umb", "--scaled"], "--scaled is for efg"),
        (["--to", "umb", "--free", "frist"], "'frist' is not an actor; did you mean 'first'?"),
        (["--to", "umb", "--doctrine", "gentle"], "did you mean 'gentle-road'?"),
        (["--to", "umb", "--most", "9"], "at most 9 are allowed. Take fewer periods"),
        (["--to", "efg", "--most", "9"], "has 32 nodes; at most 9 are allowed"),
        (["--to", "efg", "--set", "hazrad=1"], "did you mean 'hazard'?"),
    ],
)
def test_refusals(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence, with the nearest name or what to do; nothing is written."""
    monkeypatch.chdir(tmp_path)
    said = run("brinkmanship", *arguments)
    assert said.exit_code == 2
    assert message in said.stderr
    assert not list(tmp_path.iterdir())


def test_efg_of_a_game_with_hidden_types(tmp_path: Path) -> None:
    """With options of switches and parameters as they are wanted; umb says that efg can."""
    path = tmp_path / "x.efg"
    asked = ("chain-store", "--variant", "markets=three", "--set", "rationality=3", "--out", path)
    said = run(*asked, "--to", "efg")
    assert said.exit_code == 0
    assert "'chain-store' as a tree of 107 nodes,\n" in said.stdout
    assert "with markets = three, under free-choice, rationality = 3, the other" in said.stdout
    found = read_efg(path.read_text(encoding="utf-8"))
    assert found.nodes == 107
    assert "incumbent: rationality 3, discount 1" in found.comment
    told = json.loads(run(*asked, "--to", "efg", "--json").stdout)
    assert (told["nodes"], told["variant"]) == (107, {"markets": "three"})
    refused = run("beer-quiche", "--to", "umb", "--out", path.with_suffix(".umb"))
    assert refused.exit_code == 2
    assert "stranger has hidden types" in refused.stderr
    assert "can be exported as efg, for Gambit" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chain-store"], "'chain-store' has 236,195 nodes; at most 100,000 are allowed"),
        (["chain-store"], "Take fewer periods or types, or bind an actor by a doctrine"),
        (["beer-quiche", "--most", "14"], "has 15 nodes; at most 14 are allowed"),
        (["frightened-adviser"], "ruler starts from a prior of its own"),
        (["perfect-deterrence", "--doctrine", "bound-to-deny"], "(--set trust=1)"),
        (
            ["chain-store", "--variant", "markets=two"],
            "'two' is no option of 'markets'; there are ten",
        ),
        (["beer-quiche", "--doctrine", "eat-quiche"], "did you mean 'weak-eat-quiche'?"),
    ],
)
def test_refusals_where_types_are_hidden(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As elsewhere: in one sentence, with what to do; nothing is written."""
    monkeypatch.chdir(tmp_path)
    said = run(*arguments, "--to", "efg")
    assert said.exit_code == 2
    assert message in said.stderr
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    said = run("brinkmanship", "--to", "umb", "--out", tmp_path / "no" / "x.umb")
    assert said.exit_code == 1
    assert "no such file or directory" in said.stderr


@pytest.mark.parametrize(
    ("adapter", "package", "words"),
    [("openspiel", "pyspiel", "open_spiel"), ("pettingzoo", "gymnasium", "pettingzoo")],
)
def test_adapters_name_the_package_they_need(
    adapter: str, package: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is missing."""
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"standoff.export.{adapter}", raising=False)
    with pytest.raises(ImportError, match=f"python -m pip install {words}"):
        importlib.import_module(f"standoff.export.{adapter}")
