"""What an item is about: the step and its standing, whose, when, with which figures. Pure.

Every clause gives signals (`steps`); they are added up over the item with what they weigh there. The main
development is the heaviest; of steps told as done the latest counts most, since the earlier ones lead to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from watcher.judge import who
from watcher.judge.bearing import day_of, in_the_past, share
from watcher.judge.clauses import Clause, Spoken, read
from watcher.judge.cues import Hits
from watcher.judge.dates import Dated
from watcher.judge.figures import figures_in, is_ballot, is_carried
from watcher.judge.fold import Sentence
from watcher.judge.qualify import qualified
from watcher.judge.scene import Scene, Signal
from watcher.judge.steps import signals
from watcher.model import Claim, Entry, Evidence, Figure, Modality, Verdict
from watcher.topic import Topic

MOST_CLAIMS = 8
_PASSING = 0.9
_WORLDWIDE = frozenset({"casualties_report", "meeting"})
_NEWS = timedelta(days=3)
_AT_HAND = timedelta(days=45)
_STEPS = frozenset(
    {
        "recommended",
        "government_decision",
        "parliament_vote",
        "signed_by_president",
        "notified_un",
        "in_effect",
        "suspended",
        "acceded_or_ratified",
    }
)

_FIRM = frozenset({"parliament_vote", "signed_by_president", "notified_un", "suspended", "in_effect"})
Figures = Mapping[Sentence, tuple[Figure, ...]]


@dataclass(frozen=True, slots=True)
class Extract:
    """`states` are those whose act or position is reported; `claims[0]` is the main one, if any."""

    states: tuple[str, ...]
    development: str
    modality: Modality
    claims: tuple[Claim, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """A signal where it stood, and what it weighs there. `soon`: a date of the next month stands beside it."""

    signal: Signal
    score: float
    clause: Clause
    sentence: Spoken
    soon: bool = False


def extract(entry: Entry, verdict: Verdict, topic: Topic, language: str | None) -> Extract:
    """`verdict` is taken for the seam's sake: a rejected entry is read just the same."""
    published = entry.published.date() if entry.published else None
    spoken = read(entry, topic, language, published)
    figures = {s.sentence: figures_in(s.sentence.folded, _evidence(s, language)) for s in spoken}
    told = _deed_before_prospect(tuple(_told(spoken, figures, topic, language, published)))
    claims = tuple(_claims(told, figures, topic, language, published))
    if claims:
        claims = (qualified(claims[0], [t.signal for t in told], spoken), *claims[1:])
    states = who.states_of(entry, claims, topic, language)
    if claims:
        states = _concerned(states, claims[0], spoken, topic)
        claims = (replace(claims[0], states=states), *claims[1:])
    every = tuple(dict.fromkeys(f for s in spoken for f in figures[s.sentence]))
    if not claims:
        return Extract(states, "other", Modality.DONE, (), every)
    return Extract(states, claims[0].development, claims[0].modality, claims, every)


def _concerned(
    states: tuple[str, ...], main: Claim, spoken: tuple[Spoken, ...], topic: Topic
) -> tuple[str, ...]:
    """Who is left of `states`: a report on all the world is not about those that it says are leaving, and a
    state that never joined leaves nothing."""
    if main.development in _WORLDWIDE and not any(s.title and s.acting for s in spoken):
        leaving = {
            state for s in spoken for c in s.clauses if c.any("leave", "suspend") for state in c.states
        }
        return tuple(state for state in states if state not in leaving)
    if main.stage[:1] == "W" and states and all(map(partial(_never_joined, topic), states)):
        rows = (tuple(x for x in s.acting if not _never_joined(topic, x)) for s in spoken)
        return next(filter(None, rows), states)
    return states


def _never_joined(topic: Topic, state: str) -> bool:
    return state in topic.states and topic.states[state].legal_status == "NON_PARTY"


def _evidence(spoken: Spoken, language: str | None) -> Evidence:
    return Evidence(spoken.sentence.text, spoken.sentence.where, language)


# ── what every clause says ───────────────────────────────────────────────────────────────────


def _told(
    spoken: tuple[Spoken, ...], figures: Figures, topic: Topic, language: str | None, published: date | None
) -> Iterator[_Told]:
    subjects = _subjects(spoken)
    headline: Hits = next((s.hits for s in spoken if s.title), {})
    for sentence in spoken:
        counted = figures[sentence.sentence]
        ballot, carried = is_ballot(counted), is_carried(counted)
        voters = [clause for clause in sentence.clauses if clause.any("parliament", "vote")]
        outsider = _outsider(sentence, topic)
        for clause in sentence.clauses:
            scene = Scene(
                clause,
                sentence,
                language,
                headline,
                ballot and (not voters or clause in voters),
                carried,
                outsider,
                day_of(clause, published),
                published,
                subjects,
            )
            kept = share(clause, sentence, subjects, published)
            soon = published is not None and any(
                timedelta(0) < d.day - published <= _AT_HAND
                for d in clause.dates or sentence.dates
                if not d.weekday
            )
            quoted = 0.5 if scene.outside_voice and scene.told("appeal") else 1.0
            for signal in signals(scene):
                of_state = quoted if signal.stage[1:2].isdigit() else 1.0
                yield _Told(signal, signal.weight * sentence.weight * kept * of_state, clause, sentence, soon)


