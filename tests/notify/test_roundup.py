from __future__ import annotations

from datetime import timedelta

from tests.notify.factories import NAMES, NOW, an_entry, an_item
from watcher.model import ItemId, PollState, Source, SourceId, StoryId, Tier
from watcher.notify.roundup import health, others

DAY = timedelta(days=1)


def a_source(name: str, language: str = "fi", **changes: object) -> Source:
    return Source(SourceId(name), "feed", f"https://{name}.example/", name.title(), language, **changes)  # type: ignore[arg-type]


def test_one_line_for_each_story_grouped_by_state() -> None:
    items = [
        an_item(1, story_id=StoryId(1)),
        an_item(2, story_id=StoryId(1), entry=an_entry(2, tier=Tier.OFFICIAL, title="From parliament")),
        an_item(3, story_id=StoryId(2), states=("EE",), entry=an_entry(3, title="Riigikogu")),
        an_item(4, story_id=None, states=(), entry=an_entry(4, title="No state")),
        an_item(5, copy_of=ItemId(1)),
        an_item(6, entry=an_entry(6, title="Told already")),
    ]
    found = others(items, NAMES, told=[6])
    assert [(heading, [line.title for line in lines]) for heading, lines in found] == [
        ("Estonia", ["Riigikogu"]),
        ("Finland", ["From parliament"]),
        ("No state named", ["No state"]),
    ]


def test_nothing_to_say_is_nothing() -> None:
    assert others([], NAMES) == ()


def test_health_names_what_is_wrong() -> None:
    sources = [a_source(n) for n in ("good", "dead", "never", "quiet", "gone", "fresh")] + [
        a_source("off", enabled=False),
        a_source("eesti", "et"),
    ]
    ok = {"polls": 5, "last_ok": NOW, "last_new": NOW - DAY}
    states = {
        "good": PollState(SourceId("good"), **ok),
        "eesti": PollState(SourceId("eesti"), **ok),
        "dead": PollState(SourceId("dead"), polls=5, failures=4, error="dns", last_ok=NOW - 3 * DAY),
        "never": PollState(SourceId("never"), polls=5, failures=4, error="http-404"),
        "quiet": PollState(SourceId("quiet"), polls=5, last_ok=NOW, last_new=NOW - 40 * DAY),
        "gone": PollState(SourceId("gone"), polls=5, retired=True),
    }
    found = health(
        sources,
        {SourceId(name): state for name, state in states.items()},
        NOW,
        relevant_languages=["fi"],
        owed=2,
        last_digest=NOW - DAY,
    )
    assert found == (
        "Sources: 3 of 7 answer, 2 failing, 1 silent, 1 retired, 1 not polled yet.",
        "Failing: Dead (its host name is not found; last answered 16 Jun 2025), Never (HTTP 404; has never answered).",
        "Silent for more than 30 days: Quiet.",
        "Retired: Gone.",
        "Nothing relevant this week in: et.",
        "Last delivered digest: 18 Jun 2025, 14:05 UTC (yesterday).",
        "Outbox: 2 deliveries still owed.",
    )


def test_health_when_all_is_well_is_short() -> None:
    poll = PollState(SourceId("good"), polls=5, last_ok=NOW, last_new=NOW)
    found = health([a_source("good")], {SourceId("good"): poll}, NOW, relevant_languages=["fi"])
    assert found == ("Sources: 1 of 1 answer.", "Last delivered digest: none yet.", "Outbox: empty.")


def test_many_failing_sources_are_counted_not_listed() -> None:
    sources = [a_source(f"s{n}") for n in range(40)]
    states = {s.id: PollState(s.id, polls=1, failures=1, error="timeout") for s in sources}
    found = health(sources, states, NOW, relevant_languages=["fi"])
    assert found[1].endswith("and 35 more.")
    assert len(found[1]) < 400
