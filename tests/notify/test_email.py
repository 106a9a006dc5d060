from __future__ import annotations

import asyncio
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.notify.factories import NOW, a_channel, an_alert
from tests.notify.hostile import TITLES
from tests.notify.servers import certificate, server_context, smtp_line_server
from tests.notify.test_slack import a_message
from watcher.errors import Refused, TryLater
from watcher.model import Channel, Message, Receipt, Secret
from watcher.notify.channels import email
from watcher.notify.envelope import Sending

with warnings.catch_warnings():  # aiosmtpd 1.4 still names attributes that newer Pythons deprecate
    warnings.simplefilter("ignore", DeprecationWarning)
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

THREE = ("a@desk.example", "b@desk.example", "c@desk.example")


def mailbox(port: int, **settings: object) -> Channel:
    known: dict[str, object] = {
        "host": "localhost",
        "port": port,
        "tls": "none",
        "from": "Mine watch <watch@desk.example>",
        "to": THREE[:1],
        "timeout_seconds": 2.0,
    }
    return a_channel("email", settings={**known, **settings})


def post(
    channel: Channel, to: tuple[str, ...] = THREE[:1], message: Message | None = None, **sending: Any
) -> Receipt:
    message = message or a_message(channel=channel)
    (payload,) = email.render(message, channel)
    return email.send(payload, channel, Sending(recipients=to, now=NOW, key=message.key, **sending))


