"""No query of a cycle or a page reads the whole archive: SQLite's own plans say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.store.nouns import NOW, a_delivery, a_development, a_story, an_alert, an_item, found, rejected
from watcher.model import Band, EntryKey, PollState, SourceId
from watcher.store import deliveries, digests, findings, health, items, known, search
from watcher.store.database import Database
from watcher.store.items import Filters

BIG = ("items", "texts", "item_states", "sightings", "deliveries")

ACTS: dict[str, Callable[[Database], object]] = {
    "known": lambda db: known.known(db, NOW),
    "existing": lambda db: items.existing(db, [EntryKey("a"), EntryKey("b")]),
    "commit": lambda db: findings.commit(
        db,
        found(
            polls=(PollState(SourceId("a"), last_poll=NOW),),
            items=(an_item(50),),
            rejected=(rejected(51),),
            sightings=((an_item(2).entry.key, SourceId("b"), "u"),),
            stories=(a_story(5),),
            developments=(a_development(5),),
            alerts=(an_alert(5),),
            deliveries=(a_delivery(5, alert=5),),
        ),
    ),
    "page": lambda db: items.page(db),
    "next page": lambda db: items.page(db, before=2),
    "page of a state": lambda db: items.page(db, Filters(states=("FI",)), before=2),
    "page of doubts": lambda db: items.page(db, Filters(bands=(Band.DOUBT,))),
    "page since": lambda db: items.page(db, Filters(since=NOW)),
    "page of rejected": lambda db: items.page(db, Filters(bands=(Band.REJECTED,))),
    "get": lambda db: items.get(db, 2),
    "newest": lambda db: search.search(db, "parliament"),
    "ranked": lambda db: search.search(db, "parliament", "rank"),
    "due": lambda db: deliveries.due(db, NOW),
    "settled": lambda db: deliveries.settled_since(db, NOW),
    "outbox": lambda db: deliveries.outbox(db, NOW),
    "undigested": lambda db: digests.undigested(db, "mail"),
    "health": lambda db: health.health(db, NOW),
    "languages": lambda db: health.relevant_by_language(db, NOW),
}


@pytest.mark.parametrize("name", ACTS)
def test_no_scan_of_a_big_table(db: Database, name: str) -> None:
    findings.commit(
        db, found(items=tuple(an_item(n, states=("FI",)) for n in range(2, 9)), rejected=(rejected(20),))
    )
    statements: list[str] = []
    db.connection.set_trace_callback(statements.append)
    ACTS[name](db)
    db.connection.set_trace_callback(None)
    plans = [
        row["detail"]
        for statement in statements
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
        for row in db.rows(f"EXPLAIN QUERY PLAN {statement}")
    ]
    assert plans or name == "none"
    scans = [plan for plan in plans if plan.split()[0] == "SCAN" and _whole(plan)]
    assert scans == []


def _whole(plan: str) -> bool:
    """A scan along an index or backwards along the ids, with a limit, stops early; one of a table does not."""
    words = plan.split()
    table = {"i": "items", "t": "texts", "s": "item_states", "o": "items"}.get(words[1], words[1])
    return table in BIG and "INDEX" not in words and table != "items"


def test_pages_deep_in_the_archive_cost_what_the_first_costs(db: Database) -> None:
    stock = tuple(an_item(n, published=NOW - timedelta(minutes=n), states=("FI",)) for n in range(2, 2002))
    findings.commit(db, found(items=stock))

    def steps(act: Callable[[], object]) -> int:
        counted = 0

        def count() -> int:
            nonlocal counted
            counted += 1
            return 0

        db.connection.set_progress_handler(count, 10)
        act()
        db.connection.set_progress_handler(None, 0)
        return counted

    for filters in (Filters(), Filters(states=("FI",))):
        first = steps(lambda filters=filters: items.page(db, filters, limit=20))  # type: ignore[misc]
        deep = steps(lambda filters=filters: items.page(db, filters, limit=20, before=1900))  # type: ignore[misc]
        assert deep < first * 2 + 50
