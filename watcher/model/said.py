"""What is said, in words, before any markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.model.judged import Evidence
from watcher.model.outgoing import Alert
from watcher.model.words import ItemId


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
