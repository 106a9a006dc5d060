"""A local feed server for benchmarks, in a process of its own, so that its CPU is not the client's.

`python -m benchmarks.feed_server --feeds 1000` prints its port. Every feed is `/f/<n>`; hosts are
127.0.0.1 … 127.0.0.N on one port. Control: GET /control?new=1&etag=0&latency=0.05, GET /counts.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

ENTRIES = 30
WORDS = [
    "council",
    "budget",
    "minister",
    "report",
    "school",
    "railway",
    "harvest",
    "storm",
    "court",
    "market",
    "hospital",
    "museum",
    "bridge",
    "election",
    "season",
    "river",
    "energy",
    "harbour",
    "union",
    "factory",
    "research",
    "concert",
    "player",
    "pension",
    "garden",
    "village",
]
TEMPTING = 20  # one item in so many speaks of a treaty and a border, as a near miss of the topic would
EPOCH = datetime(2026, 5, 1, tzinfo=UTC)


@dataclass
class Mode:
    new: int = 0  # generation: each step adds one entry to every feed
    etag: bool = True
    latency: float = 0.0
    zipped: bool = False
    counts: Counter[str] = field(default_factory=Counter)


def text(seed: int, words: int) -> str:
    """Of the commonest words of any day; no two seeds give the same."""
    found = [WORDS[(seed * 31 + i * i * 7 + (seed >> i % 8)) % len(WORDS)] for i in range(words)]
    if seed % TEMPTING == 0 and words > 50:
        found[words // 2 : words // 2 + 4] = ["treaty", "on", "the", "border"]
    return " ".join(found)


def item(feed: int, number: int) -> str:
    seed = feed * 1009 + number
    when = format_datetime(EPOCH + timedelta(minutes=seed % 40000))
    return (
        f"<item><title>{text(seed, 9).capitalize()} {seed}</title>"
        f"<link>https://outlet{feed}.example/news/{seed}</link><guid>https://outlet{feed}.example/news/{seed}</guid>"
        f"<pubDate>{when}</pubDate><category>news</category>"
        f"<description><![CDATA[<p>{text(seed + 1, 128)}.</p><p>{text(seed + 2, 20)}.</p>]]></description></item>"
    )


def feed(number: int, generation: int) -> bytes:
    """About 42 kB: thirty entries, the newest first."""
    items = "".join(item(number, generation + ENTRIES - i) for i in range(ENTRIES))
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>Outlet {number}</title>"
        f"<link>https://outlet{number}.example/</link><description>News</description>"
        f"<language>en</language>{items}</channel></rss>"
    ).encode()


class Connection(asyncio.Protocol):
    def __init__(self, mode: Mode) -> None:
        self.mode, self.buffer = mode, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            if self.mode.latency:
                asyncio.get_running_loop().call_later(self.mode.latency, self.answer, head)
            else:
                self.answer(head)

    def answer(self, head: bytes) -> None:
        lines = head.split(b"\r\n")
        target = lines[0].split(b" ")[1].decode()
        headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(b":") for line in lines[1:])}
        path = urlsplit(target).path
        if path == "/control":
            self.control(target)
            self.reply(200, b"ok", [])
        elif path == "/counts":
            self.reply(200, json.dumps(self.mode.counts).encode(), [])
        elif path.startswith("/f/"):
            self.feed(int(path[3:]), headers)
        else:
            self.mode.counts["404"] += 1
            self.reply(404, b"", [])

    def control(self, target: str) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(target).query).items()}
        self.mode.new = int(asked.get("new", self.mode.new))
        self.mode.etag = bool(int(asked.get("etag", self.mode.etag)))
        self.mode.zipped = bool(int(asked.get("gzip", self.mode.zipped)))
        self.mode.latency = float(asked.get("latency", self.mode.latency))
        self.mode.counts.clear()

    def feed(self, number: int, headers: dict[bytes, bytes]) -> None:
        tag = f'"{number}-{self.mode.new}"'.encode()
        self.mode.counts["requests"] += 1
        if self.mode.etag and headers.get(b"if-none-match") == tag:
            self.mode.counts["304"] += 1
            self.reply(304, b"", [b"ETag: " + tag])
            return
        self.mode.counts["200"] += 1
        body = cached(number, self.mode.new)
        extra = [b"ETag: " + tag] if self.mode.etag else []
        if self.mode.zipped and b"gzip" in headers.get(b"accept-encoding", b""):
            body, extra = gzip.compress(body, 1), [*extra, b"Content-Encoding: gzip"]
        self.reply(200, body, [*extra, b"Content-Type: application/rss+xml; charset=utf-8"])

    def reply(self, status: int, body: bytes, headers: list[bytes]) -> None:
        length = [] if status == 304 else [b"Content-Length: %d" % len(body)]
        head = b"\r\n".join([b"HTTP/1.1 %d X" % status, *length, *headers])
        self.transport.write(head + b"\r\n\r\n" + body)


_FEEDS: dict[tuple[int, int], bytes] = {}


def cached(number: int, generation: int) -> bytes:
    key = (number, generation)
    if key not in _FEEDS:
        _FEEDS[key] = feed(number, generation)
    return _FEEDS[key]


async def serve(feeds: int) -> None:
    mode = Mode()
    for number in range(feeds):
        cached(number, 0)
        cached(number, 1)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(mode), "0.0.0.0", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000)
    asyncio.run(serve(parser.parse_args().feeds))


if __name__ == "__main__":
    main()
