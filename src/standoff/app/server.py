"""The server of the live page: what it answers, and how one page's work is kept from another's."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from standoff.app.ask import Ask, RefusedError, read_ask
from standoff.app.guard import LOOPBACK, POLICY, guarded
from standoff.app.limits import Limits
from standoff.app.offer import Offer, find, offers
from standoff.app.pool import Pool
from standoff.app.worker import Task
from standoff.explore import BLOCK

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="standoff-nonce" content="$nonce">
<title>standoff</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body><div id="page"><noscript>This page needs JavaScript.</noscript></div></body>
</html>
"""
)

_KINDS = {"page.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8"}


@dataclass(frozen=True)
class Settings:
    """What a server serves, to whom, and with how much of the machine."""

    given: str | None = None
    """A scenario file, the name of a packaged scenario, or the folder of a study; shown first."""
    hosts: tuple[str, ...] = LOOPBACK
    """Names under which the server may be addressed."""
    addresses: bool = False
    """Whether it may also be addressed by any IP address: for a server that others can reach."""
    workers: int = 2
    """Processes; one of them does nothing but small tasks."""
    limits: Limits = field(default_factory=Limits)


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The server as an ASGI application (Starlette), behind the checks of who may ask what.

        /                the page
        /api/scenarios   what is offered
        /api/scenario    the text of one
        /api/document    what it holds: parameters, doctrines, outcomes, claims
        /api/flight      who flees where in a study of it, as the report has it
        /api/solve       futures of a setting, 16 at a time as lines of JSON
        /api/check       mistakes and remarks of a text, as `standoff check --json` has them

    Raises:
        ScenarioError: what was given has a mistake.
        StudyError: the study that was given is not whole.
    """
    settings = settings or Settings()
    desk = Desk(settings, offers(settings.given), Pool(settings.workers, settings.limits))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await desk.pool.start()
        try:
            yield
        finally:
            await desk.pool.stop()

    routes = [
        Route("/", _page),
        Route("/page.js", _part),
        Route("/page.css", _part),
        Route("/api/scenarios", desk.scenarios),
        Route("/api/scenario", desk.scenario),
        Route("/api/document", desk.document, methods=["GET", "POST"]),
        Route("/api/flight", desk.flight),
        Route("/api/solve", desk.solve, methods=["POST"]),
        Route("/api/check", desk.check, methods=["POST"]),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={RefusedError: _refused})
    return guarded(app, settings.hosts, addresses=settings.addresses, body=settings.limits.body)


async def _page(_: Request) -> Response:
    nonce = secrets.token_urlsafe(16)
    policy = POLICY.format(nonce=nonce)
    return HTMLResponse(_PAGE.substitute(nonce=nonce), headers={"content-security-policy": policy})


async def _part(request: Request) -> Response:
    name = request.url.path.removeprefix("/")
    data = (files("standoff.report") / "page" / name).read_bytes()
    return Response(data, media_type=_KINDS[name], headers={"cache-control": "no-cache"})


async def _refused(_: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, RefusedError) else 500
    return JSONResponse({"error": str(error)}, status)


@dataclass
class Desk:
    """What takes requests, asks the workers, and remembers answers."""

    settings: Settings
    offers: dict[str, Offer]
    pool: Pool
    answers: OrderedDict[bytes, bytes] = field(default_factory=OrderedDict)
    checks: dict[str, asyncio.Task[bytes]] = field(default_factory=dict)
    """The check that is at work for each client."""
    streams: dict[str, asyncio.Task[Literal[True]]] = field(default_factory=dict)
    """For each client what is cancelled when it asks for another setting."""

    async def scenarios(self, _: Request) -> Response:
        """What is offered, by name; first what the server was given."""
        return JSONResponse([{"name": name} for name in self.offers])

    async def scenario(self, request: Request) -> Response:
        """The text of a scenario."""
        one = find(self.offers, request.query_params.get("scenario", ""))
        return JSONResponse({"name": one.name, "file": one.file, "text": one.text})

    async def document(self, request: Request) -> Response:
        """All that the page shows of a scenario before anything is solved."""
        if request.method == "GET":
            ask = Ask(name=request.query_params.get("scenario", ""))
        else:
            ask = read_ask(await request.body(), self.settings.limits)
        return _as_response(await self._ask(_client(request), self._task("document", ask)))

    async def flight(self, request: Request) -> Response:
        """Who flees where in the study of a scenario, as its report says; null where none does."""
        ask = Ask(name=request.query_params.get("scenario", ""))
        return _as_response(await self._ask(_client(request), self._task("flight", ask)))

    async def check(self, request: Request) -> Response:
        """Mistakes and remarks; a newer request of the same page replaces the one before."""
        ask = read_ask(await request.body(), self.settings.limits)
        client = _client(request)
        if older := self.checks.get(client):
            older.cancel()
        asked = asyncio.create_task(self._ask(client, self._task("check", ask), small=True))
        self.checks[client] = asked
        try:
            return _as_response(await asked)
        except asyncio.CancelledError:
            if not asked.cancelled():
                raise
            raise RefusedError("a newer text of the same page is checked instead", 409) from None
        finally:
            if self.checks.get(client) is asked:
                del self.checks[client]

    async def solve(self, request: Request) -> Response:
        """Futures of a setting, block by block; each line is an object with its `kind`."""
        ask = read_ask(await request.body(), self.settings.limits)
        self._task("block", ask)  # which refuses a name that is not offered
        lines = self.blocks(_client(request), ask)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    async def blocks(self, client: str, ask: Ask) -> AsyncIterator[bytes]:
        """As many blocks at a time as there are workers.

        None goes on when the page has left, or asks for another setting.
        """
        asked: list[asyncio.Task[bytes]] = []
        left = list(range(ask.first, ask.futures, BLOCK))
        replaced = asyncio.create_task(asyncio.Event().wait())
        if older := self.streams.get(client):
            older.cancel()
        self.streams[client] = replaced
        try:
            while left or asked:
                while left and len(asked) < self.pool.heavy:
                    last = min(ask.futures, left[0] + BLOCK)
                    block = self._task("block", replace(ask, first=left.pop(0), futures=last))
                    asked.append(asyncio.create_task(self._ask(client, block)))
                await asyncio.wait((asked[0], replaced), return_when=asyncio.FIRST_COMPLETED)
                if replaced.done():
                    yield _line("another setting of the same page is solved instead", 409) + b"\n"
                    return
                try:
                    line = asked.pop(0).result()
                except RefusedError as error:
                    line = _line(str(error), error.status)
                yield line + b"\n"
                if not line.startswith(b'{"kind":"block"'):
                    return
            yield b'{"kind":"end"}\n'
        finally:
            for task in (*asked, replaced):
                task.cancel()
            if self.streams.get(client) is replaced:
                del self.streams[client]

    async def _ask(self, client: str, task: Task, *, small: bool = False) -> bytes:
        key = task.encode()
        if key in self.answers:
            self.answers.move_to_end(key)
            return self.answers[key]
        answer = await self.pool.ask(client, key, small=small)
        if answer.startswith(_KEPT):
            self.answers[key] = answer
            held = sum(len(one) + len(other) for one, other in self.answers.items())
            while held > self.settings.limits.cached:
                dropped, of_it = self.answers.popitem(last=False)
                held -= len(dropped) + len(of_it)
        return answer

    def _task(self, kind: str, ask: Ask) -> Task:
        plain = replace(ask, name=None, text=None)
        if ask.name is None:
            return Task(kind, ask.text or "", "scenario.yaml", plain, edited=True)
        one = find(self.offers, ask.name)
        return Task(kind, one.text, one.file, plain, None if ask.choices else one.study)


def _client(request: Request) -> str:
    """Who asks: a page says which it is, and is else known by its address."""
    named = request.headers.get("x-standoff-client", "")
    address = request.client.host if request.client else ""
    return f"{address} {named[:64]}"


def _line(sentence: str, status: int) -> bytes:
    told = {"kind": "refused", "error": sentence, "status": status}
    return json.dumps(told, ensure_ascii=False).encode()


_KEPT = tuple(b'{"kind":"%s"' % kind for kind in (b"block", b"document", b"flight"))
"""How answers begin that are given again."""

_STATUS = {"mistakes": 422, "cancelled": 409}


def _as_response(answer: bytes) -> Response:
    """The answer of a worker, which begins with its kind, with the status that goes with it."""
    kind = answer.split(b'"', 4)[3].decode()
    status = json.loads(answer)["status"] if kind == "refused" else _STATUS.get(kind, 200)
    return Response(answer, status, media_type="application/json")
