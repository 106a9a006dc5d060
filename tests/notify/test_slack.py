from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.notify.factories import (
    NAMES,
    NOW,
    a_channel,
    a_delivery,
    a_development,
    a_policy,
    an_alert,
    an_item,
)
from tests.notify.servers import Answer, HttpSink, http_sink
from watcher.errors import Refused, TryLater
from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Channel,
    DevelopmentId,
    Line,
    Message,
    Receipt,
    Secret,
    Standing,
    Urgency,
)
from watcher.notify.channels import slack
from watcher.notify.compose import Context, compose, tell
from watcher.notify.envelope import Payload, Sending
from watcher.notify.plan import Batch, plan

SENDING = Sending(recipients=("",), now=NOW, key="k", seconds=5.0)


def hook(sink: HttpSink, **settings: object) -> Channel:
    return a_channel("slack", settings={"webhook": Secret(f"{sink.url}/services/T0/B0/x"), **settings})


def bot(sink: HttpSink, **settings: object) -> Channel:
    known = {"token": Secret("xoxb-hush"), "channel": "C0123456789", "api_url": f"{sink.url}/api/"}
    return a_channel("slack", settings={**known, **settings})


def a_message(
    alerts: Iterable[Alert] = (), channel: Channel | None = None, thread: str = "", others: Any = ()
) -> Message:
    alerts = tuple(alerts) or (an_alert(1),)
    channel = channel or a_channel("slack")
    rows = [a_delivery(alert.id, thread=thread) for alert in alerts]
    found = plan(
        rows, {alert.id: alert for alert in alerts}, [channel], a_policy(), NOW, away=len(alerts) > 1
    )
    batch: Batch = found.batches[0]
    told = [tell(alert, {1: an_item(1)}, NAMES, NOW) for alert in batch.alerts]
    if others:
        batch = replace(batch, kind="digest")
    return compose(told, channel, Context(NOW, NAMES, others=others), batch)


def post(message: Message, channel: Channel) -> list[Receipt]:
    return [slack.send(payload, channel, SENDING) for payload in slack.render(message, channel)]


# ── what is posted ───────────────────────────────────────────────────────────────────────────


def test_a_webhook_message() -> None:
    with http_sink(slack=True) as sink:
        (receipt,) = post(a_message(), hook(sink))
    assert (receipt.text, receipt.thread) == ("ok", "")
    (sent,) = sink.taken
    assert sent["text"] == "Finland: parliament voted to leave (157 to 18)"
    assert [block["type"] for block in sent["blocks"]] == ["header", "section", "section", "context"]
    assert sent["unfurl_links"] is False
    assert not sink.faults


def test_a_bot_message_gives_the_thread_that_a_follow_up_answers() -> None:
    follow = an_alert(2, kind=AlertKind.PROMOTION, follows=AlertId(1))
    with http_sink(slack=True) as sink:
        (receipt,) = post(a_message(), bot(sink))
        (reply,) = post(a_message([follow], thread=receipt.thread), bot(sink))
    first, second = sink.taken
    assert sink.got[0].headers["authorization"] == "Bearer xoxb-hush"
    assert first["channel"] == "C0123456789"
    assert "thread_ts" not in first
    assert second["thread_ts"] == receipt.thread == "1750.0001"
    assert second["reply_broadcast"] is True
    assert reply.thread == receipt.thread


def test_a_corroboration_is_a_quiet_reply() -> None:
    update = an_alert(2, kind=AlertKind.UPDATE, urgency=Urgency.DIGEST, follows=AlertId(1))
    with http_sink(slack=True) as sink:
        post(a_message([update], thread="1750.0001"), bot(sink))
    assert sink.taken[0]["reply_broadcast"] is False


def test_a_reply_to_a_message_that_was_deleted_stands_alone() -> None:
    with http_sink(Answer(error="thread_not_found"), slack=True) as sink:
        (receipt,) = post(a_message(thread="1.0"), bot(sink))
    assert "thread_ts" not in sink.taken[0]
    assert receipt.thread == "1750.0001"


def test_a_long_digest_is_split_between_items() -> None:
    alerts = [
        an_alert(
            n,
            development=a_development(
                id=DevelopmentId(n), delta=("new " * 100,), since_baseline=("then " * 100,)
            ),
        )
        for n in range(1, 40)
    ]
    lines = tuple(Line(f"Report {n} " + "x" * 200, f"https://news.example/{n}", "Outlet") for n in range(200))
    with http_sink(slack=True) as sink:
        channel = hook(sink)
        payloads = slack.render(a_message(alerts, others=(("Finland", lines),)), channel)
        for payload in payloads:
            slack.send(payload, channel, SENDING)
    assert not sink.faults
    assert len(payloads) > 2
    assert [number for payload in payloads for number in payload.alerts] == list(range(1, 40))
    for payload in payloads:
        assert isinstance(payload.content, dict)
        shown = str(payload.content["blocks"])
        assert shown.count("parliament voted to leave") == len(payload.alerts)
    everything = "".join(str(payload.content) for payload in payloads)
    assert all(f"Report {n} " in everything for n in range(200))


