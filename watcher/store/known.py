"""Memory as a cycle needs it: the open window, read once, whatever the size of the archive."""

from __future__ import annotations

from datetime import datetime, timedelta

from watcher.model import Ids, Known
from watcher.store import alerts, channels, deliveries, developments, items, marks, meta, steps, stories
from watcher.store.database import Database, reading

WINDOW_DAYS = 30
LEAD = 2000
"""Characters of text that the members of open stories bring along: enough to tell a copy from a report."""

MEMBERS = 20_000
"""Members of open stories that are read at most, the newest first: keeps memory bounded."""


def known(db: Database, now: datetime, window_days: int = WINDOW_DAYS) -> Known:
    """Stories last seen within the window and their items; every development, its alerts and deliveries."""
    with reading(db):
        opened = stories.open_since(db, now - timedelta(days=window_days))
        told = alerts.of_developments(db)
        members = sorted({one for story in opened for one in story.item_ids}, reverse=True)[:MEMBERS]
        return Known(
            ids=free_ids(db),
            stories=opened,
            developments=developments.all_of_them(db),
            alerts=told,
            deliveries=deliveries.of_alerts(db, [alert.id for alert in told]),
            items=items.many(db, members, lead=LEAD),
            marks=marks.all_of_them(db),
            steps=steps.all_of_them(db),
            first_run=meta.first_run(db),
            channels_since=channels.since(db),
        )


def free_ids(db: Database) -> Ids:
    """The first free number of each noun."""
    return Ids(
        item=db.number("SELECT max(id) FROM items") + 1,
        story=db.number("SELECT max(id) FROM stories") + 1,
        development=db.number("SELECT max(id) FROM developments") + 1,
        alert=db.number("SELECT max(id) FROM alerts") + 1,
        delivery=db.number("SELECT max(id) FROM deliveries") + 1,
    )
