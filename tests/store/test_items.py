"""Items: what is known already, pages, and what happens to one that is judged again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.nouns import NOW, a_story, an_item, found, rejected
from watcher.errors import NotFound, StoreError
from watcher.model import Band, Entry, EntryKey, Item, Mark, SourceId, StoryId
from watcher.store import findings, items, known, marks, search, sightings
from watcher.store.database import Database
from watcher.store.items import Filters


def ids(found: tuple[Item, ...]) -> list[int]:
    return [item.id for item in found]


def test_existing_finds_relevant_and_rejected_alike(db: Database) -> None:
    findings.commit(db, found(items=(an_item(2, hash=7),), rejected=(rejected(3, hash=2**64 - 1),)))
    asked = [EntryKey(f"https://news.example/{n}") for n in (2, 3, 4)]
    stored = items.existing(db, asked)
    assert {key: (one.id, one.hash, one.band) for key, one in stored.items()} == {
        asked[0]: (2, 7, Band.RELEVANT),
        asked[1]: (3, 2**64 - 1, Band.REJECTED),
    }


def test_existing_takes_more_keys_than_one_query_does(db: Database) -> None:
    many = [rejected(n) for n in range(2, 5002)]
    findings.commit(db, found(rejected=tuple(many)))
    assert len(items.existing(db, [item.entry.key for item in many])) == 5000


@pytest.mark.parametrize(
    ("changes", "edited"),
    [
        ({"hash": 1}, False),
        ({"hash": 2}, False),  # the raw item differs, its words do not
        ({"hash": 2, "title": "Parliament rejects"}, True),
        ({"hash": 2, "summary": "Corrected: 101 votes"}, True),
        ({"hash": 2, "content": "other " * 200}, True),
        ({"hash": 2, "content": "short"}, False),  # the stored text may be the page's
        ({"hash": 1, "title": "Parliament rejects"}, False),  # the same raw item cannot say other words
        ({"hash": 2, "title": "Parliament rejects", "source_id": SourceId("weekly")}, False),
    ],
)
def test_an_edit_is_told_from_noise(db: Database, changes: dict[str, object], edited: bool) -> None:
    item = an_item(2, summary="It voted.", content="words " * 200, hash=1)
    findings.commit(db, found(items=(item,)))
    before = items.existing(db, [item.entry.key])[item.entry.key]
    again: Entry = replace(item.entry, **changes)  # type: ignore[arg-type]
    assert items.changed(before, again) is edited


def test_the_text_of_an_open_story_is_not_cut_by_coming_back(db: Database) -> None:
    item = an_item(2, content="long " * 2000, story_id=StoryId(1))
    findings.commit(db, found(items=(item,), stories=(a_story(item_ids=(item.id,)),)))
    member = known.known(db, NOW).items[2]
    assert len(member.entry.content) == known.LEAD
    findings.commit(db, found(items=(replace(member, story_id=StoryId(1)),)))
    assert items.get(db, 2).entry.content == item.entry.content


def test_an_edited_item_is_found_by_its_new_words_only(db: Database) -> None:
    item = an_item(2, content="the first version")
    findings.commit(db, found(items=(item,)))
    edited = replace(item, revision=1, entry=replace(item.entry, content="a corrected text"))
    findings.commit(db, found(items=(edited,)))
    assert ids(search.search(db, "corrected")) == [2]
    assert search.search(db, "first") == ()


def test_a_better_lexicon_brings_a_rejected_item_back(db: Database) -> None:
    fallen = rejected(2, "Minenverbot: Parlament stimmt ab")
    findings.commit(db, found(rejected=(fallen,)))
    assert ids(items.rejected_since(db, 1, 10)) == [2]
    findings.commit(db, found(items=(replace(fallen, verdict=an_item().verdict, states=("DE",)),)))
    assert ids(items.page(db, Filters(states=("DE",)))) == [2]
    assert ids(search.search(db, "Minenverbot")) == [2]


def test_an_item_that_falls_leaves_lists_and_index_and_can_come_back(db: Database) -> None:
    item = an_item(2, content="a text", states=("FI",), development="parliament_vote")
    findings.commit(db, found(items=(item,)))
    fallen = replace(item, verdict=replace(item.verdict, band=Band.REJECTED))
    findings.commit(db, found(rejected=(fallen,)))
    assert items.page(db) == items.page(db, Filters(states=("FI",))) == search.search(db, "parliament") == ()
    assert items.get(db, 2).states == ()
    findings.commit(db, found(items=(item,)))
    assert ids(search.search(db, "text")) == [2]


def test_the_analysts_mark_outlives_a_new_judgement(db: Database) -> None:
    findings.commit(db, found(items=(an_item(2),)))
    marks.add(db, (Mark(an_item(2).id, "star", at=NOW),))
    findings.commit(db, found(items=(replace(an_item(2, "New title"), revision=1),)))
    assert items.get(db, 2).mark == "star"
    assert items.get(db, 2).entry.title == "New title"


def test_the_same_article_twice_in_a_batch(db: Database) -> None:
    """A rejected one is stored once; a relevant one is a fault of the caller, and nothing is stored."""
    twin = replace(rejected(3), entry=rejected(2).entry)
    findings.commit(db, found(rejected=(rejected(2), twin)))
    assert items.many(db, (2, 3)).keys() == {2}
    pair = (an_item(4), replace(an_item(5), entry=an_item(4).entry))
    with pytest.raises(StoreError, match="UNIQUE"):
        findings.commit(db, found(items=pair))
    assert items.many(db, (4, 5)) == {}


def test_no_such_item(db: Database) -> None:
    with pytest.raises(NotFound, match="item 99"):
        items.get(db, 99)
    assert items.text(db, 99) == ("", "")
    assert items.whole(db, 99) is None


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def stocked(db: Database) -> None:
    """Published later = higher id, except for 5, which came in last and is the oldest."""
    hours = {2: -9, 3: -8, 4: -7, 5: -99}
    plan = {
        2: {"states": ("FI", "EE"), "language": "fi", "development": "parliament_vote"},
        3: {"states": ("FI",), "language": "sv", "source_id": SourceId("weekly")},
        4: {"states": ("PL",), "language": "pl", "mark": "star", "band": Band.DOUBT},
        5: {"states": ("EE",), "language": "et"},
    }
    stock = tuple(
        an_item(n, published=NOW + timedelta(hours=hours[n]), **changes) for n, changes in plan.items()
    )
    findings.commit(db, found(items=stock, rejected=(rejected(6), rejected(7))))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [3, 2, 5]),
        (Filters(bands=(Band.DOUBT,)), [4]),
        (Filters(bands=(Band.RELEVANT, Band.DOUBT)), [4, 3, 2, 5]),
        (Filters(bands=(Band.REJECTED,)), [7, 6]),
        (Filters(bands=tuple(Band)), [7, 6, 5, 4, 3, 2]),
        (Filters(states=("FI",)), [3, 2]),
        (Filters(states=("EE",)), [2, 5]),
        (Filters(states=("FI", "EE")), [3, 2, 5]),
        (Filters(states=("PL",), bands=(Band.DOUBT, Band.RELEVANT)), [4]),
        (Filters(languages=("fi", "et")), [2, 5]),
        (Filters(sources=("weekly",)), [3]),
        (Filters(sources=("daily",), bands=(Band.REJECTED,)), [7, 6]),
        (Filters(developments=("parliament_vote",)), [2]),
        (Filters(marks=("star",), bands=(Band.DOUBT,)), [4]),
        (Filters(unmarked=True, bands=(Band.RELEVANT, Band.DOUBT)), [3, 2, 5]),
        (Filters(since=NOW - timedelta(hours=9)), [3, 2]),
        (Filters(until=NOW - timedelta(hours=8)), [2, 5]),
        (Filters(story_id=StoryId(9)), []),
    ],
)
def test_filters(db: Database, filters: Filters, expected: list[int]) -> None:
    stocked(db)
    assert ids(items.page(db, filters)) == expected


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(states=("FI",)), Filters(bands=tuple(Band)), Filters(languages=("en",))]
)
def test_pages_follow_on_without_gap_or_repeat(db: Database, filters: Filters) -> None:
    same = NOW - timedelta(days=1)  # a tie in time: the id decides
    stock = tuple(
        an_item(n, published=same - timedelta(minutes=n % 3), states=("FI",), language="en")
        for n in range(2, 25)
    )
    findings.commit(db, found(items=stock, rejected=tuple(rejected(n, language="en") for n in range(25, 30))))
    whole = ids(items.page(db, filters, limit=100))
    turned: list[int] = []
    while part := ids(items.page(db, filters, limit=4, before=turned[-1] if turned else None)):
        turned += part
    assert turned == whole
    assert len(set(whole)) == len(whole) >= 23


def test_a_date_in_the_future_does_not_pin_an_item_to_the_top(db: Database) -> None:
    future = an_item(2, published=NOW + timedelta(days=9000))
    findings.commit(db, found(items=(future, an_item(3, first_seen=NOW + timedelta(hours=1)))))
    assert ids(items.page(db)) == [3, 2]


# ── sightings ─────────────────────────────────────────────────────────────────────────────────


def test_sightings_are_kept_once_for_each_place_and_bounded(db: Database) -> None:
    item = an_item(2)
    findings.commit(db, found(items=(item,)))
    key = item.entry.key
    for hour in range(3):
        sightings.save(db, [(key, SourceId("weekly"), "https://w.example/a")], NOW + timedelta(hours=hour))
    (seen,) = sightings.of(db, 2)
    assert (seen.times, seen.at, seen.last_at) == (3, NOW, NOW + timedelta(hours=2))
    sightings.save(db, [(key, SourceId(f"s{n}"), "u") for n in range(500)], NOW)
    sightings.save(db, [(key, SourceId("weekly"), "https://w.example/a")], NOW)
    assert len(sightings.of(db, 2)) == sightings.KEPT
    assert max(seen.times for seen in sightings.of(db, 2)) == 4


def test_a_sighting_of_an_article_of_the_same_batch_counts(db: Database) -> None:
    item = an_item(2)
    seen = (item.entry.key, SourceId("weekly"), "https://w.example/a")
    unknown = (EntryKey("https://nowhere.example"), SourceId("weekly"), "u")
    findings.commit(db, found(items=(item,), sightings=(seen, unknown)))
    assert [one.source_id for one in sightings.of(db, 2)] == ["weekly"]
