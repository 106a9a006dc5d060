"""Sources in trouble: every one is told, none twice, and many together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.collect.server import Server
from tests.pipeline.world import Story, World, shipped_topic

STEP = timedelta(hours=3)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Server() as server:
        sources = {f"site{n}": "media" for n in range(6)}
        yield World(server, tmp_path, shipped_topic(), sources=sources)


def said(world: World, words: str) -> list[str]:
    return [m for m in world.messages() if json.loads(m)["kind"] == "ops" and words in m]


def test_sources_that_break_one_after_another_are_told_together(world: World) -> None:
    for name in world.sources:
        world.publish(Story(name, "Cup final ends in a draw"), source=name)
    world.poll()
    for name in (*world.sources, *[""] * 10):
        if name:
            world.server.reply("/" + name, status=500)
        world.poll(after=STEP)
    told = said(world, "has not answered")
    assert len(told) <= 4
    assert [sum(m.count(f"{name} has not answered since") > 0 for m in told) for name in world.sources] == [
        1
    ] * 6
    for name in world.sources:
        world.publish(Story(name, "Cup final ends in a draw"), source=name)
    for _ in range(3):
        world.poll(after=STEP)
    assert len(said(world, "is back")) == 1
