"""Changes of the ledger × policy × channels × what was already told -> alerts, and the deliveries owed. Pure.

One development interrupts once. What follows (corroboration, promotion, contradiction, correction,
retraction) goes to those who were told, in their thread. Keys are deterministic: the same news never makes
two alerts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.judge.audience import ALWAYS, instant_for, least, wants
from watcher.judge.hours import after_quiet, digest_due
from watcher.judge.reminders import Due
from watcher.judge.weigh import Change
from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Channel,
    Delivery,
    DeliveryId,
    DeliveryState,
    Development,
    Ids,
    Item,
    Known,
    Members,
    Policy,
    Standing,
    Tier,
    Urgency,
)

FOLLOWING = frozenset(
    {
        AlertKind.UPDATE,
        AlertKind.PROMOTION,
        AlertKind.CONTRADICTION,
        AlertKind.CORRECTION,
        AlertKind.RETRACTION,
    }
)
RIGHTING = frozenset({AlertKind.CORRECTION, AlertKind.RETRACTION})
GROWING = frozenset({AlertKind.UPDATE, AlertKind.PROMOTION, None})
UNSENT = frozenset({DeliveryState.PENDING, DeliveryState.LATER})
GOT = frozenset({DeliveryState.SENT, DeliveryState.SENDING})
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Decision:
    """`deliveries` are new ones, and known ones that are cancelled because what they said is undone."""

    alerts: tuple[Alert, ...]
    deliveries: tuple[Delivery, ...]
    ids: Ids


def decide(
    changes: Iterable[Change | Due],
    known: Known,
    policy: Policy,
    channels: Sequence[Channel],
    ids: Ids,
    now: datetime,
    items: Mapping[int, Item] | None = None,
) -> Decision:
    """`items` are the batch's own, for the channels' language and tag rules; others come from `known`."""
    desk = _Desk(known, policy, channels, ids, now, Members.of(known.items).beside((items or {}).values()))
    for change in changes:
        desk.clock(change) if isinstance(change, Due) else desk.take(change)
    return Decision(tuple(desk.alerts.values()), tuple(desk.deliveries.values()), desk.ids)


class _Desk:
    """The alerts and deliveries of one batch, with what was told before."""

    def __init__(
        self,
        known: Known,
        policy: Policy,
        channels: Sequence[Channel],
        ids: Ids,
        now: datetime,
        items: Mapping[int, Item],
    ) -> None:
        self.known, self.policy, self.ids, self.now, self.items = known, policy, ids, now, items
        self.channels = [c for c in channels if c.enabled]
        self.told: dict[str, Alert] = {a.key: a for a in known.alerts}
        self.by_development: dict[int, list[Alert]] = defaultdict(list)
        for alert in known.alerts:
            if alert.development:
                self.by_development[alert.development.id].append(alert)
        self.owed: dict[AlertId, dict[DeliveryId, Delivery]] = defaultdict(dict)
        for delivery in known.deliveries:
            self.owed[delivery.alert_id][delivery.id] = delivery
        self.alerts: dict[AlertId, Alert] = {}
        self.deliveries: dict[DeliveryId, Delivery] = {}

    # ── which alert ───────────────────────────────────────────────────────────────────────────

    def take(self, change: Change) -> None:
        development = change.development
        first = self._first(development)
        if first is not None and first.id in self.alerts and change.kind in GROWING:
            if first.urgency is Urgency.INSTANT or not self._interrupts(change):
                self._amend(first, change)
                return
            self._drop(first)
            first = None
        if self._corroborates(change, first):
            pass  # the same again from another outlet: the count has grown, nobody is told
        elif change.kind in FOLLOWING and (first is not None or change.kind is AlertKind.CONTRADICTION):
            self._follow(change, first)
        elif development.standing in (Standing.RETRACTED, Standing.DENIED) and change.kind in RIGHTING:
            return  # nobody was told
        elif change.kind is None and first is not None:
            self._spread(change, first)
        urgent = self._interrupts(change)
        if urgent and not self._interrupted(development) and change.kind not in RIGHTING:
            foretold = next(iter(self._of(development.follows)), None)
            self._alert(f"new|{development.key}", AlertKind.NEW, Urgency.INSTANT, change, foretold)
        elif first is None and change.kind is AlertKind.NEW and not self._told(development):
            self._alert(f"listed|{development.key}", change.kind, Urgency.DIGEST, change, None)

    def _corroborates(self, change: Change, first: Alert | None) -> bool:
        """A second ordinary outlet confirms what was a line of the digest, or is about to interrupt."""
        official = change.development.tier >= Tier.OFFICIAL
        if change.kind is not AlertKind.PROMOTION or first is None or first.kind is AlertKind.CLOCK:
            return False
        return first.urgency is Urgency.DIGEST and not official

    def clock(self, due: Due) -> None:
        # An exit needs somebody's word; an entry into force follows from the deposit and may wait, and so
        # may what rests on a notice that one outlet told of, without its day.
        exits = due.term.article == "20" and due.term.sure
        today = due.days == 0 and exits and self._kind_interrupts(due.development)
        urgency = Urgency.INSTANT if today else Urgency.DIGEST
        change = Change(due.development, AlertKind.CLOCK)
        self._alert(due.key, AlertKind.CLOCK, urgency, change, self._first(due.development))

    def _follow(self, change: Change, first: Alert | None) -> None:
        development, kind = change.development, change.kind or AlertKind.UPDATE
        if first is None:
            first = next(iter(self._of(development.follows)), None)
        what = "|".join(development.delta) if kind is AlertKind.UPDATE else ""
        key = f"{kind.value}|{development.key}|{development.standing.value}|{what}"
        if kind in RIGHTING:
            key += f"|{development.revision}"
        righted = kind in RIGHTING and first is not None
        official = kind is AlertKind.PROMOTION and development.tier >= Tier.OFFICIAL
        if kind is AlertKind.PROMOTION and first is not None and first.kind is AlertKind.CLOCK:
            official = first.urgency is not Urgency.INSTANT  # one interruption for one effect
        grown = kind is AlertKind.UPDATE and bool(development.delta) and self._interrupts(change)
        urgency = Urgency.INSTANT if (official and self._interrupts(change)) or grown else Urgency.DIGEST
        if righted and first is not None and first.urgency is Urgency.INSTANT:
            urgency = Urgency.INSTANT
        self._alert(key, kind, urgency, change, first)

    def _spread(self, change: Change, first: Alert) -> None:
        """What was confirmed already is news for a channel that waited for the authority that now speaks."""
        development = change.development
        heard = max(a.development.tier for a in self._of(development.id) if a.development)
        waiting = [c for c in self.channels if heard < least(c, self.policy) <= development.tier]
        if waiting:
            urgency = Urgency.INSTANT if self._interrupts(change) else Urgency.DIGEST
            key = f"{AlertKind.PROMOTION.value}|{development.key}|tier {int(development.tier)}"
            self._alert(key, AlertKind.PROMOTION, urgency, change, first, waiting)

    def _interrupts(self, change: Change) -> bool:
        development = change.development
        return (
            change.trusted
            and not change.aside
            and development.standing not in (Standing.DENIED, Standing.RETRACTED)
            and development.modality.value in self.policy.instant_modalities
            and self._kind_interrupts(development)
        )

    def _kind_interrupts(self, development: Development) -> bool:
        kinds = {k for c in self.channels if c.instant is not None for k in c.instant} | set(
            self.policy.instant
        )
        return development.development in kinds or development.stage in ALWAYS

    def _of(self, development_id: int | None) -> list[Alert]:
        return self.by_development.get(development_id, []) if development_id is not None else []

    def _first(self, development: Development) -> Alert | None:
        """The alert that told it: the one that interrupted, else the first."""
        told = self._of(development.id)
        return next((a for a in told if a.urgency is Urgency.INSTANT), told[0] if told else None)

    def _told(self, development: Development) -> bool:
        return any(f"{how}|{development.key}" in self.told for how in ("new", "listed"))

    def _interrupted(self, development: Development) -> bool:
        if f"new|{development.key}" in self.told:
            return True
        return any(a.urgency is Urgency.INSTANT for a in self._of(development.id))

    def _alert(
        self,
        key: str,
        kind: AlertKind,
        urgency: Urgency,
        change: Change,
        follows: Alert | None,
        to: Sequence[Channel] | None = None,
    ) -> None:
        if key in self.told:
            return
        development = change.development
        title = next((self.items[i].entry.title for i in change.items if i in self.items), "")
        alert = Alert(
            AlertId(self.ids.alert),
            key,
            kind,
            urgency,
            self.now,
            development,
            follows.id if follows else None,
            title=title,
            text="; ".join(development.delta),
            items=development.item_ids or change.items,
        )
        self._keep_alert(alert)
        if not self._hush():
            self._owe(alert, follows, self.channels if to is None else to)

    def _keep_alert(self, alert: Alert) -> None:
        self.ids = replace(self.ids, alert=max(self.ids.alert, alert.id + 1))
        self.told[alert.key] = self.alerts[alert.id] = alert
        if alert.development:
            self.by_development[alert.development.id].append(alert)

    def _amend(self, alert: Alert, change: Change) -> None:
        """What grew before anybody was told is told as it stands: one alert, not two."""
        development = change.development
        grown = replace(alert, development=development, items=development.item_ids or alert.items)
        self.alerts[alert.id] = self.told[alert.key] = grown
        told = self.by_development[development.id]
        told[:] = [grown if a.id == alert.id else a for a in told]
        if not self._hush():
            self._owe(grown, None, self.channels)

    def _drop(self, alert: Alert) -> None:
        """A line for the digest that has become worth an interruption before anybody saw it."""
        del self.alerts[alert.id], self.told[alert.key]
        told = self.by_development[alert.development.id] if alert.development else []
        told[:] = [a for a in told if a.id != alert.id]
        for number in self.owed.pop(alert.id, {}):
            self.deliveries.pop(number, None)

    # ── to whom, and when ─────────────────────────────────────────────────────────────────────

    def _hush(self) -> bool:
        return self.known.first_run and self.policy.first_run == "silent"

    def _owe(self, alert: Alert, follows: Alert | None, channels: Sequence[Channel]) -> None:
        rows = self._rows(alert, follows)
        for channel in channels:
            for recipient in channel.recipients:
                own = [d for d in rows if (d.channel, d.recipient) == (channel.name, recipient)]
                if alert.kind in RIGHTING:
                    self._right(alert, channel, recipient, own)
                elif any(d.alert_id == alert.id for d in own):
                    continue  # amended: owed already
                elif self._concerns(channel, alert, follows, own[0] if own else None):
                    self._deliver(alert, channel, recipient, own[0] if own else None)

    def _rows(self, alert: Alert, follows: Alert | None) -> list[Delivery]:
        """Everything on this development that anybody was told or is owed, what it follows first."""
        told = [follows] if follows is not None else []
        if alert.kind in FOLLOWING:
            for one in (alert, *told):
                told += self._of(one.development.id) if one.development else []
        elif alert.id in self.owed:
            told.append(alert)
        rows = [d for number in dict.fromkeys(a.id for a in told) for d in self.owed[number].values()]
        return sorted(rows, key=lambda d: d.state is DeliveryState.CANCELLED)

    def _right(self, alert: Alert, channel: Channel, recipient: str, own: Sequence[Delivery]) -> None:
        """To those who got, or may have got, what was wrong; what they are still owed of it is undone. Who
        got nothing yet is told what holds, and hears of no error."""
        owed = [row for row in own if row.state in UNSENT]
        for row in owed:
            self._keep(replace(row, state=DeliveryState.CANCELLED, reason="undone before it was sent"))
        got = [d for d in own if d.state in GOT or d.possible_repeat]
        if got:
            self._deliver(alert, channel, recipient, got[0])
        elif owed and (righted := self._righted(alert)) is not None:
            self._deliver(righted, channel, recipient, None)

    def _righted(self, correction: Alert) -> Alert | None:
        """The alert as it would have been without the error, for those who never saw it."""
        development = correction.development
        if development is None or development.standing in (Standing.RETRACTED, Standing.DENIED):
            return None
        first = self._first(development)
        key = f"new|{development.key}|{development.revision}"
        if key not in self.told and first is not None and first.development is not None:
            right = replace(development, delta=first.development.delta)
            number = AlertId(self.ids.alert)
            again = replace(first, id=number, key=key, at=self.now, development=right, acked_by="")
            self._keep_alert(again)
        return self.told.get(key)

    def _concerns(
        self, channel: Channel, alert: Alert, follows: Alert | None, before: Delivery | None
    ) -> bool:
        since = self.known.channels_since.get(channel.name) or channel.created
        if since is not None and since > self.now:
            return False
        if follows is not None and alert.kind in FOLLOWING:
            if before is not None and before.state is not DeliveryState.CANCELLED:
                return True
            return alert.kind is AlertKind.PROMOTION and self._newly_wants(channel, alert, follows)
        return wants(channel, alert, self.policy, self.items)

    def _newly_wants(self, channel: Channel, alert: Alert, follows: Alert) -> bool:
        """A channel that asks for authority hears of it when the authority speaks."""
        before = follows.development
        news = before is not None and before.tier < least(channel, self.policy)
        return news and wants(channel, alert, self.policy, self.items)

    def _deliver(self, alert: Alert, channel: Channel, recipient: str, before: Delivery | None) -> None:
        due = self._due(alert, channel, before)
        if due is None:
            return
        self._keep(
            Delivery(
                DeliveryId(self.ids.delivery),
                alert.id,
                channel.name,
                recipient,
                DeliveryState.PENDING,
                due,
                thread=before.thread if before else "",
                created=self.now,
            )
        )
        self.ids = replace(self.ids, delivery=self.ids.delivery + 1)

    def _due(self, alert: Alert, channel: Channel, before: Delivery | None) -> datetime | None:
        """Now, after the quiet hours, or the next digest hour. A confirmation joins the thread of its alert
        at once. Where there is no digest, what follows a message that was sent there (`before`) goes by
        itself; None for the rest."""
        follows = before is not None and alert.kind in FOLLOWING and alert.kind is not AlertKind.UPDATE
        joins = follows and self._joins(alert, before)
        if instant_for(alert, channel, self.policy) or joins or (follows and not channel.digest_enabled):
            quiet = channel.quiet or self.policy.quiet
            passes = alert.development is not None and alert.development.development in self.policy.pass_quiet
            due = self.now if passes else after_quiet(self.now, quiet)
            return self._spaced(due, channel)
        if not channel.digest_enabled:
            return None
        specs = channel.digest if channel.digest is not None else self.policy.digest
        return digest_due(specs, self.policy.zone, self.now, channel.quiet or self.policy.quiet)

    def _joins(self, alert: Alert, before: Delivery | None) -> bool:
        threaded = alert.kind is AlertKind.PROMOTION and before is not None and bool(before.thread)
        return threaded and alert.development is not None and self._interrupted(alert.development)

    def _spaced(self, due: datetime, channel: Channel) -> datetime:
        """More than so many messages within the hour wait for its end, where they fold into one."""
        most = channel.max_per_hour if channel.max_per_hour is not None else self.policy.max_per_hour
        recent = sorted(
            d.created
            for d in (*self.known.deliveries, *self.deliveries.values())
            if d.channel == channel.name and d.created and d.due - d.created < HOUR and due - d.created < HOUR
        )
        alerts = len(recent) // max(1, len(channel.recipients))
        return recent[0] + HOUR if most and alerts >= most else due

    def _keep(self, delivery: Delivery) -> None:
        self.deliveries[delivery.id] = delivery
        self.owed[delivery.alert_id][delivery.id] = delivery