def _deed_before_prospect(told: tuple[_Told, ...]) -> tuple[_Told, ...]:
    """Where a headline tells of a step taken and of one to come, the step taken is its news."""
    title = [t.signal for t in told if t.sentence.title and t.signal.development in _FIRM]
    if not any(s.modality is Modality.DONE and s.stage != "S1_ANNOUNCED" for s in title):
        return told
    return tuple(
        replace(t, signal=replace(t.signal, pending=True))
        if t.sentence.title and t.signal.development in _FIRM and t.signal.modality is Modality.PLANNED
        else t
        for t in told
    )


def _subjects(spoken: tuple[Spoken, ...]) -> frozenset[str]:
    """The states of the title, else of the first sentence that names any."""
    for sentence in spoken:
        if sentence.states:
            return frozenset(sentence.acting or sentence.states)
    return frozenset()


def _outsider(sentence: Spoken, topic: Topic) -> bool:
    return any(_never_joined(topic, state) for state in sentence.states[:1])


# ── what the item says ───────────────────────────────────────────────────────────────────────


def _claims(
    told: tuple[_Told, ...], figures: Figures, topic: Topic, language: str | None, published: date | None
) -> Iterator[Claim]:
    """The main claim, then what else is told, each kind once for each group of states."""
    groups = _grouped(told, topic)
    headline: Hits = next((t.sentence.hits for t in told if t.sentence.title), {})
    seen: set[tuple[str, tuple[str, ...]]] = set()
    main: Claim | None = None
    for group in groups[:MOST_CLAIMS]:
        claim = _claim(group, figures, headline, language, published)
        if main is not None and not _stands_alone(group, claim, main, topic, published):
            continue
        main = main or claim
        if (claim.stage, claim.states) not in seen:
            seen.add((claim.stage, claim.states))
            yield claim


def _stands_alone(
    group: list[_Told], claim: Claim, main: Claim, topic: Topic, published: date | None
) -> bool:
    """Whether what is told beside the main claim is news of its own, and not a bare word, a cause, a
    condition, an earlier step or the treaty's rule. It names its state; a step also has its own verb and time."""
    lead = _lead(group)
    if lead.signal.weight < _PASSING or not (lead.clause.states or lead.sentence.states):
        return False
    stage = topic.lifecycle.stages.get(claim.stage)
    if stage is None or stage.path == "other" or claim.development not in _STEPS:
        return True
    if lead.signal.bare or lead.clause.opener or not claim.states or not _moves_on(claim, main, topic):
        return False
    if claim.modality is Modality.PLANNED:
        return any(not d.weekday and published and d.day > published for d in lead.clause.dates)
    if in_the_past(lead.clause) or lead.clause.any("stay", "consider", "undone", "must"):
        return False
    return lead.sentence.title or _is_fresh(claim, published)


def _moves_on(claim: Claim, main: Claim, topic: Topic) -> bool:
    """Beside a step, another state's step or a later one of the same; nothing beside what is no step."""
    if main.development not in _STEPS and not (
        main.development == "production" and claim.modality is Modality.PLANNED
    ):
        return False
    if set(claim.states).isdisjoint(main.states):
        return True
    if (main.stage, claim.stage) == ("J3_APPROVED", "J4_DEPOSITED"):
        return False  # "parliament approves joining"
    own, first = topic.lifecycle.stages.get(claim.stage), topic.lifecycle.stages.get(main.stage)
    return own is not None and first is not None and (own.path != first.path or own.rank > first.rank)


def _is_fresh(claim: Claim, published: date | None) -> bool:
    if claim.event_date is None or published is None:
        return False
    return claim.date_precision == "day" and timedelta(0) <= published - claim.event_date <= _NEWS


def _grouped(told: tuple[_Told, ...], topic: Topic) -> list[list[_Told]]:
    """Signals of one development, heaviest development first; within it, heaviest signal first."""
    by_kind: dict[tuple[str, bool], list[_Told]] = {}
    for one in told:
        by_kind.setdefault((one.signal.development, one.signal.bare), []).append(one)
    return sorted(
        (sorted(group, key=lambda t: -t.score) for group in by_kind.values()),
        key=lambda group: -_weight(group, topic),
    )


