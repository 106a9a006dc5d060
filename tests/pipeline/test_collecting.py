"""Every kind of source, and what a source may do to a cycle: whole production cycles against a local server."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.collect.server import Server
from tests.pipeline.world import START, Story, World, rss
from watcher.model import SourceId
from watcher.store import items
from watcher.store import sources as stored
from watcher.store.items import Filters, page

HOUR = timedelta(hours=1)
FOOTBALL = Story("football", "Cup final ends in a draw", "Nobody scored in ninety minutes.")
VOTE = "Romania's parliament votes to leave the Ottawa mine ban convention"
TEXT = (
    "The Romanian parliament voted by 210 votes to 41 on Tuesday to withdraw from the Ottawa Convention "
    "that bans anti-personnel mines. The president still has to sign the law."
)
HTML = [("Content-Type", "text/html; charset=utf-8")]
JSON = [("Content-Type", "application/json")]


def source(world: World, name: str, kind: str, path: str, options: str = "", tier: str = "official") -> str:
    return (
        f'[[sources.add]]\nid = "{name}"\nname = "{name}"\nkind = "{kind}"\ntier = "{tier}"\n'
        f'url = "{world.server.url(path)}"\noptions = {{ {options} }}\n'
    )


def instant(world: World) -> list[str]:
    """Headlines of what was told at once, in order."""
    told = [json.loads(message) for message in world.messages()]
    return [a["headline"] for m in told for a in m["alerts"] if a["urgency"] == "instant"]


# ── every kind alerts ──

PARTICIPANTS = """<html><body><h1>Convention on the Prohibition of Anti-Personnel Mines</h1><table>
<tr><th>Participant</th><th>Signature</th><th>Ratification</th></tr>
<tr><td>France</td><td>3 Dec 1997</td><td>23 Jul 1998</td></tr>
<tr><td>Greece {mark}</td><td>3 Dec 1997</td><td>25 Sep 2003</td></tr>
<tr><td>Italy</td><td>3 Dec 1997</td><td>23 Apr 1999</td></tr></table>
<p>Notes:</p>{note}</body></html>"""
NOTE = """<p>1. On 4 May 2026, the Government of Greece notified the Secretary-General of its withdrawal from the
Convention. The withdrawal shall take effect on 4 November 2026.</p>"""


def test_a_change_of_the_depositarys_table_is_told_at_once(world: World) -> None:
    world.sources = {}
    world.extra = source(world, "untc", "table", "/status", 'treaty = "Ottawa Convention"', tier="depositary")
    world.server.reply("/status", body=PARTICIPANTS.format(mark="", note="").encode(), headers=HTML)
    assert world.poll().polled.answered == 1
    changed = PARTICIPANTS.format(mark="<sup>1</sup>", note=NOTE)
    world.server.reply("/status", body=changed.encode(), headers=HTML)
    world.poll(after=24 * HOUR)
    (headline,) = instant(world)
    assert "Greece" in headline
    world.poll(after=24 * HOUR)
    assert instant(world) == [headline]


def test_a_page_of_links_alerts(world: World) -> None:
    world.sources = {}
    world.extra = source(world, "office", "page", "/press")
    page = "<html lang=en><body><main><ul><li><a href='/press/1'>The minister opened a new school today</a></li>%s</ul>"
    world.server.reply("/press", body=(page % "").encode(), headers=HTML)
    world.poll()
    item = f"<li><a href='/press/2'>{VOTE}</a> <time datetime='{START + 26 * HOUR:%Y-%m-%d}'></time></li>"
    world.server.reply("/press", body=(page % item).encode(), headers=HTML)
    world.poll(after=28 * HOUR)
    assert [h for h in instant(world) if "Romania" in h], world.messages()


def test_an_api_in_json_alerts(world: World) -> None:
    world.sources = {}
    world.extra = source(
        world, "api", "json", "/bills", 'items = "bills", title = "name", date = "changed", id = "number"'
    )
    old = {"number": 1, "name": "A bill on school meals", "changed": "2026-05-01"}
    new = {
        "number": 2,
        "name": VOTE,
        "summary": TEXT,
        "changed": "2026-05-05",
        "url": "https://api.example/2",
    }
    world.server.reply("/bills", body=json.dumps({"bills": [old]}).encode(), headers=JSON)
    world.poll()
    world.server.reply("/bills", body=json.dumps({"bills": [new, old]}).encode(), headers=JSON)
    world.poll(after=28 * HOUR)
    assert [h for h in instant(world) if "Romania" in h], world.messages()


FOUND = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>search</title><item><title>{title}</title><link>{link}</link>"
    "<guid isPermaLink='false'>g1</guid><pubDate>Tue, 05 May 2026 11:00:00 GMT</pubDate><description>{text}</description>"
    "<source url='https://paper.example'>The Paper</source></item></channel></rss>"
)
GDELT = {
    "articles": [
        {
            "url": "https://paper.example/vote",
            "title": VOTE,
            "seendate": "20260505T110000Z",
            "domain": "paper.example",
            "language": "English",
        }
    ]
}
LINK = "https://paper.example/vote"
BING = f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;aid=&amp;url={quote(LINK, safe='')}&amp;c=1"


@pytest.mark.parametrize(
    ("engine", "body", "empty"),
    [
        (
            "google-news",
            FOUND.format(title=f"{VOTE} - The Paper", link=LINK, text=""),
            FOUND[:72] + "</channel></rss>",
        ),
        ("bing-news", FOUND.format(title=VOTE, link=BING, text=TEXT), FOUND[:72] + "</channel></rss>"),
        ("gdelt", json.dumps(GDELT), "{}"),
        ("reliefweb", FOUND.format(title=VOTE, link=LINK, text=TEXT), FOUND[:72] + "</channel></rss>"),
    ],
)
def test_every_search_finds_the_publishers_article(world: World, engine: str, body: str, empty: str) -> None:
    world.sources = {}
    world.extra = source(world, "search", "query", "/search", f'engine = "{engine}", q = "landmine"', "media")
    world.server.reply("/search", body=empty.encode())
    assert world.poll().polled.answered == 1
    world.server.reply("/search", body=body.encode())
    assert world.poll(after=28 * HOUR).polled.relevant == 1
    assert "landmine" in world.server.requests[0].path
    with world.database() as db:
        entry = next(item.entry for item in page(db, Filters()) if item.id != 1)
    assert (entry.title, entry.url) == (VOTE, LINK)
    if engine != "reliefweb":
        assert entry.outlet in ("The Paper", "paper.example")


# ── articles ──

ARTICLE = "<html><head>{head}</head><body><article>{text}</article></body></html>"
LONG = "".join(f"<p>{TEXT} Paragraph {n} of the report on the vote.</p>" for n in range(4))


def linking(world: World, *slugs: str) -> bytes:
    """A feed of headlines alone, whose articles are on the world's own server."""
    stories = tuple(Story(slug, f"{VOTE}, report {slug}", "", START + 26 * HOUR) for slug in slugs)
    return rss(stories).replace(b"https://news.example", world.server.url("").encode())


