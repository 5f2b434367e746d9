"""The live page's server: what it answers, within which limits, and to how many at once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from app.served import LIMITS, blocks, client, in_a_thread, served, until
from cli.said import Said
from displacement.flight import CRISIS
from standoff.app import RefusedError, Settings, serve
from standoff.app.ask import Ask
from standoff.app.offer import offers
from standoff.app.server import Desk
from standoff.explore import Study, run
from standoff.report.document import displacement
from standoff.scenario import load, packaged, starter

LARGE = """
standoff: 1
name: large
title: A scenario with more states than are allowed here
time: {period: day, periods: 40}
variables:
  one: {levels: 40}
  two: {levels: 40}
  three: {levels: 40}
order: [mover]
actors:
  mover:
    rationality: 1
    actions:
      first: {when: one < 40, set: {one: one + 1}}
      second: {when: two < 40, set: {two: two + 1}}
      third: {when: three < 40, set: {three: three + 1}}
      wait: {}
"""


def workers_of_this_process() -> set[int]:
    """The processes that servers in this process have started."""
    mine, found = os.getpid(), set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == mine and b"spawn_main" in command:
                found.add(int(entry.name))
    return found


def test_what_is_offered_is_what_is_packaged(page: httpx.Client) -> None:
    """What was given, then the packaged scenarios; and their texts, verbatim."""
    offered = [one["name"] for one in page.get("/api/scenarios").json()]
    assert offered[0] == "two-move-deterrence"
    assert sorted(offered) == sorted(packaged())
    found = page.get("/api/scenario", params={"scenario": "beer-quiche"}).json()
    assert found["text"] == load("beer-quiche").text


def test_the_document_has_what_sliders_need(page: httpx.Client) -> None:
    """Each uncertain parameter has rising stops within its range, a unit and a basis."""
    found = page.get("/api/document", params={"scenario": "two-move-deterrence"}).json()
    sliders = {one["name"]: one for one in found["parameters"] if one["stops"]}
    assert set(sliders) == {"precision", "harm", "loss", "toll"}
    assert sliders["harm"]["stops"] == sorted(sliders["harm"]["stops"])
    assert sliders["harm"]["unit"] == "payoff"
    assert found["doctrines"][0]["name"] == "free-choice"
    assert [claim["judged"] for claim in found["claims"]] == [True] * 3


def test_who_flees_where_is_said_of_a_study_as_in_its_report(
    page: httpx.Client, tmp_path: Path
) -> None:
    """Null where the study's scenario drives nobody away, or where it would but has no study."""
    for name in ("two-move-deterrence", "escalation-trap"):
        found = page.get("/api/flight", params={"scenario": name})
        assert found.status_code == 200
        assert found.json() == {"kind": "flight", "displacement": None}
    (tmp_path / "small.yaml").write_text(CRISIS, encoding="utf-8")
    fled = run(tmp_path / "small.yaml", tmp_path / "study", futures=4)
    with served(str(fled.path)) as address, client(address) as other:
        found = other.get("/api/flight", params={"scenario": "small-flight"})
    told = displacement(fled)
    assert told is not None
    assert found.json() == {"kind": "flight", "displacement": json.loads(json.dumps(told))}


def test_solved_afresh_a_block_is_that_of_a_study(page: httpx.Client, study: Study) -> None:
    """Where nothing is pinned, the page's futures, outcomes, courses and verdicts are those of a
    study with the same seed; and a study that is served answers with its own."""
    kept = list(blocks(page, scenario="two-move-deterrence", futures=32))
    fresh = list(blocks(page, text=study.scenario.text, futures=32))
    assert [line["kind"] for line in fresh] == ["block", "block", "end"]
    assert fresh == kept
    expected = study.results["expected"].sel(doctrine="always fight", outcome="war").to_numpy()
    index = [one.name for one in study.scenario.outcomes].index("war")
    assert fresh[1]["outcomes"][1][index] == pytest.approx(expected[16:], rel=1e-4, abs=1e-12)


def test_a_pinned_assumption_is_the_same_in_all_futures(page: httpx.Client) -> None:
    """Also in the limit of perfect rationality, where nobody challenges who is bound to fight and
    harms more than there is to gain (gain is 1)."""
    ask = {"scenario": "two-move-deterrence", "futures": 16, "pinned": {"harm": 2.0}}
    (block, _) = blocks(page, **ask, concept="limit")
    assert set(block["parameters"]["harm"]) == {2.0}
    outcomes = [one.name for one in load("two-move-deterrence").outcomes]
    always = block["outcomes"][block["doctrines"].index("always fight")]
    assert always[outcomes.index("challenge")] == [0.0] * 16


