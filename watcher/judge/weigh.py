"""What a batch of reports adds to the ledger. Pure; judging the same items twice adds nothing.

A development needs a new step, date, count, figure, position or state, or a contradiction. The same again
from another outlet is corroboration. An earlier step after a later one is background unless its date is
new. A step that cannot have been taken yet ("has withdrawn" on the day of a vote) is a contradiction of
the ledger, never a change of status.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from watcher.judge.acts import LEGAL, Act, act_of_claim, near, path_of, same_step
from watcher.judge.cluster import order
from watcher.judge.dispute import addition
from watcher.judge.ledger import Ledger, stand
from watcher.judge.meant import LATE_DAYS, deniable, of_late, recorded, same_dispute, timely, twin
from watcher.judge.sense import SLACK, background, impossible, steps_back
from watcher.judge.standing import Backing, backing, standing_of, tier_of
from watcher.judge.words import delta_of
from watcher.model import (
    AlertKind,
    Claim,
    Development,
    DevelopmentId,
    Ids,
    Item,
    ItemId,
    Members,
    Modality,
    Standing,
    Standpoint,
    Tier,
)
from watcher.topic import Topic

_FORETOLD = (Standing.PLANNED, Standing.DUE)
SILENT = frozenset({"commentary", "other", ""})  # kinds that are listed with their story, never weighed


@dataclass(frozen=True, slots=True)
class Change:
    """One development as it now stands and what became of it. `trusted`: enough stands behind it to
    interrupt; `aside`: told in passing, or against the ledger, so it waits for the digest."""

    development: Development
    kind: AlertKind | None  # None: nothing to tell
    items: tuple[ItemId, ...] = ()
    trusted: bool = True
    aside: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    developments: tuple[Development, ...]  # new or changed
    changes: tuple[Change, ...]
    ledger: Ledger
    ids: Ids
    notes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # item id -> what was made of it


def weigh(
    items: Iterable[Item],
    zero: Ledger,
    developments: Iterable[Development],
    known_items: Mapping[int, Item],
    topic: Topic,
    ids: Ids,
    now: datetime,
) -> Weighed:
    """Folds the claims of grouped items into developments, oldest report first."""
    batch = sorted(items, key=_farthest_first)
    scale = _Scale(zero, developments, known_items, batch, topic, ids, now)
    for item in batch:
        scale.add(item)
    changed = tuple(scale.developments[i] for i in scale.changed)
    return Weighed(changed, tuple(scale.changes), scale.ledger(), scale.ids, scale.notes)


def _farthest_first(item: Item) -> tuple[datetime, bool, str]:
    """In order of time; of one moment's reports those of a binding step first: the others of that day
    that speak of the way there are its background."""
    moment, key = order(item)
    return moment, not any(c.stage in LEGAL for c in item.claims[:1]), key


def _settles(item: Item, act: Act, denied: Development) -> bool:
    """The record of a thing that was denied is no echo of the denial: it has been done after all."""
    if denied.standing is not Standing.DENIED or not act.done:
        return False
    tier = tier_of(item)
    return tier is Tier.DEPOSITARY or (tier is Tier.OFFICIAL and tier > denied.tier)


class _Scale:
    """The ledger while a batch is weighed."""

    def __init__(
        self,
        zero: Ledger,
        developments: Iterable[Development],
        known_items: Mapping[int, Item],
        batch: Iterable[Item],
        topic: Topic,
        ids: Ids,
        now: datetime,
    ) -> None:
        self.zero, self.topic, self.ids, self.now = zero, topic, ids, now
        self.developments: dict[int, Development] = {}
        self._of_state: dict[str, dict[int, None]] = defaultdict(dict)
        self._of_story: dict[int, dict[int, None]] = defaultdict(dict)
        self._keys: set[str] = set()
        for development in sorted(developments, key=lambda d: d.id):
            self._shelve(development)
        self.items = Members.of(known_items).beside(batch)
        self.weighed = {i for d in self.developments.values() for i in d.item_ids}
        self.changes: list[Change] = []
        self.changed: dict[DevelopmentId, None] = {}
        self.notes: dict[int, tuple[str, ...]] = {}
        self._points: dict[str, Standpoint] = {}

    def ledger(self) -> Ledger:
        return stand(self.zero, self.developments.values(), self.topic)

    def of(self, state: str) -> Standpoint:
        """Where a state stands now: settled again only when one of its developments has changed."""
        if state not in self._points:
            own = [self.developments[i] for i in sorted(self._of_state[state])]
            alone = [replace(d, states=(state,)) for d in own]
            self._points[state] = stand(self.zero, alone, self.topic).of(state)
        return self._points[state]

    def _shelve(self, development: Development) -> None:
        self.developments[development.id] = development
        self._keys.add(development.key)
        for state in development.states:
            self._of_state[state][development.id] = None
        if development.story_id is not None:
            self._of_story[development.story_id][development.id] = None

    def add(self, item: Item) -> None:
        if item.id in self.weighed:
            return
        for position, claim in enumerate(item.claims):
            if claim.development in SILENT or not claim.stage:
                continue
            published = item.entry.published
            act = act_of_claim(claim, published.date() if published else None, item.states)
            if act.step or path_of(act.stage, self.topic.lifecycle) != "other":
                self._step(item, claim, act, main=position == 0)
            elif position == 0:
                self._topic(item, claim, act)

    # ── steps of states ───────────────────────────────────────────────────────────────────────

    def _step(self, item: Item, claim: Claim, act: Act, main: bool) -> None:
        if not act.states:
            return
        if act.modality is Modality.DENIED and self._deny(item, claim, act):
            return
        known = self._find(act.states, lambda d: same_step(act, d) and not _settles(item, act, d))
        if known is not None:
            self._again(known, item, claim, act, main)
            return
        new, why = [], []
        for state in sorted(act.states):
            reason = background(act, self.of(state), self.topic, self.now)
            if reason:
                why.append(f"{state}: {reason}")
            else:
                new.append(state)
        self._note(item, *why)
        # What is told in passing counts only with a day of late: old steps are every report's background.
        if not new or not (main or (act.dated and act.done and of_late(item, act))):
            return
        against = [r for s in new if (r := impossible(act, self.of(s), self.topic.lifecycle))]
        back = all(steps_back(act, self.of(s), self.topic.lifecycle) for s in new)
        aside = bool(against) or not main or back
        self._new(item, replace(claim, states=tuple(new)), act, aside=aside, against=against)

    def _find(self, states: Iterable[str], matches: Callable[[Development], bool]) -> Development | None:
        """The latest development of any of these states that matches."""
        ids = {i for state in states for i in self._of_state.get(state, ())}
        found = [i for i in ids if matches(self.developments[i])]
        return self.developments[max(found)] if found else None

    def _deny(self, item: Item, claim: Claim, act: Act) -> bool:
        """A denial of something that was told: side by side, or a retraction by higher authority."""
        done = replace(act, modality=Modality.DONE)
        known = self._find(act.states, lambda d: same_step(done, d) and deniable(act, d))
        if known is None:
            return False
        if known.standing is Standing.DENIED:
            return True
        if tier_of(item) >= known.tier and known.standing is Standing.REPORTED:
            undone = replace(known, standing=Standing.DENIED, delta=("denied",), revision=known.revision + 1)
            self._keep(undone, AlertKind.RETRACTION, (item.id,), trusted=backing([item]).trusted)
        else:
            self._beside(known, item, "denied", "one source reports it, another denies it")
        return True

    # ── everything else: one development for each story ───────────────────────────────────────

    def _topic(self, item: Item, claim: Claim, act: Act) -> None:
        of_story = [self.developments[i] for i in self._of_story.get(item.story_id or 0, ())]
        known = next((d for d in reversed(of_story) if d.development == claim.development), None)
        if known is not None:
            self._again(known, item, claim, act, main=True)
            return
        told = [e for e in self.zero.past if recorded(act, e)]
        if told and not {f.value for f in claim.figures} - {f.value for f in told[0].figures}:
            self._note(item, f"known since {told[0].date_text}: {told[0].what}")
            return
        self._new(item, claim, act, aside=False, against=[])

    # ── what is kept ──────────────────────────────────────────────────────────────────────────

    def _new(self, item: Item, claim: Claim, act: Act, aside: bool, against: list[str]) -> None:
        behind = backing([item])
        if against and (dispute := self._find(act.states, lambda d: same_dispute(act, d))) is not None:
            self._again(dispute, item, claim, act, main=False)
            return
        foretold = None
        if act.done:
            foretold = self._find(act.states, lambda d: d.standing in _FORETOLD and twin(act, d))
        states = tuple(claim.states)
        key = "|".join(
            (",".join(sorted(states)), act.stage, act.substep, act.day.isoformat() if act.day else "?")
        )
        if not act.done:
            key += f"|{act.modality.value}"
        if against:
            key += "|disputed"
        if key in self._keys or not act.step:
            key += f"|{item.story_id}"
        if key in self._keys:
            key += f"|{self.ids.development}"
        stage = self.topic.lifecycle.stages.get(act.stage)
        standing = (
            Standing.REPORTED
            if against
            else standing_of(act.modality, behind, foreseen=self._foreseen(act, states))
        )
        development = Development(
            id=DevelopmentId(self.ids.development),
            key=key,
            states=states,
            development=act.development,
            stage="" if against else act.stage,
            substep=act.substep,
            modality=act.modality,
            standing=standing,
            first_seen=item.first_seen,
            event_date=act.day,
            date_precision=act.precision or "published",
            story_id=item.story_id,
            tier=behind.tier,
            sources=1,
            item_ids=(item.id,),
            evidence=claim.evidence,
            figures=claim.figures or (item.figures if claim.stage == item.claims[0].stage else ()),
            delta=tuple(against) or delta_of(act, [self.of(s) for s in states], self.topic),
            follows=foretold.id if foretold else None,
            weight=stage.weight if stage else 0.0,
            voices=tuple(sorted(behind.strong)),
            hearsay=tuple(sorted(behind.weak)),
        )
        self.ids = replace(self.ids, development=self.ids.development + 1)
        kind = AlertKind.CONTRADICTION if against else AlertKind.NEW
        self._keep(development, kind, (item.id,), trusted=behind.trusted, aside=aside)

    def _under_way(self, state: str, act: Act) -> bool:
        """Whether the state was on this path before: then it may well share the step."""
        stage = self.of(state).stage
        return bool(stage) and path_of(stage, self.topic.lifecycle) == path_of(
            act.stage, self.topic.lifecycle
        )

    def _foreseen(self, act: Act, states: tuple[str, ...]) -> bool:
        """Whether the calendar had it for that day."""
        dates = [self.of(s).effect_due for s in states]
        legal = act.stage in ("W7_EFFECTIVE", "J5_IN_FORCE")
        return legal and all(d is not None and act.day is not None and d - SLACK <= act.day for d in dates)

    def _again(self, known: Development, item: Item, claim: Claim, act: Act, main: bool) -> None:
        """Corroboration: another source, perhaps a better one, perhaps with a new figure or state."""
        if item.id in known.item_ids:
            return
        members = [self.items[i] for i in (*known.item_ids, item.id) if i in self.items]
        behind = backing(members, known)
        added = addition(known, act, claim.figures, item, {*known.voices, *known.hearsay}, main)
        standing = self._standing(known, behind)
        modality = act.modality if known.standing is Standing.DUE else known.modality
        joined = tuple(s for s in claim.states if s not in known.states) if act.firm and main else ()
        fresh = main and act.day is not None and near(act.day, known.event_date, LATE_DAYS)
        better = tier_of(item) > known.tier and claim.evidence is not None
        dated = main and act.dated and known.date_precision == "published"
        grown = replace(
            known,
            states=known.states + joined,
            modality=modality,
            standing=standing,
            tier=max(known.tier, behind.tier),
            sources=max(known.sources, behind.sources),
            item_ids=(*known.item_ids, item.id),
            evidence=claim.evidence if better or known.evidence is None else known.evidence,
            figures=known.figures + added.figures,
            event_date=act.day if dated else known.event_date,
            date_precision=act.precision if dated else known.date_precision,
            delta=(*(f"also {s}" for s in joined), *added.news),
            revision=known.revision + 1,
            voices=tuple(sorted(behind.strong)),
            hearsay=tuple(sorted(behind.weak)),
        )
        kind: AlertKind | None = AlertKind.UPDATE if grown.delta else None
        if (
            standing is not known.standing
            and standing is Standing.CONFIRMED
            and (better or timely(item, known))
        ):
            kind = AlertKind.PROMOTION  # what is long past is confirmed in silence
        apart = bool(joined) and not all(self._under_way(s, act) for s in joined)
        aside = not fresh or apart or (kind is AlertKind.UPDATE and not joined)
        self._keep(grown, kind, (item.id,), trusted=behind.trusted, aside=aside)
        for words in added.clashes:
            self._beside(grown, item, words.replace(" ", "_"), words)

    def _standing(self, known: Development, behind: Backing) -> Standing:
        match known.standing:
            case Standing.DUE:
                return standing_of(Modality.DONE, behind, foreseen=True)
            case Standing.REPORTED:
                return standing_of(known.modality, behind)
            case _:
                return known.standing

    def _beside(self, known: Development, item: Item, what: str, words: str) -> None:
        """A contradiction is a development of its own, beside the one it disputes."""
        key = f"{known.key}|against|{what}"
        if key in self._keys:
            return
        disputed = replace(
            known,
            id=DevelopmentId(self.ids.development),
            key=key,
            stage="",
            standing=Standing.REPORTED,
            first_seen=item.first_seen,
            tier=tier_of(item),
            sources=1,
            item_ids=(item.id,),
            voices=(),
            hearsay=(),
            delta=(words,),
            follows=known.id,
            revision=0,
        )
        self.ids = replace(self.ids, development=self.ids.development + 1)
        self._keep(disputed, AlertKind.CONTRADICTION, (item.id,), aside=True)

    def _keep(
        self,
        development: Development,
        kind: AlertKind | None,
        items: tuple[ItemId, ...],
        trusted: bool = True,
        aside: bool = False,
    ) -> None:
        self._shelve(development)
        self.changed[development.id] = None
        self.changes.append(Change(development, kind, items, trusted, aside))
        for state in development.states:
            self._points.pop(state, None)

    def _note(self, item: Item, *words: str) -> None:
        self.notes[item.id] = self.notes.get(item.id, ()) + words
