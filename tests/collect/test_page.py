"""Lists of links: by selectors exactly, by looks sensibly."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from tests.collect.offers import a_source, entries, feed_bytes, read
from watcher.collect.sources.page import written_date
from watcher.errors import ParseError
from watcher.model import Source

PAGE = feed_bytes("press-office.html")
URL = "https://ministry.example/news"


def a_page(**options: object) -> Source:
    return a_source("page", URL, options=options)


def test_selectors_say_exactly_what_is_read() -> None:
    source = a_page(item="li.card", title="h3", link="a[href^='/news']", date="time, .date", summary="p")
    first, second = entries(PAGE, source)[:2]
    assert first.title == "Government sends withdrawal bill to parliament"
    assert first.url == "https://ministry.example/news/2025/06/bill"
    assert first.published == datetime(2025, 5, 28, 6, tzinfo=UTC)
    assert (first.summary, first.language) == ("The bill goes to committee.", "en")
    assert second.title == "Minister visits the border & the guards"
    assert second.published == datetime(2025, 5, 27, tzinfo=UTC)


def test_a_path_pattern_narrows_the_links() -> None:
    assert [e.url for e in entries(PAGE, a_page(item="li.card", path=r"/bill$"))] == [
        "https://ministry.example/news/2025/06/bill"
    ]


def test_without_selectors_article_like_links_are_found() -> None:
    found = entries(PAGE, a_page())
    assert [(entry.title, entry.key) for entry in found] == [
        ("Government sends withdrawal bill to parliament", "https://ministry.example/news/2025/06/bill"),
        ("Minister visits the border & the guards", "https://ministry.example/news/2025/06/visit"),
    ]
    assert found[0].published == datetime(2025, 5, 28, 6, tzinfo=UTC)
    assert found[1].published == datetime(2025, 5, 27, tzinfo=UTC)


def test_a_second_read_offers_only_new_links() -> None:
    source = a_page()
    state = read(PAGE, source).state
    new = PAGE.replace(
        b'<li class="card"><a href="/news/2025/06/bill">',
        b'<li><a href="/news/2025/07/new"><h3>An entirely new release</h3></a></li><li class="card"><a href="/news/2025/06/bill">',
    )
    assert [entry.title for entry in read(new, source, state).entries] == ["An entirely new release"]


def test_a_whole_page_is_one_article_that_changes() -> None:
    source = a_page(whole=True)
    first = read(PAGE, source)
    (entry,) = first.entries
    assert (entry.title, entry.key) == ("News", "https://ministry.example/news")
    assert "The bill goes to committee." in entry.content
    assert "privacy" not in entry.content
    (changed,) = read(PAGE.replace(b"A short visit.", b"A long visit."), source, first.state).entries
    assert changed.key == entry.key


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"item": "div.gone"}, "has the site changed"),
        ({"item": "li[[["}, "bad selector"),
        ({"path": "^/never"}, "no links to articles"),
    ],
)
def test_a_page_that_gives_nothing_is_an_error(options: dict[str, object], reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read(PAGE, a_page(**options))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Published 4 June 2025, Tallinn", "4 June 2025"),
        ("June 4, 2025", "June 4, 2025"),
        ("04.06.2025 10:00", "04.06.2025"),
        ("2025-06-04", "2025-06-04"),
        ("yesterday", ""),
    ],
)
def test_written_dates(text: str, date: str) -> None:
    assert written_date(text) == date


@pytest.mark.parametrize(
    "body", ["<html>" + "<div>" * 59_000, "<html>" + "<a href='/x'>" * 70_000, "<p>" + "x" * 5_000_000]
)
@pytest.mark.parametrize("kind", ["page", "table"])
def test_a_page_too_deep_or_too_large_is_refused_in_time(kind: str, body: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError, match=r"too large|nests"):
        read(body, a_source(kind, URL))
    assert time.process_time() - start < 5
