"""A feed's bytes → its items' bytes, without parsing. Pure.

The rung of the skip ladder that makes a new entry cost what one item costs: items are cut with a
regular expression and hashed; only the unseen are parsed, each inside the start tags of its
ancestors (so that namespaces, xml:base and xml:lang hold). A cut that looks odd is not made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from watcher.collect.reading import MAX_ENTRIES, PollHints, item_hash

_ITEM = re.compile(rb"<(/?)(item|entry)(?=[\s>/])")
_START_OF_ITEM = re.compile(rb"<(?:item|entry)[\s>/]")
_START = re.compile(rb"""<([A-Za-z_][\w:.-]*)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""")
MAX_ENVELOPE = 256 * 1024
"""What stands around the items; a few kilobytes in practice. It is searched with many patterns."""
_MARKS = (b"<![CDATA[", b"]]>", b"<!--", b"-->")
_ROOTS = {b"rss": b"channel", b"RDF": b"", b"feed": b""}
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(rb"<link(?=[\s>])([^>]*)>([^<]*(?:<!\[CDATA\[.*?\]\]>)?[^<]*)", re.DOTALL)
_HREF = re.compile(rb"""href\s*=\s*["']([^"']*)""")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.DOTALL)

_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>")
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,1000}?)</skipDays>", re.DOTALL)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>")
_DAY = re.compile(rb"<day>\s*([A-Za-z]{3})[a-z]*\s*</day>")
_PERIOD = re.compile(rb"<\w+:updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*</")
_FREQUENCY = re.compile(rb"<\w+:updateFrequency>\s*(\d{1,6})\s*</")
_SECONDS = {
    b"hourly": 3_600,
    b"daily": 86_400,
    b"weekly": 604_800,
    b"monthly": 2_592_000,
    b"yearly": 31_536_000,
}
_DAYS = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")


@dataclass(frozen=True, slots=True)
class Cut:
    """`head` + any of `items` + `tail` is a document of its own."""

    head: bytes
    items: tuple[bytes, ...]
    tail: bytes
    total: int  # the items beyond the cap included
    envelope: bytes  # what stands before the first and after the last item


def cut(body: bytes) -> Cut | None:
    """The first `MAX_ENTRIES` items of a UTF-8 feed; None when the bytes do not lend themselves to it."""
    spans = _spans(body)
    if not spans or b"<!ENTITY" in body[: spans[0][0]]:
        return None
    total, end = len(spans), spans[-1][1]
    if total == MAX_ENTRIES:
        total += len(_START_OF_ITEM.findall(body, end))
        end = max(end, body.rfind(b"</item>"), body.rfind(b"</entry>"))
    if spans[0][0] + len(body) - end > MAX_ENVELOPE:
        return None
    prefix, suffix = body[: spans[0][0]], body[end:]
    if not (_balanced(prefix) and _balanced(suffix)) or not _plain_gaps(body, spans):
        return None
    frame = _frame(prefix)
    if frame is None:
        return None
    items = tuple(body[start:end] for start, end in spans)
    if any(mark in body for mark in _MARKS) and not all(_balanced(item) for item in items):
        return None
    return Cut(frame[0], items, frame[1], total, prefix + suffix)


def _spans(body: bytes) -> list[tuple[int, int]]:
    """Start and end of each item, up to the cap; empty unless start and end tags strictly alternate."""
    spans = []
    opened: tuple[int, bytes] | None = None
    for tag in _ITEM.finditer(body):
        closing, name = tag[1], tag[2]
        if bool(closing) != bool(opened) or (opened and opened[1] != name):
            return []
        if not opened:
            opened = (tag.start(), name)
            continue
        end = body.find(b">", tag.end())
        if end < 0:
            return []
        spans.append((opened[0], end + 1))
        opened = None
        if len(spans) == MAX_ENTRIES:
            return spans
    return [] if opened else spans


def _balanced(part: bytes) -> bool:
    opened, closed, comment, end = _MARKS
    return part.count(opened) == part.count(closed) and part.count(comment) == part.count(end)


def _plain_gaps(body: bytes, spans: list[tuple[int, int]]) -> bool:
    """Between items there may be anything but the edge of a CDATA section or a comment."""
    gaps = (body[end:start] for (_, end), (start, _) in pairwise(spans))
    return not any(mark in gap for gap in gaps if gap.strip() for mark in _MARKS)


def _frame(prefix: bytes) -> tuple[bytes, bytes] | None:
    """The start tags of the items' ancestors, and the end tags that match."""
    bare = _COMMENT.sub(b"", prefix)
    root = _START.search(bare)
    if root is None or root[2].rstrip().endswith(b"/"):
        return None
    local = root[1].rpartition(b":")[2]
    if local not in _ROOTS:
        return None
    head, tail = root[0], b"</" + root[1] + b">"
    inner = _ROOTS[local]
    if inner and b"</" + inner not in bare:
        found = re.compile(rb"<" + inner + rb"(?=[\s>])").search(bare, root.end())
        channel = _START.match(bare, found.start()) if found else None
        if channel is None:
            return None
        head, tail = head + channel[0], b"</" + inner + b">" + tail
    return head, tail


def hashes(items: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(item_hash(item) for item in items)


def shared_links(items: tuple[bytes, ...]) -> frozenset[int]:
    """Which items carry a link that another item of the body, with another title, carries too."""
    links = [raw_link(item) for item in items]
    counts: dict[bytes, list[int]] = {}
    for number, link in enumerate(links):
        counts.setdefault(link, []).append(number)
    shared: set[int] = set()
    for link, numbers in counts.items():
        if link and len(numbers) > 1 and len({raw_title(items[number]) for number in numbers}) > 1:
            shared.update(numbers)
    return frozenset(shared)


def raw_link(item: bytes) -> bytes:
    for tag in _LINK.finditer(item):
        attributes, text = tag[1], tag[2].strip()
        if b"rel=" in attributes and b"alternate" not in attributes:
            continue
        href = _HREF.search(attributes)
        return href[1].strip() if href else text
    return b""


def raw_title(item: bytes) -> bytes:
    title = _TITLE.search(item)
    return title[1].strip() if title else b""


def hints(envelope: bytes) -> PollHints:
    """What the feed says of its own rhythm (RSS 2.0 ttl, skipHours, skipDays; RSS 1.0 syndication)."""
    ttl, period = _TTL.search(envelope), _PERIOD.search(envelope)
    hours, days = _SKIP_HOURS.search(envelope), _SKIP_DAYS.search(envelope)
    update = None
    if period:
        frequency = _FREQUENCY.search(envelope)
        update = _SECONDS[period[1]] // max(1, int(frequency[1]) if frequency else 1)
    return PollHints(
        int(ttl[1]) * 60 if ttl and int(ttl[1]) else None,
        tuple(sorted({int(hour) % 24 for hour in _HOUR.findall(hours[1])})) if hours else (),
        tuple(sorted({_DAYS.index(day.lower()) for day in _DAY.findall(days[1]) if day.lower() in _DAYS}))
        if days
        else (),
        update,
    )
