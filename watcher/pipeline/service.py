"""A cycle as people run it: poll, tick the legal calendar, speak; once, or again and again.

`Service` holds no state but the stop of the poll under way: what is due, owed or missed is in the
database, so a process that dies is continued by the next one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from watcher.model import Config
from watcher.pipeline import polling, speaking
from watcher.pipeline.polling import Clock
from watcher.pipeline.polling import Report as Polled
from watcher.store import database, housekeeping, known, sources
from watcher.store.baseline import ensure_baseline
from watcher.store.database import Database
from watcher.topic import Topic

Progress = Callable[[int, int, str], None]
DATABASE = "watcher.sqlite3"
WAITS_FOR_POLL = 50


@dataclass(slots=True)
class Cycle:
    """What one whole cycle did."""

    polled: Polled
    spoken: speaking.Spoken
    calendar: int = 0

    def document(self) -> dict[str, object]:
        p = self.polled
        return {
            "at": p.at,
            "first_run": p.first_run,
            "sources": {
                "due": p.due,
                "answered": p.answered,
                "unchanged": p.unchanged,
                "failed": {
                    str(i): {"code": f.code, "text": f.text, "status": f.status}
                    for i, f in p.failures.items()
                },
            },
            "entries": p.entries,
            "new": p.new,
            "edited": p.edited,
            "relevant": p.relevant,
            "doubtful": p.doubtful,
            "developments": p.developments,
            "alerts": p.alerts + self.calendar,
            "deliveries": dict(self.spoken.states),
            "messages": self.spoken.messages,
            "delivery_reasons": self.spoken.reasons,
            "seconds": round(p.seconds, 2),
        }

    def lines(self) -> list[str]:
        return [*poll_lines(self.polled), *spoken_lines(self.spoken)]


def poll_lines(p: Polled) -> list[str]:
    """The cycle in one to three lines; a network that is down is one clear summary."""
    if p.due == 0:
        return ["nothing is due yet; `watcher poll --force` polls all the same"]
    if not p.answered and p.failures:
        code, count = p.failure_codes().most_common(1)[0]
        why = {
            "dns": "name resolution failed",
            "connect": "no connection could be made",
            "timeout": "nothing answered in time",
        }.get(code, f"most often: {code} ({count})")
        return [
            f"0 of {p.due} sources reachable: {why}; is this machine online? `watcher demo` (`make demo`) needs no network"
        ]
    lines = [
        f"{p.answered} of {p.due} sources answered in {p.seconds:.1f} s ({p.unchanged} unchanged): "
        f"{p.new} new entries, {p.relevant} relevant, {p.doubtful} in doubt, {p.alerts} alert(s)"
    ]
    if p.failures:
        codes = ", ".join(f"{n} {code}" for code, n in p.failure_codes().most_common(6))
        lines.append(f"{len(p.failures)} failed ({codes}); `watcher sources --state error` says why")
    if p.first_run:
        lines.append("first run: what was already there is stored and not sent; from now on news is told")
    return lines


def spoken_lines(spoken: speaking.Spoken) -> list[str]:
    if not spoken.states:
        return []
    counts = ", ".join(f"{n} {state}" for state, n in sorted(spoken.states.items()))
    return [f"deliveries: {counts}", *(f"  {reason}" for reason in spoken.reasons[:5])]


async def one_cycle(
    config: Config,
    topic: Callable[[], Topic],
    db: Database,
    clock: Clock,
    *,
    force: bool = False,
    send: bool = True,
    progress: Progress | None = None,
    write: Callable[[str], object] = speaking.print_out,
    stopping: Callable[[], bool] = lambda: False,
) -> Cycle:
    """Poll, tick, speak. Raises StoreError; nothing else stops a cycle."""
    prepare(config, topic, db, clock())
    polled = await polling.poll(
        config, topic, db, clock, force=force, progress=progress or (lambda done, total, note: None)
    )
    raised = speaking.tick_clock(config, topic, db, clock(), again=polled.developments > 0)
    spoken = speaking.Spoken()
    if send and not stopping():
        spoken = await asyncio.to_thread(_speak_apart, config, topic, clock, write, stopping)
    return Cycle(polled, spoken, raised)


def prepare(config: Config, topic: Callable[[], Topic], db: Database, now: datetime) -> None:
    """The baseline, the channels' beginnings, and what a process that died left in flight."""
    if known.first_run(db):
        ensure_baseline(db, topic(), now)
    speaking.register(config, db, now)
    speaking.recover(db, now)


