"""An item as a row, and back. Pure. A rejected item keeps only what says which it was and why it fell."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any
from zlib import crc32

from watcher.model import (
    Band,
    Claim,
    Entry,
    EntryKey,
    Figure,
    Item,
    ItemId,
    Modality,
    Reason,
    SourceId,
    StoryId,
    Tier,
    Verdict,
)
from watcher.store.columns import (
    from_json,
    instant,
    instant_or_none,
    micros,
    micros_or_none,
    pack,
    rest,
    rest_of,
    signed,
    to_json,
    unpack,
    unsigned,
)
from watcher.store.database import Row, Value

REJECTED = (
    "id", "key_hash", "key", "url", "source_id", "title", "band", "score", "reasons", "at", "first_seen",
    "published", "hash", "said_hash", "revision", "tier", "language",
)  # fmt: skip
WHOLE = (
    *REJECTED, "text_hash", "updated", "declared_language", "outlet", "outlet_url", "author", "guid", "adversary", "tags",
    "facts", "states", "development", "modality", "claims", "figures", "story_id", "copy_of", "mark",
    "more",
)  # fmt: skip


def key_hash(key: str) -> int:
    """Eight bytes that stand for an entry key in the index (signed, as SQLite counts)."""
    digest = blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def said_hash(entry: Entry) -> int:
    """Stands for title and summary: tells an edit from mere noise in the raw item."""
    return text_hash(f"{entry.title}\n{entry.summary}")


def text_hash(text: str) -> int:
    """Four bytes, a fifth of the time of eight good ones: a miss is an edit overlooked, once in 4 billion."""
    return crc32(text.encode("utf-8", "replace"))


def rejected_row(item: Item) -> dict[str, Value]:
    """Half of the columns; of the reasons only their codes."""
    entry = item.entry
    first_seen, published = micros(item.first_seen), micros_or_none(entry.published)
    return {
        "id": item.id,
        "key_hash": key_hash(entry.key),
        "key": None if entry.key == entry.url else entry.key,
        "url": entry.url,
        "source_id": entry.source_id,
        "title": entry.title,
        "band": "rejected",
        "score": item.verdict.score,
        "reasons": _codes(tuple(reason.code for reason in item.verdict.reasons)),
        "at": first_seen if published is None or published > first_seen else published,
        "first_seen": first_seen,
        "published": published,
        "hash": signed(entry.hash),
        "said_hash": said_hash(entry),
        "revision": item.revision,
        "tier": int(entry.tier),
        "language": item.language,
    }


def whole_row(item: Item) -> dict[str, Value]:
    """Every column; the text itself goes into `texts`."""
    entry = item.entry
    return rejected_row(item) | {
        "band": item.verdict.band.value,
        "reasons": to_json([_reason_row(reason) for reason in item.verdict.reasons]),
        "text_hash": text_hash(entry.content),
        "updated": micros_or_none(entry.updated),
        "declared_language": entry.language,
        "outlet": entry.outlet,
        "outlet_url": entry.outlet_url,
        "author": entry.author,
        "guid": entry.guid,
        "adversary": int(entry.adversary),
        "tags": to_json(entry.tags) if entry.tags else None,
        "facts": to_json(dict(entry.facts)) if entry.facts else None,
        "states": to_json(item.states) if item.states else None,
        "development": item.development,
        "modality": item.modality,
        "claims": to_json([pack(claim) for claim in item.claims]) if item.claims else None,
        "figures": to_json([pack(figure) for figure in item.figures]) if item.figures else None,
        "story_id": item.story_id,
        "copy_of": item.copy_of,
        "mark": item.mark,
        "more": _more(item),
    }


_ITEM_NAMED = frozenset(WHOLE) | {"entry", "verdict"}
_ENTRY_NAMED = frozenset(WHOLE) | {"summary", "content"}


def _more(item: Item) -> str | None:
    """Fields of item and entry that came after the schema."""
    parts = (rest(item, _ITEM_NAMED), rest(item.entry, _ENTRY_NAMED))
    return None if parts == (None, None) else to_json(parts)


@lru_cache(maxsize=4096)
def _codes(codes: tuple[str, ...]) -> str:
    return to_json(codes)


def _reason_row(reason: Reason) -> list[object]:
    return [reason.code, reason.text, reason.weight, reason.where]


def _reason(row: Any) -> Reason:
    return Reason(row, "") if isinstance(row, str) else Reason(*row)


def item(row: Row, summary: str = "", content: str = "") -> Item:
    """The item of a row that has all columns of `items`."""
    modality, story_id, copy_of = row["modality"], row["story_id"], row["copy_of"]
    of_item, of_entry = from_json(row["more"]) if row["more"] else (None, None)
    return Item(
        id=ItemId(row["id"]),
        entry=_entry(row, summary, content, of_entry),
        verdict=Verdict(row["score"], Band(row["band"]), tuple(map(_reason, from_json(row["reasons"])))),
        first_seen=instant(row["first_seen"]),
        language=row["language"],
        states=tuple(from_json(row["states"])) if row["states"] else (),
        development=row["development"],
        modality=Modality(modality) if modality else None,
        claims=tuple(unpack(Claim, one) for one in from_json(row["claims"])) if row["claims"] else (),
        figures=tuple(unpack(Figure, one) for one in from_json(row["figures"])) if row["figures"] else (),
        story_id=None if story_id is None else StoryId(story_id),
        copy_of=None if copy_of is None else ItemId(copy_of),
        mark=row["mark"],
        revision=row["revision"],
        **rest_of(Item, of_item),
    )


def _entry(row: Row, summary: str, content: str, more: str | None) -> Entry:
    return Entry(
        key=EntryKey(row["url"] if row["key"] is None else row["key"]),
        source_id=SourceId(row["source_id"]),
        url=row["url"],
        title=row["title"],
        summary=summary,
        content=content,
        published=instant_or_none(row["published"]),
        updated=instant_or_none(row["updated"]),
        language=row["declared_language"],
        outlet=row["outlet"] or "",
        outlet_url=row["outlet_url"] or "",
        author=row["author"] or "",
        guid=row["guid"] or "",
        hash=unsigned(row["hash"]),
        tier=Tier(row["tier"]),
        adversary=bool(row["adversary"]),
        tags=tuple(from_json(row["tags"])) if row["tags"] else (),
        facts=from_json(row["facts"]) if row["facts"] else {},
        **rest_of(Entry, more),
    )
