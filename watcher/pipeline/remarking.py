"""Marks as inputs to judging: they are stored, the items they touch are concluded again, and what that
changes (a retraction, a correction) is owed to exactly those who were told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from watcher.judge.conclude import conclude
from watcher.model import Band, Config, Findings, Item, Mark, Members
from watcher.pipeline.memory_window import STORY_WINDOW
from watcher.pipeline.polling import WRITING
from watcher.store import findings, items, known, marks
from watcher.store.database import Database, writing
from watcher.topic import Topic


def note(db: Database, said: Sequence[Mark]) -> None:
    """Marks that change no judgement (read, star)."""
    marks.add(db, said)


def apply(
    db: Database, said: Sequence[Mark], config: Config, topic: Callable[[], Topic], now: datetime
) -> None:
    """Raises NotFound when an item does not exist; then nothing was stored."""
    with WRITING, writing(db):  # a running watcher gives out numbers, too: read and written in one go
        touched = [items.get(db, int(m.item_id)) for m in said if m.item_id is not None]
        marks.add(db, said)
        memory = known.known(db, now, STORY_WINDOW)
        again = [_under(item, said) for item in touched]
        memory = replace(memory, items=Members.of(memory.items).beside(again), first_run=False)
        told = conclude(again, memory, topic(), config.policy, config.channels, now)
        findings.commit(
            db,
            Findings(
                now,
                items=told.items,
                stories=told.stories,
                developments=told.developments,
                alerts=told.alerts,
                deliveries=told.deliveries,
            ),
        )


def _under(item: Item, said: Sequence[Mark]) -> Item:
    """The item with its new mark; one that the judge had rejected and an analyst wants is kept whole."""
    kinds = [m.kind for m in said if m.item_id == item.id]
    if "relevant" in kinds and item.verdict.band is not Band.RELEVANT:
        return replace(item, mark="relevant", verdict=replace(item.verdict, band=Band.RELEVANT))
    if "irrelevant" in kinds:
        return replace(item, mark="irrelevant")
    if "none" in kinds:
        return replace(item, mark=None)
    return item
