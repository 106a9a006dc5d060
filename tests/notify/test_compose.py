from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.notify.factories import NAMES, NOW, SENTENCE, a_channel, a_development, an_alert, an_entry, an_item
from watcher.model import AlertId, AlertKind, DevelopmentId, Evidence, ItemId, Standing, Tier
from watcher.notify.compose import Context, compose, headline, tell
from watcher.notify.plan import Batch


def test_the_evidence_comes_with_the_report_that_it_stands_in() -> None:
    """Not with the weightiest one, which may not say it."""
    items = {
        1: an_item(1, entry=an_entry(1, tier=Tier.OFFICIAL, summary="Something else.")),
        2: an_item(2, entry=an_entry(2, summary=f"Before. {SENTENCE} After.")),
    }
    told = tell(an_alert(1), items, NAMES, NOW)
    assert told.evidence == Evidence(SENTENCE, "summary", "fi")
    assert told.evidence_source is not None
    assert told.evidence_source.item_id == 2
    assert told.commands == ("watcher show 2", "watcher explain 2")


def test_without_a_sentence_the_best_title_is_the_evidence() -> None:
    items = {1: an_item(1), 2: an_item(2, entry=an_entry(2, tier=Tier.DEPOSITARY, title="C.N.1.2025"))}
    told = tell(an_alert(1, development=a_development(evidence=None)), items, NAMES, NOW)
    assert told.evidence is not None
    assert told.evidence.sentence == "C.N.1.2025"


def test_copies_of_a_wire_text_are_not_named_as_sources() -> None:
    items = {1: an_item(1), 2: an_item(2, copy_of=ItemId(1))}
    assert [line.item_id for line in tell(an_alert(1), items, NAMES, NOW).sources] == [1]


def test_items_that_are_gone_do_no_harm() -> None:
    told = tell(an_alert(1), {}, NAMES, NOW)
    assert told.evidence_source is None
    assert told.commands == ("watcher show 1", "watcher explain 1")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("PL: considers leaving (2025-03-18) -> voted", "Poland: considers leaving (18 Mar 2025) -> voted"),
        ("214 votes_for against 241 votes_for", "214 votes for against 241 votes for"),
        ("2025-02-30 is no date", "2025-02-30 is no date"),
        ("the UN and ZZ", "the UN and ZZ"),
    ],
)
def test_the_judges_words_are_made_readable(line: str, shown: str) -> None:
    told = tell(an_alert(1, development=a_development(delta=(line,), since_baseline=(line,))), {}, NAMES, NOW)
    assert told.delta == told.since_baseline == (shown,)


def test_a_long_sentence_is_cut() -> None:
    long = a_development(evidence=Evidence("word " * 400, "content", "en"))
    told = tell(an_alert(1, development=long), {}, NAMES, NOW)
    assert told.evidence is not None
    assert len(told.evidence.sentence) <= 500
    assert told.evidence.sentence.endswith("…")


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("day", "19 June 2025"), ("month", "June 2025"), ("year", "2025"), ("", "19 June 2025")],
)
def test_dates_are_as_precise_as_they_are_known(precision: str, shown: str) -> None:
    assert (
        tell(an_alert(1, development=a_development(date_precision=precision)), {}, NAMES, NOW).when == shown
    )


def test_an_unknown_date_says_so() -> None:
    assert (
        tell(an_alert(1, development=a_development(event_date=None)), {}, NAMES, NOW).when
        == "date not reported"
    )


def test_today_is_the_readers_today() -> None:
    """At 23:30 UTC it is tomorrow in Warsaw, and the date falls today."""
    due = a_development(
        states=("PL",),
        stage="W7_EFFECTIVE",
        standing=Standing.DUE,
        event_date=date(2026, 2, 20),
        figures=(),
    )
    alert = an_alert(1, kind=AlertKind.CLOCK, development=due)
    late = datetime(2026, 2, 19, 23, 30, tzinfo=UTC)
    assert "takes effect tomorrow" in tell(alert, {}, NAMES, late).headline
    assert "takes effect today" in tell(alert, {}, NAMES, late, zone=ZoneInfo("Europe/Warsaw")).headline


def test_an_alert_of_the_calendar_points_to_the_ledger() -> None:
    due = a_development(states=("PL",), standing=Standing.DUE, item_ids=(), evidence=None)
    told = tell(an_alert(1, kind=AlertKind.CLOCK, development=due, items=()), {}, NAMES, NOW)
    assert told.commands == ("watcher status PL",)
    assert told.sure == "Due by the calendar: no source yet"


def test_a_follow_up_names_what_it_follows_by_its_headline() -> None:
    first = replace(an_alert(1), title="Eduskunta hyväksyi irtautumisen")
    told = tell(an_alert(2, kind=AlertKind.PROMOTION, follows=first.id), {}, NAMES, NOW, followed=first)
    assert told.text == (f"Follows “{headline(first, NAMES)}”.",)
    assert told.badge == "Follow-up: confirmed"


def test_a_digest_tells_what_came_of_a_development_in_one_go() -> None:
    later = a_development(standing=Standing.CONFIRMED, sources=3, delta=("also EE",))
    rows = (
        an_alert(1, development=a_development(standing=Standing.REPORTED, delta=("FI: voted",))),
        an_alert(2, development=later, kind=AlertKind.PROMOTION, follows=AlertId(1)),
        an_alert(3, development=a_development(id=DevelopmentId(9))),
    )
    told = [tell(a, {}, NAMES, NOW) for a in rows]
    message = compose(told, a_channel(), Context(NOW, NAMES), Batch("digest", "desk", "k", rows, ()))
    assert sorted(one.alert.id for one in message.told) == [2, 3]
    joined = next(one for one in message.told if one.alert.id == 2)
    assert (joined.independent, joined.delta, joined.badge) == (3, ("Finland: voted", "also Estonia"), "")
    assert "now confirmed" in joined.headline
