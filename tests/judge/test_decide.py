"""Who is told what, and when: hours, channels' own rules, threads, corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.judge.desk import CHAT, POLICY, Desk, an_item, at, told
from watcher.judge.hours import Hours, after_quiet, is_quiet, last_digest, next_digest
from watcher.model import (
    AlertKind,
    Channel,
    Delivery,
    DeliveryState,
    ItemId,
    Mark,
    Modality,
    QuietHours,
    Tier,
    Urgency,
)

WARSAW = ZoneInfo("Europe/Warsaw")
NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


# ── hours ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("specs", "zone", "after", "due"),
    [
        (["08:00"], "UTC", "2025-06-19T07:59", "2025-06-19T08:00"),
        (["08:00"], "UTC", "2025-06-19T08:00", "2025-06-20T08:00"),
        (["08:00"], "Europe/Warsaw", "2025-06-19T05:00", "2025-06-19T06:00"),
        (["08:00"], "Europe/Warsaw", "2025-12-19T05:00", "2025-12-19T07:00"),
        (["08:00", "17:30"], "UTC", "2025-06-19T09:00", "2025-06-19T17:30"),
        (["mon,thu 17:30"], "UTC", "2025-06-20T09:00", "2025-06-23T17:30"),  # from a Friday
        (["mon-fri 08:00"], "UTC", "2025-06-20T09:00", "2025-06-23T08:00"),
        (["fri-mon 08:00"], "UTC", "2025-06-17T09:00", "2025-06-20T08:00"),
        (["30 6 * * *"], "UTC", "2025-06-19T07:00", "2025-06-20T06:30"),
        (["0 */6 * * *"], "UTC", "2025-06-19T07:00", "2025-06-19T12:00"),
        (["15 9 1 * *"], "UTC", "2025-06-19T07:00", "2025-07-01T09:15"),
        (["0 9 * * sun"], "UTC", "2025-06-19T07:00", "2025-06-22T09:00"),
        (["0 9 * * 7"], "UTC", "2025-06-19T07:00", "2025-06-22T09:00"),
        (["0 9 * * 1-5"], "UTC", "2025-06-20T10:00", "2025-06-23T09:00"),
        (["0 9 13 * fri"], "UTC", "2025-06-19T07:00", "2025-06-20T09:00"),  # either will do, as in cron
        (["0 9 29 feb *"], "UTC", "2025-06-19T07:00", "2028-02-29T09:00"),
        # the clocks go forward in Warsaw on 30 March 2025 at 02:00: 02:30 does not exist
        (["02:30"], "Europe/Warsaw", "2025-03-29T12:00", "2025-03-30T01:00"),
        # and back on 26 October at 03:00: 02:30 comes twice and counts once
        (["02:30"], "Europe/Warsaw", "2025-10-25T12:00", "2025-10-26T00:30"),
        (["02:30"], "Europe/Warsaw", "2025-10-26T00:30", "2025-10-27T01:30"),
        (["02:30"], "America/New_York", "2025-03-08T12:00", "2025-03-09T07:00"),
    ],
)
def test_the_next_digest_hour(specs: list[str], zone: str, after: str, due: str) -> None:
    assert next_digest(specs, ZoneInfo(zone), utc(after)) == utc(due)


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "8",
        "25:00",
        "08:60",
        "someday 08:00",
        "* * *",
        "0 24 * * *",
        "61 * * * *",
        "0 9 * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
    ],
)
def test_an_hour_that_is_none_says_so(spec: str) -> None:
    with pytest.raises(ValueError, match="'"):
        Hours(spec)


def test_a_date_that_never_comes_gives_no_hour() -> None:
    assert next_digest(["0 9 31 feb *"], WARSAW, utc("2025-06-19T07:00")) is None
    assert next_digest([], WARSAW, utc("2025-06-19T07:00")) is None


@settings(max_examples=80, deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from(["08:00", "02:30", "mon,thu 17:30", "*/20 1-3 * * *", "0 0 * * *"]),
    st.sampled_from([WARSAW, NEW_YORK, ZoneInfo("UTC"), ZoneInfo("Australia/Lord_Howe")]),
)
def test_a_digest_hour_is_later_and_none_is_skipped(moment: datetime, spec: str, zone: ZoneInfo) -> None:
    now = moment.replace(tzinfo=UTC)
    due = next_digest([spec], zone, now)
    assert due is not None
    assert due > now
    assert next_digest([spec], zone, due - timedelta(seconds=1)) == due
    assert last_digest([spec], zone, due) == due
    assert (last_digest([spec], zone, due - timedelta(seconds=1)) or due) <= now


NIGHT = QuietHours(time(22), time(7), WARSAW)


@pytest.mark.parametrize(
    ("quiet", "moment", "end"),
    [
        (NIGHT, "2025-06-19T19:59", "2025-06-19T19:59"),
        (NIGHT, "2025-06-19T20:00", "2025-06-20T05:00"),
        (NIGHT, "2025-06-20T04:59", "2025-06-20T05:00"),
        (NIGHT, "2025-06-20T05:00", "2025-06-20T05:00"),
        (NIGHT, "2025-03-29T23:00", "2025-03-30T05:00"),  # an hour shorter
        (NIGHT, "2025-10-25T23:00", "2025-10-26T06:00"),  # an hour longer
        (QuietHours(time(12), time(14), WARSAW), "2025-06-19T11:00", "2025-06-19T12:00"),
        (QuietHours(time(22), time(7), WARSAW, (4, 5)), "2025-06-19T21:00", "2025-06-19T21:00"),  # a Thursday
        (QuietHours(time(22), time(7), WARSAW, (4, 5)), "2025-06-21T21:00", "2025-06-22T05:00"),  # a Saturday
        (QuietHours(time(8), time(8), WARSAW), "2025-06-19T21:00", "2025-06-19T21:00"),
        (None, "2025-06-19T21:00", "2025-06-19T21:00"),
    ],
)
def test_quiet_hours_end(quiet: QuietHours | None, moment: str, end: str) -> None:
    assert after_quiet(utc(moment), quiet) == utc(end)
    assert is_quiet(utc(moment), quiet) is (moment != end)


# ── channels ──────────────────────────────────────────────────────────────────────────────────


def owed(desk: Desk, channel: str = "chat") -> list[Delivery]:
    return [d for d in desk.deliveries.values() if d.channel == channel]


@pytest.mark.parametrize(
    ("rules", "item", "reached"),
    [
        ({}, {}, True),
        ({"states": ("FI",)}, {}, True),
        ({"states": ("EE",)}, {}, False),
        ({"languages": ("fi",)}, {}, False),
        ({"languages": ("en", "fi")}, {}, True),
        ({"tags": ("official",)}, {}, False),
        ({"tags": ("official",)}, {"tags": ("official", "un")}, True),
        ({"min_tier": Tier.OFFICIAL}, {}, False),
        ({"min_tier": Tier.OFFICIAL}, {"tier": Tier.DEPOSITARY}, True),
        ({"enabled": False}, {}, False),
    ],
)
def test_each_channel_has_its_own_rules(
    rules: dict[str, object], item: dict[str, object], reached: bool
) -> None:
    desk = Desk(channels=(replace(CHAT, **rules),))  # type: ignore[arg-type]
    desk.hear(an_item(1, **item))  # type: ignore[arg-type]
    assert bool(owed(desk)) is reached
    assert len(desk.alerts) == 1


def test_what_interrupts_is_owed_at_once_and_the_rest_at_the_digest_hour() -> None:
    desk = Desk()
    desk.hear(an_item(1), an_item(2, "Norway stays", "NO", "W0_REJECTED"))
    due = {desk.alerts[d.alert_id - 1].urgency: d.due for d in owed(desk)}
    assert due == {Urgency.INSTANT: at("2025-06-19"), Urgency.DIGEST: at("2025-06-20", 8)}


def test_a_channel_may_choose_its_own_kinds_that_interrupt() -> None:
    desk = Desk(
        channels=(replace(CHAT, instant=("notified_un",)), Channel("mail", "email", instant=("reaffirmed",)))
    )
    desk.hear(an_item(1))
    assert [d.due for d in owed(desk)] == [at("2025-06-20", 8)]


def test_a_channel_without_digest_gets_only_what_interrupts() -> None:
    desk = Desk(channels=(replace(CHAT, digest_enabled=False),))
    desk.hear(an_item(1, "Norway stays", "NO", "W0_REJECTED"))
    assert owed(desk) == []


def test_quiet_hours_hold_a_vote_and_let_a_notice_pass() -> None:
    quiet = QuietHours(time(22), time(7), ZoneInfo("UTC"))
    desk = Desk(policy=replace(POLICY, quiet=quiet))
    night = at("2025-06-19", 23)
    desk.hear(an_item(1, published=night))
    desk.hear(an_item(2, "Notice", "EE", "W6_NOTIFIED", night))
    assert [d.due for d in owed(desk)] == [at("2025-06-20", 7), night]


def test_more_than_the_hours_measure_waits_for_its_end() -> None:
    desk = Desk(policy=replace(POLICY, max_per_hour=2))
    states = ("EE", "LV", "LT", "FI")
    desk.hear(*(an_item(n, f"{s} votes", s) for n, s in enumerate(states, 1)))
    due = [d.due for d in owed(desk)]
    assert due == [at("2025-06-19"), at("2025-06-19"), at("2025-06-19", 10), at("2025-06-19", 10)]


def test_a_first_run_is_silent_and_remembers() -> None:
    desk = Desk(first_run=True)
    desk.hear(an_item(1))
    assert owed(desk) == []
    assert len(desk.alerts) == 1
    desk.first_run = False
    desk.hear(an_item(2, "The same again", language="fi"))
    assert [a.urgency for a in desk.alerts] == [Urgency.INSTANT, Urgency.DIGEST]
    assert owed(desk) == []
    loud = Desk(first_run=True, policy=replace(POLICY, first_run="alert"))
    loud.hear(an_item(1))
    assert len(owed(loud)) == 1


def test_a_new_channel_starts_from_now() -> None:
    desk = Desk()
    desk.hear(an_item(1))
    desk.channels = (CHAT, Channel("mail", "email", recipients=("a@example.org",)))
    desk.hear(an_item(2, "Official journal", tier=Tier.OFFICIAL, published="2025-06-20"))
    assert [a.kind for a in desk.alerts] == [AlertKind.NEW, AlertKind.PROMOTION]
    desk.hear(an_item(3, "68 votes?", on="2025-06-18", published="2025-06-20"))
    follow_ups = [
        d for d in owed(desk, "mail") if desk.alerts[d.alert_id - 1].kind is AlertKind.CONTRADICTION
    ]
    assert follow_ups == []


def test_a_follow_up_goes_to_those_who_were_told_in_their_thread() -> None:
    desk = Desk(channels=(CHAT, Channel("baltic", "slack", states=("EE",))))
    desk.hear(an_item(1))
    (first,) = owed(desk)
    desk.deliveries[first.id] = replace(first, state=DeliveryState.SENT, thread="1718.42")
    desk.hear(an_item(2, "Official record", tier=Tier.OFFICIAL, published="2025-06-20"))
    follow = owed(desk)[-1]
    assert (follow.thread, desk.alerts[-1].follows) == ("1718.42", first.alert_id)
    assert owed(desk, "baltic") == []


def test_a_channel_that_asks_for_authority_hears_when_it_speaks() -> None:
    desk = Desk(channels=(CHAT, replace(CHAT, name="strict", min_tier=Tier.OFFICIAL)))
    desk.hear(an_item(1))
    assert owed(desk, "strict") == []
    desk.hear(an_item(2, "Official record", tier=Tier.OFFICIAL, published="2025-06-20"))
    assert [desk.alerts[d.alert_id - 1].kind for d in owed(desk, "strict")] == [AlertKind.PROMOTION]


def test_authority_is_news_for_those_who_waited_for_it_and_for_nobody_else() -> None:
    """Two ordinary outlets have confirmed it before the official one speaks."""
    desk = Desk(channels=(CHAT, replace(CHAT, name="strict", min_tier=Tier.OFFICIAL)))
    desk.hear(an_item(1))
    desk.hear(an_item(2, "Another outlet"), now=at("2025-06-19", 12))
    before = owed(desk)
    desk.hear(an_item(3, "Official record", tier=Tier.OFFICIAL, published="2025-06-20"))
    desk.hear(an_item(4, "Official record too", tier=Tier.OFFICIAL, published="2025-06-20"))
    (heard,) = owed(desk, "strict")
    assert (heard.due, owed(desk)) == (at("2025-06-20"), before)


def test_a_confirmation_joins_its_thread_at_once_and_is_else_a_line_of_the_digest() -> None:
    desk = Desk(channels=(CHAT, replace(CHAT, name="slack")))
    desk.hear(an_item(1))
    (first,) = owed(desk, "slack")
    desk.deliveries[first.id] = replace(first, state=DeliveryState.SENT, thread="1718.42")
    desk.hear(an_item(2, "Another outlet"), now=at("2025-06-19", 12))
    assert [d.due for d in owed(desk, "slack")][1:] == [at("2025-06-19", 12)]
    assert [d.due for d in owed(desk)][1:] == [at("2025-06-20", 8)]


def test_corroboration_alone_tells_nobody_again() -> None:
    desk = Desk()
    desk.hear(an_item(1), an_item(2, "b", language="fi"))
    before = len(desk.alerts)
    desk.hear(*(an_item(n, f"report {n}", language="sv") for n in range(3, 20)))
    assert len(desk.alerts) == before


def test_a_denial_by_authority_goes_to_exactly_those_who_were_told_wrong() -> None:
    mail = Channel("mail", "email", recipients=("a@example.org", "b@example.org"))
    desk = Desk(channels=(CHAT, mail, replace(CHAT, name="late", enabled=False)))
    desk.hear(an_item(1, "President signs", stage="W5_HEAD_OF_STATE"))
    sent = owed(desk) + owed(desk, "mail")
    for delivery in sent:
        desk.deliveries[delivery.id] = replace(delivery, state=DeliveryState.SENT, thread=f"t{delivery.id}")
    desk.channels = (*desk.channels[:2], replace(CHAT, name="late"))
    denied = an_item(
        2, "Chancery: not signed", stage="W5_HEAD_OF_STATE", modality=Modality.DENIED, tier=Tier.OFFICIAL
    )
    righted = desk.hear(denied)
    assert [(a.kind, a.urgency) for a in righted.alerts] == [(AlertKind.RETRACTION, Urgency.INSTANT)]
    assert {(d.channel, d.recipient, d.thread) for d in righted.deliveries} == {
        (d.channel, d.recipient, f"t{d.id}") for d in sent
    }


def test_what_was_not_sent_yet_is_cancelled_instead_of_corrected() -> None:
    desk = Desk()
    desk.hear(an_item(1, "President signs", stage="W5_HEAD_OF_STATE"))
    denied = an_item(2, "Not signed", stage="W5_HEAD_OF_STATE", modality=Modality.DENIED, tier=Tier.OFFICIAL)
    desk.hear(denied)
    assert [d.state for d in owed(desk)] == [DeliveryState.CANCELLED]


@pytest.mark.parametrize(
    ("tier", "told"),
    [(Tier.DEPOSITARY, True), (Tier.OFFICIAL, True), (Tier.MEDIA, False)],
)
def test_the_record_of_what_was_denied_is_news_and_an_echo_is_not(tier: Tier, told: bool) -> None:
    desk = Desk()
    desk.hear(an_item(1, "Notice given", stage="W6_NOTIFIED", on="2025-06-19"))
    desk.hear(
        an_item(2, "No notice", stage="W6_NOTIFIED", modality=Modality.DENIED, tier=Tier.OFFICIAL),
        now=at("2025-06-20"),
    )
    record = an_item(3, "Notice", stage="W6_NOTIFIED", on="2025-06-19", tier=tier, published="2025-06-21")
    heard = desk.hear(record)
    assert [(a.kind, a.urgency) for a in heard.alerts] == [(AlertKind.NEW, Urgency.INSTANT)] * told
    assert all(a.development and a.development.delta for a in heard.alerts)


def test_a_word_taken_back_reaches_those_who_heard_only_the_confirmation() -> None:
    desk = Desk(channels=(CHAT, replace(CHAT, name="strict", min_tier=Tier.OFFICIAL)))
    desk.hear(an_item(1))
    desk.hear(an_item(2, "Official record", tier=Tier.OFFICIAL, published="2025-06-20"))
    heard = owed(desk, "strict")
    assert len(heard) == 1
    desk.deliveries |= {d.id: replace(d, state=DeliveryState.SENT) for d in desk.deliveries.values()}
    desk.marks = (Mark(ItemId(1), "irrelevant"), Mark(ItemId(2), "irrelevant"))
    righted = desk.hear(desk.items[1], desk.items[2], now=at("2025-06-21"))
    assert [a.kind for a in righted.alerts] == [AlertKind.RETRACTION]
    assert sorted(d.channel for d in righted.deliveries) == ["chat", "strict"]


@pytest.mark.parametrize(
    ("state", "repeat", "told"),
    [
        (DeliveryState.SENT, False, True),
        (DeliveryState.SENDING, False, True),
        (DeliveryState.LATER, True, True),  # it may have arrived
        (DeliveryState.LATER, False, False),
        (DeliveryState.REFUSED, False, False),
        (DeliveryState.CANCELLED, False, False),
    ],
)
def test_a_retraction_reaches_who_got_it_and_nobody_else(
    state: DeliveryState, repeat: bool, told: bool
) -> None:
    desk = Desk(channels=(replace(CHAT, digest_enabled=False, instant=("parliament_vote",)),))
    desk.hear(an_item(1))
    (first,) = owed(desk)
    desk.deliveries[first.id] = replace(first, state=state, possible_repeat=repeat)
    desk.marks = (Mark(ItemId(1), "irrelevant"),)
    righted = desk.hear(desk.items[1], now=at("2025-06-20"))
    assert [d.alert_id for d in righted.deliveries if d.id != first.id] == [2] * told
    assert desk.deliveries[first.id].state is (
        DeliveryState.CANCELLED if state is DeliveryState.LATER else state
    )


def test_a_channel_without_digest_hears_at_once_what_came_of_its_alert() -> None:
    desk = Desk(channels=(replace(CHAT, digest_enabled=False),))
    desk.hear(an_item(1))
    desk.hear(an_item(2, "Another outlet"), now=at("2025-06-20"))
    assert [(a.kind, a.urgency) for a in desk.alerts][-1] == (AlertKind.PROMOTION, Urgency.DIGEST)
    assert [d.due for d in owed(desk)] == [at("2025-06-19"), at("2025-06-20")]


def test_reports_read_together_make_one_alert_with_all_its_sources() -> None:
    desk = Desk()
    desk.hear(an_item(1), an_item(2, "Another outlet", language="sv"))
    (alert,) = desk.alerts
    assert alert.development is not None
    assert (alert.kind, alert.development.standing.value, alert.items) == (AlertKind.NEW, "confirmed", (1, 2))
    assert len(owed(desk)) == 1


def test_a_lesser_source_s_denial_stands_beside_the_report() -> None:
    desk = Desk()
    desk.hear(an_item(1, tier=Tier.OFFICIAL))
    desk.hear(an_item(2, "Not so", modality=Modality.DENIED))
    assert [(a.kind, a.urgency) for a in desk.alerts][-1] == (AlertKind.CONTRADICTION, Urgency.DIGEST)


def test_the_analyst_s_word_takes_an_alert_back_from_those_who_had_it() -> None:
    desk = Desk()
    desk.hear(an_item(1))
    (first,) = owed(desk)
    desk.deliveries[first.id] = replace(first, state=DeliveryState.SENT, thread="x")
    desk.marks = (Mark(ItemId(1), "irrelevant"),)
    desk.hear(desk.items[1], now=at("2025-06-20"))
    assert told(desk.alerts)[-1] == ("2025-06-20", "retraction", "instant", "FI", "parliament_vote")
    assert owed(desk)[-1].thread == "x"
    again = desk.hear(desk.items[1], now=at("2025-06-21"))
    assert again.alerts == ()


def test_a_corrected_stage_corrects_the_alert() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Finland quits", stage="W5_HEAD_OF_STATE"))
    (first,) = owed(desk)
    desk.deliveries[first.id] = replace(first, state=DeliveryState.SENT)
    desk.marks = (Mark(ItemId(1), "stage", "parliament_vote"),)
    righted = desk.hear(desk.items[1], now=at("2025-06-20"))
    assert righted.alerts[0].kind is AlertKind.CORRECTION
    assert righted.alerts[0].text == "corrected by the analyst: FI: parliament votes to leave"
    assert {d.stage: d.standing.value for d in desk.developments.values()} == {
        "W5_HEAD_OF_STATE": "retracted",
        "W4_PARLIAMENT": "reported",
    }
    assert desk.hear(desk.items[1], now=at("2025-06-21")).alerts == ()


@pytest.mark.parametrize("day", ["2025-06-18", "2025-06-20", "2025-06-10", "2025-07-19"])
def test_a_corrected_day_however_near_is_told_to_who_got_the_wrong_one_and_to_nobody_else(day: str) -> None:
    got, waits, refused = (replace(CHAT, name=name) for name in ("got", "waits", "refused"))
    desk = Desk(channels=(got, waits, refused))
    desk.hear(an_item(1, on="2025-06-19"), an_item(2, "Another outlet", on="2025-06-19"))
    desk.deliveries |= {
        d.id: replace(
            d,
            state={"got": DeliveryState.SENT, "refused": DeliveryState.REFUSED}.get(d.channel, d.state),
            thread="x" if d.channel == "got" else "",
        )
        for d in desk.deliveries.values()
    }
    desk.marks = (Mark(ItemId(1), "date", day),)
    righted = desk.hear(desk.items[1], now=at("2025-06-20"))
    by_channel = {d.channel: d for d in righted.deliveries if d.state is DeliveryState.PENDING}
    alerts = {a.id: a for a in righted.alerts}
    kinds = {name: alerts[d.alert_id].kind for name, d in by_channel.items()}
    assert kinds == {"got": AlertKind.CORRECTION, "waits": AlertKind.NEW}
    assert by_channel["got"].thread == "x"
    assert {str(a.development.event_date) for a in righted.alerts if a.development} == {day}
    (development,) = desk.developments.values()
    assert (str(development.event_date), development.standing.value) == (day, "confirmed")
    assert development.story_id == desk.items[1].story_id
    correction = next(a for a in righted.alerts if a.kind is AlertKind.CORRECTION)
    assert correction.text == f"date corrected by the analyst: {day}, not 2025-06-19"
    assert not desk.hear(desk.items[1], desk.items[2], now=at("2025-06-21")).alerts
    desk.marks += (Mark(ItemId(2), "date", "2025-06-19"),)
    back = desk.hear(desk.items[2], now=at("2025-06-22"))
    assert [a.kind for a in back.alerts if a.kind is AlertKind.CORRECTION] == [AlertKind.CORRECTION]


def test_a_corrected_notice_moves_the_clock_and_one_taken_back_has_none() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Notice given", stage="W6_NOTIFIED", on="2025-06-19"))
    desk.deliveries |= {d.id: replace(d, state=DeliveryState.SENT) for d in desk.deliveries.values()}
    desk.marks = (Mark(ItemId(1), "date", "2025-06-18"),)
    desk.hear(desk.items[1], now=at("2025-06-20"))
    desk.marks += (Mark(ItemId(1), "irrelevant"),)
    desk.hear(desk.items[1], now=at("2025-06-21"))
    next_dates = [str(a.development.next_date) for a in desk.alerts if a.development]
    assert next_dates == ["2025-12-19", "2025-12-18", "None"]


def test_marks_of_state_and_date_win_too() -> None:
    desk = Desk()
    desk.marks = (Mark(ItemId(1), "state", "ee, lv"), Mark(ItemId(1), "date", "2025-06-17"))
    desk.hear(an_item(1))
    (development,) = desk.developments.values()
    assert (development.states, str(development.event_date)) == (("EE", "LV"), "2025-06-17")
