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
from typing import Any

import click

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

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
        _emit_table(rows, columns, wide, heading)


def _one_line(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return ",".join(_one_line(v) for v in value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return safe(str(value).replace("\n", " "))


def _emit_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], wide: str, heading: str) -> None:
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
            column.replace("_", " "),
            overflow="fold",
            no_wrap=not folded,
            ratio=1 if folded else None,
        )
    for row in rows:
        table.add_row(*(Text(_one_line(row.get(c))) for c in columns))
    Console().print(table)


def emit_text(text: str) -> None:
    """Lines of our own making around text of others'."""
    for line in text.splitlines():
        click.echo(safe(line))


def columns_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def progress(total: int, what: str) -> Callable[[int, str], None]:
    """A counter on standard error while it is a terminal; silent in a pipe. Call with (done, note)."""
    if not sys.stderr.isatty():
        return lambda done, note: None

    def show(done: int, note: str) -> None:
        end = "\n" if done >= total else ""
        line = f"\r\x1b[K{what} {done}/{total} {safe(note)}"[: max(20, _width())]
        click.echo(line + end, nl=False, err=True)

    return show


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns + 4
