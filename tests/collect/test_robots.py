"""robots.txt: what it means, and that no article is fetched against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collect.fetching import a_network, pages
from tests.collect.server import Server
from watcher.collect.robots import EVERYTHING_ALLOWED, parse, rules_after
from watcher.model import Fetched, FetchFailed

AGENT = "ottawa-watcher (+desk@example.org)"

RULES = [
    ("", "/a", True),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: *\nDisallow: /", "/a", False),
    ("user-AGENT : *\ndisALLOW : /a # comment", "/ab?c", False),
    ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
    ("User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/c", False),
    ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
    ("User-agent: *\nDisallow: /*?print=", "/x/y?print=1", False),
    ("User-agent: *\nDisallow: /*?print=", "/x/y", True),
    ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?a=1", True),
    ("User-agent: *\nDisallow: /a*b*c$", "/a-b-b-c", False),
    ("User-agent: *\nDisallow: /a*b*c$", "/a-c-b", True),
    ("User-agent: *\nDisallow: /$", "/", False),
    ("User-agent: *\nDisallow: /$", "/a", True),
    ("User-agent: *\nDisallow: /%7Ejoe/", "/~joe/x", False),
    ("User-agent: *\nDisallow: /żółw", "/%C5%BC%C3%B3%C5%82w", False),
    ("User-agent: other\nDisallow: /", "/a", True),
    ("User-agent: ottawa-watcher\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
    ("User-agent: *\nDisallow: /\n\nUser-agent: Ottawa-Watcher\nDisallow: /a", "/b", True),
    ("User-agent: a\nUser-agent: ottawa-watcher\nDisallow: /a", "/a", False),
    ("User-agent: *\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/a", False),
    ("Disallow: /", "/a", True),
    ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
    ("<html>User-agent: *</html>", "/a", True),
]


@pytest.mark.parametrize(("text", "target", "allowed"), RULES)
def test_rules(text: str, target: str, allowed: bool) -> None:
    assert parse(text.encode(), AGENT).allows(target) is allowed


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_are_rules(body: bytes, target: str) -> None:
    rules = parse(b"User-agent: *\n" + body, AGENT)
    assert rules.allows(target) in (True, False)
    assert 0 <= rules.delay <= 30


@pytest.mark.parametrize("delay", ["5", "0.5", "-1", "nan", "inf", "9999", "x"])
def test_crawl_delay_is_bounded(delay: str) -> None:
    rules = parse(f"User-agent: *\nCrawl-delay: {delay}".encode(), AGENT)
    assert rules.delay == {"5": 5.0, "0.5": 0.5, "inf": 30.0, "9999": 30.0}.get(delay, 0.0)


def test_a_pattern_of_many_stars_is_matched_in_time() -> None:
    rules = parse(b"User-agent: *\nDisallow: /" + b"*a" * 2000 + b"b$", AGENT)
    assert rules.allows("/" + "a" * 8000)


@pytest.mark.parametrize(
    ("status", "allowed"), [(200, False), (404, True), (403, True), (500, False), (503, False)]
)
def test_what_a_status_means(status: int, allowed: bool) -> None:
    rules = rules_after(status, b"User-agent: *\nDisallow: /", AGENT)
    assert rules.allows("/a") is allowed
    assert (rules is EVERYTHING_ALLOWED) == (400 <= status < 500)


# ── articles ──


def test_articles_are_read_where_robots_allow_it_and_robots_are_asked_once() -> None:
    with Server() as server:
        server.reply("/robots.txt", body=b"User-agent: ottawa-watcher\nDisallow: /private/")
        good = [server.reply(f"/news/{n}", body=b"text") for n in range(3)]
        bad = server.reply("/private/1", body=b"secret")
        results = pages([*good, bad, good[0]], a_network(server.allow))
        assert server.counts == {"/robots.txt": 1, "/news/0": 1, "/news/1": 1, "/news/2": 1}
        assert server.most_at_once == 1
    assert [type(results[url]) for url in good] == [Fetched] * 3
    refused = results[bad]
    assert isinstance(refused, FetchFailed)
    assert refused.code == "robots"


@pytest.mark.parametrize(("status", "kind"), [(404, Fetched), (410, Fetched), (500, FetchFailed)])
def test_a_missing_robots_allows_and_a_broken_one_does_not(status: int, kind: type) -> None:
    with Server() as server:
        server.reply("/robots.txt", status)
        url = server.reply("/news", body=b"text")
        assert type(pages([url], a_network(server.allow))[url]) is kind


def test_robots_that_redirect_to_a_private_address_keep_us_out() -> None:
    with Server() as server:
        server.redirect("/robots.txt", "http://10.0.0.1/robots.txt")
        url = server.reply("/news", body=b"text")
        result = pages([url], a_network(server.allow))[url]
        assert server.counts["/news"] == 0
    assert isinstance(result, FetchFailed)


def test_at_most_so_many_articles_a_cycle() -> None:
    with Server() as server:
        urls = [server.reply(f"/{n}", body=b"text") for n in range(9)]
        results = pages(urls, a_network(server.allow, articles_per_cycle=4))
    assert list(results) == urls[:4]


def test_an_article_at_a_refused_address_is_a_value() -> None:
    results = pages(["http://127.0.0.1:1/a", "http://user:secret@example.org/", "mailto:a@b"], a_network())
    assert {result.code for result in results.values() if isinstance(result, FetchFailed)} == {"blocked"}
    assert len(results) == 3
    assert not any("secret" in result.text for result in results.values() if isinstance(result, FetchFailed))
