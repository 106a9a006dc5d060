"""Many patterns at once over folded text. Pure; compiled lazily, once per topic and language.

A pattern is tried only where its first letters stand, at the start of a word, or anywhere in scripts that
write no spaces. So four thousand patterns cost what the text has words, not what the pack has patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Hebrew and Arabic glue articles and prepositions to the front of a word; Indic, Thai, Khmer, Han, kana and
# Hangul either write no spaces or glue particles to the end.
GLUED = "\u0590-\u08ff"
UNSPACED = "\u0900-\u0fff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_START = re.compile(rf"\b\w|[{GLUED}{UNSPACED}]")
_IN_UNSPACED = re.compile(f"[{UNSPACED}]")
_PREFIXES = frozenset("وفبلكاسالהובלמשכ")
_LOOK = re.compile(r"(?:\(\?<?[=!][^()]*\))+")
_LITERAL = re.compile(r"(?:[^\\()\[\]{}|?*+.^$]|\\[^\w\s])*")
_ESCAPED = re.compile(r"\\(.)")


def alternatives(pattern: str) -> Iterator[str]:
    """The branches of `a|b|c`, a leading group spread out, so that every branch shows its first letters."""
    for branch in _top_level(pattern):
        end = _leading_group(branch)
        if end is None:
            yield branch
            continue
        body, rest = branch[1:end].removeprefix("?:"), branch[end + 1 :]
        optional = rest.startswith("?")
        for choice in _top_level(body):
            yield from alternatives(choice + rest[optional:])
        if optional:
            yield from alternatives(rest[1:])


def _top_level(pattern: str) -> Iterator[str]:
    depth, start, at = 0, 0, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif char == "[":
            at = pattern.index("]", at + 2)
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            yield pattern[start:at]
            start = at + 1
        at += 1
    yield pattern[start:]


def _leading_group(branch: str) -> int | None:
    """Where the group closes that `branch` opens with, if it can be spread out."""
    if not branch.startswith("(") or _LOOK.match(branch):
        return None
    depth, at = 0, 0
    while at < len(branch):
        if branch[at] == "\\":
            at += 1
        elif branch[at] in "()":
            depth += 1 if branch[at] == "(" else -1
            if not depth:
                return None if branch[at + 1 : at + 2] in ("*", "+", "{") else at
        at += 1
    return None


def literal_head(branch: str) -> str:
    """The letters that every match of `branch` begins with, perhaps none."""
    look = _LOOK.match(branch)
    body = branch[look.end() :] if look else branch
    match = _LITERAL.match(body)
    head = match.group() if match else ""
    if body[len(head) : len(head) + 1] in ("?", "*", "{"):
        head = head[:-2] if head[-2:-1] == "\\" else head[:-1]
    return _ESCAPED.sub(r"\1", head)


Found = tuple[str, int]
"""What a pattern is for, and where its match ends."""


class Patterns:
    """Patterns over folded text by what they are for. `closed`: a match must reach the end of its word."""

    def __init__(self, patterns: Iterable[tuple[str, str]], *, closed: bool) -> None:
        self._closed = closed
        self._sources: dict[str, dict[str, list[str]]] = {}
        self._compiled: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {}
        for code, pattern in patterns:
            for branch in alternatives(pattern):
                head = literal_head(branch)
                key = head[: 3 if len(head) > 2 else 2] if len(head) > 1 else ""
                if not key and _IN_UNSPACED.match(head):
                    key = head
                self._sources.setdefault(key, {}).setdefault(code, []).append(self._bounded(branch, head))

    def _bounded(self, branch: str, head: str) -> str:
        if self._closed and not _IN_UNSPACED.match(head):
            return rf"(?:{branch})(?!\w)"
        return branch

    def _under(self, key: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
        found = self._compiled.get(key)
        if found is None:
            found = tuple(
                (code, re.compile("|".join(sorted(branches, key=len, reverse=True))))
                for code, branches in self._sources.get(key, {}).items()
            )
            self._compiled[key] = found
        return found

    def at(self, folded: str, place: int) -> Iterator[Found]:
        """Every code whose pattern matches at `place`; the longest branch is tried first."""
        for key in (folded[place : place + 3], folded[place : place + 2], folded[place], ""):
            if key in self._sources:
                for code, pattern in self._under(key):
                    match = pattern.match(folded, place)
                    if match:
                        yield code, match.end()

    def longest(self, folded: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Start, end and codes of the longest match at each place, in order, none overlapping."""
        done = 0
        for start in _START.finditer(folded):
            place = start.start()
            if place < done:
                continue
            matches = list(self.at(folded, place))
            if matches and not attached(folded, place):
                end = max(end for _, end in matches)
                yield place, end, tuple(dict.fromkeys(code for code, e in matches if e == end))
                done = end

    def all(self, folded: str) -> Iterator[tuple[str, int, int]]:
        """Code, start and end of every match; different codes may overlap."""
        for start in _START.finditer(folded):
            place = start.start()
            for code, end in self.at(folded, place):
                yield code, place, end


def attached(folded: str, place: int) -> bool:
    """Arabic and Hebrew: whether more than articles and prepositions stands before the name in its word."""
    if not "\u0590" <= folded[place] <= "\u08ff":
        return False
    begin = place
    while begin and folded[begin - 1].isalpha():
        begin -= 1
    return place - begin > 4 or not _PREFIXES.issuperset(folded[begin:place])
