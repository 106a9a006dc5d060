"""Text as the judge compares it: one spelling for every way a word is written. Pure.

Folding takes NFKC, case, Latin/Greek/Cyrillic accents, Arabic points and letter forms, dashes,
apostrophes, soft hyphens and zero-width characters away. Scripts whose combining marks carry
meaning (kana, Thai, Khmer, Devanagari) keep them. Patterns are folded the same way.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

from watcher.model import Entry

_ONE_FOR_ONE = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("‘’‚‛ʼʹ′`´ʻ＇", "'"),
    **dict.fromkeys("“”„‟«»″＂", '"'),
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىی", "ي"),
    "ک": "ك",
    "ة": "ه",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ı": "i",
    "ə": "a",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ς": "σ",
}
# What carries no meaning for comparing: accents of Latin, Greek and Cyrillic, Arabic points and tatweel,
# the Devanagari dot, soft hyphens, zero-width and direction marks, variation selectors.
_DROPPED = re.compile(
    "[\u00ad\u0300-\u036f\u0640\u064b-\u065f\u0670\u093c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]+"
)
_REPLACED = re.compile(f"[{''.join(map(re.escape, _ONE_FOR_ONE))}]")
_SPECIAL = re.compile(r"[\\()\[\]{}|?*+.^$#&~\s-]")
_ESCAPE = re.compile(r"(\\.|\(\?(?:P?<\w+>|[:=!]|<[=!]))", re.DOTALL)


def fold(text: str) -> str:
    """The comparable form of `text`. Idempotent; never raises; may change the length."""
    folded = text.lower() if text.isascii() else _plain(text)
    return " ".join(folded.split())


def _plain(text: str) -> str:
    # str.translate looks every character up; these two passes touch only what changes (3 times faster).
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    folded = _REPLACED.sub(_replacement, _DROPPED.sub("", folded))
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def _replacement(match: re.Match[str]) -> str:
    return _ONE_FOR_ONE[match.group()]


@lru_cache(maxsize=20_000)
def fold_pattern(pattern: str) -> str:
    r"""A regular expression over folded text: literals are folded, escapes such as `\W` kept."""
    parts = _ESCAPE.split(pattern)
    return "".join(part if i % 2 else _fold_literal(part) for i, part in enumerate(parts))


def _fold_literal(text: str) -> str:
    if text.isascii():
        return text.lower()
    folded = _plain(text)
    if _SPECIAL.findall(folded) == _SPECIAL.findall(text):
        return folded
    # "㈠" is "(一)" once folded: what was a letter must not become syntax.
    return "".join(char.lower() if char.isascii() else re.escape(_plain(char)) for char in text)


@dataclass(frozen=True)
class Sentence:
    """One sentence as written and, once somebody asks, folded. `where` is title, summary or content."""

    text: str
    where: str
    index: int

    @cached_property
    def folded(self) -> str:
        return fold(self.text)


# A full stop ends a sentence unless it follows an initial, a short abbreviation or, in German, an ordinal.
_UNSPACED_ENDS = "。！？።។؟।"
# One set of marks in front of all branches: so the search leaps from mark to mark.
_END = re.compile(
    rf"[.!?…{_UNSPACED_ENDS}\n](?:(?<=[.!?…])[\"'»”’)\]]*\s+(?=[\"'«“„(\[]*[^\W\d_a-zà-öø-ÿа-яёіїєґα-ω]|[\"'«“„(\[]*\d)"
    rf"|(?<=[{_UNSPACED_ENDS}])\s*|(?<=\n)\n*)"
)
_LAST_WORD = re.compile(r"(?:.*[\s(\"'«„.-])?([^\W\d_]+)\.", re.DOTALL)
_SHORT = (
    "mr mrs ms dr prof gen col lt capt sgt sen rep gov st no nr vs art min mln mlrd tys tzw ok str bl pl im ul proc "
    "dz poz ust pkt ca bzw usw jan feb mar apr jun jul aug sep sept oct nov dec гг см ст им млн млрд тыс тис ім вул"
)
_ABBREVIATIONS = frozenset(_SHORT.split())
_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.$")
_COUNTED = re.compile(
    r"\s*(?:januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|"
    r"weltkrieg|jahrhundert|lesung|sitzung|treffen|staatenkonferenz|überprüfungskonferenz|vertragsstaaten)",
    re.IGNORECASE,
)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of plain text in their order, stripped, none empty."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        cut = match.start() + (text[match.start()] != "\n")
        head = text[start:cut]
        if not text.startswith("\n", cut) and _goes_on(head[-16:], text[match.end() : match.end() + 24]):
            continue
        if head.strip():
            found.append(head.strip())
        start = match.end()
    if text[start:].strip():
        found.append(text[start:].strip())
    return tuple(found)


def _goes_on(before: str, after: str) -> bool:
    if not before.endswith("."):
        return False
    if _ORDINAL.search(before):
        return _COUNTED.match(after) is not None
    last = _LAST_WORD.fullmatch(before)
    return last is not None and (len(last[1]) == 1 or last[1].casefold() in _ABBREVIATIONS)


def passage(entry: Entry) -> tuple[Sentence, ...]:
    """Title, summary and content as sentences; a summary repeated in the content is read once."""
    return _passage(entry.title, entry.summary, entry.content)


@lru_cache(maxsize=1)
def _passage(title: str, summary: str, content: str) -> tuple[Sentence, ...]:
    # Sifting out, extracting and asking who speaks come one after the other, each for the same sentences.
    found = [Sentence(title, "title", 0)] if title else []
    body = fold(content) if summary else ""
    for where, text in (("summary", summary), ("content", content)):
        if where == "summary" and text and body and fold(text)[:200] in body:
            continue
        found += [Sentence(s, where, i) for i, s in enumerate(sentences(text))]
    return tuple(found)
