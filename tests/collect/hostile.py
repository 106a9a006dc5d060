"""Many hostile servers at once, each its own host: bombs, big bodies near the limit, drips, floods."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import brotli

from tests.collect.server import Asked, Server, response

MIB = 1024 * 1024


def _packed(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


def _bodies() -> list[tuple[str, bytes]]:
    return [
        ("gzip", _packed(64 * MIB)),
        ("gzip", _packed(15 * MIB)),
        ("br", brotli.compress(bytes(64 * MIB), quality=1)),
        ("br", brotli.compress(bytes(15 * MIB), quality=1)),
    ]


async def _flood(asked: Asked, writer: asyncio.StreamWriter) -> bool:
    """15 MiB without a length, all servers at the same time."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(15 * 16):
        writer.write(bytes(MIB // 16))
        await writer.drain()
    return False


@contextmanager
def hostile_set(count: int) -> Iterator[tuple[list[str], list[str]]]:
    """Addresses, and what allow_private must list, of `count` servers."""
    whole = [response(200, body, [("Content-Encoding", coding)]) for coding, body in _bodies()]
    with ExitStack() as stack:
        servers = [stack.enter_context(Server()) for _ in range(count)]
        urls = [
            server.route("/", _flood) if n % 5 == 4 else server.send("/", whole[n % 5])
            for n, server in enumerate(servers)
        ]
        yield urls, [server.allow for server in servers]
