"""A batch of what is owed → its message, with what the database adds to it. Reads only.

Apart from `speaking`, since most polls have nothing to say and do without templates and their library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watcher.model import Alert, AlertKind, Channel, Config, Digested, Item, Line, Message
from watcher.notify import roundup
from watcher.notify.compose import Context, compose, headline, tell
from watcher.notify.plan import Batch
from watcher.notify.wording import Words
from watcher.pipeline.configured import in_use
from watcher.store import alerts, deliveries, digests, health, items, sources
from watcher.store.database import Database
from watcher.topic import Topic

OLD_NEWS = timedelta(days=14)
"""A relevant report that was published longer before it was found is not put into a digest."""


def composed(
    config: Config,
    topic: Topic,
    db: Database,
    batch: Batch,
    channel: Channel,
    now: datetime,
    away: tuple[datetime, datetime] | None = None,
) -> Message:
    """The message of a batch, as it goes out and as a preview shows it."""
    names = _names(topic)
    hours = [a.digested for a in batch.alerts if a.digested is not None]
    if batch.kind == "digest" and hours:
        now = max(hour.at for hour in hours)  # a digest is of its day, whenever it gets through
    members = items.many(db, {i for a in batch.alerts for i in _members(a)})
    words = Words("en", config.templates_dir)
    followed = {a.id: a for a in alerts.many(db, {a.follows for a in batch.alerts if a.follows})}
    told = [
        tell(
            a,
            members,
            names,
            now,
            words=words,
            followed=followed.get(a.follows) if a.follows else None,
            zone=config.zone,
        )
        for a in batch.alerts
    ]
    context = Context(
        now,
        names,
        config.zone,
        templates_dir=config.templates_dir,
        others=_others(db, batch, hours, names),
        health=hours[-1].health if hours else (),
        at_once=tuple(dict.fromkeys(title for hour in hours for title in hour.at_once)),
        away=away,
    )
    return compose(told, channel, context, batch)


def digested(
    config: Config, topic: Topic, db: Database, batch: Batch, channel: Channel, now: datetime
) -> Batch:
    """`batch`, with what its digest hour shows besides developments; as it was where that was composed
    before. Of several hours that were never composed the latest shows it all."""
    hours = [a for a in batch.alerts if a.kind is AlertKind.DIGEST and a.digested is None]
    if not hours:
        return batch
    shown = {a.id: replace(a, digested=Digested(now)) for a in hours[:-1]}
    shown[hours[-1].id] = replace(hours[-1], digested=_shown(config, topic, db, batch, channel, now))
    return replace(batch, alerts=tuple(shown.get(a.id, a) for a in batch.alerts))


def _names(topic: Topic) -> dict[str, str]:
    return {code: state.name for code, state in topic.states.items()}


def _members(alert: Alert) -> Sequence[int]:
    return (*alert.items, *(alert.development.item_ids if alert.development else ()))


def _others(
    db: Database, batch: Batch, hours: Sequence[Digested], names: Mapping[str, str]
) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """Other relevant reports, but for those that this very message tells as developments."""
    told = {i for a in batch.alerts for i in _members(a)}
    reports = items.many(db, {i for hour in hours for i in hour.reports} - told)
    return roundup.others(reports.values(), names)


def _shown(
    config: Config, topic: Topic, db: Database, batch: Batch, channel: Channel, now: datetime
) -> Digested:
    newest = digests.newest_item(db)  # before the rest: what comes in meanwhile is the next digest's
    names, words = _names(topic), Words("en", config.templates_dir)
    told = {i for a in batch.alerts for i in _members(a)}
    fresh = [i for i in digests.undigested(db, channel.name) if _recent(i) and _wanted(i, channel)]
    lines = roundup.others(fresh, names, told=told)
    owed = in_use(config, deliveries.owed(db))
    going = {row.id for row in batch.deliveries}  # what goes out right now is not stuck
    state = roundup.health(
        config.sources,
        sources.states(db),
        now,
        relevant_languages=health.relevant_by_language(db, now),
        owed=sum(row.attempts > 0 and row.id not in going for row in owed),
        last_digest=digests.last(db).get(channel.name),
        zone=config.zone,
        words=words,
    )
    sent = digests.sent_at_once(db, channel.name)
    at_once = tuple(headline(a, names, now, words) for a in sent)
    reports = tuple(line.item_id for _, found in lines for line in found if line.item_id is not None)
    return Digested(now, newest, reports, state, at_once)


def _recent(item: Item) -> bool:
    published = item.entry.published
    return published is None or item.first_seen - published <= OLD_NEWS


def _wanted(item: Item, channel: Channel) -> bool:
    """The channel's own rules hold for what rides along in a digest, too."""
    return (
        (not channel.states or bool(set(channel.states) & set(item.states)))
        and (not channel.languages or item.language in channel.languages)
        and (not channel.tags or bool(set(channel.tags) & set(item.entry.tags)))
        and item.entry.tier >= channel.min_tier
    )
