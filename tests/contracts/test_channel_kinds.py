"""What every file in notify/channels/ must keep, found by listing: a receipt, or TryLater or Refused.

A new kind is held to this by existing. It needs an example of its settings here, because only its
author knows what it needs.
"""

from __future__ import annotations

import inspect
import re
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from tests.notify.factories import (
    NAMES,
    NOW,
    a_channel,
    a_delivery,
    a_development,
    a_policy,
    an_alert,
    an_entry,
)
from tests.notify.factories import an_item as item_of
from tests.notify.hostile import TITLES, URLS
from tests.notify.servers import slack_faults
from watcher.errors import Refused, TryLater
from watcher.model import Channel, Evidence, Line, Message, Secret
from watcher.notify import channels
from watcher.notify.compose import Context, compose, tell
from watcher.notify.envelope import Payload, Sending
from watcher.notify.plan import plan

HUSH = "hush-hush-hush"


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "console": {},
    "file": {"folder": "out"},
    "slack": {"token": HUSH, "channel": "C1", "api_url": "http://127.0.0.1:{port}/api/"},
    "email": {
        "host": "127.0.0.1",
        "port": "{port}",
        "user": "desk",
        "password": HUSH,
        "from": "w@desk.example",
        "to": ["a@desk.example"],
    },
    "webhook": {"url": "http://127.0.0.1:{port}/" + HUSH, "secret": HUSH},
    "apprise": {"urls": ["json://user:" + HUSH + "@127.0.0.1:{port}/"]},
}
every_kind = pytest.mark.parametrize("kind", channels.kinds())


def settings_of(kind: str, folder: Path, port: int = 9) -> dict[str, object]:
    def filled(value: object) -> object:
        if isinstance(value, list):
            return [filled(one) for one in value]
        return value.replace("{port}", str(port)) if isinstance(value, str) else value

    found = {key: filled(value) for key, value in EXAMPLES[kind].items()}
    return {**found, "folder": str(folder)} if "folder" in found else found


def hostile_message(channel: Channel, title: str, url: str = "https://news.example/1") -> Message:
    """The text in every place that comes from outside: title, outlet, sentence, headings, notes."""
    entry = an_entry(1, title=title, url=url, summary=title, outlet=title)
    development = a_development(
        evidence=Evidence(title, "summary", "fi"), delta=(title,), since_baseline=(title,), next_what=title
    )
    alert = an_alert(1, development=development)
    rows = [a_delivery(1, channel=channel.name)]
    batch = plan(rows, {1: alert}, [channel], a_policy(), NOW).batches[0]
    told = [tell(alert, {1: item_of(1, entry=entry)}, {**NAMES, "FI": title or "Finland"}, NOW)]
    context = Context(NOW, NAMES, others=((title, (Line(title, url, title),)),), health=(title,))
    return compose(told, channel, context, replace(batch, kind="digest"))


@every_kind
def test_a_kind_offers_the_seam(kind: str) -> None:
    module: Any = channels.load(kind)
    assert kind in EXAMPLES, "give an example of its settings above"
    assert issubclass(module.Settings, BaseModel)
    assert isinstance(module.Settings.SECRETS, frozenset)
    assert set(module.Settings.model_fields) >= module.Settings.SECRETS
    assert list(inspect.signature(module.render).parameters) == ["message", "channel"]
    assert list(inspect.signature(module.send).parameters) == ["payload", "channel", "sending"]
    assert list(inspect.signature(module.recipients).parameters) == ["settings"]


@every_kind
def test_unknown_keys_are_refused_and_secrets_stay_secret(kind: str, tmp_path: Path) -> None:
    module: Any = channels.load(kind)
    settings = settings_of(kind, tmp_path)
    assert HUSH not in repr(module.Settings.model_validate(settings))
    with pytest.raises(ValidationError) as caught:
        module.Settings.model_validate({**settings, "colour_of_the_moon": HUSH})
    assert HUSH not in str(caught.value)


@every_kind
def test_a_secret_may_come_wrapped(kind: str, tmp_path: Path) -> None:
    module: Any = channels.load(kind)
    settings = settings_of(kind, tmp_path)
    for name in module.Settings.SECRETS & set(settings):
        value = settings[name]
        wrapped = [Secret(one) for one in value] if isinstance(value, list) else Secret(str(value))
        module.Settings.model_validate({**settings, name: wrapped})


