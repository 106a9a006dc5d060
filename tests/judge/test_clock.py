"""The legal calendar: tables from the Convention and from real notices."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.judge.desk import Desk, an_item, at, from_the_baseline, shipped
from watcher.judge.clock import (
    Extension,
    clearance_deadline,
    depositary_date,
    effect_of_notice,
    in_force_after,
    months_after,
    reports_due,
    stockpile_deadline,
)
from watcher.judge.conclude import ledger_of
from watcher.judge.ledger import opening
from watcher.judge.reminders import calendar, due
from watcher.model import AlertKind, Standing, Tier, Urgency


@pytest.mark.parametrize(
    ("received", "expires"),
    [
        ("2025-06-27", "2025-12-27"),  # EE, LV, LT
        ("2025-07-10", "2026-01-10"),  # FI
        ("2025-08-20", "2026-02-20"),  # PL
        ("2025-08-31", "2026-02-28"),
        ("2027-08-31", "2028-02-29"),
        ("2025-08-30", "2026-02-28"),
        ("2027-08-29", "2028-02-29"),
        ("2025-03-31", "2025-09-30"),
        ("2025-12-31", "2026-06-30"),
        ("2024-02-29", "2024-08-29"),
    ],
)
def test_a_notice_takes_effect_six_calendar_months_on(received: str, expires: str) -> None:
    effect = effect_of_notice(date.fromisoformat(received))
    assert effect.effective == effect.expires == date.fromisoformat(expires)
    assert not effect.held
    assert not effect.void


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2025-06-27T03:59:00+00:00", "2025-06-26"),  # summer time in New York: UTC-4
        ("2025-06-27T04:00:00+00:00", "2025-06-27"),
        ("2025-12-27T04:59:00+00:00", "2025-12-26"),  # winter: UTC-5
        ("2025-12-27T05:00:00+00:00", "2025-12-27"),
        ("2025-11-02T04:30:00+00:00", "2025-11-02"),  # the night the clocks go back
        ("2025-06-27T12:00:00+12:00", "2025-06-26"),
    ],
)
def test_receipt_is_a_date_in_new_york(instant: str, day: str) -> None:
    moment = datetime.fromisoformat(instant)
    assert depositary_date(moment) == date.fromisoformat(day)
    assert effect_of_notice(moment).expires == months_after(date.fromisoformat(day), 6)


@pytest.mark.parametrize(
    ("conflict", "effective", "held"),
    [
        ({"conflict": False}, "2026-01-18", False),
        ({"conflict": True}, None, True),
        ({"conflict": True, "ended": date(2026, 1, 17)}, "2026-01-18", False),
        ({"conflict": True, "ended": date(2026, 1, 18)}, "2026-01-18", False),
        ({"conflict": True, "ended": date(2027, 5, 3)}, "2027-05-03", False),
        ({"conflict": True, "began": date(2026, 1, 19)}, "2026-01-18", False),  # it broke out a day too late
        ({"conflict": True, "began": date(2026, 1, 18)}, None, True),
        ({"conflict": True, "began": date(2025, 9, 1), "ended": date(2025, 12, 1)}, "2026-01-18", False),
    ],
)
def test_an_armed_conflict_on_the_day_of_expiry_holds_the_exit(
    conflict: dict[str, object], effective: str | None, held: bool
) -> None:
    effect = effect_of_notice(date(2025, 7, 18), **conflict)  # type: ignore[arg-type]
    assert effect.expires == date(2026, 1, 18)
    assert effect.effective == (date.fromisoformat(effective) if effective else None)
    assert effect.held is held


def test_a_notice_taken_back_before_effect_is_void_and_after_it_is_not() -> None:
    assert effect_of_notice(date(2025, 6, 27), taken_back=date(2025, 12, 26)).void
    assert effect_of_notice(date(2025, 6, 27), taken_back=date(2025, 12, 26)).effective is None
    assert not effect_of_notice(date(2025, 6, 27), taken_back=date(2025, 12, 27)).void
    assert effect_of_notice(date(2025, 6, 27), conflict=True, taken_back=date(2029, 1, 1)).void


@pytest.mark.parametrize(
    ("deposit", "in_force"),
    [
        ("2025-03-12", "2025-09-01"),  # MH
        ("2025-06-25", "2025-12-01"),  # TO
        ("2025-06-26", "2025-12-01"),
        ("2025-07-31", "2026-01-01"),
        ("2025-12-01", "2026-06-01"),
        ("2024-08-31", "2025-02-01"),
    ],
)
def test_a_newcomer_is_bound_from_the_first_day_of_the_sixth_month_after(deposit: str, in_force: str) -> None:
    assert in_force_after(date.fromisoformat(deposit)) == date.fromisoformat(in_force)


def test_a_deposit_late_on_the_last_evening_counts_for_the_old_month() -> None:
    assert in_force_after(datetime(2025, 7, 1, 3, tzinfo=UTC)) == date(2025, 12, 1)


def test_stockpiles_have_four_years_and_clearance_ten() -> None:
    assert stockpile_deadline(date(2025, 9, 1)) == date(2029, 9, 1)
    assert clearance_deadline(date(2006, 6, 1)) == date(2016, 6, 1)


def test_a_request_moves_nothing_until_granted_and_extensions_run_from_the_old_deadline() -> None:
    asked = Extension(60, requested=date(2015, 3, 1))
    granted = Extension(60, date(2015, 3, 1), granted=date(2015, 12, 1))
    assert clearance_deadline(date(2006, 6, 1), (asked,)) == date(2016, 6, 1)
    assert clearance_deadline(date(2006, 6, 1), (granted,)) == date(2021, 6, 1)
    assert clearance_deadline(date(2006, 6, 1), (granted, granted)) == date(2026, 6, 1)
    with pytest.raises(ValueError, match="121 months"):
        clearance_deadline(date(2006, 6, 1), (Extension(121, granted=date(2015, 1, 1)),))


def test_reports_are_due_after_180_days_and_then_each_30_april() -> None:
    assert reports_due(date(2025, 9, 1), date(2028, 1, 1)) == (
        date(2026, 2, 28),
        date(2026, 4, 30),
        date(2027, 4, 30),
    )
    assert reports_due(date(2025, 12, 1), date(2026, 12, 31)) == (date(2026, 5, 30),)


@given(st.dates(date(1999, 1, 1), date(2100, 1, 1)), st.integers(0, 240))
def test_months_keep_the_day_or_take_the_last_of_the_month(day: date, count: int) -> None:
    later = months_after(day, count)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later.day < day.day and months_after(later, 0).month == later.month)
    assert later.day == day.day or date.fromordinal(later.toordinal() + 1).day == 1


# ── what the calendar raises ──────────────────────────────────────────────────────────────────


def _desk_with_notice() -> Desk:
    desk = Desk()
    desk.hear(
        an_item(1, "Notice given", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10", tier=Tier.OFFICIAL)
    )
    return desk


def _ticks(desk: Desk, *moments: str) -> list[tuple[str, str, str]]:
    alerts = [a for m in moments for a in desk.tick(datetime.fromisoformat(m + "+00:00")).alerts]
    return [(a.at.isoformat()[:13], a.key.rpartition("|")[2], a.text) for a in alerts]


def test_an_exit_is_told_30_7_and_0_days_before_each_once() -> None:
    found = _ticks(
        _desk_with_notice(),
        "2025-12-10T23:00",
        "2025-12-11T00:00",
        "2025-12-11T08:00",
        "2026-01-02T12:00",
        "2026-01-03T06:00",
        "2026-01-04T06:00",
        "2026-01-10T11:00",
        "2026-01-10T12:00",
        "2026-01-10T18:00",
        "2026-01-12T18:00",
    )
    assert [(when, tick) for when, tick, _ in found] == [
        ("2025-12-11T00", "30"),
        ("2026-01-03T06", "7"),
        ("2026-01-10T12", "0"),
    ]
    assert found[0][2] == "withdrawal takes effect in 30 days, on 2026-01-10 (Article 20)"
    assert found[2][2] == "withdrawal takes effect today by the calendar; not yet confirmed (Article 20)"


def test_missed_ticks_are_made_up_by_the_one_that_matters_now() -> None:
    found = _ticks(_desk_with_notice(), "2025-12-01T00:00", "2026-01-06T09:00", "2026-01-13T09:00")
    assert [tick for _, tick, _ in found] == ["7", "0"]
    assert found[0][2].startswith("withdrawal takes effect in 4 days")
    assert "since 2026-01-10 by the calendar; not yet confirmed" in found[1][2]


def test_no_reminder_is_raised_for_a_tick_before_the_installation() -> None:
    ledger = ledger_of(_desk_with_notice().known(at("2026-01-05")), from_the_baseline(), at("2026-01-05"))
    told = due(ledger, from_the_baseline(), (), at("2026-01-05"), since=at("2026-01-05", 8))
    assert [d for d in told if "FI" in d.term.states] == []
    later = due(ledger, from_the_baseline(), (), at("2026-01-10", 13), since=at("2026-01-05", 8))
    assert [d.days for d in later if "FI" in d.term.states] == [0]


def test_a_new_installation_says_nothing_of_what_is_long_past() -> None:
    desk = Desk(topic=shipped(), since=at("2026-11-23"))
    assert _ticks(desk, "2026-11-23T10:00", "2026-11-24T10:00") == []


def test_news_of_the_morning_makes_the_calendar_silent() -> None:
    desk = _desk_with_notice()
    desk.tick(at("2026-01-03"))
    desk.hear(an_item(2, "Finland has left", "FI", "W7_EFFECTIVE", "2026-01-10", on="2026-01-10"))
    assert desk.tick(at("2026-01-10", 13)).alerts == ()
    left = [d for d in desk.developments.values() if d.stage == "W7_EFFECTIVE" and d.sources]
    assert [d.standing for d in left] == [Standing.CONFIRMED]


def test_the_calendar_is_first_and_news_confirms_it_in_its_thread() -> None:
    desk = _desk_with_notice()
    (clock,) = desk.tick(at("2026-01-10", 13)).alerts
    assert (clock.kind, clock.urgency) == (AlertKind.CLOCK, Urgency.INSTANT)
    (news,) = desk.hear(
        an_item(2, "Finland has left", "FI", "W7_EFFECTIVE", "2026-01-11", on="2026-01-10")
    ).alerts
    assert (news.kind, news.follows) == (AlertKind.PROMOTION, clock.id)
    assert news.development is not None
    assert news.development.standing is Standing.CONFIRMED
    assert news.development.id == clock.development.id  # type: ignore[union-attr]


def test_one_state_s_news_confirms_that_state_alone() -> None:
    desk = Desk()
    desk.hear(
        an_item(1, "Notices", "EE,LV,LT", "W6_NOTIFIED", "2025-06-27", on="2025-06-27", tier=Tier.OFFICIAL)
    )
    desk.tick(at("2025-12-20"))
    desk.hear(an_item(2, "Out", "LT", "W7_EFFECTIVE", "2025-12-27", on="2025-12-27"))
    (alert,) = desk.tick(at("2025-12-27", 13)).alerts
    assert alert.development is not None
    assert alert.development.states == ("EE", "LV")
    assert desk.tick(at("2025-12-28", 13)).alerts == ()


def test_a_state_at_war_is_told_that_its_exit_is_held() -> None:
    desk = Desk()
    desk.hear(
        an_item(
            1, "Notice of withdrawal", "UA", "W6_NOTIFIED", "2026-03-02", on="2026-03-02", tier=Tier.OFFICIAL
        )
    )
    (alert,) = [a for a in desk.tick(at("2026-09-02", 13)).alerts if "W7" in a.key]
    assert "no effect before the armed conflict ends" in alert.text


def test_the_zone_of_the_readers_decides_what_is_today() -> None:
    ledger = ledger_of(_desk_with_notice().known(at("2026-01-01")), from_the_baseline(), at("2026-01-01"))
    moment = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)  # 12:30 in Helsinki
    topic = from_the_baseline()
    assert [
        d.days
        for d in due(ledger, topic, (), moment, zone=ZoneInfo("Europe/Helsinki"))
        if d.term.article == "20"
    ] == [0]
    assert [d.days for d in due(ledger, topic, (), moment) if d.term.article == "20"] == [7]


def test_the_calendar_lists_exits_newcomers_and_deadlines_in_order() -> None:
    now = at("2025-09-15")
    terms = calendar(opening(shipped(), now), shipped(), now)
    assert [t.date for t in terms] == sorted(t.date for t in terms)
    rows = {(",".join(t.states), t.article, t.date.isoformat()) for t in terms}
    assert {
        ("EE,LT,LV", "20", "2025-12-27"),
        ("FI", "20", "2026-01-10"),
        ("TO", "17", "2025-12-01"),
        ("UA", "5", "2033-12-01"),
        ("MH", "4", "2029-09-01"),
        ("MH", "7", "2026-02-28"),
        ("", "7", "2026-04-30"),
    } <= rows
    assert len({t.key for t in terms}) == len(terms)
