"""What reaches people when servers, machines and hands get in the way: the real pipeline, real servers."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections import Counter
from datetime import timedelta
from typing import Any

from tests.notify.servers import Answer, HttpSink, http_sink
from tests.pipeline.test_cycle import FOOTBALL, HOUR, VOTE
from tests.pipeline.world import START, Story, World
from watcher.notify.wording import body
from watcher.pipeline import speaking
from watcher.store import alerts, deliveries, digests

DECISION = Story(
    "decision",
    "Slovakia's government decided to withdraw from the Ottawa mine ban convention",
    "The Slovak government decided on Tuesday to withdraw from the Ottawa Convention that bans "
    "anti-personnel mines.",
    START + 26 * HOUR,
)
REPLY = Story(
    "reply",
    "Norway calls on states to stay in the Ottawa mine ban convention",
    "Norway's foreign minister condemned withdrawals from the Ottawa Convention on anti-personnel mines.",
    START + 26 * HOUR,
)
POLICY = '[policy]\ndigest = ["11:00"]\n'


def hook(sink: HttpSink) -> str:
    return f'[[channels]]\nname = "hook"\nkind = "webhook"\nurl = "{sink.url}/in"\n'


def told_until_now(world: World, sink: HttpSink) -> None:
    """A day on: nothing is owed, and nothing said so far counts."""
    world.publish(FOOTBALL)
    world.poll()
    world.poll(after=25 * HOUR)
    sink.got.clear()


def killed_at(world: World, step: int) -> bool:
    """Speaks in a process of its own, which kills itself at its `step`th fault point, if it has so many."""
    child = os.fork()
    if child == 0:  # pragma: no cover (another process)
        steps = 0

        def fault(point: str) -> None:
            nonlocal steps
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)

        with world.database() as db:
            speaking.speak(world.config(), lambda: world.topic, db, world.clock, fault=fault)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_killed_at_any_step_nothing_is_lost_and_one_message_is_repeated_at_most(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        world.publish(VOTE, DECISION, REPLY)
        world.poll(after=2 * HOUR, send=False)
        before, now = world.folder, world.now
        step, killed = 0, True
        while killed:
            step += 1
            sink.got.clear()
            world.folder, world.now = before.parent / f"step-{step}", now
            shutil.copytree(before, world.folder)
            killed = killed_at(world, step)
            world.poll(after=timedelta(minutes=1))
            with world.database() as db:
                assert not deliveries.owed(db)
                assert digests.last(db).keys() == {"desk", "hook"}
            told_once([one.json for one in sink.got if one.body], step)
    assert step > 12  # it was killed at every step of three messages at least


def told_once(got: list[Any], step: int) -> None:
    counts = Counter(one["key"] for one in got)
    kinds = Counter(one["kind"] for one in {m["key"]: m for m in got}.values())
    assert kinds == {"alert": 2, "digest": 1}, step
    assert sum(counts.values()) - len(counts) <= 1, step
    again = [one for one in got if counts[one["key"]] > 1][1:]
    assert all(one["possible_repeat"] for one in again), step
    assert {title for one in got for title in unhurried(one)} == {REPLY.title}, step


def unhurried(message: Any) -> list[str]:
    """What a message tells that did not interrupt, as a development of its own or as another report."""
    developments = [s for a in message["alerts"] if a["urgency"] == "digest" for s in a["sources"]]
    return [one["title"] for one in (*developments, *(r for o in message["others"] for r in o["reports"]))]


def test_what_is_cancelled_while_it_is_about_to_go_does_not_go(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        world.publish(VOTE)
        world.poll(after=HOUR, send=False)

        def cancel(point: str) -> None:
            if point == "before-mark":
                with world.database() as hand:
                    for row in deliveries.owed(hand):
                        if row.channel == "hook" and row.state.value == "pending":
                            deliveries.cancel(hand, row.id, world.now)

        with world.database() as db:
            speaking.speak(world.config(), lambda: world.topic, db, world.clock, fault=cancel)
            assert not deliveries.owed(db)
        assert sink.got == []


def test_a_preview_is_what_goes_out(world: World) -> None:
    world.extra = '[[channels]]\nname = "text"\nkind = "file"\nfolder = "text"\nformat = "txt"\n' + POLICY
    world.publish(FOOTBALL)
    world.poll()
    world.poll(after=25 * HOUR)
    world.publish(VOTE, REPLY)
    world.poll(after=timedelta(minutes=59))
    with world.database() as db:
        shown = body(speaking.next_digest(world.config(), world.topic, db, "text", world.now), "text")
    world.poll(after=timedelta(minutes=1))
    *_, sent = sorted((world.folder / "text").glob("*-digest-*"))
    assert REPLY.title in shown
    assert sent.read_text(encoding="utf-8") == shown


def test_a_server_that_asks_for_a_pause_gets_it_for_everything(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        sink.answers.append(Answer(429, retry_after="1800"))
        world.publish(VOTE, DECISION)
        world.poll(after=HOUR / 2)
        assert len(sink.got) == 1
        world.poll(after=timedelta(minutes=20))
        assert len(sink.got) == 1
        world.poll(after=timedelta(minutes=11))
        assert len({one.json["key"] for one in sink.got[1:]}) == len(sink.got) - 1 >= 2


def test_silence_says_so_in_ever_other_words_and_says_when_it_is_over(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        sink.answers = [Answer(500)] * 1000
        for _ in range(30):
            world.poll(after=3 * HOUR)
        sink.answers.clear()
        for _ in range(2):
            world.poll(after=2 * HOUR)
    with world.database() as db:
        words = [a.title for a in alerts.page(db, limit=100) if a.kind.value == "ops"]
    digest = [w for w in words if "igest" in w][::-1]
    assert len(set(words)) == len(words)
    assert digest[0].startswith("No digest delivered on hook for")
    assert digest[-1] == "Digests reach hook again"
    assert len([w for w in digest if "again" in w]) == 1
    assert 4 <= len(digest) <= 7


def test_a_channel_that_is_gone_is_no_trouble(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + POLICY
        told_until_now(world, sink)
        sink.answers = [Answer(404)] * 100
        world.publish(VOTE)
        world.poll(after=HOUR)
        world.extra = POLICY
        world.poll(after=timedelta(days=1))
        world.poll(after=timedelta(days=1))
    said = [json.loads(m)["subject"] for m in world.messages() if json.loads(m)["kind"] == "ops"]
    assert said == ["hook refuses messages", "hook no longer refuses messages"]
