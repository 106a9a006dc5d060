"""`run` and `poll`: the watcher at work."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime

import click

from watcher.cli.output import emit_json, emit_text, json_option, progress, safe
from watcher.cli.start import Start, pass_start


def now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.option(
    "--force", is_flag=True, help="Poll what is not due yet, too. A server's Retry-After still wins."
)
@click.option("--no-send", is_flag=True, help="Collect and judge only; what is owed stays owed.")
@json_option
@pass_start
def poll(start: Start, force: bool, no_send: bool, as_json: bool) -> None:
    """One cycle: collect what is due, judge it, deliver what is due, exit.

    Exit code 0 when the cycle ran, even if sources failed or a message could not be delivered (it
    stays owed); 2 configuration; 3 another watcher holds the state directory; 4 database; 130 Ctrl-C.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite stop, like Ctrl-C
    from watcher.pipeline.service import one_cycle
    from watcher.store.lock import held

    logging_to_stderr(start)
    config = start.config()
    warn(config.warnings)
    with held(config.state_dir, now()), start.database() as db:
        shown = None if as_json else progress_line("polling")
        try:
            report = asyncio.run(
                one_cycle(
                    config,
                    start.topic,
                    db,
                    now,
                    force=force,
                    send=not no_send,
                    progress=shown,
                    write=(sys.stderr if as_json else sys.stdout).write,  # JSON has standard output to itself
                )
            )
        except KeyboardInterrupt:
            click.echo("stopped; what was read so far is stored", err=True)
            raise click.exceptions.Exit(130) from None
    if as_json:
        emit_json(report.document())
    else:
        emit_text("\n".join(report.lines()))


@click.command()
@pass_start
def run(start: Start) -> None:
    """Watch: poll at once, show a digest preview, then poll on schedule until Ctrl-C.

    Which sources are due is decided by the database, so a restart never polls early, and a digest
    hour that was missed is made up for once. Ctrl-C or SIGTERM stops within five seconds, exit 0.
    """
    from watcher import schedule
    from watcher.pipeline.service import Service
    from watcher.store.lock import held

    logging_to_stderr(start)
    config = start.config()
    warn(config.warnings)
    stop = threading.Event()
    with held(config.state_dir, now()), schedule.signals(stop):
        service = Service(config, start.topic, now, say=say, progress=progress_line("polling"))
        service.open()
        settled = schedule.run(
            (
                schedule.Tick("poll", min(30.0, max(1.0, config.min_poll_seconds / 2)), service.poll),
                schedule.Tick("speak", 15.0, service.speak),
                schedule.Tick("housekeeping", 6 * 3600.0, service.housekeep),
            ),
            stop,
        )
        say("stopped; everything read is stored, everything owed stays owed")
    if not settled:
        # A send that will not end must not hold the process: its row says it may have gone out.
        sys.stdout.flush()
        os._exit(0)


def warn(warnings: Iterable[str]) -> None:
    """What is doubtful in the configuration but stops nothing."""
    for text in warnings:
        click.echo(f"warning: {safe(text)}", err=True)


def say(text: str) -> None:
    emit_text(text)
    sys.stdout.flush()


def progress_line(what: str):  # type: ignore[no-untyped-def]
    shown = None

    def show(done: int, total: int, note: str) -> None:
        nonlocal shown
        shown = shown or progress(total, what)
        shown(done, note)

    return show


def logging_to_stderr(start: Start) -> None:
    """Warnings and worse always; every step with --verbose. One line an event, key=value."""
    logging.basicConfig(
        level=logging.INFO if start.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    for chatty in ("httpx2", "httpcore2", "apscheduler", "trafilatura", "slack_sdk"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
