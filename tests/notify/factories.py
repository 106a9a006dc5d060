"""Nouns for the tests of this room: an alert about Finland, and what surrounds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Band,
    Channel,
    Claim,
    Delivery,
    DeliveryId,
    DeliveryState,
    Development,
    DevelopmentId,
    Entry,
    EntryKey,
    Evidence,
    Figure,
    Item,
    ItemId,
    Modality,
    Policy,
    SourceId,
    Standing,
    Tier,
    Urgency,
    Verdict,
)

NOW = datetime(2025, 6, 19, 14, 5, tzinfo=UTC)
NAMES = {
    "FI": "Finland",
    "PL": "Poland",
    "EE": "Estonia",
    "LV": "Latvia",
    "LT": "Lithuania",
    "UA": "Ukraine",
    "NO": "Norway",
}
VOTE = (Figure("votes_for", 157), Figure("votes_against", 18))
SENTENCE = "Eduskunta äänesti tänään miinasopimuksesta irtautumisen puolesta äänin 157–18."


def an_entry(number: int = 1, **changes: Any) -> Entry:
    known: dict[str, Any] = {
        "key": EntryKey(f"https://news.example/{number}"),
        "source_id": SourceId("example"),
        "url": f"https://news.example/{number}",
        "title": "Eduskunta hyväksyi irtautumisen miinasopimuksesta",
        "summary": SENTENCE,
        "published": datetime(2025, 6, 19, 12, 30, tzinfo=UTC),
        "language": "fi",
        "outlet": "Esimerkkilehti",
        "tier": Tier.WIRE,
    }
    return Entry(**{**known, **changes})


def an_item(number: int = 1, **changes: Any) -> Item:
    entry = changes.pop("entry", None) or an_entry(number)
    known: dict[str, Any] = {
        "id": ItemId(number),
        "entry": entry,
        "verdict": Verdict(0.9, Band.RELEVANT),
        "first_seen": NOW,
        "language": entry.language,
        "states": ("FI",),
    }
    return Item(**{**known, **changes})


def a_development(**changes: Any) -> Development:
    known: dict[str, Any] = {
        "id": DevelopmentId(7),
        "key": "FI:W4_PARLIAMENT:final_vote:2025-06-19",
        "states": ("FI",),
        "development": "parliament_vote",
        "stage": "W4_PARLIAMENT",
        "substep": "final_vote",
        "modality": Modality.DONE,
        "standing": Standing.REPORTED,
        "first_seen": NOW,
        "event_date": date(2025, 6, 19),
        "date_precision": "day",
        "tier": Tier.WIRE,
        "sources": 3,
        "item_ids": (ItemId(1), ItemId(2)),
        "evidence": Evidence(SENTENCE, "summary", "fi"),
        "figures": VOTE,
        "delta": ("parliament: final vote, 157 to 18 (before: government decided, 28 May 2025)",),
        "since_baseline": ("In March 2025 Finland had only said that it would consider leaving.",),
        "next_date": date(2025, 7, 10),
        "next_what": "notice to the United Nations expected",
        "weight": 1.0,
    }
    return Development(**{**known, **changes})


def an_alert(number: int = 1, **changes: Any) -> Alert:
    development = changes.pop("development", None) or a_development()
    known: dict[str, Any] = {
        "id": AlertId(number),
        "key": f"{development.key}#{number}",
        "kind": AlertKind.NEW,
        "urgency": Urgency.INSTANT,
        "at": NOW,
        "development": development,
        "items": (ItemId(1),),
    }
    return Alert(**{**known, **changes})


def an_ops_alert(number: int = 90, **changes: Any) -> Alert:
    known: dict[str, Any] = {
        "id": AlertId(number),
        "key": f"ops:outbox:2025-06-19T08:00:00+00:00:{number}",
        "kind": AlertKind.OPS,
        "urgency": Urgency.INSTANT,
        "at": NOW,
        "title": "Deliveries have waited for an hour",
        "text": "3 owed, the oldest since 19 Jun 2025, 08:00 UTC.",
    }
    return Alert(**{**known, **changes})


def a_delivery(number: int = 1, **changes: Any) -> Delivery:
    known: dict[str, Any] = {
        "id": DeliveryId(number),
        "alert_id": AlertId(number),
        "channel": "desk",
        "recipient": "",
        "state": DeliveryState.PENDING,
        "due": NOW,
        "created": NOW,
    }
    return Delivery(**{**known, **changes})


def a_channel(kind: str = "console", **changes: Any) -> Channel:
    known: dict[str, Any] = {"name": "desk", "kind": kind}
    return Channel(**{**known, **changes})


def a_policy(**changes: Any) -> Policy:
    known: dict[str, Any] = {"zone": ZoneInfo("Europe/Warsaw"), "instant": ("parliament_vote", "notified_un")}
    return Policy(**{**known, **changes})


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


__all__ = [name for name in dir() if not name.startswith("_")]
_ = (Claim, replace)
