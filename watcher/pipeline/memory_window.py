"""How far back a cycle remembers, and what it remembers of an article that comes back edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from watcher.model import Item, ItemId

STORY_WINDOW = timedelta(days=21)
"""How long after its last report a story takes in more."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An entry that is stored already and came back changed. `item` is whole when it is kept whole."""

    id: ItemId
    item: Item | None
    revision: int
