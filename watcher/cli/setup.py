"""`check`: is everything in order, before anything is started."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from watcher.cli.output import emit_json, emit_text, json_option, progress
from watcher.cli.start import Start, pass_start
from watcher.errors import DeliveryError, WatcherError


def now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.option(
    "--online", is_flag=True, help="Also ask every source that is on, and greet every channel's server."
)
@json_option
@pass_start
def check(start: Start, online: bool, as_json: bool) -> None:
    """Validate the configuration, the topic and the database; say what is wrong and what to do.

    Exit code 0 when all is well, 1 when a source or channel does not answer, 2 for configuration.
    Starts nothing and sends nothing.
    """
    rows = list(_offline(start))
    if online:
        rows += _sources(start)
        rows += _channels(start)
    failed = [row for row in rows if not row["ok"]]
    if as_json:
        emit_json({"ok": not failed, "checks": rows})
    else:
        for row in rows:
            emit_text(f"{'ok  ' if row['ok'] else 'FAIL'} {row['what']}: {row['text']}")
    if failed:
        raise click.exceptions.Exit(1)


def _row(what: str, ok: bool, text: str) -> dict[str, object]:
    return {"what": what, "ok": ok, "text": text}


def _offline(start: Start) -> Iterator[dict[str, object]]:
    config = start.config()
    on = [s for s in config.sources if s.enabled]
    yield _row(
        "config",
        True,
        f"{config.file}: {len(on)} of {len(config.sources)} sources on, "
        f"{sum(c.enabled for c in config.channels)} channel(s), time zone {config.zone.key}",
    )
    for text in config.warnings:
        yield _row("config", False, text)
    topic = start.topic()
    yield _row(
        "topic",
        True,
        f"{topic.title}: {len(topic.states)} states, {len(topic.lifecycle.stages)} stages, "
        f"{len(topic.history)} past events",
    )
    yield _database(start)


def _database(start: Start) -> dict[str, object]:
    from watcher.store import housekeeping

    try:
        with start.database() as db:
            damage = housekeeping.damage(db)
            path = db.path
    except WatcherError as error:
        return _row("database", False, str(error))
    return _row("database", not damage, "; ".join(damage) or f"{path} is sound")


def _sources(start: Start) -> list[dict[str, object]]:
    from watcher.pipeline.probing import probe

    config = start.config()
    on = [s for s in config.sources if s.enabled]
    found = asyncio.run(probe(config, on, now, progress(len(on), "probing")))
    return [
        _row(
            f"source {row['id']}",
            bool(row["ok"]),
            f"{row['entries']} entries, newest {row['newest'] or 'undated'}"
            if row["ok"]
            else f"{row['answer']}: {row['suggestion']}",
        )
        for row in found
    ]


def _channels(start: Start) -> Iterator[dict[str, object]]:
    """Greets each server without sending; a kind without such a greeting says so."""
    from watcher.notify.channels import load

    for channel in start.config().channels:
        if not channel.enabled:
            continue
        greet = getattr(load(channel.kind), "greet", None)
        if greet is None:
            yield _row(
                f"channel {channel.name}", True, f"`watcher channels test {channel.name}` sends a sample"
            )
            continue
        try:
            yield _row(f"channel {channel.name}", True, str(greet(channel)))
        except DeliveryError as error:
            yield _row(f"channel {channel.name}", False, error.message)
