"""What a batch concluded, in one transaction: all of it is there afterwards, or none.

The validators of a source are committed together with its entries, so a crash re-offers both.
"""

from __future__ import annotations

from watcher.errors import Overtaken
from watcher.model import DeliveryState, Findings
from watcher.store import alerts, deliveries, developments, items, marks, sightings, sources, stories
from watcher.store.database import Database, writing


def _refuse_taken(db: Database, findings: Findings) -> None:
    """Numbers are given by memory. Where another process has used them since it was read (`watcher mark`
    beside `watcher run`), storing would write over an alert that is owed: nothing is stored instead. Nor
    is a delivery undone that went out meanwhile."""
    given = {one.id: one.key for one in findings.alerts}
    taken = any(one.key != given[one.id] for one in alerts.many(db, given))
    owed = {one.id: one for one in findings.deliveries}
    gone = (DeliveryState.SENDING, DeliveryState.SENT)
    for one in deliveries.many(db, owed):
        given_up = owed[one.id].state is DeliveryState.CANCELLED and one.state in gone
        taken = taken or one.alert_id != owed[one.id].alert_id or given_up
    if taken:
        raise Overtaken(str(db.path), "another process wrote meanwhile; nothing was stored, try again")


def commit(db: Database, findings: Findings) -> None:
    """Rows with an id that exists are updated, others inserted. Raises StoreError; then nothing was stored."""
    with writing(db):
        _refuse_taken(db, findings)
        stories.save(db, findings.stories)
        items.save(db, findings.items)
        items.save_rejected(db, findings.rejected)
        sightings.save(db, findings.sightings, findings.at)
        developments.save(db, findings.developments)
        repeats = alerts.save(db, findings.alerts)
        deliveries.save(db, [one for one in findings.deliveries if one.alert_id not in repeats])
        marks.add(db, findings.marks)
        sources.save(db, findings.polls)
