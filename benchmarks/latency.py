"""Feeds that answer after 50 ms, each at a host of its own, new connections: watcher against a bare aiohttp loop.

    python -m benchmarks.latency [--feeds 300] [--latency 0.05]      aiohttp in $READER_PYTHON, or here

The same hundred requests at once, best of the rounds, in turn: first the fetching alone (`collect.fetch.gather`,
guard and politeness included) against the bare loop, each inside its process; then both as whole processes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.peers import Cost, Watcher, run
from benchmarks.server import ROOT, Server, server

BARE = """
import asyncio, json, sys, time
import aiohttp
urls = json.load(open("urls.json"))
async def one(session, url):
    async with session.get(url) as answer:
        return len(await answer.read())
async def main():
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as session:
        return await asyncio.gather(*(one(session, url) for url in urls))
began, used = time.perf_counter(), time.process_time()
sizes = asyncio.run(main())
assert all(sizes), sizes
print("loop_wall=%.4f loop_cpu=%.4f" % (time.perf_counter() - began, time.process_time() - used))
"""
OURS = """
import asyncio, json, time
from datetime import UTC, datetime
from urllib.parse import urlsplit
from watcher.collect import fetch
from watcher.model import Fetched, Network, Source, SourceId
urls = json.load(open("urls.json"))
private = tuple(urlsplit(url).netloc for url in urls)
network = Network(allow_private=private, concurrency=100, per_host_spacing_seconds=0)
sources = [Source(SourceId(str(n)), "feed", url, str(n)) for n, url in enumerate(urls)]
now = lambda: datetime.now(UTC)
async def main():
    async with fetch.open_client(network) as client:
        return [r async for r in fetch.gather(sources, {}, network, client=client, now=now)]
began, used = time.perf_counter(), time.process_time()
results = asyncio.run(main())
assert all(isinstance(r, Fetched) for r in results), results[:3]
print("loop_wall=%.4f loop_cpu=%.4f" % (time.perf_counter() - began, time.process_time() - used))
"""


def measure(at: Server, rounds: int) -> dict[str, list[Cost]]:
    """By subject. The loops' own figures stand in `cpu` and `wall`."""
    python = os.environ.get("READER_PYTHON", sys.executable)
    costs: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "urls.json").write_text(json.dumps(at.urls()), encoding="utf-8")
        program = Watcher(folder=folder)
        program.prepare(at)
        program.poll()
        env = {"PYTHONPATH": str(ROOT)}
        for _ in range(rounds):
            for subject, cost in (
                ("aiohttp, the loop", run([python, "-c", BARE], folder, inside=True)),
                ("watcher, the loop", run([sys.executable, "-c", OURS], folder, env, inside=True)),
                ("aiohttp, the process", run([python, "-c", BARE], folder)),
                ("watcher poll, unchanged", program.poll()),
            ):
                costs.setdefault(subject, []).append(cost)
    return costs


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(arguments)
    with server(asked.feeds, asked.feeds) as at:
        at.control(latency=asked.latency, etag=1)
        for subject, costs in measure(at, asked.rounds).items():
            cpu, wall = min(c.cpu for c in costs), min(c.wall for c in costs)
            print(f"{subject:24} wall {wall:.3f} s  cpu {cpu:.3f} s", flush=True)


if __name__ == "__main__":
    main()
