"""The demo's outlets and news, and what a reader would find at a given moment. Pure, but for reading
the two data files beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files

SHOWN = 20
"""How many items a feed carries, newest first."""

START = datetime(2027, 10, 4, 6, tzinfo=UTC)
END = datetime(2027, 10, 31, 18, tzinfo=UTC)
EVERY = timedelta(hours=3)
EVENING = timedelta(hours=12)
"""From START's hour to the digest's."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One address of the demo's press. `down`: from when until when it answers 503."""

    id: str
    name: str
    form: str  # rss, atom, json or page
    language: str
    tier: str
    down: tuple[datetime, datetime] | None = None

    def answers(self, at: datetime) -> bool:
        return not (self.down and self.down[0] <= at < self.down[1])


@dataclass(frozen=True, slots=True)
class News:
    """One article. `wire` names the outlet whose text it repeats word for word."""

    outlet: str
    at: datetime
    slug: str
    title: str
    summary: str
    more: str = ""
    wire: str = ""

    @property
    def path(self) -> str:
        return f"/{self.outlet}/{self.slug}"


@cache
def outlets() -> Mapping[str, Outlet]:
    """By id, in the order of the file."""
    found = {}
    for record in json.loads(_text("outlets.json")):
        down = record.pop("down", None)
        span = (datetime.fromisoformat(down[0]), datetime.fromisoformat(down[1])) if down else None
        found[record["id"]] = Outlet(**record, down=span)
    return found


@cache
def news() -> tuple[News, ...]:
    """Oldest first."""
    records = [json.loads(line) for line in _text("news.jsonl").splitlines()]
    found = [News(**(r | {"at": datetime.fromisoformat(r["at"])})) for r in records]
    return tuple(sorted(found, key=lambda n: (n.at, n.slug)))


def visible(outlet: str, at: datetime) -> tuple[News, ...]:
    """What `outlet` has published by `at`, newest first."""
    return tuple(n for n in reversed(news()) if n.outlet == outlet and n.at <= at)[:SHOWN]


def moments() -> tuple[datetime, ...]:
    """When the demo polls, oldest first: within three hours of every article, and every evening. A poll
    every three hours would find the same and take three times as long."""
    soon = {START - (START - item.at) // EVERY * EVERY for item in news() if item.at > START}
    evenings = {START + EVENING + timedelta(days=day) for day in range((END - START).days + 1)}
    return tuple(sorted(moment for moment in {START, *soon, *evenings} if moment <= END))


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
