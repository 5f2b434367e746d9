"""How much may wait."""

from __future__ import annotations

import asyncio

import pytest

from app.served import in_a_thread
from standoff.app import Limits, RefusedError
from standoff.app.pool import Pool


def test_neither_one_client_nor_many_can_fill_the_queue() -> None:
    """Beyond the limits of waiting requests and clients, more are refused at once; what was
    cancelled no longer counts. No worker has been started: all of them wait."""

    async def crowd() -> None:
        pool = Pool(1, Limits(waiting=2, clients=2))

        async def ask(client: str) -> asyncio.Task[bytes]:
            task = asyncio.create_task(pool.ask(client, b"", small=True))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return task

        first, second, other = await ask("a"), await ask("a"), await ask("b")
        with pytest.raises(RefusedError, match="of your requests"):
            await pool.ask("a", b"", small=True)
        with pytest.raises(RefusedError, match="try again in a minute"):
            await pool.ask("c", b"", small=True)
        first.cancel()
        other.cancel()
        await asyncio.wait((first, other))
        third, fourth = await ask("a"), await ask("c")
        assert not third.done()
        assert not fourth.done()
        for task in (second, third, fourth):
            task.cancel()
        await asyncio.gather(second, third, fourth, return_exceptions=True)
        assert pool.turns.lines == {}

    in_a_thread(crowd())
