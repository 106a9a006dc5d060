"""Memory as a cycle needs it: the open window, read once, whatever the size of the archive."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model import EntryKey, Ids, Item, Known, Members
from watcher.store import alerts, channels, deliveries, developments, items, marks, meta, steps, stories
from watcher.store.columns import instant, micros
from watcher.store.database import Database, reading

WINDOW = timedelta(days=30)
LEAD = 2000
"""Characters of text that the members of open stories bring along: enough to tell a copy from a report."""

MEMBERS = 20_000
"""Members of open stories that are read at most, the newest first: keeps memory bounded."""


def known(db: Database, now: datetime, window: timedelta = WINDOW) -> Known:
    """Stories last seen within the window, every development, its alerts and deliveries. The stories' items
    are read when they are asked for, as they stand then."""
    with reading(db):
        opened = stories.open_since(db, now - window)
        told = alerts.of_developments(db)
        members = sorted({one for story in opened for one in story.item_ids}, reverse=True)[:MEMBERS]
        return Known(
            ids=ids(db),
            stories=opened,
            developments=developments.all_of_them(db),
            alerts=told,
            deliveries=deliveries.of_alerts(db, [alert.id for alert in told]),
            items=Members({}, members, _Shelf(db)),
            marks=marks.all_of_them(db),
            steps=steps.all_of_them(db),
            first_run=first_run(db),
            channels_since=channels.since(db),
        )


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The database, as the members of open stories are read from it."""

    db: Database

    def read(self, numbers: Collection[int]) -> Mapping[int, Item]:
        return items.many(self.db, numbers, lead=LEAD)

    def find(self, keys: Collection[EntryKey]) -> Collection[int]:
        return [one.id for one in items.existing(self.db, keys).values()]


def ids(db: Database) -> Ids:
    """The first free number of each noun."""
    return Ids(
        item=db.number("SELECT max(id) FROM items") + 1,
        story=db.number("SELECT max(id) FROM stories") + 1,
        development=db.number("SELECT max(id) FROM developments") + 1,
        alert=db.number("SELECT max(id) FROM alerts") + 1,
        delivery=db.number("SELECT max(id) FROM deliveries") + 1,
    )


_FIRST_RUN_DONE = "first_run_done"
_INSTALLED = "installed"


def first_run(db: Database) -> bool:
    """True until `finish_first_run`: a first poll that was cut short is still the first when it goes on."""
    return meta.get(db, _FIRST_RUN_DONE) is None


def finish_first_run(db: Database, now: datetime) -> None:
    """A whole first cycle has been committed: from now on what is new is news. Only the first call counts."""
    if first_run(db):
        meta.put(db, _FIRST_RUN_DONE, str(micros(now)))


def installed(db: Database, now: datetime) -> datetime:
    """When this database was first polled into: `now` at the first call, the same for ever after."""
    stored = meta.get(db, _INSTALLED)
    if stored is None:
        meta.put(db, _INSTALLED, str(micros(now)))
        return now
    return instant(int(stored))
