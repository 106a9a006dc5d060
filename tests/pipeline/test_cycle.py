"""End to end: a real HTTP server, the real pipeline, a real database, files as the channel."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.pipeline.world import START, Story, World
from watcher.errors import StoreError
from watcher.model import DeliveryState
from watcher.store import alerts, deliveries, items, sightings
from watcher.store.items import Filters, page

HOUR = timedelta(hours=1)
FOOTBALL = Story("football", "Cup final ends in a draw", "Nobody scored in ninety minutes.")
VOTE = Story(
    "vote",
    "Romania's parliament votes to leave the Ottawa mine ban convention",
    "The Romanian parliament voted by 210 votes to 41 on Tuesday to withdraw from the Ottawa Convention "
    "that bans anti-personnel mines. The president still has to sign the law.",
    START + 26 * HOUR,
)
VOTE_PL = Story(
    "vote-pl",
    "Parlament Rumunii za wypowiedzeniem konwencji ottawskiej",
    "Rumuński parlament opowiedział się we wtorek za wypowiedzeniem konwencji ottawskiej o zakazie min "
    "przeciwpiechotnych. Za głosowało 210 posłów, przeciw było 41.",
    START + 27 * HOUR,
)


def test_first_run_is_silent_and_stores_the_baseline_as_item_one(world: World) -> None:
    world.publish(VOTE, FOOTBALL)
    cycle = world.poll()
    assert cycle.polled.first_run
    assert cycle.polled.relevant == 1
    assert world.messages() == []
    with world.database() as db:
        assert "land mine treaty" in items.get(db, 1).entry.title
        assert not deliveries.owed(db)


def test_a_development_after_the_first_run_is_told_once_however_many_report_it(world: World) -> None:
    world.sources = {"wire": "official", "gazeta": "media"}
    world.publish(FOOTBALL)
    world.publish(source="gazeta")
    world.poll()
    world.publish(VOTE, FOOTBALL)
    world.publish(VOTE_PL, source="gazeta")
    world.poll(after=28 * HOUR)
    told = [json.loads(m) for m in world.messages()]
    headlines = [one["headline"] for message in told for one in message["alerts"]]
    assert len([h for h in headlines if "parliament voted to leave" in h]) == 1, headlines
    world.poll(after=HOUR)
    assert len(world.messages()) == len(told)


def test_an_unchanged_feed_is_not_judged_again(world: World) -> None:
    world.publish(VOTE)
    world.poll()
    again = world.poll(after=HOUR)
    assert (again.polled.unchanged, again.polled.new, again.polled.entries) == (1, 0, 0)


def test_a_known_article_in_a_second_feed_is_a_sighting(world: World) -> None:
    world.sources = {"wire": "official", "gazeta": "media"}
    world.publish(VOTE)
    world.publish(VOTE, source="gazeta")
    world.poll()
    with world.database() as db:
        stored = [i for i in page(db, Filters()) if i.id != 1]
        assert len(stored) == 1
        assert len(sightings.of(db, stored[0].id)) == 1


def test_a_failing_source_is_a_stored_outcome_and_stops_no_other(world: World) -> None:
    world.sources = {"wire": "official", "gone": "media"}
    world.publish(VOTE)
    cycle = world.poll()
    assert cycle.polled.failures.keys() == {"gone"}
    assert cycle.polled.relevant == 1


def test_a_source_that_joins_late_brings_no_old_news(world: World) -> None:
    world.publish(FOOTBALL)
    world.poll()
    world.sources = {"wire": "official", "late": "official"}
    world.publish(Story("old", VOTE.title, VOTE.text, START - 30 * HOUR), source="late")
    world.poll(after=2 * HOUR)
    assert world.messages() == []


def test_what_is_owed_survives_and_is_sent_by_the_next_cycle(world: World) -> None:
    world.publish(FOOTBALL)
    world.poll()
    world.publish(VOTE)
    world.poll(after=28 * HOUR, send=False)
    with world.database() as db:
        assert any(d.state is DeliveryState.PENDING for d in deliveries.owed(db))
    assert world.messages() == []
    world.poll(after=HOUR)
    assert world.messages()


def test_an_edited_article_is_updated_and_not_announced(world: World) -> None:
    world.publish(FOOTBALL)
    world.poll()
    world.publish(VOTE)
    world.poll(after=28 * HOUR)
    for number in range(30):
        world.publish(Story("vote", VOTE.title, f"{VOTE.text} Update {number}.", VOTE.at))
        world.poll(after=HOUR)
    with world.database() as db:
        item = next(i for i in page(db, Filters()) if i.entry.url.endswith("/vote"))
        assert 0 < item.revision <= 24
        assert (
            len([a for a in alerts.page(db) if a.kind.value == "new" and a.urgency.value == "instant"]) == 1
        )
    told = [json.loads(m) for m in world.messages()]
    assert len([a for m in told for a in m["alerts"] if a["urgency"] == "instant"]) == 1


def test_a_digest_hour_that_was_missed_is_made_up_for_once(world: World) -> None:
    world.extra = '[policy]\ndigest = ["08:00"]\n'
    world.publish(FOOTBALL)
    world.poll()
    world.poll(after=72 * HOUR)
    digests = [m for m in world.messages() if json.loads(m)["kind"] == "digest"]
    assert len(digests) == 1
    world.poll(after=HOUR)
    assert len([m for m in world.messages() if json.loads(m)["kind"] == "digest"]) == 1


def test_findings_and_validators_are_one_transaction(world: World) -> None:
    """A commit that fails leaves neither the entries nor the mark that they were seen."""
    world.publish(VOTE)
    with world.database() as db:
        db.connection.execute(
            "CREATE TRIGGER no BEFORE INSERT ON poll_states BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(StoreError):
        world.poll()
    with world.database() as db:
        db.connection.execute("DROP TRIGGER no")
        assert [i.id for i in page(db, Filters())] == [1]
    assert world.poll(after=HOUR).polled.relevant == 1


def test_a_source_that_broke_is_reported_once_and_once_more_when_it_is_back(world: World) -> None:
    world.publish(FOOTBALL)
    world.poll()
    world.server.reply("/wire", status=500)
    for _ in range(30):
        world.poll(after=6 * HOUR)
    texts = [json.loads(m) for m in world.messages()]
    broken = [m for m in texts if m["kind"] == "ops" and "has not answered" in json.dumps(m)]
    assert len(broken) == 1
    world.publish(FOOTBALL)
    world.poll(after=6 * HOUR)
    world.poll(after=6 * HOUR)
    back = [m for m in map(json.loads, world.messages()) if "is back" in json.dumps(m)]
    assert len(back) == 1
