"""Who may speak to the server, how much they may say, and what a page from it may do.

A page of any site can make a browser send requests to this machine. It cannot forge the `Host` and
`Origin` that go with them: `Host` names the site whose name was made to point here (DNS
rebinding), `Origin` the site that the script came from.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from standoff.app.ask import RefusedError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine for itself."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'nonce-{nonce}'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Content security policy of the page; the nonce is for the style sheet that the editor makes."""

NO_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""Content security policy of everything that is no page."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""Sent with every answer."""


def guarded(app: ASGIApp, hosts: Collection[str], *, addresses: bool, body: int) -> ASGIApp:
    """The application behind its checks.

    `hosts` are the names it answers to, `addresses` says whether it also answers to any IP address
    (which no site can make its own name point at), `body` is the most bytes of a request.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = MutableHeaders(scope=message)
                for name, value in {**HEADERS, "content-security-policy": NO_POLICY}.items():
                    told.setdefault(name, value)
            await send(message)

        refusal = refuse(headers, scope["method"], hosts, addresses, body)
        if refusal is not None:
            await _tell(marked, *refusal)
        else:
            await app(scope, _counted(receive, body), marked)

    return answer


def refuse(
    headers: Headers, method: str, hosts: Collection[str], addresses: bool, body: int
) -> tuple[int, str] | None:
    """Status and sentence where a request must not be answered, else None."""
    named = headers.getlist("host")
    if len(named) != 1 or not _is_ours(named[0], hosts, addresses):
        return 421, (
            "this server does not answer to that name; open it by the address that it printed"
        )
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{named[0].lower()}":
        return 403, "another site may not use this server"
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return 403, "another site may not use this server"
    if method == "POST":
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            return 415, "requests are JSON, with the content type application/json"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > body:
            return 413, f"the request is larger than {body:,} bytes"
    return None


def _is_ours(given: str, hosts: Collection[str], addresses: bool) -> bool:
    name = given.lower()
    if name.startswith("["):
        name, bracket, port = name[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            return False
        port = port[1:]
    else:
        name, _, port = name.partition(":")
    if port and not (port.isascii() and port.isdecimal()):
        return False
    return name in hosts or (addresses and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _counted(receive: Receive, body: int) -> Callable[[], Awaitable[Message]]:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > body:
            raise RefusedError(f"the request is larger than {body:,} bytes", 413)
        return message

    return counted


async def _tell(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"error": sentence}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
