"""What goes out, to whom and when: alerts, deliveries, channels, policy; and the whole configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher.model.incoming import Source
from watcher.model.judged import Development
from watcher.model.words import AlertId, AlertKind, DeliveryId, DeliveryState, ItemId, Tier, Urgency


@dataclass(frozen=True, slots=True)
class Digested:
    """What a digest showed besides its developments when it was composed: who gets it later, or again,
    gets the same. `upto_item`: the newest item that it could have shown."""

    at: datetime
    upto_item: int = 0
    reports: tuple[ItemId, ...] = ()
    health: tuple[str, ...] = ()
    at_once: tuple[str, ...] = ()  # headlines of what had been sent at once since the digest before


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
    digested: Digested | None = None  # of a digest hour, once it was composed


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
    first_try: datetime | None = None
    not_before: datetime | None = None  # the server's own word (Retry-After): it holds for its whole channel
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
