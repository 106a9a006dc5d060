"""A simulated week against a real server: how often each source is really asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tests.collect.fetching import a_network, a_source
from tests.collect.server import Asked, Server, response
from watcher.collect import fetch
from watcher.collect.politeness import after_poll, due
from watcher.model import Fetched, PollState, Source, SourceId

START = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = timedelta(days=7)
EVERY = 900


def publisher(server: Server, clock: list[datetime], path: str, hours: float) -> str:
    """A feed of thirty entries with a new one every so many hours, and validators."""

    async def handler(asked: Asked, writer: asyncio.StreamWriter) -> None:
        number = int((clock[0] - START) / timedelta(hours=hours))
        etag = f'"{number}"'
        if asked.headers.get("if-none-match") == etag:
            writer.write(response(304, headers=[("ETag", etag)], length=False))
        else:
            writer.write(response(200, str(number).encode(), [("ETag", etag)]))

    return server.route(path, handler)


async def live(
    sources: list[Source], server: Server, clock: list[datetime]
) -> Mapping[SourceId, list[datetime]]:
    """Polls whatever is due, minute by minute, for a week. When each source was asked."""
    network = a_network(server.allow)
    states: dict[SourceId, PollState] = {}
    polls: dict[SourceId, list[datetime]] = {source.id: [] for source in sources}
    numbers: dict[SourceId, int] = {}
    by_id = {source.id: source for source in sources}
    async with fetch.open_client(network) as client:
        while clock[0] < START + WEEK:
            chosen = due(sources, states, clock[0])
            async for result in fetch.gather(chosen, states, network, client=client, now=lambda: clock[0]):
                number = numbers.get(result.source_id, -30)
                if isinstance(result, Fetched):
                    numbers[result.source_id] = int(result.body)
                new = min(30, numbers.get(result.source_id, number) - number)
                state = states.get(result.source_id) or PollState(result.source_id)
                states[result.source_id] = after_poll(
                    by_id[result.source_id],
                    state,
                    result,
                    now=clock[0],
                    poll_every_seconds=EVERY,
                    entries=30 if isinstance(result, Fetched) else 0,
                    new=new,
                    jitter=0.5,
                )
                polls[result.source_id].append(clock[0])
            clock[0] += timedelta(minutes=1)
    return polls


def test_a_week_of_polls() -> None:
    clock = [START]
    with Server() as server:
        quiet = a_source(publisher(server, clock, "/quiet", 100), "quiet")
        daily = a_source(publisher(server, clock, "/daily", 24), "daily")
        flood = a_source(publisher(server, clock, "/flood", 0.002), "flood")
        limited = a_source(server.reply("/limited", 429, headers=[("Retry-After", "86400")]), "limited")
        broken = a_source(server.reply("/broken", 500), "broken")
        fresh = a_source(server.reply("/fresh", 200, b"1", [("Cache-Control", "max-age=21600")]), "fresh")
        gone = a_source(server.reply("/gone", 410), "gone")
        moved = a_source(server.redirect("/moved", "/quiet", 301), "moved")
        sources = [quiet, daily, flood, limited, broken, fresh, gone, moved]
        polls = asyncio.run(live(sources, server, clock))
        counts = Counter({source.id: len(polls[source.id]) for source in sources})
        assert server.counts["/moved"] == 3  # then the new address is asked
    minutes = {
        source.id: min(
            (b - a) / timedelta(minutes=1)
            for a, b in zip(polls[source.id], polls[source.id][1:], strict=False)
        )
        for source in sources
        if counts[source.id] > 1
    }
    assert min(minutes.values()) >= 5
    assert 150 <= counts[quiet.id] <= 180  # hourly
    assert 150 <= counts[daily.id] <= 180
    assert 1650 <= counts[flood.id] <= 2016  # every five minutes, and a jitter
    assert counts[limited.id] == 7
    assert 20 <= counts[broken.id] <= 60
    assert 27 <= counts[fresh.id] <= 29
    assert counts[gone.id] == 1
