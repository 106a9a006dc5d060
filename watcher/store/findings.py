"""What a batch concluded, in one transaction: all of it is there afterwards, or none.

The validators of a source are committed together with its entries, so a crash re-offers both.
"""

from __future__ import annotations

from watcher.model import Findings
from watcher.store import alerts, deliveries, developments, items, marks, sightings, sources, stories
from watcher.store.database import Database, writing


def commit(db: Database, findings: Findings) -> None:
    """Rows with an id that exists are updated, others inserted. Raises StoreError; then nothing was stored."""
    with writing(db):
        stories.save(db, findings.stories)
        items.save(db, findings.items)
        items.save_rejected(db, findings.rejected)
        sightings.save(db, findings.sightings, findings.at)
        developments.save(db, findings.developments)
        repeats = alerts.save(db, findings.alerts)
        deliveries.save(db, [one for one in findings.deliveries if one.alert_id not in repeats])
        marks.add(db, findings.marks)
        sources.save(db, findings.polls)
