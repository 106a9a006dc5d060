"""Rows of a treaty's status table → entries for what changed, in words and facts. Pure.

The depositary writes a withdrawal as a footnote at the participant's name, later as brackets around
the name; a footnote's wording tells withdrawal, suspension and objection apart.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from watcher.collect.dates import plausible, when
from watcher.collect.participants import state_code
from watcher.collect.reading import hash_number, item_hash
from watcher.collect.text import clean
from watcher.collect.urls import canonical
from watcher.model import Entry, EntryKey, Source

NOTE_CHARS = 4_000

DATE = re.compile(r"\b(\d{1,2}) ([A-Z][a-z]{2,8})\.? (\d{4})\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WITHDRAWAL = re.compile(r"withdr[ae]w|denounc|denunciation", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"(?:revok|cancel|retract|withdr[ae]w\w*\s+(?:of\s+)?(?:its|the)\s+notification)", re.IGNORECASE
)
_SUSPENSION = re.compile(r"suspen[ds]", re.IGNORECASE)
_OBJECTION = re.compile(r"\bobject(?:s|ed|ion)|communication .{0,80}(?:relat|concern|regard)", re.IGNORECASE)
_EFFECT = re.compile(r"(?:effect|effective|force)\b[^.;]{0,60}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A participant: bare name, the other cells, whether bracketed, the notes' texts."""

    name: str
    cells: tuple[str, ...]
    bracketed: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """Whose table it is, what its treaty is called, and where and when it was read."""

    source: Source
    treaty: str
    url: str
    at: datetime


# ── what changed ──────────────────────────────────────────────────────────────────────────────


def logged(watch: Watch, before: dict[str, Row], rows: list[Row]) -> list[Entry]:
    """Each row that was not there: news of its own."""
    return [_logged(watch, row) for row in rows if row.name not in before]


def changes(watch: Watch, before: dict[str, Row], rows: list[Row]) -> list[Entry]:
    """One entry for each participant that is new, changed or gone, in the table's order."""
    now = {row.name: row for row in rows}
    changed = [_changed(watch, before.get(name), row) for name, row in now.items() if row != before.get(name)]
    gone = [_gone(watch, row) for name, row in before.items() if name not in now]
    return [entry for entry in changed if entry] + gone


def _logged(watch: Watch, row: Row) -> Entry:
    moment = when(found[0]) if (found := DATE.search(row.name)) else None
    facts = {"notification": row.name[:200]}
    return _made(watch, row, f"{watch.treaty}: depositary notification: {row.name}", facts, moment)


def _changed(watch: Watch, old: Row | None, row: Row) -> Entry | None:
    """What is new of a participant, in words and facts."""
    fresh = tuple(note for note in row.notes if old is None or note not in old.notes)
    about = " ".join(fresh)
    day = _notified_day(about, None)
    facts = {"state": state_code(row.name), "participant": row.name}
    if old is None and not row.bracketed:
        return _joined(watch, row, facts)
    if _TAKEN_BACK.search(about) and _WITHDRAWAL.search(about):
        return _told(watch, row, "withdrawal taken back", facts, "W8_RETURNED", about, day)
    if _WITHDRAWAL.search(about):
        return _withdrawal(watch, row, facts, about)
    if row.bracketed and not (old and old.bracketed):
        return _withdrawal(watch, row, facts, " ".join(row.notes), bracket=True)
    if _SUSPENSION.search(about):
        return _told(watch, row, "suspension of operation notified", facts, "S3_NOTIFIED", about, day)
    if _OBJECTION.search(about):
        return _told(watch, row, "objection or communication recorded", facts, "N_OBJECTION", about, day)
    if old is not None and not old.bracketed and row.cells != old.cells:
        return _redated(watch, old, row, facts)
    words = "entry changed" if about or (old and len(old.notes) == len(row.notes)) else "note removed"
    return _told(watch, row, words, facts, "", about)


