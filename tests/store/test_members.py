"""The members of open stories: what memory holds of them before anybody asks, and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.nouns import NOW, a_story, an_item, found
from watcher.model import EntryKey, Item, ItemId, Members, StoryId
from watcher.store import findings, known
from watcher.store.database import Database


@pytest.fixture
def members(db: Database) -> Members:
    """Items 2 to 5 of one story as memory has them; 6 is in the story and gone from the database."""
    several = tuple(an_item(n, story_id=StoryId(1)) for n in range(2, 6))
    story = a_story(1, item_ids=tuple(map(ItemId, range(2, 7))))
    findings.commit(db, found(items=several, stories=(story,)))
    items = known.known(db, NOW, timedelta(days=21)).items
    assert isinstance(items, Members)
    return items


def renamed(db: Database, number: int) -> None:
    db.connection.execute("UPDATE items SET title = 'Renamed' WHERE id = :id", {"id": number})


def titles(items: list[Item]) -> list[tuple[int, str]]:
    return [(item.id, item.entry.title) for item in items]


def test_an_item_is_read_when_it_is_first_asked_for_and_not_again(db: Database, members: Members) -> None:
    before = members[2].entry.title
    for number in (2, 3):
        renamed(db, number)
    assert titles(members.several((3, 2))) == [(3, "Renamed"), (2, before)]


def test_what_is_not_stored_is_not_there(members: Members) -> None:
    assert [number in members for number in (2, 6, 7, "2")] == [True, False, False, False]
    assert members.several((6, 5)) == [members[5]]
    with pytest.raises(KeyError):
        members[6]


def test_a_member_is_found_by_its_article_and_no_other_item_is(db: Database, members: Members) -> None:
    findings.commit(db, found(items=(an_item(9),)))
    keys = [EntryKey(f"https://news.example/{n}") for n in (4, 9, 10)]
    assert list(members.of_keys(keys)) == keys[:1]
    ours = an_item(11)
    assert set(members.beside([ours]).of_keys([keys[0], ours.entry.key])) == {keys[0], ours.entry.key}


def test_what_a_batch_changed_wins_over_what_is_stored(members: Members) -> None:
    marked = replace(members[3], mark="irrelevant")
    after = members.after([marked, an_item(12)], (3, 4, 12))
    assert after[3].mark == "irrelevant"
    assert members[3].mark is None
    assert sorted(after) == [3, 4, 12]
    assert len(after.several((2, 4, 12))) == 2


def test_a_plain_mapping_serves_as_well() -> None:
    plain = {2: an_item(2), 3: an_item(3)}
    members = Members.of(plain)
    assert dict(members) == plain
    assert Members.of(members) is members


def test_what_is_not_at_hand_is_read_again(db: Database, members: Members) -> None:
    members.several((2, 3, 4, 5))
    lean = members.lean(1)
    for number in (2, 5):
        renamed(db, number)
    assert [title == "Renamed" for _, title in titles(lean.several((2, 5)))] == [True, False]
    assert len(lean) == len(members)
    here = Members({2: members[2]})
    assert here.lean(0).several((2,)) == [members[2]], "with nothing to read from, it stays"
