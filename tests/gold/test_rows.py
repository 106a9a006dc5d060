"""The corpus itself: wide enough to be worth a gate, and without slips."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

ROWS = [json.loads(line) for line in (Path(__file__).parent / "rows.jsonl").read_text("utf-8").splitlines()]
RELEVANT = [row for row in ROWS if row["relevant"]]
NEAR_MISSES = [row for row in ROWS if not row["relevant"]]
LANGUAGES = [
    "en",
    "fr",
    "es",
    "ru",
    "ar",
    "zh",
    "pl",
    "lt",
    "lv",
    "et",
    "fi",
    "sv",
    "no",
    "da",
    "uk",
    "de",
    "it",
    "nl",
    "pt",
    "cs",
    "sk",
    "hu",
    "ro",
    "bg",
    "hr",
    "sr",
    "el",
    "tr",
    "ja",
    "ko",
    "fa",
    "km",
    "th",
    "ka",
    "az",
    "hy",
]
DEVELOPMENTS = [
    "considering",
    "recommended",
    "government_decision",
    "parliament_vote",
    "signed_by_president",
    "notified_un",
    "in_effect",
    "suspended",
    "acceded_or_ratified",
    "reaffirmed",
    "use",
    "production",
    "transfer",
    "stockpile_destruction",
    "clearance_or_extension",
    "casualties_report",
    "meeting",
    "condemnation_or_appeal",
    "commentary",
    "other",
]


def test_corpus_is_large_and_has_its_near_misses() -> None:
    assert len(ROWS) >= 400
    assert len(NEAR_MISSES) >= 150
    headline_only = sum("summary" not in row for row in ROWS) / len(ROWS)
    assert 0.35 <= headline_only <= 0.7


def test_ids_and_headlines_are_unique() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    repeated = [t for t, n in Counter((r["language"], r["title"]) for r in ROWS).items() if n > 1]
    assert not repeated


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_be_scored(language: str) -> None:
    assert sum(row["language"] == language for row in RELEVANT) >= 3
    assert any(row["language"] == language for row in NEAR_MISSES)


@pytest.mark.parametrize("development", DEVELOPMENTS)
def test_every_development_is_met(development: str) -> None:
    assert sum(row["development"] == development for row in RELEVANT) >= 4


@pytest.mark.parametrize("modality", ["done", "planned", "reported", "denied"])
def test_every_modality_is_met(modality: str) -> None:
    assert sum(row["modality"] == modality for row in RELEVANT) >= 5


def test_labels_are_words_of_the_house() -> None:
    topic = Path(__file__).parent.parent.parent / "watcher" / "topics" / "ottawa" / "lifecycle.toml"
    words = set(DEVELOPMENTS)
    if topic.exists():
        stages = tomllib.loads(topic.read_text("utf-8")).get("stage", {})
        listed = stages.values() if isinstance(stages, dict) else stages
        assert {s["development"] for s in listed} <= words
    for row in RELEVANT:
        assert {row["development"], *row.get("acceptable", ())} <= words, row["id"]
        assert row.get("acceptable", [row["development"]])[0] == row["development"], row["id"]
        assert row["event"], row["id"]
        assert all(len(code) == 2 and code.isupper() for code in row["countries"]), row["id"]
    for row in NEAR_MISSES:
        assert row["category"], row["id"]
        assert not row["countries"], row["id"]


def test_dates_are_moments_and_one_event_is_one_season() -> None:
    spans: dict[str, list[datetime]] = {}
    for row in ROWS:
        at = datetime.fromisoformat(row["published"])
        assert at.tzinfo is not None
        if row["relevant"]:
            spans.setdefault(row["event"], []).append(at)
    assert all((max(days) - min(days)).days <= 21 for days in spans.values())


def test_some_events_have_reports_in_several_languages() -> None:
    tongues: dict[str, set[str]] = {}
    for row in RELEVANT:
        tongues.setdefault(row["event"], set()).add(row["language"])
    assert sum(len(found) >= 3 for found in tongues.values()) >= 30
