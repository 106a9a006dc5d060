from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notify.factories import (
    NOW,
    a_channel,
    a_delivery,
    a_development,
    a_policy,
    an_alert,
    an_ops_alert,
    later,
)
from watcher.model import Alert, AlertId, AlertKind, Channel, Delivery, DeliveryState, QuietHours, Urgency
from watcher.notify.plan import Plan, open_digest, plan

DIGEST = Urgency.DIGEST
WARSAW = ZoneInfo("Europe/Warsaw")
MAIL = (a_channel(recipients=("a@x", "b@x")),)


def planned(
    rows: list[Delivery],
    alerts: list[Alert],
    *,
    now: object = NOW,
    away: bool = False,
    channels: tuple[Channel, ...] = (a_channel(),),
    **policy: object,
) -> Plan:
    return plan(rows, {alert.id: alert for alert in alerts}, channels, a_policy(**policy), now, away=away)  # type: ignore[arg-type]


def shape(found: Plan) -> list[tuple[str, tuple[int, ...]]]:
    return [(batch.kind, tuple(alert.id for alert in batch.alerts)) for batch in found.batches]


def test_an_instant_alert_is_a_message_of_its_own() -> None:
    found = planned([a_delivery(1), a_delivery(2)], [an_alert(1), an_alert(2)])
    assert shape(found) == [("alert", (1,)), ("alert", (2,))]
    assert found.changed == ()


def test_what_is_not_due_or_not_open_is_left_alone() -> None:
    rows = [
        a_delivery(1, due=later(1)),
        a_delivery(2, state=DeliveryState.SENT, sent_at=NOW),
        a_delivery(3, state=DeliveryState.SENDING),
        a_delivery(4, state=DeliveryState.CANCELLED),
        a_delivery(5, state=DeliveryState.REFUSED),
        a_delivery(6, channel="elsewhere"),
    ]
    assert planned(rows, [an_alert(n) for n in range(1, 7)]) == Plan()


def test_digest_alerts_of_one_hour_are_one_message() -> None:
    alerts = [an_alert(1, urgency=DIGEST), an_alert(2, urgency=DIGEST), an_alert(3)]
    assert shape(planned([a_delivery(n) for n in (1, 2, 3)], alerts)) == [("alert", (3,)), ("digest", (1, 2))]


def test_an_empty_digest_hour_is_a_message_too() -> None:
    alert, rows = open_digest(a_channel(recipients=("a@x", "b@x")), NOW, AlertId(9), rows_from := 30, NOW)  # type: ignore[arg-type]
    assert [row.id for row in rows] == [rows_from, rows_from + 1]
    found = planned(list(rows), [alert], channels=MAIL)
    assert shape(found) == [("digest", (9,))]
    assert found.batches[0].recipients == ("a@x", "b@x")


def test_recipients_who_are_owed_the_same_share_a_message() -> None:
    rows = [a_delivery(1, recipient="a@x"), a_delivery(2, alert_id=1, recipient="b@x")]
    rows += [a_delivery(3, alert_id=2, recipient="b@x")]
    found = planned(rows, [an_alert(1), an_alert(2)], channels=MAIL)
    assert [(b.recipients, [a.id for a in b.alerts]) for b in found.batches] == [
        (("a@x", "b@x"), [1]),
        (("b@x",), [2]),
    ]


def test_who_is_no_longer_in_the_configuration_gets_nothing() -> None:
    rows = [a_delivery(1, recipient="gone@x"), a_delivery(2, alert_id=1, recipient="a@x")]
    found = planned(rows, [an_alert(1)], channels=MAIL)
    assert [batch.recipients for batch in found.batches] == [("a@x",)]


def test_many_at_once_make_one_message() -> None:
    numbers = range(1, 8)
    assert shape(planned([a_delivery(n) for n in numbers], [an_alert(n) for n in numbers])) == [
        ("catchup", tuple(numbers))
    ]


def test_after_a_gap_everything_is_one_message() -> None:
    found = planned([a_delivery(1), a_delivery(2)], [an_alert(1), an_alert(2)], away=True)
    assert shape(found) == [("catchup", (1, 2))]


def test_alerts_that_had_to_wait_are_one_message_and_say_so() -> None:
    old = {"created": NOW - timedelta(hours=3)}
    found = planned([a_delivery(1, **old), a_delivery(2, **old)], [an_alert(1), an_alert(2)])
    assert shape(found) == [("catchup", (1, 2))]
    assert found.batches[0].waited


