"""Real servers on 127.0.0.1 that answer as they are told: Slack and any webhook, and SMTP.

Each hears until it is stopped; what it received is in `got`. The Slack one checks every payload
against Slack's documented limits, and answers invalid_blocks by itself when one is crossed.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class Answer:
    """What a server does with one request. `error` is Slack's word; `hang` waits until the end."""

    status: int = 200
    error: str = ""
    retry_after: str = ""
    hang: bool = False
    drop: bool = False  # takes the request and hangs up without a word
    body: str = ""
    after: threading.Event | None = None  # answers only when this has happened, or after ten seconds


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class HttpSink:
    url: str
    got: list[Got] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    def answer(self) -> Answer:
        return self.answers.pop(0) if self.answers else Answer()

    @property
    def taken(self) -> list[Any]:
        """The payloads that were answered with a yes."""
        return [json.loads(body) for _, body in self._taken]

    def taken_at(self, path: str) -> list[Any]:
        return [json.loads(body) for at, body in self._taken if at == path]

    _taken: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def http_sink(*answers: Answer, slack: bool = False) -> Iterator[HttpSink]:
    sink = HttpSink("", answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def log_message(self, *args: object) -> None:
            return

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {key.lower(): value for key, value in self.headers.items()}
            sink.got.append(Got(self.path, headers, body))
            sink.reached.set()
            answer = sink.answer()
            if answer.after is not None:
                answer.after.wait(10)
            if answer.hang:
                sink.released.wait(10)
                self.close_connection = True
                return
            if answer.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if slack and body and answer.status == 200 and not answer.error:
                faults = slack_faults(json.loads(body))
                sink.faults += faults
                answer.error = "invalid_blocks" if faults else ""
            if answer.status < 300 and not answer.error:
                sink._taken.append((self.path, body))
            self._reply(answer)

        def _reply(self, answer: Answer) -> None:
            api = self.path.startswith("/api/")
            text = answer.body
            status = answer.status
            if slack and api and not text:
                number = len(sink._taken)
                said = (
                    {"ok": False, "error": answer.error}
                    if answer.error
                    else {"ok": True, "ts": f"1750.{number:04}"}
                )
                text = json.dumps(said) if status == 200 else "server error"
            elif slack and not text:
                text = answer.error or ("ok" if status == 200 else "server error")
                status = 400 if answer.error and status == 200 else status
            sent = text.encode()
            self.send_response(status)
            if answer.retry_after:
                self.send_header("Retry-After", answer.retry_after)
            self.send_header("Content-Length", str(len(sent)))
            self.send_header("Content-Type", "application/json" if api else "text/plain")
            self.end_headers()
            self.wfile.write(sent)

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    sink.url = f"http://{HOST}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


_LINK = re.compile(r"<([^<>]*)>")


def slack_faults(payload: dict[str, Any]) -> list[str]:
    """What Slack would object to, or what a title should never be able to do."""
    faults = []
    blocks = payload.get("blocks") or []
    if not payload.get("text"):
        faults.append("no text for notifications")
    if not 1 <= len(blocks) <= 50:
        faults.append(f"{len(blocks)} blocks")
    texts = [(payload.get("text", ""), 40_000)]
    for block in blocks:
        match block["type"]:
            case "header":
                if block["text"]["type"] != "plain_text":
                    faults.append("header is not plain text")
                texts.append((block["text"]["text"], 150))
            case "section":
                texts.append((block["text"]["text"], 3000))
                if len(block.get("fields", [])) > 10:
                    faults.append("too many fields")
                texts += [(one["text"], 2000) for one in block.get("fields", [])]
            case "context":
                if not 1 <= len(block["elements"]) <= 10:
                    faults.append("elements")
                texts += [(one["text"], 3000) for one in block["elements"]]
            case "divider":
                pass
            case other:
                faults.append(f"unknown block {other}")
    for text, limit in texts:
        if not 1 <= len(text) <= limit:
            faults.append(f"{len(text)} characters of {limit}")
        for inner in _LINK.findall(text):
            if not re.match(r"https?://[^\s|]+(\|[^|]+)?$", inner):
                faults.append(f"markup that is no link: {inner!r}")
        bare = _LINK.sub("", text)
        if "<" in bare or ">" in bare or re.search(r"&(?!amp;|lt;|gt;)", bare):
            faults.append(f"not escaped: {bare[:80]!r}")
    return faults


# ── SMTP ─────────────────────────────────────────────────────────────────────────────────────


@dataclass
class SmtpSink:
    """`answers` maps a step (`rcpt:ADDRESS`, `data`, `text`, `auth`, `mail`) to the replies it gives,
    one after another; "hang" and "drop" are what they say. Without an entry all is well."""

    port: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    secure: bool = False
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, step: str, usual: str) -> str:
        queue = self.answers.get(step)
        return queue.pop(0) if queue else usual


@contextmanager
def smtp_line_server(**options: Any) -> Iterator[SmtpSink]:
    """A small SMTP server by hand: for hang-ups and silences at an exact step, which aiosmtpd hides."""
    sink = SmtpSink(**options)

    class Handler(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            self.say("220 sink ready")
            sender, to = "", []
            while line := self.rfile.readline().decode("ascii", "replace").strip():
                sink.commands.append(line)
                verb, _, rest = line.partition(" ")
                match verb.upper():
                    case "EHLO" | "HELO":
                        self.say("250 sink")
                    case "MAIL":
                        sender, to = rest, []
                        if not self.reply(sink.answer("mail", "250 sender ok")):
                            return
                    case "RCPT":
                        address = rest.partition("<")[2].rstrip(">")
                        said = sink.answer(f"rcpt:{address}", "250 recipient ok")
                        to += [address] if said.startswith("250") else []
                        if not self.reply(said):
                            return
                    case "DATA":
                        said = sink.answer("data", "354 go ahead")
                        if not self.reply(said) or (said.startswith("354") and not self.text(sender, to)):
                            return
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 ok")

        def text(self, sender: str, to: list[str]) -> bool:
            said = sink.answer("text", "250 2.0.0 queued as 42")
            if said == "drop in text":
                self.rfile.read(20)
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            if said.startswith("250") or said in ("drop", "hang"):
                sink.mails.append((sender, to, b"".join(lines)))
            return self.reply(said)

        def reply(self, said: str) -> bool:
            if said == "hang":
                sink.released.wait(10)
                return False
            if said == "drop":
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            self.say(said)
            return True

        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    server = socketserver.ThreadingTCPServer((HOST, 0), Handler)
    server.daemon_threads = True
    sink.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path, host: str = "localhost") -> tuple[Path, Path]:
    """A self-signed certificate for `host` and 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_file, key_file


def server_context(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
