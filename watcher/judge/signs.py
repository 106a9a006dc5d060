"""The words around a name that tell what part a state plays: the `who.*` concepts of the lexicon. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from watcher.judge.fold import Sentence, fold_pattern
from watcher.judge.match import UNSPACED, Patterns
from watcher.model import Entry
from watcher.topic import Lexicon

ACTOR, PLACE, ASIDE = "actor", "place", "aside"
_BEFORE = 48  # letters before a name that are read for its part
_NEVER = re.compile(r"(?!)")
_NO_SPACES = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """The `who.*` concepts of one language, compiled."""

    aside: re.Pattern[str]
    aside_after: re.Pattern[str]
    place: re.Pattern[str]
    place_after: re.Pattern[str]
    place_ending: re.Pattern[str]
    bordering: re.Pattern[str]
    against: re.Pattern[str]
    instance: re.Pattern[str]
    protests: Patterns
    accusations: Patterns
    breaches: Patterns
    answers: Patterns
    monitors: Patterns
    users: Patterns
    leavings: Patterns
    meetings: Patterns
    organs: Patterns
    worlds: Patterns
    crowds: Patterns
    borrowed: re.Pattern[str]
    homeland: tuple[str, ...]
    spoken_in: frozenset[str]
    adversaries: frozenset[str]

    def role(self, folded: str, start: int, end: int) -> str:
        before = folded[max(0, start - _BEFORE) : start]
        if self.aside.search(before) or self.aside_after.match(folded, end):
            return ASIDE
        place = self.place.search(before) or self.place_after.match(folded, end)
        return PLACE if place or self.place_ending.search(folded[start:end]) else ACTOR

    def protest(self, folded: str) -> bool:
        return any(True for _ in self.protests.all(folded))

    def opposed(self, folded: str, start: int, end: int) -> bool:
        """A name in the background of a protest that is a side of it: across the border, or protested against."""
        across = self.bordering.match(folded, end)
        return bool(across or self.against.search(folded[max(0, start - _BEFORE) : start]))

    def accusation(self, folded: str) -> bool:
        return any(True for _ in self.accusations.all(folded))

    def breach(self, folded: str) -> bool:
        return any(True for _ in self.breaches.all(folded))

    def answer(self, folded: str) -> bool:
        return any(True for _ in self.answers.all(folded))

    def monitor(self, folded: str) -> bool:
        return any(True for _ in self.monitors.all(folded))

    def user(self, folded: str) -> bool:
        return any(True for _ in self.users.all(folded))

    def meeting(self, title: Sentence) -> bool:
        return title.where == "title" and any(True for _ in self.meetings.all(title.folded))

    def leaving(self, folded: str) -> tuple[tuple[int, int], ...]:
        return tuple((start, end) for _, start, end in self.leavings.all(folded))

    def home(self, entry: Entry) -> tuple[str, ...]:
        """Whose institutions an outlet means that does not say: the state of its address, where the language is
        spoken, else the state whose own the language is."""
        state = _state(urlsplit(entry.outlet_url or entry.url).hostname)
        return (state,) if state in self.spoken_in else self.homeland

    def domestic(
        self, sentences: Iterable[Sentence], home: tuple[str, ...], *, unnamed: bool
    ) -> tuple[str, ...]:
        """Nobody is named who acts: an institution is at home; so is a deed, or what names no state at all,
        unless a campaign, a meeting or the world is spoken of."""
        read = tuple(sentences)
        if not home or any(self.institution(sentence) for sentence in read):
            return home
        deed = unnamed or any(self.leaving(sentence.folded) for sentence in read)
        return self.homeland if deed and not any(self.worldly(sentence) for sentence in read) else ()

    def crowds_in(self, folded: str) -> tuple[tuple[int, int], ...]:
        return tuple((start, end) for _, start, end in self.crowds.all(folded))

    def example(self, folded: str, start: int) -> bool:
        return self.instance.search(folded[max(0, start - _BEFORE) : start]) is not None

    def worldly(self, sentence: Sentence) -> bool:
        return any(True for _ in self.worlds.all(sentence.folded))

    def institution(self, sentence: Sentence) -> bool:
        return any(True for _ in self.organs.all(sentence.folded))


@lru_cache(maxsize=128)
def signs_of(lexicon: Lexicon, language: str | None) -> Signs:
    spoken = language or "en"
    words = _Words(lexicon, spoken)
    article = r"(?:\s*(?:the|a|an|l.|la|le|les|el|los|die|der|den|dem|das|o|os|de|del|della|dell.|gli|lo|gl.|dei|degli|delle|d.|du|des|al|het|η|την?|της|του|to))?"
    return Signs(
        aside=_before(words.of("who.aside"), article),
        aside_after=_after(words.of("who.aside_after")),
        place=_before(words.of("who.place"), article),
        place_after=_after(words.of("who.place_after")),
        place_ending=_after(words.of("who.place_ending")),
        bordering=_after(words.of("who.bordering")),
        against=_before(words.of("who.against"), article),
        instance=_before(words.of("who.example"), article),
        protests=words.patterns("who.protest", "who.accuse"),
        accusations=words.patterns("who.accuse"),
        breaches=words.patterns("who.breach"),
        answers=words.patterns("who.answer"),
        monitors=words.patterns("monitor"),
        users=words.patterns("who.user"),
        leavings=words.patterns("leave", "suspend"),
        meetings=words.patterns("event"),
        organs=words.patterns("who.organ"),
        worlds=words.patterns("event", "monitor", "org", "who.world"),
        crowds=words.patterns("who.crowd"),
        borrowed=_after(words.of("who.borrowed")),
        homeland=tuple(lexicon.patterns.get("who.homeland", {}).get(spoken, ())),
        spoken_in=frozenset(
            (
                *lexicon.patterns.get("who.homeland", {}).get(spoken, ()),
                *lexicon.patterns.get("who.spoken_in", {}).get(spoken, ()),
            )
        ),
        adversaries=frozenset(lexicon.patterns.get("who.adversary", {}).get("*", ())),
    )


def _state(host: str | None) -> str:
    """The state of a country domain: "yle.fi" is FI."""
    domain = (host or "").rpartition(".")[2].upper()
    return "GB" if domain == "UK" else domain


@dataclass(frozen=True, slots=True)
class _Words:
    lexicon: Lexicon
    language: str

    def of(self, concept: str) -> tuple[str, ...]:
        spoken = self.lexicon.patterns.get(concept, {})
        return tuple(fold_pattern(p) for key in ("*", self.language) for p in spoken.get(key, ()))

    def patterns(self, *concepts: str) -> Patterns:
        return Patterns(((c, pattern) for c in concepts for pattern in self.of(c)), closed=False)


def _before(words: tuple[str, ...], article: str) -> re.Pattern[str]:
    if not words:
        return _NEVER
    joined = "|".join(words)
    if _NO_SPACES.search(joined):
        return re.compile(rf"(?:{joined})\s*$")
    return re.compile(rf"(?<!\w)(?:{joined}){article}\s*$")


def _after(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{word})" for word in words)) if words else _NEVER
