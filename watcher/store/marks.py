"""What analysts have said: inputs to the judge, which win over it and never change what was recorded."""

from __future__ import annotations

from collections.abc import Iterable

from watcher.model import DevelopmentId, ItemId, Mark
from watcher.store.columns import instant_or_none, micros_or_none
from watcher.store.database import Columns, Database, Row, writing

ON_ITEM = ("relevant", "irrelevant", "read", "star")
"""Kinds that show on the item itself; the last one said counts."""


def all_of_them(db: Database) -> tuple[Mark, ...]:
    """In the order in which they were made: a later one overrules an earlier one."""
    return tuple(map(_mark, db.rows("SELECT * FROM marks ORDER BY id")))


def of_item(db: Database, item_id: int) -> tuple[Mark, ...]:
    return tuple(map(_mark, db.rows("SELECT * FROM marks WHERE item_id = :id ORDER BY id", id=item_id)))


def add(db: Database, marks: Iterable[Mark]) -> None:
    """Raises StoreError when an item does not exist."""
    rows = [_row(mark) for mark in marks]
    with writing(db):
        db.write_many(
            "INSERT INTO marks VALUES (NULL, :item_id, :development_id, :kind, :value, :at, :by)", rows
        )
        db.write_many(
            "UPDATE items SET mark = :kind WHERE id = :item_id",
            [row for row in rows if row["kind"] in ON_ITEM and row["item_id"] is not None],
        )


def _row(mark: Mark) -> Columns:
    return {
        "item_id": mark.item_id,
        "development_id": mark.development_id,
        "kind": mark.kind,
        "value": mark.value,
        "at": micros_or_none(mark.at),
        "by": mark.by,
    }


def _mark(row: Row) -> Mark:
    return Mark(
        item_id=None if row["item_id"] is None else ItemId(row["item_id"]),
        kind=row["kind"],
        value=row["value"],
        at=instant_or_none(row["at"]),
        by=row["by"],
        development_id=None if row["development_id"] is None else DevelopmentId(row["development_id"]),
    )


def count(db: Database) -> int:
    """How many there are: more than memory knows means that one was set since it was read."""
    return db.number("SELECT count(*) FROM marks")
