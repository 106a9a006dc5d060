"""Agreement with feeds that others wrote. Ours, written beside them, always run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.collect.offers import FEEDS
from tests.conformance.agreement import report

FOLDER = os.environ.get("WATCHER_CONFORMANCE_DIR", "")
FLOOR = 0.99


def test_our_own_feeds_agree() -> None:
    count, disagreeing = report(FEEDS)
    assert count >= 18
    assert [f"{result.case.name}: {result.why}" for result in disagreeing] == []


@pytest.mark.skipif(not FOLDER, reason="WATCHER_CONFORMANCE_DIR names no folder of foreign feeds")
def test_foreign_feeds_agree(capsys: pytest.CaptureFixture[str]) -> None:
    count, disagreeing = report(Path(FOLDER))
    with capsys.disabled():
        print(f"\n{count} foreign feeds, {count - len(disagreeing)} agree")
        for result in disagreeing:
            print(f"  {result.case.name}: {result.why}")
    assert count > 0, f"no feeds in {FOLDER}"
    assert 1 - len(disagreeing) / count >= FLOOR
