"""How well an item fits a story. Pure; the numbers were set on real reports in sixteen languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from watcher.judge.acts import Act, near, same_act, same_stage
from watcher.model import Item

SAME_EVENT = 2.0  # the structured key says so; words add to it
ALIKE = 0.17  # cosine that joins two reports of one kind of thing
ALIKE_MIXED = 0.30  # ... of different kinds (a vague headline and the step it is about)
SLOPE = 0.006  # what each day between them adds to the cosine asked for
MAX_DAYS = 30
UNDATED_DAYS = 8  # a report without a date stands this far from everything


def fit(
    act: Act, item: Item, acts: Sequence[Act], members: Sequence[Item], cosine: float, last: date
) -> float:
    """0 = not this story; above SAME_EVENT = the same act by states, step and date."""
    firm = [a for a in acts if a.firm]
    if act.firm and firm:
        return _same_act(act, firm, cosine)
    if act.firm or firm:
        return _with_step(act, item, acts, members, cosine)
    return _by_words(act, item, acts, members, cosine, last)


def _same_act(act: Act, firm: Sequence[Act], cosine: float) -> float:
    if any(same_act(act, other) for other in firm):
        exact = any(act.states == other.states for other in firm)
        return SAME_EVENT + (0.5 if exact else 0.0) + cosine
    return 0.0


def _with_step(act: Act, item: Item, acts: Sequence[Act], members: Sequence[Item], cosine: float) -> float:
    """A step taken, and a report that does not say so clearly: planned, considered, commented on."""
    best = 0.0
    for other in acts:
        if not (act.states & other.states) or not near(act.day, other.day, 2):
            continue
        if act.states != other.states:
            continue
        if same_stage(act.stage, other.stage) and act.dated and other.dated and act.day == other.day:
            return SAME_EVENT + cosine
        best = max(best, cosine if cosine >= ALIKE_MIXED else 0.0)
    return best


def _by_words(
    act: Act, item: Item, acts: Sequence[Act], members: Sequence[Item], cosine: float, last: date
) -> float:
    days = _days(item, members, last)
    if days > MAX_DAYS:
        return 0.0
    kinds = {a.development for a in acts}
    states = frozenset().union(*(a.states for a in acts))
    if act.states and states and not act.states & states:
        return 0.0
    foreign = all(m.language != item.language for m in members) if members else False
    if foreign and act.development in kinds and act.states and act.states == states and days <= 3:
        return 1.0 + cosine
    asked = (ALIKE if act.development in kinds else ALIKE_MIXED) + SLOPE * days
    return cosine if cosine >= asked else 0.0


def _days(item: Item, members: Sequence[Item], last: date) -> float:
    published = item.entry.published
    dates = [m.entry.published.date() for m in members if m.entry.published]
    if published is None or (members and not dates):
        return UNDATED_DAYS
    return min((abs((published.date() - d).days) for d in dates or [last]), default=UNDATED_DAYS)
