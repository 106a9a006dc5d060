from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.server import Server
from tests.pipeline.world import World, shipped_topic
from watcher.topic import Topic


@pytest.fixture(scope="session")
def topic() -> Topic:
    return shipped_topic()


@pytest.fixture
def world(tmp_path: Path, topic: Topic) -> Iterator[World]:
    with Server() as server:
        yield World(server, tmp_path, topic)
