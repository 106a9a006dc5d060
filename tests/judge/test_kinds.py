"""What is no step of a state is told by its headline alone, in every language; and what only looks like it is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.judge.kinds import APPEAL, COMMENT, DESTROYED, HEADLINES, HURT, MET, RULE, STAYED, THOUGHT, USED
from watcher.judge.assess import assess
from watcher.model import Entry, EntryKey, SourceId
from watcher.topic import Topic


def development(title: str, language: str, topic: Topic, summary: str = "") -> str | None:
    entry = Entry(
        EntryKey("k"),
        SourceId("s"),
        "https://news.example/a",
        title,
        summary,
        published=datetime(2026, 10, 5, tzinfo=UTC),
        language=language,
    )
    return assess(entry, topic).development


@pytest.mark.parametrize("language", HEADLINES)
def test_headline_tells_its_kind(language: str, topic: Topic) -> None:
    told = {title: development(title, language, topic) for _, title in HEADLINES[language]}
    assert told == {title: kind for kind, title in HEADLINES[language]}


@pytest.mark.parametrize(
    ("language", "title", "kind"),
    [
        # who asks for leaving thinks of it; who asks to stay appeals
        ("en", "Growing calls for Sweden to quit landmine treaty", THOUGHT),
        ("de", "Opposition fordert Austritt aus der Ottawa-Konvention", THOUGHT),
        ("en", "Bishops urge Finland not to leave landmine treaty", APPEAL),
        ("sv", "Sverige bör stå fast vid förbudet mot personminor", APPEAL),
        # what comes first is the news
        ("en", "Landmine deaths climb as armies lay more anti-personnel mines", HURT),
        ("en", "Meeting of landmine treaty states ends with new clearance deadlines", MET),
        # an appeal against a decision is no decision, and no use
        ("fr", "Bruxelles critique la décision d'autoriser l'usage de mines antipersonnel", APPEAL),
        ("en", "Amnesty urges Russia to halt use of anti-personnel mines", APPEAL),
        # what the treaty is about is not what happened
        ("nl", "Kabinet blijft bij verdrag tegen gebruik van landmijnen", STAYED),
        # a question is comment, unless the headline answers it with a step
        ("en", "Will Sweden leave the Ottawa convention?", COMMENT),
        # broken by mines that were laid; or only said to be broken
        ("en", "Soldier steps on mine: Bangkok says Cambodia violates Ottawa convention", USED),
        ("en", "Albania blows up its last anti-personnel mines", DESTROYED),
        ("en", "Pentagon eases limits on use of landmines", RULE),
    ],
)
def test_kind_by_grammar(language: str, title: str, kind: str, topic: Topic) -> None:
    assert development(title, language, topic) == kind


def test_outsiders_told_of_in_passing_affirm_nothing(topic: Topic) -> None:
    summary = "China, Russia and the United States never joined the Ottawa convention."
    assert (
        development("The long shadow of anti-personnel mines: a reporter's essay", "en", topic, summary)
        == COMMENT
    )
