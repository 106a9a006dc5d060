"""One state's timeline as a document with citations: Markdown, CSV or JSON rows. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from watcher.model import Item, Standpoint
from watcher.review.states import STATUS_WORDS, step_rows
from watcher.topic import Topic

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def markdown(standpoint: Standpoint, items: Sequence[Item], topic: Topic, now: datetime) -> str:
    """Status, steps with their sources, then every stored report, oldest first."""
    name = topic.states[standpoint.state].name if standpoint.state in topic.states else standpoint.state
    lines = [
        f"# {name} and the Ottawa Treaty",
        "",
        f"As of {now:%d %B %Y}: {STATUS_WORDS.get(standpoint.legal_status, standpoint.legal_status)}.",
        "",
        "## Steps",
        "",
    ]
    for row in step_rows(standpoint.steps, topic):
        source = f" <{row['source']}>" if str(row["source"]).startswith("http") else f" ({row['source']})"
        lines.append(
            f"- {row['date'] or 'undated'}: {row['what'] or row['stage']} [{row['standing']}]{source}"
        )
    lines += ["", "## Reports", ""]
    for item in sorted(items, key=lambda i: i.entry.published or i.first_seen):
        when = item.entry.published or item.first_seen
        lines.append(
            f"- {when:%Y-%m-%d} {_md(item.entry.outlet)}: {_md(item.entry.title)} <{item.entry.url}>"
        )
        if item.claims and item.claims[0].evidence:
            lines.append(f"  > {_md(item.claims[0].evidence.sentence)}")
    return "\n".join(lines) + "\n"


def _md(text: str) -> str:
    """Other people's words inside Markdown: no markup of theirs takes effect."""
    return "".join("\\" + c if c in "\\`*_[]<>#|" else c for c in text.replace("\n", " "))


def as_csv(rows: Sequence[dict[str, object]]) -> str:
    """RFC 4180 with a header row. A cell that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return " ".join(_cell(v) for v in value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text
