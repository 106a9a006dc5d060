"""The outbox: what is due goes out, digest hours are opened, and the watcher's own troubles are told.

Everything that is to be said is a row before it is said. Composing is pure; only `deliver.speak`
touches the world, one thread a channel, and every row is written by this thread.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watcher.judge.hours import digest_due, last_digest
from watcher.judge.hours import next_digest as next_digest_hour
from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Channel,
    Config,
    Delivery,
    DeliveryId,
    DeliveryState,
    Findings,
    Message,
    Urgency,
)
from watcher.notify import deliver, ops
from watcher.notify.plan import OPEN, Batch, Plan, open_digest, plan
from watcher.pipeline.configured import in_use
from watcher.pipeline.memory_window import STORY_WINDOW
from watcher.pipeline.polling import WRITING, Clock
from watcher.store import alerts, channels, deliveries, digests, known, meta, sources
from watcher.store import findings as store_findings
from watcher.store.database import Database, writing
from watcher.topic import Topic

log = logging.getLogger("watcher.speak")

AWAY_AFTER = timedelta(hours=3)
_DEAF_AT_MOST = timedelta(hours=6)
_LOOKS_BACK = timedelta(days=60)
Gap = tuple[datetime, datetime]


def print_out(text: str) -> object:
    """Where the console channel writes unless told otherwise."""
    return sys.stdout.write(text)


@dataclass(slots=True)
class Spoken:
    """What one turn of speaking did: rows by the state they ended in, and the messages sent."""

    states: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    reasons: list[str] = field(default_factory=list)


def speak(
    config: Config,
    topic: Callable[[], Topic],
    db: Database,
    clock: Clock,
    *,
    stopping: Callable[[], bool] = lambda: False,
    write: Callable[[str], object] = print_out,
    fault: Callable[[str], None] = lambda point: None,
) -> Spoken:
    """Sends what is due. Raises StoreError; a channel's trouble is in its rows."""
    now = clock()
    with WRITING, writing(db):
        away = _away(config, db, now)
        register(config, db, now)
        _open_digests(config, db, now)
        _drop_strays(config, db, now)
    tools = deliver.Tools(
        mark=lambda rows: deliveries.mark_sending(db, rows),
        record=lambda rows: _record(db, rows),
        clock=clock,
        fault=fault,
        stopping=stopping,
        write=write,
    )
    spoken = Spoken()
    _send_due(config, topic, db, tools, spoken, away)
    with WRITING, writing(db):  # after sending: what has just gone out is no trouble any more
        raised = _tell_troubles(config, db, clock())
    if raised:
        _send_due(config, topic, db, tools, spoken, away)
    return spoken


def _send_due(
    config: Config,
    topic: Callable[[], Topic],
    db: Database,
    tools: deliver.Tools,
    spoken: Spoken,
    away: Gap | None,
) -> None:
    now = tools.clock()
    ready = _ready(config, db, now, away)
    deliveries.record(db, ready.changed)
    work = []
    if ready.batches:
        from watcher.pipeline.composing import composed, digested  # here: most polls have nothing to say
    hours: dict[int, Alert] = {}
    for planned in ready.batches:
        channel = next(c for c in config.channels if c.name == planned.channel)
        missed = _missed(planned.deliveries, away)
        planned = _afresh(db, planned) if missed else planned
        planned = replace(planned, alerts=tuple(hours.get(a.id, a) for a in planned.alerts))
        batch = digested(config, topic(), db, planned, channel, now)
        if batch is not planned:  # kept before it is sent: whoever gets it later gets the same
            hours |= {a.id: a for a in batch.alerts if a.kind is AlertKind.DIGEST}
            alerts.save(db, tuple(hours.values()))
        message = composed(config, topic(), db, batch, channel, now, missed)
        if deliver.worth_sending(message, config.policy):
            work.append((batch, message, channel))
        else:
            deliveries.record(db, deliver.skip(batch, "nothing to say, and empty digests are switched off"))
    rows = deliver.speak(work, tools)
    spoken.messages += len(work)
    spoken.states.update(row.state.value for row in rows)
    spoken.reasons += sorted({f"{r.channel}: {r.reason}" for r in rows if r.reason} - set(spoken.reasons))


def _afresh(db: Database, batch: Batch) -> Batch:
    """After a gap a digest hour that nobody can have seen is composed again: more has come in since."""
    rows = deliveries.of_alerts(db, [a.id for a in batch.alerts if a.digested is not None])
    seen = {row.alert_id for row in rows if row.state is DeliveryState.SENT or row.possible_repeat}
    forgotten = (a if a.id in seen else replace(a, digested=None) for a in batch.alerts)
    return replace(batch, alerts=tuple(forgotten))


