"""The outbox: one row for each alert, channel and recipient, from owed to sent, refused or cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.errors import NotFound, StoreError
from watcher.model import AlertId, Delivery, DeliveryId, DeliveryState
from watcher.store.columns import instant, instant_or_none, micros, micros_or_none, rest, rest_of, to_json
from watcher.store.database import Columns, Database, Row, writing


@dataclass(frozen=True, slots=True)
class Outbox:
    """What is owed. `overdue_since`: the due time of the oldest delivery that should be out."""

    owed: int
    overdue: int
    overdue_since: datetime | None


_COLUMNS = (
    "id", "alert_id", "channel", "recipient", "state", "due", "attempts", "receipt", "thread", "reason",
    "possible_repeat", "created", "last_try", "sent_at", "more",
)  # fmt: skip
_NAMED = frozenset(_COLUMNS)
_SAVE = f"""
    INSERT INTO deliveries ({", ".join(_COLUMNS)}) VALUES ({", ".join(":" + name for name in _COLUMNS)})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = :{name}" for name in _COLUMNS[1:])}
"""  # noqa: S608 (column names are ours)
_OWED = "state IN ('pending', 'later', 'sending')"


def due(db: Database, now: datetime) -> tuple[Delivery, ...]:
    """Owed and due by `now`, oldest due first. Those found in flight are not among them: see `recover`."""
    return _select(db, f"{_OWED} AND state <> 'sending' AND due <= :now ORDER BY due, id", now=micros(now))


def owed(db: Database) -> tuple[Delivery, ...]:
    """Everything not yet sent, refused or cancelled, by due time."""
    return _select(db, f"{_OWED} ORDER BY due, id")


def next_due(db: Database) -> datetime | None:
    """When the next owed delivery is due."""
    row = db.row(f"SELECT min(due) AS due FROM deliveries WHERE {_OWED} AND state <> 'sending'")  # noqa: S608
    return instant_or_none(row["due"]) if row else None


def recover(db: Database, now: datetime) -> tuple[Delivery, ...]:
    """At start: what was in flight when the last process died is due at once, as a possible repeat."""
    with writing(db):
        found = _select(db, f"{_OWED} AND state = 'sending' ORDER BY id")
        again = tuple(
            replace(
                one,
                state=DeliveryState.LATER,
                due=now,
                possible_repeat=True,
                reason="the program stopped while this was being sent",
            )
            for one in found
        )
        record(db, again)
    return again


def mark_sending(db: Database, rows: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Store rows in flight, committed before the first byte goes out. Returns those that were still open:
    what was settled meanwhile (cancelled by hand, undone by a mark) is left as it is."""
    with writing(db):
        stored = {one.id: one.state for one in many(db, [one.id for one in rows])}
        free = (DeliveryState.PENDING, DeliveryState.LATER)
        flying = tuple(one for one in rows if stored.get(one.id) in free)
        record(db, flying)
    return flying


def record(db: Database, deliveries: Iterable[Delivery]) -> None:
    """Store deliveries as they now stand, by id."""
    with writing(db):
        db.write_many(_SAVE, [_row(one) for one in deliveries])


save = record


def many(db: Database, ids: Iterable[int]) -> tuple[Delivery, ...]:
    return _select(
        db, "id IN (SELECT value FROM json_each(:ids)) ORDER BY id", ids=to_json([int(one) for one in ids])
    )


def get(db: Database, delivery_id: int) -> Delivery:
    """Raises NotFound."""
    found = many(db, (delivery_id,))
    if not found:
        raise NotFound(f"delivery {delivery_id}", "there is none with that id; `watcher alerts` shows them")
    return found[0]


def of_alerts(db: Database, alert_ids: Iterable[int]) -> tuple[Delivery, ...]:
    """Who was, or is to be, told of these alerts; by id."""
    ids = to_json([int(one) for one in alert_ids])
    return _select(db, "alert_id IN (SELECT value FROM json_each(:ids)) ORDER BY id", ids=ids)


