"""One logical GET: connection, redirects followed by hand, content codings undone. Raises, never logs.

Every hop is checked before it is connected to; what a caller adds to the headers stays with the origin
it was meant for (RFC 9110 §15.4); a permanent move is noted when every hop was permanent.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from watcher.collect.decode import ACCEPT_ENCODING, BadEncoding, TooLarge, Truncated, decode
from watcher.collect.dial import Dialler, Patience
from watcher.collect.guard import Address, address
from watcher.collect.room import Place
from watcher.collect.throttle import Host, Hosts
from watcher.collect.wire import Limits, Response, Wire, WireError
from watcher.model import Network

MAX_REDIRECTS = 10
REDIRECTS = frozenset((301, 302, 303, 307, 308))
PERMANENT = frozenset((301, 308))
FREE_BYTES = 64 * 1024  # a body may grow to this without asking for room
FREE_UNPACKED = 256 * 1024  # and be unpacked to this while others are
SHORT_DEADLINE = 1 / 4  # of the usual, at a host that has already failed to answer in this cycle
HANGS = frozenset(("timeout", "deadline", "connect"))
TRAVELS = frozenset(("accept", "accept-language"))  # headers that may follow to another origin
ACCEPT = (
    b"application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    b"text/xml;q=0.9, application/json;q=0.8, text/html;q=0.7, */*;q=0.5"
)

Headers = list[tuple[bytes, bytes]]
Wires = dict[tuple[str, str, int], Wire]


class Answer(NamedTuple):
    """The last response of a chain. `body` is decoded, and empty unless the status is 2xx."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str
    moved_to: str | None


class Exchange:
    """What every GET of a cycle goes through."""

    def __init__(
        self,
        network: Network,
        agent: str,
        dialler: Dialler,
        hosts: Hosts,
        patience: Patience,
    ) -> None:
        self._patience = patience
        self._network = network
        self._dialler = dialler
        self._hosts = hosts
        self._base: Headers = [
            (b"User-Agent", agent.encode("ascii", "replace")),
            (b"Accept-Encoding", ACCEPT_ENCODING),
        ]

    async def get(
        self,
        here: Address,
        extra: Mapping[str, str],
        validators: Headers,
        wires: Wires,
        place: Place,
        max_bytes: int | None = None,
    ) -> Answer:
        """Raises WireError or Blocked. `wires` are connections to reuse; new ones are added to it."""
        limit = self._network.max_body_bytes if max_bytes is None else max_bytes
        loop = asyncio.get_running_loop()
        host = self._hosts.of(here)
        if host.wants_rest:
            return Answer(429, host.limit_headers, b"", here.url, None)
        patience = self._network.deadline_seconds * (SHORT_DEADLINE if host.hangs else 1)
        deadline = loop.time() + patience
        visited, permanent = [here.url], True
        while True:
            host = self._hosts.of(here)
            if host.turns.locked():
                began = loop.time()
                async with host.turns:  # other sources' time is not this one's
                    deadline += loop.time() - began
                    response = await self._ask(here, extra, validators, wires, place, host, deadline, limit)
            else:
                async with host.turns:
                    response = await self._ask(here, extra, validators, wires, place, host, deadline, limit)
            if response.status == 429:
                host.limited(response.headers)
            if response.status not in REDIRECTS or "location" not in response.headers:
                break
            permanent = permanent and response.status in PERMANENT
            there = self._next(here, response.headers["location"], visited)
            if there.origin != here.origin:
                extra = {name: value for name, value in extra.items() if name.lower() in TRAVELS}
            here = there
        body = await self._body(response, place, limit) if 200 <= response.status < 300 else b""
        moved = here.url if permanent and len(visited) > 1 else None
        return Answer(response.status, response.headers, body, here.url, moved)

    async def _ask(
        self,
        here: Address,
        extra: Mapping[str, str],
        validators: Headers,
        wires: Wires,
        place: Place,
        host: Host,
        deadline: float,
        limit: int,
    ) -> Response:
        """One request, on a kept connection if there is one; a stale one is replaced once."""
        headers = [*self._base, *validators, *_encoded(extra)]
        silence = self._patience.short_silence if host.hangs else self._patience.silence
        limits = Limits(deadline, silence, limit, FREE_BYTES)
        reached = True
        try:
            wire = wires.get(here.origin)
            if wire is not None and not wire.closed:
                try:
                    return await wire.exchange(here.netloc, here.target, headers, limits, place)
                except WireError as error:
                    if not error.stale:
                        raise
            wire = wires[here.origin] = await self._dialler.connect(here, deadline)
            return await wire.exchange(here.netloc, here.target, headers, limits, place)
        except WireError as error:
            reached = error.code != "dns"  # a pause is owed to a server, not to a name without one
            host.hangs += error.code in HANGS
            raise
        finally:
            if reached:
                self._hosts.used(host)

    def _next(self, here: Address, location: str, visited: list[str]) -> Address:
        """Where the redirect leads, checked. Raises WireError or Blocked."""
        try:
            target = urljoin(here.url, location.encode("latin-1").decode("utf-8", "replace").strip())
        except ValueError as error:
            raise WireError("bad-redirect", f"redirects to no valid address ({error})") from error
        there = address(target, self._network)
        if there.url in visited:
            raise WireError("redirect-loop", f"redirects in a circle ({len(visited)} hops)")
        visited.append(there.url)
        if len(visited) > MAX_REDIRECTS + 1:
            raise WireError("too-many-redirects", f"redirects more than {MAX_REDIRECTS} times")
        return there

    async def _body(self, response: Response, place: Place, limit: int) -> bytes:
        coding = response.headers.get("content-encoding", "")
        if not coding and len(response.raw) <= FREE_UNPACKED:
            return response.raw
        try:
            if len(response.raw) <= FREE_UNPACKED < limit:
                try:
                    return decode(response.raw, coding, FREE_UNPACKED)
                except TooLarge:
                    pass
            await place.unpack()
            return decode(response.raw, coding, limit)
        except TooLarge as error:
            raise WireError("too-large", f"unpacks to more than {limit:,} bytes") from error
        except BadEncoding as error:
            raise WireError("bad-encoding", f"its content coding cannot be undone: {error}") from error
        except Truncated as error:
            raise WireError("truncated", "its compressed body ends too early") from error


def credentials(url: str) -> tuple[str, dict[str, str]]:
    """The address without `user:password@`, and the header that says the same. Never raises."""
    try:
        parts = urlsplit(url)
        login, at, netloc = parts.netloc.rpartition("@")
    except ValueError:
        return url, {}
    if not at:
        return url, {}
    user, _, password = login.partition(":")
    token = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
    return parts._replace(netloc=netloc).geturl(), {"Authorization": f"Basic {token}"}


def _encoded(extra: Mapping[str, str]) -> Headers:
    headers = [(name.encode("ascii", "replace"), value.encode("utf-8")) for name, value in extra.items()]
    if not any(name.lower() == b"accept" for name, _ in headers):
        headers.append((b"Accept", ACCEPT))
    return headers
