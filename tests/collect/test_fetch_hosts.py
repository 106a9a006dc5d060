"""Names, hosts, connections: look-ups that fail or lie, hosts that hang, and who waits for whom."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.collect.fetching import NOON, a_network, a_source, poll, poll_one
from tests.collect.server import Asked, Server
from watcher.collect import fetch
from watcher.collect.dial import Patience, system_tls
from watcher.collect.guard import address
from watcher.collect.throttle import Hosts
from watcher.model import Fetched, FetchFailed, Network, PollState, Source, SourceId

FEED = b"<rss/>" * 100
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


def answers(*ips: str) -> Resolve:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ips

    return resolve


HERE = answers("127.0.0.1")


def named(server: Server, name: str, path: str = "/feed") -> str:
    """The server under a name of its own: another host, as far as politeness goes."""
    return f"http://{name}:{server.port}{path}"


# ── names ──

PRIVATE = [
    ("127.0.0.1",),
    ("10.0.0.1",),
    ("::1",),
    ("fe80::1%eth0",),
    ("169.254.169.254",),
    ("::ffff:192.168.0.1",),
    ("64:ff9b::10.0.0.1",),
    ("100.64.0.1", "fd00::1"),
    ("nonsense",),
    ("0.0.0.0",),
]


@pytest.mark.parametrize("ips", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(ips: tuple[str, ...]) -> None:
    with Server() as server:
        result = poll_one(named(server, "news.example"), a_network(), resolve=answers(*ips))
        assert server.connections == 0
    assert isinstance(result, FetchFailed)
    assert result.code == "blocked"


def test_the_answer_that_was_checked_is_the_one_connected_to() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

    with Server() as server:
        server.reply("/feed", body=FEED)
        sources = [a_source(named(server, "news.example"), str(n)) for n in range(3)]
        results = poll(sources, a_network(server.allow), resolve=rebinding)
        assert {asked_for.headers["host"] for asked_for in server.requests} == {f"news.example:{server.port}"}
    assert [type(result) for result in results] == [Fetched] * 3
    assert asked == ["news.example"]


def test_of_several_addresses_only_allowed_ones_are_tried_until_one_answers() -> None:
    with Server() as server:
        server.reply("/feed", body=FEED)
        network = a_network(server.allow, f"127.0.0.9:{server.port}")
        resolve = answers("10.0.0.1", "127.0.0.9", "127.0.0.1")
        result = poll_one(named(server, "news.example"), network, resolve=resolve)
    assert isinstance(result, Fetched)


def test_allow_private_by_name_and_a_malformed_entry_beside_it() -> None:
    with Server() as server:
        server.reply("/feed", body=FEED)
        url = named(server, "intranet.example")
        network = a_network("[::1", "intranet.example:x", f"Intranet.Example:{server.port}")
        assert isinstance(poll_one(url, network, resolve=HERE), Fetched)
        other = poll_one(named(server, "other.example"), network, resolve=HERE)
    assert isinstance(other, FetchFailed)
    assert other.code == "blocked"


@pytest.mark.parametrize("error", [OSError(-2, "Name or service not known"), OSError("odd")])
def test_a_name_without_address_is_a_dns_failure(error: OSError) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise error

    result = poll_one("http://nowhere.example/", a_network(), resolve=resolve)
    assert isinstance(result, FetchFailed)
    assert result.code == "dns"
    assert "nowhere.example" in result.text


def test_offline_the_whole_pack_ends_in_one_patience() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(3600)
        return ()

    sources = [a_source(f"https://news{n}.example/feed") for n in range(72)]
    began = monotonic()
    results = poll(sources, a_network(concurrency=40), resolve=never, patience=Patience(lookup=0.3))
    assert monotonic() - began < 3
    assert [r.code for r in results if isinstance(r, FetchFailed)] == ["dns"] * 72


def test_many_sources_at_one_name_without_address_are_not_spaced() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    sources = [a_source(f"https://nowhere.example/{n}", str(n)) for n in range(30)]
    began = monotonic()
    results = poll(sources, Network(per_host_spacing_seconds=60.0), resolve=resolve)
    assert [r.code for r in results if isinstance(r, FetchFailed)] == ["dns"] * 30
    assert monotonic() - began < 30


def test_one_name_is_looked_up_once_for_all_its_sources() -> None:
    asked: list[str] = []

    async def failing(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        raise OSError(-3, "Temporary failure in name resolution")

    sources = [a_source(f"http://news.example/{n}") for n in range(10)]
    results = poll(sources, a_network(), resolve=failing)
    assert len(results) == 10
    assert asked == ["news.example"]


# ── hosts ──


def test_one_request_at_a_time_per_host_and_many_hosts_at_once() -> None:
    with Server() as one, Server() as other:
        for server in (one, other):
            for n in range(5):
                server.feed(f"/{n}", FEED, '"1"', delay=0.1)
        single = [a_source(one.url(f"/{n}")) for n in range(5)]
        many = [a_source(named(other, f"h{n}.example", "/0")) for n in range(10)]
        poll(single, a_network(one.allow))
        began = monotonic()
        poll(many, a_network(other.allow), resolve=HERE)
        assert monotonic() - began < 0.8
        assert (one.most_at_once, other.most_at_once > 3) == (1, True)


def test_requests_to_one_host_are_spaced_and_those_to_our_own_are_not() -> None:
    with Server() as server:
        server.reply("/feed", body=FEED)
        # allowed by address only, so the name is a stranger's host
        strangers = [a_source(named(server, "news.example"), f"s{n}") for n in range(4)]
        poll(strangers, a_network(server.allow, spacing=0.1), resolve=HERE)
        gaps = [b.at - a.at for a, b in zip(server.requests, server.requests[1:], strict=False)]
        assert len(gaps) == 3
        assert min(gaps) >= 0.1
        began = monotonic()
        poll([a_source(server.url("/feed"), str(n)) for n in range(4)], a_network(server.allow, spacing=5.0))
        assert monotonic() - began < 3


def test_gdelt_is_asked_once_in_five_seconds() -> None:
    hosts = Hosts(a_network(spacing=1.0), lambda: 0.0)
    spacing = {
        name: hosts.of(address(f"https://{name}/", a_network())).spacing
        for name in ("api.gdeltproject.org", "news.example")
    }
    assert spacing == {"api.gdeltproject.org": 5.0, "news.example": 1.0}


def test_a_redirect_waits_its_turn_at_the_host_it_leads_to() -> None:
    with Server() as target, Server() as sender:
        for n in range(6):
            target.feed(f"/{n}", FEED, '"1"', delay=0.03)
            sender.redirect(f"/{n}", target.url(f"/{n}"))
        sources = [a_source(named(sender, f"h{n}.example", f"/{n}")) for n in range(6)]
        results = poll(sources, a_network(target.allow, sender.allow), resolve=HERE)
        assert target.most_at_once == 1
    assert [type(result) for result in results] == [Fetched] * 6


def test_ten_hanging_hosts_do_not_delay_the_others() -> None:
    with Server() as server:
        server.hang("/hang")
        server.reply("/good", body=FEED)
        hanging = [a_source(named(server, f"bad{n}.example", "/hang")) for n in range(10)]
        good = [a_source(named(server, f"good{n}.example", "/good")) for n in range(30)]
        network = a_network(server.allow, deadline=2.0)
        began, at = monotonic(), {}

        async def run() -> None:
            async with fetch.open_client(network, resolve=HERE) as client:
                async for result in fetch.gather(
                    [*hanging, *good], {}, network, client=client, now=lambda: NOON
                ):
                    at[result.source_id] = monotonic() - began

        asyncio.run(run())
        assert max(at[source.id] for source in good) < 1.5
        assert min(at[source.id] for source in hanging) >= 2.0


def test_what_failed_last_time_comes_last_at_its_host() -> None:
    with Server() as server:
        sources = [a_source(server.reply(f"/{n}", body=FEED), str(n)) for n in range(4)]
        poll(sources, a_network(server.allow), {SourceId("1"): PollState(SourceId("1"), failures=2)})
        assert [asked.path for asked in server.requests] == ["/0", "/2", "/3", "/1"]


def test_a_host_that_limits_us_twice_is_left_alone_for_the_cycle() -> None:
    with Server() as server:
        server.reply("/limited", 429, headers=[("Retry-After", "600")])
        strangers = [a_source(named(server, "news.example", "/limited"), f"s{n}") for n in range(6)]
        results = poll(strangers, a_network(server.allow, spacing=0.001), resolve=HERE)
        assert len(server.requests) == 2
        own = [a_source(server.url("/limited"), f"o{n}") for n in range(4)]
        poll(own, a_network(server.allow))
        assert len(server.requests) == 6
    assert {(r.code, r.headers["retry-after"]) for r in results if isinstance(r, FetchFailed)} == {
        ("http-429", "600")
    }
    assert len(results) == 6


def test_slow_drips_of_one_host_use_up_one_deadline_not_ten() -> None:
    with Server() as server:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        sources = [a_source(server.slowly(f"/{n}", [head, *[b"x"] * 1000], 0.02)) for n in range(5)]
        began = monotonic()
        results = poll(sources, a_network(server.allow, deadline=1.0))
    assert monotonic() - began < 3.5
    assert [r.code for r in results if isinstance(r, FetchFailed)] == ["deadline"] * 5


def test_more_sources_than_workers() -> None:
    with Server() as server:
        server.reply("/feed", body=FEED)
        sources = [a_source(named(server, f"h{n % 40}.example"), str(n)) for n in range(200)]
        results = poll(sources, a_network(server.allow, concurrency=7, spacing=0.001), resolve=HERE)
        assert server.most_at_once <= 7
    assert {result.source_id for result in results} == {source.id for source in sources}


def test_several_at_a_host_when_the_operator_says_so() -> None:
    with Server() as server:
        sources = [a_source(server.feed(f"/{n}", FEED, '"1"', delay=0.03)) for n in range(9)]
        results = poll(sources, a_network(server.allow, per_host=3))
        assert server.most_at_once == 3
    assert len(results) == 9


def slow_network(server: Server) -> tuple[list[Source], Network]:
    server.hang("/hang")
    sources = [a_source(named(server, f"h{n}.example", "/hang")) for n in range(20)]
    return sources, a_network(server.allow, "127.0.0.2:1", deadline=60)


def test_cancelling_a_cycle_ends_it_at_once() -> None:
    async def stuck(host: str, port: int) -> Sequence[str]:
        if host.startswith("h1"):
            await asyncio.sleep(3600)
        return ("127.0.0.1",)

    with Server() as server:
        sources, network = slow_network(server)

        async def cycle() -> None:
            async with fetch.open_client(network, resolve=stuck) as client:
                async for _ in fetch.gather(sources, {}, network, client=client, now=lambda: NOON):
                    pass

        async def run() -> float:
            task = asyncio.create_task(cycle())
            await asyncio.sleep(0.2)
            began = monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return monotonic() - began

        assert asyncio.run(run()) < 2


def test_leaving_the_results_early_ends_the_rest() -> None:
    with Server() as server:
        sources, network = slow_network(server)
        quick = a_source(server.reply("/quick", body=FEED))

        async def run() -> float:
            async with fetch.open_client(network, resolve=HERE) as client:
                results = fetch.gather([*sources, quick], {}, network, client=client, now=lambda: NOON)
                async for _ in results:
                    break
                began = monotonic()
                await results.aclose()
                return monotonic() - began

        assert asyncio.run(run()) < 2


def test_a_slow_reader_holds_back_the_bodies_not_the_answers() -> None:
    """More finished bodies than the queue takes, of which several are big: nothing is lost or stuck."""
    with Server() as server:
        server.reply("/big", body=bytes(2_000_000))
        sources = [a_source(named(server, f"h{n}.example", "/big")) for n in range(50)]
        network = a_network(server.allow)

        async def run() -> int:
            size = 0
            async with fetch.open_client(network, resolve=HERE) as client:
                async for result in fetch.gather(sources, {}, network, client=client, now=lambda: NOON):
                    await asyncio.sleep(0.002)
                    size += len(result.body) if isinstance(result, Fetched) else 0
            return size

        assert asyncio.run(run()) == 50 * 2_000_000


def test_big_pages_are_read_while_big_feeds_wait_to_be_taken() -> None:
    with Server() as server:
        server.reply("/big", body=bytes(2_000_000))
        sources = [a_source(named(server, f"h{n}.example", "/big")) for n in range(20)]
        network = a_network(server.allow)

        async def run() -> list[str]:
            pages: list[str] = []
            async with fetch.open_client(network, resolve=HERE) as client:
                async for _ in fetch.gather(sources, {}, network, client=client, now=lambda: NOON):
                    await asyncio.sleep(0.01)
                    url = named(server, f"p{len(pages)}.example", "/big")
                    async for page, result in fetch.gather_pages(
                        [url], network, client=client, now=lambda: NOON
                    ):
                        assert isinstance(result, Fetched)
                        pages.append(page)
            return pages

        assert len(asyncio.run(run())) == 20


# ── TLS ──


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A self-signed certificate for these names: the server's context, and the file that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    alternatives = [
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        for name in names
    ]
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "cert.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, folder / "key.pem")
    return context, file


def test_tls_is_verified_against_the_name_in_the_address(tmp_path: Path) -> None:
    served, file = certificate(tmp_path, "news.example", "127.0.0.1")
    trusting = ssl.create_default_context(cafile=str(file))
    with Server(tls=served) as server:
        server.reply("/feed", body=FEED)
        network = a_network(server.allow)

        def ask(name: str, tls: Callable[[], ssl.SSLContext]) -> str:
            result = poll_one(f"https://{name}:{server.port}/feed", network, resolve=HERE, tls=tls)
            return result.code if isinstance(result, FetchFailed) else "ok"

        assert ask("news.example", lambda: trusting) == "ok"
        assert ask("127.0.0.1", lambda: trusting) == "ok"
        assert ask("evil.example", lambda: trusting) == "tls"
        assert ask("news.example", system_tls) == "tls"


def test_the_wrong_scheme_for_a_port(tmp_path: Path) -> None:
    served, _ = certificate(tmp_path, "127.0.0.1")
    with Server(tls=served) as secure, Server() as plain:
        network = a_network(secure.allow, plain.allow)
        one = poll_one(secure.url("/").replace("https", "http"), network)
        other = poll_one(plain.url("/").replace("http", "https"), network, patience=Patience(connect=0.2))
    assert isinstance(one, FetchFailed)
    assert isinstance(other, FetchFailed)
    assert one.code in ("disconnected", "bad-http")
    assert other.code == "connect"  # it waits for an HTTP request for ever


@pytest.mark.parametrize("polite", [True, False])
def test_a_body_over_tls_that_ends_with_the_connection(tmp_path: Path, polite: bool) -> None:
    """With a close_notify or, as many servers do, without one."""
    served, file = certificate(tmp_path, "127.0.0.1")

    async def until_close(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + FEED)
        await writer.drain()
        if not polite:
            writer.transport._ssl_protocol._transport.close()  # type: ignore[attr-defined]
        return False

    with Server(tls=served) as server:
        url = server.route("/feed", until_close)
        result = poll_one(
            url, a_network(server.allow), tls=lambda: ssl.create_default_context(cafile=str(file))
        )
    assert isinstance(result, Fetched)
    assert result.body == FEED


def test_the_tls_context_is_made_once_and_verifies() -> None:
    context = system_tls()
    assert context is system_tls()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
