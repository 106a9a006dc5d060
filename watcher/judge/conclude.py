"""From judged items to what is known, told and owed: the one function that a batch goes through. Pure.

Grouping, weighing and deciding in a row; the same code judges live, in a replay and for an explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from watcher.judge.acts import act_of
from watcher.judge.agree import agreed
from watcher.judge.cluster import assign
from watcher.judge.decide import decide
from watcher.judge.ledger import Ledger, opening, stand
from watcher.judge.marks import FACTS, Undone, corrected, moved, undone
from watcher.judge.novelty import since_baseline
from watcher.judge.reminders import due
from watcher.judge.sense import believable, impossible, overtaken
from watcher.judge.weigh import Change, weigh
from watcher.model import (
    Alert,
    AlertKind,
    Channel,
    Delivery,
    Development,
    Ids,
    Item,
    ItemId,
    Known,
    Members,
    Policy,
    Standing,
    Story,
    StoryId,
)
from watcher.topic import Topic


@dataclass(frozen=True, slots=True)
class Conclusion:
    """New and changed rows of each noun. `notes`: item id -> what the ledger made of it, in words."""

    items: tuple[Item, ...]
    stories: tuple[Story, ...]
    developments: tuple[Development, ...]
    alerts: tuple[Alert, ...]
    deliveries: tuple[Delivery, ...]
    ids: Ids
    notes: dict[int, tuple[str, ...]] = field(default_factory=dict)


def ledger_of(known: Known, topic: Topic, now: datetime, baseline_only: bool = False) -> Ledger:
    """Where every state stands now: the topic's zero and everything that is known since."""
    return stand(opening(topic, now, baseline_only), known.developments, topic, known.steps)


def conclude(
    items: Iterable[Item],
    known: Known,
    topic: Topic,
    policy: Policy,
    channels: Sequence[Channel],
    now: datetime,
    *,
    baseline_only: bool = False,
) -> Conclusion:
    """What a batch of relevant items means. Items that are known already come back as they were.

    The result does not depend on the order of `items`; concluding the same items again adds nothing.
    """
    batch = [corrected(item, known.marks, topic) for item in items]
    zero = opening(topic, now, baseline_only)
    ledger = stand(zero, known.developments, topic, known.steps)
    believed = [believable(item, ledger, topic.lifecycle) for item in batch]
    undo = undone(batch, known, topic)
    unlikely = _unlikely(believed, ledger, topic)
    heeding = agreed(believed, undo.developments(known.developments), unlikely | _marked(known))
    grouping = assign(
        heeding,
        known.stories,
        known.items,
        known.ids,
        now,
        unlikely,
        undo.developments(known.developments),
        moved(batch, known, topic),
    )
    united = _united(grouping.merges, undo.developments(known.developments))
    weighed = weigh(
        _to_weigh(grouping.items, batch, known),
        zero if not known.steps else stand(zero, (), topic, known.steps),
        united.developments(undo.developments(known.developments)),
        known.items,
        topic,
        grouping.ids,
        now,
    )
    dressed = [
        replace(c, development=_dressed(c.development, topic, weighed.ledger))
        for c in (*undo.changes, *united.changes, *weighed.changes)
    ]
    changed = (*undo.changed, *united.changed, *weighed.developments)
    kept = {d.id: _dressed(d, topic, weighed.ledger) for d in changed}
    placed: dict[int, Item] = {i.id: i for i in grouping.items}
    decision = decide(dressed, known, policy, channels, weighed.ids, now, placed)
    return Conclusion(
        tuple(replace(i, story_id=placed[i.id].story_id, copy_of=placed[i.id].copy_of) for i in batch),
        grouping.stories,
        tuple(kept.values()),
        decision.alerts,
        decision.deliveries,
        decision.ids,
        _notes(_heard(believed, heeding), grouping.notes, weighed.notes),
    )


def _heard(before: Iterable[Item], after: Iterable[Item]) -> dict[int, tuple[str, ...]]:
    """What became of reports that stood alone with their step."""
    return {
        one.id: (f"read as {other.development}, which the others of that day tell",)
        for one, other in zip(before, after, strict=True)
        if one is not other
    }


