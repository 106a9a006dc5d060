"""The demo's world over real sockets: what it serves, when, and what it takes in."""

from __future__ import annotations

import json
import smtplib
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import feedparser
import pytest
from bs4 import BeautifulSoup

from watcher.cli.kinds import channel_kinds, source_kinds
from watcher.config import load
from watcher.demo import news
from watcher.demo.world import DemoWorld


@pytest.fixture
def world() -> Iterator[DemoWorld]:
    with DemoWorld() as running:
        yield running


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def titles(world: DemoWorld, outlet: str) -> list[str]:
    status, _, body = get(f"{world.press.root}/{outlet}")
    assert status == 200
    form = news.outlets()[outlet].form
    if form == "json":
        return [item["title"] for item in json.loads(body)["items"]]
    if form == "page":
        return [a.get_text() for a in BeautifulSoup(body, "html.parser").select("article.teaser h2 a")]
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    return [entry.title for entry in parsed.entries]


@pytest.mark.parametrize("outlet", list(news.outlets()))
def test_outlet_shows_what_was_published_by_the_moment(world: DemoWorld, outlet: str) -> None:
    for moment in (news.START, news.END):
        world.at(moment)
        assert titles(world, outlet) == [n.title for n in news.visible(outlet, moment)]


def test_news_appears_as_the_clock_moves(world: DemoWorld) -> None:
    vote = next(n for n in news.news() if n.slug == "ro-chamber")
    world.at(vote.at - timedelta(minutes=1))
    assert vote.title not in titles(world, "nw")
    assert get(world.press.root + vote.path)[0] == 404
    world.at(vote.at)
    assert titles(world, "nw")[0] == vote.title
    status, _, body = get(world.press.root + vote.path)
    assert status == 200
    assert vote.more in body.decode()


def test_unchanged_feed_is_answered_with_304_and_the_demo_s_date(world: DemoWorld) -> None:
    url = f"{world.press.root}/nw"
    _, headers, _ = get(url)
    assert headers["date"] == "Mon, 04 Oct 2027 06:00:00 GMT"
    status, again, body = get(url, If_None_Match=headers["etag"])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    world.at(datetime(2027, 10, 6, tzinfo=UTC))
    assert get(url, If_None_Match=headers["etag"])[0] == 200


def test_one_outlet_is_down_for_a_while_and_comes_back(world: DemoWorld) -> None:
    answers = {}
    for moment in world.moments:
        world.at(moment)
        answers[moment] = get(f"{world.press.root}/bb")[0]
    down = [moment for moment, status in answers.items() if status == 503]
    assert {moment.day for moment in down} == {11, 12, 13}
    assert set(answers.values()) == {200, 503}


def test_every_article_is_polled_for_within_three_hours_and_every_evening(world: DemoWorld) -> None:
    for item in news.news():
        seen = min(moment for moment in world.moments if moment >= item.at)
        assert seen - item.at < timedelta(hours=3) or item.at < news.START
    assert sum(moment.hour == 18 for moment in world.moments) >= 28
    assert list(world.moments) == sorted(set(world.moments))
    assert (world.moments[0], world.moments[-1]) == (news.START, news.END)


def test_mailbox_keeps_what_smtp_brings(world: DemoWorld) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Ηello ✓", "a@example.org", "b@example.org"
    message.set_content("plain words")
    message.add_alternative("<p>rich words</p>", subtype="html")
    port = tomllib.loads(world.config_text(Path("state")))["channels"][1]["port"]
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
        smtp.send_message(message)
    (mail,) = world.mailbox
    assert mail.subject == "Ηello ✓"
    assert mail.recipients == ("b@example.org",)
    assert mail.text().strip() == "plain words"
    assert "rich words" in mail.text("html")


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/services/T/B/x", b'{"text": "one"}', "application/json", 200),
        ("/api/chat.postMessage", b'{"channel": "C1", "text": "one"}', "application/json", 200),
        ("/api/chat.postMessage", b"channel=C1&text=one", "application/x-www-form-urlencoded", 200),
        (
            "/services/T/B/x",
            b"payload=%7B%22text%22%3A%22one%22%7D",
            "application/x-www-form-urlencoded",
            200,
        ),
        ("/services/T/B/x", b"not json", "application/json", 400),
        ("/services/T/B/x", b'["a list"]', "application/json", 400),
    ],
)
def test_slack_sink_keeps_what_it_is_sent(
    world: DemoWorld, path: str, body: bytes, kind: str, status: int
) -> None:
    webhook = tomllib.loads(world.config_text(Path("state")))["channels"][0]["webhook"]
    root = webhook.split("/services/")[0]
    request = urllib.request.Request(root + path, data=body, headers={"Content-Type": kind})
    if status == 200:
        with urllib.request.urlopen(request, timeout=5) as answer:
            told = answer.read()
        assert told == b"ok" or json.loads(told)["ok"] is True
        assert [m["text"] for m in world.slack_messages] == ["one"]
    else:
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=5)
        refusal.value.close()
        assert refusal.value.code == status
        assert not world.slack_messages


def test_stopped_world_frees_its_ports_and_keeps_its_mail() -> None:
    world = DemoWorld().start()
    root = world.press.root
    world.stop()
    world.stop()
    assert world.mailbox == ()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(root, timeout=1)


def test_the_demo_s_news_hold_together() -> None:
    found = news.news()
    assert len(found) >= 50
    assert len({n.path for n in found}) == len(found)
    assert {n.outlet for n in found} == set(news.outlets())
    assert len({o.language for o in news.outlets().values()}) >= 5
    assert {o.form for o in news.outlets().values()} == {"rss", "atom", "json", "page"}
    assert all("demo" in o.name for o in news.outlets().values())
    copies = [n for n in found if n.wire]
    originals = {(n.outlet, n.title, n.summary) for n in found if not n.wire}
    assert copies
    assert all((n.wire, n.title, n.summary) in originals for n in copies)
    assert found[-1].at <= news.END
    assert sum(n.at < news.START for n in found) >= 5


def test_config_text_quotes_what_the_path_holds(world: DemoWorld) -> None:
    config = tomllib.loads(world.config_text(Path('a "strange" \\ place')))
    assert config["watcher"]["state_dir"] == 'a "strange" \\ place'
    assert len(config["sources"]["add"]) == len(news.outlets())
    assert all(url["url"].startswith(world.press.root) for url in config["sources"]["add"])


def test_config_is_one_that_the_watcher_takes(world: DemoWorld, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(world.config_text(tmp_path / "state"), encoding="utf-8")
    config = load(file, env={}, source_kinds=source_kinds(), channel_kinds=channel_kinds())
    assert config.state_dir == tmp_path / "state"
    assert {source.id for source in config.sources} == set(news.outlets())
    assert [channel.kind for channel in config.channels] == ["slack", "email"]
    assert config.network.per_host_spacing_seconds == 0