@pytest.mark.parametrize(
    ("kind", "goes"),
    [("parliament_vote", False), ("notified_un", True), ("in_effect", True)],
)
def test_quiet_hours_hold_all_but_what_may_wake_people(kind: str, goes: bool) -> None:
    quiet = QuietHours(time(22), time(7), WARSAW)
    night = NOW.replace(hour=23)
    alert = an_alert(1, development=a_development(development=kind))
    found = planned([a_delivery(1)], [alert], now=night, quiet=quiet)
    assert bool(found.batches) is goes
    if not goes:
        (held,) = found.changed
        assert held.due == NOW.replace(day=20, hour=5, minute=0)
        assert (held.state, held.reason) == (DeliveryState.PENDING, "quiet hours")
        morning = planned([held], [alert], now=held.due, quiet=quiet)
        assert shape(morning) == [("alert", (1,))]
        assert morning.batches[0].waited


def test_a_channel_has_quiet_hours_of_its_own() -> None:
    quiet = QuietHours(time(0), time(23, 59), ZoneInfo("UTC"))
    found = planned([a_delivery(1)], [an_alert(1)], channels=(a_channel(quiet=quiet),))
    assert found.batches == ()


def test_the_hourly_limit_folds_the_rest_into_one() -> None:
    numbers = range(1, 6)
    alerts = [an_alert(n, development=a_development(weight=float(n))) for n in numbers]
    found = planned([a_delivery(n) for n in numbers], alerts, max_per_hour=3)
    assert shape(found) == [("alert", (5,)), ("alert", (4,)), ("catchup", (1, 2, 3))]


def test_a_spent_hour_holds_until_there_is_room() -> None:
    sent = [
        a_delivery(n, state=DeliveryState.SENT, sent_at=NOW - timedelta(minutes=50 - n), batch=f"m{n}")
        for n in (1, 2, 3)
    ]
    found = planned([*sent, a_delivery(4)], [an_alert(n) for n in (1, 2, 3, 4)], max_per_hour=3)
    assert found.batches == ()
    assert found.changed[0].due == NOW + timedelta(minutes=11)
    assert found.changed[0].reason == "hourly limit"


def test_one_message_to_many_recipients_counts_once() -> None:
    sent = [
        a_delivery(n, alert_id=1, recipient=f"{n}@x", state=DeliveryState.SENT, sent_at=NOW, batch="m1")
        for n in range(1, 6)
    ]
    found = planned([*sent, a_delivery(9)], [an_alert(1), an_alert(9)], max_per_hour=2)
    assert shape(found) == [("alert", (9,))]


@given(st.integers(1, 30), st.integers(1, 8), st.integers(0, 9))
def test_never_more_than_the_limit_and_nothing_lost(owed: int, limit: int, already: int) -> None:
    sent = [a_delivery(100 + n, state=DeliveryState.SENT, sent_at=NOW, batch=f"m{n}") for n in range(already)]
    rows = [a_delivery(n) for n in range(1, owed + 1)]
    alerts = [an_alert(n) for n in range(1, owed + 1)] + [an_alert(100 + n) for n in range(already)]
    found = planned([*sent, *rows], alerts, max_per_hour=limit)
    assert len(found.batches) + already <= max(limit, already)
    settled = [row.id for batch in found.batches for row in batch.deliveries] + [r.id for r in found.changed]
    assert sorted(settled) == [row.id for row in rows]


def test_a_follow_up_answers_the_message_it_follows() -> None:
    first = a_delivery(1, state=DeliveryState.SENT, sent_at=NOW - timedelta(days=2), thread="1750.0001")
    follow = an_alert(2, kind=AlertKind.PROMOTION, follows=AlertId(1))
    found = planned([first, a_delivery(2)], [an_alert(1), follow])
    assert shape(found) == [("followup", (2,))]
    assert found.batches[0].thread == "1750.0001"


def test_a_follow_up_of_a_follow_up_stays_in_the_thread() -> None:
    first = a_delivery(1, state=DeliveryState.SENT, thread="1750.0001")
    alerts = [an_alert(1), an_alert(2, follows=AlertId(1)), an_alert(3, follows=AlertId(2))]
    assert planned([first, a_delivery(3)], alerts).batches[0].thread == "1750.0001"


