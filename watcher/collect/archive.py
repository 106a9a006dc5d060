"""An archive as JSON Lines → entries: what `assess`, `replay` and `baseline --import` read. Pure.

One object a line: `id`, `url`, `title`, optional `summary`, `content`, `published`, `language`,
`source`, `tier`. A line that cannot be read is a `BadLine` in its place and stops nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from watcher.collect.text import clean, plain
from watcher.collect.urls import canonical
from watcher.model import Entry, EntryKey, SourceId, Tier

MAX_LINE_CHARS = 8_000_000
_TEXTS = ("title", "summary", "content", "language", "source", "url", "outlet", "tier")
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/._]?(0[1-9]|1[0-2])[-/._]?([0-2]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class Row:
    """One readable line: the archive's own id and the entry."""

    id: object
    entry: Entry
    number: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """One unreadable line, with the reason in words. `id` is None when even that is unreadable."""

    id: object
    error: str
    number: int


def rows(lines: Iterable[bytes]) -> Iterator[Row | BadLine]:
    """The lines in their order; empty ones are passed over. Never raises for what a line holds."""
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text:
            yield _row(text, number)


def _row(line: bytes, number: int) -> Row | BadLine:
    if len(line) > MAX_LINE_CHARS:
        return BadLine(None, f"line {number} is longer than {MAX_LINE_CHARS:,} bytes", number)
    try:
        record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return BadLine(None, f"line {number} is not UTF-8", number)
    except (ValueError, RecursionError) as error:
        return BadLine(None, f"line {number} is not JSON: {error}", number)
    if not isinstance(record, dict):
        return BadLine(None, f"line {number} is not a JSON object", number)
    return _entry(record, number)


def _entry(record: dict[str, object], number: int) -> Row | BadLine:
    id_ = record.get("id")
    if isinstance(id_, dict | list) or id_ is None:
        return BadLine(None, f"line {number}: 'id' is missing or not a plain value", number)
    for name in _TEXTS:
        if not isinstance(record.get(name), str | None):
            return BadLine(id_, f"line {number}: '{name}' is not text", number)
    if not (record.get("title") or record.get("summary") or record.get("content")):
        return BadLine(id_, f"line {number}: no 'title', 'summary' or 'content' to judge", number)
    given = record.get("published") or record.get("date")
    try:
        published = moment(given) if given else None
    except ValueError:
        return BadLine(id_, f"line {number}: 'published' is not an ISO 8601 date: {given!r}", number)
    return Row(id_, _as_entry(record, str(id_), published), number)


def _as_entry(record: dict[str, object], id_: str, published: datetime | None) -> Entry:
    def text(name: str) -> str:
        value = record.get(name)
        return value if isinstance(value, str) else ""

    url = canonical(text("url")) if text("url") else ""
    return Entry(
        key=EntryKey(url or f"guid:archive:{id_}"),
        source_id=SourceId("archive"),
        url=url,
        title=plain(text("title")),
        summary=plain(text("summary")),
        content=plain(text("content")),
        published=published,
        language=clean(text("language")).lower()[:2] or None,
        outlet=clean(text("source") or text("outlet")) or host_of(url),
        guid=id_,
        tier=Tier[text("tier").upper()] if text("tier").upper() in Tier.__members__ else Tier.MEDIA,
    )


def host_of(url: str) -> str:
    return url.split("//", 1)[-1].split("/", 1)[0].removeprefix("www.")


def moment(value: object) -> datetime:
    """An ISO 8601 date or time, an RFC 5322 date or epoch seconds, as UTC. A date alone is noon,
    so that its day is the same in every inhabited zone's working hours. Raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
        except OverflowError as error:
            raise ValueError(value) from error
    if not isinstance(value, str):
        raise ValueError(value)
    text = value.strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = parsedate_to_datetime(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def date_in_url(url: str) -> datetime | None:
    """The publication day that many outlets write into an article's address, at noon UTC."""
    for year, month, day in _URL_DATE.findall(url):
        try:
            return datetime(int(year), int(month), int(day), 12, tzinfo=UTC)
        except ValueError:
            continue
    return None
