"""Sources asked on the spot: does it answer, with what, and where else might it be. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.collect import discover, fetch, parse
from watcher.collect.sources import load as load_kind
from watcher.errors import ParseError
from watcher.model import (
    Config,
    Entry,
    Fetched,
    FetchFailed,
    FetchResult,
    PollState,
    Request,
    Source,
    SourceId,
)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that answered, with its first entries."""

    url: str
    title: str
    entries: tuple[Entry, ...]


async def probe(
    config: Config, sources: Sequence[Source], clock: Clock, progress: Callable[[int, str], None]
) -> list[dict[str, object]]:
    """One row a source, in the order given: reachable, format, newest entry, a suggestion for a dead one."""
    rows: dict[SourceId, dict[str, object]] = {}
    by_id = {s.id: s for s in sources}
    async with fetch.open_client(config.network, contact=config.contact) as client:
        results = fetch.gather(
            sources,
            {},
            config.network,
            client=client,
            now=clock,
            ask=lambda source, state: load_kind(source.kind).ask(source, state),
        )
        async for result in results:
            rows[result.source_id] = _row(by_id[result.source_id], result)
            progress(len(rows), result.source_id)
        for source in sources:
            if not rows[source.id]["ok"] and rows[source.id]["status"] in (404, 410, 200):
                rows[source.id]["suggestion"] = await _elsewhere(config, source, client, clock)
    return [rows[s.id] for s in sources]


def _row(source: Source, result: FetchResult) -> dict[str, object]:
    row: dict[str, object] = {
        "id": source.id,
        "url": source.url,
        "ok": False,
        "status": getattr(result, "status", None),
        "kind": source.kind,
        "entries": 0,
        "newest": None,
        "suggestion": "",
        "milliseconds": result.elapsed_ms,
    }
    if isinstance(result, FetchFailed):
        return row | {"answer": result.code, "suggestion": result.text}
    if not isinstance(result, Fetched):
        return row | {"ok": True, "answer": "not modified"}
    try:
        read = parse.read(source, PollState(source.id), result)
    except ParseError as error:
        return row | {"answer": "unreadable", "suggestion": error.message}
    newest = max((e.published for e in read.entries if e.published), default=None)
    return row | {"ok": True, "answer": "ok", "entries": len(read.entries), "newest": newest}


async def _elsewhere(config: Config, source: Source, client: fetch.Client, clock: Clock) -> str:
    """Where the source's site says that its feed is; at most a handful of requests."""
    site = "/".join(source.url.split("/", 3)[:3]) + "/"
    found = await _candidates(config, site, client, clock, most=1)
    return f"its site offers {found[0].url}" if found else "its site offers no feed"


async def candidates(config: Config, url: str, clock: Clock) -> list[Candidate]:
    """The feeds of a site, or the feed itself, each fetched and read; the site's own choice first.

    Raises ParseError, naming the reason, when the address itself does not answer.
    """
    async with fetch.open_client(config.network, contact=config.contact) as client:
        return await _candidates(config, url, client, clock, most=5, strict=True)


async def _candidates(
    config: Config, url: str, client: fetch.Client, clock: Clock, *, most: int, strict: bool = False
) -> list[Candidate]:
    result = await fetch.fetch_one(Request(url), config.network, client=client, now=clock)
    if isinstance(result, FetchFailed) and strict:
        raise ParseError(url, result.text)
    if not isinstance(result, Fetched):
        return []
    kind = result.headers.get("content-type", "")
    if discover.is_feed(result.body, kind):
        return [_as_candidate(result)]
    found: list[Candidate] = []
    tried: set[str] = set()
    for place in discover.candidates(result.body, result.url, kind):
        if len(found) >= most or place.url in tried:
            continue
        tried.add(place.url)
        answer = await fetch.fetch_one(Request(place.url), config.network, client=client, now=clock)
        if isinstance(answer, Fetched) and discover.is_feed(
            answer.body, answer.headers.get("content-type", "")
        ):
            found.append(_as_candidate(answer))
    return found


def _as_candidate(fetched: Fetched) -> Candidate:
    source = Source(SourceId("candidate"), "feed", fetched.url, "candidate")
    try:
        entries = parse.read(source, PollState(source.id), fetched).entries
    except ParseError:
        entries = ()
    return Candidate(
        fetched.url, discover.feed_title(fetched.body, fetched.headers.get("content-type", "")), entries
    )
