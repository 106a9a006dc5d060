"""The only GET in the house: guarded, conditional, capped, concurrent, polite to every host.

One result per request, as they finish; what goes wrong is a `FetchFailed` with a stable `code` and a
text that says what to do. Nothing a server sends raises. No cookies, no referrer, no proxies.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from watcher.collect.dial import Dialler, Patience, Resolve, system_resolve, system_tls
from watcher.collect.exchange import Answer, Exchange, Headers, Wires, credentials
from watcher.collect.failure import failed, refused
from watcher.collect.guard import Address, address
from watcher.collect.politeness import address_of
from watcher.collect.robots import MAX_BYTES as MAX_ROBOTS_BYTES
from watcher.collect.robots import NOTHING_ALLOWED, Rules, rules_after
from watcher.collect.room import PAGE_BYTES, PAGES, Place, Room
from watcher.collect.throttle import HostKey, Hosts, Lane, host_key, run
from watcher.collect.wire import WireError
from watcher.errors import Blocked
from watcher.model import Fetched, FetchResult, Network, NotModified, PollState, Request, Source, SourceId

log = logging.getLogger("watcher.fetch")

Clock = Callable[[], datetime]
Ask = Callable[[Source, PollState], Request]
Release = Callable[[], None]
Job = TypeVar("Job")


class Client:
    """What the requests of one cycle share: names looked up, hosts met, robots.txt read."""

    def __init__(
        self,
        network: Network,
        contact: str,
        resolve: Resolve,
        tls: Callable[[], ssl.SSLContext],
        jitter: Callable[[], float],
        patience: Patience,
    ) -> None:
        agent = f"{network.user_agent} (+{contact})" if contact else network.user_agent
        self.agent = "".join(char if char.isprintable() else " " for char in agent)
        self.hosts = Hosts(network, jitter)
        dialler = Dialler(network, resolve, tls, patience)
        self.exchange = Exchange(network, self.agent, dialler, self.hosts, patience)
        self.robots: dict[tuple[str, str, int], Rules] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def open_client(
    network: Network,
    *,
    contact: str = "",
    resolve: Resolve = system_resolve,
    tls: Callable[[], ssl.SSLContext] = system_tls,
    jitter: Callable[[], float] = random.random,
    patience: Patience = Patience(),
) -> Client:
    """For `async with`, once a cycle. `contact` goes into the User-Agent; `jitter` gives 0..1."""
    return Client(network, contact, resolve, tls, jitter, patience)


class Poll(NamedTuple):
    """One conditional GET, ready to be sent."""

    source_id: SourceId
    where: Address
    extra: Mapping[str, str] = {}
    validators: Headers = []  # noqa: RUF012 (never written to)


def plain(source: Source, state: PollState) -> Request:
    """The source's own address and nothing else."""
    return Request(source.url)


def gather(
    sources: Iterable[Source],
    states: Mapping[SourceId, PollState],
    network: Network,
    *,
    client: Client,
    now: Clock,
    ask: Ask = plain,
) -> AsyncGenerator[FetchResult]:
    """One result per source, as they finish. Closing it ends every request at once.

    Sources that failed last time come last at their host. `ask` is the kind's; its headers go to
    the source's own origin only.
    """
    jobs: list[tuple[Address, Poll]] = []
    blocked: list[FetchResult] = []
    late = set()
    for source in sources:
        state = states.get(source.id) or PollState(source.id)
        try:
            poll = _poll_of(source, state, network, ask)
        except Blocked as error:
            blocked.append(failed(source.id, "blocked", str(error), now()))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            text = f"{source.name}: its options make no request ({error})"
            blocked.append(failed(source.id, "bad-request", text, now()))
        else:
            jobs.append((poll.where, poll))
            if state.failures:
                late.add(source.id)
    jobs.sort(key=lambda job: job[1].source_id in late)
    lanes = _lanes(jobs, network, client, late=lambda poll: poll.source_id in late)

    room = Room()

    async def work(poll: Poll, lane: Lane[Poll]) -> tuple[FetchResult, Release]:
        place = Place(room)
        return await _attempt(poll, client, lane.wires, place, now), place.release

    return run(lanes, work, network.concurrency, blocked)


async def fetch_one(request: Request, network: Network, *, client: Client, now: Clock) -> FetchResult:
    """One GET outside a cycle (probe, add): unconditional, the same guard and limits. Never raises."""
    source_id = SourceId(request.url)
    url, login = credentials(request.url)
    try:
        poll = Poll(source_id, address(url, network), {**request.headers, **login})
    except Blocked as error:
        return failed(source_id, "blocked", str(error), now())
    wires: Wires = {}
    place = Place(Room())
    try:
        return await _attempt(poll, client, wires, place, now)
    finally:
        place.release()
        for wire in wires.values():
            wire.close()


