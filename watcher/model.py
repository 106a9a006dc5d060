"""The nouns of the house: frozen, slotted values that rooms hand to one another.

Imports nothing of ours. Times are aware and UTC; event dates are calendar dates. States are
ISO 3166-1 alpha-2 codes, languages ISO 639-1. Tuples keep the order in which things were found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import NewType
from zoneinfo import ZoneInfo

SourceId = NewType("SourceId", str)
ItemId = NewType("ItemId", int)
StoryId = NewType("StoryId", int)
DevelopmentId = NewType("DevelopmentId", int)
AlertId = NewType("AlertId", int)
DeliveryId = NewType("DeliveryId", int)
EntryKey = NewType("EntryKey", str)
"""What identifies an article across feeds: its canonical URL, or `guid:<source>:<guid>` without one."""


class Tier(IntEnum):
    """Authority of who says it (topic pack, `treaty.md` B.5). Higher wins."""

    AGGREGATOR = 1  # aggregators, and state media of an adversary: one source at most
    MEDIA = 2
    WIRE = 3  # public broadcasters, wires, named NGOs
    OFFICIAL = 4  # parliaments, ministries, treaty bodies
    DEPOSITARY = 5  # the UN Secretary-General as depositary, official journals


class Modality(StrEnum):
    DONE = "done"
    PLANNED = "planned"
    REPORTED = "reported"
    DENIED = "denied"


class Urgency(StrEnum):
    INSTANT = "instant"
    DIGEST = "digest"


class Band(StrEnum):
    RELEVANT = "relevant"
    DOUBT = "doubt"  # kept for review, never alerted
    REJECTED = "rejected"


class Standing(StrEnum):
    """How sure a development is, over all that is known of it."""

    PLANNED = "planned"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DUE = "due"  # by the calendar alone, no source yet
    DENIED = "denied"
    RETRACTED = "retracted"


class AlertKind(StrEnum):
    NEW = "new"  # a development the ledger did not have
    UPDATE = "update"  # corroboration, or a new figure, date or position of a known one
    PROMOTION = "promotion"  # reported -> confirmed
    CONTRADICTION = "contradiction"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    CLOCK = "clock"  # raised by the legal calendar
    OPS = "ops"  # the watcher's own health
    SAMPLE = "sample"  # `channels test`
    DIGEST = "digest"  # one digest hour of one channel: the heartbeat that an empty digest rides on


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  # the one in flight: found at start, it is a possible repeat
    LATER = "later"
    SENT = "sent"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Secret:
    """A value that must never be shown. `reveal()` is for the one place that sends it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


# ── what comes in ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Source:
    """One address that is polled. `options` belong to the kind (selectors, field mapping, query)."""

    id: SourceId
    kind: str
    url: str
    name: str
    language: str | None = None
    tier: Tier = Tier.MEDIA
    state: str | None = None
    group: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = True
    every_seconds: int | None = None
    adversary: bool = False
    note: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    confidence: str = ""  # how well the address is known, as the pack says
    robots: str = ""  # what the site's robots.txt says of it, as the pack says


@dataclass(frozen=True, slots=True)
class PollState:
    """What is remembered of a source between polls. Validators are kept byte for byte."""

    source_id: SourceId
    url: str | None = None  # where it now lives, when it has moved for good
    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None
    seen: bytes = b""  # 8-byte item hashes, newest first, concatenated
    memo: bytes = b""  # what the kind itself remembers (a table's last rows)
    next_poll: datetime | None = None
    interval_seconds: int | None = None
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    error: str | None = None  # reason code: dns, timeout, http-404, not-a-feed, blocked, …
    error_text: str = ""
    moved_to: str | None = None
    moved_times: int = 0
    paused: bool = False
    retired: bool = False
    reported: str | None = None  # the trouble users were last told of, so that it is told once
    polls: int = 0
    items: int = 0
    not_before: datetime | None = None  # the server's own word (Retry-After): `--force` waits for it too
    habit_seconds: int | None = None  # its usual time between two new entries, smoothed
    earlier_urls: tuple[str, ...] = ()  # where it lived before, oldest first


