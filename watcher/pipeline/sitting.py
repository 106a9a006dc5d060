"""A batch of entries against memory → what it concludes, and memory as it then stands. Pure.

The production judgement: `polling` and `replaying` both call it, so a back-test is the real thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.judge.assess import Assessment, assess
from watcher.judge.conclude import Conclusion, conclude
from watcher.model import (
    Band,
    Channel,
    Entry,
    EntryKey,
    Findings,
    Item,
    ItemId,
    Known,
    Members,
    Policy,
    Verdict,
)
from watcher.pipeline.memory_window import STORY_WINDOW, Earlier
from watcher.store.known import LEAD, MEMBERS
from watcher.topic import Topic


@dataclass(frozen=True, slots=True)
class Sitting:
    """The outcome of one batch. `known` is memory for the next batch of the same cycle."""

    findings: Findings
    known: Known


def sit(
    entries: Sequence[Entry],
    known: Known,
    topic: Topic,
    policy: Policy,
    channels: Sequence[Channel],
    now: datetime,
    *,
    earlier: Mapping[EntryKey, Earlier] | None = None,
    silent: frozenset[EntryKey] = frozenset(),
    baseline_only: bool = False,
) -> Sitting:
    """Judges `entries`, oldest first. `earlier` holds those that are stored and came back edited:
    they keep their number and are not announced again. Nothing of `silent` is told to anyone."""
    read = reading(entries, known.ids.item, topic, now, earlier=earlier)
    return settled(read, known, topic, policy, channels, now, silent=silent, baseline_only=baseline_only)


@dataclass(frozen=True, slots=True)
class Reading:
    """Entries as items, each judged alone. Only `fresh` ones need memory: the rest is done with."""

    fresh: tuple[Item, ...]
    kept: tuple[Item, ...]
    rejected: tuple[Item, ...]
    number: int  # the first free one

    def findings(self, now: datetime) -> Findings:
        return Findings(at=now, items=self.kept, rejected=self.rejected)


def reading(
    entries: Sequence[Entry],
    number: int,
    topic: Topic,
    now: datetime,
    *,
    earlier: Mapping[EntryKey, Earlier] | None = None,
) -> Reading:
    """Oldest first, numbered from `number`."""
    earlier = earlier or {}
    fresh: list[Item] = []
    kept: list[Item] = []
    rejected: list[Item] = []
    for entry in sorted(entries, key=lambda e: (e.published or now, e.key)):
        before = earlier.get(entry.key)
        item = judged(entry, before.id if before else ItemId(number), topic, now)
        number += before is None
        if before is not None:
            item = _revised(item, before)
        if item.verdict.band is Band.REJECTED:
            rejected.append(item)
        elif item.verdict.band is Band.DOUBT or (before and before.item and before.item.story_id):
            kept.append(item)
        else:
            fresh.append(item)
    return Reading(tuple(fresh), tuple(kept), tuple(rejected), number)


def settled(
    read: Reading,
    known: Known,
    topic: Topic,
    policy: Policy,
    channels: Sequence[Channel],
    now: datetime,
    *,
    silent: frozenset[EntryKey] = frozenset(),
    baseline_only: bool = False,
) -> Sitting:
    """What the fresh ones mean beside all that is known."""
    known = replace(known, ids=replace(known.ids, item=read.number))
    told = conclude(read.fresh, known, topic, policy, channels, now, baseline_only=baseline_only)
    told = _hushed(told, silent)
    findings = replace(
        read.findings(now),
        items=(*told.items, *read.kept),
        stories=told.stories,
        developments=told.developments,
        alerts=told.alerts,
        deliveries=told.deliveries,
    )
    return Sitting(findings, after(known, told, now))


def judged(entry: Entry, number: ItemId, topic: Topic, now: datetime) -> Item:
    """The entry with everything that can be said of it alone."""
    found: Assessment = assess(entry, topic)
    return Item(
        id=number,
        entry=entry,
        verdict=Verdict(found.score, found.band, found.reasons),
        first_seen=now,
        language=found.language,
        states=found.countries,
        development=found.development,
        modality=found.modality,
        claims=found.claims,
        figures=found.figures,
    )


def _revised(item: Item, before: Earlier) -> Item:
    """An edit keeps the number, the story, the mark and the moment of the first sighting."""
    old = before.item
    if old is None:
        return replace(item, revision=before.revision + 1)
    return replace(
        item,
        revision=before.revision + 1,
        first_seen=old.first_seen,
        story_id=old.story_id,
        copy_of=old.copy_of,
        mark=old.mark,
    )


def _hushed(told: Conclusion, silent: frozenset[EntryKey]) -> Conclusion:
    """Without the deliveries of alerts that rest on silent entries alone."""
    if not silent:
        return told
    heard = {item.id for item in told.items if item.entry.key not in silent}
    mute = {a.id for a in told.alerts if a.items and not heard.intersection(a.items)}
    return replace(told, deliveries=tuple(d for d in told.deliveries if d.alert_id not in mute))


def after(known: Known, told: Conclusion, now: datetime) -> Known:
    """Memory with what was just concluded in it, and without stories that have closed since."""
    opened = now - STORY_WINDOW
    stories = {s.id: s for s in known.stories} | {s.id: s for s in told.stories}
    stories = {k: s for k, s in stories.items() if s.last_seen >= opened and s.merged_into is None}
    members = sorted((i for s in stories.values() for i in s.item_ids), reverse=True)[:MEMBERS]
    return replace(
        known,
        ids=told.ids,
        stories=tuple(stories.values()),
        developments=tuple(
            ({d.id: d for d in known.developments} | {d.id: d for d in told.developments}).values()
        ),
        alerts=tuple(({a.id: a for a in known.alerts} | {a.id: a for a in told.alerts}).values()),
        deliveries=(*known.deliveries, *told.deliveries),
        items=Members.of(known.items).after(map(_remembered, told.items), members),
    )


def _remembered(item: Item) -> Item:
    """As the next cycle would read it from the database: with the beginning of its text alone."""
    entry = item.entry
    if len(entry.content) <= LEAD and len(entry.summary) <= LEAD:
        return item
    return replace(item, entry=replace(entry, content=entry.content[:LEAD], summary=entry.summary[:LEAD]))
