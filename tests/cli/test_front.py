"""The front door: help, wrong words, wrong configuration, and what the process does with signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.conftest import runner
from tests.pipeline.world import World
from watcher.cli import COMMANDS, main


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_help_fits_eighty_columns() -> None:
    out = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    assert max(map(len, out.splitlines())) <= 80


def test_a_misspelt_command_offers_the_nearest() -> None:
    result = CliRunner().invoke(main, ["serch", "mines"])
    assert result.exit_code == 2
    assert "Did you mean 'search'?" in result.output


def test_a_wrong_configuration_is_exit_2_with_file_line_and_nearest_key(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[watcher]\nstate_dir = "state"\n\n[polcy]\ndigest = ["08:00"]\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["-c", str(file), "poll"])
    assert result.exit_code == 2
    assert f"{file}:4" in result.output
    assert "policy" in result.output
    assert not (tmp_path / "state").exists()


def test_a_missing_configuration_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["-c", str(tmp_path / "none.toml"), "poll"])
    assert result.exit_code == 2
    assert "none.toml" in result.output
    assert "--config FILE" in result.output


def test_what_is_doubtful_in_the_configuration_is_told(fresh: World) -> None:
    file = fresh.folder / "config.toml"
    text = file.read_text("utf-8")
    file.write_text(text + '\n[[sources.add]]\nid = "typo"\nurl = "htp://x.example"\n', encoding="utf-8")
    checked = runner(fresh)("check")
    assert checked.exit_code == 1
    assert "FAIL config:" in checked.output
    assert "sources.add[1].url" in checked.output
    polled = runner(fresh)("poll")
    assert polled.exit_code == 0
    assert "warning:" in polled.stderr
    assert "htp://x.example" in polled.stderr


def test_help_and_list_import_no_heavy_library(stored: World) -> None:
    code = (
        "import sys\nfrom watcher.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print([m for m in ('pydantic','sqlite_utils','feedparser','trafilatura','numpy','jinja2','httpx2') "
        "if m in sys.modules], file=sys.stderr)"
    )
    config = str(stored.folder / "config.toml")
    for words in (["--help"], ["-c", config, "list"], ["-c", config, "list", "--json"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
        )
        assert done.stderr.strip() == "[]", words


def start(world: World, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "watcher", "-c", str(world.folder / "config.toml"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def wait_for(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} never came: {seen}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_polls_at_once_previews_a_digest_and_stops_cleanly(fresh: World, number: int) -> None:
    process = start(fresh, "run")
    seen = wait_for(process, "Outbox")  # the last line of the preview
    assert "1 of 1 sources answered" in seen or "nothing is due" in seen or "Digest" in seen
    process.send_signal(number)
    rest, _ = process.communicate(timeout=10)
    assert process.returncode == 0, rest
    assert "everything owed stays owed" in rest


def test_a_slow_poll_does_not_delay_the_stop(fresh: World) -> None:
    fresh.server.hang("/wire")
    process = start(fresh, "run")
    wait_for(process, "watching 1 sources")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=6)
    assert process.returncode == 0


def test_a_second_watcher_is_told_who_holds_the_directory(fresh: World) -> None:
    process = start(fresh, "run")
    wait_for(process, "watching 1 sources")
    try:
        second = runner(fresh)("poll")
        assert second.exit_code == 3
        assert str(process.pid) in second.output
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)


def test_poll_json_is_one_document(fresh: World) -> None:
    result = runner(fresh)("poll", "--force", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["sources"]["answered"] == 1
