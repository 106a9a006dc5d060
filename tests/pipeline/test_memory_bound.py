"""The whole program, with hostile sources at once: its memory stays bounded whatever they send."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.collect.hostile import MIB, hostile_set
from tests.collect.server import Server, response

MOST_MIB = 190
"""Of 300 for any number of sources; what is below is a part of them."""

PROGRAM = """
import sys
from watcher.cli import main
try:
    main(sys.argv[1:])
finally:
    # Of this program alone: ru_maxrss would begin with the size of the process that forked it.
    with open("/proc/self/status") as status:
        print(next(line for line in status if line.startswith("VmHWM")).split()[1], file=sys.stderr)
"""
SENTENCE = (
    b"The Romanian parliament voted to withdraw from the Ottawa Convention that bans anti-personnel mines. "
)


def rss(items: bytes) -> bytes:
    return b"<rss version='2.0'><channel><title>W</title>" + items + b"</channel></rss>"


def item(number: int, text: bytes, title: bytes = b"Mines") -> bytes:
    return (
        b"<item><title>%s %d</title><link>https://n.example/%d</link><description>%s</description></item>"
        % (
            title,
            number,
            number,
            text,
        )
    )


def bodies() -> dict[str, bytes]:
    """What a reader without bounds takes hundreds of megabytes for."""
    return {
        "feed-tags": rss(item(0, b"<b/>" * 1_500_000)),
        "feed-title": rss(item(1, b"x", b"Ottawa mine " * 1_000_000)),
        "feed-texts": rss(b"".join(item(n, SENTENCE * 40) for n in range(100, 180))),
        "feed-emoji": rss(item(2, "🙂 mine ".encode() * 1_200_000)),
        "feed-envelope": rss(b"<!--x-->" * 800_000 + item(3, b"x")),
        "feed-json": b'{"items":[' + b",".join([b"[1,2]"] * 2_000_000) + b"]}",
        "json-objects": b"[" + b",".join([b'{"a":{"b":1}}'] * 300_000) + b"]",
        "page-links": b"<html><body>" + b"<a href='/x'>A headline of several words</a>" * 80_000,
    }


def test_a_poll_of_hostile_sources_stays_small(tmp_path: Path) -> None:
    with hostile_set(5) as (urls, allow), ExitStack() as stack:
        sources = [(f"feed-{n}", url) for n, url in enumerate(urls)]
        for name, body in bodies().items():
            server = stack.enter_context(Server())
            packed = response(200, gzip.compress(body, 1), [("Content-Encoding", "gzip")])
            sources.append((name, server.send("/", packed)))
            allow.append(server.allow)
        added = "".join(
            f'[[sources.add]]\nid = "{name}"\nname = "{name}"\nkind = "{name.split("-")[0]}"\nurl = "{url}"\n'
            for name, url in sources
        )
        file = tmp_path / "config.toml"
        file.write_text(
            f'[watcher]\nstate_dir = "state"\ncontact = "a@example.org"\n[sources]\npacks = []\n{added}'
            '[[channels]]\nname = "desk"\nkind = "file"\nfolder = "out"\n'
            f"[network]\nallow_private = {json.dumps(allow)}\nper_host_spacing_seconds = 0\n"
        )
        command = [sys.executable, "-c", PROGRAM, "-c", str(file), "poll", "--json"]
        root = Path(__file__).parents[2]
        run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert report["sources"]["due"] == len(sources)
    assert report["new"] > 80, "the texts were read and judged"
    peak = int(run.stderr.split()[-1]) * 1024 // MIB
    assert peak < MOST_MIB, f"{peak} MiB"
