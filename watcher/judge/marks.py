"""The analyst's word, which wins: marks as inputs of judging, never edits of history. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from watcher.judge.standing import backing
from watcher.judge.weigh import Change
from watcher.model import AlertKind, Claim, Development, Item, ItemId, Known, Mark, Standing, StoryId


def corrected(item: Item, marks: Iterable[Mark]) -> Item:
    """The item under its marks: relevance, state, stage, date, story. The latest of each kind holds."""
    for mark in marks:
        if mark.item_id == item.id:
            item = _under(item, mark)
    return item


def _under(item: Item, mark: Mark) -> Item:
    match mark.kind:
        case "relevant" | "irrelevant":
            return replace(item, mark=mark.kind)
        case "state":
            states = tuple(s.strip().upper() for s in mark.value.split(",") if s.strip())
            return replace(item, states=states, claims=_main(item, states=states))
        case "stage":
            stage, _, substep = mark.value.partition("/")
            return replace(item, claims=_main(item, stage=stage, substep=substep))
        case "date":
            day = date.fromisoformat(mark.value) if mark.value else None
            return replace(item, claims=_main(item, event_date=day, date_precision="day" if day else ""))
        case "merge":
            return replace(item, story_id=StoryId(int(mark.value)))
        case "split":
            return replace(item, story_id=StoryId(int(mark.value)) if mark.value else None)
    return item


def _main(item: Item, **changes: object) -> tuple[Claim, ...]:
    if not item.claims:
        return ()
    return (replace(item.claims[0], **changes), *item.claims[1:])  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Undone:
    """Developments that lost the items they rested on."""

    changed: tuple[Development, ...]
    changes: tuple[Change, ...]

    def developments(self, known: Iterable[Development]) -> tuple[Development, ...]:
        mine = {d.id: d for d in self.changed}
        return tuple(mine.get(d.id, d) for d in known)


def undone(items: Iterable[Item], known: Known) -> Undone:
    """What follows from items that the analyst put aside: a development without sources is retracted."""
    gone = {i.id for i in items if i.mark == "irrelevant"}
    changed, changes = [], []
    for development in known.developments:
        if not gone & set(development.item_ids) or development.standing is Standing.RETRACTED:
            continue
        left = tuple(i for i in development.item_ids if i not in gone)
        now = replace(development, item_ids=left, revision=development.revision + 1)
        if not left:
            now = replace(now, standing=Standing.RETRACTED, delta=("withdrawn by the analyst",))
            changes.append(Change(now, AlertKind.RETRACTION, tuple(ItemId(i) for i in development.item_ids)))
        else:
            rest = [known.items[i] for i in left if i in known.items]
            now = replace(now, sources=backing(rest).sources if rest else now.sources)
        changed.append(now)
    return Undone(tuple(changed), tuple(changes))
