from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tests.notify.factories import NOW, a_channel, a_delivery, an_ops_alert
from watcher.model import Alert, AlertId, Channel, Delivery, DeliveryState, Ids, PollState, SourceId
from watcher.notify.ops import DigestFact, Trouble, ops_alerts, ops_deliveries, troubles

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GRACE = timedelta(minutes=90)


def polls(failing: int, total: int, since: datetime) -> tuple[PollState, ...]:
    return tuple(
        PollState(
            SourceId(f"s{n}"),
            failures=3 if n < failing else 0,
            error="dns" if n < failing else None,
            last_ok=since if n < failing else NOW,
            last_poll=NOW,
            polls=9,
        )
        for n in range(total)
    )


def wrong(
    deliveries: tuple[Delivery, ...] = (),
    states: tuple[PollState, ...] = (),
    digests: tuple[DigestFact, ...] = (),
    now: datetime = NOW,
) -> tuple[Trouble, ...]:
    return troubles(deliveries, states, digests, now, GRACE)


def names(found: tuple[Trouble, ...]) -> list[str]:
    return [trouble.name for trouble in found]


# ── what is a trouble ────────────────────────────────────────────────────────────────────────


def tried(number: int, attempts: int, ago: timedelta, **changes: object) -> Delivery:
    state = DeliveryState.LATER
    return a_delivery(number, state=state, attempts=attempts, last_try=NOW - ago, due=NOW + HOUR, **changes)


def test_an_outbox_that_has_been_tried_in_vain_for_an_hour() -> None:
    (found,) = wrong((tried(1, 1, HOUR, reason="HTTP 500"), tried(2, 1, HOUR / 2)))
    assert (found.name, found.since, found.facts["count"], found.facts["reason"]) == (
        "outbox",
        NOW - HOUR,
        2,
        "HTTP 500",
    )
    assert wrong((tried(2, 1, HOUR / 2),)) == ()


def test_a_row_that_is_tried_again_and_again_is_old_although_it_was_tried_just_now() -> None:
    assert names(wrong((tried(1, 9, timedelta()),))) == ["outbox"]
    assert wrong((tried(1, 5, timedelta()),)) == ()


def test_what_waits_for_its_hour_is_no_trouble() -> None:
    held = a_delivery(1, due=NOW + 5 * HOUR, created=NOW - 5 * HOUR, reason="quiet hours")
    sent = a_delivery(2, state=DeliveryState.SENT, due=NOW - DAY, last_try=NOW - DAY)
    woken = a_delivery(3, due=NOW - 10 * HOUR, created=NOW - 11 * HOUR)  # the machine was off
    weekly = tried(4, 1, timedelta(), created=NOW - 6 * DAY)  # found long ago, due and tried just now
    assert wrong((held, sent, woken, weekly)) == ()


def test_most_sources_failing_for_an_hour() -> None:
    assert names(wrong(states=polls(51, 100, NOW - 2 * HOUR))) == ["sources"]
    assert wrong(states=polls(50, 100, NOW - 2 * HOUR)) == ()
    assert wrong(states=polls(100, 100, NOW - HOUR / 2)) == ()
    assert wrong(states=()) == ()


def test_paused_retired_and_unpolled_sources_do_not_count() -> None:
    states = polls(2, 3, NOW - 2 * HOUR)
    assert wrong(states=(replace(states[0], paused=True), *states[1:])) == ()
    assert wrong(states=(replace(states[0], retired=True), *states[1:])) == ()
    assert wrong(states=(replace(states[0], polls=0), *states[1:])) == ()


def test_no_digest_delivered_for_longer_than_schedule_and_grace() -> None:
    assert wrong(digests=(DigestFact("desk", NOW - GRACE),)) == ()
    late = DigestFact("desk", NOW - GRACE - timedelta(minutes=1))
    assert names(wrong(digests=(late,))) == ["digest:desk"]
    assert wrong(digests=(DigestFact("desk", None),)) == ()


def test_a_digest_that_nobody_has_tried_yet_is_not_missing() -> None:
    """After a night switched off the digest is made up for at once; an alarm beside it would be noise."""
    hour = NOW - 10 * HOUR
    fact = DigestFact("desk", hour)
    opened = a_delivery(1, due=hour, created=NOW)
    assert wrong((opened,), digests=(fact,)) == ()
    assert names(wrong((opened, tried(2, 2, HOUR / 4)), digests=(fact,))) == ["digest:desk"]
    assert names(wrong((replace(opened, channel="other"),), digests=(fact,))) == ["digest:desk"]


def test_a_refused_channel_until_it_takes_something_again() -> None:
    refused = a_delivery(
        1, state=DeliveryState.REFUSED, last_try=NOW - HOUR, reason="invalid_auth. Set `token`."
    )
    assert names(wrong((refused,))) == ["refused:desk"]
    assert wrong((refused, a_delivery(2, state=DeliveryState.SENT, last_try=NOW))) == ()
    other = a_delivery(3, recipient="b@x", state=DeliveryState.SENT, last_try=NOW)
    assert names(wrong((replace(refused, recipient="a@x"), other))) == ["refused:desk/a@x"]


