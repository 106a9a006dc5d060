"""Search: words, "phrases", word*, -word and OR over title and text. No query is an error.

Ranked order weighs a match in the title four times. A very common word is ranked among its newest
matches only: scoring every match of a million costs 0.7 s, and its old ones are not what is meant.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from watcher.errors import StoreError
from watcher.model import Item
from watcher.store import item_rows
from watcher.store.columns import to_json
from watcher.store.database import Database
from watcher.store.words import segmented

Order = Literal["newest", "rank"]

RANKED_AT_MOST = 20_000
NEWEST_POOL = 500
RECENT_REJECTED = 200_000
SECONDS = 5.0
_PREFIX_AT_LEAST = 3
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_PHRASE_LENGTH = 200
_QUERY_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Hit:
    """`snippet` is the text around the first match, plain; the item comes without its text."""

    item: Item
    snippet: str


def search(
    db: Database, query: str, order: Order = "newest", limit: int = 50, *, rejected: bool = False
) -> tuple[Item, ...]:
    """The items of `hits`, which see."""
    return tuple(hit.item for hit in hits(db, query, order, limit, rejected=rejected))


def hits(
    db: Database, query: str, order: Order = "newest", limit: int = 50, *, rejected: bool = False
) -> tuple[Hit, ...]:
    """Items that match all the words, without their text. `rejected`: those of the newest rejected whose title holds the query
    as it stands come after them. An empty query finds nothing."""
    query = query[:_QUERY_LENGTH].encode("utf-8", "replace").decode().strip()
    asked = expression(query)
    found: tuple[Hit, ...] = ()
    if asked:
        with _bounded(db):
            ids = _ranked(db, asked, limit) if order == "rank" else _newest(db, asked, limit)
        found = _hits(db, ids, terms(query))
    if rejected and query:
        found += _rejected(db, query, limit - len(found))
    return found


def expression(query: str) -> str:
    """The query in FTS5's language: every word quoted, so that nothing in it is read as an operator."""
    wanted: list[str] = []
    unwanted: list[str] = []
    joined = ""
    for match in _TERM.finditer(query):
        minus, phrase, word = match.groups()
        if word == "OR":
            joined = " OR " if wanted else ""
            continue
        term = _quoted(phrase if word is None else word, prefix=word is not None)
        if not term:
            continue
        if minus:
            unwanted.append(term)
        elif joined:
            wanted[-1] += joined + term
            joined = ""
        else:
            wanted.append(term)
    if not wanted:
        return ""
    asked = " AND ".join(f"({term})" for term in wanted)
    return f"({asked}) NOT ({' OR '.join(unwanted)})" if unwanted else asked


def _quoted(text: str, *, prefix: bool) -> str:
    star = "*" if prefix and text.endswith("*") and len(text) > _PREFIX_AT_LEAST else ""
    words = re.findall(r"\w+", segmented(text[:_PHRASE_LENGTH].replace("\0", " ")).replace("_", " "))
    return f'"{" ".join(words)}"{star}' if words else ""


def terms(query: str) -> list[str]:
    """The words and phrases asked for, as typed: what a snippet should show."""
    found = [(m[1], m[2] if m[3] is None else m[3].rstrip("*")) for m in _TERM.finditer(query)]
    return [text for minus, text in found if text and not minus and text != "OR"]


def _newest(db: Database, asked: str, limit: int) -> list[int]:
    """Newest published first, out of the newest that came in (which the index can walk)."""
    rows = db.rows(
        "SELECT id FROM items WHERE id IN (SELECT rowid FROM words WHERE words MATCH :asked "
        "ORDER BY rowid DESC LIMIT :pool) ORDER BY at DESC, id DESC LIMIT :limit",
        asked=asked,
        pool=max(NEWEST_POOL, limit),
        limit=limit,
    )
    return [row["id"] for row in rows]


def _ranked(db: Database, asked: str, limit: int, among: int = RANKED_AT_MOST) -> list[int]:
    oldest = db.number(
        "SELECT rowid FROM words WHERE words MATCH :asked ORDER BY rowid DESC LIMIT 1 OFFSET :among",
        asked=asked,
        among=among,
    )
    rows = db.rows(
        "SELECT rowid AS id FROM words WHERE words MATCH :asked AND rowid > :oldest "
        "ORDER BY bm25(words, 4.0, 1.0), rowid DESC LIMIT :limit",
        asked=asked,
        oldest=oldest,
        limit=limit,
    )
    return [row["id"] for row in rows]


def _hits(db: Database, ids: list[int], wanted: list[str]) -> tuple[Hit, ...]:
    rows = db.rows(
        "SELECT i.*, t.summary AS summary, substr(t.content, 1, 20000) AS content "
        "FROM items i LEFT JOIN texts t ON t.item_id = i.id "
        "WHERE i.id IN (SELECT value FROM json_each(:ids))",
        ids=to_json(ids),
    )
    found = {
        row["id"]: Hit(item_rows.item(row), snippet(f"{row['summary'] or ''} {row['content'] or ''}", wanted))
        for row in rows
    }
    return tuple(found[one] for one in ids if one in found)


def snippet(text: str, wanted: list[str], width: int = 160) -> str:
    """About `width` characters around the first of the terms, cut at spaces."""
    lowered = text.lower()
    found = [at for at in (lowered.find(term.lower()) for term in wanted) if at >= 0]
    start = max(0, min(found, default=0) - width // 3)
    if start:
        start = text.find(" ", start) + 1 or start
    piece = " ".join(text[start : start + width].split())
    return ("… " if start else "") + piece + (" …" if start + width < len(text) else "")


def _rejected(db: Database, query: str, limit: int) -> tuple[Hit, ...]:
    """By title, among the newest: they are too many to index, and seldom asked for."""
    rows = db.rows(
        "SELECT * FROM items WHERE id > (SELECT max(id) FROM items) - :recent AND band = 'rejected' "
        "AND title LIKE '%' || :query || '%' ESCAPE '\\' ORDER BY id DESC LIMIT :limit",
        recent=RECENT_REJECTED,
        query=re.sub(r"([\\%_])", r"\\\1", query),
        limit=max(0, limit),
    )
    return tuple(Hit(item_rows.item(row), "") for row in rows)


@contextmanager
def _bounded(db: Database) -> Iterator[None]:
    """Stops a query that would take longer than anyone waits, such as a prefix that fits every word."""
    ends = time.monotonic() + SECONDS
    db.connection.set_progress_handler(lambda: time.monotonic() > ends, 100_000)
    try:
        yield
    except StoreError as error:
        if isinstance(error.__cause__, sqlite3.OperationalError) and "interrupted" in str(error.__cause__):
            raise StoreError("search", "the query matches too much; add a word, or a longer one") from error
        raise
    finally:
        db.connection.set_progress_handler(None, 0)
