"""Digests: when each channel last had one delivered, and what has come in since without an alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from watcher.model import Alert, Item
from watcher.store import item_rows
from watcher.store.columns import instant, micros, unpacked
from watcher.store.database import Database, writing

ITEMS_AT_MOST = 200
OLD_NEWS = 30 * 86_400_000_000  # microseconds


def last(db: Database) -> Mapping[str, datetime]:
    """The moment of the last digest that was delivered, by channel; a channel without one is left out."""
    rows = db.rows("SELECT channel, max(at) AS at FROM digests GROUP BY channel")
    return {row["channel"]: instant(row["at"]) for row in rows}


def record(db: Database, channel: str, now: datetime, *, upto_item: int, alerts: int, items: int) -> None:
    """A digest was delivered. `upto_item`: the newest item it could have shown (`newest_item`)."""
    with writing(db):
        db.write(
            "INSERT INTO digests (channel, at, upto_item, alerts, items) "
            "VALUES (:channel, :at, :upto, :alerts, :items)",
            channel=channel,
            at=micros(now),
            upto=upto_item,
            alerts=alerts,
            items=items,
        )


def newest_item(db: Database) -> int:
    """The highest item number; 0 without items."""
    return db.number("SELECT max(id) FROM items")


def undigested(db: Database, channel: str, limit: int = ITEMS_AT_MOST) -> tuple[Item, ...]:
    """Relevant items that came in since the channel's last digest (or since the channel exists), told in no
    alert, newest first, with their summary. What was published a month before that is no news any more."""
    since = _since(db, channel)
    last_at = db.number("SELECT max(at) FROM digests WHERE channel = :channel", channel=channel)
    rows = db.rows(
        "SELECT i.*, t.summary AS summary FROM items i LEFT JOIN texts t ON t.item_id = i.id "
        "WHERE i.band = 'relevant' AND i.band <> 'rejected' AND i.id > :after AND i.at >= :floor "
        "AND i.first_seen >= :since AND i.source_id <> 'baseline' AND i.copy_of IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM alerts a JOIN developments d ON d.id = a.development_id "
        "WHERE d.story_id = i.story_id) ORDER BY i.at DESC, i.id DESC LIMIT :limit",
        after=db.number("SELECT max(upto_item) FROM digests WHERE channel = :channel", channel=channel),
        since=since,
        floor=max(since, last_at) - OLD_NEWS,
        limit=limit,
    )
    return tuple(item_rows.item(row, row["summary"] or "") for row in rows)


def sent_at_once(db: Database, channel: str) -> tuple[Alert, ...]:
    """The developments that the channel was sent at once since its last digest, in that order."""
    rows = db.rows(
        "SELECT a.noun AS noun FROM deliveries d JOIN alerts a ON a.id = d.alert_id "
        "WHERE d.channel = :channel AND d.state = 'sent' AND d.sent_at > :since "
        "AND a.urgency = 'instant' AND a.development_id IS NOT NULL GROUP BY a.id ORDER BY min(d.sent_at), a.id",
        channel=channel,
        since=max(
            _since(db, channel),
            db.number("SELECT max(at) FROM digests WHERE channel = :channel", channel=channel),
        ),
    )
    return tuple(unpacked(Alert, row["noun"]) for row in rows)


def _since(db: Database, channel: str) -> int:
    """The channel's beginning, and never what was already there at the first run."""
    row = db.row("SELECT since FROM channels WHERE name = :channel", channel=channel)
    began = int(row["since"]) if row else -(1 << 62)
    done = db.number("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'first_run_done'")
    return max(began, done + 1) if done else began
