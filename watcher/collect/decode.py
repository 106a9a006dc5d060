"""Content codings, undone in bounded steps: no response makes us allocate more than it may hold. Pure.

Library decoders expand a whole chunk at once: 20 KB of `gzip, gzip` became 2 GB in one, 1.6 KB of
brotli likewise. Here each step yields at most `STEP` bytes and the sum is checked between steps.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

STEP = 1 << 20
ACCEPT_ENCODING = b"gzip, deflate, br"
PLAIN = frozenset(("", "identity", "none", "utf-8"))  # the last two are not codings, but servers send them
MAX_MEMBERS = 1000  # each costs a copy of what follows: 800,000 empty ones would take minutes
GZIP_MAGIC = b"\x1f\x8b"


class TooLarge(Exception):
    """The decoded body exceeds the limit."""


class BadEncoding(Exception):
    """A coding that is unknown, stacked, or not what the bytes are."""


class Truncated(Exception):
    """The compressed stream ends before its end."""


def decode(raw: bytes, content_encoding: str, limit: int) -> bytes:
    """The body of at most `limit` bytes. Raises TooLarge, BadEncoding or Truncated."""
    codings = [name for part in content_encoding.split(",") if (name := part.strip().lower()) not in PLAIN]
    if len(codings) > 1:
        raise BadEncoding(f"stacked codings ({content_encoding[:80]})")
    if not codings or not raw:
        if len(raw) > limit:
            raise TooLarge
        return raw
    match codings[0].removeprefix("x-"):
        case "gzip":
            return _bounded(_gzip(raw), limit)
        case "deflate":
            return _bounded(_deflate(raw), limit)
        case "br":
            return _bounded(_brotli(raw), limit)
    raise BadEncoding(f"unknown coding ({codings[0][:40]})")


def _bounded(steps: Iterator[bytes], limit: int) -> bytes:
    whole = io.BytesIO()  # it grows in place, and its value is no copy
    for part in steps:
        if whole.tell() + len(part) > limit:
            raise TooLarge
        whole.write(part)
    return whole.getvalue()


def _gzip(raw: bytes) -> Iterator[bytes]:
    """Every member (RFC 1952 §2.2). What follows the last one and is no member is ignored, as browsers do."""
    rest = raw
    for _ in range(MAX_MEMBERS):
        inflate = zlib.decompressobj(31)
        yield from _inflated(inflate, rest)
        rest = inflate.unused_data
        if not rest.startswith(GZIP_MAGIC):
            return
    raise BadEncoding(f"more than {MAX_MEMBERS} gzip members")


def _deflate(raw: bytes) -> Iterator[bytes]:
    """With the zlib header that RFC 9110 §8.4.1.2 asks for, or without it, as many servers send it."""
    wrapped = len(raw) > 1 and raw[0] & 0x0F == 8 and (raw[0] << 8 | raw[1]) % 31 == 0
    return _inflated(zlib.decompressobj(15 if wrapped else -15), raw)


def _inflated(inflate: zlib._Decompress, raw: bytes) -> Iterator[bytes]:
    try:
        while not inflate.eof:
            part = inflate.decompress(raw, STEP)
            raw = inflate.unconsumed_tail
            if part:
                yield part
            elif not raw and not inflate.eof:
                raise Truncated
    except zlib.error as error:
        raise BadEncoding(str(error)) from error


def _brotli(raw: bytes) -> Iterator[bytes]:
    import brotli  # type: ignore[import-untyped]

    decompressor = brotli.Decompressor()
    try:
        part = decompressor.process(raw, output_buffer_limit=STEP)
        while part or not decompressor.is_finished():
            yield part
            if not part and decompressor.can_accept_more_data():
                raise Truncated
            part = decompressor.process(b"", output_buffer_limit=STEP)
    except brotli.error as error:
        raise BadEncoding(str(error)) from error
