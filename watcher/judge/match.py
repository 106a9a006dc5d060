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


_CLASS = re.compile(r"\[((?:\w(?:-\w)?)+)\]|(\\d)")
_MOST_LETTERS = 20_000
_NOTHING: list[tuple[str, int]] = []
_Compiled = tuple[tuple[str, re.Pattern[str]], ...]


def _keys(branch: str) -> tuple[str, ...]:
    """What a text must show at a place for `branch` to be tried there: its first letters, four at most."""
    head = literal_head(branch)
    if head:
        return (head[:4],)
    first = _CLASS.match(branch)
    if not first:
        return ("",)
    if first.group(2):
        return tuple("0123456789")
    spans = re.findall(r"(\w)(?:-(\w))?", first.group(1))
    return tuple(chr(c) for low, high in spans for c in range(ord(low), ord(high or low) + 1))


class Patterns:
    """Patterns over folded text by what they are for. `closed`: a match must reach the end of its word."""

    def __init__(self, patterns: Iterable[tuple[str, str]], *, closed: bool) -> None:
        self._closed = closed
        self._sources: dict[str, dict[str, list[str]]] = {}
        self._compiled: dict[str, _Compiled] = {}
        for code, pattern in patterns:
            for branch in alternatives(pattern):
                for key in _keys(branch):
                    self._sources.setdefault(key, {}).setdefault(code, []).append(self._bounded(branch))

    def _bounded(self, branch: str) -> str:
        if self._closed and not _IN_UNSPACED.match(literal_head(branch)):
            return rf"(?:{branch})(?!\w)"
        return branch

    def _under(self, letters: str) -> _Compiled:
        """What may match where these four letters stand; compiled when they are met for the first time."""
        branches: dict[str, list[str]] = {}
        for key in dict.fromkeys((letters, letters[:3], letters[:2], letters[:1], "")):
            for code, more in self._sources.get(key, {}).items():
                branches.setdefault(code, []).extend(more)
        if len(self._compiled) > _MOST_LETTERS:  # texts show letters without end
            self._compiled.clear()
        found = self._compiled[letters] = tuple(
            (code, re.compile("|".join(sorted(several, key=len, reverse=True))))
            for code, several in branches.items()
        )
        return found

    def _at(self, folded: str, place: int) -> list[tuple[str, int]]:
        """Code and end of every pattern that matches at `place`; the longest branch is tried first."""
        letters = folded[place : place + 4]
        found = self._compiled.get(letters)
        if found is None:
            found = self._under(letters)
        if not found:
            return _NOTHING
        matches = []
        for code, pattern in found:
            match = pattern.match(folded, place)
            if match:
                matches.append((code, match.end()))
        return matches

    def longest(self, folded: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Start, end and codes of the longest match at each place, in order, none overlapping."""
        done = 0
        for start in _START.finditer(folded):
            place = start.start()
            if place < done:
                continue
            matches = self._at(folded, place)
            if matches and not attached(folded, place):
                end = max(end for _, end in matches)
                yield place, end, tuple(dict.fromkeys(code for code, e in matches if e == end))
                done = end

    def all(self, folded: str) -> Iterator[tuple[str, int, int]]:
        """Code, start and end of every match; different codes may overlap."""
        compiled = self._compiled
        for start in _START.finditer(folded):
            place = start.start()
            letters = folded[place : place + 4]
            found = compiled.get(letters)
            if found is None:
                found = self._under(letters)
            for code, pattern in found:
                match = pattern.match(folded, place)
                if match:
                    yield code, place, match.end()


def attached(folded: str, place: int) -> bool:
    """Arabic and Hebrew: whether more than articles and prepositions stands before the name in its word."""
    if not "\u0590" <= folded[place] <= "\u08ff":
        return False
    begin = place
    while begin and folded[begin - 1].isalpha():
        begin -= 1
    return place - begin > 4 or not _PREFIXES.issuperset(folded[begin:place])
