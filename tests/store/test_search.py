"""Search: any script, any query; newest and ranked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.nouns import NOW, an_item, found, rejected
from watcher.model import Band
from watcher.store import findings, search
from watcher.store.database import Database
from watcher.store.search import snippet
from watcher.store.words import segmented

TITLES = {
    2: "Łotwa wychodzi z konwencji ottawskiej",
    3: "乌克兰退出渥太华禁雷公约",
    4: "อนุสัญญาออตตาวา: ไทยยืนยัน",
    5: "L'Estonie quitte la convention d'Ottawa",
    6: "Riigikogu hääletas Ottawa konventsioonist lahkumise poolt",
    7: "Выход из Оттавской конвенции одобрен",
    8: "Mine-ban treaty: Finland's exit takes effect",
}


@pytest.fixture
def stocked(db: Database) -> Database:
    findings.commit(
        db,
        found(
            items=tuple(
                an_item(n, title, published=NOW + timedelta(minutes=n)) for n, title in TITLES.items()
            ),
            rejected=(rejected(20, "Ottawa wins the 100% cup_final"), rejected(21, "Bitcoin mining")),
        ),
    )
    return db


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lotwa", [2]),
        ("ŁOTWA", [2]),
        ("渥太华", [3]),
        ("退出 公约", [3]),
        ("华太渥", []),
        ("ออตตาวา", [4]),
        ("haaletas", [6]),
        ("оттавской", [7]),
        ("ottawa", [6, 5]),
        ("ottaw*", [6, 5, 2]),
        ("ot*", []),  # too short for a prefix: taken as the word
        ("convention ottawa", [5]),
        ('"convention d\'Ottawa"', [5]),
        ('"Ottawa convention"', []),
        ('"convention d', [5]),
        ("ottawa -estonie", [6]),
        ("-ottawa", []),
        ("finland OR estonie", [8, 5]),
        ("finland OR estonie exit", [8]),
        ("OR finland", [8]),
        ("mine-ban", [8]),
        ("title:finland", []),
        ("", []),
        ("   ", []),
        ("***", []),
        ('"', []),
    ],
)
def test_queries(stocked: Database, query: str, expected: list[int]) -> None:
    assert [item.id for item in search.search(stocked, query)] == expected
    assert sorted(item.id for item in search.search(stocked, query, "rank")) == sorted(expected)


HOSTILE = [
    "NEAR(a b", "a AND", "NOT", "OR OR OR", "AND AND", "(((", ")", '"""', "title:", "a:b:c", "^x", "{a b}: c",
    "a* *b", "-", "--", '-"', "'; DROP TABLE items; --", "\0", "a\0b", "\ud800", "%", "_", "\\", "a" * 100_000,
    "x " * 50_000, "🇫🇮", "\u202e", "+", "word^2", "rank", "words", ":x", "?1", "NEAR/3", '"a" "b', "OR*",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("order", ["newest", "rank"])
def test_no_query_is_an_error(stocked: Database, query: str, order: search.Order) -> None:
    search.hits(stocked, query, order, rejected=True)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60) | st.text('"*-:()^ ANDORNEAT', max_size=30))
def test_nothing_anyone_types_is_an_error(stocked: Database, query: str) -> None:
    search.hits(stocked, query, "rank", rejected=True)


def test_a_word_of_the_title_counts_for_more(db: Database) -> None:
    in_text = an_item(2, "News of the day", content="treaty treaty " + "and other words " * 5)
    in_title = an_item(3, "The treaty", content="and other words " * 5, published=NOW - timedelta(days=9))
    findings.commit(db, found(items=(in_text, in_title)))
    assert [item.id for item in search.search(db, "treaty", "rank")] == [3, 2]
    assert [item.id for item in search.search(db, "treaty", "newest")] == [2, 3]


def test_a_very_common_word_is_ranked_among_its_newest(db: Database) -> None:
    many = tuple(an_item(n, f"treaty {n}") for n in range(2, 60))
    findings.commit(db, found(items=many))
    newest = [item.id for item in search.search(db, "treaty", "rank", 60)]
    assert len(newest) == 58
    assert search._ranked(db, '"treaty"', 100, among=10) == list(range(59, 49, -1))


def test_rejected_titles_are_found_when_asked_for(stocked: Database) -> None:
    assert [item.id for item in search.search(stocked, "bitcoin")] == []
    assert [item.id for item in search.search(stocked, "bitcoin", rejected=True)] == [21]
    assert [item.id for item in search.search(stocked, "100% cup_", rejected=True)] == [20]
    assert [item.id for item in search.search(stocked, "100x cup", rejected=True)] == []
    assert [item.id for item in search.search(stocked, "ottawa", rejected=True)] == [6, 5, 20]
    assert len(search.search(stocked, "ottawa", limit=2, rejected=True)) == 2


def test_doubtful_items_are_found(db: Database) -> None:
    findings.commit(db, found(items=(an_item(2, "Maybe a treaty", band=Band.DOUBT),)))
    assert [item.id for item in search.search(db, "treaty")] == [2]


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("short text", ["text"], "short text"),
        ("", ["text"], ""),
        ("a " * 200 + "Treaty signed" + " b" * 200, ["treaty"], "Treaty signed"),
        ("a " * 200, ["missing"], "a a"),
    ],
)
def test_snippets_show_the_match(text: str, terms: list[str], expected: str) -> None:
    shown = snippet(text, terms)
    assert expected in shown
    assert len(shown) <= 170


@given(st.text())
def test_segmenting_keeps_every_word_character(text: str) -> None:
    assert segmented(segmented(text)).split() == segmented(text).split()
