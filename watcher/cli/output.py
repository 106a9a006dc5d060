"""The one place that prints: a table for people, plain lines for a pipe, JSON for programs.

Everything printed has its control and bidirectional characters neutralised: a hostile title may
not move the cursor, colour the terminal or reorder a line.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from textwrap import fill
from typing import Any

import click

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_LABEL = re.compile(r"\s*\S{1,16}(?: \S{1,16}){0,2} {2,}(?=\S)")
_WIDE_AT_LEAST = 28
"""Columns that folded text needs to be readable."""

json_option = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")


def safe(text: object) -> str:
    """`text` on one terminal line's terms: nothing in it can steer the terminal."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", str(text).replace("\t", " "))


def jsonable(value: object) -> object:
    """Dates as ISO 8601, everything else that JSON lacks as text. Secrets print as `Secret(***)`."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [jsonable(v) for v in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def emit_json(value: object) -> None:
    click.echo(json.dumps(jsonable(value), ensure_ascii=False, indent=2))


def is_terminal() -> bool:
    return sys.stdout.isatty()


def emit_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    as_json: bool,
    empty: str,
    wide: str = "",
    heading: str = "",
) -> None:
    """`rows` with `columns` shown; `--json` shows every key of a row. `wide` is the column that
    takes the room that is left and is folded; in a pipe every row is one tab-separated line."""
    if as_json:
        emit_json(list(rows))
    elif not rows:
        click.echo(empty, err=not is_terminal())
    elif not is_terminal():
        for row in rows:
            click.echo("\t".join(_one_line(row.get(c)) for c in columns))
    else:
        emit_table(rows, columns, wide=wide, heading=heading, width=_width())


def _one_line(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return ",".join(_one_line(v) for v in value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return safe(str(value).replace("\n", " "))


def emit_table(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, wide: str, heading: str, width: int
) -> None:
    """As a table where it fits. Where it does not, each row is a line of what does and, below it, the rest:
    a column that is cropped to two letters, or to none, tells nobody anything."""
    from rich.cells import cell_len

    cells = [{c: _one_line(row.get(c)) for c in columns} for row in rows]
    shown = [c for c in columns if any(row[c] for row in cells)]
    widths = {c: max(cell_len(c), *(cell_len(row[c]) for row in cells)) for c in shown}
    needed = sum(widths[c] if c != wide else min(widths[c], _WIDE_AT_LEAST) for c in shown) + 3 * len(shown)
    if needed <= width:
        _emit_grid(cells, shown, wide, heading, width)
    else:
        _emit_stacked(cells, shown, widths, wide, heading, width)


def _emit_grid(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str], wide: str, heading: str, width: int
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=SIMPLE_HEAD, title=heading or None, title_justify="left", pad_edge=False, expand=bool(wide)
    )
    for column in columns:
        folded = column == wide
        table.add_column(
            column.replace("_", " "), overflow="fold", no_wrap=not folded, ratio=1 if folded else None
        )
    for row in rows:
        table.add_row(*(Text(row[c]) for c in columns))
    Console(width=width).print(table)


def _emit_stacked(
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    widths: Mapping[str, int],
    wide: str,
    heading: str,
    width: int,
) -> None:
    from rich.cells import set_cell_size

    first: list[str] = []
    for column in (c for c in columns if c != wide):
        if sum(widths[c] + 2 for c in (*first, column)) - 2 > width:
            break
        first.append(column)
    rest = [c for c in columns if c not in first and c != wide]
    below = [wide] * (wide in columns) + rest
    head = "  ".join(set_cell_size(c.replace("_", " "), widths[c]) for c in first).rstrip()
    click.echo("\n".join(filter(None, (heading, head, "─" * width))))
    for row in rows:
        click.echo("  ".join(set_cell_size(row[c], widths[c]) for c in first).rstrip())
        texts = [row[c] if c == wide else f"{c.replace('_', ' ')}: {row[c]}" for c in below if row[c]]
        if texts:
            click.echo(fill(" · ".join(texts), width, initial_indent="    ", subsequent_indent="    "))


def emit_text(text: str) -> None:
    """Lines of our own making around text of others'; on a terminal folded between words."""
    _clear_progress()
    for line in map(safe, text.splitlines()):
        click.echo(_folded(line) if is_terminal() and len(line) > _width() else line)


def _folded(line: str) -> str:
    """What goes on below stands under its own column: "  Baseline  prediction come true …"."""
    indent = line[: len(line) - len(line.lstrip())]
    label = _LABEL.match(line)
    return fill(
        line.strip(),
        _width(),
        initial_indent=indent,
        subsequent_indent=" " * label.end() if label else indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


_UNDER_WAY: set[str] = set()
"""The counters whose line is on the terminal now: whatever is printed next takes their place."""


def progress(total: int, what: str) -> Callable[[int, str], None]:
    """A counter on standard error while it is a terminal; silent in a pipe. Call with (done, note)."""
    if not sys.stderr.isatty():
        return lambda done, note: None

    def show(done: int, note: str) -> None:
        line = f"{what} {done}/{total} {safe(note)}"[: _width() - 1]
        click.echo(f"\r\x1b[K{line}" if done < total else "\r\x1b[K", nl=False, err=True)
        (_UNDER_WAY.add if done < total else _UNDER_WAY.discard)(what)

    return show


def _clear_progress() -> None:
    if _UNDER_WAY:
        _UNDER_WAY.clear()
        click.echo("\r\x1b[K", nl=False, err=True)


def _width() -> int:
    import shutil

    return max(20, shutil.get_terminal_size((80, 24)).columns)
