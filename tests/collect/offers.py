"""Sources, states and bodies for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from watcher.collect import parse
from watcher.collect.parse import Read
from watcher.model import Entry, Fetched, PollState, Source, SourceId

FEEDS = Path(__file__).parent.parent / "data" / "feeds"
NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
URL = "https://news.example.org/feed"


def a_source(kind: str = "feed", url: str = URL, **fields: object) -> Source:
    return Source(SourceId("src"), kind, url, "The Source", **fields)  # type: ignore[arg-type]


def a_body(
    body: bytes | str, content_type: str = "application/xml", url: str = URL, at: datetime = NOW
) -> Fetched:
    raw = body.encode() if isinstance(body, str) else body
    return Fetched(SourceId("src"), url, 200, {"content-type": content_type}, raw, at)


def read(
    body: bytes | str,
    source: Source | None = None,
    state: PollState | None = None,
    content_type: str = "application/xml",
) -> Read:
    source = source or a_source()
    return parse.read(source, state or PollState(source.id), a_body(body, content_type, source.url))


def entries(
    body: bytes | str, source: Source | None = None, content_type: str = "application/xml"
) -> tuple[Entry, ...]:
    return read(body, source, content_type=content_type).entries


def rss(*items: str, head: str = "<title>T</title>") -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def item(number: int = 1, title: str = "", extra: str = "", link: str = "") -> str:
    title = title or f"Story {number}"
    link = link or f"https://news.example.org/story/{number}"
    return f"<item><title>{title}</title><link>{link}</link>{extra}</item>"


def feed_bytes(name: str) -> bytes:
    return (FEEDS / name).read_bytes()