def mail_of(message: Message, **settings: object) -> EmailMessage:
    channel = mailbox(25, **settings)
    (payload,) = email.render(message, channel)
    assert isinstance(payload.content, EmailMessage)
    read = message_from_bytes(payload.content.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


# ── a real server: aiosmtpd ──────────────────────────────────────────────────────────────────


@dataclass
class Sink:
    mails: list[Any] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((session.ssl is not None, list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 2.0.0 queued as 42"


@contextmanager
def server(ssl_context: ssl.SSLContext | None = None, **options: Any) -> Iterator[Sink]:
    """aiosmtpd on a port of the system's choosing, which its own Controller cannot do."""
    sink, ready, loop = Sink(), threading.Event(), asyncio.new_event_loop()

    async def start() -> asyncio.Server:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "auth required without TLS" and the like: that is the test
            return await loop.create_server(
                lambda: SMTP(sink, hostname="localhost", **options), "127.0.0.1", 0, ssl=ssl_context
            )

    def run() -> None:
        asyncio.set_event_loop(loop)
        listening = loop.run_until_complete(start())
        sink.port = listening.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()
        listening.close()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


def check(server: object, session: object, envelope: object, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk", b"hush")
    return AuthResult(success=good, handled=False)


def test_starttls_and_authentication(pair: tuple[Path, Path]) -> None:
    options = {
        "tls_context": server_context(*pair),
        "require_starttls": True,
        "authenticator": check,
        "auth_required": True,
    }
    with server(**options) as sink:
        channel = mailbox(
            sink.port, tls="starttls", ca_file=str(pair[0]), user="desk", password=Secret("hush")
        )
        receipt = post(channel)
        with pytest.raises(Refused) as caught:
            post(
                mailbox(
                    sink.port, tls="starttls", ca_file=str(pair[0]), user="desk", password=Secret("wrong")
                )
            )
    assert receipt.text == "250 2.0.0 queued as 42"
    ((encrypted, to, raw),) = sink.mails
    assert encrypted
    assert to == ["a@desk.example"]
    assert b"parliament voted to leave" in raw
    assert "password" in caught.value.remedy
    assert "wrong" not in str(caught.value)


def test_tls_from_the_first_byte(pair: tuple[Path, Path]) -> None:
    with server(ssl_context=server_context(*pair)) as sink:
        post(mailbox(sink.port, tls="tls", ca_file=str(pair[0])))
        assert len(sink.mails) == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_gets_nothing(pair: tuple[Path, Path], tls: str) -> None:
    context = server_context(*pair)
    with server(**({"tls_context": context} if tls == "starttls" else {"ssl_context": context})) as sink:
        with pytest.raises(TryLater) as caught:
            post(mailbox(sink.port, tls=tls))
        assert "ca_file" in str(caught.value)
        assert not caught.value.uncertain
        assert sink.mails == []


def test_a_certificate_for_another_host_gets_nothing(tmp_path: Path) -> None:
    pair = certificate(tmp_path, "elsewhere.example")
    with server(tls_context=server_context(*pair)) as sink:
        with pytest.raises(TryLater):
            post(mailbox(sink.port, tls="starttls", ca_file=str(pair[0])))
        assert sink.mails == []


def test_a_starttls_downgrade_is_refused() -> None:
    with smtp_line_server() as sink, pytest.raises(Refused) as caught:
        post(mailbox(sink.port, tls="starttls", user="desk", password=Secret("hush")))
    assert "tls" in caught.value.remedy
    assert not [line for line in sink.commands if line.startswith(("MAIL", "AUTH"))]


# ── outcomes, one for each recipient ─────────────────────────────────────────────────────────


def test_one_refused_of_three_touches_nobody_else() -> None:
    with smtp_line_server(answers={f"rcpt:{THREE[1]}": ["550 5.1.1 no such user"]}) as sink:
        receipt = post(mailbox(sink.port, to=THREE), THREE)
    assert receipt.refused == {THREE[1]: "550 5.1.1 no such user"}
    assert receipt.later == {}
    assert not receipt.uncertain
    ((_, to, raw),) = sink.mails
    assert to == [THREE[0], THREE[2]]
    assert b"b@desk.example" not in raw


def test_each_kind_of_answer_for_its_own_recipient() -> None:
    answers = {f"rcpt:{THREE[0]}": ["451 4.7.1 greylisted"], f"rcpt:{THREE[1]}": ["550 no"]}
    with smtp_line_server(answers=answers) as sink:
        receipt = post(mailbox(sink.port, to=THREE), THREE)
    assert receipt.later == {THREE[0]: "451 4.7.1 greylisted"}
    assert receipt.refused == {THREE[1]: "550 no"}
    assert [to for _, to, _ in sink.mails] == [[THREE[2]]]


def test_the_only_recipient_refused() -> None:
    answers = {f"rcpt:{THREE[0]}": ["550 5.1.1 no such user"]}
    with smtp_line_server(answers=answers) as sink, pytest.raises(Refused) as caught:
        post(mailbox(sink.port))
    assert "550" in caught.value.message
    assert sink.mails == []


def test_451_three_times_then_taken() -> None:
    with smtp_line_server(answers={"text": ["451 busy"] * 3}) as sink:
        for _ in range(3):
            with pytest.raises(TryLater) as caught:
                post(mailbox(sink.port))
            assert not caught.value.uncertain
        post(mailbox(sink.port))
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    ("answers", "error", "uncertain"),
    [
        ({"text": ["drop in text"]}, TryLater, True),
        ({"text": ["drop"]}, TryLater, True),
        ({"text": ["hang"]}, TryLater, True),
        ({"data": ["drop"]}, TryLater, True),
        ({"data": ["451 later"]}, TryLater, False),
        ({"data": ["554 no"]}, Refused, False),
        ({"text": ["552 too big"]}, Refused, False),
        ({"mail": ["451 later"]}, TryLater, False),
        ({"mail": ["553 no such sender"]}, Refused, False),
        ({"mail": ["drop"]}, TryLater, False),
        ({"mail": ["hang"]}, TryLater, False),
        ({f"rcpt:{THREE[0]}": ["421 shutting down"]}, TryLater, False),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_faults_at_every_step(answers: dict[str, list[str]], error: type[Exception], uncertain: bool) -> None:
    with smtp_line_server(answers=answers) as sink, pytest.raises(error) as caught:
        post(mailbox(sink.port, timeout_seconds=0.3))
    assert getattr(caught.value, "uncertain", False) is uncertain


def test_a_drop_in_the_text_with_one_already_refused() -> None:
    answers = {f"rcpt:{THREE[0]}": ["550 no"], "text": ["drop in text"]}
    with smtp_line_server(answers=answers) as sink:
        receipt = post(mailbox(sink.port, to=THREE), THREE)
    assert receipt.refused == {THREE[0]: "550 no"}
    assert set(receipt.later) == set(THREE[1:])
    assert receipt.uncertain


def test_nobody_there() -> None:
    with smtp_line_server() as sink:
        port = sink.port
    with pytest.raises(TryLater) as caught:
        post(mailbox(port))
    assert not caught.value.uncertain


def test_a_server_without_authentication() -> None:
    with smtp_line_server() as sink, pytest.raises(Refused) as caught:
        post(mailbox(sink.port, user="desk", password=Secret("hush")))
    assert "user" in caught.value.remedy


# ── the mail itself ──────────────────────────────────────────────────────────────────────────


def test_headers() -> None:
    mail = mail_of(a_message(), unsubscribe="desk@desk.example")
    assert mail["Subject"] == "Finland: parliament voted to leave (157 to 18)"
    assert mail["From"].addresses[0].addr_spec == "watch@desk.example"
    assert mail["Date"].datetime == NOW
    assert mail["List-Id"] == "<watcher.desk.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<mailto:desk@desk.example?subject=unsubscribe>"
    assert mail["In-Reply-To"] is None
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_repeat_carries_the_same_message_id_and_another_alert_does_not() -> None:
    first, again = a_message(), replace(a_message(), possible_repeat=True)
    assert mail_of(first)["Message-ID"] == mail_of(again)["Message-ID"]
    assert mail_of(first)["Message-ID"] != mail_of(a_message([an_alert(2)]))["Message-ID"]
    assert mail_of(first)["Message-ID"].endswith("@desk.example>")


def test_a_follow_up_joins_its_thread() -> None:
    first = mail_of(a_message())["Message-ID"]
    follow = mail_of(a_message([an_alert(2)], thread=first))
    assert (follow["In-Reply-To"], follow["References"]) == (first, first)


def test_what_was_composed_is_the_same_bytes_every_time() -> None:
    assert mail_of(a_message()).as_bytes() == mail_of(a_message()).as_bytes()


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_hostile_subjects_stay_one_header(title: str) -> None:
    mail = mail_of(replace(a_message(), subject=title))
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject", [])) == 1
    assert len(mail["Subject"]) <= 200
    raw = email.render(replace(a_message(), subject=title), mailbox(25))[0].content
    assert isinstance(raw, EmailMessage)
    for line in raw.as_bytes().split(b"\r\n"):
        assert len(line) <= 998
        assert b"\n" not in line
        assert line.isascii()


def test_a_line_of_dots_does_not_end_the_mail() -> None:
    message = a_message()
    body = {"text": "before\n.\nafter\n..\n", "html": "<p>x</p>"}
    with smtp_line_server() as sink:
        post(mailbox(sink.port), message=replace(message, bodies=body))
    assert b"after" in sink.mails[0][2]


def test_an_address_of_another_script() -> None:
    with smtp_line_server() as sink:
        receipt = post(mailbox(sink.port, to=THREE[:1]), ("a@пошта.example", "ім'я@desk.example"))
        ((_, to, _),) = sink.mails
    assert to == ["a@xn--80a1acn3a.example"]
    assert set(receipt.refused) == {"ім'я@desk.example"}


@pytest.mark.parametrize(
    "settings",
    [
        {"to": []},
        {"to": ["nobody"]},
        {"from": "watch"},
        {"tls": "ssl"},
        {"to": ["a@b.example\r\nBcc: x@y.example"]},
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(Refused):
        email.render(a_message(), mailbox(25, **settings))


def test_recipients_are_bare_addresses_once() -> None:
    settings = {
        "host": "h",
        "from": "w@x.example",
        "to": ["Anna <a@x.example>", "a@x.example", "b@x.example"],
    }
    assert email.recipients(settings) == ("a@x.example", "b@x.example")
