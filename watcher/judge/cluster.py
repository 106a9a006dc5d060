"""Items and the open stories -> stories. Pure; the order of items within a cycle does not matter.

One act of one state, or one joint act, is one story in whatever words and language: states, step and date
decide (the structured key). Everything else is told apart by its words. A story is never re-sorted in
silence: two that prove to be one are merged and say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial

from watcher.judge.acts import Act, act_of, same_stage, same_step
from watcher.judge.copies import original_of, outlet_of
from watcher.judge.likeness import SAME_EVENT, WORLD, Likeness, fit
from watcher.judge.terms import Near, Space, terms_of, trimmed
from watcher.model import Development, EntryKey, Ids, Item, ItemId, Members, Modality, Story, StoryId

NEAR_FLOOR = 0.005  # a story that shares less is not read closer
NEAR_MEMBERS = 8
READ_CLOSER = 24  # stories whose reports are compared one by one: the cost stays flat when thousands are open
LATEST_MEMBERS = 40  # of a story are read for copies and acts: the cost stays flat for a story of thousands


@dataclass(frozen=True, slots=True)
class Grouping:
    """`items` are those given, with their story; `stories` those that are new or changed."""

    items: tuple[Item, ...]
    stories: tuple[Story, ...]
    ids: Ids
    notes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # item id -> what it moved, in words
    merges: Mapping[int, int] = field(default_factory=dict)  # story -> the story that it became part of


@dataclass(slots=True)
class Group:
    """A story while a batch is sorted."""

    story: Story
    known: Members
    changed: bool = False
    _members: list[Item] | None = None
    _acts: list[Act] | None = None

    @property
    def members(self) -> list[Item]:
        """Its latest reports, oldest first; read only for stories that come into question."""
        if self._members is None:
            self._members = self.known.several(self.story.item_ids[-LATEST_MEMBERS:])
        return self._members

    @property
    def acts(self) -> list[Act]:
        """What its members say, as it was believed."""
        if self._acts is None:
            said = [_as_told(act_of(item), self.story) for item in self.members]
            self._acts = said or ([_act_of_story(self.story)] if self.story.item_ids else [])
        return self._acts

    @property
    def last(self) -> date:
        return self.story.last_seen.date()


def assign(
    items: Iterable[Item],
    stories: Iterable[Story],
    known_items: Mapping[int, Item],
    ids: Ids,
    now: datetime,
    vague: frozenset[ItemId] = frozenset(),
    developments: Iterable[Development] = (),
    places: Mapping[int, int] | None = None,
) -> Grouping:
    """Every item of `items` gets a story. One that has a story keeps it. `vague` names the items whose
    step cannot have happened yet (the ledger says so): words and date decide where they belong. A late
    report of a step in `developments` goes to that step's story, though it may be closed. `places` is the
    analyst's word: item id -> story, 0 for one of its own, -1 to be sorted again."""
    batch = sorted(items, key=order)
    members = Members.of(known_items)
    sorting = _Sorting(stories, members, ids, now, vague, developments, places or {})
    sorting.known = {k: i for k, i in members.of_keys(_keys(batch)).items() if i.story_id is not None}
    done = {item.id: sorting.place(item) for item in batch}
    changed = tuple(group.story for group in sorting.groups.values() if group.changed)
    merges: dict[int, int] = {s.id: s.merged_into for s in sorting.merged if s.merged_into is not None}
    return Grouping(tuple(done.values()), sorting.merged + changed, sorting.ids, dict(sorting.notes), merges)


def _keys(items: Iterable[Item]) -> frozenset[EntryKey]:
    return frozenset(item.entry.key for item in items)


def order(item: Item) -> tuple[datetime, str]:
    """The order in which a batch is judged, whatever order it came in."""
    return (item.entry.published or item.first_seen, item.entry.key)


def text_of(item: Item) -> str:
    """What is compared: headline and the beginning of the text."""
    entry = item.entry
    return f"{entry.title}\n{entry.summary or entry.content[:1500]}"


