"""A table watched row by row, notes included: the UN Treaty Collection's status page. Pure.

The depositary writes a withdrawal as a footnote at the participant's name, later as brackets around
the name. The memo holds the last rows; the first reading is the baseline and tells nothing; after
it any change of a row or of its notes is an entry with facts (state, stage, date, effect).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement
from pydantic import BaseModel, ConfigDict
from soupsieve import SelectorSyntaxError

from watcher.collect.charset import decode
from watcher.collect.markup import soup as parsed_html
from watcher.collect.politeness import address_of
from watcher.collect.reading import MAX_ENTRIES, Reading, item_hash
from watcher.collect.rows import DATE, NOTE_CHARS, Row, Watch, changes, flat, logged, packed, unpacked
from watcher.collect.text import clean
from watcher.errors import ParseError
from watcher.model import Entry, Fetched, PollState, Request, Source

_CELL_CHARS = 500

_BRACKETS = re.compile(r"^\s*\[(.*)\]\s*$", re.DOTALL)
_MARKS = re.compile(r"((?:[\s,]*\[?\b\d{1,3}\b\]?)+)\s*\]?\s*$")
_NOTE_START = re.compile(r"\[?(\d{1,3})\]?(?:[.)]|\s|$)")
_STEP = 20  # notes are numbered in order; a number far ahead is part of a sentence
_BLOCKS = ["p", "li", "tr", "div", "dd", "dt", "body"]
_FOLLOWING = re.compile(r"\bend ?notes?\b", re.IGNORECASE)


class Options(BaseModel):
    """`mode`: `participants`, one row per state; `log`, where each new row is news of its own.

    `table`, `notes`: CSS selectors, for a page on which the right table is not the one with a
    column "Participant" and the notes are not below "End Note". `matching`: in a log, the regular
    expression that a row must contain. `treaty`: its name in titles. `min_rows`: fewer are not
    believed."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["participants", "log"] = "participants"
    table: str = ""
    notes: str = ""
    matching: str = ""
    treaty: str = "Anti-Personnel Mine Ban Convention (Ottawa Treaty)"
    min_rows: int = 1


