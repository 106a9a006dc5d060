"""Identity of addresses, and the publisher's address inside an aggregator's link."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.collect.urls import canonical, host_of, unwrap, web_address

SAME = [
    ("http://example.org/a", "https://example.org/a"),
    ("https://www.example.org/a", "https://example.org/a"),
    ("https://m.example.org/a", "https://example.org/a"),
    ("https://mobile.example.org/a", "https://www.example.org/a"),
    ("https://amp.example.org/a", "https://example.org/a"),
    ("https://en.m.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/A"),
    ("https://example.org/a/amp/", "https://example.org/a"),
    ("https://example.org/amp/a", "https://example.org/a"),
    ("https://example.org/a.amp.html", "https://example.org/a.html"),
    ("https://example.org/a?amp=1", "https://example.org/a"),
    ("https://example.org:443/a", "http://example.org:80/a"),
    ("https://EXAMPLE.org/a", "https://example.org/a"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org/a/", "https://example.org/a"),
    ("https://example.org", "https://example.org/"),
    ("https://example.org/a?b=1&a=2", "https://example.org/a?a=2&b=1"),
    ("https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a"),
    ("https://example.org/a?id=3&fbclid=abc&gclid=d", "https://example.org/a?id=3"),
    ("https://example.org/a?at_medium=RSS&at_campaign=rss", "https://example.org/a"),
    ("https://example.org/a?maca=en-rss-en-all-1573-rdf", "https://example.org/a"),
    ("https://example.org/a?ref=rss", "https://example.org/a"),
    ("https://example.org/a#utm_source=feed", "https://example.org/a"),
    ("https://example.org/a#:~:text=mines", "https://example.org/a"),
    ("https://example.org/%7Eann/%c3%a4", "https://example.org/~ann/ä"),
    ("https://example.org/a%20b", "https://example.org/a b"),
    ("https://example.org/x/../a", "https://example.org/a"),
    ("https://user:secret@example.org/a", "https://example.org/a"),
    ("https://example.org/a;jsessionid=12AB", "https://example.org/a"),
    ("https://www.google.com/amp/s/www.example.org/a/amp", "https://example.org/a"),
    ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a", "https://example.org/a"),
    (" https://example.org/a\n", "https://example.org/a"),
    ("//example.org/a", "https://example.org/a"),
    ("https://jüdische.example/a", "https://xn--jdische-n2a.example/a"),
]
DIFFERENT = [
    ("https://example.org/en/a", "https://example.org/fi/a"),
    ("https://en.example.org/a", "https://fi.example.org/a"),
    ("https://example.org/A", "https://example.org/a"),
    ("https://example.org/a?id=A", "https://example.org/a?id=a"),
    ("https://example.org/a?id=1", "https://example.org/a?id=2"),
    ("https://example.org/a?id=1", "https://example.org/a"),
    ("https://example.org/a?page=2", "https://example.org/a"),
    ("https://example.org/a?ref=annex-2", "https://example.org/a"),
    ("https://example.org/#!/a", "https://example.org/#!/b"),
    ("https://example.org/#/a", "https://example.org/#/b"),
    ("https://example.org/live#post-1", "https://example.org/live#post-2"),
    ("https://example.org:8443/a", "https://example.org/a"),
    ("https://example.org/a", "https://example.com/a"),
    ("https://m.co.uk/a", "https://co.uk/a"),
    ("https://example.org/ampere", "https://example.org/ere"),
    ("https://example.org/a?x=1&x=2", "https://example.org/a?x=2&x=1"),
    ("https://example.org/a/b", "https://example.org/a%2Fb"),
    ("https://www2.example.org/a", "https://example.org/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_article(one: str, other: str) -> None:
    assert canonical(unwrap(one)) == canonical(unwrap(other)) != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_articles(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "ftp://example.org/a", "file:///etc/passwd", "data:text/html,x", "mailto:a@b.c",
            "http://", "https:///a", "http://[::1", "https://example.org:99999/", "relative/path", "https://x/" + "a" * 5_000]
)  # fmt: skip
def test_only_web_addresses_have_a_canonical_form(url: str) -> None:
    assert canonical(url) == ""


_PARTS = st.text(alphabet="abAB01-._~%/?#&=+:@!;[] äЖ\\'\"<>amp.www", max_size=40)


@given(_PARTS, _PARTS)
def test_canonical_is_idempotent(host: str, rest: str) -> None:
    for url in (f"https://{host}/{rest}", f"http://www.example.org/{rest}?{host}#{rest}", host + rest):
        once = canonical(url)
        assert canonical(once) == once


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    for function in (canonical, unwrap, web_address, host_of):
        function(text)
        function("https://example.org/" + text)


def google_id(url: str) -> str:
    raw = b'\x08\x13"' + (
        bytes([len(url)]) if len(url) < 128 else bytes([len(url) & 0x7F | 0x80, len(url) >> 7])
    )
    return base64.urlsafe_b64encode(raw + url.encode() + b"\xd2\x01\x00").decode().rstrip("=")


LONG = "https://www.example.org/world/" + "long-" * 30 + "end"


@pytest.mark.parametrize(
    ("wrapped", "target"),
    [
        ("https://www.bing.com/news/apiclick.aspx?ref=F&url=https%3a%2f%2fwww.example.org%2fa%3fb%3d1&c=9", "https://www.example.org/a?b=1"),
        ("https://www.google.com/url?rct=j&sa=t&url=https://example.org/a&ct=ga", "https://example.org/a"),
        ("https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&h=1", "https://example.org/a"),
        ("https://news.google.com/rss/articles/" + google_id("https://www.example.org/a") + "?oc=5", "https://www.example.org/a"),
        ("https://news.google.com/articles/" + google_id(LONG), LONG),
        ("https://news.google.com/rss/articles/CBMiakFVX3lxTE1zYW1wbGU?oc=5", "https://news.google.com/rss/articles/CBMiakFVX3lxTE1zYW1wbGU?oc=5"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        ("https://example.org/redirect?url=https://evil.test/", "https://example.org/redirect?url=https://evil.test/"),
        ("https://notbing.com/news/apiclick.aspx?url=https://evil.test/", "https://notbing.com/news/apiclick.aspx?url=https://evil.test/"),
    ],
)  # fmt: skip
def test_only_known_redirectors_are_unwrapped(wrapped: str, target: str) -> None:
    assert unwrap(wrapped) == target


def test_relative_links_are_resolved_against_their_page() -> None:
    assert web_address("../b?x=1", "https://example.org/a/c") == "https://example.org/b?x=1"
    assert web_address("javascript:alert(1)", "https://example.org/") == ""
    assert web_address("jav\nascript:alert(1)", "https://example.org/") == ""
