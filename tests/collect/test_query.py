"""Search engines: what is asked, and whose article it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.collect.offers import a_source, entries, feed_bytes, read
from watcher.collect.sources.query import Options, address
from watcher.errors import ParseError
from watcher.model import Source


def a_query(engine: str, **options: object) -> Source:
    return a_source(
        "query",
        "https://search.example/api",
        options={"engine": engine, "q": '"mine ban" OR landmine', **options},
    )


def asked(**options: object) -> tuple[str, dict[str, str]]:
    url = urlsplit(address(Options.model_validate(options)))
    return f"{url.scheme}://{url.netloc}{url.path}", dict(parse_qsl(url.query))


def test_google_news_is_asked_in_its_edition() -> None:
    where, what = asked(engine="google-news", q='"konwencji ottawskiej"', language="pl")
    assert where == "https://news.google.com/rss/search"
    assert what == {"q": '"konwencji ottawskiej" when:7d', "hl": "pl", "gl": "PL", "ceid": "PL:pl"}
    assert asked(engine="google-news", q="x when:14d", language="zh")[1]["ceid"] == "CN:zh-Hans"
    assert asked(engine="google-news", q="x when:14d")[1]["q"] == "x when:14d"


def test_the_other_engines() -> None:
    assert asked(engine="bing-news", q="a b")[1] == {"q": "a b", "format": "RSS", "qft": 'sortbydate="1"'}
    where, what = asked(engine="gdelt", q='"a" OR "b"', days=2)
    assert where == "https://api.gdeltproject.org/api/v2/doc/doc"
    assert what == {
        "query": '("a" OR "b")',
        "mode": "artlist",
        "format": "json",
        "maxrecords": "250",
        "timespan": "2d",
        "sort": "datedesc",
    }
    assert asked(engine="reliefweb", q='"mine ban treaty"') == (
        "https://reliefweb.int/updates/rss.xml",
        {"search": '"mine ban treaty"'},
    )
    assert asked(engine="reliefweb-api", q="x", appname="mine")[1]["appname"] == "mine"
    assert "url_alias" in asked(engine="reliefweb-api", q="x", appname="mine")[1].values()


def test_aggregated_news_belongs_to_its_publisher() -> None:
    decoded, opaque = entries(feed_bytes("aggregator.xml"), a_query("google-news"))
    assert decoded.title == "Southland quits landmine pact - a first"
    assert decoded.key == "https://exampletimes.test/world/quits"
    assert (decoded.outlet, decoded.outlet_url) == ("Example Times", "https://www.exampletimes.test")
    assert (decoded.language, decoded.summary) == (None, "")
    assert (opaque.title, opaque.outlet) == ("Opaque link stays", "Daily Sample")
    assert opaque.key == "https://news.google.com/rss/articles/CBMiakFVX3lxTE1zYW1wbGU"


def test_a_plain_feed_source_of_an_aggregator_is_read_the_same() -> None:
    feed = a_source("feed", "https://news.google.com/rss/search?q=x")
    assert entries(feed_bytes("aggregator.xml"), feed)[0].title == "Southland quits landmine pact - a first"


BING = """<rss version="2.0" xmlns:News="https://www.bing.com/news/search?q=x&amp;format=RSS"><channel><title>x - BingNews</title>
<item><title>Northland to leave treaty - again</title>
<link>http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;aid=&amp;tid=1&amp;url=https%3a%2f%2fpaper.test%2fa%3fid%3d4&amp;c=1</link>
<description>Text</description><pubDate>Fri, 04 Jun 2025 07:00:00 GMT</pubDate><News:Source>The Paper</News:Source></item></channel></rss>"""


def test_bing_names_the_source_and_wraps_the_link() -> None:
    (entry,) = entries(BING, a_query("bing-news"))
    assert (entry.key, entry.outlet) == ("https://paper.test/a?id=4", "The Paper")
    assert entry.title == "Northland to leave treaty - again"


GDELT = {"articles": [
    {"url": "https://paper.test/a?utm_source=x", "title": "Landmine treaty : vote", "seendate": "20250604T071500Z", "domain": "paper.test", "language": "Lithuanian", "sourcecountry": "Lithuania"},
    {"url": "javascript:alert(1)", "title": "bad"},
    "no article",
]}  # fmt: skip


def test_gdelt_articles() -> None:
    (entry,) = entries(json.dumps(GDELT), a_query("gdelt"))
    assert (entry.key, entry.language, entry.outlet) == ("https://paper.test/a", "lt", "paper.test")
    assert entry.published == datetime(2025, 6, 4, 7, 15, tzinfo=UTC)
    assert read("{}", a_query("gdelt")).entries == ()


@pytest.mark.parametrize(
    "text",
    [
        "Please limit requests to one every 5 seconds",
        "Your query was too short or too long.",
        "<html></html>",
    ],
)
def test_gdelt_says_its_errors_in_plain_text_with_a_200(text: str) -> None:
    with pytest.raises(ParseError):
        read(text, a_query("gdelt"))


RELIEFWEB = {"data": [{"id": "1", "fields": {"title": "Report", "url": "https://reliefweb.int/node/1", "url_alias": "https://reliefweb.int/report/1",
    "date": {"created": "2025-07-01T00:00:00+00:00"}, "source": [{"name": "An NGO"}], "language": [{"code": "en"}]}}]}  # fmt: skip


def test_reliefweb_reports() -> None:
    (entry,) = entries(json.dumps(RELIEFWEB), a_query("reliefweb-api", appname="x"))
    assert (entry.title, entry.outlet, entry.url) == ("Report", "An NGO", "https://reliefweb.int/report/1")
    with pytest.raises(ParseError, match="appname"):
        read('{"error": {"message": "not allowed"}}', a_query("reliefweb-api"))
