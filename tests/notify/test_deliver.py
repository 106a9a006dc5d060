from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notify.factories import (
    NAMES,
    NOW,
    a_channel,
    a_delivery,
    a_development,
    a_policy,
    an_alert,
    an_item,
    later,
)
from tests.notify.servers import Answer, http_sink
from watcher.model import Alert, AlertId, Channel, Delivery, DeliveryState, DevelopmentId, Message
from watcher.notify import channels as kinds
from watcher.notify.compose import Context, compose, tell
from watcher.notify.deliver import (
    GIVE_UP_AFTER,
    Tools,
    attempt,
    due_again,
    recover,
    skip,
    speak,
    worth_sending,
)
from watcher.notify.plan import Batch, open_digest, plan


class Outbox:
    """Rows by id, every change in its order: what a database would hold."""

    def __init__(self, rows: Iterable[Delivery] = ()) -> None:
        self.rows = {row.id: row for row in rows}
        self.states: list[tuple[int, str]] = []
        self.threads: set[int] = set()

    def mark(self, rows: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
        gone = {row.id for row in self.rows.values() if row.state is DeliveryState.CANCELLED}
        free = tuple(row for row in rows if row.id not in gone)
        self.write(free)
        return free

    def write(self, rows: tuple[Delivery, ...]) -> None:
        self.threads.add(threading.get_ident())
        for row in rows:
            self.rows[row.id] = row
            self.states.append((row.id, row.state.value))


def tools(outbox: Outbox, now: datetime = NOW, **changes: object) -> Tools:
    known = {"jitter": lambda: 0.0, "wait": lambda seconds: None, "clock": lambda: now}
    return Tools(mark=outbox.mark, record=outbox.write, **{**known, **changes})  # type: ignore[arg-type]


def work_of(
    rows: Iterable[Delivery], alerts: Iterable[Alert], channels: Iterable[Channel], now: datetime = NOW
) -> list[tuple[Batch, Message, Channel]]:
    by_id, by_name = {alert.id: alert for alert in alerts}, {channel.name: channel for channel in channels}
    found = plan(rows, by_id, by_name.values(), a_policy(), now)
    context = Context(now, NAMES)
    work = []
    for batch in found.batches:
        told = [tell(alert, {1: an_item(1)}, NAMES, now) for alert in batch.alerts]
        channel = by_name[batch.channel]
        work.append((batch, compose(told, channel, context, batch), channel))
    return work


def hook(url: str, name: str = "desk", **settings: object) -> Channel:
    return a_channel("webhook", name=name, settings={"url": url, "timeout_seconds": 1.0, **settings})


# ── one attempt ──────────────────────────────────────────────────────────────────────────────


def test_a_delivery_is_marked_before_it_leaves_and_settled_by_the_servers_word() -> None:
    outbox = Outbox([a_delivery(1)])
    seen: list[str] = []
    with http_sink() as sink:
        (work,) = work_of(outbox.rows.values(), [an_alert(1)], [hook(sink.url)])
        (row,) = attempt(*work, tools(outbox, fault=seen.append))
        assert len(sink.got) == 1
    assert outbox.states == [(1, "sending"), (1, "sent")]
    assert (row.receipt, row.attempts, row.sent_at, row.reason) == ("HTTP 200", 1, NOW, "")
    assert seen == ["before-mark", "marked", "answered-head", "answered", "recorded"]


@pytest.mark.parametrize(
    ("answer", "state", "uncertain"),
    [
        (Answer(500), "later", False),
        (Answer(503), "later", False),
        (Answer(504), "later", True),
        (Answer(429), "later", False),
        (Answer(drop=True), "later", True),
        (Answer(hang=True), "later", True),
        (Answer(404), "refused", False),
        (Answer(401), "refused", False),
        (Answer(302), "refused", False),
    ],
    ids=lambda value: (
        str(value) if not isinstance(value, Answer) else f"{value.status}{value.drop}{value.hang}"
    ),
)
def test_failures_are_for_now_or_for_good(answer: Answer, state: str, uncertain: bool) -> None:
    outbox = Outbox([a_delivery(1)])
    with http_sink(answer) as sink:
        (work,) = work_of(outbox.rows.values(), [an_alert(1)], [hook(sink.url, timeout_seconds=0.2)])
        (row,) = attempt(*work, tools(outbox))
    assert row.state.value == state
    assert row.possible_repeat is uncertain
    assert row.reason
    if state == "later":
        assert row.due == NOW + timedelta(seconds=30)


def test_a_server_that_is_not_there_cannot_have_taken_anything() -> None:
    outbox = Outbox([a_delivery(1)])
    with http_sink() as sink:
        gone = sink.url
    (work,) = work_of(outbox.rows.values(), [an_alert(1)], [hook(gone)])
    (row,) = attempt(*work, tools(outbox))
    assert (row.state, row.possible_repeat) == (DeliveryState.LATER, False)


def test_the_servers_own_word_on_when_is_kept() -> None:
    outbox = Outbox([a_delivery(1)])
    with http_sink(
        Answer(429, retry_after="120"), Answer(503, retry_after="Thu, 19 Jun 2025 15:00:00 GMT")
    ) as sink:
        for expected in (NOW + timedelta(seconds=120), NOW.replace(hour=15, minute=0)):
            (work,) = work_of([a_delivery(1)], [an_alert(1)], [hook(sink.url)])
            (row,) = attempt(*work, tools(outbox))
            assert row.due == expected


def test_500_three_times_then_ok_arrives_once() -> None:
    row, now = a_delivery(1), NOW
    outbox = Outbox([row])
    with http_sink(*[Answer(500)] * 3) as sink:
        for _ in range(4):
            (work,) = work_of([row], [an_alert(1)], [hook(sink.url)], now)
            (row,) = attempt(*work, tools(outbox, now))
            now = max(now, row.due)
        assert len(sink.taken) == 1
        assert not sink.taken[0]["possible_repeat"]
    assert (row.state, row.attempts) == (DeliveryState.SENT, 4)


def test_a_lost_acknowledgement_makes_one_extra_copy_that_says_so() -> None:
    row = a_delivery(1)
    outbox = Outbox([row])
    with http_sink(Answer(drop=True)) as sink:
        (work,) = work_of([row], [an_alert(1)], [hook(sink.url)])
        (row,) = attempt(*work, tools(outbox))
        (work,) = work_of([row], [an_alert(1)], [hook(sink.url)], row.due)
        (row,) = attempt(*work, tools(outbox, row.due))
        first, second = (got.json for got in sink.got)
    assert row.state is DeliveryState.SENT
    assert (first["possible_repeat"], second["possible_repeat"]) == (False, True)
    assert first["key"] == second["key"]
    assert "Possible repeat" in second["notes"][0]


# ── waiting ──────────────────────────────────────────────────────────────────────────────────


def test_waits_double_to_an_hour_and_end_after_three_days() -> None:
    waits, attempts = [], 0
    while (due := due_again(attempts + 1, NOW)) is not None:
        waits.append((due - NOW).total_seconds())
        attempts += 1
    assert waits[:4] == [30, 60, 120, 240]
    assert max(waits) == 3600
    assert GIVE_UP_AFTER <= timedelta(seconds=sum(waits)) < GIVE_UP_AFTER + timedelta(hours=1)


@given(st.integers(1, 70), st.floats(0, 1))
def test_jitter_only_lengthens_by_a_quarter(attempts: int, jitter: float) -> None:
    plain, moved = due_again(attempts, NOW), due_again(attempts, NOW, jitter)
    assert plain is not None
    assert moved is not None
    assert plain <= moved <= NOW + (plain - NOW) * 1.25


def test_after_three_days_the_row_stops_and_keeps_its_reason() -> None:
    outbox = Outbox()
    with http_sink(Answer(500)) as sink:
        (work,) = work_of([a_delivery(1, attempts=90)], [an_alert(1)], [hook(sink.url)])
        (row,) = attempt(*work, tools(outbox))
    assert row.state is DeliveryState.REFUSED
    assert row.reason == "given up after three days: HTTP 500"


def test_rows_found_sending_at_a_start_are_possible_repeats() -> None:
    rows = [a_delivery(1, state=DeliveryState.SENDING, batch="k"), a_delivery(2)]
    (row,) = recover(rows, later(5))
    assert (row.id, row.state, row.due, row.possible_repeat, row.batch) == (
        1,
        DeliveryState.LATER,
        later(5),
        True,
        "k",
    )


# ── many channels ────────────────────────────────────────────────────────────────────────────


def test_one_stuck_channel_delays_no_other() -> None:
    rows = [
        a_delivery(1, channel="stuck"),
        a_delivery(2, channel="stuck", alert_id=2),
        a_delivery(3, alert_id=1),
    ]
    outbox = Outbox(rows)

    def after_the_other() -> float:
        """The deadline passes once the other channel is done."""
        return 1000.0 if (3, "sent") in outbox.states else 0.0

    with http_sink(Answer(hang=True)) as stuck, http_sink() as well:
        work = work_of(
            rows, [an_alert(1), an_alert(2)], [hook(stuck.url, "stuck", timeout_seconds=9), hook(well.url)]
        )
        settled = {row.id: row for row in speak(work, tools(outbox, seconds=0.2))}
    assert settled[3].state is DeliveryState.SENT
    assert settled[1].state is DeliveryState.LATER
    assert settled[1].possible_repeat
    assert outbox.rows[2] == rows[1]  # its turn never came: still owed as it was
    assert outbox.states.index((3, "sent")) < outbox.states.index((1, "later"))


def test_channels_send_side_by_side_and_only_the_caller_writes() -> None:
    names = [f"c{n}" for n in range(4)]
    rows = [a_delivery(n, alert_id=1, channel=name) for n, name in enumerate(names, 1)]
    outbox, meeting = Outbox(rows), threading.Barrier(4, timeout=5)

    def write(text: str) -> None:
        meeting.wait()  # every channel must be here at once

    work = work_of(rows, [an_alert(1)], [a_channel(name=name) for name in names])
    settled = speak(work, tools(outbox, write=write))
    assert {row.state for row in settled} == {DeliveryState.SENT}
    assert outbox.threads == {threading.get_ident()}


def test_one_channel_sends_in_order_and_keeps_its_distance() -> None:
    waits: list[float] = []
    rows = [a_delivery(n) for n in (1, 2, 3)]
    with http_sink(slack=True) as sink:
        channel = a_channel("slack", settings={"webhook": sink.url + "/hook"})
        work = work_of(rows, [an_alert(n) for n in (1, 2, 3)], [channel])
        speak(work, tools(Outbox(rows), wait=waits.append, monotonic=lambda: 100.0))
        assert len(sink.taken) == 3
    assert waits == [1.0, 1.0]


def test_stopping_leaves_the_rest_owed() -> None:
    rows = [a_delivery(n) for n in (1, 2)]
    outbox, told = Outbox(rows), []
    work = work_of(rows, [an_alert(1), an_alert(2)], [a_channel()])
    settled = speak(work, tools(outbox, write=told.append, stopping=lambda: len(told) > 0))
    assert len(told) == 1
    assert [row.id for row in settled] == [1]
    assert outbox.rows[2].state is DeliveryState.PENDING


def test_a_broken_pipe_is_tried_again() -> None:
    def write(text: str) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    (work,) = work_of([a_delivery(1)], [an_alert(1)], [a_channel()])
    (row,) = attempt(*work, tools(Outbox(), write=write))
    assert row.state is DeliveryState.LATER


def test_a_wrong_setting_is_refused_with_its_key_and_without_its_value() -> None:
    wrong = a_channel("webhook", settings={"url": "http://127.0.0.1:1", "sekret": "hunter2"})
    (work,) = work_of([a_delivery(1)], [an_alert(1)], [wrong])
    (row,) = attempt(*work, tools(Outbox()))
    assert row.state is DeliveryState.REFUSED
    assert "sekret" in row.reason
    assert "hunter2" not in row.reason


# ── parts ────────────────────────────────────────────────────────────────────────────────────


def test_what_an_earlier_part_told_is_not_told_again() -> None:
    """A digest of several posts whose second post fails: the first post's alerts are settled."""
    numbers = range(1, 31)
    rows = [a_delivery(n) for n in numbers]
    outbox = Outbox(rows)
    alerts = [an_alert(n, development=a_development(id=DevelopmentId(n))) for n in numbers]
    with http_sink(Answer(), Answer(500), slack=True) as sink:
        channel = a_channel("slack", settings={"webhook": sink.url + "/hook"})
        (work,) = work_of(rows, alerts, [channel])
        assert len(kinds.load("slack").render(work[1], channel)) > 1
        speak([work], tools(outbox))
        sent = {row.id for row in outbox.rows.values() if row.state is DeliveryState.SENT}
        left = [row for row in outbox.rows.values() if row.state is DeliveryState.LATER]
        assert sent
        assert sent | {row.id for row in left} == set(numbers)
        again = work_of(left, alerts, [channel], left[0].due)
        speak(again, tools(outbox, left[0].due))
        assert {row.state for row in outbox.rows.values()} == {DeliveryState.SENT}
        told = "".join(str(payload["blocks"]) for payload in sink.taken)
        assert not sink.faults
    assert told.count("watcher show 1") == len(numbers)


# ── digests ──────────────────────────────────────────────────────────────────────────────────


def test_an_empty_digest_says_so_and_can_be_switched_off() -> None:
    alert, rows = open_digest(a_channel(), NOW, AlertId(5), a_delivery(9).id, NOW)
    ((batch, message, _),) = work_of(rows, [alert], [a_channel()])
    assert message.told == ()
    assert message.subject == "Digest, 19 June 2025: nothing new"
    assert worth_sending(message, a_policy())
    assert not worth_sending(message, a_policy(empty_digest=False))
    (row,) = skip(batch, "nothing to say")
    assert row.state is DeliveryState.CANCELLED
