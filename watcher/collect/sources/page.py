"""A list of links in an HTML page: press offices and campaigns that have no feed. Pure.

With selectors, exactly what they say; without, the links that look like articles: those inside
headlines or list items, on the page's own site, with words enough to be a headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from pydantic import BaseModel, ConfigDict
from soupsieve import SelectorSyntaxError

from watcher.collect.charset import decode
from watcher.collect.dates import when
from watcher.collect.entries import RawItem, Setting, entry, unrepeated
from watcher.collect.markup import soup as parsed_html
from watcher.collect.politeness import address_of
from watcher.collect.reading import MAX_ENTRIES, Reading, reading
from watcher.collect.text import clean
from watcher.collect.urls import canonical, host_of, web_address
from watcher.errors import ParseError
from watcher.model import Fetched, PollState, Request, Source

_MIN_WORDS, _MIN_CHARS = 4, 20
_AROUND = ("article", "li", "tr", "section", "div")
_CHROME = ("nav", "header", "footer", "aside", "form")
_CHROME_CLASS = re.compile(
    r"\b(?:nav|menu|breadcrumbs?|footer|cookie|sidebar|social|share|pagination|lang)", re.I
)
_NOT_ARTICLES = re.compile(
    r"/(?:tags?|categor(?:y|ies)|authors?|login|sign-?in|register|search|about(?:-us)?|contacts?(?:-us)?|privacy|terms"
    r"|cookies?|donate|subscribe|newsletter|jobs|careers|sitemap)(?:/|$)|\.(?:jpe?g|png|gif|svg|mp[34]|zip|css|js)$",
    re.IGNORECASE,
)
_DATE_IN_TEXT = re.compile(
    r"\b(\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8}\.? \d{4}"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})\b"
)


class Options(BaseModel):
    """CSS selectors. `item` holds one article; the others look inside it. `path` is a regular
    expression that an article's path must match."""

    model_config = ConfigDict(extra="forbid")

    item: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    summary: str = ""
    path: str = ""
    whole: bool = False


