"""How the alerts that one recipient is owed divide into messages. Pure.

Alerts that interrupt go one by one, unless many came at once or had to wait; follow-ups answer the
message that they follow; a possible repeat is the same message again; the rest is the digest. After a
gap all of it is one message, the digest hour that was missed included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model import Alert, AlertId, AlertKind, Channel, Delivery, DeliveryState, Urgency

FOLD_ABOVE = 5
"""So many instant alerts due at once still go one by one; more make one message."""
WAITED = timedelta(hours=1)
"""An instant alert this old has had to wait: its message says so, and two of them make one."""
_REPLIES = (AlertKind.PROMOTION, AlertKind.CONTRADICTION, AlertKind.CORRECTION, AlertKind.RETRACTION)
_QUIET_REPLIES = ("slack",)


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts that one recipient is to be told in one message."""

    kind: str
    alerts: tuple[AlertId, ...]
    thread: str = ""
    key: str = ""  # of the message this repeats


def groups(
    owed: Sequence[Delivery],
    threads: Mapping[int, str],
    alerts: Mapping[int, Alert],
    now: datetime,
    away: bool,
    channel: Channel,
) -> list[Group]:
    """The messages that one recipient is to get, before the hourly limit."""
    repeats: dict[str, list[Delivery]] = {}
    fresh: list[Delivery] = []
    for row in sorted(owed, key=lambda row: row.alert_id):
        if row.possible_repeat and row.batch:
            repeats.setdefault(row.batch, []).append(row)  # the same message again, not a new mixture
        else:
            fresh.append(row)
    found = [_repeat(key, rows, threads, alerts) for key, rows in repeats.items()]
    digest, instant, replies, single = [], [], [], []
    for row in fresh:
        alert = alerts[row.alert_id]
        if alert.kind in (AlertKind.OPS, AlertKind.SAMPLE):
            single.append(row)
        elif alert.urgency is Urgency.INSTANT:
            instant.append(row)
        elif _joins(alert, channel) and (
            not channel.digest_enabled or _thread_of(alert, row, threads, alerts)
        ):
            replies.append(row)
        else:
            digest.append(row)
    for kind in (AlertKind.SAMPLE, AlertKind.OPS):
        if numbers := tuple(row.alert_id for row in single if alerts[row.alert_id].kind is kind):
            found.append(Group(kind.value, numbers))
    if away and len(instant) + len(replies) + bool(digest) > 1:
        everything = sorted((*instant, *replies, *digest), key=lambda row: row.alert_id)
        return [*found, Group("catchup", tuple(row.alert_id for row in everything))]
    waited = [row for row in instant if has_waited(row, now)]
    if len(instant) > 1 and (len(waited) > 1 or len(instant) > FOLD_ABOVE or _tried_together(instant)):
        found.append(Group("catchup", tuple(row.alert_id for row in instant)))
    else:
        found += _one_by_one(instant, threads, alerts)
    found += _one_by_one(replies, threads, alerts)
    if digest:
        found.append(Group("digest", tuple(row.alert_id for row in digest)))
    return found


def _tried_together(rows: Sequence[Delivery]) -> bool:
    """They were one message when they did not get through, so they are one again."""
    batches = [row.batch for row in rows if row.batch]
    return len(set(batches)) < len(batches)


def _joins(alert: Alert, channel: Channel) -> bool:
    """Whether a follow-up that does not interrupt is still a reply of its own, and no line of a digest.
    A corroboration is one only where a reply makes no noise."""
    return alert.kind in _REPLIES or (alert.kind is AlertKind.UPDATE and channel.kind in _QUIET_REPLIES)


def _one_by_one(
    instant: Sequence[Delivery], threads: Mapping[int, str], alerts: Mapping[int, Alert]
) -> list[Group]:
    """One message for each alert; a follow-up of an alert that is itself still owed goes with it."""
    heads: dict[AlertId, list[AlertId]] = {}
    owed = {row.alert_id: row for row in instant}
    for row in instant:
        head = alerts[row.alert_id]
        while head.follows in owed and head.follows in alerts and head.follows < head.id:
            head = alerts[head.follows]
        heads.setdefault(head.id, []).append(row.alert_id)
    found = []
    for head_id, numbers in heads.items():
        alert = alerts[head_id]
        thread = _thread_of(alert, owed[head_id], threads, alerts)
        if len(numbers) > 1:
            found.append(Group("catchup", tuple(numbers), thread))
        else:
            found.append(Group("followup" if alert.follows else "alert", tuple(numbers), thread))
    return found


def _repeat(
    key: str, rows: Sequence[Delivery], threads: Mapping[int, str], alerts: Mapping[int, Alert]
) -> Group:
    told = [alerts[row.alert_id] for row in rows]
    thread = _thread_of(told[0], rows[0], threads, alerts) if len(told) == 1 else ""
    kinds = {alert.kind for alert in told}
    if any(alert.urgency is Urgency.DIGEST for alert in told) and not thread:
        kind = "digest"
    elif kinds <= {AlertKind.OPS, AlertKind.SAMPLE}:
        kind = told[0].kind.value
    elif len(told) > 1:
        kind = "catchup"
    else:
        kind = "followup" if told[0].follows else "alert"
    return Group(kind, tuple(alert.id for alert in told), thread, key)


def threads(own: Iterable[Delivery], recipient: str) -> dict[int, str]:
    """Where the messages of sent alerts can be answered."""
    return {
        row.alert_id: row.thread
        for row in own
        if row.recipient == recipient and row.thread and row.state is DeliveryState.SENT
    }


def _thread_of(alert: Alert, row: Delivery, threads: Mapping[int, str], alerts: Mapping[int, Alert]) -> str:
    """The thread of the nearest followed alert that this recipient was told."""
    if row.thread:
        return row.thread
    followed, seen = alert.follows, set[int]()
    while followed is not None and followed not in seen:
        if thread := threads.get(followed):
            return thread
        seen.add(followed)
        followed = alerts[followed].follows if followed in alerts else None
    return ""


def has_waited(row: Delivery, now: datetime) -> bool:
    return row.created is not None and now - row.created >= WAITED
