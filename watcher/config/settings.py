"""The sections of config.toml with their keys, types and defaults. docs/configuration.md explains each."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from watcher.config import STATE_DIR
from watcher.model import Network, Tier
from watcher.toml_table import nearest

TIERS = tuple(tier.name.lower() for tier in Tier)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DURATION = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_HOST_PORT = re.compile(r"(?:\[[0-9a-fA-F:.%]+\]|[^\s:/@?#\[\]]+):(\d{1,5})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CRON: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (0, 7, WEEKDAYS),
)  # fmt: skip
_CRON_PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d*))?")


def _seconds(value: object) -> object:
    """900 or "15m": seconds, minutes, hours or days."""
    if not isinstance(value, str):
        return value
    found = _DURATION.fullmatch(value.strip())
    if not found:
        raise ValueError("must be seconds, or a time such as '90s', '15m', '2h' or '1d'")
    return int(found[1]) * _UNITS[found[2]]


def _tier(value: object) -> object:
    if isinstance(value, str) and value not in TIERS:
        raise ValueError(f"unknown tier '{value}'{nearest(value, TIERS) or '; one of ' + ', '.join(TIERS)}")
    return value


def _clock(value: object) -> object:
    if isinstance(value, str) and not _CLOCK.fullmatch(value):
        raise ValueError(f"'{value}' is not a time of day; write it as '22:00'")
    return value


def host_and_port(value: str) -> str:
    """`127.0.0.1:8025`, `[::1]:8025` or `mail.home:25`; raises ValueError."""
    found = _HOST_PORT.fullmatch(value.strip())
    if not found or not 1 <= int(found[1]) <= 65535:
        raise ValueError(f"'{value}' is not a host:port; write it as '127.0.0.1:8025'")
    return value


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


def digest_time(value: str) -> str:
    """`08:00`, `mon,thu 17:30`, `mon-fri 08:00` or five cron fields; raises ValueError."""
    words = value.lower().split()
    if len(words) == 5 and all(map(_cron_field, words, _CRON)):
        return value
    days = words[0].split(",") if len(words) == 2 else []
    if len(words) in (1, 2) and _CLOCK.fullmatch(words[-1]) and all(map(_weekdays, days)):
        return value
    raise ValueError(f"'{value}' is not a digest time; write '08:00', 'mon,thu 17:30' or five cron fields")


def _weekdays(part: str) -> bool:
    return part.count("-") <= 1 and all(day in WEEKDAYS for day in part.split("-"))


def _cron_field(field: str, limits: tuple[int, int, tuple[str, ...]]) -> bool:
    low, high, names = limits
    for part in field.split(","):
        found = _CRON_PART.fullmatch(part)
        if not found:
            return False
        ends = [end for end in found.groups()[:2] if end is not None]
        if not all(end in names or (end.isdigit() and low <= int(end) <= high) for end in ends):
            return False
        if len(ends) == 2 and not names and int(ends[1]) < int(ends[0]):
            return False
    return True


Seconds = Annotated[int, BeforeValidator(_seconds)]
TierWord = Annotated[str, BeforeValidator(_tier)]
Clock = Annotated[str, BeforeValidator(_clock)]
Texts = Annotated[list[str], BeforeValidator(_one_or_many)]
DigestTimes = Annotated[list[str], BeforeValidator(_one_or_many)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class WatcherSection(Section):
    """[watcher]"""

    state_dir: str = STATE_DIR
    contact: str = ""
    timezone: str = "UTC"
    poll_every: Annotated[Seconds, Field(ge=1)] = 900
    min_poll_seconds: Annotated[int, Field(ge=0)] = 300
    log: Literal["text", "json"] = "text"
    templates: str = ""


class TopicSection(Section):
    """[topic]: `name` of a shipped topic, or `path` of a folder with one's own."""

    name: str = "ottawa"
    path: str = ""


