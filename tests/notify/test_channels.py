"""The smaller kinds: console, file, webhook, apprise."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.notify.factories import NOW, a_channel
from tests.notify.scenes import SCENES
from tests.notify.servers import Answer, http_sink, smtp_line_server
from tests.notify.test_email import mailbox
from tests.notify.test_slack import a_message, bot, hook
from watcher.errors import Refused, TryLater
from watcher.model import Channel, Message, Receipt, Secret
from watcher.notify import settings as shared
from watcher.notify.channels import apprise, console, email, file, slack, webhook
from watcher.notify.envelope import Sending, retry_after

SENDING = Sending(("",), NOW, key="0123456789abcdef", seconds=5.0)


def post(kind: Any, channel: Channel, message: Message | None = None, **sending: Any) -> Receipt:
    (payload,) = kind.render(message or a_message(channel=channel), channel)
    receipt: Receipt = kind.send(payload, channel, replace(SENDING, **sending))
    return receipt


# ── console ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("color", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colours_only_where_a_terminal_is(color: str, coloured: bool) -> None:
    written: list[str] = []
    post(console, a_channel(settings={"color": color}), write=written.append)
    assert ("\x1b[1m" in written[0]) is coloured
    assert "parliament voted to leave" in written[0]


def test_a_closed_standard_output_is_tried_again() -> None:
    def write(text: str) -> None:
        raise ValueError("I/O operation on closed file")

    with pytest.raises(TryLater):
        post(console, a_channel(), write=write)


# ── file ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("form", "begins"), [("html", "<!doctype html>"), ("txt", "Finland:"), ("json", "{")]
)
def test_one_file_for_each_message(tmp_path: Path, form: str, begins: str) -> None:
    channel = a_channel("file", settings={"folder": str(tmp_path / "a" / "b"), "format": form})
    receipt = post(file, channel)
    (found,) = (tmp_path / "a" / "b").iterdir()
    assert found.name == receipt.text == f"20250619T140500Z-alert-01234567.{form}"
    assert found.read_text(encoding="utf-8").startswith(begins)


def test_a_repeat_replaces_its_own_file(tmp_path: Path) -> None:
    channel = a_channel("file", settings={"folder": str(tmp_path)})
    post(file, channel)
    post(file, channel, replace(a_message(channel=channel), at=NOW + timedelta(hours=1)))
    post(file, channel, key="another")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_crash_while_writing_leaves_no_half_file(tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    def fault(point: str) -> None:
        raise Killed

    channel = a_channel("file", settings={"folder": str(tmp_path)})
    with pytest.raises(Killed):
        post(file, channel, fault=fault)
    assert not list(tmp_path.glob("*.html"))


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(Refused) as caught:
        post(file, a_channel("file", settings={"folder": str(tmp_path / "taken")}))
    assert "folder" in caught.value.remedy


# ── webhook ──────────────────────────────────────────────────────────────────────────────────


def test_a_signed_message_can_be_checked_by_its_receiver() -> None:
    with http_sink() as sink:
        post(webhook, a_channel("webhook", settings={"url": Secret(sink.url), "secret": Secret("hush")}))
        (got,) = sink.got
    timestamp = got.headers["x-watcher-timestamp"]
    digest = hmac.new(b"hush", timestamp.encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-watcher-signature"] == f"v1={digest}"
    assert timestamp == str(int(NOW.timestamp()))
    assert got.headers["idempotency-key"] == SENDING.key
    assert got.headers["content-type"] == "application/json; charset=utf-8"


def test_without_a_secret_nothing_is_signed() -> None:
    with http_sink() as sink:
        post(webhook, a_channel("webhook", settings={"url": sink.url, "headers": {"X-Desk": "mines"}}))
        (got,) = sink.got
    assert "x-watcher-signature" not in got.headers
    assert got.headers["x-desk"] == "mines"


def test_a_webhook_s_headers_are_secrets() -> None:
    settings = webhook.Settings.model_validate(
        {"url": "http://127.0.0.1/", "headers": {"X-Key": "t0ps3cret"}}
    )
    assert "t0ps3cret" not in repr(settings) + str(settings.model_dump())
    assert shared.without_secrets("echo t0ps3cret", settings) == "echo ***"
    assert "headers" in webhook.Settings.SECRETS  # so that env: and file: are understood there


@pytest.mark.parametrize("scene", SCENES)
def test_the_schema_is_the_documented_one(scene: str) -> None:
    channel = a_channel("webhook", settings={"url": "http://127.0.0.1:1"})
    (payload,) = webhook.render(SCENES[scene](channel), channel)
    told = json.loads(str(payload.content))
    text = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
    documented = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}

    def keys(value: object, at: str = "") -> set[str]:
        match value:
            case dict():
                return {f"{at}{key}" for key in value} | set().union(
                    *(keys(v, f"{at}{k}.") for k, v in value.items())
                )
            case list():
                return set().union(set(), *(keys(one, f"{at[:-1]}[].") for one in value))
            case _:
                return set()

    assert keys(told) <= documented
    assert told["schema"] == 1


def test_a_huge_answer_is_not_read_to_its_end() -> None:
    with http_sink(Answer(400, body="x" * 1_000_000)) as sink, pytest.raises(Refused) as caught:
        post(webhook, a_channel("webhook", settings={"url": sink.url}))
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("url", ["not an address", "ftp://host/x", "http://[::1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        post(webhook, a_channel("webhook", settings={"url": url}))


# ── apprise ──────────────────────────────────────────────────────────────────────────────────

imghdr = pytest.mark.filterwarnings(
    "ignore:'imghdr' is deprecated:DeprecationWarning"
)  # Apprise's own import


@imghdr
def test_apprise_tells_each_address_apart() -> None:
    pytest.importorskip("apprise")
    with http_sink() as well, http_sink(Answer(500)) as ill:
        urls = [well.url.replace("http", "json"), ill.url.replace("http", "json"), "nonsense"]
        channel = a_channel("apprise", settings={"urls": urls})
        to = apprise.recipients(apprise.Settings.model_validate(dict(channel.settings)))
        receipt = post(apprise, channel, recipients=to)
        assert to == ("json-1", "json-2", "nonsense-3")
        assert set(receipt.later) == {"json-2"}
        assert set(receipt.refused) == {"nonsense-3"}
        assert "parliament voted to leave" in well.got[0].json["message"]


@imghdr
def test_apprise_goes_only_to_those_still_owed() -> None:
    pytest.importorskip("apprise")
    with http_sink() as one, http_sink() as two:
        urls = [one.url.replace("http", "json"), two.url.replace("http", "json")]
        post(apprise, a_channel("apprise", settings={"urls": urls}), recipients=("json-2",))
        assert (len(one.got), len(two.got)) == (0, 1)


@pytest.mark.parametrize("kind", ["slack", "webhook", "email"])
@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_wrong_ca_file_is_refused(tmp_path: Path, kind: str, content: str | None) -> None:
    place = tmp_path / "ca.pem"
    if content is not None:
        place.write_text(content)
    channel = {
        "slack": a_channel("slack", settings={"webhook": "https://127.0.0.1:9/x", "ca_file": str(place)}),
        "webhook": a_channel("webhook", settings={"url": "https://127.0.0.1:9/x", "ca_file": str(place)}),
        "email": mailbox(9, tls="tls", ca_file=str(place)),
    }[kind]
    with pytest.raises(Refused) as caught:
        post(
            {"slack": slack, "webhook": webhook, "email": email}[kind],
            channel,
            recipients=("a@desk.example",),
        )
    assert "ca_file" in caught.value.remedy


# ── greetings ────────────────────────────────────────────────────────────────────────────────


def test_greetings_send_nothing() -> None:
    with smtp_line_server() as sink:
        assert "ready" in email.greet(mailbox(sink.port))
        assert not [line for line in sink.commands if line.startswith("MAIL")]
    body = json.dumps({"ok": True, "user": "watcher", "team": "Desk"})
    with http_sink(Answer(body=body), slack=True) as http:
        assert slack.greet(bot(http)) == "watcher in Desk"
        assert http.got[0].path == "/api/auth.test"
        assert "sample" in slack.greet(hook(http))
    with http_sink(Answer(error="invalid_auth"), slack=True) as http, pytest.raises(Refused):
        slack.greet(bot(http))


# ── Retry-After ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 0 ", 0),
        ("Thu, 19 Jun 2025 14:06:00 GMT", 60),
        ("Thu, 19 Jun 2025 13:00:00 GMT", 0),
        ("99999999999", 7 * 86400),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None) -> None:
    assert retry_after(value, NOW) == (None if seconds is None else NOW + timedelta(seconds=seconds))
