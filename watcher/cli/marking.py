"""An analyst's marks and corrections, written and taken into account at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import click

from watcher.cli.items import item_row
from watcher.cli.start import Start
from watcher.model import ItemId, Mark
from watcher.pipeline import remarking
from watcher.store import items
from watcher.store.database import Database
from watcher.topic import Topic

FACTS = ("state", "stage", "date", "merge")


def corrected(
    db: Database, start: Start, item_ids: Sequence[int], kind: str, value: str, by: str
) -> list[dict[str, object]]:
    """Store the marks and let the judge conclude again; the items as they then stand.

    Raises NotFound for an unknown item and click.BadParameter for a value that fits no such mark.
    """
    checked = _checked(db, start, kind, value)
    now = datetime.now(UTC)
    marks = [Mark(ItemId(i), kind, checked, now, by) for i in item_ids]
    for one in marks:
        items.get(db, int(one.item_id or 0))
    needs_judge = kind in ("relevant", "irrelevant", "none", "split", *FACTS)
    remarking.apply(db, marks, start.config(), start.topic, now) if needs_judge else remarking.note(db, marks)
    return [item_row(items.get(db, i)) for i in item_ids]


def _checked(db: Database, start: Start, kind: str, value: str) -> str:
    if kind not in FACTS:
        return value
    if not value:
        raise click.BadParameter(f"'{kind}' needs a value, such as `watcher mark 12 {kind} {_example(kind)}`")
    if kind == "merge":
        return str(items.get(db, _number(value)).story_id or "")
    if kind == "date":
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise click.BadParameter(f"'{value}' is not a date like 2025-06-19") from error
    return _known(kind, value, start.topic())


def _known(kind: str, value: str, topic: Topic) -> str:
    import difflib

    given = [part.strip() for part in value.split(",") if part.strip()]
    if kind == "state":
        given, known = [g.upper() for g in given], list(topic.states)
    else:
        known = [*topic.lifecycle.developments, *topic.lifecycle.stages]
    for one in given:
        if one not in known:
            near = difflib.get_close_matches(one, known, n=1)
            raise click.BadParameter(f"no {kind} '{one}'" + (f"; did you mean '{near[0]}'?" if near else ""))
    return ",".join(given)


def _number(value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise click.BadParameter(f"'{value}' is not an item id") from error


def _example(kind: str) -> str:
    return {"state": "FI", "stage": "parliament_vote", "date": "2025-06-19", "merge": "34"}[kind]
