"""Keeping the file small and safe: what is pruned, when space is given back, and how it is copied."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from watcher.errors import StoreError
from watcher.store.columns import micros
from watcher.store.database import Database, translated, writing

PRUNE_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Pruned:
    rejected: int
    sightings: int


def prune(db: Database, now: datetime, *, rejected_days: int = 365) -> Pruned:
    """Forget rejected articles first seen longer ago (never one that is marked), and their sightings.

    Works in short transactions, so that a poll never waits for it.
    """
    before = micros(now - timedelta(days=rejected_days))
    forgotten = sightings = 0
    last = 0
    while ids := _oldest_rejected(db, before, last):
        first, last = ids[0], ids[-1]
        with writing(db):
            sightings += db.write(
                "DELETE FROM sightings WHERE item_id BETWEEN :first AND :last AND item_id IN "
                "(SELECT id FROM items WHERE id BETWEEN :first AND :last AND band = 'rejected')",
                first=first,
                last=last,
            )
            forgotten += db.write(
                "DELETE FROM items WHERE id BETWEEN :first AND :last AND band = 'rejected' "
                "AND first_seen < :before AND id NOT IN (SELECT item_id FROM marks WHERE item_id IS NOT NULL)",
                first=first,
                last=last,
                before=before,
            )
    return Pruned(forgotten, sightings)


def _oldest_rejected(db: Database, before: int, after_id: int) -> list[int]:
    rows = db.rows(
        "SELECT id FROM items WHERE id > :after AND band = 'rejected' AND first_seen < :before "
        "ORDER BY id LIMIT :many",
        after=after_id,
        before=before,
        many=PRUNE_AT_ONCE,
    )
    return [row["id"] for row in rows]


def tidy(db: Database) -> None:
    """Cheap, after a busy day: refresh the planner's figures, merge index segments, empty the WAL."""
    with writing(db):
        db.write("INSERT INTO words (words, rank) VALUES ('merge', 200)")
    with translated(db.path):
        db.connection.execute("PRAGMA analysis_limit = 400")
        db.connection.execute("PRAGMA optimize")
        db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def vacuum(db: Database) -> None:
    """Give free pages back to the disk. Needs as much free space as the database is big."""
    with translated(db.path):
        db.connection.execute("VACUUM")
        db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def backup(db: Database, target: Path) -> None:
    """A whole copy while everything goes on. Raises StoreError when the target exists."""
    if target.exists():
        raise StoreError(str(target), "exists already; name a new file")
    with translated(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = sqlite3.connect(target)
        try:
            db.connection.backup(copy, pages=2000)
        finally:
            copy.close()


def damage(db: Database) -> tuple[str, ...]:
    """What SQLite's own check finds wrong; empty when all is well."""
    found = [str(row[0]) for row in db.rows("PRAGMA quick_check(20)")]
    orphans = [
        f"row {row[1]} of {row[0]} points to a missing {row[2]}"
        for row in db.rows("PRAGMA foreign_key_check")
    ]
    return tuple(one for one in found if one != "ok") + tuple(orphans)
