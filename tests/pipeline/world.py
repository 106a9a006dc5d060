"""One feed on a local server, a configuration that polls it, and a clock that is set by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from tests.collect.server import Server
from watcher.cli.kinds import channel_kinds, source_kinds
from watcher.cli.start import SHIPPED_TOPIC
from watcher.config import load, load_topic
from watcher.model import Config
from watcher.pipeline.service import Cycle, one_cycle
from watcher.store import database
from watcher.store.database import Database
from watcher.topic import Topic

START = datetime(2026, 5, 4, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """One article as a feed offers it."""

    slug: str
    title: str
    text: str = ""
    at: datetime = START


@dataclass
class World:
    """`poll()` is one whole production cycle at `now`."""

    server: Server
    folder: Path
    topic: Topic
    now: datetime = START
    written: list[str] = field(default_factory=list)
    extra: str = ""
    head: str = ""  # more of [watcher]
    sources: dict[str, str] = field(default_factory=lambda: {"wire": "official"})
    floor: int = 0  # min_poll_seconds
    limits: str = ""  # more lines of [network]
    allow: list[str] = field(default_factory=list)  # other servers than this one

    def config(self, **changes: object) -> Config:
        file = self.folder / "config.toml"
        file.write_text(self._text(), encoding="utf-8")
        config = load(file, env={}, source_kinds=source_kinds(), channel_kinds=channel_kinds())
        return replace(config, **changes)  # type: ignore[arg-type]

    def _text(self) -> str:
        added = "".join(
            f'[[sources.add]]\nid = "{name}"\nname = "{name}"\nkind = "feed"\n'
            f'url = "{self.server.url("/" + name)}"\ntier = "{tier}"\n'
            for name, tier in self.sources.items()
        )
        return (
            '[watcher]\nstate_dir = "state"\ncontact = "a@example.org"\n'
            f"min_poll_seconds = {self.floor}\n{self.head}\n"
            f'[sources]\npacks = []\n{added}[[channels]]\nname = "desk"\nkind = "file"\nfolder = "out"\n'
            f'format = "json"\n{self.extra}\n'
            f"[network]\nallow_private = {[self.server.allow, *self.allow]}\nper_host_spacing_seconds = 0\n"
            f"{self.limits}"
        )

    def publish(self, *stories: Story, source: str = "wire") -> None:
        self.server.reply("/" + source, body=rss(stories), headers=[("Content-Type", "application/rss+xml")])

    def poll(self, *, force: bool = True, send: bool = True, after: timedelta = timedelta()) -> Cycle:
        self.now += after
        with self.database() as db:
            return asyncio.run(
                one_cycle(
                    self.config(),
                    lambda: self.topic,
                    db,
                    self.clock,
                    force=force,
                    send=send,
                    write=self.written.append,
                )
            )

    @property
    def clock(self) -> Callable[[], datetime]:
        return lambda: self.now

    def database(self) -> Database:
        return database.open(self.folder / "state" / "watcher.sqlite3")

    def messages(self) -> list[str]:
        """What the file channel was given, oldest first."""
        files = sorted((self.folder / "out").glob("*.json"), key=lambda f: (f.stat().st_mtime_ns, f.name))
        return [f.read_text(encoding="utf-8") for f in files]


def rss(stories: tuple[Story, ...]) -> bytes:
    items = "".join(
        f"<item><title>{escape(s.title)}</title><link>https://news.example/{s.slug}</link>"
        f"<guid isPermaLink='false'>{s.slug}</guid><pubDate>{format_datetime(s.at)}</pubDate>"
        f"<description>{escape(s.text)}</description></item>"
        for s in stories
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>W</title>{items}</channel></rss>".encode()
    )


def shipped_topic() -> Topic:
    return load_topic(SHIPPED_TOPIC)
