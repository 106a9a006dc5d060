"""Sentences cut into clauses, each with its cues, its states and how it stands in time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from watcher.judge.cues import Hit, Hits, find, plain
from watcher.judge.dates import Dated, dates_in
from watcher.judge.fold import Sentence, passage
from watcher.judge.negation import negated
from watcher.judge.signs import ASIDE
from watcher.judge.who import Mention, mentions
from watcher.model import Entry
from watcher.topic import Topic

MOST_SENTENCES = 30
_JOINT = re.compile(r"[,;:،؛،、；，：…|()\[\]]|\s-\s|\.\.+|(?<!\d)\. |[!?؟。！？]")
# A word that opens a subordinate clause. In verb-final languages it closes one, and is left alone.
_OPENERS = ("after", "unless")
_DURATIONS = ("notify_next", "effect_next")
_VERB_FINAL = frozenset({"tr", "az", "ja", "ko", "hu", "fi", "ka", "hy", "fa"})
_TITLE, _BODY = 3.0, (2.0, 1.5, 1.2, 0.9, 0.8, 0.7)
_DEEP = 0.5
# What a sentence further down must speak of to be read for its states, dates and steps.
_TELLING = frozenset(
    {"leave", "join", "suspend", "ours", "un", "notify", "effect", "ban", "recommend", "casualties", "use"}
    | {"production", "destroy", "clear", "monitor", "ngo", "parliament", "head", "sign", "stay"}
)


@dataclass(slots=True)
class Clause:
    """A stretch of one sentence. `opener` is the joint word it begins with; `states` are named in it
    but not in passing (a threat, an earlier example), `outright` without the help of a parliament's name, which languages lend to other states' parliaments."""

    start: int
    end: int
    hits: Hits
    states: tuple[str, ...] = ()
    outright: tuple[str, ...] = ()
    opener: str = ""
    dates: tuple[Dated, ...] = ()

    def __contains__(self, concept: str) -> bool:
        return concept in self.hits

    def any(self, *concepts: str) -> bool:
        return any(concept in self.hits for concept in concepts)

    def all(self, *concepts: str) -> bool:
        return all(concept in self.hits for concept in concepts)

    def first(self, concept: str) -> Hit | None:
        found = self.hits.get(concept)
        return found[0] if found else None


@dataclass(slots=True)
class Spoken:
    """A sentence as the judge reads it: its clauses, and all that stands in it. `states`: all that it names,
    `acting`: without those in passing, `outright`: nor those known only by a parliament's name."""

    sentence: Sentence
    weight: float
    plain: str
    hits: Hits
    clauses: tuple[Clause, ...]
    states: tuple[str, ...]
    acting: tuple[str, ...] = ()
    outright: tuple[str, ...] = ()
    dates: tuple[Dated, ...] = ()
    years: tuple[int, ...] = field(default=())

    @property
    def title(self) -> bool:
        return self.sentence.where == "title"

    def __contains__(self, concept: str) -> bool:
        return concept in self.hits


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def read(entry: Entry, topic: Topic, language: str | None, published: date | None) -> tuple[Spoken, ...]:
    """Title and body in their order; the further down, the less a sentence weighs."""
    spoken: list[Spoken] = []
    body = 0
    for sentence in passage(entry)[:MOST_SENTENCES]:
        if sentence.where == "title":
            weight = _TITLE
        else:
            weight = _BODY[body] if body < len(_BODY) else _DEEP
            body += 1
        spoken.append(_spoken(sentence, weight, topic, language, published))
    return tuple(spoken)


def _spoken(
    sentence: Sentence, weight: float, topic: Topic, language: str | None, published: date | None
) -> Spoken:
    text = plain(sentence.folded)
    hits = negated(_untangled(find(text, topic.lifecycle, language)), sentence.folded, language)
    if weight < _BODY[1] and _TELLING.isdisjoint(hits):
        return Spoken(sentence, weight, text, hits, (), ())
    named = _beside(mentions(sentence.folded, topic, language), hits.get("vote", ()))
    acting = [m for m in named if m.role != ASIDE]
    outright = _beside(acting, hits.get("parliament", ()))
    dates = dates_in(sentence.folded, language, published)
    clauses = tuple(
        Clause(
            start,
            end,
            _within(hits, start, end),
            _states(acting, start, end),
            _states(outright, start, end),
            opener,
            tuple(d for d in dates if start <= d.start < end),
        )
        for start, end, opener in _cut(sentence.folded, hits, language)
    )
    years = tuple(int(y) for y in _YEAR.findall(sentence.folded))
    every = (_states(named), _states(acting), _states(outright))
    return Spoken(sentence, weight, text, hits, clauses, *every, dates, years)


def _untangled(hits: Hits) -> Hits:
    """A word of leaving inside a verb of joining is part of it: `tritt der Konvention bei`."""
    joins, leaves = hits.get("join"), hits.get("leave")
    if not joins or not leaves:
        return hits
    left = [(a, b) for a, b in leaves if not any(start <= a and b <= end for start, end in joins)]
    rest = {concept: places for concept, places in hits.items() if concept != "leave"}
    return {**rest, "leave": left} if left else rest


def _beside(named: Iterable[Mention], hits: Iterable[Hit]) -> list[Mention]:
    """Mentions that are no part of a cue: `kabul etti` (adopted) is not Afghanistan's capital."""
    spans = tuple(hits)
    return [m for m in named if not any(start <= m.start < end for start, end in spans)]


def _states(named: Iterable[Mention], start: int = 0, end: int = 1 << 30) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.state for m in named if start <= m.start < end))


def _within(hits: Hits, start: int, end: int) -> Hits:
    found = {concept: [hit for hit in places if start <= hit[0] < end] for concept, places in hits.items()}
    return {concept: places for concept, places in found.items() if places}


def _cut(folded: str, hits: Hits, language: str | None) -> Iterator[tuple[int, int, str]]:
    """Start, end and opener of each clause."""
    cuts: dict[int, str] = {0: ""}
    for joint in _JOINT.finditer(folded):
        between_digits = (
            folded[joint.start() - 1 : joint.start()].isdigit()
            and folded[joint.end() : joint.end() + 1].isdigit()
        )
        if not between_digits:
            cuts.setdefault(joint.end(), "")
    if language not in _VERB_FINAL:
        spans = {end for cue in _DURATIONS for _, end in hits.get(cue, ())}
        for opener in _OPENERS:
            for start, _ in hits.get(opener, ()):
                if start - 1 in spans or start in spans:
                    continue  # "six months after the notice" is a measure of time
                near = next((c for c in range(start, max(-1, start - 3), -1) if c in cuts), start)
                cuts[near] = opener
    places = sorted(cuts)
    for place, end in zip(places, [*places[1:], len(folded)], strict=True):
        if folded[place:end].strip():
            yield place, end, cuts[place]
