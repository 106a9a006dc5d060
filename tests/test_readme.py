"""The README's commands, run in its order against a small world of local servers, end in exit code 0."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.test_docs import ROOT, fences
from watcher.cli import main
from watcher.demo.world import DemoWorld

NOT_HERE = {"make", "export"}
"""Run elsewhere (make test is this suite) or not ours."""


def commands() -> list[list[str]]:
    """In the README's order, but for a first poll: the others look at what it brought."""
    found = []
    for body in fences((ROOT / "README.md").read_text("utf-8"), "sh"):
        for line in body.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] not in NOT_HERE:
                assert words[0] == "watcher", line
                found.append(words[1:])
    return sorted(found, key=lambda words: words != ["poll"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, DemoWorld]]:
    """A folder as the README supposes it: config.toml, a state directory, an archive."""
    folder = tmp_path_factory.mktemp("a home")
    archive = [
        {
            "id": 1,
            "title": "Estonia's parliament votes to leave the Ottawa Convention",
            "published": "2025-06-04",
        },
        {"id": 2, "title": "Ottawa wins 3-2 in overtime", "published": "2025-06-05"},
    ]
    (folder / "news.jsonl").write_text("\n".join(map(json.dumps, archive)), encoding="utf-8")
    with DemoWorld() as world:
        world.at(world.moments[-1])
        text = world.config_text(folder / "state").replace('id = "nw"', 'id = "un-news"')
        (folder / "config.toml").write_text(text, encoding="utf-8")
        yield folder, world


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_command_of_the_readme_runs(home: tuple[Path, DemoWorld], words: list[str]) -> None:
    folder, _ = home
    before = Path.cwd()
    os.chdir(folder)
    try:
        outcome = CliRunner().invoke(main, words, catch_exceptions=False)
    finally:
        os.chdir(before)
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.strip() or words[0] == "gold" or "export" in words


def test_samples_arrived_in_slack_and_in_the_mailbox(home: tuple[Path, DemoWorld]) -> None:
    """Follows from the README's `channels test`, which the tests above have run."""
    _, world = home
    assert any("sample" in json.dumps(message).lower() for message in world.slack_messages)
    assert any("sample" in mail.subject.lower() for mail in world.mailbox)


def test_the_alert_in_the_readme_is_one_that_the_demo_prints(tmp_path: Path) -> None:
    """Line by line, but for the article's address on this machine."""
    outcome = CliRunner().invoke(main, ["demo", "--keep", str(tmp_path)], catch_exceptions=False)
    assert outcome.exit_code == 0
    (sample,) = fences((ROOT / "README.md").read_text("utf-8"), "text")
    printed = [line for line in outcome.stdout.splitlines() if not line.strip().startswith("http://127.")]
    assert sample.strip() in "\n".join(printed), "copy the alert from `make demo` into the README"
    assert "In Slack" in outcome.stdout
    assert (tmp_path / "slack.html").stat().st_size > 1000
    assert (tmp_path / "mail.html").exists()