def test_pages_are_read_politely_and_a_cycle_reads_so_many(world: World) -> None:
    world.limits = "articles_per_cycle = 3\n"
    world.publish(FOOTBALL)
    world.poll()
    slugs = [f"a{n}" for n in range(6)]
    world.server.reply("/robots.txt", body=b"User-agent: *\nDisallow: /a1\n")
    for slug in slugs:
        world.server.reply(f"/{slug}", body=ARTICLE.format(head="", text=LONG).encode(), headers=HTML)
    world.server.reply("/wire", body=linking(world, *slugs))
    world.poll(after=28 * HOUR)
    asked = [path for path in world.server.counts if path.startswith("/a")]
    assert len(asked) == 2, "the third of three is one that robots.txt keeps us from"
    assert "/a1" not in asked
    assert world.server.counts["/robots.txt"] == 1
    with world.database() as db:
        numbers = [item.id for item in page(db, Filters()) if "report a" in item.entry.title]
        texts = [items.get(db, number).entry.content for number in numbers]
    assert len(texts) == 6
    assert sum("Paragraph 3" in text for text in texts) == 2


def test_an_article_is_where_its_page_says_that_it_is(world: World) -> None:
    """The canonical address is stored, and recognises an article that another feed brought before."""
    world.sources = {"wire": "official", "other": "media"}
    world.publish(FOOTBALL)
    world.publish(FOOTBALL, source="other")
    world.poll()
    canonical = f"<link rel='canonical' href='{world.server.url('/news/real')}'>"
    for path in ("/news/real", "/news/copy", "/news/copy2"):
        world.server.reply(path, body=ARTICLE.format(head=canonical, text=LONG).encode(), headers=HTML)
    world.server.reply("/wire", body=linking(world, "news/copy"))
    world.poll(after=28 * HOUR)
    with world.database() as db:
        assert [i.entry.url for i in page(db, Filters()) if "report" in i.entry.title] == [
            world.server.url("/news/real")
        ]
    world.server.reply("/wire", body=linking(world, "news/copy", "news/real"))
    world.poll(after=HOUR)
    world.server.reply("/other", body=linking(world, "news/copy2"))
    world.poll(after=HOUR)
    with world.database() as db:
        known = [i for i in page(db, Filters()) if "report" in i.entry.title]
    assert len(known) == 2, "a copy that came after the real one is a sighting of it"


