"""`explain`: the judging code itself, run once more over one entry, with its reasons as lines. Stores nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from watcher.judge.conclude import conclude
from watcher.model import Band, Delivery, Entry, Item, ItemId, Known, Policy
from watcher.notify.compose import headline
from watcher.pipeline.memory_window import STORY_WINDOW
from watcher.pipeline.sitting import judged
from watcher.review.explain import judgement, placing, telling
from watcher.store import alerts, deliveries, developments, items, known, stories
from watcher.store.database import Database
from watcher.topic import Topic


def explain_item(db: Database, item_id: int, topic: Topic, policy: Policy, now: datetime) -> list[str]:
    """A stored item: judged again, and what was made of it then. Raises NotFound."""
    item = items.get(db, item_id)
    again = replace(judged(item.entry, item.id, topic, now), mark=item.mark, story_id=item.story_id)
    lines = [
        f"{item.id}  {item.entry.title}",
        f"  {item.entry.url}",
        *judgement(again, topic, threshold=_bar(topic)),
    ]
    if item.mark:
        lines.append(f"mark        {item.mark}: an analyst's word wins over the score")
    if again.verdict.band is not item.verdict.band:
        lines.append(
            f"note        when it came in it was judged {item.verdict.band.value}; `watcher rejudge` compares"
        )
    story = stories.get(db, item.story_id) if item.story_id else None
    made = developments.of_story(db, item.story_id) if item.story_id else ()
    notes = [n for d in made if item.id in d.item_ids for n in d.delta]
    lines += placing(item, story, notes)
    return lines + _told(db, item_id, [d.id for d in made], topic)


def explain_entry(db: Database, entry: Entry, topic: Topic, policy: Policy, now: datetime) -> list[str]:
    """An entry that is not stored: judged against memory as it stands."""
    memory = known.known(db, now, STORY_WINDOW)
    item = judged(entry, ItemId(memory.ids.item), topic, entry.published or now)
    lines = [entry.title, *judgement(item, topic, threshold=_bar(topic))]
    if item.verdict.band is not Band.RELEVANT:
        return [*lines, "story       none: only relevant items are grouped and told"]
    told = conclude((item,), _numbered(memory, item), topic, policy, (), now)
    placed = next((i for i in told.items if i.id == item.id), item)
    story = next((s for s in told.stories if s.id == placed.story_id), None)
    lines += placing(placed, story, told.notes.get(item.id, ()))
    names = {code: state.name for code, state in topic.states.items()}
    if told.alerts:
        return lines + [f"alert       would be {a.urgency.value}: {headline(a, names)}" for a in told.alerts]
    return [*lines, "alert       none: nothing in it is new"]


def _numbered(memory: Known, item: Item) -> Known:
    return replace(memory, ids=replace(memory.ids, item=item.id + 1), first_run=False)


def _bar(topic: Topic) -> float | None:
    return topic.lexicon.settings.get("relevant_at")


def _told(db: Database, item_id: int, development_ids: Sequence[int], topic: Topic) -> list[str]:
    names = {code: state.name for code, state in topic.states.items()}
    resting = [
        a
        for a in alerts.of_developments(db)
        if item_id in a.items or (a.development and a.development.id in development_ids)
    ]
    rows: dict[int, list[Delivery]] = defaultdict(list)
    for row in deliveries.of_alerts(db, [a.id for a in resting]):
        rows[row.alert_id].append(row)
    return telling(resting, rows, {a.id: headline(a, names) for a in resting})
