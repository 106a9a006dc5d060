"""Whether an entry is about the treaty: a score, a band, and every reason for and against. Pure.

Three steps, each dearer than the one before: letters that any relevant text must hold (`sift`), the words
of the lexicon in one pass (`classify`), and the languages' own words only where the first two left doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from watcher.judge.fold import Sentence, fold_pattern, passage
from watcher.judge.language import language_of as detect
from watcher.judge.match import Patterns
from watcher.judge.sift import hints, sift, tells
from watcher.judge.who import named
from watcher.model import Band, Entry, Reason, Verdict
from watcher.topic import Lexicon, Topic

__all__ = ["classify", "language_of", "sift"]

# Sought in every language at once: a text may be declared in the wrong one, or quote a name.
_ANYWHERE = ("treaty", "ottawa", "ottawa_loose", "mine", "monitor", "event", "org")
_NOUNS = ("treaty", "ottawa", "ottawa_loose", "mine", "monitor", "landmine", "mines", "event", "ban")
_GUARD = "guard."
_OF_TITLE = "title."
_NOT_READ = ("sift", "who.")
_NAMES = frozenset({"treaty", "ottawa", "ottawa_loose", "mine", "monitor"})
_WEAK = frozenset({"landmine", "mines", "event", "ban"})
_OTHER_TREATIES = ("cluster_munitions", "other_treaty", "ottawa_1988", "ottawa_other", "ccw_protocol")
_OTHER_THINGS = ("mining", "sea_mines", "mine_idiom")


def language_of(entry: Entry) -> str | None:
    """ISO 639-1 of the text, as declared when that is plausible."""
    return detect(f"{entry.title} {entry.summary[:300]} {entry.content[:200]}", entry.language)


def classify(entry: Entry, topic: Topic, language: str | None = None, sifted: bool | None = None) -> Verdict:
    """`language` and `sifted` save finding them again. A record of an official table is what its source
    says it is."""
    if entry.facts:
        return Verdict(
            1.0, Band.RELEVANT, (Reason("official_record", "a record of the official table", 1.0),)
        )
    lexicon = topic.lexicon
    if not (sift(entry, topic) if sifted is None else sifted):
        return Verdict(0.0, Band.REJECTED, (Reason("no_word", "neither the treaty nor a mine is named"),))
    spoken = language or language_of(entry)
    verdict = _verdict(tuple(_read(entry, topic, spoken, everything=False)), lexicon)
    if verdict.band is not Band.DOUBT:
        return verdict
    return _verdict(tuple(_read(entry, topic, spoken, everything=True)), lexicon)


# ── what stands in the text ───────────────────────────────────────────────────────────────────


Sign = tuple[str, str]


@dataclass(slots=True)
class Scope:
    """One sentence, or the whole item: concept -> the words that showed it, and where they stood."""

    where: str
    found: dict[str, Sign] = field(default_factory=dict)
    guards: dict[str, Sign] = field(default_factory=dict)

    def add(self, concept: str, text: str) -> None:
        if concept.startswith(_GUARD):
            self.guards.setdefault(concept.removeprefix(_GUARD), (text, self.where))
        else:
            self.found.setdefault(concept, (text, self.where))


def _read(entry: Entry, topic: Topic, language: str | None, *, everything: bool) -> Iterator[Scope]:
    """The sentences that may tell, or all of them: what decides stands in few."""
    patterns = _patterns(topic.lexicon, language)
    lead = int(topic.lexicon.settings.get("lead_letters", 1500))
    most = int(topic.lexicon.settings.get("read_letters", 12000))
    telling = () if everything else hints(entry, topic.lexicon)
    read = 0
    for sentence in passage(entry):
        if sentence.where == "content":
            read += len(sentence.folded)
            if read > most:
                return
        if everything or sentence.where == "title" or _tells(sentence.text, telling, topic.lexicon):
            where = "deep" if sentence.where == "content" and read > lead else sentence.where
            yield _scope(sentence, where, patterns, topic, language)


def _tells(text: str, telling: tuple[str, ...], lexicon: Lexicon) -> bool:
    lowered = text.lower() if text.isascii() else text.casefold()
    return any(letters in lowered for letters in telling) and tells(text, lexicon)


def _scope(sentence: Sentence, where: str, patterns: Patterns, topic: Topic, language: str | None) -> Scope:
    scope = Scope(where)
    text = sentence.folded
    for concept, start, end in patterns.all(text):
        if where == "title" or not concept.startswith(_OF_TITLE):
            scope.add(concept, text[start:end])
    if scope.found:
        # The treaty's name is a Canadian city: Canada is no company for it.
        states = [name for name in named(text, topic, language) if name[2] != ("CA",)]
        for start, end, codes in states:
            scope.add("state" if codes == states[0][2] else "states", text[start:end])
            if any(topic.states[code].legal_status != "NON_PARTY" for code in codes):
                scope.add("party", text[start:end])
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
    score = max(0.0, round(_sum(best), 3))
    against = _against(title, whole)
    if against:
        score = min(score, 0.6 if {"treaty", "ottawa", "ottawa_loose"} & whole.found.keys() else 0.3)
        best += (against,)
    elif not best or score < settings.get("doubt", 0.5):
        best += tuple(Reason(guard, text, 0.0, where) for guard, (text, where) in whole.guards.items())
    return Verdict(score, _band(score, settings), best)


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
            for concept, sign in scope.found.items():
                whole.found.setdefault(concept, sign)
            for guard, sign in scope.guards.items():
                whole.guards.setdefault(guard, sign)
    return whole


def _named(scope: Scope) -> Scope:
    return Scope(scope.where, {c: s for c, s in scope.found.items() if c not in _WEAK}, scope.guards)


def _against(title: Scope, whole: Scope) -> Reason | None:
    """A title that names another treaty or thing, and neither this treaty nor a mine."""
    if not title.guards or _NAMES & title.found.keys():
        return None
    hard = next((guard for guard in _OTHER_TREATIES if guard in title.guards), None)
    soft = next((guard for guard in _OTHER_THINGS if guard in title.guards), None)
    guard = hard or soft if "landmine" not in title.found else None
    return Reason(guard, title.guards[guard][0], 0.0, "title") if guard else None


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
    found = scope.found
    text, where = found[noun]
    yield Reason(noun, text, lexicon.settings.get(noun, 0.0), where)
    for names, weight in _company(lexicon)[noun]:
        if all(name in found for name in names):
            text = " … ".join(found[name][0] for name in names)
            yield Reason(names[-1], text, weight, found[names[-1]][1])
    for guard, (text, where) in scope.guards.items():
        weight = lexicon.settings.get(f"{noun}-{guard}", 0.0)
        if weight:
            yield Reason(guard, text, -weight, where)


@lru_cache(maxsize=8)
def _company(lexicon: Lexicon) -> Mapping[str, tuple[tuple[tuple[str, ...], float], ...]]:
    """Noun -> what may stand beside it, and what that adds ("landmine+act&state" in the settings)."""
    company: dict[str, list[tuple[tuple[str, ...], float]]] = {noun: [] for noun in _NOUNS}
    for key, weight in lexicon.settings.items():
        noun, plus, beside = key.partition("+")
        if plus and noun in company:
            company[noun].append((tuple(beside.split("&")), weight))
    return {noun: tuple(several) for noun, several in company.items()}
