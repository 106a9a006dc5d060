from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.collect.server import Server
from tests.pipeline.world import START, Story, World, shipped_topic
from watcher.cli import main

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A database after two polls: one vote in two outlets, one rejected entry. Read only."""
    folder = tmp_path_factory.mktemp("stored")
    with Server() as server:
        yield told_world(World(server, folder, shipped_topic()))


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[World]:
    """The same, for tests that write."""
    with Server() as server:
        yield told_world(World(server, tmp_path, shipped_topic()))


def told_world(world: World) -> World:
    football = Story("football", "Cup final ends in a \x1b[31mdraw\u202e", "Nobody scored.")
    vote = Story(
        "vote",
        "Romania's parliament votes to leave the Ottawa mine ban convention",
        "The Romanian parliament voted by 210 votes to 41 on Tuesday to withdraw from the Ottawa Convention "
        "that bans anti-personnel mines.",
        START.replace(day=5),
    )
    world.publish(football)
    world.poll()
    world.publish(vote, football)
    world.now = START.replace(day=5, hour=10)
    world.poll()
    return world


def runner(world: World) -> Run:
    def run(*words: str, input: str | bytes | None = None) -> Result:  # noqa: A002 (click's own name)
        return CliRunner().invoke(main, ["-c", str(world.folder / "config.toml"), *words], input=input)

    return run


@pytest.fixture
def run(stored: World) -> Run:
    return runner(stored)


def lines(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]
