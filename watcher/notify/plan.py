"""Which messages go out now: due deliveries → batches. Pure.

A delivery is one alert owed to one recipient of one channel; a batch is one message. Alerts that
interrupt go one by one, unless many came at once or had to wait; the rest folds into the digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Channel,
    Delivery,
    DeliveryId,
    DeliveryState,
    Policy,
    Urgency,
)
from watcher.notify.grouping import Group, groups, has_waited, threads
from watcher.notify.quiet import quiet_until

OPEN = (DeliveryState.PENDING, DeliveryState.LATER)
PAUSE = "the server asked for a pause"
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Batch:
    """One message to be: its alerts in the order in which they arose, and the rows it settles.

    `kind`: alert, followup, digest, catchup, ops, sample. `key` is made from the alerts, so the same
    message has the same key, whoever it goes to and however often.
    """

    kind: str
    channel: str
    key: str
    alerts: tuple[Alert, ...]
    deliveries: tuple[Delivery, ...]
    thread: str = ""
    references: tuple[str, ...] = ()
    possible_repeat: bool = False
    waited: bool = False

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(delivery.recipient for delivery in self.deliveries))


@dataclass(frozen=True, slots=True)
class Plan:
    """`batches` are to be sent in this order. `changed` rows are to be written as they now stand:
    held until a later moment, or cancelled because a later word replaces them."""

    batches: tuple[Batch, ...] = ()
    changed: tuple[Delivery, ...] = ()


def plan(
    deliveries: Iterable[Delivery],
    alerts: Mapping[int, Alert],
    channels: Iterable[Channel],
    policy: Policy,
    now: datetime,
    *,
    away: bool = False,
) -> Plan:
    """What to send of `deliveries`, and what waits for what.

    `deliveries` holds every open row, what was sent in the last hour (for the hourly limit), and the
    rows of followed alerts (for their threads). `away`: the watcher has just come back from a gap.
    """
    rows = tuple(deliveries)
    batches: list[Batch] = []
    changed: list[Delivery] = []
    for channel in channels:
        if not channel.enabled:
            continue
        here = set(channel.recipients)
        own = tuple(row for row in rows if row.channel == channel.name and row.recipient in here)
        due = _due(own, alerts, now, away)
        pause = max((row.not_before for row in own if row.state in OPEN and row.not_before), default=now)
        if pause > now:  # the server's own word
            changed += [replace(row, due=max(row.due, pause), reason=row.reason or PAUSE) for row in due]
            continue
        due, settled = _settle(due, alerts, channel, policy, now)
        found = _batches(due, own, alerts, channel, policy, now, away)
        kept, held = _within_limit(found, own, channel, policy, now)
        batches += kept
        changed += [*settled, *held]
    return Plan(tuple(batches), tuple(changed))


def key_of(channel: str, alerts: Iterable[Alert]) -> str:
    """The key of the message that tells `alerts` on `channel`."""
    told = "\n".join(sorted(alert.key for alert in alerts))
    return sha256(f"{channel}\n{told}".encode()).hexdigest()[:32]


def open_digest(
    channel: Channel, hour: datetime, alert_id: AlertId, first: DeliveryId, now: datetime
) -> tuple[Alert, tuple[Delivery, ...]]:
    """The alert that one digest hour of `channel` is, and its rows: numbered from `first`.

    Every digest hour has one, so that an empty digest is sent, and can be missed, like any other.
    """
    key = f"digest:{channel.name}:{hour.isoformat()}"
    alert = Alert(alert_id, key, AlertKind.DIGEST, Urgency.DIGEST, at=now)
    rows = tuple(
        Delivery(
            DeliveryId(first + i), alert_id, channel.name, to, DeliveryState.PENDING, due=hour, created=now
        )
        for i, to in enumerate(channel.recipients)
    )
    return alert, rows


def passes_quiet(alert: Alert, policy: Policy) -> bool:
    """Kinds that may wake people: by development ("notified_un") or by alert kind ("ops")."""
    if alert.kind is AlertKind.SAMPLE or alert.kind.value in policy.pass_quiet:
        return True
    development = alert.development
    return development is not None and development.development in policy.pass_quiet


# ── what does not go now ─────────────────────────────────────────────────────────────────────


def _due(own: Sequence[Delivery], alerts: Mapping[int, Alert], now: datetime, away: bool) -> list[Delivery]:
    """Open rows whose time has come. What was one message when it did not get through is one again, and a
    digest hour takes along all that waits for one, now or later, and what an earlier one could not deliver."""
    waiting = [row for row in own if row.state in OPEN and row.alert_id in alerts]
    due = [row for row in waiting if row.due <= now]
    if away and due:  # it is all one message, what is to be tried again included
        due = [row for row in waiting if row.due <= now or row.state is DeliveryState.LATER]
    tried = {(row.recipient, row.batch) for row in due if row.batch}
    hours = [row for row in due if alerts[row.alert_id].kind is AlertKind.DIGEST]
    retried = {row.recipient for row in hours}
    opened = {row.recipient for row in hours if row.attempts == 0}

    def goes_along(row: Delivery) -> bool:
        if (row.recipient, row.batch) in tried:
            return True
        takers = retried if away or row.state is DeliveryState.LATER else opened
        return row.recipient in takers and alerts[row.alert_id].urgency is Urgency.DIGEST

    going = {row.id for row in due}
    return due + [row for row in waiting if row.id not in going and goes_along(row)]


def _settle(
    due: Sequence[Delivery], alerts: Mapping[int, Alert], channel: Channel, policy: Policy, now: datetime
) -> tuple[list[Delivery], list[Delivery]]:
    """Rows that go on, and rows that change without being sent."""
    settled = [
        replace(row, state=DeliveryState.CANCELLED, reason="replaced by a later word on the same trouble")
        for row in _superseded(due, alerts)
    ]
    gone = {row.id for row in settled}
    until = quiet_until(channel.quiet or policy.quiet, now)
    going = []
    for row in due:
        if row.id in gone:
            continue
        if until is not None and not passes_quiet(alerts[row.alert_id], policy):
            settled.append(replace(row, due=until, reason="quiet hours"))
        else:
            going.append(row)
    return going, settled


def _superseded(due: Sequence[Delivery], alerts: Mapping[int, Alert]) -> tuple[Delivery, ...]:
    """Operational rows of which the same recipient is also owed a later word."""
    latest: dict[tuple[str, str], Delivery] = {}
    old = []
    for row in sorted(due, key=lambda row: row.alert_id):
        alert = alerts[row.alert_id]
        if alert.kind is not AlertKind.OPS:
            continue
        trouble = (alert.key.rpartition(":")[0], row.recipient)
        if trouble in latest:
            old.append(latest[trouble])
        latest[trouble] = row
    return tuple(old)


def _within_limit(
    found: Sequence[Batch], own: Sequence[Delivery], channel: Channel, policy: Policy, now: datetime
) -> tuple[list[Batch], list[Delivery]]:
    """The batches that the hour still has room for; the last of them takes what is too much."""
    free = [batch for batch in found if batch.kind == "sample"]
    counted = sorted((b for b in found if b.kind != "sample"), key=lambda b: _rank(b, policy))
    limit = policy.max_per_hour if channel.max_per_hour is None else channel.max_per_hour
    sent = _sent_lately(own, now)
    room = max(1, limit) - len(sent)
    if len(counted) <= room:
        return [*free, *counted], []
    if room <= 0:
        until = min(sent.values()) + _HOUR
        held = [replace(row, due=until, reason="hourly limit") for b in counted for row in b.deliveries]
        return free, held
    folded = _folded(counted[room - 1 :], channel, room)
    rest = [replace(row, due=now + _HOUR, reason="hourly limit") for b in folded[1:] for row in b.deliveries]
    return [*free, *counted[: room - 1], *folded[:1]], rest


def _rank(batch: Batch, policy: Policy) -> tuple[int, float, int]:
    """Who goes first when the hour is short: repeats, what may wake people, weight, the digest."""
    if batch.possible_repeat:
        return (0, 0.0, 0)
    weight = max((a.development.weight for a in batch.alerts if a.development), default=0.0)
    first = min(alert.id for alert in batch.alerts)
    urgent = batch.kind == "ops" or any(passes_quiet(alert, policy) for alert in batch.alerts)
    return (1 if urgent else 3 if batch.kind == "digest" else 2, -weight, first)


def _sent_lately(own: Iterable[Delivery], now: datetime) -> dict[str, datetime]:
    """The messages sent within the hour, by key, with their time."""
    return {
        row.batch or f"{row.alert_id}": row.sent_at
        for row in own
        if row.state is DeliveryState.SENT and row.sent_at is not None and now - row.sent_at < _HOUR
    }


def _folded(batches: Sequence[Batch], channel: Channel, room: int) -> list[Batch]:
    """Batches for the same recipients as one; one for each set of recipients."""
    by_recipients: dict[tuple[str, ...], list[Batch]] = {}
    for batch in batches:
        by_recipients.setdefault(tuple(sorted(batch.recipients)), []).append(batch)
    return [_merge(group, channel) for group in by_recipients.values()]


def _merge(batches: Sequence[Batch], channel: Channel) -> Batch:
    if len(batches) == 1:
        return batches[0]
    alerts = {alert.id: alert for batch in batches for alert in batch.alerts}
    told = tuple(alerts[number] for number in sorted(alerts))
    digest = any(batch.kind == "digest" for batch in batches)
    return Batch(
        kind="digest" if digest else "catchup",
        channel=channel.name,
        key=key_of(channel.name, told),
        alerts=told,
        deliveries=tuple(row for batch in batches for row in batch.deliveries),
        possible_repeat=any(batch.possible_repeat for batch in batches),
        waited=True,
    )


# ── what goes, and with what ─────────────────────────────────────────────────────────────────


def _batches(
    due: Sequence[Delivery],
    own: Sequence[Delivery],
    alerts: Mapping[int, Alert],
    channel: Channel,
    policy: Policy,
    now: datetime,
    away: bool,
) -> list[Batch]:
    """Recipients that are owed the same share one message."""
    by_recipient: dict[str, list[Delivery]] = {}
    for row in due:
        by_recipient.setdefault(row.recipient, []).append(row)
    rows = {(row.recipient, row.alert_id): row for row in due}
    shared: dict[Group, list[str]] = {}
    for recipient, owed in by_recipient.items():
        for group in groups(owed, threads(own, recipient), alerts, now, away, channel):
            shared.setdefault(group, []).append(recipient)
    return [
        _batch(
            group, [rows[to, number] for to in recipients for number in group.alerts], alerts, channel, now
        )
        for group, recipients in shared.items()
    ]


def _batch(
    group: Group, rows: Sequence[Delivery], alerts: Mapping[int, Alert], channel: Channel, now: datetime
) -> Batch:
    told = tuple(alerts[number] for number in group.alerts)
    waited = group.kind not in ("digest", "ops", "sample") and any(
        has_waited(row, now) and alerts[row.alert_id].urgency is Urgency.INSTANT for row in rows
    )
    return Batch(
        kind=group.kind,
        channel=channel.name,
        key=group.key or key_of(channel.name, told),
        alerts=told,
        deliveries=tuple(rows),
        thread=group.thread,
        references=(group.thread,) if group.thread else (),
        possible_repeat=any(row.possible_repeat for row in rows),
        waited=waited,
    )