@dataclass(frozen=True, slots=True)
class Request:
    """What a source kind asks for. `headers` are added to ours."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 with its whole decoded body. Header names are lower case."""

    source_id: SourceId
    url: str  # after redirects
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    moved_to: str | None = None  # where a chain of permanent redirects leads
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304. Its headers may still lengthen the interval."""

    source_id: SourceId
    headers: Mapping[str, str]
    at: datetime
    moved_to: str | None = None
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """A poll that did not give a body. `code` is stable; `text` is for people."""

    source_id: SourceId
    code: str
    text: str
    at: datetime
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    elapsed_ms: int = 0


FetchResult = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a source offers it. All text is plain text, neutralised (collect/text.py)."""

    key: EntryKey
    source_id: SourceId
    url: str
    title: str
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None  # as declared; the judge detects when it is None
    outlet: str = ""  # the publisher, never the aggregator
    outlet_url: str = ""
    author: str = ""
    guid: str = ""
    hash: int = 0  # of the raw item, for the skip ladder
    tier: Tier = Tier.MEDIA
    adversary: bool = False
    tags: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    """Structured facts of an official record (table, json kinds): state, stage, date, …"""


# ── what it means ────────────────────────────────────────────────────────────────────────────


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


# ── what goes out ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing worth telling, once. `key` is unique for ever: the same news never makes two."""

    id: AlertId
    key: str
    kind: AlertKind
    urgency: Urgency
    at: datetime
    development: Development | None = None
    follows: AlertId | None = None
    title: str = ""
    text: str = ""
    items: tuple[ItemId, ...] = ()
    acked_by: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert owed to one recipient of one channel."""

    id: DeliveryId
    alert_id: AlertId
    channel: str
    recipient: str
    state: DeliveryState
    due: datetime
    attempts: int = 0
    receipt: str = ""
    thread: str = ""  # Slack ts or Message-ID that a follow-up answers
    reason: str = ""
    possible_repeat: bool = False
    created: datetime | None = None
    last_try: datetime | None = None
    sent_at: datetime | None = None
    batch: str = ""  # key of the message it last went out in, so that a repeat is that message again


@dataclass(frozen=True, slots=True)
class Channel:
    """A place to send to. `settings` belong to the kind and may hold `Secret`s."""

    name: str
    kind: str
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)
    recipients: tuple[str, ...] = ("",)
    enabled: bool = True
    instant: tuple[str, ...] | None = None  # development kinds that interrupt; None = the policy's
    min_tier: Tier = Tier.AGGREGATOR
    states: tuple[str, ...] = ()  # empty = all
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    digest: tuple[str, ...] | None = None  # None = the policy's
    digest_enabled: bool = True
    quiet: QuietHours | None = None
    max_per_hour: int | None = None
    ops: bool | None = None
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local wall-clock hours in which delivery waits. `start` > `end` spans midnight."""

    start: time
    end: time
    zone: ZoneInfo
    weekdays: tuple[int, ...] = ()  # 0 = Monday; empty = every day


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is interrupted by what, and when the rest goes out. Local hours are in `zone`."""

    zone: ZoneInfo
    instant: tuple[str, ...]
    instant_modalities: tuple[str, ...] = ("done", "reported")
    min_tier: Tier = Tier.AGGREGATOR
    digest: tuple[str, ...] = ("08:00",)  # "08:00", "mon,thu 17:30" or five cron fields
    empty_digest: bool = True
    quiet: QuietHours | None = None
    pass_quiet: tuple[str, ...] = ("notified_un", "in_effect")
    max_per_hour: int = 20
    first_run: str = "silent"
    clock_days: tuple[int, ...] = (30, 7, 0)
    digest_grace_minutes: int = 90


@dataclass(frozen=True, slots=True)
class Network:
    """Limits on every request."""

    deadline_seconds: float = 60.0
    max_body_bytes: int = 16 * 1024 * 1024
    allow_private: tuple[str, ...] = ()
    concurrency: int = 100  # requests in flight; at 40, 300 hosts with 50 ms latency take 1.6 x a bare loop
    per_host: int = 1
    per_host_spacing_seconds: float = 1.0
    articles_per_cycle: int = 40
    user_agent: str = "ottawa-watcher"


@dataclass(frozen=True, slots=True)
class Config:
    """config.toml, the topic it names and the secrets it points to, validated."""

    file: Path
    state_dir: Path
    contact: str
    zone: ZoneInfo
    poll_every_seconds: int
    min_poll_seconds: int
    topic: str
    topic_dir: Path
    sources: tuple[Source, ...]
    channels: tuple[Channel, ...]
    policy: Policy
    network: Network
    templates_dir: Path | None = None
    log_format: str = "text"
    warnings: tuple[str, ...] = ()  # what is doubtful but stops nothing, with file and line


# ── what a cycle reads and writes ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ids:
    """The first free number of each noun. The judge numbers what it makes; one writer commits it."""

    item: int = 1
    story: int = 1
    development: int = 1
    alert: int = 1
    delivery: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """Memory, read once a cycle: only the open window, never the whole database."""

    ids: Ids
    stories: tuple[Story, ...] = ()  # open: last seen within the window
    developments: tuple[Development, ...] = ()  # every one of a state: few, and the ledger needs them
    alerts: tuple[Alert, ...] = ()  # one for each development that was told
    deliveries: tuple[Delivery, ...] = ()  # of those alerts: who was told, and in which thread
    items: Mapping[int, Item] = field(default_factory=dict)  # the members of open stories
    marks: tuple[Mark, ...] = ()
    steps: tuple[Step, ...] = ()  # written by the calendar and by marks
    first_run: bool = False
    channels_since: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a batch concluded: committed in one transaction, with the deliveries owed.

    Rows with an id that exists are updated, new ids inserted. `rejected` items are stored
    compactly. `polls` hold the validators of exactly the sources whose entries are in here.
    """

    at: datetime
    polls: tuple[PollState, ...] = ()
    items: tuple[Item, ...] = ()
    rejected: tuple[Item, ...] = ()
    sightings: tuple[tuple[EntryKey, SourceId, str], ...] = ()  # known articles seen again
    stories: tuple[Story, ...] = ()
    developments: tuple[Development, ...] = ()
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    marks: tuple[Mark, ...] = ()


