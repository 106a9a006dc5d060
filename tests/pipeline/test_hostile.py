"""Hostile and broken answers, all in one production cycle: each has its outcome, none costs another anything."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import timedelta

from tests.collect.server import response
from tests.pipeline.test_collecting import TEXT, VOTE, instant, source
from tests.pipeline.world import START, Story, World
from watcher.model import SourceId
from watcher.store import sources as stored

BALTIC = "Būs jāpamet Otavas konvencija žņķ"
PASSWORDS = "SYSTEM 'file:///etc/passwd'"


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>W</title>{''.join(items)}</channel></rss>"


def item(name: str, title: str = "Cup final ends in a draw", link: str = "", extra: str = "") -> str:
    link = link or f"https://h.example/{name}"
    return f"<item><title>{title}</title><link>{link}</link>{extra}</item>"


def ok(body: bytes, *headers: tuple[str, str]) -> bytes:
    return response(200, body, headers)


def declared(text: str, encoding: str, says: str = "") -> bytes:
    return ok(f"<?xml version='1.0' encoding='{says or encoding}'?>{text}".encode(encoding))


def head(*lines: str) -> bytes:
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def moved(to: str) -> bytes:
    return head("HTTP/1.1 302 X", f"Location: {to}", "Content-Length: 0")


def dated(name: str, day: str) -> bytes:
    return ok(rss(item(name, extra=f"<pubDate>{day}</pubDate>")).encode())


PLAIN = rss(item("plain")).encode()
RAW = zlib.compressobj(9, zlib.DEFLATED, -15)
JSON_TYPES: list[object] = [
    {"id": {"a": 1}, "title": [1], "url": 7, "date_published": {"x": 1}, "authors": "me"},
    {"id": True, "title": "Right among wrong", "url": "https://h.example/types"},
    None,
    "x",
    [],
]

READ = {  # name → answer, and the one title that comes of it
    "utf16-le": (ok(rss(item("a1", BALTIC)).encode("utf-16-le")), BALTIC),
    "utf16-be": (ok(("<?xml version='1.0'?>" + rss(item("a2", BALTIC))).encode("utf-16-be")), BALTIC),
    "utf32": (ok(rss(item("a3", BALTIC)).encode("utf-32")), BALTIC),
    "gb2312-is-gb18030": (declared(rss(item("a4", "地雷公约𠀀")), "gb18030", "gb2312"), "地雷公约𠀀"),
    "euc-kr": (declared(rss(item("a5", "대인지뢰 금지 협약")), "euc-kr"), "대인지뢰 금지 협약"),
    "iso-2022-jp": (declared(rss(item("a6", "対人地雷")), "iso-2022-jp"), "対人地雷"),
    "utf7": (declared(rss(item("a7", "+ADw-b+AD4-")), "ascii", "utf-7"), "+ADw-b+AD4-"),
    "rot13": (ok(b"<?xml version='1.0' encoding='rot13'?>" + rss(item("a8", "\xe9t\xe9")).encode("latin-1")), "été"),
    "xinclude": (ok(rss(item("b1", extra="<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>")).encode()), "Cup final ends in a draw"),
    "external-dtd": (ok(b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1:1/x.dtd'>" + rss(item("b2")).encode()), "Cup final ends in a draw"),
    "json-types": (ok(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": JSON_TYPES}).encode()), "Right among wrong"),
    "json-surrogate": (ok(b'{"items":[{"id":"s","title":"half \\ud83d pair\\u0000","url":"https://h.example/s"}]}'), "half \ufffd pair"),
    "json-nan": (ok(b'{"items":[{"id":NaN,"title":"No number","url":"https://h.example/n","date_published":Infinity}]}'), "No number"),
    "interim": (head("HTTP/1.1 103 Early") * 10 + ok(PLAIN.replace(b"plain", b"c1")), "Cup final ends in a draw"),
    "http10": (head("HTTP/1.0 200 OK") + PLAIN.replace(b"plain", b"c2"), "Cup final ends in a draw"),
    "same-length-twice": (head("HTTP/1.1 200 OK", f"Content-Length: {len(PLAIN)}", f"Content-Length: {len(PLAIN)}") + PLAIN, "Cup final ends in a draw"),
    "odd-etag": (ok(PLAIN.replace(b"plain", b"c3"), ("ETag", 'W/"\xff\x80 ,;\'"'), ("Last-Modified", "yesterday")), "Cup final ends in a draw"),
    "gzip-and-more": (ok(gzip.compress(PLAIN.replace(b"plain", b"c4")) + b"garbage", ("Content-Encoding", "gzip")), "Cup final ends in a draw"),
    "deflate-raw": (ok(RAW.compress(PLAIN.replace(b"plain", b"c5")) + RAW.flush(), ("Content-Encoding", "deflate")), "Cup final ends in a draw"),
    "guids-turn": (ok(rss(*(item("c6", extra=f"<guid>r{n}</guid>") for n in range(20))).encode()), "Cup final ends in a draw"),
    "february-31": (dated("d1", "Tue, 31 Feb 2026 10:00:00 GMT"), "Cup final ends in a draw"),
    "far-future": (dated("d2", "Mon, 01 Jan 99999 00:00:00 GMT"), "Cup final ends in a draw"),
    "epoch": (dated("d3", "Thu, 01 Jan 1970 00:00:00 GMT"), "Cup final ends in a draw"),
    "no-zone": (dated("d4", "Mon, 04 May 2026 08:00:00 +9999"), "Cup final ends in a draw"),
    "nulls": (ok(rss(item("e1")).encode().replace(b"draw", b"dr\x00aw")), "Cup final ends in a draw"),
    "bidi": (ok(rss(item("e2", "\u202eBad\u2066 \u200b\ufeff\U000e0041 title")).encode()), "Bad title"),
    "script": (ok(rss(item("e3", "<![CDATA[<script>alert(1)</script>Good]]>")).encode()), "Good"),
    "javascript-link": (ok(rss(item("e4", "No link", "javascript:alert(1)")).encode()), "No link"),
    "endless-link": (ok(rss(item("e5", "Long link", "https://h.example/" + "a" * 100_000)).encode()), "Long link"),
    "cookies": (ok(PLAIN.replace(b"plain", b"e6"), *[("Set-Cookie", "a=b")] * 50), "Cup final ends in a draw"),
}  # fmt: skip

REFUSED = {  # name → answer, and the code of its failure
    "parameter-entities": (declared(f"<!DOCTYPE r [<!ENTITY % a {PASSWORDS}> %a;]>{rss(item('x'))}", "utf-8"), "unreadable"),
    "entity-utf16": (declared(f"<!DOCTYPE r [<!ENTITY x {PASSWORDS}>]>{rss(item('x', '&x;'))}", "utf-16"), "unreadable"),
    "meta-refresh": (ok(b"<html><meta http-equiv=refresh content='0;url=http://127.0.0.1:22/'></html>"), "unreadable"),
    "json-nested": (ok(b'{"items":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "unreadable"),
    "json-objects": (ok(b'{"items":[{"id":"1","title":' + b'{"a":' * 40_000 + b"1" + b"}" * 40_000 + b"}]}"), "unreadable"),
    "json-number": (ok(b'{"items":[{"id":' + b"9" * 20_000 + b"}]}"), "unreadable"),
    "chunk-size": (head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + b"FFFFFFFFFFFFFFFF\r\n" + PLAIN, "truncated"),
    "chunk-negative": (head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + b"-5\r\n" + PLAIN, "bad-http"),
    "chunk-extension": (head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + b"1;" + b"a" * 1_000_000, "bad-http"),
    "trailers": (head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") + b"0\r\n" + b"X: y\r\n" * 100_000, "bad-http"),
    "length-negative": (head("HTTP/1.1 200 OK", "Content-Length: -1") + PLAIN, "bad-http"),
    "length-twice": (head("HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 7") + PLAIN, "bad-http"),
    "length-endless": (head("HTTP/1.1 200 OK", "Content-Length: " + "9" * 30) + PLAIN, "bad-http"),
    "interim-flood": (head("HTTP/1.1 100 Continue") * 5_000 + ok(PLAIN), "bad-http"),
    "http09": (PLAIN, "disconnected"),
    "http2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "bad-http"),
    "tls": (b"\x16\x03\x01\x02\x00\x01" + bytes(range(256)), "bad-http"),
    "status-000": (head("HTTP/1.1 000 X"), "bad-http"),
    "status-999": (head("HTTP/1.1 999 X", "Content-Length: 0"), "http-999"),
    "null-in-header": (head("HTTP/1.1 200 OK", "X: a\x00b") + PLAIN, "bad-http"),
    "unasked-304": (head("HTTP/1.1 304 Not Modified"), "http-304"),
    "gzip-cut": (ok(gzip.compress(PLAIN)[:-20], ("Content-Encoding", "gzip")), "truncated"),
    "gzip-wrong-sum": (ok(gzip.compress(PLAIN)[:-8] + bytes(8), ("Content-Encoding", "gzip")), "bad-encoding"),
    "gzip-not": (ok(PLAIN, ("Content-Encoding", "gzip")), "bad-encoding"),
    "zstd": (ok(b"\x28\xb5\x2f\xfd\x00", ("Content-Encoding", "zstd")), "bad-encoding"),
    "snappy": (ok(PLAIN, ("Content-Encoding", "snappy")), "bad-encoding"),
    "nothing": (ok(b""), "unreadable"),
    "blanks": (ok(b"\n \t" * 1_000), "unreadable"),
    "to-javascript": (moved("javascript:alert(1)"), "blocked"),
    "to-file": (moved("file:///etc/passwd"), "blocked"),
    "to-login": (moved("http://a:b@127.0.0.1/"), "blocked"),
    "to-zone": (moved("http://[fe80::1%25eth0]/"), "blocked"),
    "to-decimal": (moved("http://2130706433/"), "blocked"),
    "to-octal": (moved("http://0177.0.0.1/"), "blocked"),
    "to-hex": (moved("http://0x7f.0.0.1/"), "blocked"),
    "to-short": (moved("http://127.1/"), "blocked"),
    "to-mapped": (moved("http://[::ffff:127.0.0.1]/"), "blocked"),
    "to-metadata": (moved("http://169.254.169.254/latest/"), "blocked"),
    "to-localhost": (moved("http://localhost./"), "blocked"),
    "to-port": (moved("http://h.example:99999/"), "blocked"),
    "to-nowhere": (moved(""), "redirect-loop"),
    "to-header": (moved("/a\rX: y"), "bad-http"),
    "to-long": (moved("http://h.example/" + "a" * 9_000), "blocked"),
}  # fmt: skip

WAITS = {  # name → Retry-After with other headers, and the hours until it is asked again at the earliest
    "negative": (("Retry-After: -5",), 0),
    "endless": (("Retry-After: " + "9" * 30,), 7 * 24),
    "garbage": (("Retry-After: soon\xff",), 0),
    "skewed": (("Date: Mon, 01 Jan 1990 00:00:00 GMT", "Retry-After: Mon, 01 Jan 1990 01:00:00 GMT"), 1),
}


def test_each_has_its_outcome_and_none_costs_another_anything(world: World) -> None:
    answers = {name: raw for name, (raw, _) in (READ | REFUSED).items()}
    answers |= {n: head("HTTP/1.1 503 X", "Content-Length: 0", *lines) for n, (lines, _) in WAITS.items()}
    for name, raw in answers.items():
        world.server.send(f"/{name}", raw)
    world.extra = "".join(source(world, name, "feed", f"/{name}", tier="media") for name in answers)
    world.publish(Story("football", "Honest news of the day"))
    first = world.poll().polled
    codes = {name: failure.code for name, failure in first.failures.items()}
    assert codes == {n: code for n, (_, code) in REFUSED.items()} | dict.fromkeys(WAITS, "http-503")
    with world.database() as db:
        rows = db.rows("SELECT source_id, title, url, published FROM items WHERE id > 1")
        waits = {name: stored.state(db, SourceId(name)).not_before for name in WAITS}
    titles: dict[str, set[str]] = {}
    for row in rows:
        titles.setdefault(row["source_id"], set()).add(row["title"])
    assert titles.pop("wire") == {"Honest news of the day"}
    assert titles == {name: {title} for name, (_, title) in READ.items()}
    assert all(
        row["url"].startswith("http") or row["source_id"] in ("javascript-link", "endless-link")
        for row in rows
    )
    assert {row["source_id"] for row in rows if row["published"]} == {"wire", "no-zone"}
    hours = {name: (until - START) / timedelta(hours=1) if until else 0 for name, until in waits.items()}
    assert hours == {name: hours for name, (_, hours) in WAITS.items()}

    world.publish(
        Story("vote", VOTE, TEXT, START + timedelta(hours=26)), Story("football", "Honest news of the day")
    )
    again = world.poll(after=timedelta(hours=28)).polled
    assert (again.new, again.edited) == (1, 0), "nothing of what was known is new"
    assert len([headline for headline in instant(world) if "Romania" in headline]) == 1
    assert not [
        asked for asked in world.server.requests if "cookie" in asked.headers or "referer" in asked.headers
    ]
