"""A table watched row by row, notes included: the UN Treaty Collection's status page. Pure.

The depositary writes a withdrawal as a footnote at the participant's name, later as brackets around
the name. The memo holds the last rows; the first reading is the baseline and tells nothing; after
it any change of a row or of its notes is an entry with facts (state, stage, date, effect).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from bs4 import BeautifulSoup, Tag
from pydantic import BaseModel, ConfigDict
from soupsieve import SelectorSyntaxError

from watcher.collect.charset import decode
from watcher.collect.dates import plausible, when
from watcher.collect.markup import soup as parsed_html
from watcher.collect.participants import state_code
from watcher.collect.reading import MAX_ENTRIES, Reading, hash_number, item_hash
from watcher.collect.text import clean
from watcher.collect.urls import canonical
from watcher.errors import ParseError
from watcher.model import Entry, EntryKey, Fetched, PollState, Request, Source

_CELL_CHARS, _NOTE_CHARS = 500, 4_000

_DATE = re.compile(r"\b(\d{1,2}) ([A-Z][a-z]{2,8})\.? (\d{4})\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BRACKETS = re.compile(r"^\s*\[(.*)\]\s*$", re.DOTALL)
_MARKS = re.compile(r"((?:[\s,]*\[?\b\d{1,3}\b\]?)+)\s*\]?\s*$")
_NOTE_START = re.compile(r"^\s*\[?(\d{1,3})\]?[.)\s]")
_WITHDRAWAL = re.compile(r"withdr[ae]w|denounc|denunciation", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"(?:revok|cancel|retract|withdr[ae]w\w*\s+(?:of\s+)?(?:its|the)\s+notification)", re.IGNORECASE
)
_SUSPENSION = re.compile(r"suspen[ds]", re.IGNORECASE)
_OBJECTION = re.compile(r"\bobject(?:s|ed|ion)|communication .{0,80}(?:relat|concern|regard)", re.IGNORECASE)
_EFFECT = re.compile(r"(?:effect|effective|force)\b[^.;]{0,60}", re.IGNORECASE)
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


@dataclass(frozen=True, slots=True)
class Row:
    """A participant: bare name, the other cells, whether bracketed, the notes' texts."""

    name: str
    cells: tuple[str, ...]
    bracketed: bool = False
    notes: tuple[str, ...] = ()