# ── when to come again ──


def test_an_address_that_moved_for_good_is_rewritten_at_the_third_poll(world: World) -> None:
    world.publish(FOOTBALL, source="new")
    world.server.redirect("/wire", "/new", 301)
    for _ in range(4):
        world.poll(after=HOUR)
    assert (world.server.counts["/wire"], world.server.counts["/new"]) == (3, 4)
    with world.database() as db:
        state = stored.state(db, SourceId("wire"))
    assert (state.url, state.earlier_urls) == (world.server.url("/new"), (world.server.url("/wire"),))


def test_a_source_that_is_gone_retires_with_a_notice(world: World) -> None:
    world.sources = {"wire": "official", "gone": "media"}
    world.publish(FOOTBALL)
    world.server.reply("/gone", status=410)
    for _ in range(3):
        world.poll(after=12 * HOUR)
    assert world.server.counts["/gone"] == 1
    told = [m for m in world.messages() if "gone for good" in m]
    assert len(told) == 1


def test_neither_a_restart_nor_a_jumping_clock_asks_early_or_never_again(world: World) -> None:
    world.floor = 300
    world.publish(FOOTBALL)
    world.poll(force=False)
    for minutes in (0, 1, 4):  # each poll opens the database anew, as a restarted program does
        world.poll(force=False, after=timedelta(minutes=minutes))
    assert world.server.counts["/wire"] == 1
    world.poll(force=False, after=timedelta(days=4_000))  # the clock jumps ahead: it is due, once
    world.poll(force=False, after=timedelta(minutes=1))
    assert world.server.counts["/wire"] == 2
    world.poll(force=False, after=-timedelta(days=4_000))  # and back: it must not wait eleven years
    assert world.server.counts["/wire"] == 3
    world.poll(force=False, after=timedelta(minutes=1))
    assert world.server.counts["/wire"] == 3
    world.poll(force=False, after=timedelta(hours=25))
    assert world.server.counts["/wire"] == 4


def test_ten_that_hang_cost_the_others_nothing(world: World) -> None:
    """What the others bring is stored although ten of them never answer."""
    with ExitStack() as stack:
        hanging = [stack.enter_context(Server()) for _ in range(10)]
        world.extra = "".join(
            f'[[sources.add]]\nid = "h{n}"\nname = "h{n}"\nkind = "feed"\nurl = "{server.hang("/")}"\ntier = "media"\n'
            for n, server in enumerate(hanging)
        )
        world.allow = [server.allow for server in hanging]
        world.limits = "deadline_seconds = 1\n"
        world.publish(FOOTBALL)
        world.poll()
        world.publish(Story("vote", VOTE, TEXT, START + 26 * HOUR), FOOTBALL)
        cycle = world.poll(after=28 * HOUR)
    assert len(cycle.polled.failures) == 10
    assert [h for h in instant(world) if "Romania" in h]
