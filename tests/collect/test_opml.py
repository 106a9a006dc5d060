"""OPML in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collect.offers import a_source
from watcher.collect.opml import Outline, export_opml, import_opml
from watcher.errors import ParseError

FILE = b"""<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
<outline text="Baltic"><outline type="rss" text="ERR &amp; co" xmlUrl="https://err.test/rss" htmlUrl="https://err.test/" language="et-EE"/>
<outline text="twice" xmlUrl="https://err.test/rss"/></outline>
<outline title="No folder" xmlURL="http://b.test/feed"/><outline text="evil" xmlUrl="javascript:alert(1)"/><outline text="a folder"/>
</body></opml>"""


def test_feeds_are_found_once_with_their_folder() -> None:
    assert import_opml(FILE) == (
        Outline("https://err.test/rss", "ERR & co", "Baltic", "et", "https://err.test/"),
        Outline("http://b.test/feed", "No folder"),
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not XML"),
        (b"not xml", "opml"),
        (b"<rss></rss>", "opml"),
        (b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>', "refused"),
        (b"x" * (17 * 1024 * 1024), "too much"),
    ],
)
def test_what_is_no_opml_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        import_opml(body)


def test_only_feeds_are_exported() -> None:
    text = export_opml(
        [
            a_source("page", "https://p.test/"),
            a_source("feed", "https://f.test/rss", group="g", language="lv"),
        ]
    )
    assert import_opml(text.encode()) == (Outline("https://f.test/rss", "The Source", "g", "lv"),)


@given(st.text(min_size=1, max_size=40), st.text(alphabet="abc&<>\"'=?/ä", max_size=30))
def test_what_is_exported_is_imported_again(name: str, path: str) -> None:
    source = a_source("feed", "https://f.test/" + path)
    text = export_opml([type(source)(source.id, "feed", source.url, name)])
    assert [outline.url for outline in import_opml(text.encode())] == [source.url.replace(" ", "%20")]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        import_opml(body)
    except ParseError:
        return
