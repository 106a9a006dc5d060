"""The nouns of a topic pack (`watcher/topics/<name>/*.toml`), as `config.load_topic` hands them out.

A topic is data. The judge reads it and compiles what it needs, once per `Lexicon` object (they
compare by identity, so `functools.lru_cache` may key on them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from watcher.model import Claim, Figure, Source, Tier


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Patterns by concept and language: `patterns["treaty"]["pl"] = (regex, …)`.

    Patterns are Python regular expressions over *folded* text (judge/fold.py). The language "*"
    holds for every language. `settings` are thresholds and weights.
    """

    patterns: Mapping[str, Mapping[str, tuple[str, ...]]]
    settings: Mapping[str, float] = field(default_factory=dict)
    official_titles: Mapping[str, str] = field(default_factory=dict)
    queries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the lifecycle. `path`: leave, join, suspend, other. `rank` orders within a path."""

    code: str
    path: str
    rank: int
    development: str  # the `assess` word
    label: str
    legal_status: str = ""  # what it makes of the state, if anything
    weight: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Lifecycle:
    stages: Mapping[str, Stage]
    developments: tuple[str, ...]
    cues: Mapping[str, Mapping[str, tuple[str, ...]]]  # concept -> language -> patterns (folded)


@dataclass(frozen=True, slots=True)
class State:
    """`names[language]` are regular expressions over folded text: names, inflections, demonyms,
    capitals, parliaments, governments. `legal_status` is as of the topic's date."""

    code: str
    name: str
    names: Mapping[str, tuple[str, ...]]
    legal_status: str
    since: date | None = None
    conflict: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The DW article of 21 March 2025 as a record, in our own words."""

    title: str
    publisher: str
    published: date
    url: str
    language: str
    claims: tuple[Claim, ...]
    figures: tuple[Figure, ...]
    predictions: tuple[Mapping[str, str], ...]
    positions: tuple[Mapping[str, str], ...]
    topics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    non_parties: tuple[str, ...] = ()
    url_note: str = ""
    event_date: date | None = None


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One verified, dated development since the baseline (history.toml)."""

    states: tuple[str, ...]
    stage: str
    substep: str
    date: date | None
    date_text: str  # as precise as it is known: 2025-06-27, 2025-07, 2025-12-01..05
    what: str
    sources: tuple[str, ...]
    certainty: str  # sure | mostly | unsure
    note: str = ""
    figures: tuple[Figure, ...] = ()
    tier: Tier = Tier.MEDIA


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    name: str
    title: str
    lexicon: Lexicon
    lifecycle: Lifecycle
    states: Mapping[str, State]
    baseline: Baseline
    history: tuple[PastEvent, ...]
    sources: tuple[Source, ...]
    deadlines: tuple[Mapping[str, str], ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
