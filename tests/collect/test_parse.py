"""The skip ladder: what was seen is not parsed, and what is handed back equals a full parse."""

from __future__ import annotations

import json
import pickle
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collect.offers import FEEDS, NOW, a_body, a_source, item, read, rss
from watcher.collect import parse
from watcher.collect.charset import as_utf8
from watcher.collect.cut import cut, hints
from watcher.collect.entries import Setting
from watcher.collect.reading import item_hash
from watcher.collect.sources import feed
from watcher.errors import ParseError
from watcher.model import Entry, PollState

ALL = sorted(
    path.name
    for path in FEEDS.iterdir()
    if path.suffix in (".xml", ".rdf", ".json") and path.name != "expected.json"
)
SOURCE = a_source()
NEW = PollState(SOURCE.id)


def test_the_same_bytes_are_not_parsed_again() -> None:
    first = read(rss(item(1), item(2)))
    again = read(rss(item(1), item(2)), state=first.state)
    assert (again.unchanged, again.entries, again.state) == (True, (), first.state)
    assert (again.known, again.unknown) == (2, 0)


def test_only_new_and_edited_items_are_handed_back() -> None:
    state = read(rss(item(1), item(2))).state
    body = rss(item(3), item(1), item(2, title="Story 2, corrected"))
    after = read(body, state=state)
    assert [entry.title for entry in after.entries] == ["Story 3", "Story 2, corrected"]
    assert (after.known, after.unknown, after.unchanged) == (1, 2, False)


def test_the_text_of_one_body_is_bounded() -> None:
    """Every entry comes with its title; those beyond a million characters with the beginning of their text."""
    text = "word " * 16_000
    found = read(rss(*(item(n, extra=f"<fullitem>{text}</fullitem>") for n in range(40)))).entries
    sizes = [len(entry.summary) + len(entry.content) for entry in found]
    assert [entry.title for entry in found] == [f"Story {n}" for n in range(40)]
    assert 900_000 < sum(sizes) < 1_100_000
    assert set(sizes[20:]) == {300}


def test_reordered_items_are_nothing_new() -> None:
    state = read(rss(item(1), item(2))).state
    assert read(rss(item(2), item(1)), state=state).entries == ()


def test_an_item_that_leaves_and_returns_is_still_known() -> None:
    state = read(rss(item(1), item(2))).state
    state = read(rss(item(2)), state=state).state
    assert read(rss(item(1), item(2)), state=state).entries == ()


def test_memory_of_items_is_bounded() -> None:
    state = NEW
    for day in range(20):
        state = read(rss(*(item(day * 100 + number) for number in range(100))), state=state).state
    assert len(state.seen) == 8 * (100 + parse.REMEMBERED)


def test_a_new_edition_of_the_envelope_alone_is_nothing_new() -> None:
    state = read(rss(item(1), head="<lastBuildDate>Monday</lastBuildDate>")).state
    after = read(rss(item(1), head="<lastBuildDate>Tuesday</lastBuildDate>"), state=state)
    assert (after.entries, after.unchanged) == ((), False)


def test_the_rest_of_the_state_is_untouched() -> None:
    state = replace(NEW, etag='"x"', failures=3, polls=7)
    after = read(rss(item(1)), state=state).state
    assert (after.etag, after.failures, after.polls) == ('"x"', 3, 7)
    assert after.body_digest != state.body_digest


def test_an_unknown_kind_is_a_parse_error() -> None:
    with pytest.raises(ParseError, match="no source kind 'fed'"):
        parse.read(a_source("fed"), NEW, a_body("x"))


def test_work_can_go_to_another_process() -> None:
    found = parse.read(*pickle.loads(pickle.dumps((SOURCE, NEW, a_body(rss(item(1)))))))
    assert pickle.loads(pickle.dumps(found)) == found


# ── properties ────────────────────────────────────────────────────────────────────────────────

BODIES = {name: (FEEDS / name).read_bytes() for name in ALL}


@given(st.sampled_from(ALL), st.data())
@settings(max_examples=150, deadline=None)
def test_partial_equals_full_without_the_seen(name: str, data: st.DataObject) -> None:
    full = parse.read(SOURCE, NEW, a_body(BODIES[name]))
    hashes = [full.state.seen[at : at + 8] for at in range(0, len(full.state.seen), 8)]
    seen = data.draw(st.sets(st.sampled_from(hashes)) if hashes else st.just(set()))
    part = parse.read(SOURCE, replace(NEW, seen=b"".join(sorted(seen))), a_body(BODIES[name]))
    wanted = [entry for entry in full.entries if entry.hash.to_bytes(8, "big", signed=True) not in seen]
    assert [entry for entry in part.entries if entry.key in {e.key for e in wanted}] == wanted
    assert {entry.key for entry in part.entries} <= {entry.key for entry in full.entries}


WORDS = st.text(alphabet="abcdefgh äöüž мины ", min_size=1, max_size=30).map(str.strip).filter(bool)
MARKED = st.one_of(
    WORDS,
    WORDS.map(lambda text: f"<![CDATA[<p>{text}</p> &amp; <b>more</b>]]>"),
    WORDS.map(lambda text: f"&lt;p&gt;{text}&lt;/p&gt; &amp;amp; x"),
)
DAYS = st.datetimes(min_value=NOW.replace(year=2001, tzinfo=None), max_value=NOW.replace(tzinfo=None))