def gather_pages(
    urls: Iterable[str], network: Network, *, client: Client, now: Clock
) -> AsyncGenerator[tuple[str, FetchResult]]:
    """Articles: robots.txt honoured, one at a time per host, the first `articles_per_cycle` of them.

    Pairs of the address as given and its result; an address twice gives one.
    """
    jobs: list[tuple[Address, tuple[str, Poll]]] = []
    blocked: list[tuple[str, FetchResult]] = []
    for url in list(dict.fromkeys(urls))[: network.articles_per_cycle]:
        try:
            poll = Poll(SourceId(url), address(url, network))
            jobs.append((poll.where, (url, poll)))
        except Blocked as error:
            blocked.append((url, failed(SourceId(url), "blocked", str(error), now())))

    # Their own: feeds that wait to be taken hold room, and whoever takes them may be waiting for these.
    room = Room(PAGES)
    most = min(PAGE_BYTES, network.max_body_bytes)

    async def work(
        job: tuple[str, Poll], lane: Lane[tuple[str, Poll]]
    ) -> tuple[tuple[str, FetchResult], Release]:
        url, poll = job
        place = Place(room)
        rules = await _robots(poll.where, client, lane.wires)
        if not rules.allows(poll.where.target):
            fact = "robots.txt asks programs not to read it"
            return (
                url,
                failed(poll.source_id, "robots", fact, now(), subject=poll.where.host),
            ), place.release
        return (url, await _attempt(poll, client, lane.wires, place, now, most)), place.release

    return run(_lanes(jobs, network, client), work, network.concurrency, blocked)


def _poll_of(source: Source, state: PollState, network: Network, ask: Ask) -> Poll:
    """Raises Blocked, and what a kind's `ask` raises on options it cannot use."""
    request = ask(source, state)
    moved = address_of(source, state) if request.url == source.url else request.url
    url, login = credentials(moved)
    return Poll(source.id, address(url, network), {**request.headers, **login}, _validators(state))


def _validators(state: PollState) -> Headers:
    """Byte for byte as they came (RFC 9110 §13.1): header bytes are kept as Latin-1 text."""
    headers = []
    if state.etag:
        headers.append((b"If-None-Match", state.etag.encode("latin-1", "replace")))
    if state.last_modified:
        headers.append((b"If-Modified-Since", state.last_modified.encode("latin-1", "replace")))
    return headers


def _lanes(
    jobs: Iterable[tuple[Address, Job]],
    network: Network,
    client: Client,
    late: Callable[[Job], bool] = lambda job: False,
) -> list[Lane[Job]]:
    """One lane per host, or as many as `per_host` allows and there is work for."""
    queues: dict[HostKey, deque[Job]] = {}
    hosts = {}
    for where, job in jobs:
        key = host_key(where)
        queues.setdefault(key, deque()).append(job)
        if key not in hosts:
            hosts[key] = client.hosts.of(where)
    return [
        Lane(hosts[key], queue, late(queue[0]))
        for key, queue in queues.items()
        for _ in range(min(max(1, network.per_host), len(queue)))
    ]


async def _attempt(
    poll: Poll, client: Client, wires: Wires, place: Place, now: Clock, most: int | None = None
) -> FetchResult:
    """The one place where anything at all becomes a value."""
    began = monotonic()
    code, fact = "internal", ""
    try:
        answer = await client.exchange.get(poll.where, poll.extra, poll.validators, wires, place, most)
        return _result(poll, answer, now(), int((monotonic() - began) * 1000))
    except WireError as error:
        code, fact = error.code, str(error)
    except Blocked as error:
        code, fact = "blocked", f"leads to an address that is refused: {error}"
    except Exception as error:
        log.exception("source=%s fault=%r", poll.source_id, error)
        fact = f"{type(error).__name__}: {error}"
    except BaseException:
        place.release()
        raise
    place.release()
    elapsed = int((monotonic() - began) * 1000)
    return failed(poll.source_id, code, fact, now(), subject=poll.where.host, elapsed_ms=elapsed)


def _result(poll: Poll, answer: Answer, at: datetime, elapsed_ms: int) -> FetchResult:
    # An address with a login never moves by itself: what it moves to would be asked without one.
    moved_to = None if "Authorization" in poll.extra else answer.moved_to
    if 200 <= answer.status < 300:
        return Fetched(
            poll.source_id,
            answer.url,
            answer.status,
            answer.headers,
            answer.body,
            at,
            moved_to=moved_to,
            elapsed_ms=elapsed_ms,
        )
    if answer.status == 304 and poll.validators:
        return NotModified(poll.source_id, answer.headers, at, moved_to, elapsed_ms)
    return refused(poll.source_id, answer.status, answer.headers, at, poll.where.host, elapsed_ms)


async def _robots(where: Address, client: Client, wires: Wires) -> Rules:
    """Once per origin and cycle, through the same guard. Unreachable means keep out (RFC 9309 §2.3.1)."""
    rules = client.robots.get(where.origin)
    if rules is None:
        here = where._replace(target="/robots.txt", url=f"{where.scheme}://{where.netloc}/robots.txt")
        place = Place(Room())
        try:
            answer = await client.exchange.get(here, {}, [], wires, place, MAX_ROBOTS_BYTES)
            rules = rules_after(answer.status, answer.body, client.agent)
        except (WireError, Blocked):
            rules = NOTHING_ALLOWED
        finally:
            place.release()
        client.robots[where.origin] = rules
        host = client.hosts.of(where)
        if host.spacing:
            host.spacing = max(host.spacing, rules.delay)
            await asyncio.sleep(max(0.0, host.free_at - asyncio.get_running_loop().time()))
    return rules
