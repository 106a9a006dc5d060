"""Stories: reports of one event, as the judge grouped them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from watcher.errors import NotFound
from watcher.model import Story
from watcher.store.columns import micros, packed, unpacked, unpacked_all
from watcher.store.database import Database, writing


def open_since(db: Database, since: datetime) -> tuple[Story, ...]:
    """Stories last seen at or after `since` that were not merged away, by id."""
    rows = db.rows(
        "SELECT noun FROM stories WHERE last_seen >= :since AND merged_into IS NULL ORDER BY id",
        since=micros(since),
    )
    return unpacked_all(Story, [row["noun"] for row in rows])


def get(db: Database, story_id: int) -> Story:
    """Raises NotFound."""
    row = db.row("SELECT noun FROM stories WHERE id = :id", id=story_id)
    if row is None:
        raise NotFound(f"story {story_id}", "there is none with that id")
    return unpacked(Story, row["noun"])


def save(db: Database, stories: Iterable[Story]) -> None:
    """Insert or replace by id."""
    with writing(db):
        db.write_many(
            "INSERT INTO stories VALUES (:id, :first_seen, :last_seen, :merged_into, :noun) "
            "ON CONFLICT (id) DO UPDATE SET first_seen = :first_seen, last_seen = :last_seen, "
            "merged_into = :merged_into, noun = :noun",
            [
                {
                    "id": story.id,
                    "first_seen": micros(story.first_seen),
                    "last_seen": micros(story.last_seen),
                    "merged_into": story.merged_into,
                    "noun": packed(story),
                }
                for story in stories
            ],
        )
