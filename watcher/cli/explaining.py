"""`explain`, `rejudge`, `gold`: the judgement walked through, compared, and exported."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import BinaryIO

import click

from watcher.cli.output import emit_json, emit_rows, emit_text, json_option, jsonable, progress
from watcher.cli.start import Start, pass_start
from watcher.collect.archive import BadLine, Row, rows
from watcher.model import Band, Item


def now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.argument("subject", metavar="ID|URL|-")
@pass_start
def explain(start: Start, subject: str) -> None:
    """Why an item was judged as it was: the same code that judged, step by step.

    SUBJECT is a stored item's id or address, or - for one JSON line (as for assess) on standard
    input, which is judged against what is stored and then forgotten.
    """
    from watcher.pipeline.explaining import explain_entry, explain_item

    topic = start.topic()
    with start.database() as db:
        if subject == "-":
            entry = _one_row(sys.stdin.buffer).entry
            emit_text("\n".join(explain_entry(db, entry, topic, start.policy(), now())))
        else:
            emit_text("\n".join(explain_item(db, _item_id(db, subject), topic, start.policy(), now())))


def _one_row(file: BinaryIO) -> Row:
    for row in rows(file):
        if isinstance(row, BadLine):
            raise click.ClickException(row.error)
        return row
    raise click.ClickException("standard input is empty; give one JSON line with id, url and title")


def _item_id(db: object, subject: str) -> int:
    from watcher.collect.urls import canonical
    from watcher.model import EntryKey
    from watcher.store import items
    from watcher.store.database import Database

    assert isinstance(db, Database)
    if subject.isdigit():
        return int(subject)
    key = EntryKey(canonical(subject))
    found = items.existing(db, [key]).get(key)
    if found is None:
        raise click.ClickException(f"{subject}: not stored; `watcher explain -` judges one JSON line")
    return found.id


@click.command()
@click.option("--apply", "write", is_flag=True, help="Store the new judgement; nothing old is announced.")
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many items.")
@json_option
@pass_start
def rejudge(start: Start, write: bool, limit: int | None, as_json: bool) -> None:
    """What would change over everything stored, rejected items included, under today's lexicon.

    Each change is shown against the analyst's mark, where there is one. Exit code 1 when a change
    goes against a mark.
    """
    from watcher.pipeline.rejudging import rejudge as run

    with start.database() as db:
        changes = run(
            db, start.topic(), now(), limit=limit, write=write, progress=progress(limit or 0, "judged")
        )
    columns = ("id", "before", "after", "mark", "verdict", "title")
    shown = [c.row() for c in changes]
    emit_rows(shown, columns, as_json=as_json, empty="nothing would change", wide="title")
    against = sum(row["verdict"] == "against the mark" for row in shown)
    if not as_json and shown:
        emit_text(
            f"{len(shown)} change(s), {against} against a mark; " + ("stored" if write else "nothing stored")
        )
    if against:
        raise click.exceptions.Exit(1)


@click.command()
@json_option
@pass_start
def gold(start: Start, as_json: bool) -> None:
    """Export marked items as labelled rows (JSON Lines), for `make gold GOLD='--data FILE'`."""
    from watcher.store import items
    from watcher.store.items import Filters, page

    with start.database() as db:
        marked = page(db, Filters(bands=tuple(Band), marks=("relevant", "irrelevant")), limit=100_000)
        full = items.many(db, [i.id for i in marked])
    labelled = [_labelled(full[i.id]) for i in reversed(marked)]
    if as_json:
        emit_json(labelled)
        return
    for row in labelled:
        sys.stdout.write(json.dumps(jsonable(row), ensure_ascii=False) + "\n")


def _labelled(item: Item) -> dict[str, object]:
    entry = item.entry
    return {
        "id": f"item-{item.id}",
        "url": entry.url,
        "outlet": entry.outlet,
        "language": item.language,
        "title": entry.title,
        "summary": entry.summary,
        "published": entry.published,
        "relevant": item.mark == "relevant",
        "countries": item.states,
        "development": item.development if item.mark == "relevant" else None,
        "modality": item.modality.value if item.modality and item.mark == "relevant" else None,
        "event": f"story-{item.story_id}" if item.story_id else None,
    }
