"""The command line: what each command prints, for people and for machines, and how it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import standoff
from cli.said import Said
from standoff.scenario import packaged, starter

TYPO = starter().replace("crisis == war, better", "crisis == wra, better")


@pytest.fixture
def typo(tmp_path: Path) -> Path:
    path = tmp_path / "typo.yaml"
    path.write_text(TYPO, encoding="utf-8")
    return path


def test_run_prints_verdicts_doctrines_and_traps(crisis: Path, tmp_path: Path) -> None:
    """In this order, in 80 columns, with what it needs first and where the study is last."""
    said = Said("run", crisis, "--futures", "20", "--out", tmp_path / "s")
    assert (said.status, said.error) == (0, "")
    parts = [
        "my-crisis: A blockade may grow into war",
        "20 futures × 3 doctrines",
        "of memory in one worker",
        "What became of the claims",
        " of sampled futures (",
        "The doctrines compared",
        "war (share of courses; lower is better)",
        "Who is trapped",
        "The study is in",
    ]
    places = [said.out.find(part) for part in parts]
    assert places == sorted(places)
    assert places[0] == 0
    assert max(map(len, said.out.splitlines())) <= max(80, len(str(tmp_path / "s")) + 20)
    assert (tmp_path / "s" / "verdicts.json").exists()


def test_run_again_judges_again_and_solves_nothing(crisis: Path, tmp_path: Path) -> None:
    arguments = ("run", crisis, "--futures", "3", "--out", tmp_path / "s")
    first, second = Said(*arguments), Said(*arguments)
    assert "solved before; nothing is left to do" in second.out
    assert second.out.partition("What became")[2] == first.out.partition("What became")[2]


def test_run_as_json(crisis: Path, tmp_path: Path) -> None:
    """Everything that the text says, and per future what it sums up; progress goes elsewhere."""
    said = Said("run", crisis, "--futures", "20", "--seed", "3", "--out", tmp_path / "s", "--json")
    assert said.status == 0
    found = said.json
    assert found["study"] == str(tmp_path / "s")
    assert (found["manifest"]["seed"], found["manifest"]["futures"]) == (3, 20)
    assert found["manifest"]["hash"] == standoff.load(crisis).hash
    assert [v["claim"] for v in found["verdicts"]] == ["convoys-mean-war", "convoys-help"]
    for verdict in found["verdicts"]:
        low, high = verdict["interval"]
        assert 0 <= low <= verdict["share"] <= high <= 1
        shares = (verdict["share"], verdict["fails"], verdict["undetermined"])
        assert sum(shares) == pytest.approx(1)
    war = [row for row in found["doctrines"] if row["quantity"] == "war"]
    assert [row["doctrine"] for row in war] == ["free-choice", "no escorts", "convoys at once"]
    assert all(0 <= row["noise"] <= 1 for row in war)
    (trap,) = found["traps"]
    assert len(trap["depth"]) == len(trap["best"]) == len(trap["trapped"]) == 20
    assert "20 futures" in said.error


def test_run_with_some_doctrines(crisis: Path, tmp_path: Path) -> None:
    """Free choice is always among them; claims that need others are not judged."""
    said = Said(
        "run",
        crisis,
        "--futures",
        "3",
        "--out",
        tmp_path / "s",
        "--doctrine",
        "no escorts",
        "--json",
    )
    assert said.json["manifest"]["doctrines"] == ["free-choice", "no escorts"]
    assert said.json["verdicts"][0]["missing"] == ["convoys at once"]


def test_check_finds_nothing_in_the_starter(crisis: Path) -> None:
    said = Said("check", crisis)
    assert (said.status, said.error) == (0, "")
    assert said.out == "my-crisis: no mistakes, no remarks; 18 reachable states\n"
    assert Said("check", crisis, "--json").json == {
        "scenario": "my-crisis",
        "hash": standoff.load(crisis).hash,
        "standoff": standoff.__version__,
        "states": 18,
        "remarks": [],
    }


def test_check_remarks_with_place_and_reason(crisis: Path) -> None:
    """A remark is no mistake: status 0."""
    doubtful = starter().replace("{when: crisis == calm, set", "{when: crisis == war, set")
    crisis.write_text(doubtful, encoding="utf-8")
    said = Said("check", crisis)
    assert said.status == 0
    assert f"{crisis}:" in said.out
    assert "action 'blockade' of 'blockader' is never available" in said.out
    remarks = Said("check", crisis, "--json").json["remarks"]
    assert {"check", "line", "column", "remark", "reason"} == remarks[0].keys()
    assert all(remark["line"] > 0 for remark in remarks)


def test_a_mistake_is_told_with_file_line_and_column(typo: Path) -> None:
    """By every command that reads a scenario, with status 2 and the nearest name."""
    line = next(k for k, text in enumerate(TYPO.splitlines(), 1) if "wra" in text)
    column = TYPO.splitlines()[line - 1].index("wra") + 1
    for command in ("run", "check", "show"):
        said = Said(command, typo)
        assert (said.status, said.out) == (2, "")
        assert said.error.startswith(f"{typo}:{line}:{column}: ")
        assert "did you mean 'war'?" in said.error
        (mistake,) = Said(command, typo, "--json").json["mistakes"]
        assert (mistake["file"], mistake["line"], mistake["column"]) == (str(typo), line, column)
        assert (mistake["nearest"], mistake["length"]) == ("war", 3)


@pytest.mark.parametrize("command", ["run", "check", "show"])
def test_an_unknown_scenario_is_told_with_the_nearest(command: str, tmp_path: Path) -> None:
    said = Said(command, "two-move-deterence")
    assert (said.status, said.out) == (2, "")
    assert "no scenario is called 'two-move-deterence'; did you mean" in said.error
    missing = Said(command, tmp_path / "nothing.yaml")
    assert missing.status == 2
    assert missing.error == f"{tmp_path / 'nothing.yaml'}: there is no such file\n"


def test_refusals_say_what_would_do(crisis: Path, tmp_path: Path) -> None:
    """Status 2, one sentence on standard error; with --json also as JSON."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").write_text("years of work")
    cases = {
        ("--doctrine", "no escort"): "did you mean 'no escorts'?",
        ("--sampling", "sobel"): "--sampling is 'sobel'; expected sobol or latin-hypercube",
        ("--precision", "half"): "--precision is 'half'; expected single or double",
        ("--out", str(tmp_path / "taken")): "is not empty and holds no study",
        ("--out", str(crisis)): "is a file; a study is a folder",
        ("--max-states", "3"): "more than 3",
    }
    for options, message in cases.items():
        said = Said("run", crisis, *options)
        assert (said.status, said.out) == (2, ""), options
        assert message in said.error
        asked = Said("run", crisis, *options, "--json")
        assert asked.status == 2
        assert message in json.dumps(asked.json, ensure_ascii=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "two-move-deterrence", "--futures", "0"),
        ("run", "two-move-deterrence", "--futures", "99999999999"),
        ("run", "two-move-deterrence", "--futures", "many"),
        ("run", "two-move-deterrence", "--seed", "-1"),
        ("run", "two-move-deterrence", "--workers", "0"),
        ("run",),
        ("check", "two-move-deterrence", "--futures", "0"),
        ("solve",),
        ("list", "--yaml"),
    ],
)
def test_wrong_use_is_status_2(arguments: tuple[str, ...]) -> None:
    said = Said(*arguments)
    assert (said.status, said.out) == (2, "")
    assert "Usage: " in said.error


