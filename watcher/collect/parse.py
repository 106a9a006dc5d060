"""Fetched → entries never seen before: the skip ladder, then the source's kind. Pure.

Same bytes as last time → nothing is parsed. Otherwise the kind reads, cutting feeds into items and
parsing only the unseen ones; what it hands back equals a full parse without the seen items.
Arguments and results pickle, so a process pool may do the first poll's work.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from watcher.collect.reading import NO_HINTS, PollHints, Reading, seen_hashes, unpack_hints
from watcher.collect.sources import load
from watcher.collect.text import shorten
from watcher.errors import ParseError
from watcher.model import Entry, Fetched, PollState, Source

REMEMBERED = 500
"""Hashes of items that have left the body and may return, beside those that are present."""

MOST_TEXT = 1_000_000
"""Characters of one body's entries. What is judged takes ten times its size in memory, and seconds a million:
beyond these, entries keep their titles and the beginning of their summaries."""
SHORT_TEXT = 300

# What parsers are known to raise on hostile bytes. ParseError is the only thing that leaves.
_FOREIGN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Read:
    """`entries`: the unseen, in the body's order. `state`: the poll state with the new digest, seen
    hashes and memo; everything else of it is untouched. `known` and `unknown` count the items
    present, for the adaptive interval. `hints` hold on an unchanged body as well."""

    entries: tuple[Entry, ...]
    state: PollState
    unchanged: bool = False
    notes: tuple[str, ...] = ()
    hints: PollHints = NO_HINTS
    known: int = 0
    unknown: int = 0


def read(source: Source, state: PollState, fetched: Fetched) -> Read:
    """Raises ParseError, and nothing else, whatever the bytes."""
    digest = hashlib.blake2b(fetched.body, digest_size=16).digest()
    if digest == state.body_digest:
        return Read((), state, unchanged=True, hints=unpack_hints(state.memo), known=len(state.seen) // 8)
    reading = _read_kind(source, state, fetched)
    known = seen_hashes(state.seen)
    present = sum(digest in known for digest in reading.hashes)
    new_state = replace(
        state, body_digest=digest, seen=remember(reading.hashes, state.seen), memo=reading.memo
    )
    return Read(
        _bounded(reading.entries),
        new_state,
        notes=reading.notes,
        hints=reading.hints,
        known=present,
        unknown=len(reading.hashes) - present,
    )


def _bounded(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    left, kept = MOST_TEXT, []
    for entry in entries:
        size = len(entry.content) + len(entry.summary)
        if size > left and size > SHORT_TEXT:
            beginning = shorten(entry.summary or entry.content, SHORT_TEXT)
            entry = replace(entry, summary=beginning, content="")
        left -= size
        kept.append(entry)
    return tuple(kept)


def _read_kind(source: Source, state: PollState, fetched: Fetched) -> Reading:
    try:
        return load(source.kind).read(source, state, fetched)
    except ParseError:
        raise
    except KeyError as error:
        if error.args == (source.kind,):
            raise ParseError(source.id, f"no source kind {source.kind!r}") from error
        raise ParseError(source.id, f"cannot be read: KeyError: {error}") from error
    except _FOREIGN as error:
        raise ParseError(source.id, f"cannot be read: {type(error).__name__}: {error}") from error


def remember(present: tuple[bytes, ...], seen: bytes) -> bytes:
    """All hashes of the present body, then up to `REMEMBERED` of those that left it, newest first."""
    here = frozenset(present)
    left = [seen[i : i + 8] for i in range(0, len(seen) - 7, 8)]
    gone = [digest for digest in left if digest not in here]
    return b"".join(dict.fromkeys((*present, *gone[:REMEMBERED])))
