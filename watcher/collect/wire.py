"""One HTTP/1.1 connection: a request out, a whole response in, within limits. Written on h11.

h11 is the engine that httpx2 itself runs on; what httpx2 puts around it (pool, models, streams) cost
0.9 of its 1.05 ms a request here, and its decoders are unbounded. `docs/dependencies.md` has the figures.
"""

from __future__ import annotations

import asyncio
import io
from typing import NamedTuple

import h11

from watcher.collect.room import LATE_SECONDS, STEP, Place

MAX_HEADER_BYTES = 64 * 1024
MAX_ERROR_BODY = 64 * 1024  # of a redirect or an error page nothing is kept; beyond this we hang up
MAX_PIECES = 50_000  # chunks of a body: one-byte chunks cost 20 µs each
MAX_INTERIM = 20  # 1xx responses before the final one


class WireError(Exception):
    """An exchange that failed. `code` is the stable reason; the text says what happened."""

    def __init__(self, code: str, text: str, *, stale: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.stale = stale  # a kept connection that died before it answered: worth a second try


class Response(NamedTuple):
    status: int
    headers: dict[str, str]  # names in lower case, repeated ones joined with ", " (RFC 9110 §5.3)
    raw: bytes  # as transferred, content codings still on


class Limits(NamedTuple):
    """Bytes, and loop times or seconds. `free_bytes` may be taken without asking for room."""

    deadline: float
    silence_seconds: float
    max_bytes: int
    free_bytes: int


class Wire(asyncio.Protocol):
    """Make one with `loop.create_connection(Wire, …)`. One exchange at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER_BYTES)
        self._transport: asyncio.Transport | None = None
        self._done: asyncio.Future[Response] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._used = False
        self.closed = False

    async def exchange(
        self, host: str, target: str, headers: list[tuple[bytes, bytes]], limits: Limits, place: Place
    ) -> Response:
        """The response to one GET. Raises WireError; closes itself unless it can be used again."""
        assert self._transport is not None
        self._done = done = self._loop.create_future()
        self._limits, self._place = limits, place
        self._head: h11.Response | None = None
        self._body = io.BytesIO()
        self._size = self._count = self._interim = 0
        self._room, self._paused = limits.free_bytes, 0.0
        self._heard = self._loop.time()
        self._answering = False
        try:
            self._send(host, target, headers)
            self._watch()
            response: Response = await done
        except BaseException:
            self.close()
            raise
        finally:
            self._done = None
            self._stop_watching()
            self._body = io.BytesIO()
            place.complete()
        self._settle()
        return response

    def close(self) -> None:
        """At once; what is in flight is lost."""
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    # ── what asyncio calls ──

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._done is None or self._done.done():  # bytes nobody asked for
            return self.close()
        self._heard = self._loop.time()
        self._answering = True
        self._receive(data)
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self._done is None or self._done.done():
            return
        if exc is None and self._head is not None:
            self._receive(b"")  # the end of a body without a length, or too early
        if not self._done.done():
            self._fail(self._lost(exc))

    # ── one exchange ──

    def _send(self, host: str, target: str, headers: list[tuple[bytes, bytes]]) -> None:
        assert self._transport is not None
        try:
            request = h11.Request(
                method=b"GET",
                target=target.encode("ascii"),
                headers=[(b"Host", host.encode("ascii")), *headers],
            )
            data = self._http.send(request)
            self._http.send(h11.EndOfMessage())
        except (h11.LocalProtocolError, UnicodeEncodeError) as error:
            raise WireError("bad-request", f"the request cannot be written ({error})") from error
        if self.closed:
            raise self._lost(None)
        if data:
            self._transport.write(data)

    def _receive(self, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            self._events()
        except h11.RemoteProtocolError as error:
            self._fail(self._broken(error))
        except WireError as error:
            self._fail(error)

    def _events(self) -> None:
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Data):
                self._keep(event.data)
            elif event is h11.NEED_DATA or event is h11.PAUSED:
                return None
            elif isinstance(event, h11.Response):
                self._begin(event)
            elif isinstance(event, h11.EndOfMessage):
                return self._finish()
            elif isinstance(event, h11.InformationalResponse):
                self._interim += 1
                if self._interim > MAX_INTERIM or event.status_code == 101:
                    raise WireError("bad-http", f"the server goes on with {event.status_code} responses")
            else:  # PAUSED or ConnectionClosed: nothing more will come
                raise self._lost(None)

    def _begin(self, head: h11.Response) -> None:
        self._head = head
        length = dict(head.headers).get(b"content-length", b"")
        if head.status_code < 300 and length.isdigit() and int(length) > self._limits.max_bytes:
            raise WireError("too-large", f"announces {int(length):,} bytes")

    def _keep(self, piece: bytes) -> None:
        assert self._head is not None
        self._size += len(piece)
        self._count += 1
        if self._count > MAX_PIECES:
            raise WireError("bad-http", f"the body comes in more than {MAX_PIECES:,} pieces")
        if self._head.status_code >= 300:
            if self._size > MAX_ERROR_BODY:
                self._finish()
            return
        if self._size > self._limits.max_bytes:
            raise WireError("too-large", f"sends more than {self._limits.max_bytes:,} bytes")
        self._body.write(piece)
        self._make_room()

    def _finish(self) -> None:
        assert self._head is not None
        if self._done is not None and not self._done.done():
            raw = self._body.getvalue()  # no copy
            self._done.set_result(Response(self._head.status_code, _joined(self._head), raw))

    def _fail(self, error: WireError) -> None:
        if self._done is not None and not self._done.done():
            self._body = io.BytesIO()
            self._done.set_exception(error)

    def _settle(self) -> None:
        """Ready for another exchange, or closed."""
        self._used = True
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE and not self.closed:
            self._http.start_next_cycle()
            if self._transport is not None:
                self._transport.resume_reading()
        else:
            self.close()

    # ── waiting ──

    def _watch(self, due: float = 0.0) -> None:
        """One timer an exchange: it re-arms itself while bytes keep coming. Time in which nobody listened,
        since a large body was read or judged, is not the server's."""
        now = self._loop.time()
        if due and now - due > LATE_SECONDS:
            self._put_off(now - due)
        until = min(self._limits.deadline, self._heard + self._limits.silence_seconds)
        if now < until:
            self._timer = self._loop.call_at(until, self._watch, until)
        elif now >= self._limits.deadline:
            self._fail(WireError("deadline", "the response was not complete in time"))
        else:
            silent = self._limits.silence_seconds
            self._fail(WireError("timeout", f"nothing was heard for {silent:g} seconds"))

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _put_off(self, seconds: float) -> None:
        self._heard += seconds
        self._limits = self._limits._replace(deadline=self._limits.deadline + seconds)

    def _make_room(self) -> None:
        """Stops reading when there is none. What is spent waiting is given back to the deadline."""
        while self._room < self._size and not self._place.waiting:
            self._room += STEP
            if not self._place.grow(self._resume, self._give_way):
                assert self._transport is not None
                self._transport.pause_reading()
                self._stop_watching()
                self._paused = self._loop.time()
                return

    def _resume(self) -> None:
        if self._done is None or self._done.done() or self.closed or self._transport is None:
            return
        self._put_off(self._loop.time() - self._paused)
        self._heard = self._loop.time()
        self._make_room()  # what came in the same piece may need more than one step
        if not self._place.waiting:
            self._transport.resume_reading()
            self._watch()

    def _give_way(self) -> None:
        self._fail(WireError("deadline", "large and slow while others waited for the room it takes"))

    # ── what went wrong ──

    def _lost(self, exc: Exception | None) -> WireError:
        if self._head is not None:
            return WireError("truncated", "the connection broke before the body was whole")
        why = f" ({exc})" if exc is not None and str(exc) else ""
        return WireError(
            "disconnected",
            f"the server hung up without an answer{why}",
            stale=self._used and not self._answering,
        )

    def _broken(self, error: h11.RemoteProtocolError) -> WireError:
        text = str(error)
        if self._head is not None and "closed connection" in text:
            return WireError("truncated", text)
        if self._head is None and error.error_status_hint == 431:
            return WireError("headers-too-large", f"sends more than {MAX_HEADER_BYTES:,} bytes of headers")
        return WireError("bad-http", f"does not speak HTTP/1.1 as agreed ({text[:160]})")


def _joined(head: h11.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in head.headers:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers
