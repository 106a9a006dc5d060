"""Where a site's feeds may be."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.collect.offers import feed_bytes
from watcher.collect.discover import MAX_CANDIDATES, candidates, common_paths, feed_title, is_feed

PAGE = b"""<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="All news" href="/feed/"><link rel="stylesheet" href="/rss.css">
<link rel="alternate" type="application/atom+xml" href="https://feeds.site.test/atom.xml"><link rel="alternate" hreflang="fi" href="/fi/">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head>
<body><a href="/rss/sport.xml">Sport</a><a href="https://elsewhere.test/feed/">Friends</a><a href="/feeding-time">Zoo</a></body></html>"""


def test_declared_feeds_come_first_and_comments_last_of_them() -> None:
    found = candidates(PAGE, "https://www.site.test/news")
    assert [c.url for c in found[:4]] == [
        "https://www.site.test/feed/",
        "https://feeds.site.test/atom.xml",
        "https://www.site.test/comments/feed/",
        "https://www.site.test/rss/sport.xml",
    ]
    assert (found[0].title, found[0].declared, found[3].declared) == ("All news", True, False)
    urls = [c.url for c in found]
    assert len(urls) == len(set(urls)) <= MAX_CANDIDATES
    assert not any("elsewhere" in url or "zoo" in url or "javascript" in url for url in urls)


def test_the_usual_paths_are_guessed_when_nothing_is_declared() -> None:
    urls = [c.url for c in candidates(b"hello", "https://site.test/a/b?c")]
    assert urls[:3] == ["https://site.test/feed/", "https://site.test/rss", "https://site.test/rss.xml"]
    assert common_paths("https://user:pass@site.test/")[0].url == "https://site.test/feed/"
    assert common_paths("ftp://site.test/") == ()


def test_a_feed_is_told_from_a_page() -> None:
    assert is_feed(feed_bytes("rss20.xml"))
    assert is_feed(feed_bytes("rss10.rdf"))
    assert is_feed(feed_bytes("atom10.xml"))
    assert is_feed(feed_bytes("feed.json"))
    assert is_feed(feed_bytes("utf-16.xml"))
    assert not is_feed(PAGE)
    assert not is_feed(b"")


def test_the_feeds_own_title() -> None:
    assert feed_title(feed_bytes("rss20.xml")) == "Border Gazette"
    assert feed_title(feed_bytes("atom10.xml")) == "Aatomi uudised"
    assert feed_title(feed_bytes("feed.json")) == "JSON News"
    assert feed_title(b"nothing") == ""


@given(st.binary(max_size=400), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_page_is_survived(body: bytes, url: str) -> None:
    candidates(body, "https://site.test/" + url)
    is_feed(body)
    feed_title(body)
