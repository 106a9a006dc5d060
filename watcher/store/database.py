"""The one SQLite file: how it is opened, migrated, read and written.

WAL, so that reading never waits for the poll. synchronous=FULL: a commit survives a power cut. A
cycle commits a few times, so the extra fsync costs milliseconds, while NORMAL could forget after a
cut that a message was about to be sent and repeat it unmarked.

sqlite-utils runs the migrations and is imported only when there is one to run: its import takes
0.2 s, as long as all of `watcher list`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from watcher.errors import StoreError

SCHEMA = 1
"""How many migrations this program knows; `PRAGMA user_version` of a current database."""

APPLICATION_ID = 0x4F747761  # "Otwa": tells our file from any other SQLite database
BUSY_SECONDS = 10.0
CACHE_KIB = 16 * 1024
CHECKPOINT_PAGES = 4000
"""16 MB. A big batch of new keys touches thousands of pages of their index; at the default of 1,000 every
one of its commits would copy them into the file at once, and the same ones again after the next."""

Row = sqlite3.Row
Value = str | int | float | bytes | None
Columns = Mapping[str, Value]


class Database:
    """One connection, for one thread. Every sqlite3 error leaves as a StoreError with a remedy."""

    __slots__ = ("connection", "path")

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self.connection = path, connection

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def rows(self, sql: str, **parameters: Value) -> list[Row]:
        with translated(self.path):
            found: list[Row] = self.connection.execute(sql, parameters).fetchall()
            return found

    def row(self, sql: str, **parameters: Value) -> Row | None:
        """The first row, or None."""
        with translated(self.path):
            found: Row | None = self.connection.execute(sql, parameters).fetchone()
            return found

    def number(self, sql: str, **parameters: Value) -> int:
        """The first column of the first row as a whole number; 0 when it is null or missing."""
        row = self.row(sql, **parameters)
        return int(row[0] or 0) if row else 0

    def write(self, sql: str, **parameters: Value) -> int:
        """One statement inside `writing`; the number of rows it touched."""
        return self.write_many(sql, (parameters,))

    def write_many(self, sql: str, rows: Iterable[Columns]) -> int:
        """One statement over many rows, inside `writing`. Half a surrogate pair becomes `?`."""
        rows = rows if isinstance(rows, list | tuple) else list(rows)
        with translated(self.path):
            try:
                return self.connection.executemany(sql, rows).rowcount
            except UnicodeEncodeError:
                return self.connection.executemany(sql, [_encodable(row) for row in rows]).rowcount


def _encodable(row: Columns) -> Columns:
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in row.items()
    }


def open(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Database:  # noqa: A001 (database.open reads well)
    """The database at `path`, created or upgraded when needed.

    Raises StoreError when it is newer than the program, damaged, another program's, or not writable.
    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        with translated(path):
            return _prepared(Database(path, connection))
    except BaseException:
        connection.close()
        raise


def _prepared(db: Database) -> Database:
    db.connection.row_factory = Row
    version = db.number("PRAGMA user_version")
    if version > SCHEMA:
        raise StoreError(
            str(db.path),
            f"was written by a newer watcher (schema {version}; this one knows {SCHEMA}): "
            "install that version again, or name another state_dir",
        )
    if version == 0:
        _refuse_foreign(db)
    for pragma in (
        "foreign_keys = ON",
        "synchronous = FULL",
        f"cache_size = -{CACHE_KIB}",
        "temp_store = MEMORY",
        f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        "journal_size_limit = 67108864",
    ):
        db.connection.execute(f"PRAGMA {pragma}")
    if version < SCHEMA:
        _migrate(db)
    return db


def _refuse_foreign(db: Database) -> None:
    """A database with tables but without our mark belongs to someone else."""
    tables = db.number("SELECT count(*) FROM sqlite_schema")
    if tables and db.number("PRAGMA application_id") != APPLICATION_ID:
        raise StoreError(str(db.path), "is another program's database; name another state_dir")


def _migrate(db: Database) -> None:
    from watcher.store.migrations import migrate

    db.connection.execute("PRAGMA journal_mode = WAL")
    migrate(db.connection)


@contextmanager
def writing(db: Database) -> Iterator[Database]:
    """One transaction. Takes the write lock at once (BEGIN IMMEDIATE): a transaction that begins by
    reading would be refused the lock later without waiting. Joins the one that is open, if any."""
    if db.connection.in_transaction:
        yield db
        return
    with translated(db.path):
        db.connection.execute("BEGIN IMMEDIATE")
    try:
        yield db
        with translated(db.path):
            db.connection.execute("COMMIT")
    except BaseException:
        if db.connection.in_transaction:
            db.connection.execute("ROLLBACK")
        raise


@contextmanager
def reading(db: Database) -> Iterator[Database]:
    """One snapshot: what is read inside belongs together, whatever is written meanwhile."""
    if db.connection.in_transaction:
        yield db
        return
    with translated(db.path):
        db.connection.execute("BEGIN")
    try:
        yield db
    finally:
        db.connection.execute("ROLLBACK")


class translated:  # noqa: N801 (reads as `with translated(path)`)
    """sqlite3's and the file system's errors as StoreError. A class, being ten times faster to enter
    than a generator, since every statement passes here."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, sqlite3.Error):
            raise StoreError(str(self.path), _remedy(error)) from error
        if isinstance(error, OSError):
            raise StoreError(str(self.path), f"cannot be opened: {error.strerror or error}") from error


_REMEDIES = (
    ("locked", "another process is writing to it and did not finish; stop it, or try again"),
    ("not a database", "is not a database; move it away, or name another state_dir"),
    ("malformed", "is damaged; stop watcher, then restore a backup over it"),
    ("readonly", "cannot be written; check the owner and the permissions of the file and its folder"),
    ("unable to open", "cannot be opened; check the owner and the permissions of the folder"),
    ("full", "the disk is full; free some space and start again, nothing that was committed is lost"),
    ("interrupted", "the query took too long; make it narrower"),
)


def _remedy(error: sqlite3.Error) -> str:
    fact = str(error)
    for sign, remedy in _REMEDIES:
        if sign in fact.lower():
            return f"{remedy} ({fact})"
    return fact
