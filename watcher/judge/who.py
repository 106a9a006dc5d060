"""Which states a text names, and whose act or position it reports. Pure.

The title is read first, then the sentences of the text until one names an actor. A state in the background
of a sentence (a threat, a theatre, a neighbour, an earlier example) counts only where nobody else acts.
Without any name, the institutions of a language are those of its own state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from watcher.judge.fold import Sentence, fold_pattern, passage
from watcher.judge.match import Patterns
from watcher.judge.signs import ACTOR, ASIDE, PLACE, Signs, signs_of
from watcher.model import Claim, Entry
from watcher.topic import Topic

_NOBODY = "-"  # the code of a word that only looks like a name
_SIDES = 3  # sentences below an accusing title that are searched for the accused
_NEAR = 16  # letters between a name and the word of leaving that makes it the one who leaves
_ARTICLE = (
    r"(?:the|die|der|den|la|le|les|el|los|las|a|o|os|as|de|des|du|del|della|al|het|η|την?|της|vung|cac nuoc)"
)
_AND = re.compile(
    r"\s*,?\s*(?:and|und|et|y|e|i|и|і|та|ja|och|og|en|es|si|a|ir|un|ve|va|dan|oraz|sowie|kaj|as well as|և|եւ|და|"
    rf"و|&|/|、|・|·|と|や|和|与|與|及|및|와|과|และ|និង|और|ו)\s*{_ARTICLE}?\s*"
)
_COMMA = re.compile(rf"\s*[,、，،;-]\s*{_ARTICLE}?\s*")


@dataclass(frozen=True, slots=True)
class Mention:
    """One naming of one state; offsets are in the folded text. A group ("the Baltic states") gives one
    mention of each member with the same span. `role`: actor; place (where, for whom); aside (a threat,
    a comparison, an earlier example)."""

    state: str
    start: int
    end: int
    role: str = ACTOR


@lru_cache(maxsize=128)
def _names(topic: Topic, language: str | None) -> Patterns:
    """The names of every state in one language, with the names that hold in all and the words that only look so."""
    spoken = ("*", language or "en")
    homonyms = topic.lexicon.patterns.get("who.not_a_name", {})
    return Patterns(
        (
            *((_NOBODY, fold_pattern(pattern)) for key in spoken for pattern in homonyms.get(key, ())),
            *(
                (state.code, pattern)
                for state in topic.states.values()
                for key in spoken
                for pattern in state.names.get(key, ())
            ),
        ),
        closed=True,
    )


def named(folded: str, topic: Topic, language: str | None) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Start, end and states of every name in folded text, the longest at each place. A word of the language
    that is written like a name ("üks", "kabul", "палата") names nobody."""
    for start, end, codes in _names(topic, language).longest(folded):
        if _NOBODY not in codes:
            yield start, end, codes


def mentions(folded: str, topic: Topic, language: str | None = None) -> tuple[Mention, ...]:
    """Every state named in folded text, in the order of the text, with the part it plays."""
    signs = signs_of(topic.lexicon, language)
    return tuple(
        Mention(code, start, end, signs.role(folded, start, end))
        for start, end, codes in named(folded, topic, language)
        for code in codes
    )


def states_of(entry: Entry, claims: tuple[Claim, ...], topic: Topic, language: str | None) -> tuple[str, ...]:
    """The states whose act or position is reported, not every state that is mentioned; the title's first."""
    signs = signs_of(topic.lexicon, language)
    sentences = passage(entry)
    if not sentences:
        return ()
    home = signs.home(entry)
    for sentence in sentences:
        if sentence.where != "title" and signs.meeting(sentences[0]) and sentence.index:
            break  # a meeting of all: only its first sentence may name a host
        found = _actors(sentence, mentions(sentence.folded, topic, language), signs)
        if found:
            return _with_the_accused(found, sentence, sentences, topic, language)
        at_home = sentence.where == "title" and home and signs.institution(sentence)
        if at_home and not _names_follow(sentences[1:], topic, language, signs):
            return home
    stated = tuple(dict.fromkeys(state for claim in claims[:1] for state in claim.states))
    # "MPs ask the government about the Baltic exits": nobody is named who acts, but somebody does.
    silent = signs.meeting(sentences[0]) or signs.institution(sentences[0])
    aside = () if silent else _aside(mentions(sentences[0].folded, topic, language), signs)
    return stated or aside or signs.domestic(sentences, home)