# ── what is said of it ───────────────────────────────────────────────────────────────────────


def live(hours: int, until: int, every_minutes: int = 10) -> list[Alert]:
    """The alarms of `hours` of watching while most sources fail from hour 0 until hour `until`."""
    start, told = NOW, []
    for minute in range(0, hours * 60, every_minutes):
        now = start + timedelta(minutes=minute)
        found = (
            (Trouble("sources", start, {"count": 60, "total": 72, "reason": "dns"}),)
            if HOUR <= now - start < until * HOUR
            else ()
        )
        told += ops_alerts(found, told, now, AlertId(len(told) + 1))
    return told


def test_it_escalates_and_ends_and_never_repeats_itself() -> None:
    told = live(hours=24 * 5, until=24 * 4 + 1)
    assert [alert.title for alert in told] == [
        "Most sources have failed for an hour",
        "Most sources still fail after 6 hours: news is being missed",
        "Most sources have failed for a day: news is being missed",
        "Most sources have failed for 2 days: news is being missed",
        "Most sources have failed for 3 days: news is being missed",
        "Most sources have failed for 4 days: news is being missed",
        "Most sources answer again",
    ]
    assert [round((alert.at - NOW) / HOUR) for alert in told] == [1, 6, 24, 48, 72, 96, 97]
    assert len({alert.key for alert in told}) == len(told)
    assert len({(alert.title, alert.text) for alert in told}) == len(told)
    assert told[0].text.startswith(
        "60 of 72 sources fail since 19 Jun 2025, 14:05 UTC. Most often: its host name"
    )
    assert told[-1].text == "The failure lasted 4 days."
    assert [alert.id for alert in told] == list(range(1, 8))


def test_a_second_episode_is_news_again() -> None:
    first = live(hours=4, until=2)
    again = NOW + DAY
    trouble = Trouble("sources", again, {"count": 60, "total": 72, "reason": "dns"})
    (alert,) = ops_alerts([trouble], first, again + HOUR, AlertId(9))
    assert alert.key not in {old.key for old in first}


def test_an_episode_keeps_its_start_when_the_oldest_row_is_settled() -> None:
    """Otherwise a slowly moving outbox would begin a new episode with every row, and ring each time."""
    told = list(ops_alerts([Trouble("outbox", NOW, {"count": 3})], [], NOW + HOUR, AlertId(1)))
    moved = Trouble("outbox", NOW + 2 * HOUR, {"count": 2})
    assert ops_alerts([moved], told, NOW + 3 * HOUR, AlertId(2)) == ()
    (alert,) = ops_alerts([moved], told, NOW + 6 * HOUR, AlertId(2))
    assert alert.title == "Deliveries still stuck after 6 hours"


def test_words_of_every_trouble_at_every_step() -> None:
    facts = {"channel": "desk", "count": 3, "total": 9, "reason": "HTTP 500", "last": NOW - DAY}
    for name in ("digest:desk", "outbox", "sources", "refused:desk"):
        told: list[Alert] = []
        for lasts in (timedelta(minutes=20), HOUR, 6 * HOUR, DAY, 2 * DAY, 9 * DAY):
            told += ops_alerts([Trouble(name, NOW, facts)], told, NOW + lasts, AlertId(1))
        told += ops_alerts([], told, NOW + 10 * DAY, AlertId(1))
        assert len({alert.title for alert in told}) == 7
        assert all("{" not in f"{alert.title}{alert.text}" and alert.text for alert in told)


# ── who is told ──────────────────────────────────────────────────────────────────────────────


def rows_of(alert: Alert, *channels: Channel) -> list[tuple[str, str]]:
    found = ops_deliveries([alert], channels, Ids(delivery=5), NOW)
    assert [row.id for row in found] == list(range(5, 5 + len(found)))
    return [(row.channel, row.recipient) for row in found]


def test_all_channels_are_told_unless_some_ask_for_it() -> None:
    one, two = a_channel(name="one"), a_channel(name="two", recipients=("a@x", "b@x"))
    assert rows_of(an_ops_alert(), one, two) == [("one", ""), ("two", "a@x"), ("two", "b@x")]
    assert rows_of(an_ops_alert(), one, replace(two, ops=True)) == [("two", "a@x"), ("two", "b@x")]
    assert rows_of(an_ops_alert(), replace(one, ops=False), two) == [("two", "a@x"), ("two", "b@x")]
    assert rows_of(an_ops_alert(), replace(one, enabled=False), two) == [("two", "a@x"), ("two", "b@x")]


def test_a_refused_channel_is_reported_through_another() -> None:
    (alert,) = ops_alerts(
        [Trouble("refused:one", NOW, {"channel": "one", "reason": "invalid_auth"})], [], NOW, AlertId(1)
    )
    assert alert.title == "one refuses messages"
    assert rows_of(alert, a_channel(name="one", ops=True), a_channel(name="two")) == [("two", "")]
    assert rows_of(alert, a_channel(name="one")) == [("one", "")]
