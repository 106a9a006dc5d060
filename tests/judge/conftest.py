"""The shipped topic, read once: the judge is nothing without its lexicon."""

from __future__ import annotations

from pathlib import Path

import pytest

import watcher
from watcher.load_topic import load_topic
from watcher.topic import Topic

PACK = Path(watcher.__file__).parent / "topics" / "ottawa"


@pytest.fixture(scope="session")
def topic() -> Topic:
    return load_topic(PACK)
