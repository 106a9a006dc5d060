"""One entry judged on its own: what `watcher assess` prints."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import watcher
from watcher.config import load_topic
from watcher.judge.assess import assess
from watcher.model import Band, Entry, EntryKey, Modality, SourceId

TOPIC = load_topic(Path(watcher.__file__).parent / "topics" / "ottawa")


def an_entry(title: str, summary: str = "", language: str | None = None) -> Entry:
    return Entry(
        EntryKey("k"),
        SourceId("s"),
        "https://example.org/a",
        title,
        summary,
        published=datetime(2025, 6, 19, 12, tzinfo=UTC),
        language=language,
    )


def test_relevant_entry_is_read_whole() -> None:
    found = assess(
        an_entry("Finland's parliament votes to leave the landmine treaty", "157 voted for and 18 against."),
        TOPIC,
    )
    assert found.relevant
    assert (found.language, found.countries) == ("en", ("FI",))
    assert (found.development, found.modality) == ("parliament_vote", Modality.DONE)
    assert found.reasons
    assert found.claims[0].states == found.countries
    assert {f.key for f in found.figures} == {"votes_for", "votes_against"}


def test_irrelevant_entry_has_no_development() -> None:
    found = assess(an_entry("Ottawa council passes its budget", "Councillors voted 18-6."), TOPIC)
    assert not found.relevant
    assert found.band is not Band.RELEVANT
    assert (found.development, found.modality, found.countries, found.claims) == (None, None, (), ())


def test_language_is_found_when_the_feed_does_not_say() -> None:
    found = assess(an_entry("Suomi ilmoitti YK:lle irtautumisesta Ottawan jalkaväkimiinasopimuksesta"), TOPIC)
    assert (found.language, found.development) == ("fi", "notified_un")


def test_judging_twice_gives_the_same() -> None:
    entry = an_entry("Latvia notifies UN of exit from Ottawa Convention on landmines")
    assert assess(entry, TOPIC) == assess(entry, TOPIC)
