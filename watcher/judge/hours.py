"""When a message may go out: digest hours, quiet hours, so many an hour. Pure, safe across summer time.

A local hour that does not exist (clocks go forward) counts as the first moment after the gap; one that
comes twice counts once, the first time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from watcher.model import QuietHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HORIZON_DAYS = 366 * 5  # 29 February on a given weekday may be far off; further is never
_CLOCK = re.compile(r"(?:([a-z,\- ]+?)\s+)?(\d{1,2}):(\d{2})", re.IGNORECASE)


class Hours:
    """One digest specification: `08:00`, `mon,thu 17:30`, `mon-fri 08:00`, or five cron fields.

    Raises ValueError, saying what is wrong, for anything else.
    """

    def __init__(self, spec: str) -> None:
        text = spec.strip().lower()
        match = _CLOCK.fullmatch(text)
        if match:
            hour, minute = int(match[2]), int(match[3])
            if hour > 23 or minute > 59:
                raise ValueError(f"'{spec}': no such hour")
            self.times: tuple[time, ...] = (time(hour, minute),)
            week = _set((match[1] or "*").replace(" ", ""), 0, 6, DAYS, spec)
            self._days: Callable[[date], bool] = lambda day: day.weekday() in week
        else:
            self._cron(text.split(), spec)

    def _cron(self, fields: Sequence[str], spec: str) -> None:
        if len(fields) != 5:
            raise ValueError(f"'{spec}': want '08:00', 'mon,thu 17:30' or five cron fields")
        minutes, hours = _set(fields[0], 0, 59, (), spec), _set(fields[1], 0, 23, (), spec)
        self.times = tuple(time(h, m) for h in sorted(hours) for m in sorted(minutes))
        days, months = _set(fields[2], 1, 31, (), spec), _set(fields[3], 1, 12, MONTHS, spec)
        # Cron counts the week from Sunday, and 7 is Sunday too.
        week = {(n - 1) % 7 for n in _set(fields[4], 0, 7, ("sun", *DAYS[:6]), spec)}
        either = fields[2] != "*" and fields[4] != "*"  # both given: either will do, as in cron(5)

        def falls(day: date) -> bool:
            in_month, in_week = day.day in days, day.weekday() in week
            return day.month in months and (in_month or in_week if either else in_month and in_week)

        self._days = falls

    def on(self, day: date) -> tuple[time, ...]:
        return self.times if self._days(day) else ()


def _set(field: str, low: int, high: int, names: Sequence[str], spec: str) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            start, end = low, high
        else:
            start = _number(first, low, names, spec)
            end = _number(last, low, names, spec) if dash else (high if step else start)
        if not (low <= start <= high and low <= end <= high) or (step and not step.isdigit()) or step == "0":
            raise ValueError(f"'{spec}': '{part}' is not within {low}-{high}")
        if end < start and not names:
            raise ValueError(f"'{spec}': '{part}' runs backwards")
        size = high - low + 1
        length = (end - start) % size + 1
        found |= {low + (start - low + i) % size for i in range(0, length, int(step or 1))}
    return found


def _number(text: str, low: int, names: Sequence[str], spec: str) -> int:
    if text.isdigit():
        return int(text)
    if text[:3] in names:
        return names.index(text[:3]) + low
    raise ValueError(f"'{spec}': '{text}' is not understood")


@lru_cache(maxsize=256)
def _hours(spec: str) -> Hours:
    return Hours(spec)


def next_digest(specs: Iterable[str], zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first digest hour strictly after `after`, UTC; None when there is none. Raises ValueError."""
    moments = [m for m in (_next(_hours(spec), zone, after) for spec in specs) if m is not None]
    return min(moments, default=None)


def digest_due(
    specs: Iterable[str], zone: ZoneInfo, now: datetime, quiet: QuietHours | None
) -> datetime | None:
    """The next digest hour; one that falls into quiet hours waits for their end."""
    due = next_digest(specs, zone, now)
    return after_quiet(due, quiet) if due is not None else None


def last_digest(specs: Iterable[str], zone: ZoneInfo, until: datetime) -> datetime | None:
    """The latest digest hour at or before `until`, UTC: the one to make up for after a pause."""
    moments = [m for m in (_last(_hours(spec), zone, until) for spec in specs) if m is not None]
    return max(moments, default=None)


def _next(hours: Hours, zone: ZoneInfo, after: datetime) -> datetime | None:
    first = after.astimezone(zone).date() - timedelta(days=1)
    for offset in range(HORIZON_DAYS):
        day = first + timedelta(days=offset)
        for moment in sorted(local(day, at, zone) for at in hours.on(day)):
            if moment > after:
                return moment
    return None


def _last(hours: Hours, zone: ZoneInfo, until: datetime) -> datetime | None:
    first = until.astimezone(zone).date() + timedelta(days=1)
    for offset in range(HORIZON_DAYS):
        day = first - timedelta(days=offset)
        for moment in sorted((local(day, at, zone) for at in hours.on(day)), reverse=True):
            if moment <= until:
                return moment
    return None


def local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC moment of a wall-clock time; in a gap, the first moment after it."""
    wall = datetime.combine(day, at, zone)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    # In the gap: with fold=1 the offset after it is used, which lands before it. Find the edge.
    low, high = moment - timedelta(hours=4), moment + timedelta(hours=4)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)


def is_quiet(moment: datetime, quiet: QuietHours | None) -> bool:
    """`weekdays` are the days on which the quiet stretch begins."""
    return quiet is not None and after_quiet(moment, quiet) != moment


def after_quiet(moment: datetime, quiet: QuietHours | None) -> datetime:
    """`moment`, or the end of the quiet hours that it falls in, UTC."""
    if quiet is None or quiet.start == quiet.end:
        return moment
    today = moment.astimezone(quiet.zone).date()
    for day in (today - timedelta(days=1), today):
        if quiet.weekdays and day.weekday() not in quiet.weekdays:
            continue
        ends_on = day if quiet.start < quiet.end else day + timedelta(days=1)
        start, end = local(day, quiet.start, quiet.zone), local(ends_on, quiet.end, quiet.zone)
        if start <= moment < end:
            return end
    return moment
