"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed. The only user of feedparser. Pure.

Plain well-formed items are read by `collect/quick.py`; what that leaves, and every body that
cannot be cut into items, is feedparser's.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from watcher.collect.charset import as_utf8
from watcher.collect.cut import Cut, cut, hashes, hints, raw_link, raw_title, shared_links
from watcher.collect.entries import RawItem, Setting, entry, unrepeated, with_shared_keys
from watcher.collect.politeness import address_of
from watcher.collect.reading import (
    MAX_ENTRIES,
    MAX_JSON_BYTES,
    MAX_JSON_VALUES,
    PollHints,
    Reading,
    pack_hints,
    reading,
    seen_hashes,
)
from watcher.errors import ParseError
from watcher.model import Entry, Fetched, PollState, Request, Source

ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"
MAX_WHOLE_BYTES = 1024 * 1024
MAX_WHOLE_TAGS = 50_000
"""feedparser takes seconds a megabyte and twenty times a body's memory: what is larger, or has more
tags, is read only if it can be cut into items."""

MAX_ITEM_BYTES = 4 * 1024 * 1024
MAX_ITEM_TAGS = 50_000
MAX_TAGS = 250_000
MAX_PATIENT_TAGS = 20_000
MAX_TEXT_BYTES = 512 * 1024
"""An item beyond these, and what follows once the items' tags come to the last, is left out: a tree takes
200 bytes a tag. What is small as a whole is not counted."""
_SMALL = 256 * 1024
_LONG_TEXT = re.compile(rb"(?<=[>[])[^<]{%d,}+" % (MAX_TEXT_BYTES + 1))
_HALF_ENTITY = re.compile(rb"&[^;]{0,12}\Z")

