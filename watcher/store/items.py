"""Items: every article that was ever offered, judged. Relevant ones whole, rejected ones compactly.

One number space for all. A rejected row enters neither the word index nor any list index but that of
the keys, so that millions of them cost a cycle nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from watcher.errors import NotFound, StoreError
from watcher.model import Band, Entry, EntryKey, Item, ItemId, SourceId, StoryId
from watcher.store import item_rows, words
from watcher.store.columns import micros_or_none, to_json, unsigned
from watcher.store.database import Columns, Database, Row, Value, writing

KEYS_AT_ONCE = 2000
SHORT = 600
ALL = 2**31 - 1  # characters: SQLite's substr counts in 32 bits


class Existing(NamedTuple):
    """What is known of an article that is offered again, as it was last stored. `hash` is that of the raw
    item, `said_hash` of title and summary, `text_hash` of the content (None for a rejected one)."""

    id: ItemId
    hash: int
    revision: int
    source_id: SourceId
    band: Band
    said_hash: int
    text_hash: int | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which items a page shows. Empty = any. `since` and `until` are about when they were published."""

    bands: tuple[Band, ...] = (Band.RELEVANT,)
    states: tuple[str, ...] = ()
    developments: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    unmarked: bool = False
    story_id: StoryId | None = None
    since: datetime | None = None
    until: datetime | None = None


def existing(db: Database, keys: Iterable[EntryKey]) -> Mapping[EntryKey, Existing]:
    """Those of the articles that are stored already, relevant or not."""
    by_hash = {item_rows.key_hash(key): key for key in keys}
    hashes = list(by_hash)
    found: dict[EntryKey, Existing] = {}
    for start in range(0, len(hashes), KEYS_AT_ONCE):
        rows = db.rows(
            "SELECT id, hash, revision, source_id, band, said_hash, text_hash, key_hash FROM items "
            "WHERE key_hash IN (SELECT value FROM json_each(:hashes))",
            hashes=to_json(hashes[start : start + KEYS_AT_ONCE]),
        )
        found.update((by_hash[row["key_hash"]], _existing(row)) for row in rows)
    return found


def _existing(row: Row) -> Existing:
    return Existing(
        row["id"],
        unsigned(row["hash"]),
        row["revision"],
        row["source_id"],
        Band(row["band"]),
        row["said_hash"],
        row["text_hash"],
    )


def changed(before: Existing, entry: Entry) -> bool:
    """Whether its own source offers an article with other words than before. Another source's wording is a
    sighting; a short text is not compared, since the article's page may have replaced it."""
    if before.source_id != entry.source_id or before.hash == entry.hash:
        return False
    if before.said_hash != item_rows.said_hash(entry):
        return True
    whole = len(entry.content) >= SHORT and before.text_hash is not None
    return whole and before.text_hash != item_rows.text_hash(entry.content)


def whole(db: Database, item_id: int) -> Item | None:
    """One item with its text when it is kept whole; None when it was rejected."""
    found = many(db, (item_id,)).get(item_id)
    return None if found is None or found.verdict.band is Band.REJECTED else found


def get(db: Database, item_id: int) -> Item:
    """One item with its text. Raises NotFound."""
    found = many(db, (item_id,))
    if item_id not in found:
        raise NotFound(f"item {item_id}", "there is none with that id; `watcher list` shows them")
    return found[item_id]


def many(db: Database, ids: Iterable[int], *, lead: int | None = None) -> Mapping[int, Item]:
    """Items by id with their text, or only its first `lead` characters; unknown ids are left out."""
    rows = db.rows(
        "SELECT i.*, substr(t.summary, 1, :lead) AS summary, substr(t.content, 1, :lead) AS content "
        "FROM items i LEFT JOIN texts t ON t.item_id = i.id "
        "WHERE i.id IN (SELECT value FROM json_each(:ids))",
        ids=to_json(list(ids)),
        lead=ALL if lead is None else lead,
    )
    return {row["id"]: item_rows.item(row, row["summary"] or "", row["content"] or "") for row in rows}


