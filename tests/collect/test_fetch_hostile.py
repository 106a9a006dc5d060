"""What a hostile or broken server can do: every fault has one outcome, soon, and in little memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.collect.fetching import a_network, a_source, poll, poll_one
from tests.collect.hostile import hostile_set
from tests.collect.server import Asked, Server, response
from watcher.collect.dial import Patience
from watcher.model import Fetched, FetchFailed

FEED = b"<rss/>" * 100
MIB = 1024 * 1024


def coded(coding: str, body: bytes) -> bytes:
    return response(200, body, [("Content-Encoding", coding)])


def bomb(wbits: int, size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


FAULTS: dict[str, tuple[str, bytes]] = {
    "gzip bomb": ("too-large", coded("gzip", bomb(31, 300 * MIB))),
    "deflate bomb": ("too-large", coded("deflate", bomb(15, 300 * MIB))),
    "brotli bomb": ("too-large", coded("br", brotli.compress(bytes(300 * MIB), quality=1))),
    "stacked gzip": ("bad-encoding", coded("gzip, gzip", gzip.compress(gzip.compress(FEED)))),
    "stacked in two headers": (
        "bad-encoding",
        response(200, gzip.compress(FEED), [("Content-Encoding", "gzip"), ("Content-Encoding", "br")]),
    ),
    "unknown coding": ("bad-encoding", coded("zstd", FEED)),
    "not gzip at all": ("bad-encoding", coded("gzip", FEED)),
    "not brotli at all": ("bad-encoding", coded("br", FEED)),
    "endless gzip members": ("bad-encoding", coded("gzip", gzip.compress(b"") * 5000)),
    "truncated gzip": ("truncated", coded("gzip", gzip.compress(FEED)[:-6])),
    "truncated deflate": ("truncated", coded("deflate", zlib.compress(FEED)[:-5])),
    "truncated brotli": ("truncated", coded("br", brotli.compress(FEED)[:-4])),
    "less than announced": ("truncated", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + FEED),
    "chunks that stop": ("truncated", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    "too much announced": ("too-large", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + FEED),
    "too much sent": ("too-large", b"HTTP/1.1 200 OK\r\n\r\n" + bytes(17 * MIB)),
    "a header of 1 MB": ("headers-too-large", b"HTTP/1.1 200 OK\r\nX: " + b"x" * MIB + b"\r\n\r\n"),
    "100,000 headers": ("headers-too-large", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n"),
    "a status line without end": ("headers-too-large", b"HTTP/1.1 200 " + b"O" * MIB),
    "interim responses": ("bad-http", b"HTTP/1.1 102 Wait\r\n\r\n" * 100),
    "no HTTP": ("bad-http", b"\x00\x01\x02\x03SSH-2.0-OpenSSH\r\n\r\n"),
    "HTML without a head": ("bad-http", b"<html><body>hello</body></html>\r\n\r\n"),
    "two lengths": ("bad-http", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
    "a negative length": ("bad-http", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabcd"),
    "a bad chunk size": ("bad-http", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
    "an unknown transfer coding": ("bad-http", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc"),
    "one-byte chunks": (
        "bad-http",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 60_000 + b"0\r\n\r\n",
    ),
    "nothing": ("disconnected", b""),
    "half a head": ("disconnected", b"HTTP/1.1 200 OK\r\nContent-"),
    "a switch of protocols": ("bad-http", b"HTTP/1.1 101 Switching Protocols\r\n\r\nabc"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_code(fault: str) -> None:
    code, raw = FAULTS[fault]
    with Server() as server:
        url = server.send("/bad", raw)
        good = server.reply("/good", body=FEED)
        began = monotonic()
        bad, fine = poll([a_source(url, "bad"), a_source(good, "good")], a_network(server.allow))
    assert monotonic() - began < 20
    assert isinstance(bad, FetchFailed)
    assert (bad.code, type(fine)) == (code, Fetched)
    assert bad.text.startswith("127.0.0.1: ")
    assert "; " in bad.text  # the remedy


def test_a_body_of_just_the_limit_is_taken() -> None:
    with Server() as server:
        plain = server.reply("/plain", body=bytes(2 * MIB))
        packed = server.send("/packed", coded("gzip", bomb(31, 2 * MIB)))
        over = server.send("/over", coded("gzip", bomb(31, 3 * MIB)))
        network = a_network(server.allow, max_body_bytes=2 * MIB)
        sizes = [
            len(r.body) for r in (poll_one(u, network) for u in (plain, packed)) if isinstance(r, Fetched)
        ]
        assert sizes == [2 * MIB, 2 * MIB]
        refused = poll_one(over, network)
    assert isinstance(refused, FetchFailed)
    assert refused.code == "too-large"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
DRIPS: dict[str, Callable[[Server], str]] = {
    "body": lambda s: s.slowly("/drip", [HEAD, *[b"x"] * 1000], 0.02),
    "head": lambda s: s.slowly("/drip", [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 1000], 0.02),
    "interim": lambda s: s.slowly("/drip", [b"HTTP/1.1 102 Wait\r\n\r\n"] * 1000, 0.1),
}


@pytest.mark.parametrize("where", ["body", "head", "interim"])
def test_a_slow_drip_ends_at_the_deadline(where: str) -> None:
    with Server() as server:
        url = DRIPS[where](server)
        began = monotonic()
        result = poll_one(url, a_network(server.allow, deadline=0.4))
    assert 0.3 < monotonic() - began < 4
    assert isinstance(result, FetchFailed)
    assert result.code == "deadline"


def test_the_deadline_spans_all_redirects() -> None:
    async def wait_and_send_on(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.15)
        writer.write(response(302, headers=[("Location", asked.path + "x")]))

    with Server() as server:
        for hop in range(10):
            server.route("/" + "x" * hop, wait_and_send_on)
        result = poll_one(server.url("/"), a_network(server.allow, deadline=0.4))
        assert len(server.requests) <= 4
    assert isinstance(result, FetchFailed)
    assert result.code == "deadline"


def test_silence_is_a_timeout_before_the_deadline() -> None:
    with Server() as server:
        result = poll_one(server.hang("/"), a_network(server.allow), patience=Patience(silence=0.2))
    assert isinstance(result, FetchFailed)
    assert (result.code, "0.2 seconds" in result.text) == ("timeout", True)


def test_a_host_that_hung_once_gets_less_patience_and_its_other_sources_still_a_chance() -> None:
    with Server() as server:
        hanging = [a_source(server.hang(f"/h{n}")) for n in range(4)]
        good = a_source(server.reply("/good", body=FEED))
        began = monotonic()
        patience = Patience(silence=0.5, short_silence=0.1)
        results = poll([*hanging, good], a_network(server.allow), patience=patience)
    assert monotonic() - began < 1.9  # four times the full patience would be two seconds
    assert [type(result).__name__ for result in results] == ["FetchFailed"] * 4 + ["Fetched"]


def test_nothing_listens() -> None:
    with Server() as server:
        allow, url = server.allow, server.url()
    result = poll_one(url, a_network(allow))
    assert isinstance(result, FetchFailed)
    assert result.code == "connect"


PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 301 Moved\r\n",
        b"HTTP/1.1 304 Not Modified\r\n",
        b"HTTP/1.0 999 Odd\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 0\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: br\r\n",
        b"Location: //[\r\n",
        b"Location: http://\xff\xfe/\r\n",
        b"Location: /\r\n",
        b"\r\n",
        b"5\r\nhello\r\n0\r\n\r\n",
        b"\x1f\x8b\x08\x00\x00",
        b"hello",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=8).map(b"".join))
def test_whatever_a_server_sends_is_one_result(raw: bytes) -> None:
    ANY.send("/", raw)
    (result,) = poll([a_source(ANY.url(), "any")], a_network(ANY.allow, deadline=2))
    assert result.source_id == "any"
    if isinstance(result, FetchFailed):
        assert result.code != "internal", result.text


ANY = Server()


@pytest.fixture(scope="module", autouse=True)
def _any_server() -> Iterator[None]:
    with ANY:
        yield


CLIENT = """
import asyncio, json, sys
from tests.collect.fetching import NOON, a_network, a_source
from watcher.collect import fetch

urls, allow = json.loads(sys.argv[1])
network = a_network(*allow, deadline=30, concurrency=100)

async def run():
    codes = []
    async with fetch.open_client(network) as client:
        sources = [a_source(url, str(n)) for n, url in enumerate(urls)]
        async for result in fetch.gather(sources, {}, network, client=client, now=lambda: NOON):
            codes.append(getattr(result, "code", "ok"))
    return codes

def peak():
    # Of this program alone: ru_maxrss would begin with the size of the process that forked it.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024

before = peak()
codes = asyncio.run(run())
print(json.dumps([before, peak(), codes]))
"""


def test_any_number_of_hostile_sources_at_once_stays_small() -> None:
    """Sixty at once; three in five send 15 MiB each and are taken, one after another."""
    root = Path(__file__).parents[2]
    with hostile_set(60) as (urls, allow):
        arguments = [sys.executable, "-c", CLIENT, json.dumps([urls, allow])]
        run = subprocess.run(arguments, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    before, peak, codes = json.loads(run.stdout)
    assert Counter(codes) == {"ok": 36, "too-large": 24}
    assert peak < 250, f"{before} -> {peak} MiB"
