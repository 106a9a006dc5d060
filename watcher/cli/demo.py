"""`demo`: the real pipeline over four weeks of invented news, served and received on this machine."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watcher.cli.output import emit_rows, emit_text, progress
from watcher.cli.start import SHIPPED_TOPIC

if TYPE_CHECKING:
    from watcher.demo.world import DemoWorld


@click.command()
@click.option(
    "--keep", type=click.Path(file_okay=False), help="Keep the demo's database and pages in this folder."
)
def demo(keep: str | None) -> None:
    """See it work: four invented weeks of news in accelerated time, on 127.0.0.1 only.

    A local press serves feeds in several languages; a local mailbox and a Slack-shaped sink
    receive. The real pipeline polls, judges, stores and sends. Takes some seconds.
    """
    folder = Path(keep) if keep else Path(tempfile.mkdtemp(prefix="watcher-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    _play(folder)
    emit_text(f"\nEverything above is in {folder}; look at slack.html and mail.html there.")
    emit_text(f"Try: watcher -c '{folder / 'config.toml'}' list")


def _play(folder: Path) -> None:
    from watcher.cli.kinds import channel_kinds, source_kinds
    from watcher.config import load, load_topic
    from watcher.demo.world import DemoWorld
    from watcher.pipeline.service import one_cycle
    from watcher.store import database

    topic = load_topic(SHIPPED_TOPIC)
    with DemoWorld() as world:
        file = folder / "config.toml"
        file.write_text(world.config_text(folder / "state"), encoding="utf-8")
        config = load(file, env=os.environ, source_kinds=source_kinds(), channel_kinds=channel_kinds())
        shown = progress(len(world.moments), "polls")
        entries = relevant = mails = 0
        with database.open(config.state_dir / "watcher.sqlite3") as db:
            for number, moment in enumerate(world.moments, start=1):
                world.at(moment)
                cycle = asyncio.run(one_cycle(config, lambda: topic, db, _at(moment), force=True))
                entries, relevant = entries + cycle.polled.new, relevant + cycle.polled.relevant
                for mail in world.mailbox[mails:]:
                    emit_text(f"{moment:%d %b %H:%M}  {mail.subject}")
                mails = len(world.mailbox)
                shown(number, f"{moment:%d %B %Y}")
        emit_text(
            f"{len(world.moments)} polls of {len(config.sources)} sources: {entries} entries, {relevant} relevant; "
            f"{len(world.slack_messages)} Slack messages and {mails} mails received"
        )
        _show_messages(world)
        _write_pages(folder, world)
        _status(folder, world.moments[-1])


def _at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def _show_messages(world: DemoWorld) -> None:
    """An alert as Slack has it, one as the mailbox does, and the last digest that tells of something."""
    from watcher.notify.preview import plain

    posts = [p for p in world.slack_messages if "head of state signed" in str(p.get("text"))]
    votes = [
        mail for mail in world.mailbox if mail.subject == "Romania: parliament voted to leave (214 to 63)"
    ]
    digests = [m for m in world.mailbox if m.subject.startswith("Digest") and "no dev" not in m.subject]
    for post in posts[:1]:
        _ruled("In Slack", plain(post))
    for mail in (*votes[:1], *digests[-1:]):
        _ruled("In the mailbox", mail.text())


def _ruled(where: str, text: str) -> None:
    emit_text(f"\n── {where} {'─' * (74 - len(where))}\n{text.strip()}")


def _write_pages(folder: Path, world: DemoWorld) -> None:
    from watcher.notify.preview import preview

    (folder / "slack.html").write_text(preview(world.slack_messages), encoding="utf-8")
    if world.mailbox:
        (folder / "mail.html").write_text(world.mailbox[-1].text("html"), encoding="utf-8")


def _status(folder: Path, moment: datetime) -> None:
    from watcher.cli.items import COLUMNS, item_row
    from watcher.config import load_topic
    from watcher.pipeline.memory import ledger_of
    from watcher.review.states import status_rows
    from watcher.store import database
    from watcher.store.items import page

    topic = load_topic(SHIPPED_TOPIC)
    with database.open(folder / "state" / "watcher.sqlite3") as db:
        rows = status_rows(ledger_of(db, topic, moment).values(), topic)[:8]
        items = page(db, limit=8)
    columns = ("state", "name", "status", "stage", "since", "effect_due")
    emit_rows(rows, columns, as_json=False, empty="", wide="stage", heading="status, latest change first")
    emit_rows([item_row(i) for i in items], COLUMNS, as_json=False, empty="", wide="title", heading="list")