def _joined(watch: Watch, row: Row, facts: dict[str, str]) -> Entry:
    bound = next((cell for cell in reversed(row.cells) if DATE.search(cell)), "")
    day = _day(bound)
    act = "accession" if re.search(r"\d{4}\s*a\b", bound) else "ratification, acceptance or approval"
    signed_only = len(row.cells) > 1 and bound == row.cells[0]
    if signed_only:
        return _told(watch, row, "signature", facts, "J2_SIGNED", "", day)
    words = f"instrument of {act} deposited" + (f" on {_written(day)}" if day else "")
    return _told(watch, row, words, facts, "J4_DEPOSITED", "", day)


def _redated(watch: Watch, old: Row, row: Row, facts: dict[str, str]) -> Entry:
    """A signatory that ratifies, or a date that was corrected."""
    if not any(DATE.search(cell) for cell in old.cells[1:]) and any(
        DATE.search(cell) for cell in row.cells[1:]
    ):
        return _joined(watch, row, facts)
    words = f"dates changed from {_line(old)} to {_line(row)}"
    return _told(watch, row, words, facts, "", "")


def _withdrawal(
    watch: Watch,
    row: Row,
    facts: dict[str, str],
    about: str,
    *,
    bracket: bool = False,
) -> Entry:
    """Notified, unless the note's date of effect has passed, or brackets alone say that it is over."""
    effect = _effect_day(about)
    notified = _notified_day(about, effect)
    over = effect <= watch.at.date() if effect else bracket and not notified
    if over:
        words = "withdrawal in effect" + (f" since {_written(effect)}" if effect else "")
        return _told(watch, row, words, facts, "W7_EFFECTIVE", about, effect, effect)
    words = "withdrawal notified to the Secretary-General as depositary"
    words += f" on {_written(notified)}" if notified else ""
    words += f", to take effect on {_written(effect)}" if effect else ""
    return _told(watch, row, words, facts, "W6_NOTIFIED", about, notified, effect)


def _gone(watch: Watch, row: Row) -> Entry:
    facts = {"state": state_code(row.name), "participant": row.name}
    return _told(watch, row, "no longer listed as a participant", facts, "", "")


def _told(
    watch: Watch,
    row: Row,
    words: str,
    facts: dict[str, str],
    stage: str,
    about: str,
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
    made = _made(watch, row, f"{row.name}: {watch.treaty}: {words}", facts, moment)
    return replace(made, summary=clean(about, NOTE_CHARS), content=f"{row.name}: {_line(row)}")


def _made(watch: Watch, row: Row, title: str, facts: dict[str, str], moment: datetime | None) -> Entry:
    digest = item_hash(*flat(row), title)
    return Entry(
        key=EntryKey(f"{canonical(watch.url) or watch.source.id} row:{digest.hex()}"),
        source_id=watch.source.id,
        url=watch.url,
        title=clean(title),
        published=plausible(moment, watch.at),
        language=watch.source.language or "en",
        outlet=watch.source.name,
        guid=row.name[:200],
        hash=hash_number(digest),
        tier=watch.source.tier,
        adversary=watch.source.adversary,
        tags=watch.source.tags,
        facts={name: value for name, value in facts.items() if value},
    )


def _line(row: Row) -> str:
    return ", ".join(cell for cell in row.cells if cell) or "no date"


def flat(row: Row) -> tuple[str, ...]:
    return (row.name, *row.cells, str(row.bracketed), *row.notes)


# ── dates in notes ────────────────────────────────────────────────────────────────────────────


def _day(text: str) -> date | None:
    found = DATE.search(text)
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
    days = [day for found in DATE.finditer(about) if (day := _as_date(found)) and day != effect]
    return days[0] if days else None


def _written(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


# ── memo ──────────────────────────────────────────────────────────────────────────────────────


def packed(rows: list[Row]) -> bytes:
    return json.dumps(
        [[row.name, row.cells, row.bracketed, row.notes] for row in rows], ensure_ascii=False
    ).encode()


def unpacked(memo: bytes) -> dict[str, Row]:
    try:
        rows = [
            Row(str(name), tuple(cells), bool(bracketed), tuple(notes))
            for name, cells, bracketed, notes in json.loads(memo or b"[]")
        ]
    except (ValueError, TypeError):
        return {}
    return {row.name: row for row in rows}