def register(config: Config, db: Database, now: datetime) -> None:
    """Note the channels that are new: they are told what comes from now on, nothing older."""
    channels.register(db, [c.name for c in config.channels], now)


def next_digest(config: Config, topic: Topic, db: Database, name: str, now: datetime) -> Message:
    """The digest that `name` would get at its next hour if nothing more came in. Writes nothing."""
    from watcher.pipeline.composing import composed, digested

    channel = next(c for c in config.channels if c.name == name)
    hour = digest_due(digest_specs(channel, config), config.zone, now, channel.quiet or config.policy.quiet)
    hour = hour or now
    ids = known.ids(db)
    opened, rows = open_digest(channel, hour, AlertId(ids.alert), DeliveryId(ids.delivery), hour)
    owed, told = outbox(db, now)
    waiting = [replace(d, due=min(d.due, hour)) for d in owed if _in_digest(d, told)]
    ready = plan((*waiting, *rows), {**told, opened.id: opened}, (channel,), config.policy, hour)
    batch = next((b for b in ready.batches if b.kind == "digest"), None)
    batch = batch or Batch("digest", name, "preview", (opened,), rows)
    return composed(config, topic, db, digested(config, topic, db, batch, channel, hour), channel, hour)


def _in_digest(delivery: Delivery, told: Mapping[int, Alert]) -> bool:
    alert = told.get(delivery.alert_id)
    open_ = delivery.state in (DeliveryState.PENDING, DeliveryState.LATER)
    return open_ and alert is not None and alert.urgency is Urgency.DIGEST


def recover(db: Database, now: datetime) -> int:
    """At a start: what was in flight when the last process died is owed again, as a possible repeat."""
    return len(deliveries.recover(db, now))


def tick_clock(
    config: Config, topic: Callable[[], Topic], db: Database, now: datetime, *, again: bool
) -> int:
    """The legal calendar, once an hour, and `again` when something was learnt. Returns what it raised."""
    hour = now.strftime("%Y-%m-%dT%H")
    if not again and meta.get(db, "calendar") == hour:
        return 0
    from watcher.judge.conclude import conclude_clock

    with WRITING, writing(db):  # a mark waits until this is done
        memory = known.known(db, now, STORY_WINDOW)
        told = conclude_clock(memory, topic(), config.policy, config.channels, now)
        found = Findings(now, developments=told.developments, alerts=told.alerts, deliveries=told.deliveries)
        if told.developments or told.alerts:
            store_findings.commit(db, found)
        meta.put(db, "calendar", hour)
    return len(told.alerts)


# ── what is owed by the hour ─────────────────────────────────────────────────────────────────


def digest_specs(channel: Channel, config: Config) -> tuple[str, ...]:
    if not channel.digest_enabled:
        return ()
    return channel.digest if channel.digest is not None else config.policy.digest


def _open_digests(config: Config, db: Database, now: datetime) -> None:
    """One row for the latest digest hour of each channel; an hour missed while away is made up once."""
    since = channels.since(db)
    for channel in config.channels:
        hour = last_digest(digest_specs(channel, config), config.zone, now)
        if not channel.enabled or hour is None or hour <= since.get(channel.name, now):
            continue
        key = f"digest_opened:{channel.name}"
        if meta.get(db, key) == hour.isoformat():
            continue
        ids = known.ids(db)
        alert, rows = open_digest(channel, hour, AlertId(ids.alert), DeliveryId(ids.delivery), now)
        store_findings.commit(db, Findings(now, alerts=(alert,), deliveries=rows))
        meta.put(db, key, hour.isoformat())


def _drop_strays(config: Config, db: Database, now: datetime) -> None:
    """What is owed to a channel or recipient that is no longer configured waits three days for it to come
    back, and is then put aside, with the reason."""
    rows = deliveries.owed(db)
    here = set(in_use(config, rows))
    late = now - deliver.GIVE_UP_AFTER
    strays = [row for row in rows if row not in here and (row.created or row.due) < late]
    why = "its channel or recipient is no longer in config.toml, or is switched off"
    deliveries.record(db, [replace(row, state=DeliveryState.CANCELLED, reason=why) for row in strays])


def _tell_troubles(config: Config, db: Database, now: datetime) -> int:
    """The watcher's own health, as rows like any other alert. Returns how many it made."""
    if not config.channels:
        return 0
    polls = tuple(sources.states(db).values())
    rows = in_use(config, (*deliveries.owed(db), *deliveries.latest(db, now - _LOOKS_BACK)))
    grace = timedelta(minutes=config.policy.digest_grace_minutes)
    found = ops.troubles(rows, polls, _digest_facts(config, db, now), now, grace)
    told = alerts.operational_since(db, now - _LOOKS_BACK)
    if _just_woke(db, now):
        found = ops.known_already(found, told)
    if not found and not told:
        return 0
    from watcher.notify.wording import Words

    words = Words("en", config.templates_dir)
    ids = known.ids(db)
    raised = ops.ops_alerts(found, told, now, AlertId(ids.alert), words=words, zone=config.zone)
    if raised:
        owed = ops.ops_deliveries(raised, config.channels, ids, now)
        store_findings.commit(db, Findings(now, alerts=raised, deliveries=owed))
    return len(raised)