class _Sorting:
    """One pass over a batch: the open stories, the space of their words, and what changed."""

    def __init__(
        self,
        stories: Iterable[Story],
        members: Members,
        ids: Ids,
        now: datetime,
        vague: frozenset[ItemId],
        developments: Iterable[Development],
        places: Mapping[int, int],
    ) -> None:
        self.ids, self.now, self.vague, self.places = ids, now, vague, places
        self.known: Mapping[EntryKey, Item] = {}
        self.members = members
        self.developments: dict[str, list[Development]] = defaultdict(list)
        for development in sorted((d for d in developments if d.stage), key=lambda d: d.id):
            for state in development.states:
                self.developments[state].append(development)
        self.space = Space()
        self.of_state: dict[str, set[int]] = defaultdict(set)
        self.groups: dict[int, Group] = {}
        self.merged: tuple[Story, ...] = ()
        self.notes: dict[int, tuple[str, ...]] = {}
        for story in sorted(stories, key=lambda s: s.id):
            if story.merged_into is None:
                self._open(story)

    def _open(self, story: Story) -> None:
        self.groups[story.id] = Group(story, self.members)
        self._index(story)
        self.space.open(story.id, story.terms, max(1, len(story.item_ids)))

    def _act(self, item: Item) -> Act:
        act = act_of(item)
        return blurred(act) if item.id in self.vague else act

    def place(self, item: Item) -> Item:
        known = self.known.get(item.entry.key)
        if item.id in self.places:
            item = self._moved(item)
        elif known is not None:
            item = replace(item, story_id=known.story_id, copy_of=known.copy_of)
        if item.story_id is not None:
            return item
        act, terms = self._act(item), terms_of(text_of(item))
        self.space.note(terms)
        near = self.space.nearest(terms)
        fits = self._fits(item, act, terms, near)
        copied, told = self._copied(item, fits, near)
        if told is not None:
            fits = [(told, SAME_EVENT), *(f for f in fits if f[0] != told)]
        old = self._of_development(act) if not fits or fits[0][1] < SAME_EVENT else None
        if old is not None and old not in self.groups:
            return replace(item, story_id=StoryId(old))
        if old is not None:
            fits = [(old, SAME_EVENT)]
        if fits:
            group = self.groups[fits[0][0]]
            self._merge(group, fits[1:], act, item)
        else:
            group = self._new(item, act)
        placed = replace(
            item,
            story_id=group.story.id,
            copy_of=(copied.copy_of or copied.id) if copied is not None else item.copy_of,
        )
        self._join(group, placed, act, terms)
        return placed

    def _fits(self, item: Item, act: Act, terms: Mapping[str, float], near: Near) -> list[tuple[int, float]]:
        shared, close = self._candidates(act, near)
        scores = []
        for story_id in shared | close:
            group, cosine = self.groups[story_id], near.get(story_id, 0.0)
            like = Likeness(cosine)
            if cosine > NEAR_FLOOR:
                nearest = (
                    partial(self._nearest_member, item, act, terms, group) if story_id in close else None
                )
                like = Likeness(cosine, self.space.numbers(story_id, terms), nearest)
            scores.append((story_id, fit(act, item, group.acts, group.members, like, group.last)))
        return sorted(((s, v) for s, v in scores if v > 0), key=lambda pair: (-pair[1], pair[0]))

    def _candidates(self, act: Act, near: Near) -> tuple[set[int], set[int]]:
        """Stories of a shared state; and, for what is no step also among those of no state, the few whose
        words are nearest."""
        worldwide = self._of_all_states(act)
        if not act.states:
            return worldwide, set(near.closest(READ_CLOSER))
        found: set[int] = set().union(*(self.of_state.get(state, set()) for state in act.states))
        among = found if act.step else found | self.of_state.get("", set())
        return found | worldwide, set(near.closest(READ_CLOSER, among))

    def _of_all_states(self, act: Act) -> set[int]:
        """The latest stories of a kind that concerns every state, whatever state an outlet puts it under."""
        if act.development not in WORLD:
            return set()
        return set(sorted(self.of_state.get(act.development, ()))[-READ_CLOSER:])

    def _index(self, story: Story) -> None:
        for state in story.states or ("",):
            self.of_state[state].add(story.id)
        if story.development in WORLD:
            self.of_state[story.development].add(story.id)

    def _moved(self, item: Item) -> Item:
        """Takes the item out of its story and puts it where the analyst says."""
        for group in self.groups.values():
            if item.id in group.story.item_ids:
                self._take_out(group, item)
        item, place = replace(item, story_id=None, copy_of=None), self.places[item.id]
        if place < 0:
            return item
        act, terms = self._act(item), terms_of(text_of(item))
        group = self.groups.get(place) or self._new(item, act)
        item = replace(item, story_id=group.story.id)
        self._join(group, item, act, terms)
        return item

    def _take_out(self, group: Group, item: Item) -> None:
        group._members = [m for m in group.members if m.id != item.id]
        group._acts = None
        left = tuple(i for i in group.story.item_ids if i != item.id)
        outlets: tuple[str, ...] = ()
        for member in group.members:
            outlets = outlets if member.copy_of else _named(outlets, member)
        group.story = replace(group.story, item_ids=left, outlets=outlets)
        group.changed = True
        self._note(item, f"taken out of story {group.story.id} by the analyst")

    def _nearest_member(self, item: Item, act: Act, terms: Mapping[str, float], group: Group) -> float:
        """The best cosine with one report in the item's own language: a centroid of several languages
        is near to none. Only reports of the same kind are compared, and only the latest few."""
        if act.firm or not any(a.development == act.development for a in group.acts):
            return 0.0
        own = [m for m in group.members[-LATEST_MEMBERS:] if m.language == item.language][-NEAR_MEMBERS:]
        return max((self.space.cosine(terms, terms_of(text_of(m))) for m in own), default=0.0)

    def _copied(
        self, item: Item, fits: list[tuple[int, float]], near: Near
    ) -> tuple[Item | None, int | None]:
        """The original that `item` repeats and its story, sought in the few stories that are nearest."""
        for story_id in dict.fromkeys((*(s for s, _ in fits[:3]), *near.closest(3))):
            original = original_of(item, self.groups[story_id].members)
            if original is not None:
                return original, story_id
        return None, None

    def _of_development(self, act: Act) -> int | None:
        """The story of the step that is meant, however long ago: a step happens once."""
        if not act.firm and not (act.step and act.day is None):
            return None
        if not act.firm:  # announced without a date: the story of the step itself, if that is known
            act = replace(act, modality=Modality.DONE)
        for development in reversed(self.developments.get(min(act.states, default=""), ())):
            if development.story_id is not None and same_step(act, development):
                return development.story_id
        return None

    def _new(self, item: Item, act: Act) -> Group:
        story_id = StoryId(self.ids.story)
        self.ids = replace(self.ids, story=story_id + 1)
        seen = item.entry.published or item.first_seen
        story = Story(
            story_id,
            (),
            act.stage,
            act.substep,
            act.development,
            item.entry.title,
            seen,
            seen,
            event_date=None,
        )
        self.groups[story_id] = group = Group(story, self.members)
        return group

    def _note(self, item: Item, words: str) -> None:
        self.notes[item.id] = (*self.notes.get(item.id, ()), words)

    def _merge(self, group: Group, others: list[tuple[int, float]], act: Act, item: Item) -> None:
        """A report that names two stories' states in one dated act shows that they are one."""
        for story_id, score in others:
            other = self.groups[story_id]
            if score < SAME_EVENT or not (act.firm and act.dated and len(act.states) > 1):
                continue
            if set(other.story.states) & set(group.story.states):
                continue
            self._note(item, f"story {story_id} merged into {group.story.id}: one joint act")
            self.merged += (replace(other.story, merged_into=group.story.id),)
            self.space.close(story_id)
            del self.groups[story_id]
            for stories in self.of_state.values():
                stories.discard(story_id)
            group.acts.extend(other.acts)
            group.members.extend(other.members)
            group.story = replace(
                group.story,
                states=_union(group.story.states, other.story.states),
                item_ids=group.story.item_ids + other.story.item_ids,
                outlets=_union(group.story.outlets, other.story.outlets),
            )

    def _join(self, group: Group, item: Item, act: Act, terms: Mapping[str, float]) -> None:
        self.space.grow(group.story.id, terms)
        acts = group.acts
        acts.append(act)
        group.members.append(item)
        group.changed = True
        story, seen = group.story, item.entry.published or item.first_seen
        leads = act.firm and not any(a.firm for a in acts[:-1])
        outlets = story.outlets if item.copy_of else _named(story.outlets, item)
        group.story = replace(
            story,
            states=_union(story.states, tuple(sorted(act.states))),
            stage=act.stage if leads or not story.stage else story.stage,
            substep=act.substep if leads or not story.stage else story.substep,
            development=act.development if leads or not story.development else story.development,
            event_date=(act.day if act.dated and act.firm else None) or story.event_date,
            first_seen=min(story.first_seen, seen),
            last_seen=max(story.last_seen, seen),
            item_ids=(*story.item_ids, item.id),
            outlets=outlets,
            terms=trimmed(self.space.centroids[story.id]),
        )
        self._index(group.story)


def blurred(act: Act) -> Act:
    """The same report without its step, which is not believed."""
    return replace(act, development="", stage="")


def _as_told(act: Act, story: Story) -> Act:
    """A member whose step is not its story's was not believed when it came."""
    return blurred(act) if act.firm and not same_stage(act.stage, story.stage) else act


def _act_of_story(story: Story) -> Act:
    return Act(
        frozenset(story.states),
        story.development,
        story.stage,
        story.substep,
        Modality.DONE,
        story.event_date or story.first_seen.astimezone(UTC).date(),
        dated=story.event_date is not None,
    )


def _named(outlets: tuple[str, ...], item: Item) -> tuple[str, ...]:
    """With the item's outlet, unless it is there; one house may spell itself in several ways."""
    name = outlet_of(item)
    return outlets if name.casefold() in {o.casefold() for o in outlets} else (*outlets, name)


def _union(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    return a + tuple(x for x in b if x not in a)
