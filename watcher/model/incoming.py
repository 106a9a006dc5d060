"""What comes in: sources, what is remembered of them, answers, entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.model.words import EntryKey, SourceId, Tier


@dataclass(frozen=True, slots=True)
class Source:
    """One address that is polled. `options` belong to the kind (selectors, field mapping, query)."""

    id: SourceId
    kind: str
    url: str
    name: str
    language: str | None = None
    tier: Tier = Tier.MEDIA
    state: str | None = None
    group: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = True
    every_seconds: int | None = None
    adversary: bool = False
    note: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    confidence: str = ""  # how well the address is known, as the pack says
    robots: str = ""  # what the site's robots.txt says of it, as the pack says


@dataclass(frozen=True, slots=True)
class PollState:
    """What is remembered of a source between polls. Validators are kept byte for byte."""

    source_id: SourceId
    url: str | None = None  # where it now lives, when it has moved for good
    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None
    seen: bytes = b""  # 8-byte item hashes, newest first, concatenated
    memo: bytes = b""  # what the kind itself remembers (a table's last rows)
    next_poll: datetime | None = None
    interval_seconds: int | None = None
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    error: str | None = None  # reason code: dns, timeout, http-404, not-a-feed, blocked, …
    error_text: str = ""
    moved_to: str | None = None
    moved_times: int = 0
    paused: bool = False
    retired: bool = False
    reported: str | None = None  # the trouble users were last told of, so that it is told once
    polls: int = 0
    items: int = 0
    not_before: datetime | None = None  # the server's own word (Retry-After): `--force` waits for it too
    habit_seconds: int | None = None  # its usual time between two new entries, smoothed
    earlier_urls: tuple[str, ...] = ()  # where it lived before, oldest first


@dataclass(frozen=True, slots=True)
class Request:
    """What a source kind asks for. `headers` are added to ours."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 with its whole decoded body. Header names are lower case."""

    source_id: SourceId
    url: str  # after redirects
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    moved_to: str | None = None  # where a chain of permanent redirects leads
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304. Its headers may still lengthen the interval."""

    source_id: SourceId
    headers: Mapping[str, str]
    at: datetime
    moved_to: str | None = None
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """A poll that did not give a body. `code` is stable; `text` is for people."""

    source_id: SourceId
    code: str
    text: str
    at: datetime
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    elapsed_ms: int = 0


FetchResult = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a source offers it. All text is plain text, neutralised (collect/text.py)."""

    key: EntryKey
    source_id: SourceId
    url: str
    title: str
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None  # as declared; the judge detects when it is None
    outlet: str = ""  # the publisher, never the aggregator
    outlet_url: str = ""
    author: str = ""
    guid: str = ""
    hash: int = 0  # of the raw item, for the skip ladder
    tier: Tier = Tier.MEDIA
    adversary: bool = False
    tags: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    """Structured facts of an official record (table, json kinds): state, stage, date, …"""