_ENTITY = re.compile(rb"<!ENTITY\s")
_SAFE_ENTITY = re.compile(
    rb"""<!ENTITY\s+\w+\s+(?:"[^"&%<]{0,16}"|'[^'&%<]{0,16}'|"&#\w{1,8};"|'&#\w{1,8};')\s*>"""
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|rdf|feed|channel)[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_ALTERNATE = re.compile(rb"<link\b[^>]{0,500}application/(?:rss|atom)\+xml[^>]{0,500}>", re.IGNORECASE)
_HREF = re.compile(rb"""href\s*=\s*["']?([^"'\s>]{1,500})""", re.IGNORECASE)
_FEED_LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([A-Za-z_-]{2,20})\s*<")
_ROOT_LANGUAGE = re.compile(rb"<(?:rss|feed|channel|rdf:RDF)\b[^>]*?xml:lang=[\"']([A-Za-z_-]{2,20})[\"']")


class Options(BaseModel):
    """`aggregator`: titles end in ` - Publisher`, and the outlet is that publisher."""

    model_config = ConfigDict(extra="forbid")

    aggregator: bool = False


def ask(source: Source, state: PollState) -> Request:
    return Request(address_of(source, state), {"Accept": ACCEPT})


def read(source: Source, state: PollState, fetched: Fetched) -> Reading:
    """In the feed's own order. Raises ParseError, and nothing else, whatever the bytes."""
    aggregator = bool(source.options.get("aggregator")) or fetched.url.startswith("https://news.google.com/")
    return read_feed(source, state, fetched, aggregator=aggregator)


def read_feed(source: Source, state: PollState, fetched: Fetched, *, aggregator: bool) -> Reading:
    body = as_utf8(fetched.body, fetched.headers.get("content-type", ""), source.language)
    if body[:1] in (b"{", b"["):
        return _read_json(source, state, fetched, body)
    _refuse(source, body)
    pieces = cut(body)
    envelope = pieces.envelope if pieces else body[:8_192]
    setting = Setting(source, fetched.url, fetched.at, _language(envelope), aggregator)
    told = hints(envelope)
    if pieces:
        return _read_cut(pieces, setting, state, told)
    return _read_whole(body, setting, state, told)


def _language(envelope: bytes) -> str:
    found = _FEED_LANGUAGE.search(envelope) or _ROOT_LANGUAGE.search(envelope)
    return found[1].decode("ascii") if found else ""


def _refuse(source: Source, body: bytes) -> None:
    """What is no feed, and what is a feed only to do harm."""
    if not body:
        raise ParseError(source.id, "the body is empty")
    head = body[:65_536]
    declared = _ENTITY.findall(body) if b"<!ENTITY" in body else ()
    if len(declared) > 300 or len(declared) != len(_SAFE_ENTITY.findall(body) if declared else ()):
        raise ParseError(
            source.id, "the feed declares XML entities that refer to files or to one another; refused"
        )
    root = _ROOT.search(head)
    page = _HTML.search(head)
    if page and (root is None or page.start() < root.start()):
        raise ParseError(source.id, "this is a web page, not a feed" + _feed_link(body))
    if root is None and b"<item" not in body and b"<entry" not in body:
        raise ParseError(source.id, f"not a feed: it begins with {_beginning(body)!r}")


def _feed_link(body: bytes) -> str:
    link = _ALTERNATE.search(body[:200_000])
    href = _HREF.search(link[0]) if link else None
    return f"; its feed is {href[1].decode('utf-8', 'replace')}" if href else ""


def _beginning(body: bytes) -> str:
    return " ".join(body[:60].decode("utf-8", "replace").split())


# ── cut: only the unseen items are parsed ─────────────────────────────────────────────────────


def _read_cut(pieces: Cut, setting: Setting, state: PollState, told: PollHints) -> Reading:
    from watcher.collect import quick  # lxml: a poll in which nothing is new does without

    digests = hashes(pieces.items)
    items = tuple(map(_shortened, pieces.items))
    known = seen_hashes(state.seen)
    unknown = [number for number, digest in enumerate(digests) if digest not in known]
    wanted = _bearable(unknown, items)
    shared = shared_links(items) if wanted else frozenset()
    patience = _Patience(pieces, setting)
    entries: list[Entry] = []
    for group in _groups(wanted, items):
        raws = quick.read_items(pieces, tuple(items[number] for number in group))
        for number, raw in zip(group, raws, strict=True):
            raw = raw or patience.read(items[number])
            if raw is not None:
                entries.append(entry(raw, setting, digests[number], shared=number in shared))
    left = len(unknown) - len(wanted)
    notes = _notes(pieces.total) + ((f"{left} items too large to read were left out",) if left else ())
    return Reading(
        unrepeated(entries),
        digests,
        pack_hints(told),
        told,
        notes,
        pieces.total,
        len(unknown) == len(items),
    )


def _shortened(item: bytes) -> bytes:
    """With the beginning of texts that no field would keep whole."""
    return item if len(item) <= MAX_TEXT_BYTES else _LONG_TEXT.sub(_beginning_of, item)


def _beginning_of(text: re.Match[bytes]) -> bytes:
    whole = text[0]
    start = whole[:MAX_TEXT_BYTES].decode("utf-8", "ignore").encode()
    end = whole.rfind(b"]]>")
    return start + whole[end:][:1024] if end >= MAX_TEXT_BYTES else _HALF_ENTITY.sub(b"", start)


def _bearable(numbers: list[int], items: tuple[bytes, ...]) -> list[int]:
    """Without the items that are too large, or all markup; up to the tags that one body may have."""
    if sum(len(items[number]) for number in numbers) <= _SMALL:
        return numbers
    kept, sum_of_tags = [], 0
    for number in numbers:
        tags = items[number].count(b"<")
        sum_of_tags += tags
        if sum_of_tags > MAX_TAGS:
            break
        if len(items[number]) <= MAX_ITEM_BYTES and tags <= MAX_ITEM_TAGS:
            kept.append(number)
    return kept


def _groups(wanted: list[int], items: tuple[bytes, ...]) -> Iterator[list[int]]:
    """A megabyte at a time: a tree and its texts take several times the bytes they come from."""
    group: list[int] = []
    size = 0
    for number in wanted:
        if group and size + len(items[number]) > MAX_WHOLE_BYTES:
            yield group
            group, size = [], 0
        group.append(number)
        size += len(items[number])
    if group:
        yield group


class _Patience:
    """Items that are not well formed, one by one by feedparser's loose reader: up to a megabyte and twenty
    thousand tags of them, which take it seconds."""

    def __init__(self, pieces: Cut, setting: Setting) -> None:
        self._pieces, self._setting = pieces, setting
        self._bytes, self._tags = MAX_WHOLE_BYTES, MAX_PATIENT_TAGS

    def read(self, item: bytes) -> RawItem | None:
        """What is beyond keeps its title and its link."""
        size, tags = len(item), item.count(b"<")
        if size > self._bytes or tags > self._tags:
            return RawItem(title=_text_of(raw_title(item)), link=_text_of(raw_link(item)))
        self._bytes -= size
        self._tags -= tags
        raws, _ = _feedparser(self._pieces.head + item + self._pieces.tail, self._setting)
        return raws[0] if raws else None


def _text_of(part: bytes) -> str:
    return part.decode("utf-8", "replace").replace("<![CDATA[", "").replace("]]>", "")


def _notes(total: int) -> tuple[str, ...]:
    return (f"{total} entries; the first {MAX_ENTRIES} were read",) if total > MAX_ENTRIES else ()


# ── whole: feedparser ─────────────────────────────────────────────────────────────────────────


def _read_whole(body: bytes, setting: Setting, state: PollState, told: PollHints) -> Reading:
    if len(body) > MAX_WHOLE_BYTES or body.count(b"<") > MAX_WHOLE_TAGS:
        raise ParseError(
            setting.source.id, f"{len(body):,} bytes that cannot be cut into items are too much to parse"
        )
    raws, language = _feedparser(body, setting)
    if language is None and not raws:
        raise ParseError(setting.source.id, f"not a feed: it begins with {_beginning(body)!r}")
    setting = replace(setting, language=language or setting.language)
    entries = [entry(raw, setting) for raw in raws[:MAX_ENTRIES]]
    return reading(
        with_shared_keys(entries),
        state.seen,
        memo=pack_hints(told),
        hints=told,
        notes=_notes(len(raws)),
        total=len(raws),
    )


def _feedparser(document: bytes, setting: Setting) -> tuple[list[RawItem], str | None]:
    """Its items, and the feed's language: "" when undeclared, None when this is no feed at all."""
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": setting.base}
    parsed = feedparser.parse(
        io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.get("version") and not parsed.entries:
        return [], None
    language = str(parsed.feed.get("language") or "")
    return [_from_feedparser(item, language) for item in parsed.entries], language


def _from_feedparser(item: Any, feed_language: str) -> RawItem:
    contents = [str(part.get("value") or "") for part in item.get("content") or ()]
    outlet = item.get("source") or {}
    if not isinstance(outlet, dict):
        outlet = {}
    return RawItem(
        title=_str(item, "title"),
        summary="" if _str(item, "summary") in contents else _str(item, "summary"),  # it copies the content
        content=max(contents, key=len, default=""),
        link=_str(item, "link"),
        original_link=_str(item, "feedburner_origlink"),
        guid=_str(item, "id"),
        published=_str(item, "published") or _str(item, "created"),
        updated=_str(item, "updated") if "updated" in item else "",
        author=_author(item),
        language=_own_language(item, feed_language),
        outlet=_str(outlet, "title") or _str(item, "news_source"),
        outlet_url=_str(outlet, "href") or _str(outlet, "link"),
    )


def _str(item: Any, name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _author(item: Any) -> str:
    detail = item.get("author_detail")
    return (_str(detail, "name") if isinstance(detail, dict) else "") or _str(item, "author")


def _own_language(item: Any, feed_language: str) -> str:
    """Of the item itself: what differs from the feed's."""
    if own := _str(item, "language"):
        return own
    for name in ("title_detail", "summary_detail"):
        detail = item.get(name)
        language = detail.get("language") if isinstance(detail, dict) else None
        if language and language != feed_language:
            return str(language)
    return ""


# ── JSON Feed 1.0 and 1.1 ─────────────────────────────────────────────────────────────────────


def _read_json(source: Source, state: PollState, fetched: Fetched, body: bytes) -> Reading:
    values = body.count(b"{") + body.count(b"["), body.count(b",")
    if len(body) > MAX_JSON_BYTES or values[0] > MAX_WHOLE_TAGS or values[1] > MAX_JSON_VALUES:
        raise ParseError(source.id, "JSON, and more than any feed holds")
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ParseError(source.id, f"not a JSON feed: {type(error).__name__}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ParseError(source.id, "JSON, but not a JSON Feed: it has no list of items")
    setting = Setting(source, fetched.url, fetched.at, _json_str(feed, "language"))
    raws = [_from_json(item) for item in items[:MAX_ENTRIES] if isinstance(item, dict)]
    made = (entry(raw, setting) for raw in raws)
    entries = with_shared_keys(each for each in made if each.title or each.url)
    return reading(entries, state.seen, notes=_notes(len(items)), total=len(items))


def _from_json(item: dict[str, Any]) -> RawItem:
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [_json_str(author, "name") for author in authors or () if isinstance(author, dict)]
    guid = item.get("id")
    text = _json_str(item, "content_text")
    return RawItem(
        title=_escaped(_json_str(item, "title")),
        summary=_escaped(_json_str(item, "summary")),
        content=_json_str(item, "content_html") or _escaped(text),
        link=_json_str(item, "url") or _json_str(item, "external_url"),
        guid=str(guid) if isinstance(guid, str | int | float) else "",
        published=_json_str(item, "date_published"),
        updated=_json_str(item, "date_modified"),
        author=", ".join(name for name in names if name),
        language=_json_str(item, "language"),
    )


def _json_str(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _escaped(text: str) -> str:
    """Plain text where HTML is expected."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