def ask(source: Source, state: PollState) -> Request:
    return Request(address_of(source, state), {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"})


def read(source: Source, state: PollState, fetched: Fetched) -> Reading:
    """In the page's order. Raises ParseError for what is no page, or one without a single article."""
    options = Options.model_validate(dict(source.options))
    soup = _soup(source, fetched)
    setting = Setting(source, _base(soup, fetched.url), fetched.at, _language(soup))
    if options.whole:
        return reading((entry(_itself(soup, fetched.url), setting),), state.seen, total=1)
    found = (
        _selected(soup, options, setting.base)
        if options.item or options.link
        else _guessed(soup, setting.base)
    )
    raws = [raw for raw in found if not options.path or re.search(options.path, urlsplit(raw.link).path)]
    if not raws:
        raise ParseError(source.id, "no links to articles on the page" + _why(options))
    entries = unrepeated(entry(raw, setting) for raw in raws[:MAX_ENTRIES])
    return reading(entries, state.seen, total=len(raws))


def _itself(soup: BeautifulSoup, url: str) -> RawItem:
    """The page as one article: its title, and its text without what frames every page."""
    title = soup.find("h1") or soup.find("title")
    for tag in soup.find_all([*_CHROME, "script", "style", "noscript", "template"]):
        tag.decompose()
    body = soup.find("main") or soup.find("body") or soup
    return RawItem(
        title=_words(title if isinstance(title, Tag) else None),
        content=clean(body.get_text(" "), 40_000).replace("&", "&amp;").replace("<", "&lt;"),
        link=url,
    )


def _why(options: Options) -> str:
    chosen = options.item or options.link
    return f"; the selector {chosen!r} matches none: has the site changed?" if chosen else ""


def _soup(source: Source, fetched: Fetched) -> BeautifulSoup:
    text = decode(fetched.body, fetched.headers.get("content-type", ""), source.language)
    if "<" not in text:
        raise ParseError(source.id, "not a web page")
    return parsed_html(text, source.id)


def _base(soup: BeautifulSoup, url: str) -> str:
    tag = soup.find("base", href=True)
    return web_address(str(tag["href"]), url) or url if isinstance(tag, Tag) else url


def _language(soup: BeautifulSoup) -> str:
    root = soup.find("html")
    return str(root.get("lang") or "") if isinstance(root, Tag) else ""


# ── by selectors ──────────────────────────────────────────────────────────────────────────────


def _selected(soup: BeautifulSoup, options: Options, base: str) -> list[RawItem]:
    try:
        boxes = soup.select(options.item or options.link, limit=MAX_ENTRIES)
        raws = [_from_box(box, options, base) for box in boxes]
    except SelectorSyntaxError as error:
        raise ParseError("page", f"bad selector: {error}") from error
    return [raw for raw in raws if raw.link]


def _from_box(box: Tag, options: Options, base: str) -> RawItem:
    anchor = _pick(box, options.link) if options.item and options.link else _anchor(box)
    title = _pick(box, options.title) if options.title else anchor
    moment = _pick(box, options.date) if options.date else box.find("time")
    summary = _pick(box, options.summary) if options.summary else None
    return RawItem(
        title=_words(title),
        summary=_words(summary),
        link=web_address(str(anchor.get("href") or ""), base) if anchor else "",
        published=_date(moment if isinstance(moment, Tag) else None),
    )


def _pick(box: Tag, selector: str) -> Tag | None:
    return box.select_one(selector)


def _anchor(box: Tag) -> Tag | None:
    if box.name == "a":
        return box
    found = box.find("a", href=True)
    return found if isinstance(found, Tag) else None


def _words(tag: Tag | None) -> str:
    """Text that is read as HTML again later: escaped."""
    text = clean(tag.get_text(" "), 4_000) if tag else ""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _date(tag: Tag | None) -> str:
    if tag is None:
        return ""
    for attribute in ("datetime", "content", "title"):
        value = tag.get(attribute)
        if isinstance(value, str) and when(value):
            return value
    return written_date(clean(tag.get_text(" ")))


def written_date(text: str) -> str:
    """The first date in a line of text, in a form that `dates.when` reads; "" without one."""
    found = _DATE_IN_TEXT.search(text)
    if not found:
        return ""
    return found[1]


# ── by looks ──────────────────────────────────────────────────────────────────────────────────


def _guessed(soup: BeautifulSoup, base: str) -> list[RawItem]:
    site, here = host_of(base), canonical(base)
    best: dict[str, RawItem] = {}
    for anchor in soup.find_all("a", href=True, limit=5 * MAX_ENTRIES):
        if not isinstance(anchor, Tag):
            continue
        link = web_address(str(anchor["href"]), base)
        key = canonical(link)
        if (
            not key
            or key == here
            or host_of(link) != site
            or _NOT_ARTICLES.search(urlsplit(link).path)
            or "#" in key
        ):
            continue
        if _in_chrome(anchor):
            continue
        raw = _as_article(anchor, link)
        if raw and (key not in best or len(raw.title) > len(best[key].title)):
            best[key] = raw
    return list(best.values())


def _in_chrome(anchor: Tag) -> bool:
    for parent in anchor.parents:
        if parent.name in _CHROME or parent.get("role") == "navigation":
            return True
        classes = parent.get("class")
        if classes and parent.name not in ("body", "html") and _CHROME_CLASS.search(" ".join(classes)):
            return True
    return False


def _as_article(anchor: Tag, link: str) -> RawItem | None:
    heading = anchor.find(["h1", "h2", "h3", "h4", "h5"]) or anchor.find_parent(
        ["h1", "h2", "h3", "h4", "h5"]
    )
    words = _words(heading if isinstance(heading, Tag) else anchor)
    enough = 1 if heading else _MIN_WORDS
    if len(words) < (8 if heading else _MIN_CHARS) or (words.isascii() and len(words.split()) < enough):
        return None
    return RawItem(title=words, link=link, published=_nearby_date(anchor))


def _nearby_date(anchor: Tag) -> str:
    """In the smallest box around the link that holds a date, unless the box holds other articles."""
    for parent in _boxes(anchor):
        if len({a.get("href") for a in parent.find_all("a", href=True, limit=6)}) > 3:
            return ""
        moment = parent.find("time")
        found = _date(moment) if isinstance(moment, Tag) else ""
        if found := found or written_date(clean(parent.get_text(" "), 2_000)):
            return found
    return ""


def _boxes(anchor: Tag) -> Iterator[Tag]:
    for count, parent in enumerate(anchor.parents):
        if count > 5 or parent.name in ("body", "html", "main"):
            return
        if parent.name in _AROUND:
            yield parent