def text(db: Database, item_id: int) -> tuple[str, str]:
    """Summary and content; both empty for a rejected item."""
    row = db.row("SELECT summary, content FROM texts WHERE item_id = :id", id=item_id)
    return (row["summary"], row["content"]) if row else ("", "")


def rejected_since(db: Database, first_id: int, limit: int) -> tuple[Item, ...]:
    """Rejected items from an id upwards: to judge them again under a better lexicon."""
    rows = db.rows(
        "SELECT * FROM items WHERE id >= :first AND band = 'rejected' ORDER BY id LIMIT :limit",
        first=first_id,
        limit=limit,
    )
    return tuple(map(item_rows.item, rows))


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def page(
    db: Database, filters: Filters | None = None, *, limit: int = 50, before: int | None = None
) -> tuple[Item, ...]:
    """Newest published first, without their text; with rejected ones among them, newest seen first.
    `before`: the id of the last item of the page above."""
    filters = filters or Filters()
    clauses, parameters = _where(filters)
    table, at, number = "items i", "i.at", "i.id"
    if len(filters.states) == 1:  # walks that state's own index instead of asking each item
        table, at, number = "item_states s CROSS JOIN items i ON i.id = s.item_id", "s.at", "s.item_id"
        clauses.append("s.state = :state")
        parameters["state"] = filters.states[0]
    if Band.REJECTED in filters.bands:
        at = number
    if before is not None:
        last = "id, id" if at == number else "at, id"
        clauses.append(f"({at}, {number}) < (SELECT {last} FROM items WHERE id = :before)")  # noqa: S608
        parameters["before"] = before
    sql = (
        f"SELECT i.* FROM {table} WHERE {' AND '.join(clauses)} "  # noqa: S608
        f"ORDER BY {at} DESC, {number} DESC LIMIT :limit"
    )
    return tuple(map(item_rows.item, db.rows(sql, limit=limit, **parameters)))


def _where(filters: Filters) -> tuple[list[str], dict[str, Value]]:
    clauses = ["i.band IN (SELECT value FROM json_each(:bands))"]
    parameters: dict[str, Value] = {"bands": to_json([band.value for band in filters.bands])}
    if len(filters.bands) == 1:
        clauses = ["i.band = :band"]
        parameters = {"band": filters.bands[0].value}
    if Band.REJECTED not in filters.bands:
        clauses.append("i.band <> 'rejected'")  # lets SQLite use the partial indexes
    for column, wanted in (
        ("development", filters.developments),
        ("language", filters.languages),
        ("source_id", filters.sources),
        ("mark", filters.marks),
    ):
        if wanted:
            clauses.append(f"i.{column} IN (SELECT value FROM json_each(:{column}))")  # noqa: S608
            parameters[column] = to_json(wanted)
    if len(filters.states) > 1:
        clauses.append(
            "EXISTS (SELECT 1 FROM item_states s WHERE s.item_id = i.id "
            "AND s.state IN (SELECT value FROM json_each(:states)))"
        )
        parameters["states"] = to_json(filters.states)
    for clause, value in (
        ("i.story_id = :story_id", filters.story_id),
        ("i.at >= :since", micros_or_none(filters.since)),
        ("i.at < :until", micros_or_none(filters.until)),
    ):
        if value is not None:
            clauses.append(clause)
            parameters[clause.partition(":")[2]] = value
    if filters.unmarked:
        clauses.append("i.mark IS NULL")
    return clauses, parameters


# ── writing ───────────────────────────────────────────────────────────────────────────────────


def _upsert(columns: Sequence[str], conflict: str) -> str:
    changes = ", ".join(f"{name} = :{name}" for name in columns if name not in _KEPT)
    return (
        f"INSERT INTO items ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)}) "  # noqa: S608
        f"ON CONFLICT (id) DO UPDATE SET {changes} {conflict}"
    )


_KEPT = ("id", "first_seen", "mark")  # an update leaves these alone; marks.py sets the mark

# A rejected article that stands in the batch twice is stored once; a relevant one would be an error.
_SAVE_REJECTED = _upsert(item_rows.REJECTED, "ON CONFLICT (key_hash) DO NOTHING")
_SAVE_WHOLE = _upsert(item_rows.WHOLE, "")