def _digest_facts(config: Config, db: Database, now: datetime) -> Iterable[ops.DigestFact]:
    last, since = digests.last(db), channels.since(db)
    for channel in config.channels:
        specs = digest_specs(channel, config)
        if not channel.enabled or not specs:
            continue
        started = max(last.get(channel.name) or since.get(channel.name, now), since.get(channel.name, now))
        hour = next_digest_hour(specs, config.zone, started)
        owed = hour if hour and hour <= now and config.policy.empty_digest else None
        yield ops.DigestFact(channel.name, owed, last.get(channel.name))


# ── what is said ─────────────────────────────────────────────────────────────────────────────


def _ready(config: Config, db: Database, now: datetime, away: Gap | None) -> Plan:
    rows, told = outbox(db, now)
    late = _missed([row for row in rows if row.state in OPEN], away) is not None
    return plan(rows, told, config.channels, config.policy, now, away=late)


def _missed(rows: Iterable[Delivery], away: Gap | None) -> Gap | None:
    """The gap, where one of these rows is owed because of it: it was found at the return, or its digest
    hour was made up for. Until such a row is through it is told as what it is."""
    if away is None:
        return None
    start, end = away
    return away if any(row.created and start < row.created <= end for row in rows) else None


def outbox(db: Database, now: datetime) -> tuple[tuple[Delivery, ...], Mapping[int, Alert]]:
    """Open rows, what was sent in the last hour, and the rows of alerts that open ones follow."""
    owed = deliveries.owed(db)
    told: dict[int, Alert] = {a.id: a for a in alerts.many(db, {d.alert_id for d in owed})}
    followed = {a.follows for a in told.values() if a.follows is not None}
    told |= {a.id: a for a in alerts.many(db, followed)}
    rows = {d.id: d for d in owed}
    rows |= {d.id: d for d in deliveries.of_alerts(db, followed)}
    rows |= {d.id: d for d in deliveries.settled_since(db, now - timedelta(hours=1))}
    told |= {a.id: a for a in alerts.many(db, {d.alert_id for d in rows.values()} - set(told))}
    return tuple(rows.values()), told


def _record(db: Database, rows: Sequence[Delivery]) -> None:
    """The rows as they now stand and, in the same transaction, that a digest counts, whatever message it
    came in: the server took it, and from then on the next one starts."""
    sent = [row for row in rows if row.state is DeliveryState.SENT]
    with writing(db):
        deliveries.record(db, rows)
        told = {a.id: a.digested for a in alerts.many(db, {row.alert_id for row in sent})}
        hours = {(r.channel, shown): r for r in sent if (shown := told.get(r.alert_id)) is not None}
        for (channel, shown), row in hours.items():
            others = sum(one.batch == row.batch and one.recipient == row.recipient for one in sent) - 1
            digests.record(
                db,
                channel,
                row.sent_at or row.due,
                upto_item=shown.upto_item,
                alerts=others,
                items=len(shown.reports),
            )


def _away(config: Config, db: Database, now: datetime) -> Gap | None:
    """The last gap in which the watcher did not speak, when it was long enough to tell of and not long ago.
    It ends when a source has answered again: a laptop wakes before its network does."""
    last = meta.get(db, "alive")
    before = datetime.fromisoformat(last) if last else now
    usual = timedelta(seconds=2 * config.poll_every_seconds)
    if now - before > max(AWAY_AFTER, usual):
        meta.put(db, "away", f"{before.isoformat()} {now.isoformat()}")
    meta.put(db, "alive", now.isoformat())
    stored = [datetime.fromisoformat(moment) for moment in (meta.get(db, "away") or "").split()]
    if not stored:
        return None
    start, woke, *closed = stored
    if not closed:
        heard = [poll.last_ok for poll in sources.states(db).values() if poll.last_ok is not None]
        if heard and max(heard) <= start and now - woke < _DEAF_AT_MOST:
            return start, now
        closed = [now]
        meta.put(db, "away", f"{start.isoformat()} {woke.isoformat()} {now.isoformat()}")
    return (start, closed[0]) if now - closed[0] < deliver.GIVE_UP_AFTER else None


def _just_woke(db: Database, now: datetime) -> bool:
    """Too short a time since the last gap for any trouble to have lasted: nothing was tried meanwhile."""
    stored = (meta.get(db, "away") or "").split()
    return bool(stored) and now - datetime.fromisoformat(stored[1]) < ops.OUTBOX_AFTER
