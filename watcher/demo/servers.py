"""Three servers on 127.0.0.1, each on a port of the system's choosing: press, Slack, mailbox.

They run in threads of their own, speak to nobody but this machine and keep what they receive in
memory. The press tells the time of the demo, not of the clock on the wall.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, cast
from urllib.parse import parse_qs, urlsplit

from watcher.demo import pages
from watcher.demo.news import news, outlets, visible
from watcher.errors import WatcherError

HOST = "127.0.0.1"
MAX_BODY_BYTES = 4 * 1024 * 1024


class Stoppable(Protocol):
    def stop(self) -> None: ...


class _Quiet(BaseHTTPRequestHandler):
    """HTTP/1.1 without a line on the terminal for every request."""

    protocol_version = "HTTP/1.1"
    timeout = 10

    def log_message(self, *args: object) -> None:
        return

    def reply(self, status: HTTPStatus, body: bytes = b"", **headers: str) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)


class HttpServer:
    """A threading HTTP server that is up when the constructor returns."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = ThreadingHTTPServer((HOST, 0), handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.root = f"http://{HOST}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Idempotent."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


# ── the press ────────────────────────────────────────────────────────────────────────────────


class Press(HttpServer):
    """Serves every outlet as of `clock()`, with ETag and Last-Modified, and the articles themselves.

    `requests` lists (outlet or path, status) as they were answered.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.requests: list[tuple[str, int]] = []
        super().__init__(_press_handler(self, clock))


def _press_handler(press: Press, clock: Callable[[], datetime]) -> type[BaseHTTPRequestHandler]:
    class Handler(_Quiet):
        def do_GET(self) -> None:
            at = clock()
            path = urlsplit(self.path).path.strip("/")
            outlet, _, slug = path.partition("/")
            status = self._article(outlet, slug, at) if slug else self._front(outlet, at)
            press.requests.append((path, status))

        do_HEAD = do_GET  # noqa: N815 (http.server's name)

        def _front(self, name: str, at: datetime) -> int:
            outlet = outlets().get(name)
            if outlet is None:
                return self._answer(HTTPStatus.NOT_FOUND, b"no such outlet", at)
            if not outlet.answers(at):
                return self._answer(HTTPStatus.SERVICE_UNAVAILABLE, b"down for the demo", at)
            items = visible(name, at)
            body = pages.front(outlet, items, press.root)
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == tag:
                return self._answer(HTTPStatus.NOT_MODIFIED, b"", at, ETag=tag)
            changed = format_datetime(max((n.at for n in items), default=at), usegmt=True)
            kind = pages.TYPES[outlet.form]
            return self._answer(HTTPStatus.OK, body, at, ETag=tag, Last_Modified=changed, Content_Type=kind)

        def _article(self, name: str, slug: str, at: datetime) -> int:
            for item in news():
                if item.outlet == name and item.slug == slug and item.at <= at:
                    body = pages.article(outlets()[name], item)
                    return self._answer(HTTPStatus.OK, body, at, Content_Type=pages.TYPES["page"])
            return self._answer(HTTPStatus.NOT_FOUND, b"no such article", at)

        def _answer(self, status: HTTPStatus, body: bytes, at: datetime, **headers: str) -> int:
            headers.setdefault("Content_Type", "text/plain; charset=utf-8")
            self.reply(status, body, Date=format_datetime(at, usegmt=True), **headers)
            return int(status)

    return Handler


# ── Slack ────────────────────────────────────────────────────────────────────────────────────


class SlackSink(HttpServer):
    """Takes what an incoming webhook (`POST /services/…`) or `chat.postMessage` is sent.

    `messages` are the decoded payloads in the order of arrival.
    """

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        super().__init__(_slack_handler(self.messages))
        self.webhook = f"{self.root}/services/T000/B000/demo"


def _slack_handler(messages: list[dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(_Quiet):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > MAX_BODY_BYTES:
                self.close_connection = True
                self.reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"too large")
                return
            payload = _payload(self.rfile.read(length), self.headers.get("Content-Type") or "")
            if payload is None:
                self.reply(HTTPStatus.BAD_REQUEST, b"invalid_payload", Content_Type="text/html")
                return
            messages.append(payload)
            if self.path.startswith("/services/"):
                self.reply(HTTPStatus.OK, b"ok", Content_Type="text/html")
                return
            told = {
                "ok": True,
                "channel": payload.get("channel"),
                "ts": f"{1822000000 + len(messages)}.000100",
            }
            self.reply(HTTPStatus.OK, json.dumps(told).encode(), Content_Type="application/json")

    return Handler


def _payload(body: bytes, content_type: str) -> dict[str, Any] | None:
    try:
        if content_type.startswith("application/x-www-form-urlencoded"):
            fields = parse_qs(body.decode())
            found = (
                json.loads(fields["payload"][0])
                if "payload" in fields
                else {k: v[0] for k, v in fields.items()}
            )
        else:
            found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


# ── the mailbox ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it came over SMTP."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "").strip()  # a folded header begins with a blank

    def text(self, subtype: str = "plain") -> str:
        """The body as text, or as HTML; "" when the message has no such part."""
        part = self.message.get_body(preferencelist=(subtype,))
        return str(part.get_content()) if part else ""


class _Keep:
    """aiosmtpd's handler: takes every message."""

    def __init__(self, mailbox: list[Mail]) -> None:
        self.mailbox = mailbox

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: object, session: object, envelope: Any
    ) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.mailbox.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return "250 kept"


class MailSink:
    """An SMTP server without TLS or login. Raises WatcherError when aiosmtpd is not installed."""

    def __init__(self) -> None:
        try:
            from aiosmtpd.controller import Controller
        except ImportError as error:
            raise WatcherError("demo", "needs aiosmtpd: pip install 'ottawa-watcher[demo]'") from error

        class OnAnyPort(Controller):
            """aiosmtpd greets itself on the port it was given; with port 0 only the system knows it."""

            def _trigger_server(self) -> None:
                self.port = cast(asyncio.Server, self.server).sockets[0].getsockname()[1]
                super()._trigger_server()  # type: ignore[no-untyped-call]

        self.messages: list[Mail] = []
        self._controller = OnAnyPort(_Keep(self.messages), hostname=HOST, port=0, ready_timeout=10)
        self._controller.start()
        self.port = int(self._controller.port)

    def stop(self) -> None:
        self._controller.stop()
