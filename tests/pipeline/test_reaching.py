"""Who gets what, when, and over which wire: the real pipeline, real servers, and the program as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from tests.notify.servers import Answer, HttpSink, certificate, http_sink, server_context, smtp_line_server
from tests.notify.test_email import check, server
from tests.pipeline.test_catching_up import mail
from tests.pipeline.test_cycle import FOOTBALL, HOUR, VOTE
from tests.pipeline.test_righting import ANN, BEN, DECEMBER, bot
from tests.pipeline.test_speaking import DECISION, hook
from tests.pipeline.world import START, Story, World
from watcher.model import Delivery, DeliveryState
from watcher.store import alerts, deliveries

MINUTE = timedelta(minutes=1)
NOTICE = Story(
    "notice",
    "Portugal notifies the United Nations of its withdrawal from the Ottawa mine ban convention",
    "Portugal deposited its instrument of withdrawal from the Ottawa Convention on anti-personnel mines with "
    "the Secretary-General.",
)
QUIET = 'quiet_hours = { from = "22:00", to = "07:00" }\n'


def kinds(sink: HttpSink) -> list[str]:
    return [
        a["development"]["development"] for one in sink.got for a in one.json["alerts"] if a["development"]
    ]


def rows_of(world: World, channel: str) -> dict[str, Delivery]:
    with world.database() as db:
        told = [a.id for a in alerts.page(db, limit=100) if a.development]
        return {d.recipient: d for d in deliveries.of_alerts(db, told) if d.channel == channel}


# ── when ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "night", "end"),
    [  # UTC; the clocks of each zone change in that night
        ("Europe/Warsaw", "2026-10-24T21:30", "2026-10-25T06:00"),  # back: the night has an hour more
        ("Europe/Warsaw", "2027-03-27T22:30", "2027-03-28T05:00"),  # forward: an hour less
        ("America/New_York", "2026-11-01T03:30", "2026-11-01T12:00"),
        ("Australia/Lord_Howe", "2026-10-03T12:30", "2026-10-03T20:00"),  # forward by half an hour
    ],
)
def test_at_night_a_notice_passes_and_a_vote_waits_for_the_local_morning(
    world: World, zone: str, night: str, end: str
) -> None:
    at, morning = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (night, end))
    with http_sink() as sink:
        world.extra, world.head = hook(sink) + DECEMBER + QUIET, f'timezone = "{zone}"'
        world.now = at - HOUR
        world.publish(FOOTBALL)
        world.poll()
        world.publish(replace(VOTE, at=at), replace(DECISION, at=at), replace(NOTICE, at=at))
        world.poll(after=HOUR)
        assert kinds(sink) == ["notified_un"]
        world.now = morning - MINUTE
        world.poll()
        assert kinds(sink) == ["notified_un"]
        world.now = morning
        world.poll()
        assert sorted(kinds(sink)) == ["government_decision", "notified_un", "parliament_vote"]
        assert len(sink.got) == 2
        assert "Held back until now" in sink.got[1].json["notes"][0]


def test_an_hour_of_many_messages_ends_in_one_that_folds_the_rest(world: World) -> None:
    with http_sink() as sink:
        world.extra = hook(sink) + "max_per_hour = 2\n" + DECEMBER
        world.publish(FOOTBALL)
        world.poll()
        names = ("Romania", "Slovakia", "Portugal", "Hungary", "Croatia", "Slovenia")
        told = []
        for n, name in enumerate(names):
            text = (
                f"{name}'s parliament voted to withdraw from the Ottawa Convention on anti-personnel mines."
            )
            told.append(Story(f"v{n}", f"{name}'s parliament votes to leave the mine ban convention", text))
            world.publish(*told)
            world.poll(after=5 * MINUTE)
        assert len(sink.got) == 2
        for _ in range(12):
            world.poll(after=5 * MINUTE)
        assert len(sink.got) == 3
        assert len(kinds(sink)) == len(names)


# ── who ──────────────────────────────────────────────────────────────────────────────────────


def test_each_channel_gets_what_its_rules_ask_for(world: World) -> None:
    rules = {
        "romania": 'states = ["RO"]',
        "poland": 'states = ["PL"]',
        "english": 'languages = ["en"]',
        "french": 'languages = ["fr"]',
        "tagged": 'tags = ["ministry"]',
        "records": 'min_tier = "depositary"',
        "signatures": 'instant = ["signed_by_president"]\ndigest = false',
    }
    with http_sink() as sink:
        world.extra = DECEMBER + "".join(
            hook(sink).replace('"hook"', f'"{name}"').replace("/in", f"/{name}") + rule + "\n"
            for name, rule in rules.items()
        )
        world.publish(FOOTBALL)
        world.poll()
        world.publish(VOTE)
        world.poll(after=HOUR)
        assert sorted(one.path for one in sink.got) == ["/english", "/romania"]


# ── over which wire ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


def secure(port: int, ca: Path) -> str:
    return mail(port, ANN, BEN).replace('"127.0.0.1"', '"localhost"').replace('"none"', '"starttls"') + (
        f'user = "desk"\npassword = "hush"\nca_file = "{ca}"\n'
    )


def told_a_vote(world: World) -> None:
    world.publish(FOOTBALL)
    world.poll()
    world.publish(VOTE)
    world.poll(after=HOUR)


def test_starttls_and_a_password_reach_both_recipients(world: World, pair: tuple[Path, Path]) -> None:
    options: dict[str, Any] = {
        "tls_context": server_context(*pair),
        "require_starttls": True,
        "authenticator": check,
        "auth_required": True,
    }
    with server(**options) as smtp:
        world.extra = secure(smtp.port, pair[0]) + DECEMBER
        told_a_vote(world)
        assert [(tls, to) for tls, to, _ in smtp.mails] == [(True, [ANN, BEN])]
    assert {d.state for d in rows_of(world, "mail").values()} == {DeliveryState.SENT}


def test_a_starttls_downgrade_gets_nothing_and_another_channel_says_so(
    world: World, pair: tuple[Path, Path]
) -> None:
    with server() as smtp, http_sink() as sink:
        world.extra = secure(smtp.port, pair[0]) + hook(sink) + DECEMBER
        told_a_vote(world)
        assert smtp.mails == []
        said = [a["text"][0] for one in sink.got if one.json["kind"] == "ops" for a in one.json["alerts"]]
    assert len(said) == 1  # the channel's trouble, not one for each recipient
    assert "does not offer STARTTLS" in said[0]
    assert 'Set tls = "tls"' in said[0]
    assert {d.state for d in rows_of(world, "mail").values()} == {DeliveryState.REFUSED}
    assert "hush" not in repr(rows_of(world, "mail"))


def test_a_mail_cut_off_in_the_middle_comes_once_more_and_says_so(world: World) -> None:
    with smtp_line_server(answers={"text": ["drop in text"]}) as smtp:
        world.extra = mail(smtp.port, ANN) + DECEMBER
        told_a_vote(world)
        assert smtp.mails == []
        for _ in range(4):
            world.poll(after=MINUTE)
        (only,) = smtp.mails
        assert "Possible repeat" in only[2].decode()
        key = rows_of(world, "mail")[ANN].batch
        assert message_from_bytes(only[2], policy=policy.SMTP)["Message-ID"] == f"<{key}@desk.example>"


def test_a_channel_that_hangs_delays_no_other(world: World) -> None:
    """The first server answers only after the last one has been reached: one after the other, it would
    never have answered in time."""
    with http_sink() as slow, http_sink() as good:
        slow.answers = [Answer(after=good.reached)]
        world.extra = hook(slow).replace('"hook"', '"slow"') + hook(good) + DECEMBER
        told_a_vote(world)
        assert len(slow.taken) == len(good.taken) == 1


def test_a_hang_without_end_ends_in_one_marked_copy(world: World) -> None:
    with http_sink(Answer(hang=True)) as sink:
        world.extra = hook(sink) + "timeout_seconds = 0.3\n" + DECEMBER
        told_a_vote(world)
        assert sink.taken == []
        for _ in range(4):
            world.poll(after=MINUTE)
        (only,) = sink.taken
        assert only["possible_repeat"]


# ── as a process ─────────────────────────────────────────────────────────────────────────────


@contextmanager
def running(world: World, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "watcher", "-c", str(world.folder / "config.toml"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_program_killed_while_it_sends_loses_nothing_and_says_possible_repeat(world: World) -> None:
    world.now = datetime.now(UTC)
    with http_sink(slack=True) as slack, http_sink() as web, smtp_line_server() as smtp:
        world.extra = bot(slack) + hook(web) + mail(smtp.port, ANN) + DECEMBER
        world.head = "poll_every = 1"
        world.publish(FOOTBALL)
        world.poll()
        world.publish(replace(VOTE, at=world.now))
        slack.answers = [Answer(hang=True)]
        with running(world, "run") as process:
            assert slack.reached.wait(30)
            assert web.reached.wait(30)
            process.send_signal(signal.SIGKILL)
        assert slack.taken == []
        slack.reached.clear()
        with running(world, "run") as process:
            assert slack.reached.wait(30)
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=20)
            assert process.returncode == 0, said
        assert [one["text"].count("Possible repeat") for one in slack.taken] == [1]
        for got in (web.taken, smtp.mails):
            assert 1 <= len(got) <= 2
        assert [one["possible_repeat"] for one in web.taken][1:] == [True] * (len(web.taken) - 1)


def test_a_poll_as_cron_runs_it_sends_and_prints_no_secret(world: World) -> None:
    world.now = datetime.now(UTC)
    with http_sink(slack=True) as slack:
        world.extra = bot(slack) + DECEMBER
        world.publish(FOOTBALL)
        world.poll()
        slack.answers = [Answer(error="invalid_auth")]
        world.publish(replace(VOTE, at=world.now))
        words = [sys.executable, "-m", "watcher", "-v", "-c", str(world.folder / "config.toml"), "poll"]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [*words, "--force", "--json"],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            check=True,
        )
        document = json.loads(done.stdout)
        assert document["deliveries"] == {"sent": 2, "refused": 1}
        assert any("Set a valid `token`" in reason for reason in document["delivery_reasons"])
        assert "xoxb-hush" not in done.stdout + done.stderr
    said = [json.loads(m)["subject"] for m in world.messages()]
    assert said[-1] == "chat refuses messages"
    assert world.now > START
