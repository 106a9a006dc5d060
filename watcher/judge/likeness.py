"""How well an item fits a story. Pure; the numbers were set on real reports in sixteen languages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from watcher.judge.acts import STEPS, Act, act_of, near, same_act, same_stage
from watcher.model import Item

SAME_EVENT = 2.0  # the structured key says so; words add to it
ALIKE = 0.15  # cosine that joins two statements of one kind
ALIKE_HAPPENING = 0.09  # ... two reports of a thing that happened, by the same states at the same time
ALIKE_MIXED = 0.27  # ... of different kinds (a vague headline and the step it is about)
SLOPE = 0.006  # what each day between them, beyond the first three, adds to the cosine asked for
MEMBER = 0.8  # what likeness to one report counts, against likeness to the whole story
COUNTED = 0.10  # what a shared number (no year) is worth
MAX_DAYS = 21
UNDATED_DAYS = 8  # a report without a date stands this far from everything
HAPPENINGS = frozenset(
    {
        "use",
        "production",
        "transfer",
        "stockpile_destruction",
        "clearance_or_extension",
        "casualties_report",
        "meeting",
    }
)
SOON = 1  # days between reports of the same states that are most likely about one thing
SAME_DAY = 1.5  # what that is worth: less than one act by its step, more than words
# What a state says and does about the treaty; what it is accused of. On one day the one is often taken for
# another of its kind. What others say of a step (comment, appeals) is not that step.
_POSITION = STEPS | {"considering", "reaffirmed", "other"}
_ABOUT = frozenset({"commentary", "condemnation_or_appeal", "meeting", "casualties_report"})
MANY = 3  # states that no two acts of one day share
_CONDUCT = frozenset({"use", "transfer", "condemnation_or_appeal", "reaffirmed", "other"})
# What concerns every state at once, under whatever state an outlet puts it: days within which there is one.
WORLD = {"casualties_report": 2, "meeting": 5}
FOREIGN_DAYS = {"considering": 1, "commentary": 0, "other": 0}
FOREIGN_DAYS_ELSE = 3


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the words say: the cosine, and the numbers that stand in both. `nearest` reads the cosine with
    the nearest report in the same language, which costs more than the rest."""

    cosine: float
    numbers: Collection[str] = ()
    nearest: Callable[[], float] | None = None

    @property
    def score(self) -> float:
        nearest = self.nearest() if self.nearest else 0.0
        return max(self.cosine, nearest * MEMBER) + (COUNTED if self.numbers else 0.0)


def fit(
    act: Act, item: Item, acts: Sequence[Act], members: Sequence[Item], like: Likeness, last: date
) -> float:
    """0 = not this story; above SAME_EVENT = the same act by states, step and date."""
    firm = [a for a in acts if a.firm]
    if act.firm and firm:
        return _same_act(act, firm, like.cosine)
    if act.firm or firm:
        told = _with_step(act, acts, like.cosine)
    else:
        told = _by_words(act, item, acts, members, like, last)
    return max(told, _same_day(act, item, members, like.cosine))


def _same_act(act: Act, firm: Sequence[Act], cosine: float) -> float:
    if any(same_act(act, other) for other in firm):
        exact = any(act.states == other.states for other in firm)
        return SAME_EVENT + (0.5 if exact else 0.0) + cosine
    return 0.0


def _with_step(act: Act, acts: Sequence[Act], cosine: float) -> float:
    """A step taken, and a report that does not say so clearly: planned, considered, commented on."""
    best = 0.0
    for other in acts:
        if act.states != other.states or not act.states or not near(act.day, other.day, 2):
            continue
        if act.step and act.stage and same_stage(act.stage, other.stage) and near(act.day, other.day, 1):
            return SAME_EVENT + cosine
        if act.blurred != other.blurred and (act.firm or other.firm) and near(act.day, other.day, 1):
            return SAME_EVENT + cosine  # "has withdrawn" on the day of a vote is the vote's story
        best = max(best, cosine if cosine >= ALIKE_MIXED else 0.0)
    return best


def _same_day(act: Act, item: Item, members: Sequence[Item], cosine: float) -> float:
    """Reports of one day that name the same states, or of one thing that concerns all states."""
    for member in members:
        other = act_of(member)
        days = _between(item, member)
        if days is None:
            continue
        if act.development == other.development and days <= WORLD.get(act.development, -1):
            return SAME_DAY + cosine
        if act.states and act.states == other.states and days <= SOON and _akin(act, other):
            return SAME_DAY + cosine
    return 0.0


def _akin(act: Act, other: Act) -> bool:
    pair = {act.development, other.development}
    if len(act.states) >= MANY and not pair & _ABOUT:
        return True
    return len(pair) == 1 or pair <= _POSITION or pair <= _CONDUCT


def _between(item: Item, other: Item) -> int | None:
    """Days between two reports, if both are dated."""
    a, b = item.entry.published, other.entry.published
    return abs((a.date() - b.date()).days) if a and b else None


def _by_words(
    act: Act, item: Item, acts: Sequence[Act], members: Sequence[Item], like: Likeness, last: date
) -> float:
    if act.step and any(same_act(act, a) for a in acts):
        return SAME_EVENT + like.cosine
    days = _days(item, members, last)
    kinds = {a.development for a in acts}
    states = frozenset().union(*(a.states for a in acts))
    if days > MAX_DAYS or (act.states and states and not act.states & states):
        return 0.0
    alike = act.development in kinds
    foreign = bool(members) and all(m.language != item.language for m in members)
    soon = days <= FOREIGN_DAYS.get(act.development, FOREIGN_DAYS_ELSE)
    if foreign and soon and alike and act.states and act.states == states:
        return 1.0 + like.cosine
    asked = ALIKE if alike else ALIKE_MIXED
    if alike and act.development in HAPPENINGS and act.states == states:
        asked = ALIKE_HAPPENING
    score = like.score
    return score if score >= asked + SLOPE * max(0.0, days - 3) else 0.0


def _days(item: Item, members: Sequence[Item], last: date) -> float:
    published = item.entry.published
    dates = [m.entry.published.date() for m in members if m.entry.published]
    if published is None or (members and not dates):
        return UNDATED_DAYS
    return min((abs((published.date() - d).days) for d in dates or [last]), default=UNDATED_DAYS)
