"""The full text of one article from its own page. Pure: bytes → text, by trafilatura.

A paywall, a consent wall, a robot check or an error page is recognised, and is not the article.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree, html

from watcher.collect.charset import decode
from watcher.collect.dates import plausible, when
from watcher.collect.entries import language_code
from watcher.collect.room import PAGE_BYTES
from watcher.collect.text import CONTENT_CHARS, clean, plain
from watcher.collect.urls import canonical, host_of, web_address

MAX_BYTES = PAGE_BYTES
MAX_TAGS = 60_000
MIN_CHARS = 120
"""A text shorter than this is a teaser or a notice, whatever it says."""


_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Article:
    """`blocked` says why the page is not the article (paywall, consent, robot-check, error-page,
    not-html, too-large, empty); then `text` is empty. `canonical_url` is the page's own word, on its own site."""

    text: str = ""
    title: str = ""
    published: datetime | None = None
    language: str | None = None
    canonical_url: str = ""
    outlet: str = ""
    blocked: str = ""


_ERROR = re.compile(
    r"^(?:error\s*)?(?:4\d\d|5\d\d)\b|\b(?:page not found|not found|access denied|forbidden|service unavailable"
    r"|internal server error|bad gateway|temporarily unavailable|gone)\b|^oops"
    r"|nie znaleziono|nenájden|strona nie istnieje|seite nicht gefunden|page introuvable|página no encontrada"
    r"|sivua ei löyty|lehte ei leitud|puslapis nerastas|lapa nav atrasta|сторінку не знайдено|страница не найдена",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"just a moment|attention required|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|captcha|checking your browser|enable javascript and cookies|unusual traffic|ddos protection|bot detection"
    r"|pardon our interruption|request (?:was )?blocked|security check",
    re.IGNORECASE,
)
_ROBOT_MARK = re.compile(
    r"cf-chl|challenge-platform|_Incapsula_|px-captcha|datadome|g-recaptcha|hcaptcha", re.IGNORECASE
)
_CONSENT_HOST = re.compile(r"^(?:consent|guce|cmp|privacy|cookie-?wall)\.|^(?:www\.)?consent", re.IGNORECASE)
_CONSENT = re.compile(
    r"before you continue|we (?:and our partners )?(?:use|value|care about) (?:cookies|your privacy)|cookie (?:wall|consent)"
    r"|consent to (?:the use of )?cookies|accept (?:all )?cookies|manage (?:your )?(?:cookies|consent|preferences)"
    r"|your privacy (?:choices|matters)|akceptuj|zgod[ay] na|cookies akzeptieren|mit werbung und|accepter les cookies"
    r"|tietosuoja-?asetuk|nõustu küpsist|slapuk|sīkdat",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"subscribe (?:now |today |here )?to (?:continue|read|unlock|keep)|subscribers? only|for subscribers|already a subscriber"
    r"|to (?:continue|keep) reading|read the full (?:article|story)|this (?:article|content|story) is (?:for|reserved|available)"
    r"|sign in to (?:read|continue)|log in to (?:read|continue)|become a (?:member|subscriber)|unlock this (?:article|story)"
    r"|premium (?:article|content)|you have (?:reached|read) your|free articles? (?:left|remaining|this month)"
    r"|tylko dla (?:subskrybent|prenumerat)|dla prenumerator|pozostało \d+\s*%|wykup dostęp|kup dostęp"
    r"|artikkeli on (?:tilaajille|vain)|vain tilaajille|tilaajille|lue koko (?:juttu|artikkeli)|digitilaa"
    r"|tellijale|ainult tellijatele|loe edasi|artikkel on tellijatele|abonentiem|tikai abonentiem|prenumeratoriams"
    r"|endast för prenumeranter|för prenumeranter|kun for abonnenter|for abonnenter|nur für abonnenten|exklusiv für"
    r"|réservé aux abonnés|réservée aux abonnés|abonnez-vous|contenido exclusivo|solo para suscriptores"
    r"|тільки для передплатників|только для подписчиков|по подписке|会員限定|有料会員",
    re.IGNORECASE,
)
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?(?:false|no)"?', re.IGNORECASE)
_TEASER_CHARS = 1_500
"""A text longer than this is an article even beside a paywall's words."""