@pytest.mark.parametrize(
    ("kind", "channel", "thread", "goes_as"),
    [
        (AlertKind.UPDATE, "slack", "1750.0001", "followup"),  # a reply in a thread makes no noise
        (AlertKind.UPDATE, "slack", "", "digest"),  # a webhook has no threads
        (AlertKind.UPDATE, "email", "<a@x>", "digest"),  # one more mail would
        (AlertKind.CONTRADICTION, "email", "<a@x>", "followup"),
        (AlertKind.CONTRADICTION, "file", "", "digest"),
        (AlertKind.NEW, "slack", "1750.0001", "digest"),
    ],
)
def test_follow_ups_that_do_not_interrupt(kind: AlertKind, channel: str, thread: str, goes_as: str) -> None:
    old = NOW - timedelta(days=1)
    first = a_delivery(1, state=DeliveryState.SENT, thread=thread)
    follow = an_alert(2, kind=kind, urgency=DIGEST, follows=AlertId(1))
    rows = [first, a_delivery(2, created=old)]
    found = planned(rows, [an_alert(1), follow], channels=(a_channel(channel),))
    assert shape(found) == [(goes_as, (2,))]
    assert not found.batches[0].waited, "it had its hour to wait for"


def test_replies_do_not_become_a_catch_up() -> None:
    """They were due at the digest's hour: nothing was late."""
    old = NOW - timedelta(hours=9)
    sent = [a_delivery(n, state=DeliveryState.SENT, thread=f"<{n}@x>") for n in (1, 2)]
    alerts = [an_alert(1), an_alert(2)]
    alerts += [
        an_alert(n + 2, kind=AlertKind.CONTRADICTION, urgency=DIGEST, follows=AlertId(n)) for n in (1, 2)
    ]
    rows = [*sent, a_delivery(3, created=old), a_delivery(4, created=old)]
    assert shape(planned(rows, alerts)) == [("followup", (3,)), ("followup", (4,))]


def test_a_follow_up_of_what_is_still_owed_goes_with_it() -> None:
    alerts = [an_alert(1), an_alert(2, follows=AlertId(1)), an_alert(3)]
    found = planned([a_delivery(n) for n in (1, 2, 3)], alerts)
    assert shape(found) == [("catchup", (1, 2)), ("alert", (3,))]


def test_a_possible_repeat_is_the_same_message_again() -> None:
    """Later news must not join it: it would change its id, and so make a copy that no program can drop."""
    fresh = planned([a_delivery(1), a_delivery(2)], [an_alert(1), an_alert(2)], away=True).batches[0]
    rows = [
        replace(row, state=DeliveryState.LATER, possible_repeat=True, batch=fresh.key)
        for row in fresh.deliveries
    ]
    again = planned([*rows, a_delivery(3)], [an_alert(n) for n in (1, 2, 3)])
    assert shape(again) == [("catchup", (1, 2)), ("alert", (3,))]
    assert again.batches[0].key == fresh.key
    assert [batch.possible_repeat for batch in again.batches] == [True, False]


def test_the_same_alert_has_the_same_key_whoever_it_goes_to() -> None:
    one = planned([a_delivery(1, recipient="a@x")], [an_alert(1)], channels=MAIL).batches[0]
    other = planned(
        [a_delivery(5, alert_id=1, recipient="b@x", due=NOW)], [an_alert(1)], channels=MAIL
    ).batches[0]
    assert one.key == other.key


def test_a_later_word_on_the_same_trouble_replaces_the_earlier() -> None:
    stuck = "ops:outbox:2025-06-19T08:00:00+00:00"
    alerts = [
        an_ops_alert(1, key=f"{stuck}:1h"),
        an_ops_alert(2, key=f"{stuck}:6h"),
        an_ops_alert(3, key="ops:sources:2025-06-19T08:00:00+00:00:1h"),
    ]
    found = planned([a_delivery(n) for n in (1, 2, 3)], alerts)
    assert shape(found) == [("ops", (2, 3))]
    assert [(row.id, row.state) for row in found.changed] == [(1, DeliveryState.CANCELLED)]


def test_a_switched_off_channel_sends_nothing() -> None:
    assert planned([a_delivery(1)], [an_alert(1)], channels=(a_channel(enabled=False),)) == Plan()
