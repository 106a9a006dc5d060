"""Developments: one act of one state each (or a joint act). Few; the ledger is built from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from watcher.errors import NotFound
from watcher.model import Development
from watcher.store.columns import micros, packed, unpacked, unpacked_all
from watcher.store.database import Columns, Database, writing


def all_of_them(db: Database) -> tuple[Development, ...]:
    """Every development, by id."""
    rows = db.rows("SELECT noun FROM developments ORDER BY id")
    return unpacked_all(Development, [row["noun"] for row in rows])


def of_state(db: Database, state: str) -> tuple[Development, ...]:
    """Developments of one state, by id."""
    rows = db.rows(
        "SELECT d.noun FROM development_states s JOIN developments d ON d.id = s.development_id "
        "WHERE s.state = :state ORDER BY d.id",
        state=state,
    )
    return tuple(unpacked(Development, row["noun"]) for row in rows)


def since(db: Database, at: datetime) -> tuple[Development, ...]:
    """Developments first seen at or after a moment, by id."""
    rows = db.rows("SELECT noun FROM developments WHERE first_seen >= :at ORDER BY id", at=micros(at))
    return tuple(unpacked(Development, row["noun"]) for row in rows)


def of_story(db: Database, story_id: int) -> tuple[Development, ...]:
    rows = db.rows("SELECT noun FROM developments WHERE story_id = :id ORDER BY id", id=story_id)
    return tuple(unpacked(Development, row["noun"]) for row in rows)


def get(db: Database, development_id: int) -> Development:
    """Raises NotFound."""
    row = db.row("SELECT noun FROM developments WHERE id = :id", id=development_id)
    if row is None:
        raise NotFound(f"development {development_id}", "there is none with that id")
    return unpacked(Development, row["noun"])


def save(db: Database, developments: Sequence[Development]) -> None:
    """Insert or replace by id."""
    with writing(db):
        db.write_many(
            "INSERT INTO developments VALUES (:id, :key, :story_id, :first_seen, :event_date, :standing, :noun) "
            "ON CONFLICT (id) DO UPDATE SET key = :key, story_id = :story_id, first_seen = :first_seen, "
            "event_date = :event_date, standing = :standing, noun = :noun",
            [_row(development) for development in developments],
        )
        db.write_many(
            "DELETE FROM development_states WHERE development_id = :id",
            [{"id": development.id} for development in developments],
        )
        pairs: list[Columns] = [
            {"state": state, "id": development.id}
            for development in developments
            for state in dict.fromkeys(development.states)
        ]
        db.write_many("INSERT INTO development_states VALUES (:state, :id)", pairs)


def _row(development: Development) -> Columns:
    return {
        "id": development.id,
        "key": development.key,
        "story_id": development.story_id,
        "first_seen": micros(development.first_seen),
        "event_date": development.event_date.isoformat() if development.event_date else None,
        "standing": development.standing.value,
        "noun": packed(development),
    }
