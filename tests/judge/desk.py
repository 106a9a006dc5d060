"""Reports as the judge gets them, memory that keeps what was concluded, and a policy: for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import watcher.topics
from watcher.judge.conclude import Conclusion, conclude, conclude_clock
from watcher.load_topic import load_topic
from watcher.model import (
    Alert,
    Band,
    Channel,
    Claim,
    Delivery,
    Development,
    Entry,
    EntryKey,
    Evidence,
    Figure,
    Ids,
    Item,
    ItemId,
    Known,
    Mark,
    Modality,
    Policy,
    SourceId,
    Story,
    Tier,
    Verdict,
)
from watcher.topic import Topic

WINDOW = timedelta(days=21)
WORDS = {
    "W0_REJECTED": "reaffirmed",
    "W1_CONSIDERING": "considering",
    "W2_RECOMMENDED": "recommended",
    "W3_GOVERNMENT": "government_decision",
    "W4_PARLIAMENT": "parliament_vote",
    "W5_HEAD_OF_STATE": "signed_by_president",
    "W6_NOTIFIED": "notified_un",
    "W7_EFFECTIVE": "in_effect",
    "W8_RETURNED": "reaffirmed",
    "J3_APPROVED": "parliament_vote",
    "J4_DEPOSITED": "acceded_or_ratified",
    "J5_IN_FORCE": "in_effect",
    "S1_ANNOUNCED": "government_decision",
    "S2_LAW": "suspended",
    "S3_NOTIFIED": "suspended",
    "S5_REJECTED": "condemnation_or_appeal",
    "N_POLICY": "government_decision",
    "N_MEETING": "meeting",
    "N_CASUALTIES": "casualties_report",
    "N_USE": "use",
    "N_PRODUCTION": "production",
    "N_REACTION": "condemnation_or_appeal",
    "N_OPINION": "commentary",
}
INSTANT = (
    "recommended",
    "government_decision",
    "parliament_vote",
    "signed_by_president",
    "notified_un",
    "in_effect",
    "suspended",
    "acceded_or_ratified",
)
POLICY = Policy(zone=ZoneInfo("UTC"), instant=INSTANT)
CHAT = Channel("chat", "console")


@lru_cache(maxsize=1)
def shipped() -> Topic:
    folder = Path(watcher.topics.__file__).parent / "ottawa"
    return load_topic(folder, ("lifecycle", "states", "baseline", "history", "deadlines"))


@lru_cache(maxsize=1)
def from_the_baseline() -> Topic:
    return replace(shipped(), history=())


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def an_item(
    number: int = 1,
    title: str = "Parliament votes to leave the landmine treaty",
    states: str = "FI",
    stage: str = "W4_PARLIAMENT",
    published: str | datetime | None = "2025-06-19",
    *,
    modality: Modality = Modality.DONE,
    on: str | None = None,
    substep: str = "",
    outlet: str = "",
    language: str = "en",
    summary: str = "",
    tier: Tier = Tier.MEDIA,
    adversary: bool = False,
    figures: Sequence[Figure] = (),
    tags: tuple[str, ...] = (),
) -> Item:
    """`on` is the day of the event when the report says it. `states` are comma-separated codes."""
    moment = at(published) if isinstance(published, str) else published
    codes = tuple(s for s in states.split(",") if s)
    outlet = outlet or f"Outlet {number}"
    entry = Entry(
        EntryKey(f"https://{number}.example/"),
        SourceId("feed"),
        f"https://{number}.example/",
        title,
        summary,
        published=moment,
        language=language,
        outlet=outlet,
        tier=tier,
        adversary=adversary,
        tags=tags,
    )
    word = WORDS[stage]
    claim = Claim(
        codes,
        word,
        stage,
        modality,
        substep,
        date.fromisoformat(on) if on else None,
        "day" if on else "",
        Evidence(title, "title", language),
        tuple(figures),
    )
    verdict = Verdict(9.0, Band.RELEVANT)
    seen = moment or at("2026-03-01")
    return Item(
        ItemId(number), entry, verdict, seen, language, codes, word, modality, (claim,), tuple(figures)
    )


def votes(for_: int, against: int | None = None) -> tuple[Figure, ...]:
    counts = (Figure("votes_for", for_),)
    return counts if against is None else (*counts, Figure("votes_against", against))


@dataclass
class Desk:
    """Memory between batches, as the store keeps it, and every alert in order."""

    topic: Topic = field(default_factory=from_the_baseline)
    policy: Policy = POLICY
    channels: tuple[Channel, ...] = (CHAT,)
    since: datetime = field(default_factory=lambda: at("2012-01-01"))
    first_run: bool = False
    items: dict[int, Item] = field(default_factory=dict)
    stories: dict[int, Story] = field(default_factory=dict)
    developments: dict[int, Development] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    ids: Ids = field(default_factory=lambda: Ids(item=1_000_000))

    def known(self, now: datetime) -> Known:
        opened = tuple(
            s for s in self.stories.values() if now - s.last_seen <= WINDOW and s.merged_into is None
        )
        members = {i for s in opened for i in s.item_ids}
        return Known(
            self.ids,
            opened,
            tuple(self.developments.values()),
            tuple(self.alerts),
            tuple(self.deliveries.values()),
            {i: self.items[i] for i in members},
            self.marks,
            first_run=self.first_run,
            channels_since={c.name: self.since for c in self.channels},
        )

    def keep(self, concluded: Conclusion) -> Conclusion:
        self.items |= {i.id: i for i in concluded.items}
        self.stories |= {s.id: s for s in concluded.stories}
        self.developments |= {d.id: d for d in concluded.developments}
        self.alerts += concluded.alerts
        self.deliveries |= {d.id: d for d in concluded.deliveries}
        self.ids = concluded.ids
        return concluded

    def hear(self, *items: Item, now: datetime | None = None) -> Conclusion:
        moment = now or max(i.entry.published or i.first_seen for i in items)
        return self.keep(conclude(items, self.known(moment), self.topic, self.policy, self.channels, moment))

    def tick(self, now: datetime) -> Conclusion:
        return self.keep(conclude_clock(self.known(now), self.topic, self.policy, self.channels, now))

    def story(self, number: int) -> Story:
        story_id = self.items[number].story_id
        assert story_id is not None
        return self.stories[story_id]


def told(alerts: Iterable[Alert]) -> list[tuple[str, str, str, str, str]]:
    """Day, kind, urgency, states and development of each alert."""
    return [
        (
            a.at.date().isoformat(),
            a.kind.value,
            a.urgency.value,
            ",".join(sorted(a.development.states)) if a.development else "",
            a.development.development if a.development else "",
        )
        for a in alerts
    ]
