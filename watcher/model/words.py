"""Ids, words and secrets that every noun is made of."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NewType

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
