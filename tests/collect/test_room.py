"""Large bodies at the same time: who waits for whom, and who gives way."""

from __future__ import annotations

import asyncio
import time
from itertools import repeat

from tests.collect.fetching import NOON, a_network, a_source
from tests.collect.server import Server, response
from tests.collect.test_fetch_hosts import HERE, named
from watcher.collect import fetch, room
from watcher.model import Fetched, FetchFailed, FetchResult, Network, Source

MIB = 1 << 20


def head(size: int) -> bytes:
    return response(200, b"", [("Content-Length", str(size))], length=False)


def gathered(
    sources: list[Source], network: Network, busy: float = 0.0, until: str = ""
) -> list[FetchResult]:
    """In the order in which they came; `busy` seconds of work, with nobody listening, at the first."""

    async def run() -> list[FetchResult]:
        found: list[FetchResult] = []
        async with fetch.open_client(network, resolve=HERE) as client:
            async for result in fetch.gather(sources, {}, network, client=client, now=lambda: NOON):
                if busy and not found:
                    time.sleep(busy)
                found.append(result)
                if result.source_id == until:
                    break
        return found

    return asyncio.run(run())


def test_slow_large_bodies_give_way_to_an_honest_one() -> None:
    """Nine that send three megabytes at once and then drip have taken all the room before it comes."""
    with Server() as server:
        server.slowly("/drip", [head(16 * MIB) + bytes(3 * MIB), *repeat(b"x" * 64, 400)], 0.05)
        server.feed("/honest", bytes(3 * MIB), '"1"', delay=0.5)
        drips = [a_source(named(server, f"h{n}.example", "/drip")) for n in range(9)]
        honest = a_source(named(server, "honest.example", "/honest"), "honest")
        found = gathered([*drips, honest], a_network(server.allow, deadline=8.0), until=honest.id)
    *before, last = found
    assert isinstance(last, Fetched)
    gave_way = [r for r in before if isinstance(r, FetchFailed) and "others waited" in r.text]
    assert before == gave_way, "nobody's deadline had to pass first"


def test_many_large_bodies_at_once_all_come_in() -> None:
    """Twenty-seven megabytes for a room of twelve: all have begun before any ends, and none is lost."""
    with Server() as server:
        server.slowly("/big", [head(9 * MIB), *repeat(bytes(3 * MIB), 3)], 0.02)
        sources = [a_source(named(server, f"h{n}.example", "/big")) for n in range(3)]
        found = gathered(sources, a_network(server.allow, deadline=20.0))
    assert [type(result) for result in found] == [Fetched] * 3, [getattr(r, "text", "") for r in found]


def test_what_is_held_is_given_back_and_steps_are_counted() -> None:
    async def run() -> None:
        small = room.Room(4 * room.STEP)
        told: list[str] = []
        one, two = room.Place(small), room.Place(small)
        for _ in range(3):
            assert one.grow(lambda: told.append("one"), lambda: told.append("one gives way"))
        assert two.grow(lambda: told.append("two"), lambda: told.append("two gives way"))
        assert not two.grow(lambda: told.append("two"), lambda: told.append("two gives way"))
        assert told == []  # the first still moves
        assert not one.grow(lambda: told.append("one"), lambda: told.append("one gives way")) or told
        assert told in (["one"], []), "nobody moves: the largest goes on out of turn"
        one.release()
        assert "two" in told
        two.release()
        assert small._free == 4 * room.STEP

    asyncio.run(run())


def test_time_in_which_nobody_listens_is_nobodys_slowness() -> None:
    """One body keeps the program busy for longer than the others' deadline: they are not lost for that."""
    with Server() as server:
        server.reply("/first", body=b"<rss/>")
        server.feed("/slow", b"<rss/>", '"1"', delay=0.3)
        first = a_source(named(server, "first.example", "/first"))
        slow = [a_source(named(server, f"h{n}.example", "/slow")) for n in range(5)]
        found = gathered([first, *slow], a_network(server.allow, deadline=1.0), busy=1.6)
    assert [type(result) for result in found] == [Fetched] * 6, [getattr(r, "text", "") for r in found]