def _aside(named: tuple[Mention, ...], signs: Signs) -> tuple[str, ...]:
    return tuple(code for code in _codes(named) if code not in signs.adversaries)


def _names_follow(sentences: Iterable[Sentence], topic: Topic, language: str | None, signs: Signs) -> bool:
    return any(
        not signs.adversaries.issuperset(_actors(s, mentions(s.folded, topic, language), signs))
        for s in sentences
    )


def _with_the_accused(
    found: tuple[str, ...],
    sentence: Sentence,
    sentences: tuple[Sentence, ...],
    topic: Topic,
    language: str | None,
) -> tuple[str, ...]:
    """A title that accuses or denies and names one side: the other stands in the sentences below."""
    signs = signs_of(topic.lexicon, language)
    if len(found) > 1 or not signs.accusation(sentence.folded):
        return found
    for other in sentences[sentences.index(sentence) + 1 :][:_SIDES]:
        if signs.accusation(other.folded):
            both = (*found, *_actors(other, mentions(other.folded, topic, language), signs))
            if len(set(both)) > 1:
                return tuple(dict.fromkeys(both))
    return found


def _actors(sentence: Sentence, named: tuple[Mention, ...], signs: Signs) -> tuple[str, ...]:
    named = _without_borrowed(sentence.folded, named, signs)
    leaving = signs.leaving(sentence.folded) if len({m.state for m in named}) > 1 else ()
    lists = [_in_one(group, leaving) for group in _lists(sentence.folded, named)]
    named = tuple(mention for group in lists for mention in group)
    allied = {m.state for group in lists if len({m.state for m in group} - signs.adversaries) for m in group}
    if signs.protest(sentence.folded):
        sides = _codes(m for m in named if m.role != ASIDE or signs.opposed(sentence.folded, m.start, m.end))
        return sides or _codes(named)
    acting = [m for m in named if m.role == ACTOR]
    # The states that everybody arms against are actors only where they are alone in acting.
    others = [m for m in acting if m.state not in signs.adversaries or m.state in allied]
    if others:
        return _codes(others)
    if acting:
        return _codes(acting)
    return _codes(m for m in named if m.role == PLACE)


def _lists(folded: str, named: tuple[Mention, ...]) -> Iterator[tuple[Mention, ...]]:
    """Mentions that are listed ("Estonia, Latvia and Poland", "the Baltic states") belong together."""
    group: list[Mention] = []
    for mention in named:
        if group and not _listed(folded, group, mention):
            yield tuple(group)
            group = []
        group.append(mention)
    if group:
        yield tuple(group)


def _listed(folded: str, group: list[Mention], mention: Mention) -> bool:
    if mention.start < group[-1].end:
        return True  # another member of the same group name
    gap = folded[group[-1].end : mention.start]
    # "Following Latvia, Estonia votes": what stands aside ends with its comma.
    return bool(_AND.fullmatch(gap) or (group[0].role != ASIDE and _COMMA.fullmatch(gap)))


def _in_one(group: tuple[Mention, ...], leaving: Iterable[tuple[int, int]]) -> tuple[Mention, ...]:
    """A list plays the part of its first name, unless a word of leaving stands next to it: those leave."""
    role = group[0].role
    start, end = group[0].start, max(m.end for m in group)
    if role == PLACE and any(0 <= start - e <= _NEAR or 0 <= s - end <= _NEAR for s, e in leaving):
        role = ACTOR
    return tuple(replace(mention, role=role) for mention in group)


def _without_borrowed(folded: str, named: tuple[Mention, ...], signs: Signs) -> tuple[Mention, ...]:
    """Polish calls the Seimas "Sejm Litwy": a parliament's word yields to a state that is named itself."""
    own = [m for m in named if not signs.borrowed.match(folded, m.start)]
    return tuple(own) if own else named


def _codes(named: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.state for mention in named))
