"""What people see: tables that fit the terminal, text that steers nothing."""

from __future__ import annotations

import pytest

from watcher.cli.output import emit_rows, emit_table

ROW = {
    "id": 12,
    "published": "2025-06-19 12:00",
    "states": ("EE", "LV", "LT", "PL", "FI"),
    "development": "government_decision",
    "modality": "done",
    "outlet": "Northern Wire",
    "note": None,
    "title": "Parliament in Helsinki votes by 157 to 18 to leave the treaty that bans anti-personnel mines",
}


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
def test_a_table_of_any_width_shows_every_value_and_stays_inside(
    capsys: pytest.CaptureFixture[str], width: int
) -> None:
    emit_table([ROW], tuple(ROW), wide="title", heading="list", width=width)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= width
    together = "".join(out.split())
    for value in ("12", "2025-06-1912:00", "EE,LV,LT,PL,FI", "government_decision", "NorthernWire"):
        assert value in together
    if width < 140:  # two lines a row: the title is read on
        assert "".join(str(ROW["title"]).split()) in together


def test_a_column_without_any_value_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    emit_table([ROW], tuple(ROW), wide="title", heading="", width=200)
    assert "note" not in capsys.readouterr().out


def test_in_a_pipe_every_row_is_one_line_with_all_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    emit_rows([ROW, ROW | {"title": "two\nlines\x1b[31m"}], tuple(ROW), as_json=False, empty="")
    first, second = capsys.readouterr().out.splitlines()
    assert first.split("\t")[0] == "12"
    assert len(first.split("\t")) == len(second.split("\t")) == len(ROW)
    assert "\x1b" not in second