def ask(source: Source, state: PollState) -> Request:
    return Request(state.url or source.url, {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"})


def read(source: Source, state: PollState, fetched: Fetched) -> Reading:
    """In the table's order. Raises ParseError when the table is not there or has lost a fifth of its
    rows, which is more likely a broken page than a broken treaty."""
    options = Options.model_validate(dict(source.options))
    rows = _rows(source, options, fetched)
    before = _unpacked(state.memo)
    if len(rows) < max(options.min_rows, 0.8 * len(before) if options.mode == "participants" else 1):
        raise ParseError(source.id, f"the table has {len(rows)} rows and had {len(before)}; not believed")
    entries: tuple[Entry, ...] = ()
    if before or state.body_digest:
        changed = _changes(source, options, before, rows, fetched)
        entries = tuple(changed[:MAX_ENTRIES])
    hashes = tuple(item_hash(*_flat(row)) for row in rows)
    return Reading(
        entries,
        hashes,
        _packed(_kept(rows, before, options)),
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
    if len(cells) < 2 or not any(_DATE.search(cell.get_text(" ")) for cell in cells[1:]):
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
        text = clean(block.get_text(" "), _NOTE_CHARS)
        found = _NOTE_START.match(text)
        if found and found[1] not in notes and not _DATE.match(text):
            current = found[1]
            notes[current] = text[found.end() :].strip()
        elif current and text:
            notes[current] = clean(f"{notes[current]} {text}", _NOTE_CHARS)
    return notes


# ── what changed ──────────────────────────────────────────────────────────────────────────────


def _changes(
    source: Source, options: Options, before: dict[str, Row], rows: list[Row], fetched: Fetched
) -> list[Entry]:
    if options.mode == "log":
        return [_logged(source, options, row, fetched) for row in rows if row.name not in before]
    now = {row.name: row for row in rows}
    changed = [
        _changed(source, options, before.get(name), row, fetched)
        for name, row in now.items()
        if row != before.get(name)
    ]
    gone = [_gone(source, options, row, fetched) for name, row in before.items() if name not in now]
    return [entry for entry in changed if entry] + gone


def _logged(source: Source, options: Options, row: Row, fetched: Fetched) -> Entry:
    moment = when(found[0]) if (found := _DATE.search(row.name)) else None
    return _made(source, row, f"{options.treaty}: depositary notification: {row.name}", {}, moment, fetched)


def _changed(source: Source, options: Options, old: Row | None, row: Row, fetched: Fetched) -> Entry | None:
    """What is new of a participant, in words and facts."""
    fresh = tuple(note for note in row.notes if old is None or note not in old.notes)
    about = " ".join(fresh)
    facts = {"state": state_code(row.name), "participant": row.name}
    if old is None and not row.bracketed:
        return _joined(source, options, row, facts, fetched)
    if _TAKEN_BACK.search(about) and _WITHDRAWAL.search(about):
        return _told(source, options, row, "withdrawal taken back", facts, "W8_RETURNED", about, fetched)
    if _WITHDRAWAL.search(about):
        return _withdrawal(source, options, row, facts, about, fetched)
    if row.bracketed and not (old and old.bracketed):
        return _withdrawal(source, options, row, facts, " ".join(row.notes), fetched, bracket=True)
    if _SUSPENSION.search(about):
        return _told(
            source, options, row, "suspension of operation notified", facts, "S3_NOTIFIED", about, fetched
        )
    if _OBJECTION.search(about):
        return _told(
            source, options, row, "objection or communication recorded", facts, "N_OBJECTION", about, fetched
        )
    if old is not None and not old.bracketed and row.cells != old.cells:
        return _redated(source, options, old, row, facts, fetched)
    words = "entry changed" if about or (old and len(old.notes) == len(row.notes)) else "note removed"
    return _told(source, options, row, words, facts, "", about, fetched)


def _joined(source: Source, options: Options, row: Row, facts: dict[str, str], fetched: Fetched) -> Entry:
    bound = next((cell for cell in reversed(row.cells) if _DATE.search(cell)), "")
    day = _day(bound)
    act = "accession" if re.search(r"\d{4}\s*a\b", bound) else "ratification, acceptance or approval"
    signed_only = len(row.cells) > 1 and bound == row.cells[0]
    if signed_only:
        return _told(source, options, row, "signature", facts, "J2_SIGNED", "", fetched, day)
    words = f"instrument of {act} deposited" + (f" on {_written(day)}" if day else "")
    return _told(source, options, row, words, facts, "J4_DEPOSITED", "", fetched, day)


def _redated(
    source: Source, options: Options, old: Row, row: Row, facts: dict[str, str], fetched: Fetched
) -> Entry:
    """A signatory that ratifies, or a date that was corrected."""
    if not any(_DATE.search(cell) for cell in old.cells[1:]) and any(
        _DATE.search(cell) for cell in row.cells[1:]
    ):
        return _joined(source, options, row, facts, fetched)
    words = f"dates changed from {_line(old)} to {_line(row)}"
    return _told(source, options, row, words, facts, "", "", fetched)


def _withdrawal(
    source: Source,
    options: Options,
    row: Row,
    facts: dict[str, str],
    about: str,
    fetched: Fetched,
    *,
    bracket: bool = False,
) -> Entry:
    """Notified, unless the note's date of effect has passed, or brackets alone say that it is over."""
    effect = _effect_day(about)
    notified = _notified_day(about, effect)
    over = effect <= fetched.at.date() if effect else bracket and not notified
    if over:
        words = "withdrawal in effect" + (f" since {_written(effect)}" if effect else "")
        return _told(source, options, row, words, facts, "W7_EFFECTIVE", about, fetched, effect, effect)
    words = "withdrawal notified to the Secretary-General as depositary"
    words += f" on {_written(notified)}" if notified else ""
    words += f", to take effect on {_written(effect)}" if effect else ""
    return _told(source, options, row, words, facts, "W6_NOTIFIED", about, fetched, notified, effect)


def _gone(source: Source, options: Options, row: Row, fetched: Fetched) -> Entry:
    facts = {"state": state_code(row.name), "participant": row.name}
    return _told(source, options, row, "no longer listed as a participant", facts, "", "", fetched)


def _told(
    source: Source,
    options: Options,
    row: Row,
    words: str,
    facts: dict[str, str],
    stage: str,
    about: str,
    fetched: Fetched,
    day: date | None = None,
    effect: date | None = None,
) -> Entry:
    facts = {
        **facts,
        "stage": stage,
        "date": day.isoformat() if day else "",
        "effect": effect.isoformat() if effect else "",
    }
    moment = when(day.isoformat()) if day else None
    made = _made(source, row, f"{row.name}: {options.treaty}: {words}", facts, moment, fetched)
    return replace(made, summary=clean(about, _NOTE_CHARS), content=f"{row.name}: {_line(row)}")


def _made(
    source: Source, row: Row, title: str, facts: dict[str, str], moment: datetime | None, fetched: Fetched
) -> Entry:
    digest = item_hash(*_flat(row), title)
    return Entry(
        key=EntryKey(f"{canonical(fetched.url) or source.id} row:{digest.hex()}"),
        source_id=source.id,
        url=fetched.url,
        title=clean(title),
        published=plausible(moment, fetched.at),
        language=source.language or "en",
        outlet=source.name,
        guid=row.name[:200],
        hash=hash_number(digest),
        tier=source.tier,
        adversary=source.adversary,
        tags=source.tags,
        facts={name: value for name, value in facts.items() if value},
    )


def _line(row: Row) -> str:
    return ", ".join(cell for cell in row.cells if cell) or "no date"


def _flat(row: Row) -> tuple[str, ...]:
    return (row.name, *row.cells, str(row.bracketed), *row.notes)


# ── dates in notes ────────────────────────────────────────────────────────────────────────────


def _day(text: str) -> date | None:
    found = _DATE.search(text)
    return _as_date(found) if found else None


def _as_date(found: re.Match[str]) -> date | None:
    month = found[2][:3].lower()
    try:
        return date(int(found[3]), _MONTHS.index(month) + 1, int(found[1]))
    except ValueError:
        return None


def _effect_day(about: str) -> date | None:
    """The date in the clause that speaks of effect."""
    for clause in _EFFECT.finditer(about):
        if day := _day(clause[0]):
            return day
    return None


def _notified_day(about: str, effect: date | None) -> date | None:
    days = [day for found in _DATE.finditer(about) if (day := _as_date(found)) and day != effect]
    return days[0] if days else None


def _written(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


# ── memo ──────────────────────────────────────────────────────────────────────────────────────


def _packed(rows: list[Row]) -> bytes:
    return json.dumps(
        [[row.name, row.cells, row.bracketed, row.notes] for row in rows], ensure_ascii=False
    ).encode()


def _unpacked(memo: bytes) -> dict[str, Row]:
    try:
        rows = [
            Row(str(name), tuple(cells), bool(bracketed), tuple(notes))
            for name, cells, bracketed, notes in json.loads(memo or b"[]")
        ]
    except (ValueError, TypeError):
        return {}
    return {row.name: row for row in rows}
