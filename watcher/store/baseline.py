"""The baseline article: item 1, and the zero of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, time

from watcher.model import Band, Entry, EntryKey, Item, ItemId, Reason, SourceId, Tier, Verdict
from watcher.store import items
from watcher.store.database import Database, writing
from watcher.topic import Topic

ID = ItemId(1)
SOURCE = SourceId("baseline")


def ensure_baseline(db: Database, topic: Topic, now: datetime) -> Item:
    """Item 1, stored once and brought up to date when the topic's record of it has changed.

    The article's own text is not part of the project: `items.attach_text(db, baseline.ID, text)`.
    """
    wanted = _item(topic, now)
    with writing(db):
        stored = items.many(db, (ID,)).get(ID)
        if stored is None:
            items.save(db, (wanted,))
        elif _record(stored) != _record(wanted):
            items.save(db, (wanted,))
            items.rewrite(db, ID, summary=wanted.entry.summary, content=stored.entry.content)
    return items.get(db, ID)


def _record(item: Item) -> tuple[object, ...]:
    entry = item.entry
    return (entry.title, entry.url, entry.outlet, entry.published, entry.summary, item.claims, item.figures)


def _item(topic: Topic, now: datetime) -> Item:
    baseline = topic.baseline
    published = datetime.combine(baseline.published, time(), UTC)
    entry = Entry(
        key=EntryKey(f"baseline:{topic.name}"),
        source_id=SOURCE,
        url=baseline.url,
        title=baseline.title,
        summary=" ".join(baseline.notes),
        published=published,
        language=baseline.language,
        outlet=baseline.publisher,
        tier=Tier.WIRE,
    )
    main = baseline.claims[0] if baseline.claims else None
    return Item(
        id=ID,
        entry=entry,
        verdict=Verdict(1.0, Band.RELEVANT, (Reason("baseline", "the record that the ledger starts from"),)),
        first_seen=max(now, published),
        language=baseline.language,
        states=tuple(dict.fromkeys(state for claim in baseline.claims for state in claim.states)),
        development=main.development if main else None,
        modality=main.modality if main else None,
        claims=baseline.claims,
        figures=baseline.figures,
    )
