"""HTML and stray text become plain text that can do no harm."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watcher.collect.text import clean, one_line, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("  many \t spaces \n\n and lines", "many spaces\nand lines"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("in<b>si</b>de", "inside"),
        ("<td>a</td><td>b</td>", "a\nb"),
        ('<img alt="a > b" src=x>after', "after"),
        ("<script>var x = '<p>no</p>';</script>yes<style>p{}</style>", "yes"),
        ("<!-- <p>no</p> -->yes", "yes"),
        ("before<!-- never closed", "before<!-- never closed"),
        ("before<!-- never closed <p>", "before"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a <3 b", "a <3 b"),
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&amp;T"),
        ("&lt;b&gt;", "<b>"),
        ("caf&eacute; &#8217;24 &#x2014; x", "café ’24 — x"),
        ("&nbsp;&nbsp;x", "x"),
        ("<![CDATA[kept]]>", "kept"),
        ("mine\u202efield\u2066\u200b\ufeff\u00ad", "minefield"),
        ("a\x00b\x08c\x7f", "abc"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("quotes \x93so\x94", "quotes “so”"),
        ("JalkavÃ¤kimiinat", "Jalkaväkimiinat"),
        ("ограничение", "ограничение"),
    ],
)
def test_plain(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_one_line_has_no_line_breaks() -> None:
    assert one_line("<p>One</p><p>Two &amp; three</p>") == "One Two & three"
    assert clean("a\nb\u2028c") == "a b c"


def test_length_is_capped_with_an_ellipsis() -> None:
    assert clean("x" * 5_000_000, 10) == "xxxxxxxxx…"
    assert len(plain("<p>word</p>" * 1_000_000, 100)) == 100


@given(st.text() | st.text(alphabet="<>&;\"'/!-ab#\x00\u202e\n =scriptpCDATA[]"))
def test_any_text_becomes_harmless(markup: str) -> None:
    for made in (plain(markup), clean(markup), one_line(markup)):
        assert made == made.strip()
        assert not any(unicodedata.category(char) in ("Cc", "Cs") and char != "\n" for char in made)
        assert not any(
            char in made for char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u200b\u200d\ufeff"
        )
        made.encode("utf-8")


@given(st.text())
@example("\xc3\xa9\xa0x")  # UTF-8 read as Latin-1 beside a blank that hid it
@example("\xc2\x81\xbf")  # only without its control character
@example("\xc3\x82\xc2\xa0")  # twice over
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "hostile", ["<a", '<a "', "<!--", "<script", "&lt", "<a'", "<a \"<a '", "]]><![CDATA["]
)
def test_cost_is_linear_whatever_the_markup(hostile: str) -> None:
    start = time.process_time()
    plain(hostile * 100_000 + ">", 100_000)
    assert time.process_time() - start < 2
