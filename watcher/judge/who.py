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
_CROWDED = 4  # the title and the sentences that may say who the "several countries" are
# What a title may tell of one while several do it: how many of the next sentences are asked who the others are.
_TOGETHER = {"considering": 1, "recommended": 1, "government_decision": 1, "condemnation_or_appeal": 2}
_OF_MANY = {"meeting": 1, "stockpile_destruction": 1}  # the same, where none of them need leave
_APPEAL = "condemnation_or_appeal"
_WORLDWIDE = frozenset({"casualties_report", "meeting", _APPEAL})
_ARMING = frozenset({"use", "transfer", "production"})
_OF_ARMS = frozenset({"use", "transfer"})
_BLASTS = frozenset({"use", "casualties_report", _APPEAL})
_POWERS = 3  # states outside the treaty in one list: who never joined, told for completeness
_SIDES = 3  # sentences below an accusing title that are searched for the accused
_NEAR = 16  # letters between a name and the word of leaving that makes it the one who leaves
_OPENING = 32  # letters: a name before is of the words that open its sentence
_OF = 4  # letters between "parliament" and the state whose it is ("Riksdagen i Finland")
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
    found = tuple(
        Mention(code, start, end, signs.role(folded, start, end))
        for start, end, codes in named(folded, topic, language)
        for code in codes
    )
    return _listed_aside(folded, found) if any(m.role == ASIDE for m in found) else found


