"""A message as JSON, for the webhook and file kinds: the schema of docs/alerts.md. Pure.

Keys are never renamed; new ones may come. `schema` is raised when the meaning of one changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from watcher.model import Development, Evidence, Line, Message, Told
from watcher.notify.markup import one_line, safe_url

SCHEMA = 1


def record(message: Message) -> Mapping[str, Any]:
    """All that a message says, and the ids behind it."""
    return {
        "schema": SCHEMA,
        "kind": message.kind,
        "key": message.key,
        "at": _time(message.at),
        "subject": one_line(message.subject),
        "possible_repeat": message.possible_repeat,
        "follows": message.thread or None,
        "notes": [one_line(note) for note in message.notes],
        "alerts": [_told(told) for told in message.told],
        "others": [
            {"heading": one_line(heading), "reports": [_line(line) for line in lines]}
            for heading, lines in message.others
        ],
        "health": [one_line(line) for line in message.health],
    }


def _told(told: Told) -> Mapping[str, Any]:
    alert = told.alert
    return {
        "id": alert.id,
        "key": alert.key,
        "kind": alert.kind.value,
        "urgency": alert.urgency.value,
        "at": _time(alert.at),
        "follows": alert.follows,
        "headline": one_line(told.headline),
        "badge": one_line(told.badge),
        "text": [one_line(paragraph) for paragraph in told.text],
        "new": [one_line(line) for line in told.delta],
        "since_baseline": [one_line(line) for line in told.since_baseline],
        "how_sure": one_line(told.sure),
        "next": one_line(told.clock),
        "development": _development(alert.development) if alert.development else None,
        "evidence": _evidence(told.evidence, told.evidence_source),
        "sources": [_line(line) for line in told.sources],
        "commands": list(told.commands),
    }


def _development(development: Development) -> Mapping[str, Any]:
    return {
        "id": development.id,
        "key": development.key,
        "states": list(development.states),
        "development": development.development,
        "stage": development.stage,
        "substep": development.substep,
        "modality": development.modality.value,
        "standing": development.standing.value,
        "event_date": _day(development.event_date),
        "date_precision": development.date_precision,
        "independent_sources": development.sources,
        "tier": int(development.tier),
        "figures": [
            {"key": f.key, "op": f.op, "value": f.value, "period": f.period} for f in development.figures
        ],
        "next_date": _day(development.next_date),
        "items": list(development.item_ids),
    }


def _evidence(evidence: Evidence | None, source: Line | None) -> Mapping[str, Any] | None:
    if evidence is None:
        return None
    return {
        "sentence": one_line(evidence.sentence),
        "language": evidence.language,
        "source": _line(source) if source else None,
    }


def _line(line: Line) -> Mapping[str, Any]:
    return {
        "id": line.item_id,
        "title": one_line(line.title),
        "url": safe_url(line.url) or None,
        "outlet": one_line(line.outlet),
        "language": line.language or None,
        "published": _time(line.published),
        "states": list(line.states),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
