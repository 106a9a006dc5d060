"""One polite GET: what is sent, what comes back, and where redirects may lead."""

from __future__ import annotations

import base64
import gzip
import zlib

import brotli
import pytest

from tests.collect.fetching import NOON, a_network, a_source, poll, poll_one
from tests.collect.server import Server, response
from watcher.model import Fetched, FetchFailed, NotModified, PollState, Request, SourceId

FEED = b"<rss><channel><title>News</title></channel></rss>" * 50


def test_a_body_arrives_with_its_headers_and_address() -> None:
    with Server() as server:
        url = server.reply(
            "/feed", body=FEED, headers=[("Content-Type", "text/xml"), ("X-A", "1"), ("X-A", "2")]
        )
        result = poll_one(url, a_network(server.allow))
    assert isinstance(result, Fetched)
    assert (result.body, result.url, result.status, result.at) == (FEED, url, 200, NOON)
    assert (result.headers["content-type"], result.headers["x-a"]) == ("text/xml", "1, 2")


def test_the_request_names_us_and_no_more() -> None:
    with Server() as server:
        url = server.reply("/feed", body=FEED, headers=[("Set-Cookie", "id=1")])
        poll([a_source(url, "a"), a_source(url, "b")], a_network(server.allow), contact="desk@example.org")
        first, second = server.requests
    assert first.headers["user-agent"] == "ottawa-watcher (+desk@example.org)"
    assert first.headers["accept-encoding"] == "gzip, deflate, br"
    assert first.headers["host"] == server.allow
    assert set(second.headers) == {"user-agent", "accept-encoding", "accept", "host"}


def test_an_odd_contact_cannot_break_the_request() -> None:
    with Server() as server:
        url = server.reply("/feed", body=FEED)
        poll([a_source(url)], a_network(server.allow), contact="Müller\r\nX-Evil: 1")
        headers = server.requests[0].headers
    assert "x-evil" not in headers
    assert headers["user-agent"].startswith("ottawa-watcher (+M?ller")


VALIDATORS = [
    ('"abc"', "Mon, 23 Nov 2026 10:00:00 GMT"),
    ('W/"a b\\"c"', "Monday, 23-Nov-26 10:00:00 GMT"),
    ("no-quotes", "2026-11-23 10:00:00"),
    ('"gr\xfc\xdfe"', None),
    (None, "0"),
]


@pytest.mark.parametrize(("etag", "modified"), VALIDATORS)
def test_validators_go_back_byte_for_byte(etag: str | None, modified: str | None) -> None:
    with Server() as server:
        url = server.reply("/feed", 304, headers=[("Cache-Control", "max-age=60")])
        state = PollState(SourceId(url), etag=etag, last_modified=modified)
        result = poll_one(url, a_network(server.allow), state)
        raw = server.requests[0].raw
    assert isinstance(result, NotModified)
    assert result.headers["cache-control"] == "max-age=60"
    assert (b"If-None-Match: " in raw) == (etag is not None)
    if etag:
        assert b"\r\nIf-None-Match: " + etag.encode("latin-1") + b"\r\n" in raw
    if modified:
        assert b"\r\nIf-Modified-Since: " + modified.encode("latin-1") + b"\r\n" in raw


def test_an_etag_that_cannot_be_sent_is_no_reason_to_stop() -> None:
    with Server() as server:
        url = server.reply("/feed", body=FEED)
        result = poll_one(url, a_network(server.allow), PollState(SourceId(url), etag="a\r\nX-Evil: 1"))
        assert not any("x-evil" in asked.headers for asked in server.requests)
    assert isinstance(result, FetchFailed)
    assert result.code == "bad-request"


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    with Server() as server:
        result = poll_one(server.reply("/feed", 304), a_network(server.allow))
    assert isinstance(result, FetchFailed)
    assert result.code == "http-304"


