"""E-mail over SMTP: text and HTML, STARTTLS, TLS or none. Every recipient has an outcome of its own.

The Message-ID is made from the message's key, so a repeat is the same message to a mail program. A
server that should offer STARTTLS and does not is refused: nothing, and no password, goes in clear.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, field_validator

from watcher.errors import Refused, TryLater
from watcher.model import Channel, Message, Receipt
from watcher.notify import settings as shared
from watcher.notify.envelope import Payload, Sending
from watcher.notify.markup import cut, one_line
from watcher.notify.wording import body

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\"\\\x00-\x1f\x7f]+@[^@\s<>()\[\],;:\"\\\x00-\x1f\x7f]+")
_MOST_SUBJECT = 200
_FAREWELL_SECONDS = 5.0


class Settings(shared.Settings):
    """`from` and `to` are addresses, with or without a name. `unsubscribe`: an address or a link.

    `list_id` is made from the sender's domain unless it is set. `ca_file`: a private authority.
    """

    model_config = ConfigDict(populate_by_name=True)
    SECRETS: ClassVar[frozenset[str]] = frozenset({"password"})
    host: str
    port: int | None = None
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: shared.Hidden | None = None
    sender: str = Field(alias="from")
    to: tuple[str, ...]
    list_id: str = ""
    unsubscribe: str = ""
    timeout_seconds: float = 30.0
    ca_file: Path | None = None

    @field_validator("to", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _each_an_address(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            if not _is_address(text):
                raise ValueError(f"{text!r} is not an e-mail address")
        if not value:
            raise ValueError("name at least one address")
        return value

    @field_validator("sender")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not _is_address(value):
            raise ValueError(f"{value!r} is not an e-mail address")
        return value


def recipients(settings: object) -> tuple[str, ...]:
    """The addresses of `to`, each once."""
    read = settings if isinstance(settings, Settings) else Settings.model_validate(settings)
    return tuple(dict.fromkeys(parseaddr(text)[1] for text in read.to))


def render(message: Message, channel: Channel) -> tuple[Payload, ...]:
    """The whole mail but for its To line: bytes with CRLF, no line over 998 octets."""
    settings = shared.read(Settings, channel)
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = cut(one_line(message.subject), _MOST_SUBJECT) or "watcher"
    mail["From"] = _address(settings.sender)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = message_id(message.key, settings)
    if message.thread:
        mail["In-Reply-To"] = message.thread
        mail["References"] = " ".join(dict.fromkeys((*message.references, message.thread)))
    mail["List-Id"] = f"<{settings.list_id or 'watcher.' + _domain(settings)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if settings.unsubscribe:
        mail["List-Unsubscribe"] = f"<{_unsubscribe(settings.unsubscribe)}>"
    text, html = (_encodable(body(message, name)) for name in ("text", "html"))
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{message.key}")
    return (Payload(mail, tuple(told.alert.id for told in message.told)),)


def message_id(key: str, settings: Settings) -> str:
    return f"<{key}@{_domain(settings)}>"


def send(payload: Payload, channel: Channel, sending: Sending) -> Receipt:
    settings = shared.read(Settings, channel)
    mail = payload.content
    assert isinstance(mail, EmailMessage)
    accepted = [to for to in sending.recipients if to.isascii() or to.partition("@")[0].isascii()]
    refused = {
        to: "the part before @ is not ASCII, which needs SMTPUTF8. Use another address in `to`."
        for to in sending.recipients
        if to not in accepted
    }
    if not accepted:
        return Receipt("", refused=refused)
    with _session(settings, channel, sending.seconds) as server:
        sending.fault("connected")
        receipt = _hand_over(server, mail, accepted, settings, channel, sending)
    if len(sending.recipients) == 1:
        _raise_for_the_only_one(receipt, channel)
    return replace(receipt, thread=str(mail["Message-ID"]), refused={**refused, **receipt.refused})


def greet(channel: Channel) -> str:
    """Connects, encrypts and authenticates, and sends nothing (`check --online`)."""
    settings = shared.read(Settings, channel)
    with _session(settings, channel, 20.0) as server:
        server.noop()
    return f"{settings.host} is ready to take mail"


def _raise_for_the_only_one(receipt: Receipt, channel: Channel) -> None:
    for said in receipt.refused.values():
        raise Refused(channel.name, said, remedy="Correct the address in `to`.")
    for said in receipt.later.values():
        raise TryLater(channel.name, said, uncertain=receipt.uncertain)


@contextmanager
def _session(settings: Settings, channel: Channel, seconds: float) -> Iterator[smtplib.SMTP]:
    """A connected, encrypted and authenticated session, or TryLater / Refused."""
    timeout = min(settings.timeout_seconds, seconds)
    port = settings.port or _PORTS[settings.tls]
    where = f"{settings.host}:{port}"
    try:
        server = _connect(settings, port, timeout)
    except ssl.SSLCertVerificationError as error:
        raise _untrusted(channel, where, error) from None
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(channel.name, f"{where}: {_reason(error)}") from None
    try:
        _secure(server, settings, channel, where)
        yield server
    except BaseException:
        server.close()  # no farewell to a server that does not listen
        raise
    _take_leave(server)


def _take_leave(server: smtplib.SMTP) -> None:
    """The server's word on the message is in already: no failure here changes it."""
    try:
        if server.sock is not None:
            server.sock.settimeout(_FAREWELL_SECONDS)
            server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _connect(settings: Settings, port: int, timeout: float) -> smtplib.SMTP:
    if settings.tls == "tls":
        trusted = shared.trust(settings.ca_file)
        return smtplib.SMTP_SSL(settings.host, port, timeout=timeout, context=trusted)
    return smtplib.SMTP(settings.host, port, timeout=timeout)


