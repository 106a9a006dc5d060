"""Whether an entry is about the treaty: a score, a band, and every reason for and against. Pure.

Three steps, each dearer than the one before: letters that any relevant text must hold (`sift`), the words
of the lexicon in one pass (`classify`), and the languages' own words only where the first two left doubt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from watcher.judge.fold import Sentence, fold, fold_pattern, passage
from watcher.judge.language import language_of as detect
from watcher.judge.match import GLUED, UNSPACED, Patterns
from watcher.judge.who import state_patterns
from watcher.model import Band, Entry, Reason, Verdict
from watcher.topic import Lexicon, Topic

# Sought in every language at once: a text may be declared in the wrong one, or quote a name.
_ANYWHERE = ("treaty", "ottawa", "ottawa_loose", "mine", "monitor", "event", "org")
_NOUNS = ("treaty", "ottawa", "ottawa_loose", "mine", "monitor", "landmine", "mines", "event", "ban")
_GUARD = "guard."
_NOT_READ = ("sift", "who.")
_NAMES = frozenset({"treaty", "ottawa", "ottawa_loose", "mine", "monitor"})
_WORD = re.compile(r"\w+")
_ASCII_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_UNSPACED = re.compile(f"[{GLUED}{UNSPACED}]")
_MARKS = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]")
_WEAK = frozenset({"landmine", "mines", "event", "ban"})
_OTHER_TREATIES = ("cluster_munitions", "other_treaty", "ottawa_1988", "ottawa_other", "ccw_protocol")
_OTHER_THINGS = ("mining", "sea_mines", "mine_idiom")


def language_of(entry: Entry) -> str | None:
    """ISO 639-1 of the text, as declared when that is plausible."""
    return detect(f"{entry.title} {entry.summary} {entry.content[:400]}", entry.language)


def classify(entry: Entry, topic: Topic, language: str | None = None) -> Verdict:
    """`language` saves detecting it again. A record of an official table is what its source says it is."""
    if entry.facts:
        return Verdict(
            1.0, Band.RELEVANT, (Reason("official_record", "a record of the official table", 1.0),)
        )
    lexicon = topic.lexicon
    if not sift(entry, topic):
        return Verdict(0.0, Band.REJECTED, (Reason("no_word", "neither the treaty nor a mine is named"),))
    scopes = tuple(_read(entry, topic, language or language_of(entry)))
    return _verdict(scopes, lexicon)


def sift(entry: Entry, topic: Topic) -> bool:
    """Whether the letters of the treaty or of a mine occur at all, or the title tells of some treaty. Generous."""
    stems = _stems(topic.lexicon)
    text = f"{entry.title}\n{entry.summary}\n{entry.content}"
    words = frozenset(_words(text))
    if not stems.words.isdisjoint(words):
        return True
    heads = stems.heads.keys() & {word[:4] for word in words}
    if heads and _begun(heads, words, text, stems):
        return True
    if not text.isascii() and _UNSPACED.search(text) and any(stem in fold(text) for stem in stems.inside):
        return True
    title = fold(entry.title)
    return any(stem in title for stem in stems.title)


def _words(text: str) -> list[str]:
    """Lower-case words; folded only where letters are written in pieces or with marks between them."""
    if text.isascii():
        return text.lower().translate(_ASCII_WORDS).split()
    if unicodedata.is_normalized("NFKC", text) and not _MARKS.search(text):
        return _WORD.findall(text.casefold())
    return _WORD.findall(fold(text))


def _begun(heads: Iterable[str], words: Iterable[str], text: str, stems: Stems) -> bool:
    starts = tuple(start for head in heads for start in stems.heads[head] if start.isalnum())
    if any(word.startswith(starts) for word in words):
        return True
    phrases = [phrase for head in heads for phrase in stems.heads[head] if not phrase.isalnum()]
    if not phrases:
        return False
    folded = fold(text)
    return any(phrase in folded for phrase in phrases)


# ── what stands in the text ───────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Scope:
    """One sentence, or the whole item: concept -> the words that showed it."""

    where: str
    index: int = 0
    found: dict[str, str] = field(default_factory=dict)
    guards: dict[str, str] = field(default_factory=dict)

    def add(self, concept: str, text: str) -> None:
        if concept.startswith(_GUARD):
            self.guards.setdefault(concept.removeprefix(_GUARD), text)
        else:
            self.found.setdefault(concept, text)


def _read(entry: Entry, topic: Topic, language: str | None) -> Iterator[Scope]:
    patterns = _patterns(topic.lexicon, language)
    states = state_patterns(topic, language)
    lead = int(topic.lexicon.settings.get("lead_letters", 1500))
    most = int(topic.lexicon.settings.get("read_letters", 12000))
    read = 0
    for sentence in passage(entry):
        if sentence.where == "content":
            read += len(sentence.folded)
            if read > most:
                return
        where = "deep" if sentence.where == "content" and read > lead else sentence.where
        yield _scope(sentence, where, patterns, states)


def _scope(sentence: Sentence, where: str, patterns: Patterns, states: Patterns) -> Scope:
    scope = Scope(where, sentence.index)
    text = sentence.folded
    for concept, start, end in patterns.all(text):
        scope.add(concept, text[start:end])
    if scope.found:
        for start, end, codes in states.longest(text):
            if codes != ("CA",):  # the treaty's name is a Canadian city: Canada is no company for it
                scope.add("state", text[start:end])
    return scope


@lru_cache(maxsize=64)
def _patterns(lexicon: Lexicon, language: str | None) -> Patterns:
    return Patterns(_chosen(lexicon, language), closed=False)


def _chosen(lexicon: Lexicon, language: str | None) -> Iterator[tuple[str, str]]:
    for concept, by_language in lexicon.patterns.items():
        if concept.startswith(_NOT_READ):
            continue
        everywhere = concept in _ANYWHERE or language is None
        for spoken, patterns in by_language.items():
            if everywhere or spoken in ("*", language):
                for pattern in patterns:
                    yield concept, fold_pattern(pattern)


# ── what it weighs ────────────────────────────────────────────────────────────────────────────


def _verdict(scopes: tuple[Scope, ...], lexicon: Lexicon) -> Verdict:
    settings = lexicon.settings
    whole = _together(scopes)
    title = next((scope for scope in scopes if scope.where == "title"), Scope("title"))
    best: tuple[Reason, ...] = ()
    for scope in (*scopes, _named(whole)):
        reasons = _reasons(scope, lexicon)
        if _sum(reasons) > _sum(best):
            best = reasons
    score = max(0.0, _sum(best))
    against = _against(title, whole)
    if against:
        score = min(score, 0.6 if {"treaty", "ottawa", "ottawa_loose"} & whole.found.keys() else 0.3)
        best += (against,)
    elif not best or score < settings.get("doubt", 0.5):
        best += tuple(Reason(guard, text, 0.0, title.where) for guard, text in whole.guards.items())
    return Verdict(round(score, 3), _band(score, settings), best)


def _band(score: float, settings: Mapping[str, float]) -> Band:
    if score >= settings.get("relevant", 1.0):
        return Band.RELEVANT
    return Band.DOUBT if score >= settings.get("doubt", 0.5) else Band.REJECTED


def _sum(reasons: Iterable[Reason]) -> float:
    return sum(reason.weight for reason in reasons)


def _together(scopes: Iterable[Scope]) -> Scope:
    """Title, summary and lead as one. Only names count there: a weak word needs its company close by."""
    whole = Scope("item")
    for scope in scopes:
        if scope.where != "deep":
            for concept, text in scope.found.items():
                whole.found.setdefault(concept, text)
            for guard, text in scope.guards.items():
                whole.guards.setdefault(guard, text)
    return whole


def _named(scope: Scope) -> Scope:
    return Scope(scope.where, 0, {c: t for c, t in scope.found.items() if c not in _WEAK}, scope.guards)


def _against(title: Scope, whole: Scope) -> Reason | None:
    """A title that names another treaty or thing, and neither this treaty nor a mine."""
    if not title.guards or _NAMES & title.found.keys():
        return None
    hard = next((guard for guard in _OTHER_TREATIES if guard in title.guards), None)
    soft = next((guard for guard in _OTHER_THINGS if guard in title.guards), None)
    guard = hard or soft if "landmine" not in title.found else None
    return Reason(guard, title.guards[guard], 0.0, "title") if guard else None


def _reasons(scope: Scope, lexicon: Lexicon) -> tuple[Reason, ...]:
    """The strongest noun of the scope with its company, for and against."""
    best: tuple[Reason, ...] = ()
    for noun in _NOUNS:
        if noun in scope.found:
            reasons = tuple(_weighed(noun, scope, lexicon))
            if _sum(reasons) > _sum(best):
                best = reasons
    return best


def _weighed(noun: str, scope: Scope, lexicon: Lexicon) -> Iterator[Reason]:
    found, guards, where = scope.found, scope.guards, scope.where
    yield Reason(noun, found[noun], lexicon.settings.get(noun, 0.0), where)
    for names, weight in _company(lexicon)[noun]:
        if all(name in found for name in names):
            yield Reason(names[-1], " … ".join(found[name] for name in names), weight, where)
    for guard, text in guards.items():
        weight = lexicon.settings.get(f"{noun}-{guard}", 0.0)
        if weight:
            yield Reason(guard, text, -weight, where)


@lru_cache(maxsize=8)
def _company(lexicon: Lexicon) -> Mapping[str, tuple[tuple[tuple[str, ...], float], ...]]:
    """Noun -> what may stand beside it, and what that adds ("landmine+act&state" in the settings)."""
    pairs = [(*key.split("+"), weight) for key, weight in lexicon.settings.items() if key.count("+") == 1]
    return {
        noun: tuple((tuple(beside.split("&")), weight) for of, beside, weight in pairs if of == noun)
        for noun in _NOUNS
    }


# ── the cheap step ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stems:
    """`words` whole; `heads`: first four letters, as written and folded, of the stems and phrases they may
    begin; `inside` is sought anywhere, for scripts that write no spaces."""

    words: frozenset[str]
    heads: Mapping[str, tuple[str, ...]]
    inside: tuple[str, ...]
    title: tuple[str, ...]


@lru_cache(maxsize=8)
def _stems(lexicon: Lexicon) -> Stems:
    stems = tuple(_every(lexicon, "sift"))
    whole = tuple(_every(lexicon, "sift_word"))
    heads: dict[str, dict[str, None]] = {}
    for stem in (s for s in stems if not _UNSPACED.search(s)):
        for start in (stem.casefold(), fold(stem)):
            first = _WORD.findall(start)[0][:4]
            heads.setdefault(first, {})[start if start.isalnum() else fold(stem)] = None
    return Stems(
        words=frozenset({*(w.casefold() for w in whole), *(fold(w) for w in whole)}),
        heads={head: tuple(starts) for head, starts in heads.items()},
        inside=tuple(fold(stem) for stem in stems if _UNSPACED.search(stem)),
        title=tuple(fold(stem) for stem in _every(lexicon, "sift_title")),
    )


def _every(lexicon: Lexicon, concept: str) -> Iterator[str]:
    for patterns in lexicon.patterns.get(concept, {}).values():
        yield from patterns
