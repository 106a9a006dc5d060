"""Batches → deliveries as they now stand: sent, later or refused; nothing is lost.

A row is marked `sending` before its message leaves and settled after the server's word, so a crash
at any instant repeats at most the one message in flight, and that one says so. Every channel sends
in a thread of its own; memory is written by the caller's thread only.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watcher.errors import DeliveryError, Refused, TryLater
from watcher.model import Channel, Delivery, DeliveryState, Message, Policy, Receipt
from watcher.notify import channels as kinds
from watcher.notify.envelope import Payload, Sending
from watcher.notify.plan import Batch, Plan, plan

__all__ = ["Plan", "Tools", "attempt", "due_again", "plan", "recover", "skip", "speak", "worth_sending"]

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)

Rows = tuple[Delivery, ...]
Outcome = Receipt | DeliveryError
Work = tuple[Batch, Message, Channel]
_Course = Generator[Callable[[], Receipt], Outcome, Rows]


def _print(text: str) -> object:
    return print(text, end="", flush=True)


@dataclass(frozen=True, slots=True)
class Tools:
    """What sending uses of the world. `mark` and `record` write rows, and have committed when they
    return; `mark` leaves out what was cancelled meanwhile, and gives back the rest. `fault` is told every
    step by name, and is where tests pull the plug. `seconds` is the deadline of one send; `stopping` ends
    the work early, leaving the rest owed. `paces`: when each channel last sent."""

    mark: Callable[[Rows], Rows]
    record: Callable[[Rows], None]
    clock: Callable[[], datetime]
    fault: Callable[[str], None] = lambda point: None
    jitter: Callable[[], float] = random.random
    wait: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    write: Callable[[str], object] = _print
    seconds: float = 60.0
    stopping: Callable[[], bool] = lambda: False
    paces: dict[str, _Pace] = field(default_factory=dict)

    def pace(self, channel: str) -> _Pace:
        return self.paces.setdefault(channel, _Pace())


def attempt(batch: Batch, message: Message, channel: Channel, tools: Tools) -> Rows:
    """One attempt to send `message`, in this thread: every row of the batch as it now stands."""
    course = _course(batch, message, channel, tools)
    try:
        send = next(course)
        while True:
            send = course.send(_outcome(send))
    except StopIteration as end:
        return _rows_of(end)


def speak(work: Iterable[Work], tools: Tools) -> Rows:
    """Sends every batch, the channels side by side, the batches of one channel in their order.

    A send that outlasts its deadline is left alone, counts as uncertain, and ends its channel's turn:
    its other batches stay owed. Every row that was touched, as it now stands.
    """
    lanes: dict[str, _Lane] = {}
    for batch, message, channel in work:
        lanes.setdefault(channel.name, _Lane(channel.name)).work.append((batch, message, channel))
    results: queue.SimpleQueue[tuple[_Lane, int, Outcome]] = queue.SimpleQueue()
    settled: list[Delivery] = []
    for lane in lanes.values():
        settled += lane.go_on(None, tools, results)
    while any(lane.busy for lane in lanes.values()):
        try:
            lane, turn, outcome = results.get(timeout=_patience(lanes.values(), tools))
        except queue.Empty:
            for lane in [lane for lane in lanes.values() if lane.overdue(tools)]:
                settled += lane.give_up(tools)
            if tools.stopping():
                break  # what is in flight stays `sending`: at the next start it is a possible repeat
            continue
        if lane.busy and lane.turn == turn:
            settled += lane.go_on(outcome, tools, results)
    return tuple(settled)


def recover(rows: Iterable[Delivery], now: datetime) -> Rows:
    """Rows found `sending` at a start: owed again at once, and marked as possible repeats."""
    return tuple(
        replace(
            row,
            state=DeliveryState.LATER,
            due=now,
            possible_repeat=True,
            reason="the watcher stopped while this was being sent",
        )
        for row in rows
        if row.state is DeliveryState.SENDING
    )


def skip(batch: Batch, reason: str) -> Rows:
    """The rows of a batch that is not to be sent at all."""
    return tuple(replace(row, state=DeliveryState.CANCELLED, reason=reason) for row in batch.deliveries)


def worth_sending(message: Message, policy: Policy) -> bool:
    """False for an empty digest where the policy switches them off."""
    return message.kind != "digest" or bool(message.told or message.others) or policy.empty_digest


def due_again(
    attempts: int, now: datetime, jitter: float = 0.0, not_before: datetime | None = None
) -> datetime | None:
    """When to try again after `attempts` failures, or None when three days of waits are used up.

    Waits double from 30 s to an hour; `jitter` in 0…1 adds up to a quarter. The server's own word is
    never undercut. Only waits count, so a machine that was off gives nothing up.
    """
    if waited(attempts) >= GIVE_UP_AFTER:
        return None
    due = now + _wait_after(max(attempts, 1) - 1) * (1 + 0.25 * jitter)
    return max(due, not_before) if not_before else due


def waited(attempts: int) -> timedelta:
    """How long a row with so many attempts has been tried, by the waits alone."""
    return sum((_wait_after(n) for n in range(attempts - 1)), timedelta())


def _wait_after(failures: int) -> timedelta:
    doublings = min(failures, 12)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


# ── one batch ────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Pace:
    """When this channel last sent: chats ask for a pause between two messages."""

    last: float | None = None


def _course(batch: Batch, message: Message, channel: Channel, tools: Tools) -> _Course:
    """The steps of one batch. Yields what to send, is sent the outcome, returns the settled rows."""
    kind = kinds.load(channel.kind)
    settled: list[Delivery] = []
    try:
        parts = kind.render(message, channel)
    except DeliveryError as error:
        rows = _settle(tools.mark(_marked(batch.deliveries, batch, tools.clock())), error, batch, tools)
        tools.record(rows)
        return rows
    waiting = list(batch.deliveries)
    for part in parts:
        mine = [row for row in waiting if part.part == part.parts or row.alert_id in part.alerts]
        waiting = [row for row in waiting if row not in mine]
        tools.fault("before-mark")
        sending = tools.mark(_marked(mine, batch, tools.clock()))
        tools.fault("marked")
        if mine and not sending:
            continue  # cancelled by hand, or undone, since it was composed
        to = tuple(dict.fromkeys(row.recipient for row in sending)) or batch.recipients
        outcome = yield _errand(part, channel, batch, tools, to)
        tools.fault("answered")
        rows = _settle(sending, outcome, batch, tools)
        if isinstance(outcome, DeliveryError):
            unsent = tools.mark(_marked(waiting, batch, tools.clock()))
            rows += _settle(unsent, _not_reached(outcome), batch, tools)
        tools.record(rows)
        tools.fault("recorded")
        settled += rows
        if isinstance(outcome, DeliveryError):
            break
    return tuple(settled)


def _errand(
    part: Payload, channel: Channel, batch: Batch, tools: Tools, to: tuple[str, ...]
) -> Callable[[], Receipt]:
    kind, pace = kinds.load(channel.kind), tools.pace(channel.name)
    spacing = float(getattr(kind, "SPACING_SECONDS", 0.0))
    sending = Sending(
        recipients=to,
        now=tools.clock(),
        key=batch.key,
        possible_repeat=batch.possible_repeat,
        seconds=tools.seconds,
        wait=tools.wait,
        write=tools.write,
        fault=tools.fault,
    )

    def errand() -> Receipt:
        if pace.last is not None and (pause := pace.last + spacing - tools.monotonic()) > 0:
            tools.wait(pause)
        try:
            return kind.send(part, channel, sending)
        finally:
            pace.last = tools.monotonic()

    return errand


def _outcome(send: Callable[[], Receipt]) -> Outcome:
    try:
        return send()
    except DeliveryError as error:
        return error


def _rows_of(end: StopIteration) -> Rows:
    rows: Rows = end.value
    return rows


def _not_reached(error: DeliveryError) -> DeliveryError:
    """What a failed part means for the parts after it: they were never sent, so they are not refused."""
    not_before = error.not_before if isinstance(error, TryLater) else None
    return TryLater(error.subject, f"an earlier part failed: {error.message}", not_before=not_before)


def _marked(rows: Iterable[Delivery], batch: Batch, now: datetime) -> Rows:
    return tuple(
        replace(
            row,
            state=DeliveryState.SENDING,
            attempts=row.attempts + 1,
            first_try=row.first_try or now,
            last_try=now,
            batch=batch.key,
        )
        for row in rows
    )


def _settle(rows: Sequence[Delivery], outcome: Outcome, batch: Batch, tools: Tools) -> Rows:
    now, jitter = tools.clock(), tools.jitter()  # one for all: what was one message is tried again as one
    settled = tuple(_settled(row, outcome, batch, now, jitter) for row in rows)
    for row in settled:
        log.info(
            "delivery=%s channel=%s state=%s attempts=%s reason=%r",
            row.id,
            row.channel,
            row.state.value,
            row.attempts,
            row.reason,
        )
    return settled


def _settled(row: Delivery, outcome: Outcome, batch: Batch, now: datetime, jitter: float) -> Delivery:
    match outcome:
        case Receipt(refused=refused) if row.recipient in refused:
            return replace(row, state=DeliveryState.REFUSED, reason=refused[row.recipient])
        case Receipt(later=later, uncertain=uncertain) if row.recipient in later:
            return _later(row, later[row.recipient], uncertain, None, now, jitter)
        case Receipt(text=text, thread=thread):
            return replace(
                row,
                state=DeliveryState.SENT,
                receipt=text,
                thread=thread or batch.thread,
                reason="",
                sent_at=now,
            )
        case TryLater(message=message, uncertain=uncertain, not_before=not_before):
            return _later(row, message, uncertain, not_before, now, jitter)
        case Refused(message=message, remedy=remedy):
            return replace(row, state=DeliveryState.REFUSED, reason=f"{message}. {remedy}")
        case _:
            return _later(row, outcome.message, True, None, now, jitter)


def _later(
    row: Delivery, why: str, uncertain: bool, not_before: datetime | None, now: datetime, jitter: float
) -> Delivery:
    due = due_again(row.attempts, now, jitter, not_before)
    if due is None:
        return replace(row, state=DeliveryState.REFUSED, reason=f"given up after three days: {why}")
    repeat = row.possible_repeat or uncertain
    return replace(
        row,
        state=DeliveryState.LATER,
        due=due,
        reason=why,
        possible_repeat=repeat,
        not_before=not_before,
    )


# ── many channels ────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, eq=False)
class _Lane:
    """One channel's work. `turn` counts its sends, so that a late answer to an old one is known."""

    name: str
    work: list[Work] = field(default_factory=list)
    course: _Course | None = None
    turn: int = 0
    started: float = 0.0
    busy: bool = False

    def go_on(
        self,
        outcome: Outcome | None,
        tools: Tools,
        results: queue.SimpleQueue[tuple[_Lane, int, Outcome]],
    ) -> Rows:
        """Takes the outcome of the last send and starts the next one. The rows settled meanwhile."""
        settled: Rows = ()
        self.busy = False
        if isinstance(outcome, TryLater) and outcome.not_before is not None:
            self.work = []  # the server wants a pause: the rest stays owed until then
        while self.course is not None or self.work:
            if self.course is None and tools.stopping():
                break
            try:
                send = self._next_send(outcome, tools)
            except StopIteration as end:
                settled += _rows_of(end)
                self.course, outcome = None, None
                continue
            self.busy, self.turn, self.started = True, self.turn + 1, tools.monotonic()
            threading.Thread(
                target=_carry, args=(self, self.turn, send, results), name=f"send-{self.name}", daemon=True
            ).start()
            break
        return settled

    def _next_send(self, outcome: Outcome | None, tools: Tools) -> Callable[[], Receipt]:
        if self.course is None:
            batch, message, channel = self.work.pop(0)
            self.course = _course(batch, message, channel, tools)
            return next(self.course)
        return self.course.send(outcome) if outcome is not None else next(self.course)

    def overdue(self, tools: Tools) -> bool:
        return self.busy and tools.monotonic() - self.started >= tools.seconds

    def give_up(self, tools: Tools) -> Rows:
        """Leaves the hanging send alone; the rest of this channel's work waits for the next time."""
        self.busy, self.work = False, []
        course, self.course = self.course, None
        if course is None:
            return ()
        late = TryLater(self.name, f"no answer within {tools.seconds:.0f} s", uncertain=True)
        try:
            course.send(late)
        except StopIteration as end:
            return _rows_of(end)
        return ()


def _carry(
    lane: _Lane,
    turn: int,
    send: Callable[[], Receipt],
    results: queue.SimpleQueue[tuple[_Lane, int, Outcome]],
) -> None:
    """Runs one send and hands the outcome over, whatever happens to this thread."""
    outcome: Outcome = TryLater(lane.name, "the channel's code failed; see the log", uncertain=True)
    try:
        outcome = _outcome(send)
    finally:
        results.put((lane, turn, outcome))


def _patience(lanes: Iterable[_Lane], tools: Tools) -> float:
    """Seconds until the next look at the deadlines, and at `stopping`."""
    left = [lane.started + tools.seconds - tools.monotonic() for lane in lanes if lane.busy]
    return max(0.01, min([0.5, *left]))
