"""A batch of what is owed → its message, with what the database adds to it. Reads only.

Apart from `speaking`, since most polls have nothing to say and do without templates and their library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watcher.model import Alert, Channel, Config, Item, Message
from watcher.notify import roundup
from watcher.notify.compose import Context, compose, tell
from watcher.notify.plan import Batch
from watcher.notify.wording import Words
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
    names = {code: state.name for code, state in topic.states.items()}
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
    context = Context(now, names, config.zone, templates_dir=config.templates_dir, away=away)
    if batch.kind == "digest":
        context = _digest_context(context, config, db, channel, batch, now)
    return compose(told, channel, context, batch)


def _members(alert: Alert) -> Sequence[int]:
    return (*alert.items, *(alert.development.item_ids if alert.development else ()))


def _digest_context(
    context: Context, config: Config, db: Database, channel: Channel, batch: Batch, now: datetime
) -> Context:
    told = {i for a in batch.alerts for i in _members(a)}
    fresh = [i for i in digests.undigested(db, channel.name) if _recent(i) and _wanted(i, channel)]
    lines = roundup.others(fresh, context.names, told=told)
    state = roundup.health(
        config.sources,
        sources.states(db),
        now,
        relevant_languages=health.relevant_by_language(db, now),
        owed=sum(row.attempts > 0 for row in deliveries.owed(db))  # what goes out right now is not stuck
        - sum(row.attempts > 0 for row in batch.deliveries),
        last_digest=digests.last(db).get(channel.name),
        zone=config.zone,
    )
    return replace(context, others=lines, health=state)


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