def _speak_apart(
    config: Config,
    topic: Callable[[], Topic],
    clock: Clock,
    write: Callable[[str], object],
    stopping: Callable[[], bool],
) -> speaking.Spoken:
    """With a connection of its own: one belongs to one thread."""
    with database.open(config.state_dir / DATABASE) as db:
        return speaking.speak(config, topic, db, clock, write=write, stopping=stopping)


@dataclass(slots=True)
class Service:
    """`watcher run`: what its ticks do. Each tick opens a connection of its own."""

    config: Config
    topic: Callable[[], Topic]
    clock: Clock
    say: Callable[[str], None]
    progress: Progress
    patience: float = 0.2
    """Seconds of one look at whether the first poll is done."""
    _previewed: bool = False
    _spoke: datetime | None = None
    _polled: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        with self._database() as db:
            prepare(self.config, self.topic, db, self.clock())
        count = sum(s.enabled for s in self.config.sources)
        channels = ", ".join(c.name for c in self.config.channels if c.enabled) or "no channel"
        self.say(f"watching {count} sources for {self.config.topic}; telling {channels}; Ctrl-C stops")

    def poll(self, stop: threading.Event) -> None:
        try:
            with self._database() as db:
                asyncio.run(self._poll(db, stop))
        finally:
            self._polled.set()

    async def _poll(self, db: Database, stop: threading.Event) -> None:
        work = asyncio.ensure_future(
            polling.poll(self.config, self.topic, db, self.clock, progress=self.progress)
        )
        while not work.done():
            if stop.is_set():
                work.cancel()
            await asyncio.wait((work,), timeout=0.2)
        if work.cancelled():
            return
        polled = work.result()
        speaking.tick_clock(self.config, self.topic, db, self.clock(), again=polled.developments > 0)
        if polled.due:
            self.say("\n".join(poll_lines(polled)))
        if not self._previewed:
            self._previewed = True
            self._show_first_preview(db)
            self.say(self._waiting(db))

    def _show_first_preview(self, db: Database) -> None:
        for channel in self.config.channels:
            if channel.enabled:
                shown = preview(self.config, self.topic(), db, channel.name, self.clock())
                self.say(f"preview of the next digest of {channel.name}; nothing is sent now\n\n{shown}")
                break

    def _waiting(self, db: Database) -> str:
        on = {source.id for source in self.config.sources if source.enabled}
        times = [s.next_poll for i, s in sources.states(db).items() if i in on and s.next_poll]
        if not times:
            return "no source is on; Ctrl-C stops"
        return f"next poll at {min(times).astimezone(self.config.zone):%H:%M %Z}; Ctrl-C stops"

    def speak(self, stop: threading.Event) -> None:
        if not self._has_caught_up(self.clock(), stop):
            return  # a poll says first what there is to say, so that it is one message
        with self._database() as db:
            spoken = speaking.speak(
                self.config, self.topic, db, self.clock, write=self.say, stopping=stop.is_set
            )
        for line in spoken_lines(spoken):
            self.say(line)

    def _has_caught_up(self, now: datetime, stop: threading.Event) -> bool:
        """Whether a poll has ended since the start, or since the machine last woke from a long sleep. Waits
        for it a while: what the first poll finds need not wait for the next tick."""
        before, self._spoke = self._spoke, now
        if before is not None and now - before > speaking.AWAY_AFTER:
            self._polled.clear()
        for _ in range(WAITS_FOR_POLL):
            if stop.is_set() or self._polled.wait(self.patience):
                break
        return self._polled.is_set()

    def housekeep(self, stop: threading.Event) -> None:
        with self._database() as db:
            housekeeping.prune(db, self.clock())
            housekeeping.tidy(db)

    def _database(self) -> Database:
        return database.open(self.config.state_dir / DATABASE)


def preview(
    config: Config, topic: Topic, db: Database, channel: str, now: datetime, body: str = "text"
) -> str:
    """The next digest of `channel` exactly as it would go, in its text or html form."""
    from watcher.notify.wording import body as body_of

    message = speaking.next_digest(config, topic, db, channel, now)
    return body_of(message, body)
