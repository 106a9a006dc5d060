"""Small facts about the database as a whole, by name."""

from __future__ import annotations

from datetime import datetime

from watcher.store.columns import instant, micros
from watcher.store.database import Database, writing

FIRST_RUN_DONE = "first_run_done"


def get(db: Database, key: str) -> str | None:
    row = db.row("SELECT value FROM meta WHERE key = :key", key=key)
    return str(row["value"]) if row else None


def put(db: Database, key: str, value: str) -> None:
    with writing(db):
        db.write(
            "INSERT INTO meta VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = :value",
            key=key,
            value=value,
        )


def first_run(db: Database) -> bool:
    """True until `end_first_run`: a first poll that was cut short is still the first when it goes on."""
    return get(db, FIRST_RUN_DONE) is None


def end_first_run(db: Database, now: datetime) -> None:
    """The first whole cycle has been committed; from now on what is new is news. Only the first call counts."""
    if first_run(db):
        put(db, FIRST_RUN_DONE, str(micros(now)))


def first_run_ended(db: Database) -> datetime | None:
    ended = get(db, FIRST_RUN_DONE)
    return instant(int(ended)) if ended else None