def test_a_digest_of_one_development_is_still_a_digest() -> None:
    message = a_message([an_alert(1, urgency=Urgency.DIGEST)])
    (payload,) = slack.render(message, a_channel("slack"))
    assert isinstance(payload.content, dict)
    first, *rest = payload.content["blocks"]
    assert first["text"]["text"] == "Digest, 19 June 2025: 1 development"
    assert "*Finland: parliament voted to leave (157 to 18)*" in str(rest)


def test_a_headline_too_long_for_a_header_is_there_in_full() -> None:
    long = a_development(
        states=("EE", "LV", "LT", "PL"),
        stage="W7_EFFECTIVE",
        substep="held",
        standing=Standing.DUE,
        next_what="",
        figures=(),
    )
    (payload,) = slack.render(a_message([an_alert(1, development=long)]), a_channel("slack"))
    assert isinstance(payload.content, dict)
    assert "(Art. 20(3))" in str(payload.content["blocks"][1:])


# ── what Slack answers ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [hook, bot])
@pytest.mark.parametrize(
    "error",
    ["invalid_blocks", "channel_not_found", "invalid_auth", "no_service", "is_archived", "token_revoked"],
)
def test_permanent_errors_are_refused_with_a_remedy(make: Any, error: str) -> None:
    with http_sink(Answer(error=error), slack=True) as sink, pytest.raises(Refused) as caught:
        post(a_message(), make(sink))
    assert error in caught.value.message
    assert caught.value.remedy
    assert len(sink.got) == 1


@pytest.mark.parametrize("make", [hook, bot])
@pytest.mark.parametrize(
    ("answer", "uncertain"),
    [
        (Answer(500), False),
        (Answer(503), False),
        (Answer(504), True),
        (Answer(drop=True), True),
        (Answer(hang=True), True),
        (Answer(200, body="<html>Please log in to the hotel's network</html>"), False),
    ],
    ids=["500", "503", "504", "drop", "hang", "portal"],
)
def test_temporary_errors_are_tried_again(make: Any, answer: Answer, uncertain: bool) -> None:
    with http_sink(answer, slack=True) as sink:
        with pytest.raises(TryLater) as caught:
            post(a_message(), make(sink, timeout_seconds=1))
        assert len(sink.got) == 1, "slack_sdk must not retry by itself"
    assert caught.value.uncertain is uncertain


@pytest.mark.parametrize("make", [hook, bot])
def test_retry_after_is_kept(make: Any) -> None:
    limited = Answer(429, retry_after="30", body='{"ok": false, "error": "ratelimited"}')
    with http_sink(limited, slack=True) as sink, pytest.raises(TryLater) as caught:
        post(a_message(), make(sink))
    assert caught.value.not_before == NOW + timedelta(seconds=30)
    assert not caught.value.uncertain


def test_nobody_there_is_certain() -> None:
    with http_sink(slack=True) as sink:
        channel = bot(sink)
    with pytest.raises(TryLater) as caught:
        post(a_message(), channel)
    assert not caught.value.uncertain


@pytest.mark.parametrize("make", [hook, bot])
def test_no_secret_in_any_error(make: Any) -> None:
    for answer in (Answer(500), Answer(drop=True), Answer(error="invalid_auth"), Answer(404, body="gone")):
        with http_sink(answer, slack=True) as sink, pytest.raises((TryLater, Refused)) as caught:
            post(a_message(), make(sink))
        said = f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r} {getattr(caught.value, 'remedy', '')}"
        assert "xoxb-hush" not in said
        assert "/services/T0" not in said


# ── settings ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"webhook": "https://hooks.slack.com/x", "token": "xoxb-1", "channel": "C1"},
        {"token": "xoxb-1"},
        {"webhook": "http://hooks.slack.com/services/x"},
        {"token": "xoxb-1", "channel": "C1", "api_url": "http://slack.example/api/"},
        {"webhook": "ftp://hooks.slack.com/services/x"},
        {"webhook": "not an address"},
        {"webhok": "https://hooks.slack.com/x"},
    ],
)
def test_wrong_settings_are_refused_before_anything_is_sent(settings: dict[str, object]) -> None:
    with pytest.raises(Refused) as caught:
        slack.send(Payload({"text": "x", "blocks": []}), a_channel("slack", settings=settings), SENDING)
    assert caught.value.remedy
    assert "xoxb" not in str(caught.value)
