"""Every faulty feed over a real connection: fetched, read, one outcome each, none harming another."""

from __future__ import annotations

from tests.collect.fetching import a_network, a_source, poll
from tests.collect.offers import FEEDS, feed_bytes
from tests.collect.server import Server
from tests.collect.test_feed import BOMB, EXPECTED, EXTERNAL, QUADRATIC
from watcher.collect import parse
from watcher.errors import ParseError
from watcher.model import Fetched, PollState

FAULTY = {
    "/bomb": BOMB.encode(),
    "/quadratic": QUADRATIC.encode(),
    "/external": EXTERNAL.encode(),
    "/page": b"<!DOCTYPE html><html><body>Log in</body></html>",
    "/empty": b"",
    "/words": b"Internal Server Error",
    "/nested": b"<rss><channel><item><item>" + b"<b>" * 60_000,
}


def test_each_faulty_feed_has_its_own_outcome() -> None:
    with Server() as server:
        for name in EXPECTED:
            server.reply(f"/{name}", body=feed_bytes(name), headers=[("Content-Type", "text/xml")])
        for path, body in FAULTY.items():
            server.reply(path, body=body, headers=[("Content-Type", "application/rss+xml; charset=utf-8")])
        paths = [*(f"/{name}" for name in EXPECTED), *FAULTY]
        sources = {path: a_source(server.url(path), path) for path in paths}
        results = {result.source_id: result for result in poll(sources.values(), a_network(server.allow))}

    outcomes: dict[str, list[str] | str] = {}
    for path, source in sources.items():
        result = results[source.id]
        assert isinstance(result, Fetched), (path, result)
        try:
            outcomes[path] = [
                entry.title for entry in parse.read(source, PollState(source.id), result).entries
            ]
        except ParseError as error:
            outcomes[path] = error.message
    for name, expected in EXPECTED.items():
        assert outcomes[f"/{name}"][: len(expected["titles"])] == expected["titles"]
    assert all(isinstance(outcomes[path], str) for path in FAULTY)
    assert {path.name for path in FEEDS.iterdir()} >= set(EXPECTED)
