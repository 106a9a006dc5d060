"""Quiet hours: wall-clock hours of a zone in which delivery waits. Pure; right across DST changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from watcher.model import QuietHours

_DAY = timedelta(days=1)


def quiet_until(hours: QuietHours | None, now: datetime) -> datetime | None:
    """The UTC moment at which the quiet that holds `now` ends, or None when it is not quiet.

    A window belongs to the weekday on which it starts. Adjacent windows are one. Equal start and end
    mean the whole day, and mean nothing when no weekday is named: nobody wants eternal silence.
    """
    if hours is None or (hours.start == hours.end and len(set(hours.weekdays)) in (0, 7)):
        return None
    moment, found = now.astimezone(UTC), None
    for _ in range(8):
        end = _window_end(hours, moment)
        if end is None:
            return found
        moment = found = end
    return found


def _window_end(hours: QuietHours, moment: datetime) -> datetime | None:
    today = moment.astimezone(hours.zone).date()
    for day in (today - _DAY, today):
        if hours.weekdays and day.weekday() not in hours.weekdays:
            continue
        start, end = _window(hours, day)
        if start <= moment < end:
            return end
    return None


def _window(hours: QuietHours, day: date) -> tuple[datetime, datetime]:
    last = day + _DAY if hours.end <= hours.start else day
    # Compared in UTC: two times of one zone would be compared by the wall clock, wrong at a DST change.
    start = datetime.combine(day, hours.start, hours.zone).astimezone(UTC)
    end = datetime.combine(last, hours.end, hours.zone).astimezone(UTC)
    return start, end