def test_something_else_wrong_is_status_1(crisis: Path) -> None:
    """A folder that cannot be made is nobody's mistake in the scenario."""
    said = Said("run", crisis, "--out", "/proc/nowhere/study")
    assert said.status == 1
    assert said.error.startswith("standoff: /proc/nowhere")


def test_list_names_every_packaged_scenario() -> None:
    said = Said("list")
    assert said.status == 0
    names = [line for line in said.out.splitlines() if not line.startswith(" ")]
    assert names == list(packaged())
    entries = Said("list", "--json").json
    assert [entry["scenario"] for entry in entries] == list(packaged())
    assert all(entry["title"] and len(entry["hash"]) == 64 for entry in entries)


def test_list_survives_a_scenario_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, typo: Path
) -> None:
    """It should not happen; but it must not hide the others."""
    sound = standoff.load
    monkeypatch.setattr(
        standoff, "load", lambda name: sound(typo if name == "two-move-deterrence" else name),
        raising=False,
    )  # fmt: skip
    said = Said("list")
    assert said.status == 0
    assert "cannot be used: " in said.out
    assert sum(not line.startswith(" ") for line in said.out.splitlines()) == len(packaged())
    broken = [entry for entry in Said("list", "--json").json if "mistake" in entry]
    assert [entry["scenario"] for entry in broken] == ["two-move-deterrence"]


