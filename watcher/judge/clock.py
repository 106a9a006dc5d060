"""The legal calendar of the Convention: what happens because a date comes, with no news of it. Pure.

Months are calendar months: the same day number, or the last day of a month that lacks it. Receipt and
deposit are dates in New York, where the depositary is; summer time is observed.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DEPOSITARY_ZONE = ZoneInfo("America/New_York")
NOTICE_MONTHS = 6  # Art. 20(3)
STOCKPILE_YEARS = 4  # Art. 4
CLEARANCE_YEARS = 10  # Art. 5(1)
EXTENSION_YEARS = 10  # Art. 5(3): at most, each time
FIRST_REPORT_DAYS = 180  # Art. 7(1)
YEARLY_REPORT = (4, 30)  # Art. 7(2)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a notice of withdrawal leads to. `effective` is None while held, or for ever when void."""

    expires: date
    effective: date | None
    held: bool = False
    void: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension of the Article 5 deadline. Without `granted` it is a request and moves nothing."""

    months: int
    requested: date | None = None
    granted: date | None = None


def depositary_date(instant: datetime) -> date:
    """The calendar date in New York at an aware instant."""
    return instant.astimezone(DEPOSITARY_ZONE).date()


def months_after(day: date, count: int) -> date:
    """The same day number `count` months on (or back), or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def effect_of_notice(
    received: date | datetime,
    *,
    conflict: bool = False,
    began: date | None = None,
    ended: date | None = None,
    taken_back: date | None = None,
) -> Effect:
    """When a notice received by the depositary ends membership, Art. 20(3).

    `conflict`: the state is, or was from `began` (None = before the notice) to `ended` (None = still),
    in an armed conflict. One that lasts on the day the six months expire holds the exit until the day it
    ends. A notice taken back before it took effect is void.
    """
    if isinstance(received, datetime):
        received = depositary_date(received)
    expires = months_after(received, NOTICE_MONTHS)
    in_conflict = conflict and (began is None or began <= expires) and (ended is None or ended >= expires)
    effective = ended if in_conflict else expires
    if taken_back is not None and (effective is None or taken_back < effective):
        return Effect(expires, None, void=True)
    return Effect(expires, effective, held=in_conflict and ended is None)


def in_force_after(deposit: date | datetime) -> date:
    """The first day of the sixth month after the month of deposit, Art. 17(2)."""
    if isinstance(deposit, datetime):
        deposit = depositary_date(deposit)
    return months_after(deposit.replace(day=1), 6)


def stockpile_deadline(in_force: date) -> date:
    """Four years; the Convention knows no extension, Art. 4."""
    return months_after(in_force, 12 * STOCKPILE_YEARS)


def clearance_deadline(in_force: date, extensions: tuple[Extension, ...] = ()) -> date:
    """Ten years, then each granted extension from the deadline before it, Art. 5. Raises ValueError
    for an extension of more than ten years."""
    deadline = months_after(in_force, 12 * CLEARANCE_YEARS)
    for extension in extensions:
        if extension.months > 12 * EXTENSION_YEARS:
            raise ValueError(f"an extension of {extension.months} months; at most {12 * EXTENSION_YEARS}")
        if extension.granted is not None:
            deadline = months_after(deadline, extension.months)
    return deadline


def reports_due(in_force: date, until: date) -> tuple[date, ...]:
    """The first report after 180 days, then every 30 April after it, up to `until`, Art. 7."""
    first = in_force + timedelta(days=FIRST_REPORT_DAYS)
    yearly = (date(year, *YEARLY_REPORT) for year in range(first.year, until.year + 1))
    return tuple(day for day in (first, *(y for y in yearly if y > first)) if day <= until)


def today(now: datetime, zone: ZoneInfo | None = None) -> date:
    """The calendar date that readers in `zone` have."""
    return now.astimezone(zone or UTC).date()
