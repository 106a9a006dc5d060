"""The legal calendar as rows and as an iCalendar file (RFC 5545). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta


def ics(rows: Sequence[dict[str, object]], now: datetime) -> str:
    """All-day events for rows with `date` and `what`; CRLF lines folded at 75 octets."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ottawa-watcher//legal clock//EN",
        "CALSCALE:GREGORIAN",
    ]
    for row in rows:
        day = row.get("date")
        if isinstance(day, date):
            lines += _event(row, day, now)
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) + "\r\n" for line in lines)


def _event(row: dict[str, object], day: date, now: datetime) -> list[str]:
    identity = hashlib.sha256(f"{row.get('state')}|{row.get('what')}|{day}".encode()).hexdigest()[:24]
    return [
        "BEGIN:VEVENT",
        f"UID:{identity}@ottawa-watcher",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(_summary(row))}",
        f"DESCRIPTION:{_text(str(row.get('rule') or ''))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _summary(row: dict[str, object]) -> str:
    return f"{row.get('name') or row.get('state')}: {row.get('what')}"


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    parts: list[str] = []
    current = b""
    for char in line:
        piece = char.encode()
        if len(current) + len(piece) > (75 if not parts else 74):
            parts.append(current.decode())
            current = b""
        current += piece
    parts.append(current.decode())
    return "\r\n ".join(parts)
