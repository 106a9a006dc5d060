"""Run as a program by test_crash.py: an outbox in SQLite, drained over HTTP, killed at every step.

`python -m tests.notify.crash FOLDER URL STEPS` forks one process for each of the first STEPS fault
points; each has a database of its own and kills itself there. It does what the pipeline does:
recover what a crash left, plan, compose, speak.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.notify.factories import NAMES, NOW, a_channel, a_delivery, a_policy, an_alert, an_item
from watcher.model import Delivery, DeliveryState
from watcher.notify import channels
from watcher.notify.compose import Context, compose, tell
from watcher.notify.deliver import Tools, recover, speak
from watcher.notify.plan import plan

ALERTS = {number: an_alert(number) for number in (1, 2, 3)}


class Rows:
    """Just enough of a store: every write is one committed transaction."""

    def __init__(self, file: str) -> None:
        self.db = sqlite3.connect(file)
        self.db.execute("pragma journal_mode=wal")
        self.db.execute("pragma synchronous=full")
        self.db.execute(
            "create table if not exists deliveries"
            " (id integer primary key, state text, due text, attempts int, repeat int, batch text, reason text)"
        )
        self.db.commit()

    def seed(self) -> None:
        self.write(tuple(a_delivery(number) for number in ALERTS))

    def all(self) -> list[Delivery]:
        found = self.db.execute("select id, state, due, attempts, repeat, batch, reason from deliveries")
        return [
            replace(
                a_delivery(number),
                state=DeliveryState(state),
                due=datetime.fromisoformat(due),
                attempts=attempts,
                possible_repeat=bool(repeat),
                batch=batch,
                reason=reason,
            )
            for number, state, due, attempts, repeat, batch, reason in found
        ]

    def mark(self, rows: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
        self.write(rows)
        return rows

    def write(self, rows: tuple[Delivery, ...]) -> None:
        with self.db:
            self.db.executemany(
                "replace into deliveries values (?,?,?,?,?,?,?)",
                [
                    (r.id, r.state.value, r.due.isoformat(), r.attempts, r.possible_repeat, r.batch, r.reason)
                    for r in rows
                ],
            )


def main(file: str, url: str, step: int) -> int:
    rows, steps = Rows(file), 0

    def fault(point: str) -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            os.kill(os.getpid(), signal.SIGKILL)

    now = NOW + timedelta(minutes=1)
    rows.write(recover(rows.all(), now))
    channel = a_channel("webhook", settings={"url": url})
    work = []
    for batch in plan(rows.all(), ALERTS, [channel], a_policy(), now).batches:
        told = [tell(alert, {1: an_item(1)}, NAMES, now) for alert in batch.alerts]
        work.append((batch, compose(told, channel, Context(now, NAMES), batch), channel))
    speak(work, Tools(mark=rows.mark, record=rows.write, clock=lambda: now, fault=fault))
    return steps


def killed_at(folder: Path, url: str, step: int) -> int:
    """The exit status of a process that was to be killed at `step`: minus nine."""
    Rows(str(folder / f"{step}.db")).seed()
    child = os.fork()
    if child == 0:
        main(str(folder / f"{step}.db"), f"{url}/{step}", step)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    channels.load("webhook")  # so that no child has to import it
    place, address, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    print(*(killed_at(place, address, step) for step in range(1, last + 1)))
