"""Everything stored, judged again under today's lexicon, against the analyst's marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.model import Band, Findings, Item
from watcher.pipeline.polling import WRITING
from watcher.pipeline.sitting import judged
from watcher.store import findings, items, known
from watcher.store.database import Database
from watcher.topic import Topic

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """One item whose judgement differs. `before` and `after` are band, step and states."""

    before: Item
    after: Item

    def row(self) -> dict[str, object]:
        return {
            "id": self.before.id,
            "title": self.before.entry.title,
            "url": self.before.entry.url,
            "before": _word(self.before),
            "after": _word(self.after),
            "mark": self.before.mark,
            "verdict": self.verdict(),
        }

    def verdict(self) -> str:
        wanted = {"relevant": True, "irrelevant": False}.get(self.before.mark or "")
        if wanted is None or self.before.verdict.relevant == self.after.verdict.relevant:
            return ""
        return "as the mark says" if self.after.verdict.relevant == wanted else "against the mark"


def _word(item: Item) -> str:
    if not item.verdict.relevant:
        return item.verdict.band.value
    modality = item.modality.value if item.modality else ""
    return f"{','.join(item.states) or '-'} {item.development} {modality}".strip()


def rejudge(
    db: Database,
    topic: Topic,
    now: datetime,
    *,
    limit: int | None,
    write: bool,
    progress: Callable[[int, str], None],
) -> list[Change]:
    """Newest first in reading, by id in the answer. With `write` the new judgement is stored; stories and
    alerts stay as they were: an answer once given to users does not change silently."""
    changes: list[Change] = []
    done = 0
    for chunk in _chunks(db, limit):
        found = [c for c in (_compared(i, topic, now) for i in chunk) if c is not None]
        changes += found
        done += len(chunk)
        progress(done, "")
        if write and found:
            _store(db, found, now)
    return sorted(changes, key=lambda c: c.before.id)


def _chunks(db: Database, limit: int | None) -> Iterator[list[Item]]:
    top = known.ids(db).item - 1
    left = limit if limit is not None else top
    while top > 0 and left > 0:
        low = max(1, top - min(CHUNK, left) + 1)
        chunk = [i for i in items.many(db, range(low, top + 1)).values() if i.entry.source_id != "baseline"]
        yield chunk
        left -= top - low + 1
        top = low - 1


def _compared(item: Item, topic: Topic, now: datetime) -> Change | None:
    fresh = judged(item.entry, item.id, topic, item.first_seen)
    after = replace(
        fresh,
        first_seen=item.first_seen,
        story_id=item.story_id,
        copy_of=item.copy_of,
        mark=item.mark,
        revision=item.revision,
    )
    same = _word(after) == _word(item) and after.verdict.band is item.verdict.band
    return None if same else Change(item, after)


def _store(db: Database, found: list[Change], now: datetime) -> None:
    whole = tuple(c.after for c in found if c.after.verdict.band is not Band.REJECTED)
    rejected = tuple(c.after for c in found if c.after.verdict.band is Band.REJECTED)
    with WRITING:
        findings.commit(db, Findings(now, items=whole, rejected=rejected))
