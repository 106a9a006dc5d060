"""What is stored comes back equal, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store import nouns
from tests.store.nouns import NOW, a_delivery, an_alert, an_item, found
from watcher.model import (
    Alert,
    Band,
    Delivery,
    Development,
    Entry,
    Item,
    Mark,
    PollState,
    Reason,
    SourceId,
    Step,
    Story,
    Verdict,
)
from watcher.store import (
    alerts,
    deliveries,
    developments,
    findings,
    items,
    marks,
    sources,
    steps,
    stories,
)
from watcher.store.database import Database

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def undone(db: Database) -> Iterator[Database]:
    """A database as it was before, for each example: what is written inside joins one transaction."""
    db.connection.execute("BEGIN")
    try:
        yield db
    finally:
        db.connection.execute("ROLLBACK")


@quick
@given(item=nouns.items)
def test_item(db: Database, item: Item) -> None:
    with undone(db):
        findings.commit(db, found(items=(item,)))
        assert items.get(db, item.id) == item
        assert items.text(db, item.id) == (item.entry.summary, item.entry.content)


@quick
@given(item=nouns.items)
def test_rejected_item_keeps_what_it_was_and_why_it_fell(db: Database, item: Item) -> None:
    with undone(db):
        fallen = replace(item, verdict=replace(item.verdict, band=Band.REJECTED))
        findings.commit(db, found(rejected=(fallen,)))
        entry = item.entry
        kept = Entry(
            entry.key,
            entry.source_id,
            entry.url,
            entry.title,
            published=entry.published,
            hash=entry.hash,
            tier=entry.tier,
        )
        reasons = tuple(Reason(reason.code, "") for reason in item.verdict.reasons)
        assert items.get(db, item.id) == Item(
            item.id,
            kept,
            Verdict(item.verdict.score, Band.REJECTED, reasons),
            item.first_seen,
            item.language,
            revision=item.revision,
        )


@quick
@given(poll=nouns.polls)
def test_poll_state(db: Database, poll: PollState) -> None:
    with undone(db):
        findings.commit(db, found(polls=(poll,)))
        assert sources.states(db) == {poll.source_id: poll}
        assert sources.state(db, poll.source_id) == poll


@quick
@given(story=nouns.stories)
def test_story(db: Database, story: Story) -> None:
    with undone(db):
        findings.commit(db, found(stories=(story,)))
        assert stories.get(db, story.id) == story


@quick
@given(development=nouns.developments)
def test_development(db: Database, development: Development) -> None:
    with undone(db):
        findings.commit(db, found(developments=(development,)))
        assert developments.get(db, development.id) == development
        for state in development.states:
            assert developments.of_state(db, state) == (development,)


@quick
@given(alert=nouns.alerts)
def test_alert(db: Database, alert: Alert) -> None:
    with undone(db):
        findings.commit(db, found(alerts=(alert,)))
        assert alerts.get(db, alert.id) == alert


@quick
@given(delivery=nouns.deliveries)
def test_delivery(db: Database, delivery: Delivery) -> None:
    with undone(db):
        findings.commit(db, found(alerts=(an_alert(1),), deliveries=(delivery,)))
        assert deliveries.get(db, delivery.id) == delivery


@quick
@given(said=st.lists(nouns.marks, max_size=3), taken=st.lists(nouns.steps, max_size=3))
def test_marks_and_steps_keep_their_order(db: Database, said: list[Mark], taken: list[Step]) -> None:
    with undone(db):
        marks.add(db, said)
        steps.add(db, taken)
        assert marks.all_of_them(db) == tuple(said)
        assert steps.all_of_them(db) == tuple(taken)


# ── fields that nouns get later ───────────────────────────────────────────────────────────────

# By annotation. A field that is added to a noun has no column of its own and must not be lost.
DISTINCT: dict[str, Any] = {
    "datetime | None": NOW,
    "int | None": 7,
    "int": 7,
    "str": "seven",
    "str | None": "seven",
    "bool": True,
    "tuple[str, ...]": ("seven",),
    "float": 7.5,
}


def distinct(noun: object) -> dict[str, Any]:
    """A value that is no default for every field of a plain type."""
    return {f.name: DISTINCT[f.type] for f in fields(noun) if f.type in DISTINCT}  # type: ignore[arg-type]


def test_every_field_of_a_poll_state_is_stored(db: Database) -> None:
    poll = replace(PollState(SourceId("daily")), earlier_urls=("https://old.example",))
    poll = replace(poll, **distinct(poll))
    sources.save(db, (poll,))
    assert sources.state(db, poll.source_id) == poll


def test_every_field_of_a_delivery_is_stored(db: Database) -> None:
    delivery = replace(a_delivery(), **distinct(a_delivery()))
    findings.commit(db, found(alerts=(an_alert(),), deliveries=(delivery,)))
    assert deliveries.get(db, delivery.id) == delivery


def test_every_field_of_an_item_and_its_entry_is_stored(db: Database) -> None:
    item = replace(an_item(), **distinct(an_item()))
    item = replace(item, entry=replace(item.entry, **distinct(item.entry)))
    items.save(db, (item,))
    assert items.get(db, item.id) == item
