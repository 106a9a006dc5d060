"""The schema, as named steps that are recorded in the database and never edited once shipped.

A change is one more function at the end, and `database.SCHEMA` one higher. Each step is one
transaction with its record; the whole upgrade holds the write lock, so two processes cannot both run it.
"""

from __future__ import annotations

import sqlite3
import sys

# sqlite-utils takes numpy's numbers where it finds numpy: 0.2 s of the very first start, and we have none.
_without_numpy = sys.modules.setdefault("numpy", None) is None  # type: ignore[arg-type]
try:
    import sqlite_utils
    from sqlite_utils import Migrations
finally:
    if _without_numpy:
        del sys.modules["numpy"]

from watcher.store.database import APPLICATION_ID, SCHEMA  # noqa: E402

steps = Migrations("watcher")


def migrate(connection: sqlite3.Connection, *, upto: int = SCHEMA) -> None:
    """Bring the database to schema `upto`; one that is there already is left alone."""
    utils = sqlite_utils.Database(connection, execute_plugins=False, recursive_triggers=False)
    connection.execute("BEGIN IMMEDIATE")
    try:
        later = [step.name for step in steps.pending(utils)][max(0, upto - len(steps.applied(utils))) :]
        steps.apply(utils, stop_before=later)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {upto}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


@steps()
def m001_nouns(db: sqlite_utils.Database) -> None:
    """Sources and polls, items with their text and index, stories to deliveries, marks and the rest."""
    for statement in (*_SOURCES, *_ITEMS, *_JUDGED, *_TOLD, *_DESK):
        db.execute(statement)


# Fields of a noun that no query needs and that have no column stand in `more`, as JSON.
_SOURCES = (
    """
    CREATE TABLE poll_states (
      source_id TEXT PRIMARY KEY, url TEXT, etag TEXT, last_modified TEXT, body_digest BLOB,
      seen BLOB NOT NULL, memo BLOB NOT NULL, next_poll INTEGER, interval_seconds INTEGER,
      last_poll INTEGER, last_ok INTEGER, last_new INTEGER, failures INTEGER NOT NULL, error TEXT,
      error_text TEXT NOT NULL, moved_to TEXT, moved_times INTEGER NOT NULL, paused INTEGER NOT NULL,
      retired INTEGER NOT NULL, reported TEXT, polls INTEGER NOT NULL, items INTEGER NOT NULL, more TEXT
    ) STRICT, WITHOUT ROWID
    """,
    # A ring of the last polls of each source: slot = number of the poll modulo its size.
    """
    CREATE TABLE polls (
      source_id TEXT NOT NULL, slot INTEGER NOT NULL, at INTEGER NOT NULL, error TEXT,
      error_text TEXT NOT NULL, items INTEGER NOT NULL, PRIMARY KEY (source_id, slot)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE moves (
      source_id TEXT NOT NULL, at INTEGER NOT NULL, from_url TEXT, to_url TEXT,
      PRIMARY KEY (source_id, at)
    ) STRICT, WITHOUT ROWID
    """,
)

