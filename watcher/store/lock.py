"""One watcher per state directory: a lock that the system lets go of when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from watcher.errors import InstanceRunning, StoreError

NAME = "watcher.lock"


@contextmanager
def held(state_dir: Path, now: datetime) -> Iterator[None]:
    """Held inside the block. Raises InstanceRunning, naming the holder's pid and start time."""
    path = state_dir / NAME
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(str(path), f"cannot be created: {error.strerror}; check the permissions") from error
    try:
        _take(descriptor, state_dir)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "since": now.isoformat()}).encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _take(descriptor: int, state_dir: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InstanceRunning(
            str(state_dir),
            f"another watcher is using it ({_holder(os.pread(descriptor, 200, 0))}); stop that one first, "
            "or give this one its own state_dir",
        ) from error


def _holder(written: bytes) -> str:
    try:
        holder = json.loads(written)
        started = datetime.fromisoformat(holder["since"])
        return f"process {int(holder['pid'])}, started {started:%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, KeyError, TypeError):
        return "it has not written its name yet"


def holder(state_dir: Path) -> str | None:
    """Who holds the lock (process and start time), or None when nobody does."""
    path = state_dir / NAME
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(os.pread(descriptor, 200, 0))
    finally:
        os.close(descriptor)
    return None
