"""Alerts: each told once, for ever. Its development is kept as it stood when it was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from watcher.errors import NotFound
from watcher.model import Alert, AlertId, AlertKind
from watcher.store.columns import micros, packed, to_json, unpacked
from watcher.store.database import Columns, Database, Row, writing


def page(
    db: Database,
    *,
    kinds: Sequence[AlertKind] = (),
    since: datetime | None = None,
    limit: int = 50,
    before: int | None = None,
) -> tuple[Alert, ...]:
    """Newest first. `before`: the id of the last alert of the page above."""
    rows = db.rows(
        "SELECT noun, acked_by FROM alerts WHERE at >= :since AND (:before IS NULL OR id < :before) "
        "AND (:kinds = '[]' OR kind IN (SELECT value FROM json_each(:kinds))) ORDER BY id DESC LIMIT :limit",
        since=micros(since) if since else -(1 << 62),
        before=before,
        kinds=to_json([kind.value for kind in kinds]),
        limit=limit,
    )
    return tuple(map(_alert, rows))


def of_developments(db: Database) -> tuple[Alert, ...]:
    """Every alert that told a development, by id."""
    rows = db.rows("SELECT noun, acked_by FROM alerts WHERE development_id IS NOT NULL ORDER BY id")
    return tuple(map(_alert, rows))


def operational_since(db: Database, since: datetime) -> tuple[Alert, ...]:
    """The watcher's words about its own health, newest first."""
    rows = db.rows(
        "SELECT noun, acked_by FROM alerts WHERE kind = 'ops' AND at >= :since ORDER BY id DESC",
        since=micros(since),
    )
    return tuple(map(_alert, rows))


def many(db: Database, ids: Iterable[int]) -> tuple[Alert, ...]:
    """By id; unknown ids are left out."""
    rows = db.rows(
        "SELECT noun, acked_by FROM alerts WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=to_json(list(ids)),
    )
    return tuple(map(_alert, rows))


def get(db: Database, alert_id: int) -> Alert:
    """Raises NotFound."""
    found = many(db, (alert_id,))
    if not found:
        raise NotFound(f"alert {alert_id}", "there is none with that id; `watcher alerts` shows them")
    return found[0]


def ack(db: Database, alert_id: int, by: str) -> Alert:
    """Note who has seen it; an empty name takes that back. Raises NotFound."""
    get(db, alert_id)
    with writing(db):
        db.write("UPDATE alerts SET acked_by = :by WHERE id = :id", by=by, id=alert_id)
    return get(db, alert_id)


def save(db: Database, alerts: Sequence[Alert]) -> frozenset[AlertId]:
    """Insert or replace by id. An alert whose key was told under another id is not stored: the same news
    never makes two. Returns the ids of those, so that their deliveries are left out as well."""
    with writing(db):
        told = {
            row["key"]: row["id"]
            for row in db.rows(
                "SELECT key, id FROM alerts WHERE key IN (SELECT value FROM json_each(:keys))",
                keys=to_json([alert.key for alert in alerts]),
            )
        }
        stored: list[Alert] = []
        repeats: set[AlertId] = set()
        for alert in alerts:
            if told.setdefault(alert.key, alert.id) == alert.id:
                stored.append(alert)
            else:
                repeats.add(alert.id)
        db.write_many(
            "INSERT INTO alerts VALUES (:id, :key, :kind, :urgency, :at, :development_id, :follows, :acked_by, "
            ":noun) ON CONFLICT (id) DO UPDATE SET key = :key, kind = :kind, urgency = :urgency, at = :at, "
            "development_id = :development_id, follows = :follows, noun = :noun",
            [_row(alert) for alert in stored],
        )
        return frozenset(repeats)


def _alert(row: Row) -> Alert:
    alert = unpacked(Alert, row["noun"])
    return replace(alert, acked_by=row["acked_by"]) if alert.acked_by != row["acked_by"] else alert


def _row(alert: Alert) -> Columns:
    return {
        "id": alert.id,
        "key": alert.key,
        "kind": alert.kind.value,
        "urgency": alert.urgency.value,
        "at": micros(alert.at),
        "development_id": alert.development.id if alert.development else None,
        "follows": alert.follows,
        "acked_by": alert.acked_by,
        "noun": packed(alert),
    }