@st.composite
def plain_items(draw: st.DrawFn) -> str:
    number = draw(st.integers(1, 10**6))
    parts = [
        f"<title>{draw(MARKED)}</title>",
        f"<link>https://news.example.org/{number}?a=1&amp;b={number}</link>",
        f"<description>{draw(MARKED)}</description>",
        f'<guid isPermaLink="false">{number}</guid>',
        f"<pubDate>{draw(DAYS):%a, %d %b %Y %H:%M:%S} GMT</pubDate>",
        f"<dc:creator>{draw(WORDS)}</dc:creator>",
        f"<content:encoded>{draw(MARKED)}</content:encoded>",
        f'<source url="https://wire.example/">{draw(WORDS)}</source>',
        f'<media:content url="https://x.example/{number}.jpg"><media:title>{draw(WORDS)}</media:title></media:content>',
        f"<category>{draw(WORDS)}</category>",
    ]
    optional = draw(st.lists(st.sampled_from(parts[2:]), unique=True))
    lang = draw(st.sampled_from(["", ' xml:lang="fi"']))
    return f"<item{lang}>{''.join(draw(st.permutations(parts[:2] + optional)))}</item>"


@st.composite
def atom_entries(draw: st.DrawFn) -> str:
    number = draw(st.integers(1, 10**6))
    moment = f"{draw(DAYS):%Y-%m-%dT%H:%M:%S}Z"
    parts = [
        f'<title type="html">{draw(MARKED)}</title>',
        f'<link rel="alternate" type="text/html" href="https://news.example.org/{number}"/>',
        f"<id>urn:{number}</id>",
        f"<updated>{moment}</updated>",
        f"<published>{moment}</published>",
        f'<summary type="html">{draw(MARKED)}</summary>',
        f'<content type="html">{draw(MARKED)}</content>',
        f"<author><name>{draw(WORDS)}</name></author>",
        f'<link rel="enclosure" href="https://cdn.example/{number}.mp3" type="audio/mpeg"/>',
    ]
    optional = draw(st.lists(st.sampled_from(parts[3:]), unique=True))
    return f"<entry>{''.join(draw(st.permutations(parts[:3] + optional)))}</entry>"


RSS_HEAD = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><language>sv</language>'
)
RSS = st.lists(plain_items(), min_size=1, max_size=6, unique=True).map(
    lambda all_: RSS_HEAD + "".join(all_) + "</channel></rss>"
)
ATOM = st.lists(atom_entries(), min_size=1, max_size=6, unique=True).map(
    lambda all_: (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="et"><title>T</title>' + "".join(all_) + "</feed>"
    )
)
AGREED = (
    "title",
    "summary",
    "content",
    "url",
    "guid",
    "published",
    "updated",
    "author",
    "language",
    "outlet",
    "outlet_url",
)


def agreed(entries: tuple[Entry, ...]) -> list[tuple[object, ...]]:
    return [tuple(getattr(entry, name) for name in AGREED) for entry in entries]


@given(RSS | ATOM)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_quick_reader_equals_feedparser(text: str) -> None:
    body = as_utf8(text.encode(), "application/xml")
    pieces = cut(body)
    assert pieces is not None
    setting = Setting(SOURCE, SOURCE.url, NOW, feed._language(pieces.envelope))
    quick = feed._read_cut(pieces, setting, NEW, hints(pieces.envelope))
    whole = feed._read_whole(body, setting, NEW, hints(pieces.envelope))
    assert sorted(agreed(quick.entries), key=repr) == sorted(agreed(whole.entries), key=repr)


@given(
    st.binary(max_size=600)
    | st.text(alphabet="<>/!?[]-&;='\" itemrschanlfdyvo\x00ä", max_size=400).map(str.encode)
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_parse_or_raise_parse_error(body: bytes) -> None:
    survives(body)


@given(st.sampled_from(ALL), st.data())
@settings(max_examples=200, deadline=None)
def test_any_mutilated_feed_parses_or_raises_parse_error(name: str, data: st.DataObject) -> None:
    body = BODIES[name]
    at, length = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 60))
    survives(body[:at] + data.draw(st.binary(max_size=12)) + body[at + length :])


def survives(body: bytes) -> None:
    try:
        found = parse.read(SOURCE, NEW, a_body(body))
    except ParseError:
        return
    keys = [entry.key for entry in found.entries]
    assert len(keys) == len(set(keys))
    for entry in found.entries:
        json.dumps(entry.title + entry.summary + entry.content + entry.url + entry.key).encode()
        (entry.title + entry.summary + entry.content + entry.url + entry.key).encode("utf-8")


# ── cost: of the order that the design needs, with room for a slow machine ────────────────────


def test_the_ladder_saves_what_it_should() -> None:
    text = "<description>" + "Some words of news. " * 40 + "</description>"
    state = read(rss(*(item(number, extra=text) for number in range(30)))).state
    same, one = (
        rss(*(item(number, extra=text) for number in range(30))),
        rss(*(item(number, extra=text) for number in range(1, 31))),
    )

    def cost(body: str, state: PollState) -> float:
        fetched, start = a_body(body), time.process_time()
        for _ in range(20):
            parse.read(SOURCE, state, fetched)
        return (time.process_time() - start) / 20

    full, unchanged, new = cost(one, NEW), cost(same, state), cost(one, state)
    assert unchanged < full / 10
    assert new < full / 2
    assert item_hash(b"a") != item_hash(b"b")
