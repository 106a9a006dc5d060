"""Kill -9 between every two steps of a send: lost 0, repeated at most 1, and the repeat says so."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notify.crash import ALERTS, Rows, main
from tests.notify.servers import HttpSink, http_sink
from watcher.model import DeliveryState

STEPS = 15  # five fault points for each of three messages; the last test keeps this number honest
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def ruins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, HttpSink]]:
    """One database for each step, as a kill -9 at that step left it, and what had been received."""
    folder = tmp_path_factory.mktemp("ruins")
    with http_sink() as sink:
        program = [sys.executable, "-m", "tests.notify.crash", str(folder), sink.url, str(STEPS)]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, timeout=60, check=False, text=True)
        assert done.stdout.split() == ["-9"] * STEPS, done.stderr
        yield folder, sink


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_at_every_step(ruins: tuple[Path, HttpSink], step: int) -> None:
    folder, sink = ruins
    file = str(folder / f"{step}.db")
    main(file, f"{sink.url}/{step}", 0)  # the next start
    assert {row.state for row in Rows(file).all()} == {DeliveryState.SENT}
    messages = sink.taken_at(f"/{step}")
    told = Counter(alert["id"] for sent in messages for alert in sent["alerts"])
    assert set(told) == set(ALERTS), "lost"
    assert sum(told.values()) - len(told) <= 1, "repeated more than the one in flight"
    seen: dict[int, str] = {}
    for sent in messages:
        for alert in sent["alerts"]:
            if alert["id"] in seen:
                assert sent["possible_repeat"]
                assert "Possible repeat" in sent["notes"][0]
                assert sent["key"] == seen[alert["id"]]
            seen[alert["id"]] = sent["key"]


def test_every_step_is_covered(tmp_path: Path) -> None:
    rows = Rows(file := str(tmp_path / "outbox.db"))
    rows.seed()
    with http_sink() as sink:
        assert main(file, sink.url, 0) == STEPS
        assert main(file, sink.url, 0) == 0, "nothing is sent twice"
        assert len(sink.taken) == len(ALERTS)