_ITEMS = (
    # `at` orders lists: published, never later than first seen. `key_hash` finds an article by its key in
    # 8 bytes instead of a hundred. A rejected row fills half of the columns and no index but that one.
    """
    CREATE TABLE items (
      id INTEGER PRIMARY KEY, key_hash INTEGER NOT NULL, key TEXT, url TEXT NOT NULL,
      source_id TEXT NOT NULL, title TEXT NOT NULL, band TEXT NOT NULL, score REAL NOT NULL,
      reasons TEXT NOT NULL, at INTEGER NOT NULL, first_seen INTEGER NOT NULL, published INTEGER,
      hash INTEGER NOT NULL, said_hash INTEGER NOT NULL, text_hash INTEGER, revision INTEGER NOT NULL, tier INTEGER NOT NULL, language TEXT,
      updated INTEGER, declared_language TEXT, outlet TEXT, outlet_url TEXT, author TEXT, guid TEXT,
      adversary INTEGER, tags TEXT, facts TEXT, states TEXT, development TEXT, modality TEXT,
      claims TEXT, figures TEXT,
      story_id INTEGER REFERENCES stories (id) DEFERRABLE INITIALLY DEFERRED,
      copy_of INTEGER, mark TEXT, more TEXT
    ) STRICT
    """,
    "CREATE UNIQUE INDEX items_key ON items (key_hash)",
    "CREATE INDEX items_at ON items (at, id) WHERE band <> 'rejected'",
    "CREATE INDEX items_band ON items (band, at, id) WHERE band <> 'rejected'",
    "CREATE INDEX items_source ON items (source_id, at, id) WHERE band <> 'rejected'",
    "CREATE INDEX items_language ON items (language, at, id) WHERE band <> 'rejected'",
    "CREATE INDEX items_development ON items (development, at, id) WHERE development IS NOT NULL",
    "CREATE INDEX items_story ON items (story_id) WHERE story_id IS NOT NULL",
    "CREATE INDEX items_mark ON items (mark, at, id) WHERE mark IS NOT NULL",
    """
    CREATE TABLE texts (
      item_id INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
      summary TEXT NOT NULL, content TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE item_states (
      state TEXT NOT NULL, at INTEGER NOT NULL,
      item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
      PRIMARY KEY (state, at, item_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX item_states_item ON item_states (item_id)",
    # No content of its own and no triggers: search.py inserts what is worth searching, cut into words.
    """
    CREATE VIRTUAL TABLE words USING fts5 (
      title, body, content = '', tokenize = 'unicode61 remove_diacritics 2'
    )
    """,
    # Merging segments every 4 writes, the default, costs small commits a third more; `tidy` merges as well.
    "INSERT INTO words (words, rank) VALUES ('automerge', 8)",
    """
    CREATE TABLE sightings (
      item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE, source_id TEXT NOT NULL,
      url TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, times INTEGER NOT NULL,
      PRIMARY KEY (item_id, source_id, url)
    ) STRICT, WITHOUT ROWID
    """,
)

# `noun` is the whole value as JSON; the columns beside it are those that queries need.
_JUDGED = (
    """
    CREATE TABLE stories (
      id INTEGER PRIMARY KEY, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
      merged_into INTEGER, noun TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX stories_last_seen ON stories (last_seen) WHERE merged_into IS NULL",
    """
    CREATE TABLE developments (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL, story_id INTEGER, first_seen INTEGER NOT NULL,
      event_date TEXT, standing TEXT NOT NULL, noun TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX developments_key ON developments (key)",
    "CREATE INDEX developments_story ON developments (story_id)",
    """
    CREATE TABLE development_states (
      state TEXT NOT NULL,
      development_id INTEGER NOT NULL REFERENCES developments (id) ON DELETE CASCADE,
      PRIMARY KEY (state, development_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX development_states_development ON development_states (development_id)",
)

_TOLD = (
    """
    CREATE TABLE alerts (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, urgency TEXT NOT NULL,
      at INTEGER NOT NULL, development_id INTEGER, follows INTEGER, acked_by TEXT NOT NULL,
      noun TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX alerts_at ON alerts (at)",
    "CREATE INDEX alerts_development ON alerts (development_id) WHERE development_id IS NOT NULL",
    """
    CREATE TABLE deliveries (
      id INTEGER PRIMARY KEY,
      alert_id INTEGER NOT NULL REFERENCES alerts (id) DEFERRABLE INITIALLY DEFERRED,
      channel TEXT NOT NULL, recipient TEXT NOT NULL, state TEXT NOT NULL, due INTEGER NOT NULL,
      attempts INTEGER NOT NULL, receipt TEXT NOT NULL, thread TEXT NOT NULL, reason TEXT NOT NULL,
      possible_repeat INTEGER NOT NULL, created INTEGER, last_try INTEGER, sent_at INTEGER, more TEXT
    ) STRICT
    """,
    "CREATE UNIQUE INDEX deliveries_once ON deliveries (alert_id, channel, recipient)",
    "CREATE INDEX deliveries_due ON deliveries (due) WHERE state IN ('pending', 'later', 'sending')",
    "CREATE INDEX deliveries_settled ON deliveries (last_try) WHERE state IN ('sent', 'refused')",
    "CREATE INDEX deliveries_sent ON deliveries (channel, sent_at) WHERE state = 'sent'",
    "CREATE TABLE channels (name TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE digests (
      id INTEGER PRIMARY KEY, channel TEXT NOT NULL, at INTEGER NOT NULL, upto_item INTEGER NOT NULL,
      alerts INTEGER NOT NULL, items INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX digests_channel ON digests (channel, at)",
)

_DESK = (
    """
    CREATE TABLE marks (
      id INTEGER PRIMARY KEY, item_id INTEGER REFERENCES items (id), development_id INTEGER,
      kind TEXT NOT NULL, value TEXT NOT NULL, at INTEGER, "by" TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX marks_item ON marks (item_id) WHERE item_id IS NOT NULL",
    "CREATE TABLE steps (id INTEGER PRIMARY KEY, state TEXT NOT NULL, noun TEXT NOT NULL) STRICT",
    "CREATE INDEX steps_state ON steps (state)",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
)
