"""What the tests of fetching share: sources at a server, and one call that polls them all."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from watcher.collect import fetch
from watcher.collect.dial import Patience, system_resolve, system_tls
from watcher.model import FetchResult, Network, PollState, Request, Source, SourceId

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def a_source(url: str, name: str = "", **more: object) -> Source:
    return Source(SourceId(name or url), "feed", url, name or url, **more)  # type: ignore[arg-type]


def a_network(*allow: str, deadline: float = 5.0, spacing: float = 0.0, **more: object) -> Network:
    return Network(
        allow_private=allow,
        deadline_seconds=deadline,
        per_host_spacing_seconds=spacing,
        **more,  # type: ignore[arg-type]
    )


def poll(
    sources: Iterable[Source],
    network: Network,
    states: Mapping[SourceId, PollState] | None = None,
    *,
    resolve: Callable[[str, int], Awaitable[Sequence[str]]] = system_resolve,
    tls: Callable[[], ssl.SSLContext] = system_tls,
    patience: Patience = Patience(),
    ask: Callable[[Source, PollState], Request] = fetch.plain,
    contact: str = "",
) -> list[FetchResult]:
    """The results in the order in which they came."""

    async def run() -> list[FetchResult]:
        options = {"resolve": resolve, "tls": tls, "patience": patience, "contact": contact}
        async with fetch.open_client(network, jitter=lambda: 0.0, **options) as client:  # type: ignore[arg-type]
            results = fetch.gather(sources, states or {}, network, client=client, now=lambda: NOON, ask=ask)
            return [result async for result in results]

    return asyncio.run(run())


def poll_one(url: str, network: Network, state: PollState | None = None, **more: object) -> FetchResult:
    source = a_source(url)
    (result,) = poll([source], network, {source.id: state} if state else {}, **more)  # type: ignore[arg-type]
    return result


def pages(urls: Iterable[str], network: Network) -> dict[str, FetchResult]:
    async def run() -> dict[str, FetchResult]:
        async with fetch.open_client(network, jitter=lambda: 0.0) as client:
            results = fetch.gather_pages(urls, network, client=client, now=lambda: NOON)
            return {url: result async for url, result in results}

    return asyncio.run(run())
