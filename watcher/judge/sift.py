"""The cheap step before judging: may this entry be about the treaty at all? Pure and generous.

Three cuts, each dearer than the one before: whole words and first letters of words, the stems and phrases
those letters may begin, and the scripts that write no spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from watcher.judge.fold import fold
from watcher.judge.match import GLUED, UNSPACED
from watcher.model import Entry
from watcher.topic import Lexicon, Topic

_WORD = re.compile(r"\w+")
_ASCII_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_UNSPACED = re.compile(f"[{GLUED}{UNSPACED}]")
_MOST_IDLE, _LONG = 50_000, 32  # pieces of text that are noted, and letters of one
_COMMON, _PHRASE = 40, 80
_MARKS = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]")


def sift(entry: Entry, topic: Topic) -> bool:
    """Whether the letters of the treaty or of a mine occur at all, or the title tells of some treaty. Generous."""
    if tells(_text(entry), topic.lexicon):
        return True
    title = fold(entry.title)
    return any(stem in title for stem in _stems(topic.lexicon).title)


def _text(entry: Entry) -> str:
    return f"{entry.title}\n{entry.summary}\n{entry.content}"


def hints(entry: Entry, lexicon: Lexicon) -> tuple[str, ...]:
    """Letters of which one stands, case aside, in every sentence of the entry that tells; ("",) when that
    cannot be said without folding it."""
    text = _text(entry)
    if not text.isascii() and (_UNSPACED.search(text) or not _plainly_written(text)):
        return ("",)
    return tuple(_marked(text, lexicon)[0])


def tells(text: str, lexicon: Lexicon) -> bool:
    """Whether the letters of the treaty, of a mine or of a meeting occur in `text`."""
    stems = _stems(lexicon)
    marked, lowered = _marked(text, lexicon)
    if not stems.words.isdisjoint(marked):
        return True
    if marked and _begun(marked, lowered, stems):
        return True
    if text.isascii() or not _UNSPACED.search(text):
        return False
    folded = fold(text)
    return any(stem in folded for stem in stems.inside)


@lru_cache(maxsize=1)
def _marked(text: str, lexicon: Lexicon) -> tuple[frozenset[str], str]:
    """The words of `text` that are sought or begin as a stem or phrase does; and the text in lower case. What
    has no such word is noted: all texts are made of the same few thousand words."""
    stems = _stems(lexicon)
    lowered = _lowered(text)
    pieces = frozenset(lowered.split())
    if len(stems.idle) + len(pieces) > _MOST_IDLE:
        stems.idle.clear()
    marked: set[str] = set()
    for piece in pieces - stems.idle:
        words = piece.translate(_ASCII_WORDS).split() if piece.isascii() else _WORD.findall(piece)
        found = [word for word in words if word[:4] in stems.heads or word in stems.words]
        if found:
            marked.update(found)
        elif len(piece) < _LONG:
            stems.idle.add(piece)
    return frozenset(marked), lowered


def _lowered(text: str) -> str:
    """In lower case; folded only where letters are written in pieces or with marks between them."""
    if text.isascii():
        return text.lower()
    return text.casefold() if _plainly_written(text) else fold(text)


def _plainly_written(text: str) -> bool:
    return unicodedata.is_normalized("NFKC", text) and not _MARKS.search(text)


def _begun(marked: Iterable[str], lowered: str, stems: Stems) -> bool:
    if any(word.startswith(stems.starts.get(word[:4], ())) for word in marked):
        return True
    return any(
        _goes_on(word, phrases, lowered) for word in marked if (phrases := stems.phrases.get(word[:4]))
    )


def _goes_on(word: str, phrases: tuple[str, ...], lowered: str) -> bool:
    """Whether one of the phrases begins with this word. "go" and "de" are common, what makes them a phrase is
    not: only what stands behind them is folded."""
    if lowered.count(word) > _COMMON:
        folded = fold(lowered)
        return any(phrase in folded for phrase in phrases)
    at = lowered.find(word)
    while at >= 0:
        if fold(lowered[at : at + _PHRASE]).startswith(phrases):
            return True
        at = lowered.find(word, at + 1)
    return False


@dataclass(frozen=True, slots=True)
class Stems:
    """`words` whole; `heads`: first four letters, as written and folded, of the stems and phrases they may
    begin; `inside` is sought anywhere, for scripts that write no spaces. `idle` pieces of text are known to have
    none of these."""

    words: frozenset[str]
    heads: frozenset[str]
    starts: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[str, ...]]
    inside: tuple[str, ...]
    title: tuple[str, ...]
    idle: set[str] = field(default_factory=set)


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
        heads=frozenset(heads),
        starts={head: tuple(s for s in stems if s.isalnum()) for head, stems in heads.items()},
        phrases={head: tuple(s for s in stems if not s.isalnum()) for head, stems in heads.items()},
        inside=tuple(fold(stem) for stem in stems if _UNSPACED.search(stem)),
        title=tuple(fold(stem) for stem in _every(lexicon, "sift_title")),
    )


def _every(lexicon: Lexicon, concept: str) -> Iterator[str]:
    for patterns in lexicon.patterns.get(concept, {}).values():
        yield from patterns
