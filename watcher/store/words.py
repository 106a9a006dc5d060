"""The full-text index over title and text of what was not rejected, in any script.

SQLite's tokenizer splits at spaces, which Chinese, Japanese, Thai, Khmer, Lao and Burmese do not
write: `segmented` sets their characters apart, in what is indexed and in what is asked, where the
characters of one word then stand as a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from watcher.model import Item
from watcher.store.columns import to_json
from watcher.store.database import Columns, Database

_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
# What `remove_diacritics` leaves alone because Unicode does not decompose it.
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss"})


def segmented(text: str) -> str:
    """Text as it is indexed. ASCII comes back as it is."""
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", text.translate(_LETTERS))


def add(db: Database, items: Iterable[Item]) -> None:
    """Index items that are not in the index. In the order of their ids, or each would cost a segment."""
    rows = [
        _row(item.id, item.entry.title, item.entry.summary, item.entry.content)
        for item in sorted(items, key=lambda item: item.id)
    ]
    db.write_many("INSERT INTO words (rowid, title, body) VALUES (:id, :title, :body)", rows)


def remove(db: Database, ids: Sequence[int]) -> None:
    """Take items out. The index has no content of its own: it must be told what stood there."""
    if not ids:
        return
    stored = db.rows(
        "SELECT i.id, i.title, t.summary, t.content FROM items i JOIN texts t ON t.item_id = i.id "
        "WHERE i.band <> 'rejected' AND i.id IN (SELECT value FROM json_each(:ids)) ORDER BY i.id",
        ids=to_json(list(ids)),
    )
    db.write_many(
        "INSERT INTO words (words, rowid, title, body) VALUES ('delete', :id, :title, :body)",
        [_row(*row) for row in stored],
    )


def _row(item_id: int, title: str, summary: str, content: str) -> Columns:
    body = content if summary and summary in content else f"{summary}\n{content}"
    return {"id": item_id, "title": segmented(title), "body": segmented(body)}
