"""The demo tells its story: its news are judged as their headlines deserve, not as they sound."""

from __future__ import annotations

import pytest

from tests.gold.gate import POLICY, TOPIC, topic
from tests.gold.measures import STATUS_STEPS
from watcher.collect.archive import Row
from watcher.config import load_topic
from watcher.demo import news
from watcher.judge.assess import assess
from watcher.model import Entry, EntryKey, SourceId, Tier
from watcher.pipeline.replaying import replay

EXPECTED = {
    "ro-cabinet": ("RO", "government_decision", "done"),
    "ro-cabinet-ro": ("RO", "government_decision", "done"),
    "ro-cabinet-de": ("RO", "government_decision", "done"),
    "ro-premature-pl": ("RO", "government_decision", "done"),
    "fi-initiative": ("FI", "considering", "done"),
    "fi-initiative-en": ("FI", "considering", "done"),
    "de-stays": ("DE", "reaffirmed", "done"),
    "monitor": ("", "casualties_report", "done"),
    "monitor-fr": ("", "casualties_report", "done"),
    "ro-vote-planned": ("RO", "parliament_vote", "planned"),
    "ro-vote-planned-en": ("RO", "parliament_vote", "planned"),
    "ro-chamber": ("RO", "parliament_vote", "done"),
    "ro-chamber-ro": ("RO", "parliament_vote", "done"),
    "ro-chamber-uk": ("RO", "parliament_vote", "done"),
    "ro-chamber-de": ("RO", "parliament_vote", "done"),
    "ro-chamber-fr": ("RO", "parliament_vote", "done"),
    "ro-chamber-pl": ("RO", "parliament_vote", "done"),
    "ro-chamber-uk-fix": ("RO", "parliament_vote", "done"),
    "ro-president": ("RO", "signed_by_president", "done"),
    "ro-president-en": ("RO", "signed_by_president", "done"),
    "ro-left-premature": ("RO", "signed_by_president", "done"),
    "lb-deposit": ("LB", "acceded_or_ratified", "done"),
    "lb-accedes": ("LB", "acceded_or_ratified", "done"),
    "lb-accedes-fr": ("LB", "acceded_or_ratified", "done"),
    "mm-use": ("MM", "use", "done"),
    "ro-deposit": ("RO", "notified_un", "done"),
    "ro-notifies": ("RO", "notified_un", "done"),
    "ro-notifies-ro": ("RO", "notified_un", "done"),
    "ro-notifies-de": ("RO", "notified_un", "done"),
    "cz-stays-fr": ("CZ", "reaffirmed", "done"),
    "pl-production": ("PL", "production", "done"),
}
NEAR_MISSES = [
    "ro-autumn-session",
    "pl-shield",
    "de-kohle",
    "fi-kaivos",
    "senators-preseason",
    "ua-grid",
    "sk-cluster",
    "ottawa-transit",
    "ro-sea-mine",
    "fr-idiom",
    "bb-brigade",
    "ottawa-charter",
    "ua-sappers",
    "de-iscgh",
    "bb-cyber",
    "bb-minehunters",
    "fi-crypto",
    "ottawa-police",
    "who-exit",
]
BY_SLUG = {item.slug: item for item in news.news()}


def entry(item: news.News) -> Entry:
    outlet = news.outlets()[item.outlet]
    return Entry(
        key=EntryKey(item.path),
        source_id=SourceId(item.outlet),
        url=f"http://127.0.0.1{item.path}",
        title=item.title,
        summary=item.summary,
        published=item.at,
        language=outlet.language,
        outlet=outlet.name,
        tier=Tier[outlet.tier.upper()],
    )


@pytest.mark.parametrize("slug", EXPECTED)
def test_news_is_judged_by_what_happened(slug: str) -> None:
    found = assess(entry(BY_SLUG[slug]), topic())
    states, development, modality = EXPECTED[slug]
    assert found.relevant
    assert (",".join(found.countries), found.development, found.modality) == (states, development, modality)


@pytest.mark.parametrize("slug", NEAR_MISSES)
def test_near_miss_is_rejected(slug: str) -> None:
    assert not assess(entry(BY_SLUG[slug]), topic()).relevant


@pytest.mark.parametrize("slug", ["ro-rumour", "ro-rumour-denied"])
def test_a_rumour_is_never_told_as_done(slug: str) -> None:
    found = assess(entry(BY_SLUG[slug]), topic())
    assert found.relevant
    assert found.modality != "done"


@pytest.fixture(scope="module")
def alerts() -> list[dict[str, object]]:
    rows = [Row(item.slug, entry(item), number) for number, item in enumerate(news.news(), 1)]
    return replay(rows, load_topic(TOPIC), POLICY).alerts


STEPS = [
    ("2027-10-05", ("RO",), "government_decision"),
    ("2027-10-14", ("RO",), "parliament_vote"),
    ("2027-10-18", ("RO",), "signed_by_president"),
    ("2027-10-20", ("LB",), "acceded_or_ratified"),
    ("2027-10-25", ("RO",), "notified_un"),
]


def _step(alert: dict[str, object]) -> tuple[str, object, object]:
    return str(alert["at"])[:10], alert["countries"], alert["development"]


def test_each_real_step_interrupts_once(alerts: list[dict[str, object]]) -> None:
    told = [
        a for a in alerts if a["urgency"] == "instant" and a["kind"] == "new" and a["standing"] != "denied"
    ]
    sure = [a for a in told if a["items"] != ["ro-rumour"]]
    assert [_step(a) for a in sure] == STEPS


def test_no_step_is_told_that_was_not_taken(alerts: list[dict[str, object]]) -> None:
    told = {
        (state, a["development"])
        for a in alerts
        if a["development"] in STATUS_STEPS and a["standing"] in ("reported", "confirmed")
        for state in a["countries"]  # type: ignore[attr-defined]
    }
    assert told == {(state, word) for _, (state,), word in STEPS}


def test_the_only_conflict_is_the_count_of_votes(alerts: list[dict[str, object]]) -> None:
    conflicts = [a for a in alerts if a["kind"] == "contradiction"]
    assert {(a["countries"], a["development"]) for a in conflicts} == {(("RO",), "parliament_vote")}
