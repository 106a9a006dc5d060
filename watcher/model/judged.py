"""What it means: verdicts, claims, items, stories, developments, the ledger's standpoints, marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from watcher.model.incoming import Entry
from watcher.model.words import Band, DevelopmentId, ItemId, Modality, Standing, StoryId, Tier


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that spoke for or against. `where` is title, summary or content."""

    code: str
    text: str
    weight: float = 0.0
    where: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    score: float
    band: Band
    reasons: tuple[Reason, ...] = ()

    @property
    def relevant(self) -> bool:
        return self.band is Band.RELEVANT


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence a claim rests on, in the original language, and where it stood."""

    sentence: str
    where: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its meaning: votes_for, votes_against, abstained, absent, parties, casualties, …"""

    key: str
    value: int
    op: str = "="  # = ~ > <
    period: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Who did what, how far, how sure, when. `development` is the `assess` word, `stage` the
    lifecycle code (W4_PARLIAMENT) and `substep` its part (committee, first_reading, final_vote)."""

    states: tuple[str, ...]
    development: str
    stage: str
    modality: Modality
    substep: str = ""
    event_date: date | None = None
    date_precision: str = ""  # day, month, year, or "" when unknown
    evidence: Evidence | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An entry that was judged. `claims[0]` is the main one; `copy_of` names the wire original."""

    id: ItemId
    entry: Entry
    verdict: Verdict
    first_seen: datetime
    language: str | None = None
    states: tuple[str, ...] = ()
    development: str | None = None
    modality: Modality | None = None
    claims: tuple[Claim, ...] = ()
    figures: tuple[Figure, ...] = ()
    story_id: StoryId | None = None
    copy_of: ItemId | None = None
    mark: str | None = None  # relevant | irrelevant | read | star, by the analyst
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """Reports of one event. State and stage are hard constraints; `terms` is its TF centroid."""

    id: StoryId
    states: tuple[str, ...]
    stage: str
    substep: str
    development: str
    title: str
    first_seen: datetime
    last_seen: datetime
    event_date: date | None = None
    item_ids: tuple[ItemId, ...] = ()
    outlets: tuple[str, ...] = ()  # independent ones, wire copies counted once
    terms: Mapping[str, float] = field(default_factory=dict)
    merged_into: StoryId | None = None


@dataclass(frozen=True, slots=True)
class Development:
    """One act of one state, or one joint act. What alerts. `key` = states, stage, sub-step, date."""

    id: DevelopmentId
    key: str
    states: tuple[str, ...]
    development: str
    stage: str
    substep: str
    modality: Modality
    standing: Standing
    first_seen: datetime
    event_date: date | None = None
    date_precision: str = ""
    story_id: StoryId | None = None
    tier: Tier = Tier.MEDIA
    sources: int = 1  # independent ones
    item_ids: tuple[ItemId, ...] = ()
    evidence: Evidence | None = None
    figures: tuple[Figure, ...] = ()
    delta: tuple[str, ...] = ()  # what is new against the ledger, in words
    since_baseline: tuple[str, ...] = ()
    follows: DevelopmentId | None = None
    next_date: date | None = None  # on the legal clock
    next_what: str = ""
    weight: float = 0.0
    revision: int = 0
    voices: tuple[str, ...] = ()  # independent sources of the ordinary kind, as judge/standing.py names them
    hearsay: tuple[str, ...] = ()  # aggregated ones


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where one state stands in the ledger: what binds it, and what is under way."""

    state: str
    legal_status: str  # NON_PARTY SIGNATORY PARTY PARTY_LEAVING PARTY_CONTESTED FORMER_PARTY
    stage: str = ""
    substep: str = ""
    since: date | None = None
    standing: Standing = Standing.CONFIRMED
    tier: Tier = Tier.MEDIA
    evidence: Evidence | None = None
    source: str = ""
    baseline_stage: str = ""
    effect_due: date | None = None
    conflict: bool = False  # Art. 20(3): in an armed conflict
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step in a state's history, from baseline, history, a development or the calendar."""

    state: str
    stage: str
    substep: str
    date: date | None
    date_precision: str
    standing: Standing
    what: str
    source: str
    origin: str  # baseline | history | development | calendar | mark
    tier: Tier = Tier.MEDIA
    development_id: DevelopmentId | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """An analyst's word. It wins over the judge. `kind`: relevant, irrelevant, read, star, state,
    stage, date, split, merge, ack."""

    item_id: ItemId | None
    kind: str
    value: str = ""
    at: datetime | None = None
    by: str = ""
    development_id: DevelopmentId | None = None
