"""One instance for each state directory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.nouns import NOW
from watcher.errors import InstanceRunning, StoreError
from watcher.store.lock import NAME, held, holder

HOLDER = """
import sys, time
from pathlib import Path
from tests.store.nouns import NOW
from watcher.store.lock import held
with held(Path(sys.argv[1]), NOW):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_who_the_first_is(tmp_path: Path) -> None:
    with held(tmp_path / "state", NOW):
        told = f"process {os.getpid()}, started 2026-03-01 12:00:00 UTC"
        with pytest.raises(InstanceRunning, match=told), held(tmp_path / "state", NOW):
            pytest.fail("two at once")
        assert holder(tmp_path / "state") == told
    assert holder(tmp_path / "state") is None
    with held(tmp_path / "state", NOW):
        pass


def test_a_killed_holder_does_not_keep_it(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(InstanceRunning, match=f"process {process.pid}"), held(tmp_path, NOW):
        pytest.fail("two at once")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    with held(tmp_path, NOW):
        assert str(os.getpid()) in (tmp_path / NAME).read_text()


def test_a_holder_that_has_not_signed_yet_is_named_as_such(tmp_path: Path) -> None:
    with held(tmp_path, NOW):
        (tmp_path / NAME).write_text("")
        with pytest.raises(InstanceRunning, match="not written its name yet"), held(tmp_path, NOW):
            pytest.fail("two at once")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be created"), held(tmp_path / "file" / "state", NOW):
        pytest.fail("no folder")


def test_nobody_holds_what_does_not_exist(tmp_path: Path) -> None:
    assert holder(tmp_path / "nowhere") is None