class SourceFields(Section):
    """What [sources.override.<id>] may change."""

    kind: str | None = None
    url: str | None = None
    name: str | None = None
    language: str | None = None
    tier: TierWord | None = None
    state: str | None = None
    group: str | None = None
    tags: Texts | None = None
    enabled: bool | None = None
    every_seconds: Annotated[Seconds, Field(ge=1)] | None = None
    adversary: bool | None = None
    note: str | None = None
    options: dict[str, object] | None = None


class AddedSource(SourceFields):
    """[[sources.add]]"""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]


class SourcesSection(Section):
    """[sources]. `packs`: files of [[source]] tables; "topic" is the topic's own."""

    packs: Texts = ["topic"]
    add: list[object] = []
    remove: Texts = []
    override: dict[str, object] = {}


class QuietSection(Section):
    """quiet_hours = { from = "22:00", to = "07:00", weekdays = ["sat", "sun"] }"""

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
    weekdays: Texts = []

    @field_validator("weekdays")
    @classmethod
    def _known(cls, days: list[str]) -> list[str]:
        for day in days:
            if day not in WEEKDAYS:
                raise ValueError(f"unknown weekday '{day}'; one of {', '.join(WEEKDAYS)}")
        return days


class PolicySection(Section):
    """[policy]: who is interrupted by what, and when the rest goes out."""

    instant: Texts = [
        "recommended",
        "government_decision",
        "parliament_vote",
        "signed_by_president",
        "notified_un",
        "in_effect",
        "suspended",
        "acceded_or_ratified",
    ]
    instant_modalities: Texts = ["done", "reported"]
    min_tier: TierWord = "aggregator"
    digest: DigestTimes = ["08:00"]
    empty_digest: bool = True
    quiet_hours: QuietSection | None = None
    pass_quiet: Texts = ["notified_un", "in_effect"]
    max_per_hour: Annotated[int, Field(ge=1)] = 20
    first_run: Literal["silent", "alert"] = "silent"
    clock_days: list[Annotated[int, Field(ge=0)]] = [30, 7, 0]
    digest_grace_minutes: Annotated[int, Field(ge=1)] = 90

    @field_validator("digest")
    @classmethod
    def _times(cls, times: list[str]) -> list[str]:
        return [digest_time(one) for one in times]


class ChannelSection(BaseModel):
    """[[channels]]: what every kind has; the other keys belong to the kind."""

    model_config = ConfigDict(extra="allow", strict=True, hide_input_in_errors=True)

    kind: str
    name: Annotated[str, Field(min_length=1)] | None = None
    enabled: bool = True
    instant: Texts | None = None
    min_tier: TierWord = "aggregator"
    states: Texts = []
    languages: Texts = []
    tags: Texts = []
    digest: DigestTimes | bool | None = None
    quiet_hours: QuietSection | None = None
    max_per_hour: Annotated[int, Field(ge=1)] | None = None
    ops: bool | None = None

    @field_validator("digest")
    @classmethod
    def _times(cls, times: list[str] | bool | None) -> list[str] | bool | None:
        return [digest_time(one) for one in times] if isinstance(times, list) else times


def _default(name: str) -> float:
    return float(getattr(Network(), name))


class NetworkSection(Section):
    """[network]: limits on every request."""

    deadline_seconds: Annotated[float, Field(gt=0)] = _default("deadline_seconds")
    max_body_mib: Annotated[float, Field(gt=0, le=1024)] = _default("max_body_bytes") / 2**20
    allow_private: Texts = []
    concurrency: Annotated[int, Field(ge=1, le=500)] = int(_default("concurrency"))
    per_host: Annotated[int, Field(ge=1)] = int(_default("per_host"))
    per_host_spacing_seconds: Annotated[float, Field(ge=0)] = _default("per_host_spacing_seconds")
    articles_per_cycle: Annotated[int, Field(ge=0)] = int(_default("articles_per_cycle"))
    user_agent: str = "ottawa-watcher"

    @field_validator("allow_private")
    @classmethod
    def _places(cls, places: list[str]) -> list[str]:
        return [host_and_port(one) for one in places]


SECTIONS: dict[str, type[Section]] = {
    "watcher": WatcherSection,
    "topic": TopicSection,
    "sources": SourcesSection,
    "policy": PolicySection,
    "network": NetworkSection,
}
