"""What a source kind hands back, and what every kind shares to make entries. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from watcher.model import Entry

MAX_ENTRIES = 2_000
"""Of one body, in its own order (newest first, in practice). The rest is counted, not read."""

MAX_JSON_BYTES = 8 * 1024 * 1024
MAX_JSON_VALUES = 500_000
"""Python needs four bytes a character once one of them is an emoji, and sixty for the smallest list."""


@dataclass(frozen=True, slots=True)
class PollHints:
    """What a publisher says about how often to come. Only ever lengthens the interval.

    `skip_hours` are hours of the day in UTC (0–23), `skip_days` weekdays (0 = Monday).
    """

    ttl_seconds: int | None = None  # RSS 2.0 <ttl>
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    update_seconds: int | None = None  # sy:updatePeriod / sy:updateFrequency


NO_HINTS = PollHints()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a kind made of one body.

    `entries` are those not seen before (by `Entry.hash`), in the body's order. `hashes` are the
    eight bytes of every item present, seen or not, in the same order. `total` counts the items of
    the body, those over the cap included. `memo` replaces the state's.
    """

    entries: tuple[Entry, ...] = ()
    hashes: tuple[bytes, ...] = ()
    memo: bytes = b""
    hints: PollHints = NO_HINTS
    notes: tuple[str, ...] = ()
    total: int = 0
    whole: bool = True  # false when only the unseen items were parsed


def item_hash(*parts: bytes | str) -> bytes:
    """Eight bytes that stand for one item."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part.encode("utf-8", "replace") if isinstance(part, str) else part)
        digest.update(b"\x00")
    return digest.digest()


def hash_number(digest: bytes) -> int:
    """The eight bytes as SQLite can hold them: a signed 64-bit integer."""
    return int.from_bytes(digest, "big", signed=True)


def seen_hashes(seen: bytes) -> frozenset[bytes]:
    return frozenset(seen[i : i + 8] for i in range(0, len(seen) - 7, 8))


def unseen(entries: Iterable[Entry], seen: bytes) -> tuple[Entry, ...]:
    """Those whose hash the state does not know, in the same order."""
    known = seen_hashes(seen)
    return tuple(entry for entry in entries if _digest(entry) not in known)


def reading(
    entries: Iterable[Entry],
    seen: bytes,
    *,
    memo: bytes = b"",
    hints: PollHints = NO_HINTS,
    notes: tuple[str, ...] = (),
    total: int | None = None,
) -> Reading:
    """The reading of a body that was parsed whole."""
    present = tuple(entries)
    hashes = tuple(_digest(entry) for entry in present)
    count = len(present) if total is None else total
    return Reading(unseen(present, seen), hashes, memo, hints, notes, count)


def _digest(entry: Entry) -> bytes:
    return entry.hash.to_bytes(8, "big", signed=True)


def pack_hints(hints: PollHints) -> bytes:
    """Hints as a kind's memo: they hold on a 304 and on an unchanged body as well."""
    if hints == NO_HINTS:
        return b""
    packed = [hints.ttl_seconds, list(hints.skip_hours), list(hints.skip_days), hints.update_seconds]
    return json.dumps(packed, separators=(",", ":")).encode()


def unpack_hints(memo: bytes) -> PollHints:
    """The inverse of `pack_hints`; no hints for a memo of another kind."""
    if not memo.startswith(b"["):
        return NO_HINTS
    try:
        ttl, hours, days, update = json.loads(memo)
        return PollHints(ttl, tuple(hours), tuple(days), update)
    except (ValueError, TypeError):
        return NO_HINTS
