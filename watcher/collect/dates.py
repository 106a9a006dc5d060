"""Dates as feeds, pages and tables write them → aware UTC datetimes. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=2)

# Hours east of Greenwich of the names that email.utils does not know (RFC 5322 §4.3 has only ten).
_ZONES = {
    "WET": 0, "WEST": 1, "BST": 1, "IRST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "MEZ": 1, "MESZ": 2,
    "SAST": 2, "CAT": 2, "EET": 2, "EEST": 3, "MSK": 3, "MSD": 4, "TRT": 3, "EAT": 3, "FET": 3, "GET": 4,
    "AMT": 4, "AZT": 4, "PKT": 5, "IST": 5.5, "NPT": 5.75, "BDT": 6, "MMT": 6.5, "ICT": 7, "WIB": 7,
    "SGT": 8, "HKT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3, "CLT": -4, "COT": -5, "AKST": -9, "AKDT": -8, "HST": -10,
    "ZULU": 0, "Z": 0,
}  # fmt: skip
_ZONE = re.compile(r"(?<![A-Za-z])([A-Z]{1,5})$")
_COMMENT = re.compile(r"\s*\([^()]*\)\s*$")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$")
_ISO_LOOSE = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:[.,]\d+)?"
    r"\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
)
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?)?")


_USUAL = re.compile(
    r"(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) ([12]\d{3}) (\d\d):(\d\d)(?::(\d\d))? (GMT|UTC?|[+-]\d{4})$"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)}
_NAMED = re.compile(r"(?:\w+,?\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_NAMED_FIRST = re.compile(
    r"(?:[A-Za-z]+day,?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b"
)


def when(text: str | None) -> datetime | None:
    """The moment that `text` names, UTC; None when it names none. Zoneless times count as UTC."""
    text = (text or "").strip()
    if not 6 <= len(text) <= 80:
        return None
    for read in (_iso, _mail) if text[:4].isdigit() else (_mail, _iso):
        found = read(text)
        if found is not None:
            return found
    return _loose(text)


def plausible(moment: datetime | None, now: datetime) -> datetime | None:
    """`moment`, or None for what no news can bear: before 1990, or over two days ahead of `now`."""
    if moment is None or not EARLIEST <= moment <= now + AHEAD:
        return None
    return moment


def _utc(moment: datetime) -> datetime | None:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _mail(text: str) -> datetime | None:
    """RFC 822 and its many cousins; named zones that it leaves out are looked up."""
    if usual := _USUAL.match(text):  # three times as fast as email.utils, which agrees
        day, name, *clock, zone = usual.groups()
        year, hour, minute, second = (int(part or 0) for part in clock)
        month = _NUMBERS.get(name.lower())
        if month:
            try:
                moment = datetime(year, month, int(day), hour, minute, second, tzinfo=UTC)
            except ValueError:
                return None
            return moment if zone[0] in "GU" or zone == "+0000" else moment - _offset(zone)
    text = _COMMENT.sub("", text)
    offset = 0.0
    zone = _ZONE.search(text)
    if zone and zone[1] in _ZONES:
        offset = _ZONES[zone[1]]
        text = text[: zone.start()] + "GMT"
    try:
        moment = parsedate_to_datetime(text)
        if moment.year < 1000:  # a two-digit year of old RFC 822 that was read as it stands
            return None
        return _utc(moment - timedelta(hours=offset))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return _utc(datetime.fromisoformat(text))
    except ValueError:
        return None


def _loose(text: str) -> datetime | None:
    """Dates with slashes, dots, one-digit months: year first or day first, never month first."""
    if match := _COMPACT.match(text):
        return _made(*match.groups())
    if match := _ISO_LOOSE.match(text):
        year, month, day, hour, minute, second, zone = match.groups()
        moment = _made(year, month, day, hour, minute, second)
        return moment - _offset(zone) if moment else None
    if match := _DAY_FIRST.match(text):
        day, month, year, hour, minute, second = match.groups()
        return _made(year, month, day, hour, minute, second)
    return _named(text)


def _named(text: str) -> datetime | None:
    """`4 June 2025` and `June 4, 2025`."""
    if match := _NAMED.match(text):
        day, name, year = match.groups()
    elif match := _NAMED_FIRST.match(text):
        name, day, year = match.groups()
    else:
        return None
    month = _NUMBERS.get(name[:3].lower())
    return _made(year, str(month), day, None, None, None) if month else None


def _made(*parts: str | None) -> datetime | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _offset(zone: str | None) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return span if zone[0] == "+" else -span
