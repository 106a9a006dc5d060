"""When: the only module that knows APScheduler.

It ticks; the database decides. A tick asks which sources, deliveries and digests are due, so a
restart, a suspended laptop or a missed tick changes nothing (trap: APScheduler's default grace of
one second skips late jobs; here grace is unlimited, missed runs coalesce and none overlaps).
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger("watcher.schedule")

STOP_SECONDS = 4.0
"""How long a stop waits for what is under way; the outbox makes an unfinished send a possible repeat."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing done again and again. `work` is handed the stop signal and returns soon after it."""

    name: str
    every_seconds: float
    work: Callable[[threading.Event], None]


def run(ticks: tuple[Tick, ...], stop: threading.Event) -> bool:
    """Runs each tick in its own thread, at once and then every so often, until `stop` is set.

    Returns whether all work ended within STOP_SECONDS of the stop.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(ticks))},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="UTC",
    )
    running: dict[str, threading.Event] = {}
    for tick in ticks:
        running[tick.name] = idle = threading.Event()
        idle.set()
        scheduler.add_job(_guarded(tick, idle, stop), "interval", seconds=tick.every_seconds, id=tick.name)
    scheduler.start()
    for job in scheduler.get_jobs():
        job.modify(next_run_time=_now(scheduler))
    stop.wait()
    scheduler.shutdown(wait=False)
    return _settled(running)


def _now(scheduler: BackgroundScheduler) -> object:
    from datetime import datetime

    return datetime.now(scheduler.timezone)


def _guarded(tick: Tick, idle: threading.Event, stop: threading.Event) -> Callable[[], None]:
    def work() -> None:
        if stop.is_set():
            return
        idle.clear()
        try:
            tick.work(stop)
        except Exception:
            log.exception("tick failed tick=%s; it is tried again at its next time", tick.name)
        finally:
            idle.set()

    return work


def _settled(running: Mapping[str, threading.Event]) -> bool:
    import time

    deadline = time.monotonic() + STOP_SECONDS
    return all(idle.wait(max(0.0, deadline - time.monotonic())) for idle in running.values())


@contextmanager
def signals(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set `stop`; a second one ends the process at once."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise SystemExit(128 + number)
        stop.set()

    before = {s: signal.signal(s, on_signal) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