CODINGS = {
    "gzip": gzip.compress(FEED),
    "x-gzip": gzip.compress(FEED),
    "GZIP": gzip.compress(FEED[:9]) + gzip.compress(FEED[9:]) + b"\x00\x00 padding",
    "deflate": zlib.compress(FEED),
    "Deflate": zlib.compress(FEED)[2:-4],
    "br": brotli.compress(FEED),
    "identity": FEED,
    "none": FEED,
    "": FEED,
    "identity, gzip": gzip.compress(FEED),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_content_codings_are_undone(coding: str) -> None:
    with Server() as server:
        url = server.reply("/feed", body=CODINGS[coding], headers=[("Content-Encoding", coding)])
        result = poll_one(url, a_network(server.allow))
    assert isinstance(result, Fetched)
    assert result.body == FEED


def chunked(body: bytes, size: int, headers: str = "") -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return f"HTTP/1.1 200 OK\r\n{headers}Transfer-Encoding: chunked\r\n\r\n".encode() + framed


WHOLE = {
    "chunked": chunked(FEED, 7),
    "until-close": b"HTTP/1.0 200 OK\r\n\r\n" + FEED,
    "after-100-and-103": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n" + response(200, FEED),
    "lower-case, no space": b"HTTP/1.1 200\r\ncontent-length:%d\r\n\r\n" % len(FEED) + FEED,
    "more-than-announced": response(200, FEED) + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
}


@pytest.mark.parametrize("framing", WHOLE)
def test_every_framing_gives_the_same_body(framing: str) -> None:
    with Server() as server:
        url = server.send("/feed", WHOLE[framing])
        network = a_network(server.allow)
        results = poll([a_source(url, "first"), a_source(url, "second")], network)
    assert [r.body for r in results if isinstance(r, Fetched)] == [FEED, FEED]


def test_one_connection_serves_a_host() -> None:
    with Server() as server:
        sources = [a_source(server.reply(f"/{n}", body=FEED)) for n in range(20)]
        results = poll(sources, a_network(server.allow))
        assert (server.connections, len(server.requests)) == (1, 20)
    assert all(isinstance(result, Fetched) for result in results)


def test_a_kept_connection_that_died_is_replaced() -> None:
    with Server() as server:
        url = server.send("/feed", response(200, FEED))  # keep-alive by its words, hangs up all the same
        results = poll([a_source(url, str(n)) for n in range(5)], a_network(server.allow))
    assert [type(result) for result in results] == [Fetched] * 5


def test_non_ascii_addresses_are_percent_encoded() -> None:
    with Server() as server:
        url = server.url("/żółw?q=mina przeciw&x=%20%C3%B3#part")
        poll_one(url, a_network(server.allow))
        assert server.requests[0].path == "/%C5%BC%C3%B3%C5%82w?q=mina%20przeciw&x=%20%C3%B3"


# ── redirects ──


def test_redirects_are_followed_and_the_end_is_the_address() -> None:
    with Server() as server:
        end = server.reply("/end", body=FEED)
        server.redirect("/b", "end", 307)
        result = poll_one(server.redirect("/a", "/b", 302), a_network(server.allow))
    assert isinstance(result, Fetched)
    assert (result.url, result.moved_to) == (end, None)


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308,), True),
        ((301, 308), True),
        ((301, 302), False),
        ((302, 301), False),
        ((303,), False),
    ],
)
def test_only_a_wholly_permanent_chain_is_a_move(statuses: tuple[int, ...], moved: bool) -> None:
    with Server() as server:
        end = server.feed("/end", FEED, '"1"')
        for hop, status in enumerate(statuses):
            server.redirect(f"/{hop}", f"/{hop + 1}" if hop + 1 < len(statuses) else end, status)
        network = a_network(server.allow)
        first = poll_one(server.url("/0"), network)
        again = poll_one(server.url("/0"), network, PollState(SourceId("x"), etag='"1"'))
    expected = end if moved else None
    assert isinstance(first, Fetched)
    assert isinstance(again, NotModified)
    assert (first.moved_to, again.moved_to) == (expected, expected)


def test_a_moved_source_is_asked_at_its_new_address() -> None:
    with Server() as server:
        server.reply("/new", body=FEED)
        old = server.url("/old")
        poll_one(
            old,
            a_network(server.allow),
            PollState(SourceId(old), url=server.url("/new"), earlier_urls=(old,)),
        )
        assert [asked.path for asked in server.requests] == ["/new"]


def redirect_cases(server: Server) -> dict[str, str]:
    for hop in range(20):
        server.redirect(f"/many/{hop}", f"/many/{hop + 1}")
    server.redirect("/circle", "/circle2")
    server.redirect("/circle2", "/circle")
    return {
        "too-many-redirects": server.url("/many/0"),
        "redirect-loop": server.url("/circle"),
        "http-302": server.reply("/nowhere", 302),
        "blocked": server.redirect("/private", "http://10.0.0.1/admin"),
    }


@pytest.mark.parametrize("code", ["too-many-redirects", "redirect-loop", "http-302", "blocked"])
def test_redirects_that_lead_nowhere(code: str) -> None:
    with Server() as server:
        result = poll_one(redirect_cases(server)[code], a_network(server.allow))
    assert isinstance(result, FetchFailed)
    assert result.code == code
    assert len(result.text) > len(code)


def test_ten_redirects_are_followed_and_not_eleven() -> None:
    with Server() as server:
        for hop in range(11):
            server.redirect(f"/{hop}", f"/{hop + 1}")
        server.reply("/11", body=FEED)
        network = a_network(server.allow)
        assert isinstance(poll_one(server.url("/1"), network), Fetched)
        assert isinstance(poll_one(server.url("/0"), network), FetchFailed)


