"""Whose turn it is: clients one after another, each with its own requests in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class Turns(Generic[T]):
    """A queue in which no client waits longer for having a neighbour that asks for much.

    Clients take turns, one request each (round robin, as in Nagle 1987 on fair queueing).
    """

    lines: dict[str, deque[T]] = field(default_factory=dict)

    def add(self, client: str, request: T) -> None:
        """Puts a request at the end of its client's line."""
        self.lines.setdefault(client, deque()).append(request)

    def waiting(self, client: str) -> int:
        """How many requests of a client wait."""
        return len(self.lines.get(client, ()))

    def take(self, suits: Callable[[T], bool]) -> T | None:
        """The first request that suits, of the client whose turn it is; None where none suits.

        The client then goes to the end of the round.
        """
        for client, line in self.lines.items():
            for request in line:
                if suits(request):
                    line.remove(request)
                    del self.lines[client]
                    if line:
                        self.lines[client] = line
                    return request
        return None

    def drop(self, client: str, request: T) -> None:
        """Takes a request out, if it still waits."""
        line = self.lines.get(client, deque())
        if request in line:
            line.remove(request)
            if not line:
                del self.lines[client]
