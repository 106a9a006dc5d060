"""The article's own page: its text, or the reason why it is not the article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.collect.article import Article, read_article

URL = "https://www.paper.test/politics/1"
NOW = datetime(2025, 7, 1, tzinfo=UTC)
PARAGRAPHS = (
    "Parliament voted on Wednesday to leave the convention that bans anti-personnel mines.",
    "Eighty-one members were in favour, one was against and seven did not take part.",
    "The defence minister said that nobody plans to lay mines in peacetime.",
    "The president is expected to sign the law before midsummer.",
    "Campaigners called the decision a danger to civilians on both sides of the border.",
    "Six months after the notice reaches New York, the obligations end.",
)
HEAD = """<link rel="canonical" href="https://paper.test/politics/1"><meta property="og:site_name" content="The Paper">
<meta property="article:published_time" content="2025-06-04T12:00:00+03:00">"""


def page(
    title: str = "Vote to leave", paragraphs: tuple[str, ...] = PARAGRAPHS, head: str = HEAD, extra: str = ""
) -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html lang='et'><head><title>{title}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1>{text}</article>{extra}<footer>All rights reserved</footer></body></html>"
    ).encode()


def article(body: bytes, url: str = URL, content_type: str = "text/html; charset=utf-8") -> Article:
    return read_article(body, {"content-type": content_type}, url, NOW)


def test_text_title_date_language_outlet() -> None:
    found = article(page())
    assert found.blocked == ""
    assert all(paragraph in found.text for paragraph in PARAGRAPHS)
    assert "All rights reserved" not in found.text
    assert (found.title, found.language, found.outlet) == ("Vote to leave", "et", "The Paper")
    assert found.published == datetime(2025, 6, 4, 9, tzinfo=UTC)
    assert found.canonical_url == "https://paper.test/politics/1"


def test_an_amp_page_names_the_article_of_its_own_site() -> None:
    assert (
        article(page(), "https://amp.paper.test/politics/1/amp").canonical_url
        == "https://paper.test/politics/1"
    )


@pytest.mark.parametrize(
    "href", ["https://elsewhere.test/politics/1", "https://paper.test/", "javascript:alert(1)", ""]
)
def test_a_canonical_link_off_the_site_or_to_the_front_is_ignored(href: str) -> None:
    assert article(page(head=f"<link rel='canonical' href='{href}'>")).canonical_url == ""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (page(paragraphs=PARAGRAPHS[:3], extra="<div>Subscribe now to continue reading</div>"), "paywall"),
        (page(paragraphs=PARAGRAPHS[:3], extra="<div>Artikkeli on tilaajille</div>"), "paywall"),
        (page(paragraphs=PARAGRAPHS[:3], extra="<p>Artykuł dostępny tylko dla prenumeratorów</p>"), "paywall"),
        (page(paragraphs=PARAGRAPHS[:3], head='<script type="application/ld+json">{"isAccessibleForFree": false}</script>'), "paywall"),
        (page("Before you continue", ("We use cookies and data to deliver and maintain our services, track outages and measure audience.",)), "consent"),
        (page("Just a moment...", ("Checking your browser before accessing the site.",)), "robot-check"),
        (page("Attention Required!", ("Please complete the captcha to prove that you are a human visitor of this site.",)), "robot-check"),
        (page("404 Not Found", ("The page you asked for is not here.",)), "error-page"),
        (page("Strona nie istnieje", ("Przepraszamy.",)), "error-page"),
        (page("503 Service Unavailable", ("Try again later.",)), "error-page"),
        (b"<html><body></body></html>", "empty"),
        (b"", "empty"),
    ],
)  # fmt: skip
def test_what_is_not_the_article_gives_no_text(body: bytes, reason: str) -> None:
    found = article(body)
    assert (found.blocked, found.text) == (reason, "")


def test_a_long_article_beside_a_subscription_offer_is_the_article() -> None:
    many = tuple(f"{number}: {paragraph}" for number in range(5) for paragraph in PARAGRAPHS)
    found = article(
        page(paragraphs=many, extra="<aside>Subscribe to read the full story of our print edition</aside>")
    )
    assert found.blocked == ""


def test_an_article_about_a_law_not_found_wanting_is_no_error_page() -> None:
    many = tuple(f"{number}: {paragraph}" for number in range(5) for paragraph in PARAGRAPHS)
    assert article(page("Mines not found on the border", many)).blocked == ""


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"%PDF-1.7 ...", "application/pdf"), (b"{}", "application/json"), (b"\x89PNG", "image/png")],
)
def test_what_is_no_page_is_said_to_be_none(body: bytes, content_type: str) -> None:
    assert article(body, content_type=content_type).blocked == "not-html"


def test_a_legacy_charset() -> None:
    many = tuple(
        f"{number}: Seimas pritarė pasitraukimui iš konvencijos, prieš balsavo šeši." for number in range(9)
    )
    found = article(
        page("Sprendimas", many).decode().encode("windows-1257"),
        content_type="text/html; charset=windows-1257",
    )
    assert "Seimas pritarė pasitraukimui iš konvencijos, prieš balsavo šeši." in found.text


@given(st.binary(max_size=400) | st.text(alphabet="<>/ =\"'htmlbodyp&;ä\x00", max_size=300).map(str.encode))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_survived(body: bytes) -> None:
    assert isinstance(article(body), Article)
