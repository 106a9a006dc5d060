"""Dates as they are written in the wild."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.collect.dates import plausible, when

TEN = datetime(2025, 6, 4, 10, tzinfo=UTC)
MIDNIGHT = datetime(2025, 6, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 04 Jun 2025 10:00:00 GMT",
        "Wed, 04 Jun 2025 10:00:00 +0000",
        "Wed, 4 Jun 2025 13:00 EEST",
        "Wed, 04 Jun 2025 12:00:00 CEST",
        "Wed, 04 Jun 2025 13:00:00 MSK",
        "Wed, 04 Jun 2025 06:00:00 EDT",
        "Wed, 04 Jun 2025 10:00:00 Z",
        "Wed, 04 Jun 2025 19:00:00 +0900 (JST)",
        "Mon, 04 Jun 2025 10:00:00 GMT",
        "2025-06-04T10:00:00Z",
        "2025-06-04T13:00:00+03:00",
        "2025-06-04T10:00:00.123456Z"[:19] + "Z",
        "2025-06-04 10:00:00",
        "2025-06-04 13:00:00 +0300",
        "2025/06/04 10:00",
        "20250604T100000Z",
        "4.6.2025 10:00",
        "04.06.2025, 10:00:00",
    ],
)
def test_moments(text: str) -> None:
    assert when(text) == TEN


@pytest.mark.parametrize(
    "text",
    ["2025-06-04", "4 June 2025", "June 4, 2025", "4th June 2025", "Wednesday, June 4, 2025", "04/06/2025"],
)
def test_days(text: str) -> None:
    assert when(text) == MIDNIGHT


@pytest.mark.parametrize(
    "text",
    ["", None, "yesterday", "32 June 2025", "2025-13-01", "0000-00-00", "x" * 100, "99.99.2025", "Tuesday"],
)
def test_no_dates(text: str | None) -> None:
    assert when(text) is None


@given(st.text(max_size=90) | st.text(alphabet="0123456789 :+-./,TZGMTJanFebWed", max_size=40))
def test_any_text_is_survived_and_dates_are_aware(text: str) -> None:
    moment = when(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


def test_only_plausible_dates_are_kept() -> None:
    assert plausible(datetime(1970, 1, 1, tzinfo=UTC), TEN) is None
    assert plausible(datetime(2099, 1, 1, tzinfo=UTC), TEN) is None
    assert plausible(TEN + timedelta(days=1), TEN) is not None
    assert plausible(None, TEN) is None