def read_article(body: bytes, headers: Mapping[str, str], url: str, now: datetime | None = None) -> Article:
    """The article on the page at `url`; header names are lower case. Never raises.

    Dates ahead of `now`, or of the server's own clock, are none.
    """
    content_type = headers.get("content-type", "")
    if body[:5] == b"%PDF-" or (content_type and not _may_be_html(content_type)):
        return Article(blocked="not-html")
    if len(body) > MAX_BYTES or body.count(b"<") > MAX_TAGS:
        return Article(blocked="too-large")
    markup = decode(body, content_type)
    tree = _tree(markup)
    if tree is None:
        return Article(blocked="not-html" if markup.strip() else "empty")
    found = _extracted(markup, tree, url, now or when(headers.get("date")) or _NEVER)
    reason = _blocked(found, markup, tree, url)
    if reason:
        return Article(
            "", found.title, found.published, found.language, found.canonical_url, found.outlet, reason
        )
    return found


def _may_be_html(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return (
        kind.startswith("text/")
        or "html" in kind
        or kind in ("", "application/octet-stream", "application/xml")
    )


def _tree(markup: str) -> html.HtmlElement | None:
    if "<" not in markup:
        return None
    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    return tree if isinstance(tree, html.HtmlElement) else None


def _extracted(markup: str, tree: html.HtmlElement, url: str, now: datetime) -> Article:
    document = _trafilatura(tree, url)
    sitename = _meta(tree, "og:site_name") or document.get("sitename") or ""
    return Article(
        text=plain((document.get("text") or "").replace("&", "&amp;").replace("<", "&lt;"), CONTENT_CHARS),
        title=clean(document.get("title") or _meta(tree, "og:title") or str(tree.findtext(".//title") or "")),
        published=plausible(_published(tree) or when(document.get("date")), now),
        language=language_code(
            tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
        ),
        canonical_url=_canonical(tree, url),
        outlet=clean(sitename, 200),
    )


def _trafilatura(tree: html.HtmlElement, url: str) -> dict[str, str | None]:
    """Its findings by name; nothing at all where it stumbles."""
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(
            copy.deepcopy(tree),
            url=url or None,
            include_comments=False,
            with_metadata=True,
            date_extraction_params=_DATES,
        )
    except (
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        RecursionError,
        AssertionError,
        etree.LxmlError,
    ):
        return {}
    if found is None:
        return {}
    named = found if isinstance(found, dict) else found.as_dict()
    return {
        name: value
        for name in ("text", "title", "date", "sitename")
        if isinstance(value := named.get(name), str)
    }


_DATES = {"original_date": True, "extensive_search": False}


def _published(tree: html.HtmlElement) -> datetime | None:
    """The page's own metadata, which has the hour; trafilatura gives the day."""
    for name in (
        "article:published_time",
        "og:published_time",
        "datePublished",
        "date",
        "pubdate",
        "dc.date.issued",
    ):
        if moment := when(_meta(tree, name)):
            return moment
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            found = re.search(r'"datePublished"\s*:\s*"([^"]{6,40})"', script.text or "")
            if found and (moment := when(found[1])):
                return moment
    return None


def _meta(tree: html.HtmlElement, name: str) -> str:
    for tag in tree.iter("meta"):
        if (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower() == name.lower():
            return str(tag.get("content") or "").strip()
    return ""


def _canonical(tree: html.HtmlElement, url: str) -> str:
    """The page's canonical address, only if it is on the same site and is not merely the front page."""
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            address = web_address(link.get("href") or "", url)
            if (
                address
                and _same_site(address, url)
                and canonical(address).count("/") > 2
                and not _is_front(address, url)
            ):
                return address
    return ""


def _same_site(one: str, other: str) -> bool:
    a, b = host_of(one), host_of(other)
    return bool(a and b) and (a == b or a.endswith("." + b) or b.endswith("." + a))


def _is_front(address: str, url: str) -> bool:
    front = canonical(address).rstrip("/") == f"https://{host_of(address)}"
    return front and canonical(url).rstrip("/") != f"https://{host_of(url)}"


def _blocked(found: Article, markup: str, tree: html.HtmlElement, url: str) -> str:
    title, length = found.title, len(found.text)
    words = clean(tree.text_content(), 6_000) if length < _TEASER_CHARS else ""
    if length < MIN_CHARS * 3 and (
        _ROBOT.search(title) or (_ROBOT_MARK.search(markup) and length < MIN_CHARS)
    ):
        return "robot-check"
    if length < _TEASER_CHARS and _ERROR.search(title):
        return "error-page"
    if _CONSENT_HOST.search(host_of(url)) or (length < MIN_CHARS * 3 and _CONSENT.search(title)):
        return "consent"
    if length < _TEASER_CHARS and (_NOT_FREE.search(markup) or _PAYWALL.search(words)):
        return "paywall"
    if length < MIN_CHARS * 2 and _CONSENT.search(words):
        return "consent"
    if length < MIN_CHARS * 2 and _ROBOT.search(words):
        return "robot-check"
    return "" if length >= MIN_CHARS else "empty"
