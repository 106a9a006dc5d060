"""The file: created, upgraded, refused, written by several at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.nouns import an_item, found
from watcher.errors import StoreError
from watcher.store import database, findings, items, meta
from watcher.store.database import APPLICATION_ID, SCHEMA, Database, reading, writing
from watcher.store.migrations import migrate, steps


def schema(path: Path) -> list[tuple[str, str, str]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY 1, 2"
        ).fetchall()
    connection.close()
    return [row for row in rows if not row[1].startswith("sqlite_")]


def test_a_new_file_is_durable_and_ours(tmp_path: Path) -> None:
    with database.open(tmp_path / "deep" / "watcher.db") as db:
        assert db.row("PRAGMA journal_mode")[0] == "wal"  # type: ignore[index]
        assert db.number("PRAGMA synchronous") == 2
        assert db.number("PRAGMA foreign_keys") == 1
        assert db.number("PRAGMA user_version") == SCHEMA
        assert db.number("PRAGMA application_id") == APPLICATION_ID


def test_ordinary_tables_are_strict(db: Database) -> None:
    rows = db.rows(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND NOT strict"
    )
    assert {row["name"] for row in rows} <= {"_sqlite_migrations", "sqlite_schema"}


def test_every_migration_is_known_to_the_program(db: Database) -> None:
    assert len(steps._migrations) == SCHEMA
    names = [row["name"] for row in db.rows("SELECT name FROM _sqlite_migrations ORDER BY id")]
    assert names == [step.name for step in steps._migrations]


@pytest.mark.parametrize("shipped", range(SCHEMA + 1))
def test_upgrade_from_every_shipped_schema_equals_a_fresh_one(
    tmp_path: Path, path: Path, shipped: int
) -> None:
    old = tmp_path / "old.db"
    connection = sqlite3.connect(old, isolation_level=None)
    migrate(connection, upto=shipped)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == shipped
    connection.close()
    with database.open(old) as db:
        assert db.number("PRAGMA user_version") == SCHEMA
    assert schema(old) == schema(path)


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "half.db", isolation_level=None)
    connection.execute("CREATE TABLE deliveries (id)")  # in the way of the first migration
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(connection)
    assert [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")] == ["deliveries"]
    assert connection.execute("PRAGMA user_version").fetchone()[0] == 0
    connection.close()


def test_a_newer_database_is_refused_with_a_remedy(path: Path) -> None:
    with database.open(path) as db:
        db.connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    with pytest.raises(StoreError, match=r"newer watcher .* install that version again"):
        database.open(path)


def test_another_programs_database_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    connection.close()
    with pytest.raises(StoreError, match="another program's database"):
        database.open(other)
    assert [name for _, name, _ in schema(other)] == ["bookmarks"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "watcher.db"
    wrong.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="is not a database; move it away"):
        database.open(wrong)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "watcher.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        database.open(tmp_path / "watcher.db")


def test_damage_is_told_with_a_remedy(path: Path) -> None:
    with database.open(path) as db:
        findings.commit(db, found(items=tuple(an_item(n) for n in range(2, 200))))
        db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        page = db.number("SELECT rootpage FROM sqlite_schema WHERE name = 'items'")
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with database.open(path) as db, pytest.raises(StoreError, match="restore a backup"):
        items.page(db)


def test_a_broken_block_leaves_nothing(db: Database) -> None:
    def broken() -> None:
        with writing(db):
            meta.put(db, "a", "1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert meta.get(db, "a") is None
    meta.put(db, "a", "2")
    assert meta.get(db, "a") == "2"


def test_a_locked_database_says_so(path: Path) -> None:
    refused = pytest.raises(StoreError, match="another process is writing")
    with (
        database.open(path) as first,
        database.open(path, busy_seconds=0.01) as second,
        writing(first),
        refused,
    ):
        meta.put(second, "a", "1")


def test_reading_never_waits_for_writing(path: Path) -> None:
    with database.open(path) as first, database.open(path, busy_seconds=0.01) as second:
        with writing(first):
            meta.put(first, "a", "1")
            assert meta.get(second, "a") is None
        assert meta.get(second, "a") == "1"


def test_a_snapshot_does_not_move(path: Path) -> None:
    with database.open(path) as first, database.open(path) as second, reading(first):
        assert meta.get(first, "a") is None
        meta.put(second, "a", "1")
        assert meta.get(first, "a") is None


def test_half_a_character_does_not_stop_a_batch(db: Database) -> None:
    findings.commit(db, found(items=(an_item(2, "mine \ud83d treaty"), an_item(3))))
    assert items.get(db, 2).entry.title == "mine ? treaty"


WRITER = """
import sys
from pathlib import Path
from watcher.store import database, meta
from watcher.store.database import writing
with database.open(Path(sys.argv[1])) as db:
    for _ in range(20):
        with writing(db):
            count = int(meta.get(db, "count") or 0)  # read, then write: what a deferred transaction cannot do
            meta.put(db, "count", str(count + 1))
"""


def test_processes_that_read_and_write_at_once_wait_for_one_another(path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path)]) for _ in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    with database.open(path) as db:
        assert meta.get(db, "count") == "80"


OPENER = "import sys; from pathlib import Path; from watcher.store import database; database.open(Path(sys.argv[1])).close()"


def test_processes_that_create_it_at_once_agree(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    openers = [subprocess.Popen([sys.executable, "-c", OPENER, str(path)]) for _ in range(3)]
    assert [opener.wait() for opener in openers] == [0] * 3
    with database.open(path) as db:
        assert db.number("SELECT count(*) FROM _sqlite_migrations") == SCHEMA


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.store.nouns import an_item, found, a_story
from watcher.store import database, findings, items
from watcher.store.database import writing
with database.open(Path(sys.argv[1])) as db:
    findings.commit(db, found(items=(an_item(2),)))
    with writing(db):
        items.save(db, [an_item(n) for n in range(3, 300)])
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_writer_leaves_what_was_committed_and_no_more(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -9
    with database.open(path) as db:
        assert [item.id for item in items.page(db)] == [2]
        assert db.rows("PRAGMA integrity_check")[0][0] == "ok"


def test_opening_a_current_database_does_not_import_sqlite_utils(path: Path) -> None:
    """Its import takes 0.2 s, which `watcher list` does not have."""
    code = f"{OPENER}; assert 'sqlite_utils' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 0