# ── what is said ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a message, in facts; the channel kinds put it into their own markup."""

    title: str
    url: str = ""
    outlet: str = ""
    language: str = ""
    published: datetime | None = None
    states: tuple[str, ...] = ()
    item_id: ItemId | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An alert with everything a reader is shown of it, in words, before any markup."""

    alert: Alert
    headline: str
    delta: tuple[str, ...] = ()
    since_baseline: tuple[str, ...] = ()
    evidence: Evidence | None = None
    evidence_source: Line | None = None
    sources: tuple[Line, ...] = ()
    independent: int = 0
    tier: str = ""
    clock: str = ""
    badge: str = ""  # follow-up, correction, possible repeat, …
    possible_repeat: bool = False
    when: str = ""  # the event date in words, as precise as it is known
    sure: str = ""  # how many independent sources, and the best authority, in words
    commands: tuple[str, ...] = ()  # what to type to see more
    text: tuple[str, ...] = ()  # paragraphs of an operational alert or a sample
    tone: str = "plain"  # firm | open | alarm | wrong | plain: what a channel may colour


@dataclass(frozen=True, slots=True)
class Message:
    """What one channel is sent at once. `kind`: alert, followup, digest, catchup, ops, sample."""

    kind: str
    key: str  # deterministic: the Message-ID is made from it
    subject: str
    at: datetime
    told: tuple[Told, ...] = ()
    others: tuple[tuple[str, tuple[Line, ...]], ...] = ()  # heading -> relevant items without alert
    health: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    thread: str = ""  # the receipt of the message that this one follows
    references: tuple[str, ...] = ()
    possible_repeat: bool = False
    bodies: Mapping[str, str] = field(default_factory=dict)  # "text", "html", "slack", … as composed
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's word that it took the message; per recipient where the kind has several."""

    text: str
    thread: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)  # recipient -> why, permanently
    later: Mapping[str, str] = field(default_factory=dict)  # recipient -> why, for now
    uncertain: bool = False  # those of `later` may have it all the same