def save_rejected(db: Database, items: Sequence[Item]) -> None:
    """Insert or update rejected items. One that was relevant before keeps its text, but nothing finds it."""
    with writing(db):
        standing = db.rows(
            "SELECT id FROM items WHERE band <> 'rejected' AND id IN (SELECT value FROM json_each(:ids))",
            ids=to_json([item.id for item in items]),
        )
        _let_fall(db, [row["id"] for row in standing])
        db.write_many(_SAVE_REJECTED, [item_rows.rejected_row(item) for item in items])


def _let_fall(db: Database, ids: Sequence[int]) -> None:
    words.remove(db, ids)
    rows: list[Columns] = [{"id": one} for one in ids]
    db.write_many("DELETE FROM item_states WHERE item_id = :id", rows)
    db.write_many(
        "UPDATE items SET states = NULL, development = NULL, modality = NULL, claims = NULL, "
        "figures = NULL, story_id = NULL WHERE id = :id",
        rows,
    )


def save(db: Database, items: Sequence[Item]) -> None:
    """Insert or update relevant and doubtful items, their states, text and words.

    The text of a stored item is replaced only when `revision` has grown: the members of open stories
    travel through a cycle with the head of their text only.
    """
    with writing(db):
        stored = _stored(db, items)
        fresh = [item for item in items if item.id not in stored or item.revision > stored[item.id].revision]
        renamed = [
            item.id
            for item in items
            if item.id in stored
            and item.revision <= stored[item.id].revision
            and item.entry.title != stored[item.id].title
        ]
        words.remove(db, [*(item.id for item in fresh if item.id in stored), *renamed])
        db.write_many(_SAVE_WHOLE, [item_rows.whole_row(item) for item in items])
        _save_states(db, items)
        db.write_many(
            "INSERT INTO texts VALUES (:id, :summary, :content) "
            "ON CONFLICT (item_id) DO UPDATE SET summary = :summary, content = :content",
            [_text_row(item) for item in fresh],
        )
        words.add(db, (*fresh, *many(db, renamed).values()))


class _Stored(NamedTuple):
    revision: int
    title: str


def _stored(db: Database, items: Sequence[Item]) -> Mapping[int, _Stored]:
    """Those whose words are in the index already."""
    rows = db.rows(
        "SELECT i.id, i.revision, i.title FROM items i JOIN texts t ON t.item_id = i.id "
        "WHERE i.band <> 'rejected' AND i.id IN (SELECT value FROM json_each(:ids))",
        ids=to_json([item.id for item in items]),
    )
    return {row["id"]: _Stored(row["revision"], row["title"]) for row in rows}


def _save_states(db: Database, items: Sequence[Item]) -> None:
    db.write_many("DELETE FROM item_states WHERE item_id = :id", [{"id": item.id} for item in items])
    rows: list[Columns] = [
        {"state": state, "id": item.id} for item in items for state in dict.fromkeys(item.states)
    ]
    db.write_many("INSERT INTO item_states SELECT :state, at, id FROM items WHERE id = :id", rows)


def _text_row(item: Item) -> Columns:
    return {"id": item.id, "summary": item.entry.summary, "content": item.entry.content}


def attach_text(db: Database, item_id: int, content: str) -> None:
    """Give an item its article's own text (the baseline comes without). Raises NotFound, StoreError."""
    stored = get(db, item_id)
    if stored.verdict.band is Band.REJECTED:
        raise StoreError(f"item {item_id}", "was rejected; mark it relevant first")
    rewrite(db, item_id, summary=stored.entry.summary, content=content)


def rewrite(db: Database, item_id: int, *, summary: str, content: str) -> None:
    """Replace the text of a stored item, and its words in the index."""
    with writing(db):
        words.remove(db, (item_id,))
        db.write(
            "UPDATE texts SET summary = :summary, content = :content WHERE item_id = :id",
            summary=summary,
            content=content,
            id=item_id,
        )
        words.add(db, (get(db, item_id),))
