"""How much one request may take: time, memory, states, parameters, futures, bytes."""

from __future__ import annotations

from dataclasses import dataclass

MEBI = 2**20


@dataclass(frozen=True)
class Limits:
    """What a page may ask of the server; whatever exceeds it is refused or stopped, and told."""

    states: int = 200_000
    """Reachable states of a scenario."""
    parameters: int = 400
    """Parameters of a scenario."""
    futures: int = 1024
    """Futures of one setting."""
    seconds: float = 60.0
    """For one block of futures, for a first document, or for who flees where."""
    small_seconds: float = 20.0
    """For a check."""
    memory: int = 1536 * MEBI
    """Bytes that a worker may hold beside the libraries it has loaded."""
    body: int = 2_500_000
    """Bytes of a request: a scenario of the largest size, written as JSON."""
    waiting: int = 32
    """Requests of one client that may wait."""
    clients: int = 64
    """Clients of which requests may wait at one time."""
    cached: int = 64 * MEBI
    """Bytes of answers that are kept, to be given again."""
