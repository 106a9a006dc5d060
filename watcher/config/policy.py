"""[policy] and quiet hours, from their sections to the nouns. Pure."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from watcher.config.settings import WEEKDAYS, PolicySection, QuietSection
from watcher.model import Policy, QuietHours, Tier


def policy(section: PolicySection, zone: ZoneInfo) -> Policy:
    return Policy(
        zone=zone,
        instant=tuple(section.instant),
        instant_modalities=tuple(section.instant_modalities),
        min_tier=Tier[section.min_tier.upper()],
        digest=tuple(section.digest),
        empty_digest=section.empty_digest,
        quiet=quiet_hours(section.quiet_hours, zone),
        pass_quiet=tuple(section.pass_quiet),
        max_per_hour=section.max_per_hour,
        first_run=section.first_run,
        clock_days=tuple(section.clock_days),
        digest_grace_minutes=section.digest_grace_minutes,
    )


def quiet_hours(section: QuietSection | None, zone: ZoneInfo) -> QuietHours | None:
    if section is None:
        return None
    weekdays = tuple(WEEKDAYS.index(day) for day in section.weekdays)
    return QuietHours(_time(section.start), _time(section.end), zone, weekdays)


def _time(clock: str) -> time:
    hour, minute = clock.split(":")
    return time(int(hour), int(minute))
