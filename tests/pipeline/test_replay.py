"""The production judgement over an archive: order, clock, and what would have been told."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from watcher.collect.archive import Row, rows
from watcher.config import default_policy
from watcher.pipeline.replaying import Outcome, replay
from watcher.topic import Topic

ARCHIVE: list[dict[str, Any]] = [
    {
        "id": "vote-en",
        "url": "https://a.example/1",
        "published": "2027-05-04",
        "title": "Romania's parliament votes to leave the Ottawa mine ban convention",
        "summary": "The Romanian parliament voted on Tuesday by 210 votes to 41 to withdraw from the Ottawa "
        "Convention banning anti-personnel mines.",
    },
    {
        "id": "vote-pl",
        "url": "https://b.example/2",
        "published": "2027-05-05",
        "title": "Rumuński parlament zagłosował za wypowiedzeniem konwencji ottawskiej",
        "summary": "Parlament Rumunii we wtorek zagłosował za wypowiedzeniem konwencji ottawskiej, która "
        "zakazuje min przeciwpiechotnych. Za było 210 posłów, 41 było przeciw.",
    },
    {
        "id": "notice",
        "url": "https://c.example/3",
        "published": "2027-06-10",
        "title": "Romania notifies the UN of its withdrawal from the Ottawa landmine treaty",
        "summary": "Romania deposited its instrument of withdrawal from the Ottawa Convention with the "
        "Secretary-General of the United Nations on 10 June 2027. The withdrawal takes effect after six months.",
    },
    {
        "id": "coal",
        "url": "https://d.example/4",
        "published": "2027-06-11",
        "title": "Ottawa hockey club loses again",
        "summary": "The match ended 4 to 1.",
    },
    {
        "id": "later",
        "url": "https://e.example/5",
        "published": "2028-01-20",
        "title": "Ottawa hockey club wins",
        "summary": "At last.",
    },
]


def run(records: list[dict[str, Any]], topic: Topic) -> Outcome:
    lines = [json.dumps(r).encode() for r in records]
    return replay([r for r in rows(lines) if isinstance(r, Row)], topic, default_policy())


@pytest.fixture(scope="module")
def outcome(topic: Topic) -> Outcome:
    return run(ARCHIVE, topic)


def instant(outcome: Outcome, development: str) -> list[dict[str, Any]]:
    return [a for a in outcome.alerts if a["urgency"] == "instant" and a["development"] == development]


def test_items_come_back_in_the_order_of_the_archive(outcome: Outcome) -> None:
    assert [i["id"] for i in outcome.items] == [r["id"] for r in ARCHIVE]
    assert [i["relevant"] for i in outcome.items] == [True, True, True, False, False]


def test_one_vote_in_two_languages_is_one_story_and_one_instant_alert(outcome: Outcome) -> None:
    story = {i["id"]: i["story"] for i in outcome.items}
    assert story["vote-en"] == story["vote-pl"]
    assert len(instant(outcome, "parliament_vote")) == 1


def test_the_calendar_tells_the_effect_with_no_item_at_all(outcome: Outcome) -> None:
    """Convention Art. 20(3): six months after receipt, 10 June → 10 December."""
    told = [a for a in outcome.alerts if a["kind"] == "clock" and "RO" in a["countries"]]
    assert any(str(a["at"]).startswith("2027-12-10") and a["development"] == "in_effect" for a in told), told


def test_the_order_of_the_archive_does_not_matter(topic: Topic, outcome: Outcome) -> None:
    shuffled = ARCHIVE[:]
    random.Random(7).shuffle(shuffled)
    again = run(shuffled, topic)
    keys = ("at", "urgency", "text", "countries")
    assert [[a[k] for k in keys] for a in again.alerts] == [[a[k] for k in keys] for a in outcome.alerts]


def test_an_undated_row_stands_beside_the_step_it_tells(topic: Topic) -> None:
    undated = [
        {k: v for k, v in r.items() if k != "published"} if r["id"] == "vote-pl" else r for r in ARCHIVE
    ]
    story = {i["id"]: i["story"] for i in run(undated, topic).items}
    assert story["vote-en"] == story["vote-pl"]


def test_one_address_with_two_headlines_is_two_items(topic: Topic) -> None:
    twice = [ARCHIVE[0], ARCHIVE[3] | {"url": ARCHIVE[0]["url"]}]
    assert [i["relevant"] for i in run(twice, topic).items] == [True, False]


EFFECT = {
    "id": "out",
    "url": "https://f.example/6",
    "published": "2027-12-11",
    "title": "Romania is no longer a party to the Ottawa landmine treaty",
    "summary": "Romania's withdrawal from the Ottawa Convention on anti-personnel mines took effect on Friday, "
    "10 December 2027, six months after its notice to the United Nations.",
}


def test_the_calendar_and_the_next_day_s_report_are_one_interruption(topic: Topic) -> None:
    told = instant(run([*ARCHIVE[:3], EFFECT], topic), "in_effect")
    assert [(a["kind"], str(a["at"])[:10], a["items"]) for a in told] == [("clock", "2027-12-10", ["out"])]


def test_an_archive_is_lived_from_its_first_day(topic: Topic) -> None:
    """What is recorded of later days was not known then, with or without the recorded history."""
    record = {
        "id": "fi",
        "url": "https://g.example/7",
        "published": "2025-06-20",
        "title": "Finland's parliament votes to leave the Ottawa landmine treaty",
        "summary": "The Eduskunta voted on Thursday to withdraw from the Ottawa Convention.",
    }
    assert len(instant(run([record], topic), "parliament_vote")) == 1
    later = run([ARCHIVE[0], record | {"published": "2027-05-05"}], topic)
    assert [a["countries"] for a in instant(later, "parliament_vote")] == [("RO",)]


def test_an_undated_row_that_fits_nowhere_is_read_last(topic: Topic) -> None:
    lost = {
        "id": "lost",
        "url": "https://h.example/8",
        "title": "Brazil weighs the future of its mine ban treaty membership",
        "summary": "Officials in Brazil consider whether to stay in the Ottawa Convention.",
    }
    alerts = [a for a in run([lost, *ARCHIVE], topic).alerts if a["items"] == ["lost"]]
    assert {str(a["at"])[:10] for a in alerts} <= {"2028-01-20"}
