from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notify.hostile import TITLES, URLS
from watcher.notify.markup import (
    columns,
    cut_escaped,
    label,
    one_line,
    safe_url,
    slack_link,
    slack_text,
    wrap,
)

CONTROLS = [
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0x200B,
    0x200E,
    0x200F,
]


@given(st.text())
def test_one_line_is_visible_and_idempotent(text: str) -> None:
    shown = one_line(text)
    assert one_line(shown) == shown
    assert not set(map(ord, shown)) & set(CONTROLS)
    shown.encode("utf-8")


@pytest.mark.parametrize("text", TITLES.values(), ids=TITLES)
def test_one_line_of_hostile_titles(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)
    assert "\x1b" not in one_line(text)


def test_joiners_of_real_scripts_stay() -> None:
    assert one_line("می\u200cخواهم") == "می\u200cخواهم"
    assert one_line("👩\u200d🌾") == "👩\u200d🌾"


@given(st.text())
def test_slack_text_has_no_active_character(text: str) -> None:
    shown = slack_text(text)
    assert "<" not in shown
    assert ">" not in shown
    assert not set("*`~|") & set(shown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("Q&A", "Q&amp;A"),
        ("@channel", "＠channel"),
        ("mail a@b.org", "mail a@b.org"),
        (":skull:", "∶skull:"),
        ("at 12:30:45", "at 12∶30:45"),
        ("# header", "＃ header"),
        ("snake_case _it_", "snake_case ＿it＿"),
    ],
)
def test_slack_text(text: str, expected: str) -> None:
    assert slack_text(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a?b=c&d=%20#e", "https://news.example/a?b=c&d=%20#e"),
        ("HTTP://News.Example/A", "http://news.example/A"),
        ("javascript:alert(1)", ""),
        ("https://reuters.com@evil.example/x", ""),
        ("https://новини.example/шлях", "https://xn--b1amarcd.example/%D1%88%D0%BB%D1%8F%D1%85"),
        ("https://news.example/a|b>c", "https://news.example/a%7Cb%3Ec"),
        ("https://news.example:8443/", "https://news.example:8443/"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://news.example:99999999/", ""),
        ("https://news.example/" + "a" * 5000, ""),
    ],
)
def test_safe_url(url: str, expected: str) -> None:
    assert safe_url(url) == expected


@given(
    st.text() | st.sampled_from(sorted(URLS.values())) | st.text().map(lambda t: f"https://news.example/{t}")
)
def test_safe_url_is_idempotent_and_plain(url: str) -> None:
    found = safe_url(url)
    assert safe_url(found) == found
    assert not set('<>|"` \\') & set(found)
    assert found.isascii()


@pytest.mark.parametrize(
    "text", ["https://reuters.com/x", "reuters.com", "WWW.UN.ORG", "see treaties.un.org now"]
)
def test_a_label_is_never_another_address(text: str) -> None:
    shown = slack_link("https://evil.example/", text)
    assert "reuters.com" not in shown
    assert "un.org" not in shown.lower()
    assert "[.]" in label(text)


def test_a_link_may_name_its_own_host() -> None:
    assert (
        slack_link("https://www.delfi.example/x", "delfi.example")
        == "<https://www.delfi.example/x|delfi.example>"
    )
    assert "[.]" in slack_link("https://delfi.example.evil.example/", "delfi.example")


def test_a_label_keeps_ordinary_dots() -> None:
    assert label("No. 5 of 19.6.2025, e.g. 1.5 m mines.") == "No. 5 of 19.6.2025, e.g. 1.5 m mines."


@given(
    st.lists(st.sampled_from(["&lt;", "&amp;", "<https://a.example|b>", "word", " "])), st.integers(10, 60)
)
def test_cut_escaped_never_cuts_an_entity_or_a_link(parts: list[str], limit: int) -> None:
    text = "".join(parts)
    cut = cut_escaped(text, limit)
    assert len(cut) <= limit
    assert cut.count("<") == cut.count(">")
    assert all(tail.startswith(("lt;", "amp;")) for tail in cut.split("&")[1:])


@given(st.text(alphabet="ab 地é", max_size=200), st.integers(10, 40))
def test_wrap_keeps_every_word(text: str, width: int) -> None:
    line = one_line(text)
    wrapped = wrap(line, width)
    assert wrapped.split() == line.split()
    for row in wrapped.split("\n"):
        assert columns(row) <= width or " " not in row
