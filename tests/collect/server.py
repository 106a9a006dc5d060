"""A real HTTP server on this machine, polite or hostile, in a thread of its own.

`with Server() as server:` listens on a free port. `server.reply(path, …)` sets a whole answer,
`server.route(path, handler)` hands the handler the request and the raw connection: it may send
anything, at any speed, or nothing. What was asked is in `server.requests`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Self


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. Header names are in lower case; `raw` is the whole head."""

    path: str
    headers: dict[str, str]
    raw: bytes
    at: float
    peer: tuple[str, int]


Handler = Callable[[Asked, asyncio.StreamWriter], Awaitable[bool | None]]
"""Answers one request. False hangs up; anything else keeps the connection for the next."""
Headers = Iterable[tuple[str, str]]


def response(status: int = 200, body: bytes = b"", headers: Headers = (), *, length: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status} Because", *(f"{name}: {value}" for name, value in headers)]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Server:
    def __init__(self, host: str = "127.0.0.1", *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.host, self.port, self._tls = host, port, tls
        self.requests: list[Asked] = []
        self.connections = 0
        self.most_at_once = 0
        self._now = 0
        self._handlers: dict[str, Handler] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    # ── what a test says ──

    def url(self, path: str = "/") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self.allow}{path}"

    @property
    def allow(self) -> str:
        """The entry for `[network] allow_private`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def route(self, path: str, handler: Handler) -> str:
        self._handlers[path] = handler
        return self.url(path)

    def reply(self, path: str, status: int = 200, body: bytes = b"", headers: Headers = ()) -> str:
        whole = response(status, b"" if status == 304 else body, headers, length=status != 304)

        async def handler(asked: Asked, writer: asyncio.StreamWriter) -> None:
            writer.write(whole)

        return self.route(path, handler)

    def send(self, path: str, raw: bytes) -> str:
        """These bytes and nothing else; then the server hangs up."""

        async def handler(asked: Asked, writer: asyncio.StreamWriter) -> bool:
            writer.write(raw)
            return False

        return self.route(path, handler)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.reply(path, status, headers=[("Location", to)])

    def hang(self, path: str) -> str:
        """Takes the request and never answers."""

        async def handler(asked: Asked, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(3600)

        return self.route(path, handler)

    def slowly(self, path: str, pieces: Iterable[bytes], every: float) -> str:
        """One piece after another, `every` seconds apart, the first at once."""

        async def handler(asked: Asked, writer: asyncio.StreamWriter) -> bool:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(every)
            return False

        return self.route(path, handler)

    def feed(self, path: str, body: bytes, etag: str, delay: float = 0.0) -> str:
        """200 with an ETag, and 304 for whoever shows exactly that."""

        async def handler(asked: Asked, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(delay)
            fresh = asked.headers.get("if-none-match") == etag
            kind = [("ETag", etag), ("Content-Type", "application/rss+xml")]
            writer.write(
                response(304, headers=[("ETag", etag)], length=False) if fresh else response(200, body, kind)
            )

        return self.route(path, handler)

    def asked(self, path: str) -> list[Asked]:
        return [request for request in self.requests if request.path == path]

    @property
    def counts(self) -> Counter[str]:
        return Counter(request.path for request in self.requests)

    # ── how it runs ──

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._transports: set[asyncio.WriteTransport] = set()
        server = await asyncio.start_server(self._accept, self.host, self.port, ssl=self._tls, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        # A connection that was just accepted gets its task (asyncio loses it when the server closes
        # in between); a handshake that failed gets its end.
        for _ in range(10):
            await asyncio.sleep(0.005 if self._tls else 0)
        server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for transport in self._transports:
            transport.abort()
        for _ in range(5):  # transports close in a later turn of the loop
            await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._transports.add(writer.transport)
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
                self._transports.discard(writer.transport)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        raw = await reader.readuntil(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        asked = Asked(first.split(" ")[1], headers, raw, monotonic(), writer.get_extra_info("peername")[:2])
        self.requests.append(asked)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            handler = self._handlers.get(asked.path) or self._handlers.get(asked.path.split("?")[0])
            if handler is None:
                writer.write(response(404, b"no such path"))
                return True
            return await handler(asked, writer) is not False
        finally:
            self._now -= 1
