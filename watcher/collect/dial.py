"""From a name to a connection: look up, check every address, connect to exactly what was checked.

The name is looked up here and only here, so no second answer of the resolver can replace the one
that the guard has seen; Host and SNI stay the name. Proxies from the environment are not used: they
would connect on our behalf to addresses that nobody has checked.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from watcher.collect.guard import Address, check_address
from watcher.collect.room import LATE_SECONDS
from watcher.collect.wire import Wire, WireError
from watcher.errors import Blocked
from watcher.model import Network

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a name, best first. Raises OSError."""


class Patience(NamedTuple):
    """How long one step may take, in seconds; the deadline of the whole request is the network's."""

    lookup: float = 6.0
    connect: float = 10.0
    next_address: float = 2.5  # a dead first address of several must not use up the whole time
    silence: float = 20.0  # between two signs of life
    short_silence: float = 5.0  # for a host that has already failed to answer in this cycle


MAX_ADDRESSES = 4
MOST_PUT_OFF = 5.0  # seconds that a look-up or a connection gets back when nobody listened
OUTAGE = 8  # names in a row without an answer, and none with: the resolver is down, not the names

CA_FILES = (  # where systems keep their authorities, for a Python built elsewhere
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@lru_cache(maxsize=1)
def system_tls() -> ssl.SSLContext:
    """The one TLS context: the system's trust store; SSL_CERT_FILE and SSL_CERT_DIR are honoured.

    truststore asks the operating system on macOS and Windows. On Linux OpenSSL reads the same store,
    and truststore would load it again for every connection (50 ms each).
    """
    if sys.platform in ("darwin", "win32") and not ssl.get_default_verify_paths().cafile:
        import truststore

        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.create_default_context()
        known = ssl.get_default_verify_paths()
        if not known.cafile and not context.cert_store_stats()["x509_ca"]:
            for file in CA_FILES:
                if Path(file).is_file():
                    context.load_verify_locations(cafile=file)
                    break
    context.set_alpn_protocols(["http/1.1"])
    return context


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """getaddrinfo in a daemon thread of its own.

    asyncio's default executor has six threads on two cores: in an outage 72 names would queue for
    minutes, and the process would wait for them at exit.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def settle(addresses: Sequence[str], error: OSError | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(addresses)
        else:
            answer.set_exception(error)

    def look_up() -> None:
        addresses: Sequence[str] = ()
        failure: OSError | None = None
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = tuple(dict.fromkeys(str(row[4][0]) for row in found))
        except OSError as error:
            failure = error
        except UnicodeError as error:
            failure = OSError(str(error))
        try:
            loop.call_soon_threadsafe(settle, addresses, failure)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    return await answer


class Dialler:
    """Connects. Remembers the answers of the resolver for as long as it lives: one cycle."""

    def __init__(
        self,
        network: Network,
        resolve: Resolve,
        tls: Callable[[], ssl.SSLContext],
        patience: Patience,
    ) -> None:
        self._network = network
        self._patience = patience
        self._resolve = resolve
        self._tls = tls
        self._answers: dict[tuple[str, int], asyncio.Future[Sequence[str]]] = {}
        self._answered = self._unanswered = 0

    async def connect(self, address: Address, deadline: float) -> Wire:
        """A fresh connection. Raises Blocked or WireError."""
        ips = await self._look_up(address, deadline)
        allowed, refusal = [], None
        for ip in ips:
            try:
                check_address(ip, address.port, address.host, self._network)
                allowed.append(ip)
            except Blocked as error:
                refusal = refusal or error
        if not allowed:
            raise refusal or WireError("dns", "the name has no address")
        return await self._first(address, allowed[:MAX_ADDRESSES], deadline)

    async def _look_up(self, address: Address, deadline: float) -> Sequence[str]:
        if _is_literal(address.host):
            return (address.host,)
        key = (address.host, address.port)
        known = self._answers.get(key)
        if known is not None:
            return await asyncio.shield(known)
        self._answers[key] = answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda future: future.cancelled() or future.exception())
        try:
            ips = await self._ask(address, deadline)
        except BaseException as error:
            answer.set_exception(error if isinstance(error, WireError) else WireError("dns", "interrupted"))
            if not isinstance(error, WireError):
                del self._answers[key]
            raise
        answer.set_result(ips)
        return ips

    async def _ask(self, address: Address, deadline: float) -> Sequence[str]:
        if self._unanswered >= OUTAGE and not self._answered:
            raise WireError("dns", "name resolution failed (as for every name before it)")
        now = asyncio.get_running_loop().time()
        try:
            async with _Within(min(deadline, now + self._patience.lookup)):
                ips = await self._resolve(address.host, address.port)
        except TimeoutError as error:
            self._unanswered += 1
            waited = f"{self._patience.lookup:g} seconds"
            raise WireError("dns", f"name resolution gave no answer in {waited}") from error
        except OSError as error:
            self._unanswered += 1
            raise WireError("dns", f"name resolution failed ({error.strerror or error})") from error
        self._answered += 1
        return ips

    async def _first(self, address: Address, ips: Sequence[str], deadline: float) -> Wire:
        """The first address that answers. Raises WireError with what the last one said."""
        loop = asyncio.get_running_loop()
        until = min(deadline, loop.time() + self._patience.connect)
        failure = WireError("connect", "no address answered")
        for number, ip in enumerate(ips, 1):
            end = until if number == len(ips) else min(until, loop.time() + self._patience.next_address)
            try:
                async with _Within(end):
                    return await self._open(address, ip)
            except TimeoutError:
                failure = WireError("connect", f"{ip} did not answer in time")
            except ssl.SSLCertVerificationError as error:
                failure = WireError("tls", f"its certificate is not accepted: {error.verify_message}")
            except ssl.SSLError as error:
                failure = WireError("tls", f"no secure connection ({error.reason or error})")
            except OSError as error:
                failure = WireError("connect", f"no connection to {ip} ({error.strerror or error})")
        raise failure

    async def _open(self, address: Address, ip: str) -> Wire:
        loop = asyncio.get_running_loop()
        if address.scheme == "http":
            return (await loop.create_connection(Wire, ip, address.port))[1]
        name = address.host
        return (await loop.create_connection(Wire, ip, address.port, ssl=self._tls(), server_hostname=name))[
            1
        ]


class _Within:
    """`asyncio.timeout_at`, except that time in which nobody listened, since a large body was read or judged,
    is not the other side's."""

    def __init__(self, until: float) -> None:
        self._timeout = asyncio.timeout(None)
        self._until = until

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        self._arm(self._until)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        await self._timeout.__aexit__(kind, error, trace)  # which raises TimeoutError

    def _arm(self, until: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(until, self._due, until)

    def _due(self, until: float) -> None:
        now = asyncio.get_running_loop().time()
        if now - until > LATE_SECONDS:
            self._arm(now + min(now - until, MOST_PUT_OFF))
        else:
            self._timeout.reschedule(now)


def _is_literal(host: str) -> bool:
    return ":" in host or (host.count(".") == 3 and host.replace(".", "").isdigit())
