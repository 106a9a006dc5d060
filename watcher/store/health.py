"""How the watcher itself is doing: what is owed, which sources fail, which languages are silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.store import deliveries, digests
from watcher.store.columns import instant_or_none, micros
from watcher.store.database import Database
from watcher.store.deliveries import Outbox


@dataclass(frozen=True, slots=True)
class Health:
    """`sources`: those ever polled and not retired; `failing`: those whose last poll failed."""

    at: datetime
    sources: int
    failing: int
    paused: int
    retired: int
    last_ok: datetime | None
    outbox: Outbox
    digests: Mapping[str, datetime]
    items: int
    developments: int
    bytes: int


def health(db: Database, now: datetime) -> Health:
    """Cheap at any size: counts come from small tables, the number of items from the highest id."""
    row = db.row(
        "SELECT sum(NOT retired) AS sources, sum(error IS NOT NULL AND NOT retired) AS failing, "
        "sum(paused) AS paused, sum(retired) AS retired, max(last_ok) AS last_ok FROM poll_states"
    )
    return Health(
        at=now,
        sources=int(row["sources"] or 0) if row else 0,
        failing=int(row["failing"] or 0) if row else 0,
        paused=int(row["paused"] or 0) if row else 0,
        retired=int(row["retired"] or 0) if row else 0,
        last_ok=instant_or_none(row["last_ok"]) if row else None,
        outbox=deliveries.outbox(db, now),
        digests=digests.last(db),
        items=db.number("SELECT max(id) FROM items"),
        developments=db.number("SELECT count(*) FROM developments"),
        bytes=db.number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"),
    )


def relevant_by_language(db: Database, now: datetime, days: int = 7) -> Mapping[str, int]:
    """How many relevant items of the last days there are in each language; silent ones are left out."""
    return _counts(db, "language", now - timedelta(days=days))


def relevant_by_source(db: Database, now: datetime, days: int = 30) -> Mapping[str, int]:
    """The yield of each source: relevant items of the last days that it gave first."""
    return _counts(db, "source_id", now - timedelta(days=days))


def yield_of(db: Database, source_id: str, now: datetime, days: int = 30) -> dict[str, object]:
    """What a source has given in the last days: relevant items that it had first, relevant ones in all, and
    the share of its reports that were first in their story (None without any)."""
    since = micros(now - timedelta(days=days))
    first = db.number(
        "SELECT count(*) FROM items WHERE band <> 'rejected' AND source_id = :id AND at >= :since "
        "AND band = 'relevant'",
        id=source_id,
        since=since,
    )
    later = db.number(
        "SELECT count(*) FROM items i JOIN sightings s ON s.item_id = i.id WHERE i.band <> 'rejected' "
        "AND i.band = 'relevant' AND i.at >= :since AND s.source_id = :id AND i.source_id <> :id",
        id=source_id,
        since=since,
    )
    leads = db.number(
        "SELECT count(*) FROM items i WHERE i.band <> 'rejected' AND i.source_id = :id AND i.at >= :since "
        "AND i.band = 'relevant' AND i.story_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM items o "
        "WHERE o.story_id = i.story_id AND o.story_id IS NOT NULL AND (o.at, o.id) < (i.at, i.id))",
        id=source_id,
        since=since,
    )
    whole = first + later
    share = round(leads / whole, 2) if whole else None
    return {"days": days, "relevant": whole, "relevant_first": first, "first_to_report_share": share}


def _counts(db: Database, column: str, since: datetime) -> Mapping[str, int]:
    rows = db.rows(
        f"SELECT {column} AS name, count(*) AS many FROM items INDEXED BY items_at "  # noqa: S608
        "WHERE band <> 'rejected' AND band = 'relevant' AND at >= :since GROUP BY 1",
        since=micros(since),
    )
    return {row["name"]: row["many"] for row in rows if row["name"]}
