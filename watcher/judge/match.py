"""Many patterns at once over folded text: states by name. Pure; compiled lazily, once per topic and language.

A pattern is tried only where its first letters stand, at the start of a word, or anywhere in scripts that
write no spaces. So a thousand names cost what the text has words, not what the pack has names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from watcher.topic import State, Topic

# Hebrew and Arabic glue articles and prepositions to the front of a name; Indic, Thai, Khmer, Han, kana and
# Hangul either write no spaces or glue particles to the end.
_GLUED = "\u0590-\u08ff"
_UNSPACED = "\u0900-\u0fff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_START = re.compile(rf"\b\w|[{_GLUED}{_UNSPACED}]")
_PREFIXES = frozenset("وفبلكاسالהובלמשכ")
_LOOK = re.compile(r"(?:\(\?<?[=!][^()]*\))+")
_LITERAL = re.compile(r"(?:[^\\()\[\]{}|?*+.^$]|\\[^\w\s])*")

Span = tuple[int, int, tuple[str, ...]]


def alternatives(pattern: str) -> Iterator[str]:
    """The branches of `a|b|c` at the top level of a regular expression."""
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


def literal_head(pattern: str) -> str:
    """The letters that every match of `pattern` begins with, perhaps none."""
    look = _LOOK.match(pattern)
    body = pattern[look.end() :] if look else pattern
    match = _LITERAL.match(body)
    head = match.group() if match else ""
    rest = body[len(head) :]
    if rest[:1] in ("?", "*", "{"):
        head = head[:-2] if head[-2:-1] == "\\" else head[:-1]
    return re.sub(r"\\(.)", r"\1", head)


class StateFinder:
    """The names of every state in one language, with the names that hold in all."""

    def __init__(self, states: Mapping[str, State], language: str | None) -> None:
        self._sources: dict[str, dict[str, list[str]]] = {}
        self._compiled: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {}
        for state in states.values():
            for key in dict.fromkeys(("*", language or "en")):
                for pattern in state.names.get(key, ()):
                    for branch in alternatives(pattern):
                        self._add(state.code, branch)

    def _add(self, code: str, branch: str) -> None:
        head = literal_head(branch)
        key = head[:3] if len(head) >= 3 else head[:2] if len(head) == 2 else ""
        bounded = branch if head and re.match(f"[{_UNSPACED}]", head) else rf"(?:{branch})(?!\w)"
        self._sources.setdefault(key, {}).setdefault(code, []).append(bounded)

    def _under(self, key: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
        found = self._compiled.get(key)
        if found is None:
            found = tuple(
                (code, re.compile("|".join(sorted(branches, key=len, reverse=True))))
                for code, branches in self._sources.get(key, {}).items()
            )
            self._compiled[key] = found
        return found

    def spans(self, folded: str) -> Iterator[Span]:
        """Start, end and the states of each naming, in order, the longest at each place, none overlapping."""
        done = 0
        for start in _START.finditer(folded):
            at = start.start()
            if at < done:
                continue
            end, codes = self._longest(folded, at)
            if codes and self._free(folded, at):
                yield at, end, tuple(codes)
                done = end

    def _longest(self, folded: str, at: int) -> tuple[int, list[str]]:
        best, codes = at, []
        for key in (folded[at : at + 3], folded[at : at + 2], ""):
            if key not in self._sources:
                continue
            for code, pattern in self._under(key):
                match = pattern.match(folded, at)
                if match and match.end() > best:
                    best, codes = match.end(), [code]
                elif match and match.end() == best > at and code not in codes:
                    codes.append(code)
        return best, codes

    @staticmethod
    def _free(folded: str, at: int) -> bool:
        """Arabic and Hebrew: only articles and prepositions may stand before the name in its word."""
        if not "\u0590" <= folded[at] <= "\u08ff":
            return True
        begin = at
        while begin and folded[begin - 1].isalpha():
            begin -= 1
        return at - begin <= 4 and _PREFIXES.issuperset(folded[begin:at])


@lru_cache(maxsize=64)
def state_finder(topic: Topic, language: str | None) -> StateFinder:
    return StateFinder(topic.states, language)
