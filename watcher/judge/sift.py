"""The cheap step before judging: may this entry be about the treaty at all? Pure and generous.

Three cuts, each dearer than the one before: whole words and first letters of words, the stems and phrases
those letters may begin, and the scripts that write no spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from watcher.judge.fold import fold
from watcher.judge.match import GLUED, UNSPACED
from watcher.model import Entry
from watcher.topic import Lexicon, Topic

_WORD = re.compile(r"\w+")
_ASCII_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_UNSPACED = re.compile(f"[{GLUED}{UNSPACED}]")
_MARKS = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]")


def sift(entry: Entry, topic: Topic) -> bool:
    """Whether the letters of the treaty or of a mine occur at all, or the title tells of some treaty. Generous."""
    if tells(f"{entry.title}\n{entry.summary}\n{entry.content}", topic.lexicon):
        return True
    title = fold(entry.title)
    return any(stem in title for stem in _stems(topic.lexicon).title)


def tells(text: str, lexicon: Lexicon) -> bool:
    """Whether the letters of the treaty, of a mine or of a meeting occur in `text`."""
    stems = _stems(lexicon)
    words = frozenset(_words(text))
    if not stems.words.isdisjoint(words):
        return True
    heads = stems.heads.keys() & {word[:4] for word in words}
    if heads and _begun(heads, words, text, stems):
        return True
    if text.isascii() or not _UNSPACED.search(text):
        return False
    folded = fold(text)
    return any(stem in folded for stem in stems.inside)


def _words(text: str) -> list[str]:
    """Lower-case words; folded only where letters are written in pieces or with marks between them."""
    if text.isascii():
        return text.lower().translate(_ASCII_WORDS).split()
    if unicodedata.is_normalized("NFKC", text) and not _MARKS.search(text):
        return _WORD.findall(text.casefold())
    return _WORD.findall(fold(text))


def _begun(heads: Iterable[str], words: Iterable[str], text: str, stems: Stems) -> bool:
    starts = tuple(start for head in heads for start in stems.heads[head] if start.isalnum())
    if any(word.startswith(starts) for word in words):
        return True
    phrases = [phrase for head in heads for phrase in stems.heads[head] if not phrase.isalnum()]
    if not phrases:
        return False
    folded = fold(text)
    return any(phrase in folded for phrase in phrases)


@dataclass(frozen=True, slots=True)
class Stems:
    """`words` whole; `heads`: first four letters, as written and folded, of the stems and phrases they may
    begin; `inside` is sought anywhere, for scripts that write no spaces."""

    words: frozenset[str]
    heads: Mapping[str, tuple[str, ...]]
    inside: tuple[str, ...]
    title: tuple[str, ...]


@lru_cache(maxsize=8)
def _stems(lexicon: Lexicon) -> Stems:
    stems = tuple(_every(lexicon, "sift"))
    whole = tuple(_every(lexicon, "sift_word"))
    heads: dict[str, dict[str, None]] = {}
    for stem in (s for s in stems if not _UNSPACED.search(s)):
        for start in (stem.casefold(), fold(stem)):
            first = _WORD.findall(start)[0][:4]
            heads.setdefault(first, {})[start if start.isalnum() else fold(stem)] = None
    return Stems(
        words=frozenset({*(w.casefold() for w in whole), *(fold(w) for w in whole)}),
        heads={head: tuple(starts) for head, starts in heads.items()},
        inside=tuple(fold(stem) for stem in stems if _UNSPACED.search(stem)),
        title=tuple(fold(stem) for stem in _every(lexicon, "sift_title")),
    )


def _every(lexicon: Lexicon, concept: str) -> Iterator[str]:
    for patterns in lexicon.patterns.get(concept, {}).values():
        yield from patterns
