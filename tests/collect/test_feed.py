"""Feeds of every dialect and every fault → entries. One file of bytes, one expectation."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.collect.offers import FEEDS, NOW, a_body, a_source, entries, feed_bytes, item, read, rss
from watcher.collect import parse
from watcher.collect.reading import MAX_ENTRIES, PollHints, unpack_hints
from watcher.errors import ParseError
from watcher.model import Entry, PollState, Tier

EXPECTED = json.loads((FEEDS / "expected.json").read_text("utf-8"))


def only(body: bytes | str, **fields: object) -> Entry:
    (entry,) = entries(body, a_source(**fields))
    return entry


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_titles_of_every_dialect(name: str) -> None:
    wanted = list(EXPECTED[name]["titles"])
    assert [entry.title for entry in entries(feed_bytes(name))][: len(wanted)] == wanted


def test_rss_2_with_its_namespaces() -> None:
    first, second, third = entries(feed_bytes("rss20.xml"), a_source(tier=Tier.WIRE, tags=("x",)))
    assert first.key == "https://gazette.example/politics/2031/cabinet-backs?id=7"
    assert first.url.endswith("&id=7")
    assert first.summary == "Ministers agreed on Tuesday.\nA vote follows."
    assert (
        first.content == "Ministers agreed on Tuesday to send the bill to parliament.\nA vote follows in May."
    )
    assert first.published == datetime(2025, 3, 4, 7, 30, tzinfo=UTC)
    assert (first.author, first.guid, first.language) == ("Ada Reporter", "gz-1001", "en")
    assert (first.outlet, first.tier, first.tags) == ("The Source", Tier.WIRE, ("x",))
    assert second.published == datetime(2025, 3, 3, 16, tzinfo=UTC)
    assert (second.outlet, second.outlet_url) == ("The Wire", "https://wire.example/feed")
    assert third.url == "https://news.example.org/fi/eduskunta"
    assert (third.language, third.published) == ("fi", None)


def test_atom_with_base_language_source_and_xhtml() -> None:
    first, second = entries(feed_bytes("atom10.xml"))
    assert first.url == "https://atom.example/news/2025/06/haaletus"
    assert first.content == "Otsus langes keskpäeval.\nPresident allkirjastab."
    assert first.published == datetime(2025, 6, 4, 8, tzinfo=UTC)
    assert first.updated == datetime(2025, 6, 4, 9, 30, tzinfo=UTC)
    assert (first.language, first.author) == ("et", "Mari Maasikas")
    assert (second.language, second.outlet, second.outlet_url) == (
        "ru",
        "Другая газета",
        "https://other.example/",
    )
    assert second.published == datetime(2025, 6, 4, 10, tzinfo=UTC)


def test_rdf_and_json_feed() -> None:
    austritt, _ = entries(feed_bytes("rss10.rdf"))
    assert (austritt.key, austritt.language) == ("https://rdf.example/a", "de")
    first, second = entries(feed_bytes("feed.json"), content_type="application/feed+json")
    assert (first.author, first.content, first.language) == ("J. Son", "Body", "en")
    assert (second.guid, second.url, second.content) == ("2", "https://json.example/2", "plain <text>")


def test_the_operators_language_beats_the_feeds_but_not_the_items() -> None:
    body = rss(item(1), "<item xml:lang='lv'><title>x</title></item>", head="<language>en-US</language>")
    assert [entry.language for entry in entries(body, a_source(language="lt"))] == ["lt", "lv"]


def test_the_operators_language_beats_that_of_the_whole_feed() -> None:
    atom = "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'>{}</feed>"
    body = atom.format("<entry><title>a</title></entry><entry xml:lang='ru'><title>b</title></entry>")
    assert [entry.language for entry in entries(body, a_source(language="uk"))] == ["uk", "ru"]
    assert [entry.language for entry in entries(body)] == ["en", "ru"]


def test_bases_inside_of_bases() -> None:
    atom = "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://x.example/a/'><entry xml:base='b/'><link href='c'/></entry></feed>"
    assert only(atom).url == "https://x.example/a/b/c"


def test_feedburner_links_lead_to_the_original() -> None:
    extra = "<f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>https://example.org/real</f:origLink>"
    assert (
        only(rss(item(1, link="http://feedproxy.google.com/~r/x", extra=extra))).url
        == "https://example.org/real"
    )


def test_dates_that_no_news_can_bear_are_no_dates() -> None:
    published = {entry.title: entry.published for entry in entries(feed_bytes("dates.xml"))}
    noon = datetime(2025, 6, 4, 10, tzinfo=UTC)
    assert published["epoch"] is published["future"] is published["none"] is None
    assert all(published[name] == noon for name in ("named zone", "iso", "american", "no weekday"))


def test_tomorrow_is_allowed_for_wrong_clocks() -> None:
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=3)
    made = [only(rss(item(1, extra=f"<pubDate>{day.isoformat()}</pubDate>"))) for day in (soon, late)]
    assert [entry.published for entry in made] == [soon, None]


# ── identity ──────────────────────────────────────────────────────────────────────────────────


def test_shared_links_under_different_guids_stay_separate() -> None:
    found = {entry.title: entry.key for entry in entries(feed_bytes("guids.xml"))}
    assert found["Live: first update"] == "https://g.example/live guid:a"
    assert found["Live: second update"] == "https://g.example/live guid:b"
    assert found["Same twice"] == "https://g.example/same"
    assert found["Only a guid"] == "guid:src:d"
    assert found["Permalink guid"] == "https://g.example/perma"
    assert found["Nothing but a title"].startswith("guid:src:text-")
    assert len(found) == len(set(found.values()))


def test_rotating_guids_are_the_same_article() -> None:
    one, other = (only(rss(item(1, extra=f"<guid isPermaLink='false'>{guid}</guid>"))) for guid in ("1", "2"))
    assert one.key == other.key


def test_one_guid_in_two_feeds_is_two_articles() -> None:
    body = rss("<item><title>x</title><guid isPermaLink='false'>1</guid></item>")
    other = parse.read(a_source(), PollState(a_source().id), a_body(body)).entries[0]
    assert other.key == "guid:src:1"
    assert only(rss(item(1, extra="<guid>7</guid>"))).key != only(rss(item(2, extra="<guid>7</guid>"))).key


def test_the_same_article_in_two_feeds_is_one() -> None:
    one = only(rss(item(1, link="http://www.example.org/a?utm_source=rss")), url="https://a.example/feed")
    other = only(rss(item(1, link="https://example.org/a/")), url="https://b.example/feed")
    assert one.key == other.key


def test_a_link_that_was_escaped_twice_is_one_link() -> None:
    twice = only(rss(item(1, link="https://news.example.org/?a=1&amp;amp;b=2")))
    once = only(rss(item(1, link="https://news.example.org/?a=1&amp;b=2")))
    assert twice.key == once.key == "https://news.example.org/?a=1&b=2"


# ── what a source sends cannot hurt ───────────────────────────────────────────────────────────

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "&{chr(97 + n)};&{chr(97 + n)};&{chr(97 + n)};">' for n in range(12))
    + "]><rss version='2.0'><channel><item><title>&m;</title></item></channel></rss>"
)
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]><rss><channel><item><title>{"&a;" * 50_000}</title></item></channel></rss>'
EXTERNAL = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>'
PARAMETER = (
    '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]><rss><channel><item/></channel></rss>'
)


@pytest.mark.parametrize(
    "body", [BOMB, QUADRATIC, EXTERNAL, PARAMETER], ids=["bomb", "quadratic", "external", "parameter"]
)
def test_entities_are_refused(body: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError, match="entities"):
        read(body)
    assert time.process_time() - start < 0.5


def test_harmless_entity_declarations_are_read() -> None:
    body = '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]><rss version="2.0"><channel><item><title>a&nbsp;b</title></item></channel></rss>'
    assert only(body).title == "a b"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"   \n\t ", "empty"),
        (b"\x00\x00\x00", "empty"),
        (
            b"<!DOCTYPE html><html><head><title>x</title></head><body>Please log in</body></html>",
            "web page, not a feed",
        ),
        (
            b"<html><head><link rel='alternate' type='application/rss+xml' href='/news/rss.xml'></head></html>",
            "its feed is /news/rss.xml",
        ),
        (b"Internal server error", "not a feed"),
        (b'{"error": "no"}', "no list of items"),
        (b"{broken", "not a JSON feed"),
        (b"[" * 100_000, "JSON"),
        (b"\xff\xfe", "empty"),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read(body)


def test_an_empty_feed_is_a_feed() -> None:
    for body in (
        rss(),
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title></feed>",
        '{"version":"1","items":[]}',
    ):
        assert read(body).entries == ()


def test_fifty_thousand_entries_are_capped() -> None:
    start = time.process_time()
    found = read(rss(*(item(number) for number in range(50_000))))
    assert len(found.entries) == MAX_ENTRIES
    assert found.entries[0].title == "Story 0"
    assert "50000 entries" in found.notes[0]
    assert len(found.state.seen) == 8 * MAX_ENTRIES
    assert time.process_time() - start < 8


def test_huge_texts_are_cut_short() -> None:
    huge = "word " * 1_000_000
    entry = only(
        rss(
            item(
                1,
                title=huge,
                extra=f"<description>{huge}</description><guid isPermaLink='false'>{huge}</guid>",
            )
        )
    )
    assert len(entry.title) == 1_000
    assert len(entry.summary) <= 8_000
    assert len(entry.guid) <= 500


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel><item><item>" + "x" * 2_000_000,
        "<rss><channel><item><item>" + "<b>" * 60_000,
        '{"items":[' + '{"title":"x"},' * 60_000 + "{}]}",
        '{"items":[' + "[],[],[1]," * 30_000 + "{}]}",
        '{"items":[' + "1," * 600_000 + "{}]}",
        '{"items":["' + "x" * 8_500_000 + '"]}',
    ],
    ids=["large", "many tags", "many objects", "many lists", "many values", "long JSON"],
)
def test_what_cannot_be_cut_and_would_take_minutes_is_refused(body: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError, match=r"too much to parse|more than any feed"):
        read(body)
    assert time.process_time() - start < 2


def test_two_million_empty_items_are_not_even_listed() -> None:
    found = read("<rss><channel>" + "<item></item>" * 1_000_000 + "</channel></rss>")
    assert found.notes == (f"1000000 entries; the first {MAX_ENTRIES} were read",)


def test_one_broken_item_harms_only_itself() -> None:
    body = rss(
        item(1),
        "<item><title>Broken & <b>bold</title><link>https://news.example.org/b</link></item>",
        item(3),
    )
    assert [entry.title for entry in entries(body)] == ["Story 1", "Broken & bold", "Story 3"]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://x.example/a"]
)
def test_links_are_only_web_addresses(link: str) -> None:
    assert only(rss(item(1, link=link, extra="<guid isPermaLink='false'>g</guid>"))).url == ""


def test_text_is_plain_and_neutral() -> None:
    entry = only(
        rss(
            item(
                1,
                title="mi\u202ene\u200b &lt;img src=x onerror=alert(1)&gt;field",
                extra="<author>a\u2066b</author>",
            )
        )
    )
    assert (entry.title, entry.author) == ("mine field", "ab")


def test_charsets_that_lie() -> None:
    header = {
        "latin-1-that-says-utf-8.xml": "application/xml; charset=utf-8",
        "koi8-r.xml": "text/xml; charset=iso-8859-1",
    }
    for name, content_type in header.items():
        assert entries(feed_bytes(name), content_type=content_type)[0].title == EXPECTED[name]["titles"][0]


def test_an_undeclared_charset_is_guessed_from_the_sources_language() -> None:
    for language, charset, title in (
        ("lt", "windows-1257", "Priešpėstinės minos"),
        ("ru", "koi8-r", "Выход из конвенции"),
        ("ru", "windows-1251", "Выход из конвенции"),
        ("pl", "windows-1250", "Wypowiedzenie konwencji o zakazie użycia min"),
    ):
        body = f"<rss version='2.0'><channel>{item(1, title=title)}</channel></rss>".encode(charset)
        assert only(body, language=language).title == title


# ── what a feed says of its own rhythm ────────────────────────────────────────────────────────


def test_hints_are_read_and_remembered() -> None:
    first = read(feed_bytes("rss20.xml"))
    assert first.hints == PollHints(90 * 60, (1, 2), (6,), None)
    assert unpack_hints(first.state.memo) == first.hints
    again = read(feed_bytes("rss20.xml"), state=first.state)
    assert again.unchanged
    assert again.hints == first.hints
    assert read(feed_bytes("rss10.rdf")).hints == PollHints(update_seconds=1800)
    assert read(feed_bytes("atom10.xml")).hints == PollHints()


def test_of_an_item_of_nothing_but_attributes_the_title_is_read() -> None:
    odd = "<item " + " ".join(f"a{n}='1'" for n in range(150_000)) + "><title>odd</title></item>"
    assert [each.title for each in read(rss(odd + item(1))).entries] == ["odd", "Story 1"]


def marked_up(number: int, tags: int) -> str:
    return item(number, extra=f"<description>{'<b/>' * tags}</description>")


def test_what_is_all_markup_is_left_out_and_said() -> None:
    """One item with more tags than an item may have; items with more than a body may have, from there on."""
    one = read(rss(marked_up(1, 70_000), item(2)))
    assert [entry.title for entry in one.entries] == ["Story 2"]
    many = read(rss(*(marked_up(n, 45_000) for n in range(8))))
    assert [entry.title for entry in many.entries] == [f"Story {n}" for n in range(5)]
    assert many.notes == ("3 items too large to read were left out",)
    assert read(rss(*(marked_up(n, 45_000) for n in range(8))), state=many.state).unchanged


def test_broken_items_are_mended_up_to_a_measure() -> None:
    broken = [item(n, extra=f"<description>{'<b>' * 3_000}</description>") for n in range(20)]
    found = read(rss(*broken, item(99)))
    assert [(entry.title, entry.url) for entry in found.entries] == [
        (f"Story {n}", f"https://news.example.org/story/{n}") for n in (*range(20), 99)
    ]


def test_far_more_around_the_items_than_in_them() -> None:
    with pytest.raises(ParseError, match="cannot be cut"):
        read(rss("<!--x-->" * 160_000, item(1)))
    assert len(entries(rss("<!--x-->" * 36_000, item(1)))) == 1
