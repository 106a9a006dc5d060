"""Who may ask whom, when: one request at a time per host, spaced; hosts taken in turns by few workers.

A host that hangs holds up only itself. Hosts with the most to ask go first (the cycle ends soonest),
and within a host what failed last time goes last.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from watcher.collect.guard import DEFAULT_PORTS, Address, allowed
from watcher.collect.wire import Wire
from watcher.model import Network

Job = TypeVar("Job")
Result = TypeVar("Result")
HostKey = tuple[str, int]

SPACING_SECONDS = {"api.gdeltproject.org": 5.0}
"""Hosts that ask for more than the usual distance (GDELT: one request in five seconds)."""
SPREAD = 0.25  # of the spacing, at random: many watchers must not fall into step
WAITING_RESULTS = 32  # finished, not yet taken
MAX_OPEN = 200  # hosts taken in turns beyond which no connection is kept for the next request


@dataclass(slots=True)
class Host:
    """One host of this cycle, whoever asks for it: a source, a redirect, an article."""

    turns: asyncio.Semaphore
    spacing: float
    free_at: float = 0.0  # loop time before which the next request would be too early
    hangs: int = 0  # requests in this cycle that were never answered
    limits: int = 0  # 429 answers in this cycle
    limit_headers: dict[str, str] = field(default_factory=dict)

    def limited(self, headers: dict[str, str]) -> None:
        self.limits += 1
        self.limit_headers = headers

    @property
    def wants_rest(self) -> bool:
        """A stranger's host that has said twice that it is asked too often is not asked a third time."""
        return self.limits >= 2 and self.spacing > 0


def host_key(address: Address) -> HostKey:
    """Ports 80 and 443 are one host; another port is another server, as a rule another program."""
    return address.host, 0 if address.port in DEFAULT_PORTS.values() else address.port


class Hosts:
    """Every host met in a cycle. Those that the operator listed as their own are not spaced."""

    def __init__(self, network: Network, jitter: Callable[[], float]) -> None:
        self._network = network
        self._jitter = jitter
        self._hosts: dict[HostKey, Host] = {}

    def of(self, address: Address) -> Host:
        key = host_key(address)
        host = self._hosts.get(key)
        if host is None:
            usual = SPACING_SECONDS.get(address.host, self._network.per_host_spacing_seconds)
            own = address.host == "localhost" or allowed(address.host, address.port, self._network)
            turns = asyncio.Semaphore(max(1, self._network.per_host))
            host = self._hosts[key] = Host(turns, 0.0 if own else usual)
        return host

    def used(self, host: Host) -> None:
        """A request to it has just ended."""
        if host.spacing:
            now = asyncio.get_running_loop().time()
            host.free_at = now + host.spacing * (1 + SPREAD * self._jitter())


@dataclass(slots=True)
class Lane(Generic[Job]):
    """What is to be asked of one host, and the connections that are reused for it."""

    host: Host
    jobs: deque[Job]
    late: bool = False  # failed last time: after the others
    wires: dict[tuple[str, str, int], Wire] = field(default_factory=dict)

    def hang_up(self) -> None:
        for wire in self.wires.values():
            wire.close()
        self.wires.clear()


class Schedule(Generic[Job]):
    """Hands out lanes, the earliest allowed first. A lane is out with one worker at a time."""

    def __init__(self, lanes: Sequence[Lane[Job]]) -> None:
        ordered = sorted(lanes, key=lambda lane: (lane.late, -len(lane.jobs)))
        self._queue = [(lane.host.free_at, number, lane) for number, lane in enumerate(ordered)]
        self._next_number = len(ordered)
        self._keep = len(ordered) <= MAX_OPEN
        heapq.heapify(self._queue)

    async def take(self) -> tuple[int, Lane[Job]] | None:
        """The next lane, once its host may be asked again; None when nothing is left to take."""
        if not self._queue:
            return None
        _, number, lane = heapq.heappop(self._queue)
        wait = lane.host.free_at - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)
        return number, lane

    def give_back(self, number: int, lane: Lane[Job]) -> None:
        """An unspaced lane keeps its number: the worker takes it again, and its connection with it."""
        if not lane.jobs or (lane.host.spacing and not self._keep):
            lane.hang_up()
        if not lane.jobs:
            return
        if lane.host.spacing:
            self._next_number = number = self._next_number + 1
        heapq.heappush(self._queue, (lane.host.free_at, number, lane))


Work = Callable[[Job, Lane[Job]], Awaitable[tuple[Result, Callable[[], None]]]]
"""Does one job. The second value is called once the result has been taken; it must not raise."""


async def run(
    lanes: Sequence[Lane[Job]], work: Work[Job, Result], workers: int, ready: Iterable[Result] = ()
) -> AsyncGenerator[Result]:
    """`ready`, then one result per job, as they finish. Closing it cancels what is in flight."""
    for result in ready:
        yield result
    left = sum({id(lane.jobs): len(lane.jobs) for lane in lanes}.values())
    schedule = Schedule(lanes)
    done: asyncio.Queue[tuple[Result, Callable[[], None]] | BaseException] = asyncio.Queue(WAITING_RESULTS)
    tasks = [asyncio.create_task(_work(schedule, work, done)) for _ in range(min(workers, len(lanes)))]
    try:
        for _ in range(left):
            finished = await done.get()
            if isinstance(finished, BaseException):
                raise finished
            result, taken = finished
            del finished
            box = [result]
            del result
            yield box.pop()  # not held here while whoever takes it works on what he made of it
            taken()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for lane in lanes:
            lane.hang_up()


async def _work(
    schedule: Schedule[Job],
    work: Work[Job, Result],
    done: asyncio.Queue[tuple[Result, Callable[[], None]] | BaseException],
) -> None:
    while (taken := await schedule.take()) is not None:
        number, lane = taken
        if lane.jobs:  # shared with another lane of the same host when `per_host` is above one
            try:
                finished = await work(lane.jobs.popleft(), lane)
            except asyncio.CancelledError:
                raise
            except BaseException as error:  # nobody else would ever see it
                await done.put(error)
                return
            await done.put(finished)
        schedule.give_back(number, lane)
