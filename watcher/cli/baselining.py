"""The baseline record in words, and the attaching of the article's own text."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from watcher.model import Config
from watcher.store.database import Database
from watcher.topic import Topic


def record(topic: Topic) -> dict[str, object]:
    """The record as JSON shows it."""
    base = topic.baseline
    return {
        "item": 1,
        "title": base.title,
        "publisher": base.publisher,
        "published": base.published,
        "url": base.url,
        "url_note": base.url_note,
        "event_date": base.event_date,
        "claims": [
            {
                "states": c.states,
                "development": c.development,
                "stage": c.stage,
                "modality": c.modality.value,
                "date": c.event_date,
            }
            for c in base.claims
        ],
        "figures": [{"key": f.key, "op": f.op, "value": f.value, "period": f.period} for f in base.figures],
        "predictions": base.predictions,
        "positions": base.positions,
        "topics": base.topics,
        "notes": base.notes,
    }


def lines(topic: Topic) -> list[str]:
    """The record for people."""
    base = topic.baseline
    out = [f"{base.title}", f"{base.publisher}, {base.published:%d %B %Y}. {base.url or base.url_note}", ""]
    out += [
        f"  {', '.join(c.states)}: {c.development} ({c.modality.value}) {c.event_date or ''}"
        for c in base.claims
    ]
    out += ["", "Figures"] + [
        f"  {f.key.replace('_', ' ')}: {f.op} {f.value:,} {f.period}".rstrip() for f in base.figures
    ]
    out += ["", "Predictions"] + [f"  {p.get('by', '')}: {p.get('what', '')}" for p in base.predictions]
    out += ["", "Positions"] + [f"  {p.get('who', '')}: {p.get('stance', '')}" for p in base.positions]
    out += ["", "`watcher baseline --new` shows what later news made of it."]
    return out


def attach(db: Database, source: str, config: Config, topic: Topic, now: datetime) -> int:
    """Attach the text of FILE or URL to item 1. Returns its length in characters.

    Raises click.ClickException when it cannot be read or holds no article.
    """
    from watcher.collect.article import read_article
    from watcher.collect.text import plain
    from watcher.store import items
    from watcher.store.baseline import ensure_baseline

    body = _fetched(source, config) if source.startswith(("http://", "https://")) else _file(source)
    html = b"<html" in body[:4000].lower() or b"<!doctype html" in body[:4000].lower()
    text = read_article(body, {}, source).text if html else plain(body.decode("utf-8", "replace"))
    if len(text) < 200:
        raise click.ClickException(f"{source}: no article text in it (found {len(text)} characters)")
    ensure_baseline(db, topic, now)
    items.attach_text(db, 1, text)
    return len(text)


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be read: {error.strerror}") from error


def _fetched(url: str, config: Config) -> bytes:
    from watcher.collect import fetch
    from watcher.model import FetchFailed, NotModified, Request

    async def get() -> bytes:
        async with fetch.open_client(config.network, contact=config.contact) as client:
            result = await fetch.fetch_one(
                Request(url), config.network, client=client, now=lambda: datetime.now(UTC)
            )
        if isinstance(result, FetchFailed | NotModified):
            why = result.text if isinstance(result, FetchFailed) else "answered 304 to a first request"
            raise click.ClickException(f"{url}: {why}")
        return result.body

    return asyncio.run(get())
