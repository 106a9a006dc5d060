"""What was missed comes as one message with true dates, and what did not get through comes again as it was."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

from tests.notify.servers import Answer, http_sink, smtp_line_server
from tests.pipeline.test_cycle import FOOTBALL, HOUR, VOTE
from tests.pipeline.test_speaking import DECISION, POLICY, REPLY, hook, told_until_now, unhurried
from tests.pipeline.world import START, Story, World
from watcher.model import AlertKind
from watcher.pipeline.service import Service
from watcher.store import alerts, deliveries, digests

DAY = timedelta(days=1)
MEETING = Story(
    "meeting",
    "Norway's ambassador speaks at a meeting on the Ottawa mine ban convention",
    "States met in Geneva to discuss the Ottawa Convention that bans anti-personnel mines.",
    START + 30 * HOUR,
)


def dates(message: Any) -> set[str]:
    return {alert["development"]["event_date"] for alert in message["alerts"]}


def test_after_downtime_one_message_tells_everything_and_counts_as_the_digest_missed(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        files = len(world.messages())
        world.publish(VOTE, DECISION, REPLY)
        world.poll(after=3 * DAY)
        (caught_up,) = [one.json for one in sink.got]
        assert caught_up["kind"] == "catchup"
        assert dates(caught_up) == {"2026-05-05"}
        assert unhurried(caught_up) == [REPLY.title]
        assert any("Last delivered digest" in line for line in caught_up["health"])
        assert "was away" in caught_up["notes"][0]
        assert len(world.messages()) == files + 1
        with world.database() as db:
            assert set(digests.last(db).values()) == {world.now}
            assert not deliveries.owed(db)
            assert not [a for a in alerts.page(db) if a.kind is AlertKind.OPS]
        sink.got.clear()
        for _ in range(24):
            world.poll(after=HOUR)
        (next_one,) = [one.json for one in sink.got]
        assert next_one["subject"].endswith("nothing new")


def test_a_catch_up_that_did_not_get_through_is_still_one_message(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        sink.answers = [Answer(500), Answer(500)]
        world.publish(VOTE, DECISION, REPLY)
        world.poll(after=3 * DAY)
        for _ in range(4):
            world.poll(after=timedelta(minutes=2))
        messages = [one.json for one in sink.got]
        assert len(messages) == 3
        assert len({m["key"] for m in messages}) == 1
        assert len({json.dumps([m["notes"], m["others"], m["health"]]) for m in messages}) == 1
        assert dates(messages[-1]) == {"2026-05-05"}


def test_a_machine_that_wakes_before_its_network_still_tells_it_in_one(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        world.server.reply("/wire", status=503)
        sink.answers = [Answer(503)]
        sink._taken.clear()
        world.poll(after=3 * DAY)
        assert (len(sink.got), len(sink.taken)) == (1, 0)
        world.publish(VOTE, DECISION, REPLY)
        world.poll(after=timedelta(seconds=20))
        (caught_up,) = sink.taken
        assert caught_up["kind"] == "catchup"
        assert [a["urgency"] for a in caught_up["alerts"]].count("instant") == 2
        assert unhurried(caught_up) == [REPLY.title]
        assert "was away" in caught_up["notes"][0]
        for _ in range(9):
            world.poll(after=timedelta(minutes=5))
        assert len(sink.taken) == 1


def test_a_machine_that_slept_polls_before_it_speaks(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        stop, said = threading.Event(), list[str]()
        service = Service(
            world.config(), lambda: world.topic, world.clock, said.append, lambda done, total, note: None, 0
        )
        service.open()
        service.poll(stop)
        service.speak(stop)
        assert "preview of the next digest of desk" in "\n".join(said)
        world.now += 2 * DAY
        world.publish(VOTE, DECISION)
        service.speak(stop)  # the first tick after the sleep
        assert sink.got == []
        service.poll(stop)
        service.speak(stop)
        (caught_up,) = [one.json for one in sink.got]
        assert (caught_up["kind"], len(caught_up["alerts"])) == ("catchup", 2)


def mail(port: int, *to: str) -> str:
    return (
        f'[[channels]]\nname = "mail"\nkind = "email"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
        f'from = "w@desk.example"\nto = {json.dumps(list(to))}\n'
    )


def plain(mail: bytes) -> str:
    part = message_from_bytes(mail, policy=policy.SMTP).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_recipient_who_was_put_off_gets_the_digest_that_the_others_got(world: World) -> None:
    ann, ben = "ann@desk.example", "ben@desk.example"
    with smtp_line_server() as smtp:
        world.extra = mail(smtp.port, ann, ben) + '[policy]\ndigest = ["11:00"]\ninstant = []\n'
        world.publish(FOOTBALL)
        world.poll()
        world.poll(after=25 * HOUR)
        smtp.mails.clear()
        smtp.answers[f"rcpt:{ben}"] = ["451 try later"] * 3
        world.publish(VOTE, REPLY)
        world.poll(after=HOUR)
        world.publish(VOTE, REPLY, MEETING)  # what comes in meanwhile is the next digest's
        for _ in range(5):
            world.poll(after=timedelta(minutes=2))
        assert [to for _, to, _ in smtp.mails] == [[ann], [ben]]
        first, again = (message_from_bytes(text, policy=policy.SMTP) for *_, text in smtp.mails)
        for header in ("Message-ID", "Subject", "Date"):
            assert first[header] == again[header]
        texts = [plain(text) for *_, text in smtp.mails]
        assert texts[0] == texts[1]
        assert REPLY.title in texts[0]
        assert MEETING.title not in texts[0]
        with world.database() as db:
            rows = [d for d in deliveries.latest(db, START) if d.channel == "mail"]
            assert {d.recipient: d.state.value for d in rows} == {ann: "sent", ben: "sent"}
        for _ in range(24):
            world.poll(after=HOUR)
        assert [to for _, to, _ in smtp.mails[2:]] == [[ann, ben]]
        following = plain(smtp.mails[2][2])
        assert MEETING.title in following
        assert REPLY.title not in following
