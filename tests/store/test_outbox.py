"""The outbox: owed, in flight, settled; and alerts that are told once for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.nouns import NOW, a_delivery, a_development, an_alert, found
from watcher.errors import NotFound, StoreError
from watcher.model import AlertId, AlertKind, Delivery, DeliveryState, Urgency
from watcher.store import alerts, channels, deliveries, findings
from watcher.store.database import Database

HOUR = timedelta(hours=1)


@pytest.fixture
def owing(db: Database) -> Database:
    """One alert, owed to readers 1 (now), 2 (in an hour), 3 (retried, an hour ago), 4 (sent)."""
    rows = (
        a_delivery(1),
        a_delivery(2, due=NOW + HOUR),
        a_delivery(3, due=NOW - HOUR, state=DeliveryState.LATER, attempts=2),
        a_delivery(4, state=DeliveryState.SENT, sent_at=NOW - HOUR),
    )
    findings.commit(db, found(alerts=(an_alert(1),), deliveries=rows))
    return db


def flying(rows: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    return tuple(replace(r, state=DeliveryState.SENDING, attempts=r.attempts + 1, last_try=NOW) for r in rows)


def test_what_is_due_comes_oldest_first(owing: Database) -> None:
    assert [one.id for one in deliveries.due(owing, NOW)] == [3, 1]
    assert [one.id for one in deliveries.due(owing, NOW + HOUR)] == [3, 1, 2]
    assert [one.id for one in deliveries.owed(owing)] == [3, 1, 2]
    assert deliveries.next_due(owing) == NOW - HOUR
    box = deliveries.outbox(owing, NOW)
    assert (box.owed, box.overdue, box.overdue_since) == (3, 2, NOW - HOUR)


def test_an_empty_outbox(db: Database) -> None:
    box = deliveries.outbox(db, NOW)
    assert (box.owed, box.overdue, box.overdue_since) == (0, 0, None)
    assert deliveries.next_due(db) is None
    assert deliveries.due(db, NOW) == deliveries.recover(db, NOW) == ()


def test_what_is_in_flight_is_not_due_and_is_found_again_as_a_possible_repeat(owing: Database) -> None:
    marked = deliveries.mark_sending(owing, flying(deliveries.due(owing, NOW)))
    assert [(one.id, one.attempts, one.last_try) for one in marked] == [(3, 3, NOW), (1, 1, NOW)]
    assert deliveries.due(owing, NOW) == ()
    again = deliveries.recover(owing, NOW + HOUR)
    assert {(one.id, one.possible_repeat, one.state) for one in again} == {
        (1, True, DeliveryState.LATER),
        (3, True, DeliveryState.LATER),
    }
    assert {one.id for one in deliveries.due(owing, NOW + HOUR)} == {1, 2, 3}
    assert deliveries.recover(owing, NOW + HOUR) == ()


def test_what_was_sent_is_settled(owing: Database) -> None:
    (first, *_) = deliveries.mark_sending(owing, flying(deliveries.due(owing, NOW)))
    sent = replace(first, state=DeliveryState.SENT, receipt="250 ok", sent_at=NOW)
    deliveries.record(owing, (sent,))
    assert deliveries.get(owing, first.id) == sent
    assert deliveries.sent_since(owing, "console", NOW - HOUR) == 2
    assert deliveries.sent_since(owing, "console", NOW) == 1
    assert deliveries.sent_since(owing, "slack", NOW - HOUR) == 0
    assert [one.id for one in deliveries.settled_since(owing, NOW)] == [first.id]
    assert deliveries.settled_since(owing, NOW + HOUR) == ()


def test_what_was_cancelled_while_it_was_composed_does_not_go_out(owing: Database) -> None:
    due = deliveries.due(owing, NOW)
    deliveries.cancel(owing, 3, NOW)
    assert [one.id for one in deliveries.mark_sending(owing, flying(due))] == [1]
    assert deliveries.get(owing, 3).state is DeliveryState.CANCELLED


def test_by_hand(owing: Database) -> None:
    assert deliveries.cancel(owing, 2, NOW).state is DeliveryState.CANCELLED
    assert deliveries.retry(owing, 2, NOW).due == NOW
    assert {one.id for one in deliveries.due(owing, NOW)} == {1, 2, 3}
    with pytest.raises(StoreError, match="is sent already"):
        deliveries.retry(owing, 4, NOW)
    with pytest.raises(NotFound):
        deliveries.cancel(owing, 99, NOW)


def test_one_row_for_each_alert_channel_and_recipient(owing: Database) -> None:
    with pytest.raises(StoreError, match="UNIQUE"):
        findings.commit(owing, found(deliveries=(a_delivery(9, recipient="reader-1"),)))


def test_a_delivery_without_its_alert_is_refused_with_the_whole_batch(db: Database) -> None:
    batch = found(developments=(a_development(),), deliveries=(a_delivery(1, alert=77),))
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        findings.commit(db, batch)
    assert deliveries.owed(db) == ()


def test_the_same_news_never_makes_two_alerts(db: Database) -> None:
    findings.commit(db, found(alerts=(an_alert(1, key="new|FI"),), deliveries=(a_delivery(1),)))
    again = an_alert(2, key="new|FI", text="told again")
    other = an_alert(3, key="new|PL")
    twin = an_alert(4, key="new|PL")
    batch = (a_delivery(2, alert=2), a_delivery(3, alert=3), a_delivery(4, alert=4))
    findings.commit(db, found(alerts=(again, other, twin), deliveries=batch))
    assert [alert.id for alert in alerts.page(db)] == [3, 1]
    assert [one.alert_id for one in deliveries.owed(db)] == [1, 3]


def test_an_alert_keeps_the_development_as_it_was_told(db: Database) -> None:
    told = a_development(1)
    findings.commit(db, found(developments=(told,), alerts=(an_alert(1, development=told),)))
    findings.commit(db, found(developments=(replace(told, sources=5),)))
    assert alerts.get(db, 1).development == told
    assert alerts.of_developments(db) == (an_alert(1, development=told),)


def test_an_ack_outlives_the_alert_being_saved_again(db: Database) -> None:
    findings.commit(db, found(alerts=(an_alert(1),)))
    assert alerts.ack(db, 1, "ana").acked_by == "ana"
    findings.commit(db, found(alerts=(an_alert(1, title="x"),)))
    assert (alerts.get(db, 1).acked_by, alerts.get(db, 1).title) == ("ana", "x")
    assert alerts.ack(db, 1, "").acked_by == ""
    with pytest.raises(NotFound):
        alerts.ack(db, 9, "ana")


def test_pages_of_alerts(db: Database) -> None:
    rows = tuple(
        an_alert(n, kind=AlertKind.OPS if n % 2 else AlertKind.NEW, at=NOW + n * HOUR, urgency=Urgency.DIGEST)
        for n in range(1, 9)
    )
    findings.commit(db, found(alerts=rows))
    assert [alert.id for alert in alerts.page(db, limit=3)] == [8, 7, 6]
    assert [alert.id for alert in alerts.page(db, limit=3, before=6)] == [5, 4, 3]
    assert [alert.id for alert in alerts.page(db, kinds=(AlertKind.OPS,), since=NOW + 4 * HOUR)] == [7, 5]
    assert [alert.id for alert in alerts.operational_since(db, NOW + 4 * HOUR)] == [7, 5]


def test_a_channel_starts_from_when_it_was_first_seen(db: Database) -> None:
    channels.register(db, ("console", "slack"), NOW)
    later = channels.register(db, ("slack", "email", "email"), NOW + HOUR)
    assert later == {"console": NOW, "slack": NOW, "email": NOW + HOUR} == channels.since(db)


def test_numbers_that_another_process_has_used_meanwhile_are_refused(owing: Database) -> None:
    late = found(alerts=(an_alert(1, key="another"),), deliveries=(a_delivery(1),))
    with pytest.raises(StoreError, match="another process"):
        findings.commit(owing, late)
    with pytest.raises(StoreError, match="another process"):
        findings.commit(owing, found(alerts=(an_alert(2),), deliveries=(a_delivery(1, alert_id=AlertId(2)),)))
    assert [one.key for one in alerts.page(owing)] == [an_alert(1).key]
    assert deliveries.get(owing, 1) == a_delivery(1)