def ask(source: Source, state: PollState) -> Request:
    return Request(address_of(source, state), {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"})


def read(source: Source, state: PollState, fetched: Fetched) -> Reading:
    """In the table's order. Raises ParseError when the table is not there or has lost a fifth of its
    rows, which is more likely a broken page than a broken treaty."""
    options = Options.model_validate(dict(source.options))
    rows = _rows(source, options, fetched)
    before = unpacked(state.memo)
    if options.mode == "participants" and len(rows) < max(options.min_rows, 0.8 * len(before)):
        raise ParseError(source.id, f"the table has {len(rows)} rows and had {len(before)}; not believed")
    entries: tuple[Entry, ...] = ()
    if before or state.body_digest:
        watch = Watch(source, options.treaty, fetched.url, fetched.at)
        told = changes(watch, before, rows) if options.mode == "participants" else logged(watch, before, rows)
        entries = tuple(told[:MAX_ENTRIES])
    hashes = tuple(item_hash(*flat(row)) for row in rows)
    return Reading(
        entries,
        hashes,
        packed(_kept(rows, before, options)),
        notes=_summary(before, entries),
        total=len(rows),
    )


def _kept(rows: list[Row], before: dict[str, Row], options: Options) -> list[Row]:
    """A log forgets nothing that scrolls off the page, up to a bound."""
    if options.mode == "participants":
        return rows
    present = {row.name for row in rows}
    return (rows + [row for name, row in before.items() if name not in present])[:MAX_ENTRIES]


def _summary(before: dict[str, Row], entries: tuple[Entry, ...]) -> tuple[str, ...]:
    return (
        (f"{len(entries)} rows changed",) if entries else () if before else ("first reading: the baseline",)
    )


# ── the page ──────────────────────────────────────────────────────────────────────────────────


def _rows(source: Source, options: Options, fetched: Fetched) -> list[Row]:
    text = decode(fetched.body, fetched.headers.get("content-type", ""), source.language)
    soup = parsed_html(text, source.id)
    table = _table(soup, options, source)
    if options.mode == "log":
        return _log_rows(table, options)
    notes = _notes(soup, table, options, source)
    found = [_participant(tr, notes) for tr in table.find_all("tr")]
    rows = {row.name: row for row in found if row is not None}
    if not rows:
        raise ParseError(source.id, "the table of participants is empty")
    return list(rows.values())


def _table(soup: BeautifulSoup, options: Options, source: Source) -> Tag:
    if options.table:
        return _chosen(soup, options.table, source)
    tables = [table for table in soup.find_all("table") if isinstance(table, Tag) and not table.find("table")]
    if options.mode == "participants":
        tables = [table for table in tables if "participant" in _head(table)]
    if not tables:
        raise ParseError(source.id, "no table of participants on the page")
    return max(tables, key=lambda table: len(table.find_all("tr")))


def _chosen(soup: BeautifulSoup, selector: str, source: Source) -> Tag:
    try:
        chosen = soup.select_one(selector)
    except SelectorSyntaxError as error:
        raise ParseError(source.id, f"bad selector {selector!r}") from error
    if chosen is None:
        raise ParseError(source.id, f"nothing matches {selector!r}: has the site changed?")
    return chosen


def _head(table: Tag) -> str:
    row = table.find("tr")
    return row.get_text(" ").casefold() if isinstance(row, Tag) else ""


def _cells(tr: Tag) -> list[Tag]:
    return [cell for cell in tr.find_all("td", recursive=False) if isinstance(cell, Tag)]


def _participant(tr: Tag, notes: dict[str, str]) -> Row | None:
    cells = _cells(tr)
    if len(cells) < 2 or not any(DATE.search(cell.get_text(" ")) for cell in cells[1:]):
        return None
    texts = [clean(cell.get_text(" "), _CELL_CHARS) for cell in cells]
    name, marks, bracketed = _name(texts[0])
    dates = tuple(_unmarked(text, cell) for text, cell in zip(texts[1:], cells[1:], strict=True))
    marks += [mark for cell in cells[1:] for mark in _superscripts(cell)]
    told = tuple(notes.get(mark, f"note {mark}") for mark in dict.fromkeys(marks))
    bracketed = bracketed or any(_BRACKETS.match(text) for text in dates if text)
    return Row(name, dates, bracketed, told) if name else None


def _name(text: str) -> tuple[str, list[str], bool]:
    """`[Estonia 3,4]` or `[Estonia] 3` → the bare name, its footnote marks, bracketed or not."""
    marks = _MARKS.search(text)
    numbers = re.findall(r"\d{1,3}", marks[1]) if marks else []
    whole = _BRACKETS.match(text)
    bare = _MARKS.sub("", whole[1] if whole else text) if numbers else (whole[1] if whole else text)
    inner = _BRACKETS.match(bare)
    opened = bare.strip().startswith("[")
    return (inner[1] if inner else bare).strip(" []"), numbers, bool(whole or inner or opened)


def _superscripts(cell: Tag) -> list[str]:
    return [number for sup in cell.find_all("sup") for number in re.findall(r"\d{1,3}", sup.get_text(" "))]


def _unmarked(text: str, cell: Tag) -> str:
    for mark in _superscripts(cell):
        text = re.sub(rf"(?<=[\s\]a-zA-Z]){mark}\s*$", "", text).strip()
    return text


def _log_rows(table: Tag, options: Options) -> list[Row]:
    rows = {}
    for tr in table.find_all("tr"):
        cells = [text for cell in _cells(tr) if (text := clean(cell.get_text(" "), _CELL_CHARS))]
        line = " · ".join(cells)
        if len(cells) > 1 and re.search(options.matching, line, re.IGNORECASE):
            link = tr.find("a", href=True)
            rows[line] = Row(line, (str(link["href"]) if isinstance(link, Tag) else "",))
    return list(rows.values())


def _notes(soup: BeautifulSoup, table: Tag, options: Options, source: Source) -> dict[str, str]:
    """Footnote number → text: lines that begin with the next number, below the notes' heading."""
    notes: dict[str, str] = {}
    current = 0
    for line in _lines(_strings(soup, table, options, source)):
        found = _NOTE_START.match(line)
        number = int(found[1]) if found and not DATE.match(line) else 0
        if found and current < number <= current + _STEP:
            current = number
            notes[str(current)] = line[found.end() :].strip()
        elif current:
            notes[str(current)] = clean(f"{notes[str(current)]} {line}", NOTE_CHARS)
    return notes


def _strings(soup: BeautifulSoup, table: Tag, options: Options, source: Source) -> Iterable[PageElement]:
    """The text from the notes' heading on; without a heading, from the end of the table on."""
    if options.notes:
        box = _chosen(soup, options.notes, source)
        return box.find_all(string=True)
    heading = soup.find(string=_FOLLOWING)
    start = heading if heading is not None else table.find_all("tr")[-1]
    return start.find_all_next(string=True)


def _lines(strings: Iterable[PageElement]) -> Iterator[str]:
    """Text by block: what stands in one paragraph, row or division is one line."""
    parts: list[str] = []
    last: Tag | None = None
    for text in strings:
        block = text.find_parent(_BLOCKS)
        if block is not last and parts:
            yield clean(" ".join(parts), NOTE_CHARS)
            parts = []
        last = block
        if words := clean(str(text), NOTE_CHARS):
            parts.append(words)
    if parts:
        yield clean(" ".join(parts), NOTE_CHARS)
