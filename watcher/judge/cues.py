"""The lifecycle's cue words found in text: which concept stands where. Pure; compiled once per language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from watcher.judge.fold import fold_pattern
from watcher.judge.match import Patterns
from watcher.topic import Lifecycle

Hit = tuple[int, int]
Hits = dict[str, list[Hit]]
"""concept -> where it stands, in the order of the text; offsets as in the folded sentence."""

# Languages so near that a headline of the one may be taken for the other's: the words of all are read.
_KIN = dict.fromkeys(("hr", "sr", "sl"), ("hr", "sr", "sl"))

# Everything that is neither letter nor digit, but for the marks that Thai, Khmer and Indic letters carry.
_NOT_A_WORD = re.compile(r"[^\w\u0900-\u0eff\u1780-\u17ff]|_")
_BARE_SPACE = re.compile(r" (?![+*?])")


def plain(folded: str) -> str:
    """Folded text with each character of punctuation as a space, so that offsets stay as they were."""
    return _NOT_A_WORD.sub(" ", folded)


@lru_cache(maxsize=64)
def cue_patterns(lifecycle: Lifecycle, language: str | None) -> Patterns:
    """Every cue of one language and those that hold in all. An unknown language is read as English."""
    return Patterns(_chosen(lifecycle, language or "en"), closed=False)


def _chosen(lifecycle: Lifecycle, language: str) -> Iterator[tuple[str, str]]:
    for concept, by_language in lifecycle.cues.items():
        for spoken in ("*", *_KIN.get(language, (language,))):
            for pattern in by_language.get(spoken, ()):
                yield concept, _BARE_SPACE.sub(" +", fold_pattern(pattern))


def speaks(lifecycle: Lifecycle, language: str | None) -> bool:
    """Whether the topic has cues of this language beside the common ones."""
    return language in lifecycle.cues.get("leave", ())


def find(plain_text: str, lifecycle: Lifecycle, language: str | None) -> Hits:
    """All cues in one sentence that `plain` has prepared."""
    hits: Hits = {}
    for concept, start, end in cue_patterns(lifecycle, language).all(plain_text):
        hits.setdefault(concept, []).append((start, end))
    return hits
