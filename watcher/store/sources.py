"""What is remembered of each source between polls, a ring of its last polls, and where it has moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from watcher.model import PollState, SourceId
from watcher.store.columns import instant, instant_or_none, micros_or_none, rest, rest_of
from watcher.store.database import Columns, Database, Row, writing

POLLS_KEPT = 48
"""Polls remembered for each source; the oldest is overwritten."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll as it ended. `items`: entries that the source had given in all, up to then."""

    source_id: SourceId
    at: datetime
    error: str | None
    error_text: str
    items: int


@dataclass(frozen=True, slots=True)
class Move:
    """A permanent redirect that was taken over."""

    source_id: SourceId
    at: datetime
    from_url: str | None
    to_url: str | None


_COLUMNS = (
    "source_id", "url", "etag", "last_modified", "body_digest", "seen", "memo", "next_poll",
    "interval_seconds", "last_poll", "last_ok", "last_new", "failures", "error", "error_text", "moved_to",
    "moved_times", "paused", "retired", "reported", "polls", "items",
)  # fmt: skip
_NAMED = frozenset(_COLUMNS)
_STORED = (*_COLUMNS, "more")
_TIMES = ("next_poll", "last_poll", "last_ok", "last_new")

_SAVE = f"""
    INSERT INTO poll_states ({", ".join(_STORED)}) VALUES ({", ".join(":" + name for name in _STORED)})
    ON CONFLICT (source_id) DO UPDATE SET {", ".join(f"{name} = :{name}" for name in _STORED[1:])}
"""  # noqa: S608 (column names are ours)

_LOG = """
    INSERT INTO polls VALUES (:source_id, :polls % :kept, :last_poll, :error, :error_text, :items)
    ON CONFLICT (source_id, slot) DO UPDATE
    SET at = :last_poll, error = :error, error_text = :error_text, items = :items
"""

_MOVED = """
    INSERT INTO moves SELECT source_id, :at, url, :url FROM poll_states
    WHERE source_id = :source_id AND url IS NOT :url
    UNION ALL SELECT :source_id, :at, NULL, :url
    WHERE :url IS NOT NULL AND NOT EXISTS (SELECT 1 FROM poll_states WHERE source_id = :source_id)
    ON CONFLICT DO NOTHING
"""


def states(db: Database) -> Mapping[SourceId, PollState]:
    """Every source that was ever polled, also those that the config no longer names."""
    return {row["source_id"]: _state(row) for row in db.rows("SELECT * FROM poll_states")}


def state(db: Database, source_id: SourceId) -> PollState:
    """One source; a fresh state when it was never polled."""
    row = db.row("SELECT * FROM poll_states WHERE source_id = :id", id=source_id)
    return _state(row) if row else PollState(source_id)


def save(db: Database, polls: Iterable[PollState]) -> None:
    """Store poll states as they are; log the poll of each that has one (last_poll), and its move."""
    rows = [_columns(poll) for poll in polls]
    polled = [row for row in rows if row["last_poll"] is not None]
    with writing(db):
        db.write_many(_MOVED, [_move(row) for row in _moved(db, rows)])
        db.write_many(_SAVE, rows)
        db.write_many(_LOG, [{**row, "kept": POLLS_KEPT} for row in polled])


def log(db: Database, source_id: SourceId) -> tuple[Poll, ...]:
    """The last polls of a source, newest first."""
    rows = db.rows("SELECT * FROM polls WHERE source_id = :id ORDER BY at DESC", id=source_id)
    return tuple(
        Poll(row["source_id"], instant(row["at"]), row["error"], row["error_text"], row["items"])
        for row in rows
    )


def moves(db: Database, source_id: SourceId) -> tuple[Move, ...]:
    """Where a source has moved, newest first."""
    rows = db.rows("SELECT * FROM moves WHERE source_id = :id ORDER BY at DESC", id=source_id)
    return tuple(Move(row["source_id"], instant(row["at"]), row["from_url"], row["to_url"]) for row in rows)


def _moved(db: Database, rows: list[Columns]) -> list[Columns]:
    """Those with an address of their own that is not the one stored."""
    stored = {
        row["source_id"]: row["url"]
        for row in db.rows("SELECT source_id, url FROM poll_states WHERE url IS NOT NULL")
    }
    return [row for row in rows if row["url"] != stored.get(row["source_id"])]


def _move(row: Columns) -> Columns:
    return {"source_id": row["source_id"], "at": row["last_poll"] or 0, "url": row["url"]}


def _columns(poll: PollState) -> Columns:
    row = {name: getattr(poll, name) for name in _COLUMNS}
    return row | {name: micros_or_none(row[name]) for name in _TIMES} | {"more": rest(poll, _NAMED)}


def _state(row: Row) -> PollState:
    values = {name: row[name] for name in _COLUMNS}
    values |= {name: instant_or_none(values[name]) for name in _TIMES}
    values |= {"paused": bool(row["paused"]), "retired": bool(row["retired"])}
    return PollState(**values | rest_of(PollState, row["more"]))
