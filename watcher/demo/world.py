"""The demo's world: start it, move its clock, read what it was sent, stop it.

with DemoWorld() as world:
    config.write_text(world.config_text(state_dir))
    for moment in world.moments:
        world.at(moment)
        …                       # one cycle of the real pipeline, with `moment` as now
    world.mailbox, world.slack_messages
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from watcher.demo.news import START, moments, outlets
from watcher.demo.servers import Mail, MailSink, Press, SlackSink, Stoppable

S = TypeVar("S", bound=Stoppable)

ZONE = "UTC"
ADDRESS = "analyst@example.org"
PAGE = {
    "item": "article.teaser",
    "title": "h2 a",
    "link": "h2 a",
    "date": "time",
    "summary": "p",
}


class DemoWorld:
    """Servers that run between `start` and `stop`; usable as a context manager.

    Raises WatcherError at `start` when the `demo` extra is not installed. The clock stands at the
    demo's first moment until `at` moves it.
    """

    def __init__(self) -> None:
        self.now = START
        self.moments: tuple[datetime, ...] = moments()
        self._press: Press | None = None
        self._slack: SlackSink | None = None
        self._mail: MailSink | None = None
        self._servers: list[Stoppable] = []

    def start(self) -> DemoWorld:
        try:
            self._mail = self._up(MailSink())  # first: it is the one that can be missing
            self._press = self._up(Press(lambda: self.now))
            self._slack = self._up(SlackSink())
        except BaseException:
            self.stop()
            raise
        return self

    def _up(self, server: S) -> S:
        self._servers.append(server)
        return server

    def stop(self) -> None:
        """Idempotent. What was received stays readable."""
        while self._servers:
            self._servers.pop().stop()

    def __enter__(self) -> DemoWorld:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def at(self, moment: datetime) -> None:
        """From now on the press shows what had been published by `moment` (aware)."""
        self.now = moment

    @property
    def press(self) -> Press:
        assert self._press is not None, "not started"
        return self._press

    @property
    def mailbox(self) -> Sequence[Mail]:
        """Every e-mail received, oldest first."""
        return tuple(self._mail.messages) if self._mail else ()

    @property
    def slack_messages(self) -> Sequence[dict[str, Any]]:
        """Every Slack payload received, oldest first."""
        return tuple(self._slack.messages) if self._slack else ()

    def config_text(self, state_dir: Path) -> str:
        """A config.toml for this world: its press, Slack and mailbox, and nothing of the real one."""
        assert self._slack, "not started"
        assert self._mail, "not started"
        here = [f"127.0.0.1:{p}" for p in (self.press.port, self._slack.port, self._mail.port)]
        return _CONFIG.format(
            state=_quoted(str(state_dir)),
            zone=ZONE,
            webhook=_quoted(self._slack.webhook),
            smtp_port=self._mail.port,
            address=ADDRESS,
            private=", ".join(map(_quoted, here)),
            sources="\n".join(self._source(outlet_id) for outlet_id in outlets()),
        )

    def _source(self, outlet_id: str) -> str:
        outlet = outlets()[outlet_id]
        kind = "page" if outlet.form == "page" else "feed"
        lines = [
            "[[sources.add]]",
            f"id = {_quoted(outlet.id)}",
            f"kind = {_quoted(kind)}",
            f"url = {_quoted(f'{self.press.root}/{outlet.id}')}",
            f"name = {_quoted(outlet.name)}",
            f"language = {_quoted(outlet.language)}",
            f"tier = {_quoted(outlet.tier)}",
        ]
        if kind == "page":
            lines.append("options = { " + ", ".join(f"{k} = {_quoted(v)}" for k, v in PAGE.items()) + " }")
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_CONFIG = """\
# Written by `watcher demo` for its own small world on this machine.
[watcher]
state_dir = {state}
contact = "demo@example.org"
timezone = "{zone}"

[topic]
name = "ottawa"

[sources]
packs = []

{sources}
[[channels]]
name = "slack"
kind = "slack"
webhook = {webhook}

[[channels]]
name = "mail"
kind = "email"
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
from = "Ottawa watcher <watcher@example.org>"
to = ["{address}"]

[policy]
digest = ["18:00"]
empty_digest = false
first_run = "silent"

[network]
allow_private = [{private}]
per_host_spacing_seconds = 0.0
"""