def retry(db: Database, delivery_id: int, now: datetime) -> Delivery:
    """By hand: due at once again. Raises NotFound, or StoreError when it was sent already."""
    return _by_hand(db, delivery_id, DeliveryState.PENDING, now, "retried by hand")


def cancel(db: Database, delivery_id: int, now: datetime) -> Delivery:
    """By hand: never. Raises NotFound, or StoreError when it was sent already."""
    return _by_hand(db, delivery_id, DeliveryState.CANCELLED, now, "cancelled by hand")


def _by_hand(db: Database, delivery_id: int, state: DeliveryState, now: datetime, reason: str) -> Delivery:
    with writing(db):
        stored = get(db, delivery_id)
        if stored.state in (DeliveryState.SENT, DeliveryState.SENDING):
            raise StoreError(f"delivery {delivery_id}", f"is {stored.state} already")
        changed = replace(stored, state=state, due=now, reason=reason)
        if state is DeliveryState.PENDING:  # three more days to get through
            changed = replace(changed, attempts=0, first_try=None, not_before=None)
        record(db, (changed,))
    return changed


def sent_since(db: Database, channel: str, since: datetime) -> int:
    """How many deliveries a channel has sent since a moment."""
    return db.number(
        "SELECT count(*) FROM deliveries WHERE channel = :channel AND sent_at >= :since AND state = 'sent'",
        channel=channel,
        since=micros(since),
    )


def settled_since(db: Database, since: datetime) -> tuple[Delivery, ...]:
    """Sent or refused since a moment, by id: what was said lately, and who would not take it."""
    return _select(
        db,
        "state IN ('sent', 'refused') AND last_try >= :since ORDER BY +id",  # the plus: by last_try's index, not through all ids
        since=micros(since),
    )


def latest(db: Database, since: datetime) -> tuple[Delivery, ...]:
    """The last one that was sent to, or refused by, each recipient of each channel since a moment."""
    rows = db.rows(
        "SELECT *, max(last_try) FROM deliveries WHERE state IN ('sent', 'refused') AND last_try >= :since "
        "GROUP BY channel, recipient",  # SQLite takes the other columns from the row with the maximum
        since=micros(since),
    )
    return tuple(map(_delivery, rows))


def outbox(db: Database, now: datetime) -> Outbox:
    row = db.row(
        f"SELECT count(*) AS owed, sum(due <= :now) AS overdue, min(due) AS oldest FROM deliveries WHERE {_OWED}",  # noqa: S608
        now=micros(now),
    )
    overdue = int(row["overdue"] or 0) if row else 0
    oldest = instant(row["oldest"]) if row and overdue else None
    return Outbox(int(row["owed"]) if row else 0, overdue, oldest)


def _select(db: Database, where: str, **parameters: str | int) -> tuple[Delivery, ...]:
    return tuple(map(_delivery, db.rows(f"SELECT * FROM deliveries WHERE {where}", **parameters)))  # noqa: S608


def _row(one: Delivery) -> Columns:
    return {
        "id": one.id,
        "alert_id": one.alert_id,
        "channel": one.channel,
        "recipient": one.recipient,
        "state": one.state.value,
        "due": micros(one.due),
        "attempts": one.attempts,
        "receipt": one.receipt,
        "thread": one.thread,
        "reason": one.reason,
        "possible_repeat": int(one.possible_repeat),
        "created": micros_or_none(one.created),
        "last_try": micros_or_none(one.last_try),
        "sent_at": micros_or_none(one.sent_at),
        "more": rest(one, _NAMED),
    }


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=DeliveryId(row["id"]),
        alert_id=AlertId(row["alert_id"]),
        channel=row["channel"],
        recipient=row["recipient"],
        state=DeliveryState(row["state"]),
        due=instant(row["due"]),
        attempts=row["attempts"],
        receipt=row["receipt"],
        thread=row["thread"],
        reason=row["reason"],
        possible_repeat=bool(row["possible_repeat"]),
        created=instant_or_none(row["created"]),
        last_try=instant_or_none(row["last_try"]),
        sent_at=instant_or_none(row["sent_at"]),
        **rest_of(Delivery, row["more"]),
    )
