"""All that the documentation tells a reader to type is tried out."""

from __future__ import annotations

import ast
import re
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from cli.said import Said
from documentation.page import (
    INTO,
    PRINTED,
    ROOT,
    RUN,
    Block,
    blocks,
    blocks_of,
    commands,
    edit,
    laid_over,
)
from documentation.unrun import BLOCKS, COMMANDS, PROGRAMS
from standoff.cli.app import app
from standoff.scenario import loads

KNOWN = {"python", "sh", "yaml", "r", "sql", "text", "", "{toctree}"}
"""Languages of blocks. Those without one are what is printed, or formulas."""
OWN = ("standoff", ".venv/bin/standoff")
"""How a page calls the command line."""
PATIENCE = 600.0
"""Seconds after which a server is given up."""


def every_command() -> list[tuple[str, list[str]]]:
    """The commands of all pages, each with the name of its page."""
    every = ((page.name, block) for page in RUN for block in blocks_of(page))
    return [
        (page, words)
        for page, block in every
        if block.language == "sh"
        for words in commands(block)
    ]


def first_line(block: Block) -> str:
    return block.text.splitlines()[0]


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_a_reader_can_follow_the_page(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python, commands and edits of a page in its order, in an empty folder; what must be printed
    was printed."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": page.stem}
    printed = ""
    for block in blocks_of(page):
        if first_line(block) in BLOCKS:
            continue
        if block.language == "python":
            # Line numbers are those of the page, so that a failure says where it stands.
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), names)
        elif block.language == "sh":
            printed += "".join(typed(words) for words in commands(block) if not reason(page, words))
        elif into := INTO.fullmatch(block.above):
            edit(tmp_path / into[1], block)
        elif block.above == PRINTED:
            assert block.text.strip() in printed, f"{page.name}, line {block.line}"


def typed(words: list[str]) -> str:
    """What a command prints, if it is to be run; it must end well."""
    assert words[0] in OWN, f"neither run nor in unrun.py: {' '.join(words)}"
    if words[1] == "serve":
        return served(words[1:])
    said = Said(*words[1:])
    assert said.status == 0, said.error
    return said.out


def reason(page: Path, words: list[str]) -> str:
    """Why a command is not run; empty if it is."""
    command = " ".join(words)
    begun = (why for begins, why in PROGRAMS.items() if command.startswith(begins))
    return COMMANDS.get(page.name, {}).get(command) or next(begun, "")


def served(words: list[str]) -> str:
    """Starts the server at a free port, fetches its page, and ends it as Ctrl-C does."""
    command = [sys.executable, "-m", "standoff", *words, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        assert server.stdout is not None
        try:
            told = server.stdout.readline()
            address = re.search(r"http://[\d.:]+/", told)
            assert address is not None, told
            assert "<title>standoff" in fetched(address[0])
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(PATIENCE)
    return told


def fetched(address: str) -> str:
    """The page at an address, once somebody answers there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"nobody answers at {address}")


@pytest.mark.parametrize(
    "command", sorted({command for of_page in COMMANDS.values() for command in of_page})
)
def test_a_command_that_is_not_run_could_be(command: str) -> None:
    """Command, arguments and options exist and have the right kinds."""
    group: Any = typer.main.get_command(app)
    _, name, *words = command.split()
    with group.commands[name].make_context(name, words):
        pass


def test_other_programs_are_asked_rightly() -> None:
    """What is not of standoff is sound to the shell; files and extras that it names are there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for _, words in every_command():
        if words[0] in OWN:
            continue
        subprocess.run(["bash", "-n", "-c", " ".join(words)], check=True)
        for option, word in pairwise(words):
            assert option != "-r" or (ROOT / word).is_file(), word
        for extra in re.findall(r"standoff\[(\w+)\]", " ".join(words)):
            assert extra in project["optional-dependencies"]


def test_python_that_is_not_run_compiles_and_imports_what_there_is() -> None:
    """Names that it takes from standoff are there, where their module can be loaded at all."""
    for block in (block for page in RUN for block in blocks_of(page)):
        if block.language != "python" or first_line(block) not in BLOCKS:
            continue
        for node in ast.walk(ast.parse(block.text)):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(
                "standoff"
            ):
                continue
            home = import_module(node.module or "")
            folder = Path(home.__file__ or "").parent
            for alias in node.names:
                assert hasattr(home, alias.name) or (folder / f"{alias.name}.py").exists()


def test_nothing_is_left_out_silently() -> None:
    """Blocks are in known languages, and each reason in unrun.py belongs to something shown."""
    every = [block for page in RUN for block in blocks_of(page)]
    assert {block.language for block in every} <= KNOWN
    shown = [(page, " ".join(words)) for page, words in every_command()]
    assert {(page, one) for page, of_page in COMMANDS.items() for one in of_page} <= set(shown)
    assert all(any(command.startswith(begins) for _, command in shown) for begins in PROGRAMS)
    assert set(BLOCKS) <= {first_line(block) for block in every}
    for block in every:
        if block.language in ("r", "sql"):
            assert first_line(block) in BLOCKS


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_yaml_is_yaml(page: Path) -> None:
    """What leaves nothing out with "…" can be read; a whole scenario is without mistake."""
    for block in blocks_of(page):
        if block.language == "yaml" and "…" not in block.text:
            yaml.safe_load(block.text)
            if block.text.startswith("standoff:"):
                loads(block.text, f"{page.name}, line {block.line}")


def test_the_finders_find() -> None:
    """Blocks, commands and edits are seen where there are some, and as a reader sees them."""
    text = "<!-- into a.yaml -->\n```sh\nstandoff run a \\\n  --set b='c d' && ls # e\n```\n"
    (one, two) = blocks(text + "```yaml\nj: 1\n")
    assert one == Block("sh", text.split("```")[1][3:], 3, "<!-- into a.yaml -->")
    assert two == Block("yaml", "j: 1\n", 7, "```")
    assert commands(one) == [["standoff", "run", "a", "--set", "b=c d"], ["ls"]]
    assert laid_over({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2], "d": 3}}) == {
        "a": {"b": 1, "c": [2], "d": 3}
    }