def _secure(server: smtplib.SMTP, settings: Settings, channel: Channel, where: str) -> None:
    try:
        server.ehlo_or_helo_if_needed()
        if settings.tls == "starttls":
            if not server.has_extn("starttls"):
                raise Refused(
                    channel.name,
                    f"{where} does not offer STARTTLS; nothing was sent in clear",
                    remedy='Set tls = "tls" (port 465), or tls = "none" for a trusted local relay.',
                )
            server.starttls(context=shared.trust(settings.ca_file))
            server.ehlo()
        if settings.user:
            server.login(settings.user, settings.password.reveal() if settings.password else "")
    except ssl.SSLCertVerificationError as error:
        raise _untrusted(channel, where, error) from None
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < 500:
            raise TryLater(
                channel.name, f"{where}: {error.smtp_code}, authentication not possible now"
            ) from None
        raise Refused(
            channel.name,
            f"{where} refused the user name or password ({error.smtp_code})",
            remedy="Correct `user` and `password`.",
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise Refused(
            channel.name,
            f"{where} offers no authentication that can be used",
            remedy="Leave `user` empty, or use a server that authenticates.",
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(channel.name, f"{where}: {_reason(error)}") from None


def _hand_over(
    server: smtplib.SMTP,
    mail: EmailMessage,
    to: Sequence[str],
    settings: Settings,
    channel: Channel,
    sending: Sending,
) -> Receipt:
    """MAIL, one RCPT for each, DATA: what the server said, and who was refused, for good or for now."""
    refused: dict[str, str] = {}
    later: dict[str, str] = {}
    try:
        _check(server.mail(_ascii_domain(parseaddr(settings.sender)[1])), channel)
        for one in to:
            code, said = server.rcpt(_ascii_domain(one))
            if code >= 300:
                (later if 400 <= code < 500 else refused)[one] = _words(code, said)
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise TryLater(channel.name, f"the connection broke: {_reason(error)}") from None
    sending.fault("recipients-taken")
    taken = [one for one in to if one not in refused and one not in later]
    if not taken:
        return Receipt("", refused=refused, later=later)
    uncertain = False
    try:
        code, said = server.data(_bytes_for(mail, taken))
        answer = _words(code, said)
    except smtplib.SMTPDataError as error:  # the server did not want the text at all
        code, answer = error.smtp_code, _words(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        code, uncertain = 421, True
        answer = f"the connection broke while sending: {_reason(error)}"
        server.close()
    sending.fault("data-answered")
    if code >= 300:
        (refused if code >= 500 else later).update(dict.fromkeys(taken, answer))
        answer = ""
    return Receipt(answer, refused=refused, later=later, uncertain=uncertain)


def _check(answer: tuple[int, bytes], channel: Channel) -> None:
    code, said = answer
    if 400 <= code < 500:
        raise TryLater(channel.name, f"the sender, for now: {_words(code, said)}")
    if code >= 500:
        raise Refused(
            channel.name, f"the server refuses the sender: {_words(code, said)}", remedy="Correct `from`."
        )


def _bytes_for(mail: EmailMessage, to: Sequence[str]) -> bytes:
    """The mail with its To line, which is not part of what was composed: a retry may go to fewer."""
    del mail["To"]
    mail["To"] = tuple(_address(one) for one in to)
    return mail.as_bytes()


def _is_address(text: str) -> bool:
    return one_line(text) == text.strip() and _ADDRESS.fullmatch(parseaddr(text)[1]) is not None


def _address(text: str) -> Address:
    name, plain = parseaddr(text)
    local, _, domain = plain.rpartition("@")
    return Address(one_line(name), local, _ascii_domain(f"x@{domain}")[2:])


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def _domain(settings: Settings) -> str:
    return _ascii_domain(parseaddr(settings.sender)[1]).rpartition("@")[2]


def _unsubscribe(text: str) -> str:
    plain = re.sub(r"[\s<>]", "", text)
    return plain if ":" in plain else f"mailto:{plain}?subject=unsubscribe"


def _encodable(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", errors="replace") if isinstance(said, bytes) else said
    return cut(one_line(f"{code} {text}"), 200)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | socket.timeout):
        return "no answer in time"
    return cut(one_line(f"{type(error).__name__}: {error}"), 200)


def _untrusted(channel: Channel, where: str, error: ssl.SSLCertVerificationError) -> TryLater:
    """Tried again: a certificate that has run out is mostly renewed within the day."""
    return TryLater(
        channel.name,
        f"{where}: its certificate cannot be trusted ({error.verify_message}); nothing was sent. "
        "For a private authority set `ca_file`",
    )
