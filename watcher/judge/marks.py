"""The analyst's word, which wins: marks as inputs of judging, never edits of history. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from watcher.judge.acts import act_of, act_of_claim, path_of, same_step
from watcher.judge.standing import backing
from watcher.judge.weigh import Change
from watcher.judge.words import label
from watcher.model import AlertKind, Claim, Development, Item, ItemId, Known, Mark, Modality, Standing
from watcher.topic import Topic

SORT_AGAIN, OWN_STORY = -1, 0
FACTS = ("state", "stage", "date")


def corrected(item: Item, marks: Iterable[Mark], topic: Topic) -> Item:
    """The item under its marks: relevance, state, stage, date. The latest of each kind holds."""
    for mark in marks:
        if mark.item_id == item.id:
            item = _under(item, mark, topic)
    return item


def _under(item: Item, mark: Mark, topic: Topic) -> Item:
    match mark.kind:
        case "relevant" | "irrelevant":
            return replace(item, mark=mark.kind)
        case "state":
            states = tuple(s.strip().upper() for s in mark.value.split(",") if s.strip())
            return replace(item, states=states, claims=_main(item, states=states))
        case "stage":
            return _restaged(item, mark.value, topic)
        case "date":
            day = _day(mark.value)
            return replace(item, claims=_main(item, event_date=day, date_precision="day" if day else ""))
    return item


def _restaged(item: Item, value: str, topic: Topic) -> Item:
    """`W4_PARLIAMENT`, `W4_PARLIAMENT/committee`, or a word of the `assess` vocabulary."""
    name, _, substep = value.partition("/")
    stage = topic.lifecycle.stages.get(name.upper())
    if stage is None:
        path = path_of(item.claims[0].stage, topic.lifecycle) if item.claims else ""
        named = [s for s in topic.lifecycle.stages.values() if s.development == name.lower()]
        stage = next((s for s in named if s.path == path), named[0] if named else None)
    if stage is None:
        return item
    claims = _main(item, stage=stage.code, development=stage.development, substep=substep)
    if not item.claims:
        claims = (Claim(item.states, stage.development, stage.code, Modality.DONE, substep),)
    return replace(item, development=stage.development, claims=claims)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _main(item: Item, **changes: object) -> tuple[Claim, ...]:
    if not item.claims:
        return ()
    return (replace(item.claims[0], **changes), *item.claims[1:])  # type: ignore[arg-type]


def moved(items: Iterable[Item], known: Known, topic: Topic) -> Mapping[int, int]:
    """Item id -> the story where the analyst puts it, OWN_STORY, or SORT_AGAIN when its facts changed.

    The last word of an item holds. One that stands where it was put already is not moved again.
    """
    places: dict[int, int] = {}
    batch = {i.id: i for i in items}
    story_of: dict[int, int] = {i: s.id for s in known.stories for i in s.item_ids}
    for mark in known.marks:
        if mark.item_id is None or mark.item_id not in batch:
            continue
        here = story_of.get(mark.item_id)
        if mark.kind == "merge" and mark.value.isdigit():
            there = story_of.get(int(mark.value))
            if there is not None:
                places[mark.item_id] = there
        elif mark.kind == "split":
            places[mark.item_id] = OWN_STORY
        elif mark.kind in FACTS and here is not None and not _told_before(batch[mark.item_id], known):
            places.setdefault(mark.item_id, SORT_AGAIN)
    alone: dict[int, int] = {s.item_ids[0]: s.id for s in known.stories if len(s.item_ids) == 1}
    return {
        i: place
        for i, place in places.items()
        if place != story_of.get(i) and not (place == OWN_STORY and i in alone)
    }


def _told_before(item: Item, known: Known) -> bool:
    """Whether memory has the item with these very facts."""
    old = known.items.get(item.id)
    return old is not None and old.claims == item.claims and old.states == item.states


@dataclass(frozen=True, slots=True)
class Undone:
    """Developments that lost items they rested on."""

    changed: tuple[Development, ...]
    changes: tuple[Change, ...]

    def developments(self, known: Iterable[Development]) -> tuple[Development, ...]:
        mine = {d.id: d for d in self.changed}
        return tuple(mine.get(d.id, d) for d in known)


def undone(items: Iterable[Item], known: Known, topic: Topic) -> Undone:
    """What follows from items that the analyst put aside or corrected: a development that rests on
    nothing any more is retracted, or corrected when the item now says something else. One of which only
    the day was wrong stays what it is, on the day that the analyst says."""
    marked = {m.item_id for m in known.marks if m.kind in (*FACTS, "irrelevant")}
    batch = {i.id: i for i in items if i.id in marked}
    changed, changes = [], []
    for development in known.developments:
        own = [batch[i] for i in development.item_ids if i in batch]
        if (day := _day_given(development, own, known)) is not None:
            now = _redated(development, day)
            changed.append(now)
            changes += [Change(now, AlertKind.CORRECTION, now.item_ids)] if now.delta else []
            continue
        gone = [item for item in own if not _supports(item, development)]
        if gone and development.standing is not Standing.RETRACTED:
            now, change = _without(development, gone, known, topic)
            changed.append(now)
            changes += [change] if change else []
    return Undone(tuple(changed), tuple(changes))


def _day_given(development: Development, own: Iterable[Item], known: Known) -> date | None:
    """The day that the analyst said last of this very act, when it is not the one that is known. However
    near the two are: what was told was wrong."""
    said = [m for m in known.marks if m.kind == "date" and m.item_id in development.item_ids]
    day = _day(said[-1].value) if said else None
    item = (
        next((i for i in own if i.id == said[-1].item_id and i.mark != "irrelevant"), None) if said else None
    )
    if day is None or item is None or not item.claims or _exactly(development, day):
        return None
    act = act_of(item)
    if not same_step(replace(act, day=development.event_date), development):
        return None
    others = (d for d in known.developments if d.id != development.id)
    return None if any(same_step(act, d) for d in others if act.states & set(d.states)) else day


def _exactly(development: Development, day: date) -> bool:
    return development.event_date == day and development.date_precision in ("", "day")


def _redated(development: Development, day: date) -> Development:
    before = development.event_date
    known = before if development.date_precision in ("", "day", "published") else None
    words = f"date corrected by the analyst: {day.isoformat()}"
    words += f", not {known.isoformat()}" if known else ""
    return replace(
        development,
        event_date=day,
        date_precision="day",
        delta=(words,) if day != known else (),
        revision=development.revision + 1,
    )


def _supports(item: Item, development: Development) -> bool:
    if item.mark == "irrelevant":
        return False
    published = item.entry.published.date() if item.entry.published else None
    acts = [act_of_claim(c, published, item.states) for c in item.claims]
    return any(
        act.states <= set(development.states) and same_step(act, development)
        for act in acts
        if development.stage
    )


def _without(
    development: Development, gone: list[Item], known: Known, topic: Topic
) -> tuple[Development, Change | None]:
    ids = {i.id for i in gone}
    left = tuple(i for i in development.item_ids if i not in ids)
    now = replace(development, item_ids=left, revision=development.revision + 1)
    if left:
        rest = [known.items[i] for i in left if i in known.items]
        return replace(now, sources=backing(rest).sources if rest else now.sources), None
    other = [i for i in gone if i.mark != "irrelevant" and i.claims]
    kind = AlertKind.CORRECTION if other else AlertKind.RETRACTION
    words = f"corrected by the analyst: {_said(other[0], topic)}" if other else "withdrawn by the analyst"
    now = replace(now, standing=Standing.RETRACTED, delta=(words,))
    return now, Change(now, kind, tuple(ItemId(i) for i in development.item_ids))


def _said(item: Item, topic: Topic) -> str:
    claim = item.claims[0]
    day = f" ({claim.event_date.isoformat()})" if claim.event_date else ""
    return f"{', '.join(claim.states)}: {label(claim.stage, topic)}{day}"