@every_kind
def test_recipients_are_words_that_can_be_shown(kind: str, tmp_path: Path) -> None:
    module: Any = channels.load(kind)
    found = module.recipients(module.Settings.model_validate(settings_of(kind, tmp_path)))
    assert found
    assert len(set(found)) == len(found)
    assert HUSH not in "".join(found)


@every_kind
@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_hostile_titles(kind: str, title: str, tmp_path: Path) -> None:
    channel = a_channel(kind, settings=settings_of(kind, tmp_path))
    payloads = channels.load(kind).render(hostile_message(channel, title), channel)
    assert payloads
    for payload in payloads:
        check(kind, payload)
    assert [number for payload in payloads for number in payload.alerts] == [1]


@every_kind
@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_hostile_addresses(kind: str, url: str, tmp_path: Path) -> None:
    channel = a_channel(kind, settings=settings_of(kind, tmp_path))
    for payload in channels.load(kind).render(hostile_message(channel, "A title", url), channel):
        check(kind, payload)
        shown = str(payload.content)
        assert "javascript:" not in shown
        assert "data:text" not in shown
        assert "@evil.example" not in shown


def check(kind: str, payload: Payload) -> None:
    """What no title may do in this kind's markup."""
    content: Any = payload.content
    match kind:
        case "slack":
            assert slack_faults(content) == []
        case "email":
            raw = content.as_bytes()
            assert raw.isascii()
            assert b"\nBcc" not in raw
            html = content.get_body(("html",)).get_content()
            check_html(html)
        case "file":
            check_html(content["text"])
        case "console":
            coloured = re.sub(r"\x1b\[[0-9;]*m", "", content["terminal"])
            check_text(coloured)
            check_text(content["text"])
        case "apprise":
            check_text(content["body"])
        case _:
            content.encode("utf-8")


def check_text(text: str) -> None:
    """No control character but the new line, nothing that turns the direction of writing."""
    assert not [c for c in text if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0]
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(text)


def check_html(html: str) -> None:
    check_text(html)
    tags = re.findall(r"<\s*([a-zA-Z/!]+)([^>]*)>", html)
    assert {name.strip("/").lower() for name, _ in tags} <= {
        *(
            "!doctype",
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "div",
            "h",
            "h1",
            "h2",
            "h3",
            "p",
            "dl",
        ),
        *("dt", "dd", "blockquote", "a", "br", "code", "span", "ul", "li"),
    }
    for _, attributes in tags:
        assert " on" not in re.sub(r'"[^"]*"', "", attributes).lower()
        for address in re.findall(r'href="([^"]*)"', attributes):
            assert address.startswith(("https://", "http://"))


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise's own import
@every_kind
def test_a_send_gives_a_receipt_or_a_delivery_error(kind: str, tmp_path: Path) -> None:
    """Against a port where nobody listens: what leaves a kind is one of three things."""
    channel = a_channel(kind, settings=settings_of(kind, tmp_path / "out", _closed_port()))
    module = channels.load(kind)
    message = hostile_message(channel, "A title")
    to = module.recipients(module.Settings.model_validate(dict(channel.settings)))  # type: ignore[attr-defined]
    for payload in module.render(message, channel):
        sending = Sending(to, NOW, key=message.key, seconds=2.0, write=lambda text: None)
        try:
            receipt = module.send(payload, channel, sending)
            said = str(receipt)
        except (TryLater, Refused) as error:
            said = f"{error} {error!r} {error.__cause__!r}"
        assert HUSH not in said


@every_kind
def test_settings_that_make_no_sense_are_refused(kind: str) -> None:
    channel = a_channel(kind, settings={"no such key": HUSH})
    with pytest.raises(Refused) as caught:
        channels.load(kind).send(Payload({"text": "x", "terminal": "x"}), channel, Sending(("",), NOW))
    assert HUSH not in str(caught.value)
    assert caught.value.remedy


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="no such channel kind"):
        channels.load("pigeon")
