"""HTML and stray text → plain text that can do no harm. Pure, linear in the length of its input.

Nothing of markup survives: no control characters (line breaks between blocks excepted), no
direction overrides, nothing of zero width, no lone surrogates. Entities are resolved once.
"""

from __future__ import annotations

import html
import re
from contextlib import suppress

TITLE_CHARS = 1_000
SUMMARY_CHARS = 8_000
CONTENT_CHARS = 100_000

# Windows-1252 bytes that were mistaken for C1 controls (feeds, HTML 5 §13.2.3.5).
_C1 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_DOUBLE = re.compile("[\xc2-\xf4][\x80-\xbf]")
# An unclosed one eats the rest, as in a browser; so no input is scanned twice.
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript|iframe|svg|math|head)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_MAY_HIDE = re.compile(r"<(?:!--|[sS][cCtTvV]|[tT][eE][mM]|[nN][oO]|[iI][fF]|[mM][aA]|[hH][eE])")
_BLOCKS = frozenset(
    """
    address article aside blockquote br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li
    main nav ol option p pre section table td th title tr ul
    """.split()  # noqa: SIM905
)
_TAG = re.compile(r"""<(?:[!?]|/?([a-zA-Z][a-zA-Z0-9]*+))(?:[^<>"']++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+>?""")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")


def clean(text: str, limit: int = TITLE_CHARS) -> str:
    """One line of plain text: harmless characters, single spaces, at most `limit` characters."""
    if len(text) > 4 * limit:
        text = text[: 4 * limit]
    made = shorten(" ".join(harmless(text).split()), limit)
    # What was encoded twice over, or stood beside a blank that hid it, shows only now.
    while _DOUBLE.search(made) and (again := " ".join(harmless(made).split())) != made:
        made = again
    return made


def plain(markup: str, limit: int = SUMMARY_CHARS) -> str:
    """HTML as plain text; blocks become lines. Text that only looks like HTML loses little."""
    if not markup:
        return ""
    if len(markup) > 4 * limit:
        markup = markup[: 4 * limit]
    if "<" in markup and ">" in markup:
        markup = _untagged(markup)
    if "&" in markup:
        markup = html.unescape(markup)
    markup = harmless(markup)
    lines = (" ".join(line.split()) for line in markup.split("\n"))
    return shorten("\n".join(line for line in lines if line), limit)


def one_line(markup: str, limit: int = TITLE_CHARS) -> str:
    """HTML as a single line: for titles, authors, outlets."""
    if not markup:
        return ""
    if "<" not in markup and "&" not in markup:
        return clean(markup, limit)
    return clean(plain(markup, 4 * limit), limit)


def harmless(text: str) -> str:
    """Without what is invisible or turns the reading direction; UTF-8 read as Latin-1 is put right."""
    if text.isascii() and (text.isprintable() or text.replace("\n", "").isprintable()):
        return text
    if _DOUBLE.search(text):
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode("utf-8")
    return _ODD.sub(_neutral, text)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, an ellipsis in place of the rest."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _untagged(markup: str) -> str:
    markup = markup.replace("\n", " ")  # line breaks of the source are spaces in HTML
    if "]]>" in markup or "<![CDATA[" in markup:
        markup = _CDATA.sub(" ", markup)
    if _MAY_HIDE.search(markup):
        markup = _HIDDEN.sub(" ", markup)
    return _TAG.sub(_tag_space, markup)


def _tag_space(tag: re.Match[str]) -> str:
    name = tag[1]
    return "\n" if name and name.lower() in _BLOCKS else ""


def _neutral(odd: re.Match[str]) -> str:
    code = ord(odd[0])
    if code in _C1:
        return _C1[code].replace("\ufffd", "")
    if code in (0x0B, 0x0C, 0x2028, 0x2029, 0x1C, 0x1D, 0x1E, 0x1F):
        return " "
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return ""
