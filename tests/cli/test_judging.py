"""`assess` and `replay` as programs use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.conftest import lines
from watcher.cli import main

VOTE = {
    "id": 7,
    "url": "https://a.example/1",
    "title": "Slovakia's parliament votes to leave the Ottawa landmine treaty",
    "summary": "Slovak lawmakers voted 90 to 40 on Tuesday to withdraw from the Ottawa Convention.",
    "published": "2027-03-02",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No config.toml here: both commands work without."""
    monkeypatch.chdir(tmp_path)


def invoke(command: str, *records: object, options: tuple[str, ...] = ()) -> Result:
    text = "\n".join(r if isinstance(r, str) else json.dumps(r) for r in records)
    return CliRunner().invoke(main, [command, "-", *options], input=text)


def test_one_line_out_for_each_line_in_and_in_order() -> None:
    result = invoke("assess", VOTE, {"id": "x", "url": "https://b.example", "title": "Ottawa wins the cup"})
    first, second = lines(result)
    assert (first["id"], first["relevant"], first["countries"], first["development"], first["modality"]) == (
        7,
        True,
        ["SK"],
        "parliament_vote",
        "done",
    )
    assert (second["id"], second["relevant"], second["development"]) == ("x", False, None)
    assert first["reasons"]
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "bad",
    [
        "{not json",
        "[1, 2]",
        '{"id": "b", "title": 5}',
        '{"id": "b"}',
        '{"title": "no id"}',
        '{"id": "b", "title": "t", "published": "soon"}',
        '{"id": {"a": 1}, "title": "t"}',
    ],
)
def test_a_bad_line_is_an_error_in_its_place_and_stops_nothing(bad: str) -> None:
    result = invoke("assess", VOTE, bad, VOTE)
    out = lines(result)
    assert [("error" in o) for o in out] == [False, True, False]
    assert set(out[1]) == {"id", "error"}
    assert result.exit_code == 1


def test_half_a_surrogate_and_control_characters_do_no_harm() -> None:
    nasty = '{"id": "n", "title": "\\ud800 Ottawa \\u0000 convention \\u202e on landmines"}'
    assert len(lines(invoke("assess", nasty))) == 1


def test_replay_gives_items_alerts_and_a_summary() -> None:
    document = json.loads(invoke("replay", VOTE, options=("--json",)).stdout)
    assert document["items"][0].keys() >= {"id", "relevant", "story", "development", "countries"}
    (alert,) = [a for a in document["alerts"] if a["urgency"] == "instant"]
    assert alert["items"] == [7]
    assert alert["countries"] == ["SK"]
    assert "parliament voted to leave (90 to 40)" in alert["text"]
    assert document["summary"]["relevant"] == 1


def test_replay_for_people_is_one_line_an_alert() -> None:
    out = invoke("replay", VOTE).stdout
    assert out.splitlines()[0].startswith("2027-03-02")
    assert "1 items, 1 relevant, 1 stories" in out


def test_replay_reports_bad_lines_and_goes_on() -> None:
    result = invoke("replay", VOTE, "oops", options=("--json",))
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["items"]) == 1
