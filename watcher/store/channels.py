"""Since when each channel is known: a new one starts from now, and nothing old is sent to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from watcher.store.columns import instant, micros
from watcher.store.database import Database, writing


def register(db: Database, names: Iterable[str], now: datetime) -> Mapping[str, datetime]:
    """Note the channels that are new; all of them with the moment each was first seen."""
    known = since(db)
    new = [name for name in dict.fromkeys(names) if name not in known]
    if new:
        with writing(db):
            db.write_many(
                "INSERT INTO channels VALUES (:name, :since) ON CONFLICT (name) DO NOTHING",
                [{"name": name, "since": micros(now)} for name in new],
            )
    return since(db)


def since(db: Database) -> Mapping[str, datetime]:
    return {row["name"]: instant(row["since"]) for row in db.rows("SELECT name, since FROM channels")}
