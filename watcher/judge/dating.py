"""When an undated report was most likely published, for a replay over an archive. Pure.

A live report is new when it is seen; a page in an archive without a date belongs where its event is: by the
dated reports that it is most like, else by the recorded day of the step that it tells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import inf

from watcher.judge.acts import Act, act_of, canonical, same_part, same_stage
from watcher.judge.clock import months_after
from watcher.judge.cluster import text_of
from watcher.judge.copies import is_copy
from watcher.judge.ledger import span
from watcher.judge.terms import Space, terms_of
from watcher.model import Item, ItemId
from watcher.topic import Topic

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
ADOPTED = frozenset((1997, 1999))  # the Convention's own years say nothing of a report
SAME_KIND = 0.14  # cosine with a dated report of the same kind and states
ANY_KIND = 0.24
SAME_STEP = 2.0  # a step of the same states: it happens once, or nearly so
ECHO, MANY = 0.03, 5  # what each further report of those days adds, so that one stray report is no anchor
A_FEW_DAYS = 4
TWO = 2  # reports that make a time
AFTER = timedelta(days=2)  # where one stands that is like them in kind alone: it may be about the sequel
_ALWAYS = frozenset({"commentary", "other", "condemnation_or_appeal"})  # said at any time


def likely_dates(items: Sequence[Item], topic: Topic) -> Mapping[ItemId, datetime]:
    """Item -> moment, for those of `items` that have no date and can be placed; noon UTC of a day, or
    the moment of the report that it is like."""
    dated = [i for i in items if i.entry.published is not None]
    space = Space()
    for item in items:
        space.note(terms_of(text_of(item)))
    for item in dated:
        space.grow(item.id, terms_of(text_of(item)))
    by_id = {i.id: i for i in dated}
    heard = _heard(dated)
    found: dict[ItemId, datetime] = {}
    for item in items:
        if item.entry.published is None:
            moment = _like(item, by_id, space, heard) or _recorded(act_of(item), topic)
            if moment is not None:
                found[item.id] = moment
    return found


def _heard(dated: Iterable[Item]) -> Mapping[ItemId, int]:
    """How many reports of its step, or of its kind and states, came out within days of each."""
    alike: dict[tuple[frozenset[str], str], list[Item]] = defaultdict(list)
    for item in dated:
        alike[_kind(act_of(item))].append(item)
    return {
        one.id: sum(_days_between(one, other) <= A_FEW_DAYS for other in group)
        for group in alike.values()
        for one in group
    }


def _kind(act: Act) -> tuple[frozenset[str], str]:
    return act.states, canonical(act.stage) if act.step and act.stage else act.development


def _days_between(one: Item, other: Item) -> float:
    a, b = one.entry.published, other.entry.published
    return abs((a.date() - b.date()).days) if a and b else inf


def _like(
    item: Item, dated: Mapping[ItemId, Item], space: Space, heard: Mapping[ItemId, int]
) -> datetime | None:
    act = act_of(item)
    alike = [o for o in dated.values() if _kind(act_of(o)) == _kind(act)]
    years = frozenset(int(y) for y in _YEAR.findall(item.entry.title)) - ADOPTED
    near = space.nearest(terms_of(text_of(item)))
    best: tuple[float, datetime] | None = None
    for other in dated.values():
        moment = other.entry.published
        if moment is None or not _in_its_years(years, moment):
            continue
        score = _score(item, act, other, near.get(other.id, 0.0))
        if score >= SAME_STEP:
            score += ECHO * min(heard[other.id], MANY)
        if score and (best is None or (score, best[1]) > (best[0], moment)):
            best = (score, moment)
    return best[1] if best else _only_time(act, alike, heard)


def _only_time(act: Act, alike: Sequence[Item], heard: Mapping[ItemId, int]) -> datetime | None:
    """When all reports of its kind on its states came out, if that was once."""
    moments = [i.entry.published for i in alike if i.entry.published is not None]
    if not act.states or act.development in _ALWAYS or len(moments) < TWO:
        return None
    once = all(heard[i.id] == len(alike) for i in alike)
    return max(moments) + AFTER if once else None


def _in_its_years(years: frozenset[int], moment: datetime) -> bool:
    """A headline that names its year is of that year, of the one before (a forecast) or after (a review)."""
    return not years or any(abs(moment.year - year) <= 1 for year in years)


def _score(item: Item, act: Act, other: Item, cosine: float) -> float:
    """0 = not alike. A step happens once: its stage and states say more than its words."""
    if is_copy(item.entry, other.entry):
        return 3.0
    their = act_of(other)
    same = act.states == their.states and same_stage(act.stage, their.stage)
    if act.step and act.stage and same and same_part(act.substep, their.substep):
        return SAME_STEP + cosine + (0.5 if act.modality is their.modality else 0.0)
    alike = act.development == their.development
    related = bool(act.states & their.states) or not (act.states or their.states)
    return cosine if related and cosine >= (SAME_KIND if alike else ANY_KIND) else 0.0


def _recorded(act: Act, topic: Topic) -> datetime | None:
    """The day of the step in the recorded history, or that of a state's joining."""
    if not act.stage or not act.states:
        return None
    for event in topic.history:
        if act.states <= set(event.states) and same_stage(act.stage, event.stage):
            return _noon(span(event)[0])
    since = [topic.states[s].since for s in act.states if s in topic.states]
    joined = [s for s in since if s is not None]
    if act.stage == "J5_IN_FORCE" and joined:
        return _noon(joined[0])
    if act.stage in ("J3_APPROVED", "J4_DEPOSITED") and joined:
        return _noon(months_after(joined[0], -6))
    return None


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
