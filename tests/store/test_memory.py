"""What a cycle writes in one go and reads back: findings, memory, poll states, the baseline, health."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.store.nouns import (
    LATER,
    NOW,
    a_delivery,
    a_development,
    a_story,
    an_alert,
    an_item,
    found,
    rejected,
)
from watcher.errors import NotFound, StoreError
from watcher.model import (
    Claim,
    EntryKey,
    Figure,
    Ids,
    ItemId,
    Mark,
    Modality,
    PollState,
    SourceId,
    StoryId,
)
from watcher.store import (
    baseline,
    channels,
    database,
    developments,
    digests,
    findings,
    health,
    housekeeping,
    items,
    known,
    marks,
    search,
    sightings,
    sources,
    steps,
    stories,
)
from watcher.store.database import Database
from watcher.topic import Baseline, Lexicon, Lifecycle, Topic

DAY = timedelta(days=1)
POLL = PollState(SourceId("daily"), etag='"a"', last_poll=NOW, polls=1)


# ── one transaction ───────────────────────────────────────────────────────────────────────────


def test_a_batch_is_stored_whole(db: Database) -> None:
    item = an_item(2, story_id=StoryId(1))
    development = a_development(1, story_id=StoryId(1))
    findings.commit(
        db,
        found(
            polls=(POLL,),
            items=(item,),
            rejected=(rejected(3),),
            stories=(a_story(item_ids=(item.id,)),),
            developments=(development,),
            alerts=(an_alert(1, development=development),),
            deliveries=(a_delivery(),),
            marks=(Mark(item.id, "star"),),
        ),
    )
    memory = known.known(db, NOW)
    assert memory.ids == Ids(4, 2, 2, 2, 2)
    assert memory.stories == (a_story(item_ids=(item.id,)),)
    assert memory.developments == (development,)
    assert memory.alerts == (an_alert(1, development=development),)
    assert memory.deliveries == (a_delivery(),)
    assert memory.items == {2: replace(item, mark="star")}
    assert memory.marks == (Mark(item.id, "star"),)
    assert sources.state(db, SourceId("daily")).etag == '"a"'


@pytest.mark.parametrize(
    "fault",
    [
        {"deliveries": (a_delivery(1, alert=9),)},
        {"items": (an_item(5, story_id=StoryId(9)),)},
        {"marks": (Mark(ItemId(99), "star"),)},
        {"items": (an_item(5), replace(an_item(6), entry=an_item(5).entry))},
    ],
)
def test_a_batch_with_a_fault_leaves_nothing_not_even_the_validators(
    db: Database, fault: dict[str, object]
) -> None:
    """The next poll must be offered the entries again."""
    batch = replace(found(polls=(POLL,), items=(an_item(2),), rejected=(rejected(3),)), **fault)  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        findings.commit(db, batch)
    assert sources.states(db) == {}
    assert known.ids(db) == Ids()
    assert search.search(db, "parliament") == ()


# ── memory ────────────────────────────────────────────────────────────────────────────────────


def test_memory_is_the_open_window(db: Database) -> None:
    old = an_item(2, story_id=StoryId(1))
    new = an_item(3, story_id=StoryId(2))
    open_story = a_story(2, item_ids=(new.id,))
    findings.commit(
        db,
        found(
            items=(old, new),
            stories=(
                a_story(1, item_ids=(old.id,), last_seen=NOW - 31 * DAY),
                open_story,
                a_story(3, merged_into=StoryId(2)),
            ),
            developments=(a_development(1, first_seen=NOW - 900 * DAY),),
        ),
    )
    memory = known.known(db, NOW, 30 * DAY)
    assert memory.stories == (open_story,)
    assert memory.items.keys() == {3}
    assert memory.developments == (a_development(1, first_seen=NOW - 900 * DAY),)
    assert stories.get(db, 3).merged_into == 2


def test_a_first_run_that_was_cut_short_is_still_the_first(db: Database, path: Path) -> None:
    assert known.known(db, NOW).first_run
    findings.commit(db, found(rejected=(rejected(2),)))
    assert known.first_run(db)
    known.finish_first_run(db, NOW)
    known.finish_first_run(db, NOW + DAY)
    with database.open(path) as again:
        assert not known.known(again, NOW).first_run


def test_the_moment_of_installation_does_not_move(db: Database) -> None:
    assert known.installed(db, NOW) == NOW
    assert known.installed(db, NOW + DAY) == NOW


def test_developments_of_a_state_and_a_story(db: Database) -> None:
    joint = a_development(1, states=("EE", "FI"), story_id=StoryId(7))
    other = a_development(2, states=("PL",), first_seen=NOW + DAY)
    findings.commit(db, found(developments=(joint, other)))
    assert developments.of_state(db, "EE") == developments.of_story(db, 7) == (joint,)
    findings.commit(db, found(developments=(replace(joint, states=("FI",)),)))
    assert developments.of_state(db, "EE") == ()
    assert developments.since(db, NOW + DAY) == (other,)
    with pytest.raises(NotFound):
        developments.get(db, 9)
    with pytest.raises(NotFound):
        stories.get(db, 9)


def test_marks_of_an_item(db: Database) -> None:
    findings.commit(db, found(items=(an_item(2),)))
    said = (
        Mark(ItemId(2), "irrelevant", at=NOW, by="ana"),
        Mark(ItemId(2), "relevant"),
        Mark(ItemId(2), "state", "FI"),
    )
    marks.add(db, said)
    assert marks.of_item(db, 2) == said
    assert items.get(db, 2).mark == "relevant"
    with pytest.raises(StoreError):
        marks.add(db, (Mark(ItemId(99), "star"),))
    assert steps.of_state(db, "FI") == ()


# ── poll states ───────────────────────────────────────────────────────────────────────────────


def test_the_log_of_polls_is_a_ring(db: Database) -> None:
    for number in range(1, sources.POLLS_KEPT + 10):
        state = replace(
            POLL, polls=number, last_poll=NOW + number * DAY, error="timeout" if number % 2 else None
        )
        sources.save(db, (state,))
    polls = sources.log(db, SourceId("daily"))
    assert len(polls) == sources.POLLS_KEPT
    assert polls[0].at == NOW + (sources.POLLS_KEPT + 9) * DAY
    assert [poll.error for poll in polls[:2]] == ["timeout", None]


def test_moves_are_kept(db: Database) -> None:
    sources.save(db, (POLL,))
    assert sources.moves(db, SourceId("daily")) == ()
    for day, url in enumerate(("https://b.example", "https://b.example", "https://c.example"), 1):
        sources.save(db, (replace(POLL, url=url, last_poll=NOW + day * DAY),))
    moved = [(move.from_url, move.to_url) for move in sources.moves(db, SourceId("daily"))]
    assert moved == [("https://b.example", "https://c.example"), (None, "https://b.example")]


def test_a_source_that_was_never_polled(db: Database) -> None:
    assert sources.state(db, SourceId("new")) == PollState(SourceId("new"))
    sources.save(db, (PollState(SourceId("new"), paused=True),))
    assert sources.log(db, SourceId("new")) == ()
    assert sources.state(db, SourceId("new")).paused


# ── the baseline ──────────────────────────────────────────────────────────────────────────────

RECORD = Baseline(
    title="Four states back away",
    publisher="Example",
    published=date(2025, 3, 21),
    url="https://example.org/a",
    language="en",
    claims=(Claim(("EE", "LV"), "recommended", "W2_RECOMMENDED", Modality.DONE),),
    figures=(Figure("parties", 160, ">"),),
    predictions=(),
    positions=(),
    notes=("In our own words.",),
)
TOPIC = Topic("ottawa", "Mines", Lexicon({}), Lifecycle({}, (), {}), {}, RECORD, (), ())


def test_the_baseline_is_item_one(db: Database) -> None:
    item = baseline.ensure_baseline(db, TOPIC, NOW)
    assert (item.id, item.states, item.claims, item.figures) == (
        1,
        ("EE", "LV"),
        RECORD.claims,
        RECORD.figures,
    )
    assert known.ids(db).item == 2
    assert [found.id for found in items.page(db)] == [1]
    assert baseline.ensure_baseline(db, TOPIC, NOW + DAY) == item


def test_the_articles_own_text_stays_when_the_record_changes(db: Database) -> None:
    baseline.ensure_baseline(db, TOPIC, NOW)
    items.attach_text(db, baseline.ID, "The whole article about minefields.")
    changed = replace(TOPIC, baseline=replace(RECORD, title="Four states leave", notes=("New note.",)))
    item = baseline.ensure_baseline(db, changed, NOW + DAY)
    assert (item.entry.title, item.entry.summary) == ("Four states leave", "New note.")
    assert item.entry.content == "The whole article about minefields."
    assert [found.id for found in search.search(db, "minefields leave")] == [1]
    assert search.search(db, "back away") == ()


def test_text_can_be_attached_to_what_is_kept_only(db: Database) -> None:
    findings.commit(db, found(rejected=(rejected(2),)))
    with pytest.raises(StoreError, match="was rejected"):
        items.attach_text(db, 2, "text")
    with pytest.raises(NotFound):
        items.attach_text(db, 3, "text")


# ── digests and health ────────────────────────────────────────────────────────────────────────


def test_a_digest_shows_what_came_in_since_the_last_and_was_told_in_no_alert(db: Database) -> None:
    channels.register(db, ("mail",), NOW)
    told = an_item(2, story_id=StoryId(1))
    development = a_development(1, story_id=StoryId(1))
    findings.commit(
        db,
        found(
            items=(told, an_item(3), an_item(4, copy_of=ItemId(3)), an_item(5, first_seen=NOW - DAY)),
            stories=(a_story(1),),
            developments=(development,),
            alerts=(an_alert(1, development=development),),
        ),
    )
    assert [item.id for item in digests.undigested(db, "mail")] == [3]
    assert digests.last(db) == {}
    digests.record(db, "mail", NOW, upto_item=digests.newest_item(db), alerts=1, items=1)
    assert digests.undigested(db, "mail") == ()
    findings.commit(db, found(items=(an_item(6),)))
    assert [item.id for item in digests.undigested(db, "mail")] == [6]
    assert digests.last(db) == {"mail": NOW}


def test_health(db: Database) -> None:
    polls = (
        replace(POLL, last_ok=NOW),
        PollState(SourceId("b"), error="timeout", last_poll=NOW),
        PollState(SourceId("c"), error="gone", retired=True),
        PollState(SourceId("d"), paused=True),
    )
    findings.commit(
        db,
        found(
            polls=polls,
            items=(
                an_item(2, language="fi"),
                an_item(3, language="fi"),
                an_item(4, first_seen=NOW - 40 * DAY),
            ),
            alerts=(an_alert(),),
            deliveries=(a_delivery(due=NOW - DAY),),
        ),
    )
    now = health.health(db, NOW)
    assert (now.sources, now.failing, now.paused, now.retired, now.last_ok) == (3, 1, 1, 1, NOW)
    assert (now.outbox.overdue, now.outbox.overdue_since, now.items) == (1, NOW - DAY, 4)
    assert health.relevant_by_language(db, NOW) == {"fi": 2}
    assert health.relevant_by_source(db, NOW) == {"daily": 2}


def test_the_yield_of_a_source(db: Database) -> None:
    first = an_item(2, story_id=StoryId(1), published=NOW - DAY)
    second = an_item(3, story_id=StoryId(1), source_id=SourceId("weekly"))
    seen = (first.entry.key, SourceId("weekly"), "https://w.example/2")
    findings.commit(db, found(items=(first, second), stories=(a_story(1),), sightings=(seen,)))
    assert health.yield_of(db, "daily", NOW) == {
        "days": 30,
        "relevant": 1,
        "relevant_first": 1,
        "first_to_report_share": 1.0,
    }
    weekly = health.yield_of(db, "weekly", NOW)
    assert (weekly["relevant"], weekly["relevant_first"], weekly["first_to_report_share"]) == (2, 1, 0.0)
    assert health.yield_of(db, "none", NOW)["first_to_report_share"] is None


# ── housekeeping ──────────────────────────────────────────────────────────────────────────────


def test_old_rejected_items_are_forgotten_and_nothing_else(db: Database) -> None:
    findings.commit(
        db,
        found(
            items=(an_item(2),),
            rejected=(rejected(3), rejected(4), rejected(5, first_seen=LATER)),
            sightings=((EntryKey("https://news.example/3"), SourceId("b"), "u"),),
        ),
    )
    marks.add(db, (Mark(ItemId(4), "star"),))
    pruned = housekeeping.prune(db, LATER, rejected_days=365)
    assert (pruned.rejected, pruned.sightings) == (1, 1)
    assert items.many(db, range(1, 9)).keys() == {2, 4, 5}
    assert housekeeping.prune(db, LATER, rejected_days=365).rejected == 0
    assert sightings.of(db, 3) == ()
    assert known.ids(db).item == 6


def test_tidying_changes_nothing_that_is_seen(db: Database, path: Path) -> None:
    findings.commit(db, found(items=tuple(an_item(n) for n in range(2, 50))))
    before = search.search(db, "parliament", "rank")
    housekeeping.tidy(db)
    housekeeping.vacuum(db)
    assert search.search(db, "parliament", "rank") == before
    assert not path.with_name("watcher.db-wal").stat().st_size


def test_a_backup_is_a_whole_database(db: Database, tmp_path: Path) -> None:
    findings.commit(db, found(items=(an_item(2),)))
    copy = tmp_path / "backups" / "copy.db"
    housekeeping.backup(db, copy)
    with database.open(copy) as restored:
        assert items.get(restored, 2) == an_item(2)
        assert housekeeping.damage(restored) == ()
    with pytest.raises(StoreError, match="exists already"):
        housekeeping.backup(db, copy)


def test_damage_is_found(db: Database) -> None:
    assert housekeeping.damage(db) == ()
    db.connection.execute("PRAGMA foreign_keys = OFF")
    db.connection.execute("INSERT INTO texts VALUES (77, '', '')")
    assert housekeeping.damage(db) == ("row 77 of texts points to a missing items",)
