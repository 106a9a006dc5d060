"""Wire copies: the same text under other mastheads. Pure.

Two texts are one when their five-word shingles overlap by 0.7, or the shorter lies in the longer by 0.85;
texts too short for shingles are one when their folded titles are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from watcher.judge.fold import fold
from watcher.judge.remember import remembered
from watcher.model import Entry, Item

SHINGLE = 5
MIN_SHINGLES = 8
OVERLAP = 0.7
CONTAINED = 0.85
ADVERSARY = "(adversary state media)"
WINDOW = timedelta(days=4)
_WORDS = re.compile(r"\w+")
_OUTLET = re.compile(r"\s+[-|–—]\s+[^-|–—]{2,40}$")


def original_of(item: Item, others: Iterable[Item]) -> Item | None:
    """The first of `others` (oldest first) that `item` repeats, unless it is the same outlet's page."""
    for other in others:
        if other.id == item.id or _of_others(item, other) or not _in_time(item, other):
            continue
        if is_copy(item.entry, other.entry):
            return other
    return None


def _of_others(item: Item, other: Item) -> bool:
    """One form filled in for another state, such as a depositary's notification: a report of its own."""
    mine, theirs = (set(i.claims[0].states) if i.claims else set() for i in (item, other))
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def is_copy(entry: Entry, other: Entry) -> bool:
    mine, theirs = _shingles(_body(entry)), _shingles(_body(other))
    if min(len(mine), len(theirs)) >= MIN_SHINGLES:
        common = len(mine & theirs)
        return common >= OVERLAP * len(mine | theirs) or common >= CONTAINED * min(len(mine), len(theirs))
    title = bare_title(entry)
    return len(_WORDS.findall(title)) >= 4 and title == bare_title(other)


@lru_cache(maxsize=8192)
def _folded_title(title: str, outlet: str) -> str:
    text = _OUTLET.sub("", title) if not outlet or title.rstrip().endswith(outlet) else title
    return " ".join(_WORDS.findall(fold(text)))


def bare_title(entry: Entry) -> str:
    """The folded words of the title, without the outlet that aggregators append."""
    return _folded_title(entry.title, entry.outlet)


def _body(entry: Entry) -> str:
    return entry.content or entry.summary


@remembered(most=600_000)
def _shingles(text: str) -> frozenset[int]:
    words = _WORDS.findall(fold(text[:20_000]))
    return frozenset(hash(tuple(words[i : i + SHINGLE])) for i in range(len(words) - SHINGLE + 1))


def _in_time(item: Item, other: Item) -> bool:
    a, b = item.entry.published, other.entry.published
    return a is None or b is None or abs(a - b) <= WINDOW


def source_of(item: Item) -> str:
    """Who speaks: the outlet, and all state media of an adversary as one."""
    return ADVERSARY if item.entry.adversary else outlet_of(item).casefold()


def outlet_of(item: Item) -> str:
    """Its name as printed."""
    return item.entry.outlet or str(item.entry.source_id)
