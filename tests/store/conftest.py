"""A real SQLite file for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from watcher.store import database
from watcher.store.database import Database


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a new database: migrating once is enough for all tests but those of the migrations."""
    path = tmp_path_factory.mktemp("fresh") / "watcher.db"
    with database.open(path) as db:
        db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, fresh: bytes) -> Path:
    path = tmp_path / "watcher.db"
    path.write_bytes(fresh)
    return path


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    with database.open(path) as opened:
        opened.connection.execute("PRAGMA synchronous = OFF")  # no power cut is expected here
        yield opened
