"""Where else a known article was seen: which source, under which link, first and last when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from watcher.model import EntryKey, SourceId
from watcher.store.columns import instant, micros
from watcher.store.database import Columns, Database, writing
from watcher.store.item_rows import key_hash

KEPT = 40
"""Sightings kept of one article; more sources than that say no more."""


@dataclass(frozen=True, slots=True)
class Sighting:
    source_id: SourceId
    url: str
    at: datetime  # first
    last_at: datetime
    times: int


_SAVE = """
    INSERT INTO sightings
    SELECT id, :source_id, :url, :at, :at, 1 FROM items
    WHERE key_hash = :key AND (
      EXISTS (SELECT 1 FROM sightings WHERE item_id = items.id AND source_id = :source_id AND url = :url)
      OR (SELECT count(*) FROM sightings WHERE item_id = items.id) < :kept)
    ON CONFLICT (item_id, source_id, url) DO UPDATE SET last_at = :at, times = times + 1
"""


def of(db: Database, item_id: int) -> tuple[Sighting, ...]:
    """Later sightings of an article, earliest first; the first of all is the item itself."""
    rows = db.rows(
        "SELECT * FROM sightings WHERE item_id = :id ORDER BY first_at, source_id, url", id=item_id
    )
    return tuple(
        Sighting(
            row["source_id"], row["url"], instant(row["first_at"]), instant(row["last_at"]), row["times"]
        )
        for row in rows
    )


def save(db: Database, sightings: Iterable[tuple[EntryKey, SourceId, str]], at: datetime) -> None:
    """Articles that are not stored are passed over."""
    moment = micros(at)
    rows: list[Columns] = [
        {"key": key_hash(key), "source_id": source_id, "url": url, "at": moment, "kept": KEPT}
        for key, source_id, url in sightings
    ]
    with writing(db):
        db.write_many(_SAVE, rows)
