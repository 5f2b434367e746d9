"""Running the server until it is interrupted."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from collections.abc import Callable

import uvicorn

from standoff.app.ask import RefusedError
from standoff.app.guard import LOOPBACK
from standoff.app.limits import Limits
from standoff.app.server import Settings, create_app
from standoff.explore import is_compiled

PORT = 8471
"""The usual port."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    given: str | None,
    host: str = "127.0.0.1",
    port: int = PORT,
    *,
    reachable_by_others: bool = False,
    workers: int | None = None,
    limits: Limits | None = None,
    told: Callable[[str], None] = print,
) -> None:
    """Serves a scenario, a study or all packaged scenarios until it is interrupted.

    `told` is called with a sentence that has the address, once the server listens there; port 0 is
    any that is free.

    Raises:
        RefusedError: others could reach `host` and that was not said to be meant, or the port is
            taken, or there is no such host.
        ScenarioError: the scenario has a mistake.
        StudyError: the study is not whole.
    """
    open_to_others = not is_loopback(host)
    if open_to_others and not reachable_by_others:
        raise RefusedError(
            f"others could reach this server at {host}: it asks nobody for a password, and whoever "
            "reaches it has this machine solve what they like; give --reachable-by-others if that "
            "is meant"
        )
    names = (*LOOPBACK, host.lower(), *((socket.gethostname().lower(),) if open_to_others else ()))
    app = create_app(
        Settings(
            given,
            names,
            open_to_others,
            max(2, os.cpu_count() or 1) if workers is None else workers,
            limits or Limits(),
        )
    )
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    told(f"standoff is at http://{shown}:{listening.getsockname()[1]}/  (Ctrl-C ends it)")
    if not is_compiled():
        told("The solver is compiled first, this once; the first answer takes minutes.")
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, timeout_graceful_shutdown=1,
        timeout_keep_alive=30, server_header=False, ws="none",
    )  # fmt: skip
    with listening:
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError:
        raise RefusedError(f"there is no host '{host}' here") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()  # who comes before the server is up waits, and is not turned away
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise RefusedError(
                f"port {port} is taken, perhaps by another standoff serve; give --port another"
            ) from None
        raise RefusedError(
            f"port {port} of {host} cannot be had: {(error.strerror or '').lower()}"
        ) from None
    return listening
