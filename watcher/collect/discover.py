"""A site's HTML → where its feeds may be, best first. Pure: nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from watcher.collect.charset import as_utf8, decode
from watcher.collect.markup import soup as parsed_html
from watcher.collect.text import clean, one_line
from watcher.collect.urls import host_of, web_address
from watcher.errors import ParseError

_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_LOOSE_TYPES = ("application/xml", "text/xml", "application/json")
_LOOKS = re.compile(
    r"(?:^|[/_.-])(?:rss2?|atom|feeds?|rdf)(?:[/_.-]|$)|(?:rss|atom|feed|index)\.(?:xml|rdf|json)$|[?&](?:feed|format)=(?:rss|atom)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|/responses?/|replies", re.IGNORECASE)
_PATHS = (
    "/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds", "/rss/", "/feed",
    "/?feed=rss2", "/en/rss.xml", "/news/rss", "/news/feed/", "/news.rss", "/rss/news", "/feed.json",
)  # fmt: skip
_FEED_ROOT = re.compile(rb"<(?:rss|feed|(?:\w+:)?RDF)[\s>]", re.IGNORECASE)
_TITLE = re.compile(rb"<title(?:\s[^>]*)?>(.*?)</title>", re.DOTALL | re.IGNORECASE)
MAX_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed. `declared` by the page itself, else only looked or guessed."""

    url: str
    title: str = ""
    declared: bool = False


def is_feed(body: bytes, content_type: str = "") -> bool:
    """Whether the body itself is a feed rather than a page about one."""
    text = as_utf8(body[:20_000], content_type)
    return bool(_FEED_ROOT.search(text[:4_000])) or (text[:1] == b"{" and b"jsonfeed.org" in text)


def feed_title(body: bytes, content_type: str = "") -> str:
    """What a feed calls itself; "" when it does not say."""
    text = as_utf8(body[:20_000], content_type)
    if text[:1] == b"{":
        found = re.search(rb'"title"\s*:\s*"((?:[^"\\]|\\.){0,300})"', text)
        return clean(found[1].decode("utf-8", "replace"), 200) if found else ""
    title = _TITLE.search(text)
    return (
        one_line(title[1].decode("utf-8", "replace").replace("<![CDATA[", "").replace("]]>", ""), 200)
        if title
        else ""
    )


def candidates(body: bytes, url: str, content_type: str = "") -> tuple[Candidate, ...]:
    """Where to look for a site's feeds: what the page declares, what its links look like, then the
    usual paths. Comment feeds come last of their class. Each address once, at most twenty."""
    try:
        soup = parsed_html(decode(body, content_type), url)
    except ParseError:
        return common_paths(url)
    declared, linked = list(_declared(soup, url)), list(_linked(soup, url))
    ordered = [
        *sorted(declared, key=_about_comments),
        *sorted(linked, key=_about_comments),
        *common_paths(url),
    ]
    unique: dict[str, Candidate] = {}
    for candidate in ordered:
        unique.setdefault(candidate.url, candidate)
    return tuple(unique.values())[:MAX_CANDIDATES]


def common_paths(url: str) -> tuple[Candidate, ...]:
    """The paths at which feeds usually are, on the site of `url`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ()
    root = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return tuple(Candidate(root + path) for path in _PATHS)


def _declared(soup: BeautifulSoup, url: str) -> Iterator[Candidate]:
    base = _base(soup, url)
    for tag in soup.find_all("link", href=True):
        kind = str(tag.get("type") or "").partition(";")[0].strip().lower()
        relations = [str(rel).lower() for rel in tag.get("rel") or ()]
        if "alternate" not in relations and "feed" not in relations:
            continue
        href = str(tag["href"])
        if kind in _TYPES or "feed" in relations or (kind in _LOOSE_TYPES and _LOOKS.search(href)):
            address = web_address(href, base)
            if address:
                yield Candidate(address, clean(str(tag.get("title") or ""), 200), declared=True)


def _linked(soup: BeautifulSoup, url: str) -> Iterator[Candidate]:
    site, base = host_of(url), _base(soup, url)
    for tag in soup.find_all("a", href=True, limit=3_000):
        address = web_address(str(tag["href"]), base)
        if not address or not _LOOKS.search(urlsplit(address).path + "?" + urlsplit(address).query):
            continue
        host = host_of(address)
        if host == site or host.endswith("." + site) or host.startswith("feeds."):
            yield Candidate(address, clean(tag.get_text(" "), 200))


def _base(soup: BeautifulSoup, url: str) -> str:
    tag = soup.find("base", href=True)
    return (web_address(str(tag["href"]), url) or url) if isinstance(tag, Tag) else url


def _about_comments(candidate: Candidate) -> bool:
    return bool(_COMMENTS.search(candidate.url) or _COMMENTS.search(candidate.title))