def _notes(*said: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    return {i: tuple(w for notes in said for w in notes.get(i, ())) for notes in said for i in notes}


def conclude_clock(
    known: Known,
    topic: Topic,
    policy: Policy,
    channels: Sequence[Channel],
    now: datetime,
    *,
    baseline_only: bool = False,
) -> Conclusion:
    """What the calendar raises at `now`, with no news item. Run it after the batch of the same moment."""
    since = min((m for m in known.channels_since.values()), default=None)
    if known.first_run and since is None:
        since = now
    told = {a.key for a in known.alerts}
    ledger = ledger_of(known, topic, now, baseline_only)
    raised = due(
        ledger,
        topic,
        told,
        now,
        policy.clock_days,
        zone=policy.zone,
        since=since,
        first_id=known.ids.development,
    )
    by_key = {d.key: d for d in known.developments}
    ids, ready, kept = known.ids, [], []
    for one in raised:
        fresh = one.development
        old = by_key.get(fresh.key)
        if old is not None and old.standing is not Standing.DUE:
            continue  # a source was faster than the calendar
        number = old.id if old else fresh.id
        development = replace(
            _dressed(fresh, topic, ledger), id=number, revision=old.revision + 1 if old else 0
        )
        ready.append(replace(one, development=development))
        kept.append(development)
        if old is None:
            ids = replace(ids, development=max(ids.development, number + 1))
    decision = decide(ready, known, policy, channels, ids, now)
    return Conclusion((), (), tuple(kept), decision.alerts, decision.deliveries, decision.ids)


def _united(merges: Mapping[int, int], developments: Iterable[Development]) -> Undone:
    """Developments whose story became part of another: those who were told are told that it is one act."""
    known = {d.id: d for d in developments}
    changed, changes = [], []
    for development in known.values():
        target = merges.get(development.story_id or 0)
        if target is None:
            continue
        others = {s for d in known.values() if d.story_id == target for s in d.states} - {*development.states}
        words = f"one joint act with {', '.join(sorted(others))}" if others else "one act with another story"
        now = replace(
            development, story_id=StoryId(target), delta=(words,), revision=development.revision + 1
        )
        changed.append(now)
        changes.append(Change(now, AlertKind.UPDATE, now.item_ids[-1:], aside=True))
    return Undone(tuple(changed), tuple(changes))


def _to_weigh(grouped: Iterable[Item], batch: Iterable[Item], known: Known) -> tuple[Item, ...]:
    """Reports that were not weighed before, and those whose facts the analyst has corrected. What was
    background when it was read is not news because the ledger has moved since."""
    grouped = tuple(grouped)
    told = Members.of(known.items).of_keys(frozenset(i.entry.key for i in grouped))
    before = {key for key, i in told.items() if i.story_id is not None}
    before |= {i.entry.key for i in batch if i.story_id is not None}
    marked = _marked(known) | {m.item_id for m in known.marks if m.kind == "relevant"}
    return tuple(
        i for i in grouped if i.mark != "irrelevant" and (i.id in marked or i.entry.key not in before)
    )


def _marked(known: Known) -> frozenset[ItemId]:
    """Reports whose facts are the analyst's."""
    return frozenset(m.item_id for m in known.marks if m.kind in FACTS and m.item_id is not None)


def _unlikely(items: Iterable[Item], ledger: Ledger, topic: Topic) -> frozenset[ItemId]:
    """Items whose main step cannot have been taken, or not now: their words count, not their step."""
    found = set()
    for item in items:
        act = act_of(item)
        points = [ledger.of(s) for s in act.states]
        early = any(impossible(act, p, topic.lifecycle) for p in points)
        late = bool(points) and all(overtaken(act, p, topic.lifecycle) for p in points)
        if act.firm and (early or late):
            found.add(item.id)
    return frozenset(found)


def _dressed(development: Development, topic: Topic, ledger: Ledger) -> Development:
    """With its words since the baseline and the next date on the legal clock, if one follows."""
    since = since_baseline(development, topic, ledger)
    terms = [(p.effect_due, p) for s in development.states if (p := ledger.of(s)).effect_due]
    if development.standing is Standing.DUE:
        return replace(development, since_baseline=since)
    if not terms:
        return replace(development, since_baseline=since, next_date=None, next_what="")
    when, point = min(terms, key=lambda t: (t[0] is None, t[0]))
    joins = point.legal_status == "PARTY" and point.stage.startswith("J")
    what = "enters into force" if joins else "withdrawal takes effect"
    if point.conflict and not joins:
        what = "six months after the notice; no effect before the armed conflict ends"
    return replace(development, since_baseline=since, next_date=when, next_what=what)