def test_a_check_is_that_of_the_command_line(page: httpx.Client, crisis: Path) -> None:
    """Mistakes with line and column, remarks with reasons: the same JSON as `check --json`."""
    told = Said("check", crisis, "--json").json
    found = page.post("/api/check", json={"text": starter()}).json()
    assert found == {"kind": "check"} | told
    crisis.write_text(starter().replace("war:", "wahr:", 1), encoding="utf-8")
    told = Said("check", crisis, "--json").json
    answer = page.post("/api/check", json={"text": crisis.read_text(encoding="utf-8")})
    assert answer.status_code == 422
    for mistake in told["mistakes"]:
        mistake["file"] = "scenario.yaml"
    assert answer.json() == {"kind": "mistakes"} | told
    assert told["mistakes"][0]["line"] > 0


BOMBS = {
    "aliases": "a: &a [x, x]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "nesting": "standoff: " + "[" * 20_000,
    "braces": "{" * 20_000,
    "long line": "standoff: 1 # " + "x" * 900_000,
    "tags": "standoff: !!python/object/apply:os.system ['true']",
    "expression": starter().replace("holds: ", "holds: " + "not (" * 3000, 1),
    "power": starter().replace("payoff:", "payoff: 9 ** 9 ** 9 ** 9 #", 1),
    "nothing": "",
    "zero": "\0",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_a_mistake_like_any_other(page: httpx.Client, bomb: str) -> None:
    """What would blow up a YAML reader or an evaluator is refused in a sentence, at once."""
    found = page.post("/api/check", json={"text": bomb})
    assert found.status_code in (413, 422)
    told = found.json()
    assert told.get("error") or told["mistakes"][0]["message"]
    assert "took" not in str(told.get("error"))


def test_too_many_states_are_refused_early(page: httpx.Client) -> None:
    """With the number that is allowed, in a check and where it is to be solved."""
    found = page.post("/api/check", json={"text": LARGE})
    assert found.status_code == 422
    assert f"{LIMITS.states:,}" in found.json()["mistakes"][0]["message"]
    (line,) = blocks(page, text=LARGE, futures=16)
    assert line["kind"] == "mistakes"


def test_too_many_parameters_are_refused(page: httpx.Client) -> None:
    """With the number that is allowed."""
    many = "".join(
        f"  p{k}: {{value: 1, range: [0, 2], unit: x, why: many, basis: assumed}}\n"
        for k in range(LIMITS.parameters + 1)
    )
    text = LARGE.replace("variables:", f"parameters:\n{many}variables:")
    found = page.post("/api/check", json={"text": text})
    assert found.status_code == 413
    assert f"at most {LIMITS.parameters}" in found.json()["error"]


def test_a_text_cannot_have_folders_read(page: httpx.Client, tmp_path: Path) -> None:
    """Of what lies in a folder that a text names, nothing is read, and nothing told."""
    secret = tmp_path / "input_csv"
    secret.mkdir()
    (secret / "locations.csv").write_text("what nobody should see\n")
    section = (
        f"displacement: {{instance: {tmp_path}, people: uprooted, per: 1, days: 14, "
        "counts: {abroad: {in: abroad}}}\n"
        "outcomes: {uprooted: {each period: one, unit: people}}\n"
    )
    found = page.post("/api/check", json={"text": LARGE.replace("40", "2") + section})
    assert found.status_code == 400
    assert "packaged instance" in found.json()["error"]
    assert "nobody should see" not in found.text


def test_an_unknown_name_is_told_with_the_nearest(page: httpx.Client) -> None:
    """Parameters and doctrines of a request are looked up like those of a file."""
    ask = {"scenario": "two-move-deterrence", "futures": 16}
    (line,) = blocks(page, **ask, pinned={"hram": 1})
    assert "did you mean 'harm'" in line["error"]
    (line,) = blocks(page, **ask, doctrines=["always figth"])
    assert "did you mean 'always fight'" in line["error"]
    (line, _) = blocks(page, **ask, pinned={"precision": -1.0})
    assert line["kind"] == "block"
    assert line["futures"] == 0
    assert line["failures"]


def test_markup_in_a_scenario_stays_text(page: httpx.Client) -> None:
    """Titles, claims and units travel as JSON; the page sets them as text (see tests/browser)."""
    evil = "</script><img src=x onerror=alert(1)>"
    text = starter().replace("title:", f"title: '{evil}' #", 1)
    found = page.post("/api/document", json={"text": text})
    assert found.headers["content-type"] == "application/json"
    assert found.json()["title"] == evil


def test_a_heavy_client_does_not_starve_another(address: str) -> None:
    """While one asks for a thousand futures, another gets sixteen, and a check is answered by the
    worker that is kept for small tasks; the heavy one goes on meanwhile."""
    lines: list[tuple[float, str]] = []
    stop = threading.Event()

    def heavy() -> None:
        with client(address, "heavy") as page:
            for line in blocks(page, scenario="restrained-success", futures=1024):
                lines.append((time.monotonic(), line["kind"]))
                if stop.is_set():
                    return

    thread = threading.Thread(target=heavy)
    thread.start()
    try:
        until(lambda: bool(lines))
        with client(address, "light") as light:
            assert light.post("/api/check", json={"text": starter()}).status_code == 200
            found = list(blocks(light, scenario="two-move-deterrence", futures=16, seed=7))
        assert [line["kind"] for line in found] == ["block", "end"]
        served_at = time.monotonic()
        assert len(lines) < 1024 // 16
        until(lambda: lines[-1][0] > served_at)
        assert {kind for _, kind in lines} == {"block"}
    finally:
        stop.set()
        thread.join()


def test_endless_work_is_stopped_and_the_next_is_served() -> None:
    """A worker that takes longer than allowed is ended, in a sentence, and another takes over."""
    limits = replace(LIMITS, states=200_000, seconds=0.3)
    with served(limits=limits) as address, client(address) as page:
        lines = list(blocks(page, scenario="escalation-trap", futures=16))
        assert [line["kind"] for line in lines] == ["refused"]
        assert "longer than the 0.3 s" in lines[0]["error"]
        assert page.post("/api/check", json={"text": starter()}).status_code == 200


def test_what_needs_too_much_memory_is_refused() -> None:
    """Before it is begun, by what solving will need; or where the system refuses it on the way."""
    limits = replace(LIMITS, states=10**6, memory=16 * 2**20)
    with served(limits=limits) as address, client(address) as page:
        (line,) = blocks(page, scenario="escalation-trap", futures=16)
        assert line["status"] == 413
        assert "16" in line["error"]
        found = page.post("/api/check", json={"text": LARGE.replace("40}", "70}")})
        assert found.status_code == 413
        assert "memory" in found.json()["error"]
        assert page.post("/api/check", json={"text": starter()}).status_code == 200


def test_a_worker_that_is_killed_is_told_and_replaced() -> None:
    """No request hangs: what was asked is refused, and what is asked next is answered."""
    before = workers_of_this_process()
    with served() as address, client(address) as page:
        assert page.post("/api/check", json={"text": starter()}).status_code == 200
        seen = iter(blocks(page, scenario="restrained-success", futures=1024))
        assert next(seen)["kind"] == "block"
        for worker in workers_of_this_process() - before:
            os.kill(worker, signal.SIGKILL)
        rest = [line["kind"] for line in seen]
        assert rest[-1] == "refused"
        lines = list(blocks(page, scenario="two-move-deterrence", futures=16))
        assert [line["kind"] for line in lines] == ["block", "end"]
        mine = workers_of_this_process() - before
    until(lambda: not workers_of_this_process() & mine)


def test_a_newer_setting_of_a_page_replaces_the_older(address: str) -> None:
    """Also where the page keeps its older connection open; the older is told."""
    with client(address, "twice") as page, client(address, "twice") as again:
        older = blocks(page, scenario="restrained-success", futures=1024, seed=5)
        assert next(older)["kind"] == "block"
        lines = list(blocks(again, scenario="two-move-deterrence", futures=16, seed=5))
        assert [line["kind"] for line in lines] == ["block", "end"]
        *_, last = older
        assert last["status"] == 409
        assert "another setting" in last["error"]


def test_who_leaves_is_not_worked_for() -> None:
    """A page that closes its connection leaves nothing behind that is solved or waits."""

    class Slow:
        heavy = 2
        asked = left = 0

        async def ask(self, client: str, task: bytes, *, small: bool) -> bytes:
            self.asked += 1
            try:
                return await asyncio.Future()
            finally:
                self.left += 1

    async def leave() -> tuple[int, int]:
        slow = Slow()
        desk = Desk(Settings(), offers(None), cast(Any, slow))
        lines = desk.blocks("one", Ask(name="two-move-deterrence", futures=64))
        first = asyncio.ensure_future(anext(lines))
        while slow.asked < slow.heavy:
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await asyncio.sleep(0)
        assert desk.streams == {}
        return slow.asked, slow.left

    assert in_a_thread(leave()) == (2, 2)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "some.host"])