def _listed_aside(folded: str, named: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Whom a list puts aside ("like Latvia, Estonia and Poland"), it puts aside to its end; not so where the
    sentence opens with it ("Following Latvia, Estonia and Poland vote")."""
    roles = {m.start: m.role for m in named}
    aside: set[int] = set()
    for chain in _chains(folded, named):
        starts = list(dict.fromkeys(m.start for m in chain))
        last = folded[max(m.end for m in chain if m.start != starts[-1]) : starts[-1]] if starts[1:] else ""
        within = starts[0] > named[0].start or starts[0] > _OPENING
        if roles[starts[0]] == ASIDE and within and _AND.fullmatch(last):
            aside.update(starts)
    return tuple(replace(m, role=ASIDE) if m.start in aside else m for m in named)


def states_of(entry: Entry, claims: tuple[Claim, ...], topic: Topic, language: str | None) -> tuple[str, ...]:
    """The states whose act or position is reported, not every state that is mentioned; the title's first."""
    signs = signs_of(topic.lexicon, language)
    sentences = passage(entry)
    if not sentences:
        return ()
    kind = claims[0].development if claims else ""
    worldly = signs.worldly(sentences[0])
    read = tuple(_Read(s, mentions(s.folded, topic, language), worldly) for s in sentences)
    unnamed = not any(one.named for one in read) and kind not in _WORLDWIDE
    if kind not in _ARMING:
        read = (read[0], *(_without_outsiders(one, topic, signs) for one in read[1:]))
    if crowd := _crowd(read, signs):
        return crowd
    home = signs.home(entry)
    if home and not read[0].named and any(signs.answer(one.folded) for one in read):
        return home
    if kind == "casualties_report" and not read[0].named and any(signs.monitor(o.folded) for o in read):
        # A yearly report is about all the world; what it is for is to say who laid mines.
        return _codes(m for one in read[1:] if signs.user(one.folded) for m in one.named)
    for at, one in enumerate(read):
        if one.sentence.where != "title" and signs.meeting(sentences[0]) and one.sentence.index:
            break  # a meeting of all: only its first sentence may name a host
        found = _actors(one, kind, signs)
        if found:
            found = _with_the_accused(found, one, read[at + 1 :], kind, signs)
            if one.title and kind in _BLASTS and len(found) == 1:
                found = _with_the_injured(found, read, signs)
            if one.title and kind in _OF_MANY:
                return _with_those_listed(found, read[1 : 1 + _OF_MANY[kind]], signs, moving=False)
            if one.title and kind in _TOGETHER:
                return _with_those_listed(found, read[1 : 1 + _TOGETHER[kind]], signs)
            return found
        at_home = one.title and home and signs.institution(one.sentence)
        if at_home and not _names_follow(read[1:], kind, signs):
            return home
    appeal = kind == _APPEAL and any(signs.worldly(one.sentence) for one in read[:2])
    acting = {m.state for one in read for m in one.named if m.role == ACTOR}
    told = (state for claim in claims[:1] for state in claim.states)
    stated = (
        () if appeal else tuple(dict.fromkeys(s for s in told if s in acting or s not in signs.adversaries))
    )
    # "MPs ask the government about the Baltic exits": nobody is named who acts, but somebody does.
    silent = signs.meeting(sentences[0]) or signs.institution(sentences[0])
    aside = () if silent else _aside(read[0].named, signs)
    if found := stated or aside or signs.domestic(sentences, home, unnamed=unnamed):
        return found
    if appeal and (leavers := _leavers_listed(read[1:], signs)):
        return leavers
    return (
        () if kind in _WORLDWIDE else next(filter(None, (_aside(one.named, signs) for one in read[1:])), ())
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence and the states that it names. `worldly`: its title speaks of the UN, a campaign, a meeting."""

    sentence: Sentence
    named: tuple[Mention, ...]
    worldly: bool

    @property
    def title(self) -> bool:
        return self.sentence.where == "title"

    @property
    def folded(self) -> str:
        return self.sentence.folded


def _crowd(read: tuple[_Read, ...], signs: Signs) -> tuple[str, ...]:
    """ "Several countries leave": those that the title and the next sentences name, whatever their part."""
    title = read[0]
    spans = [(m.start, m.end) for m in title.named]
    unnamed = any(
        not any(a < end and start < b for a, b in spans) for start, end in signs.crowds_in(title.folded)
    )
    if not (title.title and unnamed and (signs.leaving(title.folded) or signs.protest(title.folded))):
        return ()
    rows = [read[1:_CROWDED], tuple(one for one in read[1:_CROWDED] if signs.leaving(one.folded))]
    told, leaving = ([m for one in row for m in one.named if m.role != PLACE] for row in rows)
    below = leaving if len(_codes(leaving)) >= _SIDES else told
    members = _codes((*(m for m in title.named if m.role != PLACE), *below))
    return tuple(code for code in members if code not in signs.adversaries)


def _aside(named: tuple[Mention, ...], signs: Signs) -> tuple[str, ...]:
    return tuple(code for code in _codes(named) if code not in signs.adversaries)


def _names_follow(read: Iterable[_Read], kind: str, signs: Signs) -> bool:
    return any(not signs.adversaries.issuperset(_actors(one, kind, signs)) for one in read)


def _with_the_accused(
    found: tuple[str, ...], one: _Read, below: tuple[_Read, ...], kind: str, signs: Signs
) -> tuple[str, ...]:
    """A title that accuses or denies and names one side: the other stands in the sentences below."""
    hurt = one.title and kind in _BLASTS - {_APPEAL}
    if len(found) > 1 or not (hurt or signs.accusation(one.folded)):
        return found
    for other in below[:_SIDES]:
        if signs.breach(other.folded) or (signs.accusation(other.folded) and not hurt):
            both = (*found, *_actors(other, kind, signs))
            if len(set(both)) > 1:
                return tuple(dict.fromkeys(both))
    return found


def _with_the_injured(found: tuple[str, ...], read: tuple[_Read, ...], signs: Signs) -> tuple[str, ...]:
    """A title may name only who is blamed, and in their own language those who blame need no name."""
    blamed = any(signs.breach(one.folded) for one in read[:_SIDES])
    alone = {m.state for one in read for m in one.named} == set(found)
    at_home = any(signs.institution(one.sentence) for one in read[:_SIDES])
    if blamed and alone and at_home and len(signs.homeland) == 1 and found != signs.homeland:
        return (*found, *signs.homeland)
    return found


def _leavers_listed(below: tuple[_Read, ...], signs: Signs) -> tuple[str, ...]:
    """An appeal of the world against leaving is about those whom its text lists as they leave."""
    for one in below:
        for group in _chains(one.folded, one.named) if signs.leaving(one.folded) else ():
            if len(codes := _aside(group, signs)) >= _SIDES:
                return codes
    return ()


def _without_outsiders(one: _Read, topic: Topic, signs: Signs) -> _Read:
    """ "The USA, Russia and China have not joined": a list of states outside is told for completeness."""
    aside: set[int] = set()
    for chain in () if signs.user(one.folded) else _chains(one.folded, one.named):
        states = {m.state for m in chain}
        outside = all(s in topic.states and topic.states[s].legal_status == "NON_PARTY" for s in states)
        if outside and len(states) + len(states & signs.adversaries) >= _POWERS and len(states) > 1:
            aside.update(m.start for m in chain)
    return replace(one, named=tuple(m for m in one.named if m.start not in aside)) if aside else one


def _with_those_listed(
    found: tuple[str, ...], below: tuple[_Read, ...], signs: Signs, *, moving: bool = True
) -> tuple[str, ...]:
    """A title may name some of those who plan together, or whom an appeal addresses: the next sentences list
    them with the others ("Latvia, Estonia and Poland")."""
    for one in below:
        if moving and len(found) == 1 and not signs.leaving(one.folded):
            continue  # one state is not said to leave with the others
        for group in _lists(one.folded, one.named):
            listed = _codes(group)
            more = set(found) < set(listed) - signs.adversaries and len({m.start for m in group}) > 1
            if more and (group[0].role == ACTOR or not moving):
                return (*found, *(code for code in listed if code not in found))
    return found


def _actors(one: _Read, kind: str, signs: Signs) -> tuple[str, ...]:
    folded = one.folded
    named = one.named
    world = kind == _APPEAL and (one.worldly or signs.worldly(one.sentence))
    if world:
        chains = _chains(folded, named)
        instances = {m.start for g in chains if signs.example(folded, g[0].start) for m in g}
        named = tuple(m for m in named if m.start not in instances)
    if one.title and kind in _OF_ARMS:
        named = _without_dateline(folded, named)
    leaving = signs.leaving(folded) if len({m.state for m in named}) > 1 else ()
    lists = [_in_one(folded, group, leaving) for group in _lists(folded, named)]
    named = _without_borrowed(folded, tuple(mention for group in lists for mention in group), signs)
    allied = {m.state for group in lists if len({m.state for m in group} - signs.adversaries) for m in group}
    if signs.protest(folded):
        # Whom arms are given to is no side of the protest against it.
        of_states = kind != "transfer" and (signs.leaving(folded) or signs.accusation(folded))
        out = (ASIDE,) if of_states else (ASIDE, PLACE)
        sides = _codes(m for m in named if m.role not in out or signs.opposed(folded, m.start, m.end))
        return sides or _codes(named)
    acting = [m for m in named if m.role == ACTOR]
    # The states that everybody arms against are actors only where they are alone in acting.
    others = [m for m in acting if m.state not in signs.adversaries or m.state in allied]
    if others:
        return _codes(others)
    if acting:
        return _codes(acting)
    # Where the Red Cross or the UN speaks is nobody's appeal.
    return () if world else _codes(m for m in named if m.role == PLACE)


def _without_dateline(folded: str, named: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """ "Ukraine: Russia lays mines": the name before the colon says where, when another acts behind it."""
    first = [m for m in named if m.start == 0 and folded[m.end : m.end + 1] == ":"]
    behind = {m.state for m in named if m.role == ACTOR} - {m.state for m in first}
    return tuple(m for m in named if m not in first) if behind else named


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


def _chains(folded: str, named: tuple[Mention, ...]) -> Iterator[tuple[Mention, ...]]:
    """Lists, whatever part their first name plays."""
    return _lists(folded, tuple(replace(m, role=ACTOR) if m.role == ASIDE else m for m in named))


def _listed(folded: str, group: list[Mention], mention: Mention) -> bool:
    if mention.start < group[-1].end:
        return True  # another member of the same group name
    gap = folded[group[-1].end : mention.start]
    # "Following Latvia, Estonia votes": what stands aside ends with its comma.
    return bool(_AND.fullmatch(gap) or (group[0].role != ASIDE and _COMMA.fullmatch(gap)))


def _in_one(
    folded: str, group: tuple[Mention, ...], leaving: Iterable[tuple[int, int]]
) -> tuple[Mention, ...]:
    """A list plays the part of its first name, unless a word of leaving stands next to it: those leave."""
    role = group[0].role
    start, end = group[0].start, max(m.end for m in group)
    if role == PLACE and any(
        0 <= start - e <= _NEAR or (0 <= s - end <= _NEAR and "," not in folded[end:s]) for s, e in leaving
    ):
        role = ACTOR
    return tuple(replace(mention, role=role) for mention in group)


def _without_borrowed(folded: str, named: tuple[Mention, ...], signs: Signs) -> tuple[Mention, ...]:
    """Polish calls the Seimas "Sejm Litwy": a parliament's word yields to a state that is named itself."""
    lent = [m for m in named if signs.borrowed.match(folded, m.start)]
    own = tuple(m for m in named if m not in lent)
    told = any(m.role == ACTOR or any(0 <= m.start - of.end <= _OF for of in lent) for m in own)
    return own if told else named


def _codes(named: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.state for mention in named))
