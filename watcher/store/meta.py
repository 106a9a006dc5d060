"""Small facts about the database as a whole, by name."""

from __future__ import annotations

from watcher.store.database import Database, writing


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
