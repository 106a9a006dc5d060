"""Which known development or recorded event a report means, beyond the same step. Pure."""

from __future__ import annotations

from datetime import timedelta

from watcher.judge.acts import DATED_APART, Act, near, same_stage
from watcher.judge.ledger import span
from watcher.judge.sense import SLACK
from watcher.model import Development, Item
from watcher.topic import PastEvent

LINGERS = timedelta(days=14)  # what is said of a meeting or a report in the weeks after it is no news of it
REMARKED_DAYS = 60
LATE_DAYS = 7  # a report that comes later adds a source and interrupts nobody


def same_dispute(act: Act, development: Development) -> bool:
    return (
        development.key.endswith("|disputed")
        and set(development.states) == act.states
        and development.development == act.development
        and near(act.day, development.event_date, LATE_DAYS)
    )


def timely(item: Item, known: Development) -> bool:
    return near((item.entry.published or item.first_seen).date(), known.event_date, LATE_DAYS)


def of_late(item: Item, act: Act) -> bool:
    """Recent enough for the ledger to learn it from a remark."""
    return near((item.entry.published or item.first_seen).date(), act.day, REMARKED_DAYS)


def deniable(act: Act, development: Development) -> bool:
    """A denial is of what was told before it: of the day that it names, or of none that came later."""
    day = development.event_date
    if act.day is None or day is None:
        return True
    return near(act.day, day, DATED_APART) if act.dated else day <= act.day + SLACK


def twin(act: Act, development: Development) -> bool:
    return act.states <= set(development.states) and same_stage(development.stage, act.stage)


def recorded(act: Act, event: PastEvent) -> bool:
    """Whether a report of something that is no step is about an event of the recorded history."""
    if not same_stage(act.stage, event.stage) or not (act.states & set(event.states) or not act.states):
        return False
    first, last = span(event)
    return act.day is None or first - SLACK <= act.day <= last + LINGERS
