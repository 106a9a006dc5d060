"""What was told wrong is put right for exactly those who got it, in the thread where they got it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from tests.notify.servers import HttpSink, SmtpSink, http_sink, smtp_line_server
from tests.pipeline.test_catching_up import mail
from tests.pipeline.test_cycle import FOOTBALL, HOUR, VOTE, VOTE_PL
from tests.pipeline.test_speaking import hook
from tests.pipeline.world import World
from watcher.model import ItemId, Mark
from watcher.pipeline import remarking, service
from watcher.store import alerts, developments, items
from watcher.store.items import Filters

ANN, BEN = "ann@desk.example", "ben@desk.example"
DECEMBER = '[policy]\ndigest = ["0 3 24 12 *"]\n'  # no digest within these tests


def bot(sink: HttpSink, name: str = "chat", rules: str = "") -> str:
    return (
        f'[[channels]]\nname = "{name}"\nkind = "slack"\ntoken = "xoxb-hush"\nchannel = "C1"\n'
        f'api_url = "{sink.url}/api/"\n{rules}\n'
    )


def number_of(world: World, slug: str) -> int:
    with world.database() as db:
        return next(i.id for i in items.page(db, Filters()) if i.entry.url.endswith(f"/{slug}"))


def mark(world: World, kind: str, value: str = "", slug: str = "vote") -> None:
    """As `watcher mark` does it, at the hour of this world."""
    said = Mark(ItemId(number_of(world, slug)), kind, value, world.now, "ann")
    with world.database() as db:
        remarking.apply(db, (said,), world.config(), lambda: world.topic, world.now)


def headers(smtp: SmtpSink) -> list[dict[str, str]]:
    found = []
    for _, to, text in smtp.mails:
        read = message_from_bytes(text, policy=policy.SMTP)
        found.append({"to": ",".join(to), **{name: str(read[name]) for name in read.keys()}})  # noqa: SIM118
    return found


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("date", "2026-05-04", "date corrected by the analyst: 4 May 2026, not 5 May 2026"),
        ("date", "2026-04-21", "date corrected by the analyst: 21 Apr 2026, not 5 May 2026"),
        ("stage", "W5_HEAD_OF_STATE", "corrected by the analyst: Romania: "),
        ("irrelevant", "", "withdrawn by the analyst"),
    ],
)
def test_a_mark_reaches_exactly_those_who_got_the_alert(
    world: World, kind: str, value: str, words: str
) -> None:
    with http_sink() as web, http_sink(slack=True) as slack, smtp_line_server() as smtp:
        late = hook(web).replace('"hook"', '"late"').replace("/in", "/late")
        strict = hook(web).replace('"hook"', '"strict"').replace("/in", "/strict")
        world.extra = (
            hook(web) + bot(slack) + mail(smtp.port, ANN, BEN) + strict + 'states = ["PL"]\n' + DECEMBER
        )
        world.publish(FOOTBALL)
        world.poll()
        smtp.answers[f"rcpt:{BEN}"] = ["550 no such user"] * 9
        world.publish(VOTE)
        world.poll(after=2 * HOUR)
        assert [one.path for one in web.got if one.json["kind"] == "alert"] == ["/in"]  # ben's 550 is ops
        said = len(slack.taken), len(smtp.mails)
        world.extra += late  # a channel that came after the alert
        world.poll(after=timedelta(minutes=10))
        web.got.clear()
        smtp.answers.clear()
        mark(world, kind, value)
        world.poll(after=timedelta(minutes=10))
        told = [one for one in web.got if one.json["kind"] != "ops"]
        assert {one.path for one in told} == {"/in"} | ({"/late"} if kind == "stage" else set())
        righted = next(one.json for one in told if one.json["alerts"][0]["follows"])
        assert righted["alerts"][0]["kind"] == ("retraction" if kind == "irrelevant" else "correction")
        assert righted["alerts"][0]["new"][0].startswith(words)
        threads = [one["thread_ts"] for one in slack.taken[said[0] :] if "thread_ts" in one]
        assert threads == ["1750.0001"]
        first, *_ = headers(smtp)
        answers = [one for one in headers(smtp)[said[1] :] if one.get("In-Reply-To") == first["Message-ID"]]
        assert [(one["to"], one["References"]) for one in answers] == [(ANN, first["Message-ID"])]
        sent = len(web.got), len(slack.taken), len(smtp.mails)
        world.poll(after=timedelta(minutes=10))
        assert (len(web.got), len(slack.taken), len(smtp.mails)) == sent


def test_a_confirmation_answers_at_once_in_thread_and_mail(world: World) -> None:
    with http_sink(slack=True) as slack, smtp_line_server() as smtp:
        world.sources = {"wire": "media", "gazeta": "media", "record": "official"}
        world.extra = bot(slack) + mail(smtp.port, ANN) + DECEMBER
        for source in world.sources:
            world.publish(source=source)
        world.publish(FOOTBALL)
        world.poll()
        world.publish(VOTE)
        world.poll(after=2 * HOUR)
        world.publish(VOTE_PL, source="gazeta")
        world.poll(after=timedelta(minutes=5))
        first, second = slack.taken
        assert "thread_ts" not in first
        assert second["thread_ts"] == "1750.0001"
        assert not second["reply_broadcast"]
        root, reply = headers(smtp)
        assert reply["In-Reply-To"] == reply["References"] == root["Message-ID"]
        assert "now confirmed" in reply["Subject"]


def test_a_mark_set_while_a_batch_is_judged_is_neither_lost_nor_in_the_way(world: World) -> None:
    """The real command in a process of its own, between the reading of memory and the commit."""
    world.now = datetime.now(UTC)
    world.sources = {"wire": "media", "gazeta": "media"}
    world.extra = DECEMBER
    world.publish(FOOTBALL)
    world.publish(source="gazeta")
    world.poll()
    world.publish(replace(VOTE, at=world.now))
    world.poll()
    assert len(world.messages()) == 1
    config, calls = world.folder / "config.toml", 0
    number = number_of(world, "vote")

    def topic() -> object:
        nonlocal calls
        calls += 1
        if calls == 1:
            command = [sys.executable, "-m", "watcher", "-c", str(config), "mark", str(number), "irrelevant"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
        return world.topic

    world.now = datetime.now(UTC)
    world.publish(replace(VOTE_PL, at=world.now), source="gazeta")
    asyncio.run(poll_with(world, topic))
    world.now = datetime.now(UTC)
    world.poll()
    with world.database() as db:
        kinds = [a.kind.value for a in alerts.page(db) if a.development][::-1]
        assert kinds[:2] == ["new", "retraction"], kinds
        first, *_ = developments.all_of_them(db)
    assert first.standing.value == "retracted"
    said = [a["kind"] for m in map(json.loads, world.messages()) for a in m["alerts"]]
    assert said.count("retraction") == 1


async def poll_with(world: World, topic: object) -> None:
    with world.database() as db:
        await service.one_cycle(world.config(), topic, db, world.clock, force=True)  # type: ignore[arg-type]
