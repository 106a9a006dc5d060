from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model import QuietHours
from watcher.notify.quiet import quiet_until

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = QuietHours(time(22), time(7), WARSAW)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        (NIGHT, "2025-06-19T19:59", None),
        (NIGHT, "2025-06-19T20:00", "2025-06-20T05:00"),  # summer time: 22:00 is 20:00 UTC
        (NIGHT, "2025-06-20T04:59", "2025-06-20T05:00"),
        (NIGHT, "2025-06-20T05:00", None),
        (NIGHT, "2025-12-19T20:30", None),  # winter time: 21:30
        (NIGHT, "2025-12-19T21:00", "2025-12-20T06:00"),
        # The clocks go forward at 02:00 on 30 March 2025: 07:00 is 05:00 UTC, an hour earlier than the day before.
        (NIGHT, "2025-03-29T22:00", "2025-03-30T05:00"),
        # They go back on 26 October 2025: the night is an hour longer.
        (NIGHT, "2025-10-25T21:00", "2025-10-26T06:00"),
        # From a time that does not exist: 02:30 on 30 March.
        (QuietHours(time(2, 30), time(4), WARSAW), "2025-03-30T01:45", "2025-03-30T02:00"),
        # A window belongs to the day on which it starts: Friday night reaches into Saturday.
        (QuietHours(time(22), time(7), WARSAW, (4,)), "2025-06-21T03:00", "2025-06-21T05:00"),
        (QuietHours(time(22), time(7), WARSAW, (5,)), "2025-06-21T03:00", None),
        # Whole days that touch are one quiet.
        (QuietHours(time(0), time(0), WARSAW, (5, 6)), "2025-06-21T10:00", "2025-06-22T22:00"),
        (QuietHours(time(12), time(14), WARSAW), "2025-06-20T11:00", "2025-06-20T12:00"),
        (QuietHours(time(0), time(0), WARSAW), "2025-06-21T10:00", None),
        (None, "2025-06-21T10:00", None),
    ],
)
def test_quiet_hours(hours: QuietHours | None, now: str, until: str | None) -> None:
    assert quiet_until(hours, utc(now)) == (utc(until) if until else None)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)),
    st.times(),
    st.times(),
    st.lists(st.integers(0, 6), max_size=6, unique=True),
)
def test_quiet_always_ends(now: datetime, start: time, end: time, days: list[int]) -> None:
    moment = now.replace(tzinfo=UTC)
    hours = QuietHours(start.replace(microsecond=0), end.replace(microsecond=0), WARSAW, tuple(days))
    until = quiet_until(hours, moment)
    if until is not None:
        assert moment < until < moment + timedelta(days=8)
        assert quiet_until(hours, until) is None or len(days) == 6
