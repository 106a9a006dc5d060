"""Memory for bodies on their way in: who may grow, and who gives way when it is short.

Every body may grow to its free size. What is beyond is taken in steps from one room that all requests of a
cycle share. Who holds least is served first; when no body moves, the largest may finish out of turn; and a
large one that comes more slowly than a step in `SLOW_SECONDS` gives way to whoever waits. So neither slow
bodies nor many at once keep an honest one from coming in, and the sum stays bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import cast

STEP = 256 * 1024
FEEDS, PAGES = 12 << 20, 4 << 20
PAGE_BYTES = 2 << 20
"""Of one article's page: a larger one would not be read."""
SLOW_SECONDS = 2.0
TRIMMED = 2 << 20  # of a body after which freed memory is given back
LATE_SECONDS = 0.25  # a timer that fires later than this fires after a time in which nobody listened


class Place:
    """What one request holds of the room. Held until whoever reads the body has taken it."""

    __slots__ = ("_give_up", "_resume", "_room", "_unpacking", "arriving", "held", "since", "waiting")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._resume: Callable[[], None] = _nothing
        self._give_up: Callable[[], None] = _nothing
        self._unpacking = False
        self.held = 0
        self.since = 0.0  # loop time of its last step
        self.arriving = self.waiting = False

    def grow(self, resume: Callable[[], None], give_up: Callable[[], None]) -> bool:
        """Whether one more step may be filled at once. If not, `resume` is called as soon as it may;
        `give_up`, at any time, when the body is too slow for others to wait for."""
        self._resume, self._give_up = resume, give_up
        self.arriving = True
        return self._room.enter(self)

    def complete(self) -> None:
        """The body is whole, or lost: it is slow no longer, and waits for nothing."""
        self.arriving = False
        self._room.stay(self)

    async def unpack(self) -> None:
        """Awaited before a body is held unpacked that may be large: one at a time is."""
        if not self._unpacking:
            await self._room.unpacking.acquire()
            self._unpacking = True

    def release(self) -> None:
        large = self._unpacking or self.held > TRIMMED
        self.arriving = False
        self._resume = self._give_up = _nothing
        if self._unpacking:
            self._unpacking = False
            self._room.unpacking.release()
        self._room.leave(self)
        if large:
            give_back()

    # ── for the room ──

    def go_on(self) -> None:
        self._resume()

    def give_way(self) -> None:
        give_up = self._give_up
        self.release()
        give_up()


def _nothing() -> None:
    pass


def give_back() -> None:
    """Freed memory to the system. glibc keeps what lies below anything still in use, which after a few large
    bodies is most of what they took; elsewhere there is nothing to do."""
    trim = _trim()
    if trim is not None:
        trim(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    import ctypes

    try:
        return cast("Callable[[int], int]", ctypes.CDLL(None).malloc_trim)
    except (AttributeError, OSError, TypeError):
        return None


class Room:
    """One per call of `gather`: feeds and pages do not wait for each other."""

    def __init__(self, size: int = FEEDS) -> None:
        self.unpacking = asyncio.Semaphore(1)
        self._free = size
        self._inside: dict[Place, None] = {}
        self._waiting: dict[Place, None] = {}
        self._out_of_turn: Place | None = None
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, place: Place) -> bool:
        self._inside[place] = None
        if self._free >= STEP or place is self._out_of_turn:
            self._grant(place)
            return True
        place.waiting = True
        self._waiting[place] = None
        self._settle()
        return not place.waiting

    def stay(self, place: Place) -> None:
        self._waiting.pop(place, None)
        place.waiting = False

    def leave(self, place: Place) -> None:
        if place not in self._inside:
            return
        del self._inside[place]
        self.stay(place)
        if place is self._out_of_turn:
            self._out_of_turn = None
        self._free += place.held
        place.held = 0
        self._settle()

    def _grant(self, place: Place) -> None:
        self._free -= STEP
        place.held += STEP
        place.since = asyncio.get_running_loop().time()

    def _settle(self) -> None:
        """Serves whom it can; watches the slow while anybody waits."""
        while self._waiting and self._free >= STEP:
            self._admit(min(self._waiting, key=lambda place: place.held))
        if self._waiting and self._out_of_turn is None and not any(map(_moves, self._inside)):
            self._out_of_turn = max(self._waiting, key=lambda place: place.held)
            self._admit(self._out_of_turn)
        if self._waiting and self._timer is None:
            loop = asyncio.get_running_loop()
            due = loop.time() + SLOW_SECONDS / 4
            self._timer = loop.call_at(due, self._look, due)

    def _admit(self, place: Place) -> None:
        del self._waiting[place]
        place.waiting = False
        self._grant(place)
        place.go_on()

    def _look(self, due: float) -> None:
        """Of the slow, the largest give way until nobody waits. Time in which nobody listened is nobody's slowness."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        if now - due > LATE_SECONDS:
            for place in self._inside:
                place.since += now - due
        slow = [place for place in self._inside if _moves(place) and now - place.since > SLOW_SECONDS]
        for place in sorted(slow, key=lambda place: -place.held):
            if self._waiting:
                place.give_way()
        self._settle()


def _moves(place: Place) -> bool:
    return place.arriving and not place.waiting
