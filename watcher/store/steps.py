"""Steps in a state's history that the calendar or a mark has added."""

from __future__ import annotations

from collections.abc import Iterable

from watcher.model import Step
from watcher.store.columns import packed, unpacked
from watcher.store.database import Database, writing


def all_of_them(db: Database) -> tuple[Step, ...]:
    return tuple(unpacked(Step, row["noun"]) for row in db.rows("SELECT noun FROM steps ORDER BY id"))


def of_state(db: Database, state: str) -> tuple[Step, ...]:
    rows = db.rows("SELECT noun FROM steps WHERE state = :state ORDER BY id", state=state)
    return tuple(unpacked(Step, row["noun"]) for row in rows)


def add(db: Database, steps: Iterable[Step]) -> None:
    with writing(db):
        db.write_many(
            "INSERT INTO steps VALUES (NULL, :state, :noun)",
            [{"state": step.state, "noun": packed(step)} for step in steps],
        )