def _weight(group: list[_Told], topic: Topic) -> float:
    """The heaviest signal of each sentence, together. A step to come that the title does not tell of is
    next to nothing; of steps done, a later one outweighs an earlier."""
    best: dict[int, float] = {}
    for one in group:
        score = one.score * _to_come(one)
        key = id(one.sentence)
        best[key] = max(best.get(key, 0.0), score)
    weight = sum(best.values())
    lead = group[0].signal
    stage = topic.lifecycle.stages.get(lead.stage)
    if stage and stage.path != "other" and not lead.pending and lead.modality is Modality.DONE:
        weight *= 1 + 0.06 * stage.rank
    return weight


def _to_come(one: _Told) -> float:
    """What a step that the title does not tell of weighs while it is still to come: more when it is at hand."""
    if not one.signal.pending:
        return 1.0
    return 0.85 if one.signal.development == "in_effect" and one.soon else 0.25


# A step of leaving, when the item is about joining or about a suspension
_JOINING = {
    "W1_CONSIDERING": "J1_CONSIDERING",
    "W2_RECOMMENDED": "J1_CONSIDERING",
    "W3_GOVERNMENT": "J3_APPROVED",
    "W4_PARLIAMENT": "J3_APPROVED",
    "W5_HEAD_OF_STATE": "J3_APPROVED",
    "W6_NOTIFIED": "J4_DEPOSITED",
    "W7_EFFECTIVE": "J5_IN_FORCE",
}
_SUSPENDING = {
    "W3_GOVERNMENT": "S1_ANNOUNCED",
    "W4_PARLIAMENT": "S2_LAW",
    "W5_HEAD_OF_STATE": "S2_LAW",
    "W6_NOTIFIED": "S3_NOTIFIED",
}


def _stage(lead: _Told, headline: Hits) -> str:
    """The signal's stage on the path that the headline is about, or the sentence when it does not say."""
    stage = lead.signal.stage
    if lead.signal.substep in ("committee", "first_reading"):
        return stage
    for hits in (headline, lead.sentence.hits):
        if "suspend" in hits:
            return _SUSPENDING.get(stage, stage)
        if "leave" in hits:
            return stage
        if "join" in hits:
            return _JOINING.get(stage, stage)
    return stage


_CLAIMED = frozenset(
    {
        "considering",
        "government_decision",
        "parliament_vote",
        "signed_by_president",
        "notified_un",
        "in_effect",
        "production",
        "transfer",
    }
)


def _modality(lead: _Told, figures: Figures, headline: Hits) -> Modality:
    """What the headline only claims, or denies, is not done; a count of votes confirms itself."""
    signal = lead.signal
    if (
        signal.modality is Modality.DENIED
        or signal.development not in _CLAIMED
        or is_ballot(figures[lead.sentence.sentence])
    ):
        return signal.modality
    if "denial" in headline and signal.modality is Modality.DONE:
        return Modality.DENIED
    return Modality.REPORTED if "reported" in headline else signal.modality


def _lead(group: list[_Told]) -> _Told:
    return max(group, key=lambda t: t.score * _to_come(t))


def _claim(
    group: list[_Told], figures: Figures, headline: Hits, language: str | None, published: date | None
) -> Claim:
    lead = _lead(group)
    day, precision = _event_date(group, lead, published)
    return Claim(
        states=lead.clause.states or lead.sentence.acting or lead.sentence.states,
        development=lead.signal.development,
        stage=_stage(lead, headline),
        modality=_modality(lead, figures, headline),
        substep=lead.signal.substep,
        event_date=day,
        date_precision=precision,
        evidence=_evidence(lead.sentence, language),
        figures=_figures_of(group, figures),
    )


def _figures_of(group: Iterable[_Told], figures: Figures) -> tuple[Figure, ...]:
    found: dict[str, Figure] = {}
    for one in group:
        for figure in figures[one.sentence.sentence]:
            found.setdefault(figure.key, figure)
    return tuple(found.values())


def _event_date(group: list[_Told], lead: _Told, published: date | None) -> tuple[date | None, str]:
    """The date in the clause that tells it, else in its sentence, else where the same is told again."""
    planned = lead.signal.modality is Modality.PLANNED
    places = [lead, *(t for t in group if t.signal.modality is lead.signal.modality)]
    for one in places:
        for dates in (one.clause.dates, one.sentence.dates):
            chosen = _chosen(dates, planned, published)
            if chosen:
                return chosen.day, chosen.precision
    return None, ""


def _chosen(dates: tuple[Dated, ...], planned: bool, published: date | None) -> Dated | None:
    if published is None:
        return next((d for d in dates if d.precision == "day"), None)
    if planned:
        ahead = [d.ahead(published) for d in dates]
        return next((d for d in ahead if d.day >= published), None)
    past = [d for d in dates if d.day <= published]
    return next((d for d in past if d.precision == "day"), past[0] if past else None)