TRAPS = [
    "http://127.0.0.1:1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::169.254.169.254]/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://localhost/",
    "//10.1.2.3/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/_HELO",
    "ftp://192.0.2.1/",
    "javascript:alert(1)",
    "http://user:secret@127.0.0.1/",
    "http://\\\\127.0.0.1/",
    "http://[::1",
    "http://a:b:c/",
    "http://127.0.0.1:25/",
]


@pytest.mark.parametrize("trap", TRAPS)
def test_no_redirect_leads_to_a_refused_address(trap: str) -> None:
    with Server() as server:
        result = poll_one(server.redirect("/trap", trap), a_network(server.allow))
    assert isinstance(result, FetchFailed)
    assert result.code in ("blocked", "bad-redirect", "dns")
    assert "secret" not in result.text


def test_credentials_stay_with_their_origin() -> None:
    with Server() as here, Server() as there:
        end = there.reply("/end", body=FEED)
        here.redirect("/inside", "/out")
        here.redirect("/out", end)
        url = here.url("/inside").replace("http://", "http://user:p%40ss@")
        headers = {"X-Api-Key": "key", "Cookie": "a=1", "Accept-Language": "pl"}
        result = poll_one(
            url, a_network(here.allow, there.allow), ask=lambda source, state: Request(source.url, headers)
        )
        token = "Basic " + base64.b64encode(b"user:p@ss").decode()
        assert [asked.headers.get("authorization") for asked in here.requests] == [token, token]
        assert [asked.headers.get("x-api-key") for asked in here.requests] == ["key", "key"]
        (arrived,) = there.requests
    assert isinstance(result, Fetched)
    assert not {"authorization", "cookie", "x-api-key", "referer"} & set(arrived.headers)
    assert arrived.headers["accept-language"] == "pl"
    assert "p@ss" not in result.url
    assert "p%40ss" not in result.url


def test_an_address_with_a_login_never_moves_by_itself() -> None:
    with Server() as server:
        end = server.reply("/end", body=FEED)
        url = server.redirect("/start", end, 301).replace("http://", "http://user:pass@")
        result = poll_one(url, a_network(server.allow))
    assert isinstance(result, Fetched)
    assert (result.url, result.moved_to) == (end, None)


def test_another_port_is_another_origin() -> None:
    with Server() as here, Server() as there:
        there.redirect("/back", here.url("/end"))
        here.reply("/end", body=FEED)
        url = here.redirect("/start", there.url("/back"))
        poll_one(
            url,
            a_network(here.allow, there.allow),
            ask=lambda source, state: Request(source.url, {"Authorization": "Bearer x"}),
        )
        assert [asked.headers.get("authorization") for asked in here.requests] == ["Bearer x", None]


# ── statuses ──


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 429, 500, 503, 599])
def test_a_refusal_is_a_value_with_status_headers_and_remedy(status: int) -> None:
    with Server() as server:
        url = server.reply("/feed", status, b"x" * 500_000, [("Retry-After", "120")])
        other = server.reply("/ok", body=FEED)
        results = poll([a_source(url), a_source(other)], a_network(server.allow))
    failure, fine = results
    assert isinstance(failure, FetchFailed)
    assert isinstance(fine, Fetched)
    assert (failure.code, failure.status) == (f"http-{status}", status)
    assert failure.headers["retry-after"] == "120"
    assert str(status) in failure.text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not a url",
        "ftp://example.org/x",
        "http://",
        "http://127.0.0.1:9/x",
        "http://[::1]:99/",
        "///",
        "x" * 9000,
    ],
)
def test_a_source_with_a_bad_address_is_blocked_and_stops_no_other(url: str) -> None:
    with Server() as server:
        good = server.reply("/ok", body=FEED)
        results = poll(
            [a_source(url, "bad"), a_source(good, "good")], a_network(server.allow, "nonsense", ":::")
        )
    outcomes = {result.source_id: result for result in results}
    bad = outcomes[SourceId("bad")]
    assert isinstance(bad, FetchFailed)
    assert bad.code == "blocked"
    assert isinstance(outcomes[SourceId("good")], Fetched)


def test_a_kind_that_cannot_ask_stops_no_other() -> None:
    def ask(source: object, state: PollState) -> Request:
        if state.source_id == "odd":
            raise KeyError("query")
        return Request(source.url)  # type: ignore[attr-defined]

    with Server() as server:
        good = server.reply("/ok", body=FEED)
        results = poll([a_source(good, "odd"), a_source(good, "good")], a_network(server.allow), ask=ask)
    assert {type(result).__name__ for result in results} == {"FetchFailed", "Fetched"}


def test_no_sources_no_results() -> None:
    assert poll([], a_network()) == []