def test_show_tells_what_a_scenario_holds(crisis: Path) -> None:
    """Actors, state, size, and the XLRM table (Lempert, Popper & Bankes 2003)."""
    said = Said("show", crisis)
    assert (said.status, said.error) == (0, "")
    for part in (
        "6 periods (each a month), from 2030-01-01",
        "18 reachable states",
        "blockader  wait, blockade, withdraw",
        "crisis   [calm] < blockade < war",
        "X: what is uncertain",
        "incident     0.05  0.01 … 0.15 per month (uniform, elicited)",
        "L: what can be done",
        "defender  no escorts: No convoys while there is a blockade.",
        "R: how it is related",
        "blockader → defender → accident (chance)",
        "M: what is measured",
        "blockaded  each period, months, lower is better",
        "convoys-help      Escorting convoys shortens the blockade.",
    ):
        assert part in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_show_as_json(crisis: Path) -> None:
    found = Said("show", crisis, "--json").json
    assert (found["scenario"], found["standoff"]) == ("my-crisis", standoff.__version__)
    assert found["hash"] == standoff.load(crisis).hash
    assert found["time"] == {"period": "month", "periods": 6, "start": "2030-01-01"}
    assert found["variables"]["crisis"] == {
        "kind": "ladder", "values": ["calm", "blockade", "war"], "start": "calm",
    }  # fmt: skip
    assert found["parameters"]["ruin"]["distribution"] == {"kind": "uniform", "low": 4, "high": 16}
    assert found["doctrines"]["no escorts"]["actor"] == "defender"
    assert found["outcomes"]["war"]["better"] == "lower"
    assert found["claims"]["convoys-help"]["holds"].startswith("blockaded[")


def test_new_writes_a_starter_that_passes_check(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    said = Said("new", path)
    assert (said.status, said.out) == (0, f"{path} written; try: standoff check {path}\n")
    assert path.read_text(encoding="utf-8") == starter()
    assert Said("check", path).status == 0


def test_new_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("years of work")
    said = Said("new", path)
    assert said.status == 2
    assert said.error == f"standoff: {path} is already there; choose another name\n"
    assert path.read_text() == "years of work"
    assert Said("new", tmp_path).status == 2
    nowhere = Said("new", tmp_path / "no" / "where.yaml")
    assert nowhere.status == 2
    assert "there is no folder" in nowhere.error


def test_schema_is_a_json_schema() -> None:
    said = Said("schema")
    assert said.status == 0
    assert said.json == standoff.schema()
    assert said.json["type"] == "object"


def test_help_is_there_for_every_command() -> None:
    """Also for who types nothing at all."""
    assert "Commands:" in Said("--help").out
    for command in ("run", "check", "list", "show", "new", "schema"):
        said = Said(command, "-h")
        assert said.status == 0
        assert f" {command} [OPTIONS]" in said.out
        assert max(map(len, said.out.splitlines())) <= 80
    alone = Said()
    assert "Commands:" in alone.out + alone.error


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("arguments", ["schema", "list", "show escalation-trap"])
def test_a_reader_that_has_had_enough_is_no_error(arguments: str) -> None:
    """`standoff schema | head -1` says nothing of broken pipes, however soon the pipe breaks."""
    pipes = {
        reader: subprocess.Popen(
            ["sh", "-c", f"{sys.executable} -m standoff {arguments} | {reader}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for reader in ("head -1", "true")
    }  # fmt: skip
    for reader, pipe in pipes.items():
        out, error = pipe.communicate()
        assert error == ""
        assert len(out.splitlines()) == (reader == "head -1")


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_no_color_is_obeyed_on_a_terminal() -> None:
    """On a terminal there may be bold, but with NO_COLOR no colour; without it the same words."""
    import pty

    def on_a_terminal(**environment: str) -> str:
        ours, theirs = pty.openpty()
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "standoff", "show", "two-move-deterrence"],
                stdout=theirs, stderr=theirs, stdin=theirs,
                env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
            )  # fmt: skip
            os.close(theirs)
            chunks = []
            while True:
                try:
                    chunk = os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
                if not chunk:
                    break
                chunks.append(chunk)
            assert process.wait() == 0
        finally:
            os.close(ours)
        return b"".join(chunks).decode()

    plain = on_a_terminal(NO_COLOR="1")
    assert "two-move-deterrence: A challenger may challenge" in plain
    assert "\x1b[3" not in plain
    assert "\x1b[9" not in plain


def test_concepts_stand_side_by_side() -> None:
    """Nobody secures more than its best response is worth. Signorino's (1999) defender secures -0.5
    if it is free to capitulate, and -0.8, a war, if it is bound to fight.
    """
    told = Said("concepts", "two-move-deterrence")
    assert told.status == 0
    assert "best response" in told.out
    assert "defender can keep war at or below 0 % whatever the others do." in told.out
    assert max(len(line) for line in told.out.splitlines()) <= 80
    found = Said("concepts", "two-move-deterrence", "--json").json
    for row in found["payoffs"]:
        assert row["guarantee"] <= row["best_response"] + 1e-12
        assert row["gain"] >= -1e-12
    secured = {r["doctrine"]: r["guarantee"] for r in found["payoffs"] if r["actor"] == "defender"}
    assert secured == pytest.approx({"free-choice": -0.5, "always fight": -0.8})
    lost = Said("concepts", "two-move-deterrence", "--doctrine", "always figt")
    assert lost.status == 2
    assert "did you mean 'always fight'" in lost.error
