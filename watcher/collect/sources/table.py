"""A table watched row by row, notes included: the UN Treaty Collection's status page. Pure.

The depositary writes a withdrawal as a footnote at the participant's name, later as brackets around
the name. The memo holds the last rows; the first reading is the baseline and tells nothing; after
it any change of a row or of its notes is an entry with facts (state, stage, date, effect).
"""

from __future__ import annotations

import re
from typing import Literal

from bs4 import BeautifulSoup, Tag
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
_NOTE_START = re.compile(r"^\s*\[?(\d{1,3})\]?[.)\s]")
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
    notes = _notes(soup, table, options)
    found = [_participant(tr, notes) for tr in table.find_all("tr")]
    rows = {row.name: row for row in found if row is not None}
    if not rows:
        raise ParseError(source.id, "the table of participants is empty")
    return list(rows.values())


def _table(soup: BeautifulSoup, options: Options, source: Source) -> Tag:
    if options.table:
        try:
            chosen = soup.select_one(options.table)
        except SelectorSyntaxError as error:
            raise ParseError(source.id, f"bad selector {options.table!r}") from error
        if chosen is None:
            raise ParseError(source.id, f"no table matches {options.table!r}: has the site changed?")
        return chosen
    tables = [table for table in soup.find_all("table") if isinstance(table, Tag) and not table.find("table")]
    if options.mode == "participants":
        tables = [table for table in tables if "participant" in _head(table)]
    if not tables:
        raise ParseError(source.id, "no table of participants on the page")
    return max(tables, key=lambda table: len(table.find_all("tr")))


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


def _notes(soup: BeautifulSoup, table: Tag, options: Options) -> dict[str, str]:
    """Footnote number → text. Paragraphs or rows that begin with a number, below the notes' heading."""
    box = soup.select_one(options.notes) if options.notes else None
    heading = soup.find(string=_FOLLOWING)
    start: Tag | None = table
    if heading is not None and heading.parent is not None:
        start = heading.parent
    blocks = (
        (box or soup).find_all(["p", "li", "tr", "div"])
        if box or start is None
        else start.find_all_next(["p", "li", "tr", "div"])
    )
    notes: dict[str, str] = {}
    current = ""
    for block in blocks:
        if not isinstance(block, Tag) or block.find(["p", "li", "tr", "div"]):
            continue
        text = clean(block.get_text(" "), NOTE_CHARS)
        found = _NOTE_START.match(text)
        if found and found[1] not in notes and not DATE.match(text):
            current = found[1]
            notes[current] = text[found.end() :].strip()
        elif current and text:
            notes[current] = clean(f"{notes[current]} {text}", NOTE_CHARS)
    return notes