def test_others_are_not_let_in_unless_that_is_said(host: str) -> None:
    """The server has no password; to bind where others reach it takes an option of that name."""
    with pytest.raises(RefusedError, match="--reachable-by-others"):
        serve(None, host)
    said = Said("serve", "--host", host)
    assert said.status == 2
    assert "whoever reaches it" in said.error


def test_what_cannot_be_served_is_refused_before_anything_listens(tmp_path: Path) -> None:
    """A mistake in the file, a folder that is no study, a port that is taken."""
    bad = tmp_path / "bad.yaml"
    bad.write_text(starter().replace("war:", "wahr:", 1), encoding="utf-8")
    said = Said("serve", bad)
    assert said.status == 2
    assert "bad.yaml:" in said.error
    assert Said("serve", tmp_path).status == 2
    with served() as address:
        port = address.rpartition(":")[2]
        said = Said("serve", "--port", port)
        assert said.status == 2
        assert f"port {port} is taken" in said.error


def test_lines_are_json_by_the_letter(page: httpx.Client) -> None:
    """No NaN and no infinity, which no browser reads."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    ask = {"scenario": "reciprocal-fear", "futures": 16}
    with page.stream("POST", "/api/solve", json=ask) as answer:
        for line in answer.iter_lines():
            json.loads(line, parse_constant=refuse)
