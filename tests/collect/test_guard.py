"""Which addresses may be reached: tables of forms, and that nothing but Blocked ever comes out."""

from __future__ import annotations

import contextlib
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.collect.guard import address, check_address, check_url, is_public, malformed
from watcher.errors import Blocked
from watcher.model import Network

OPEN = Network()

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "192.169.0.1",
    "11.0.0.1",
    "198.20.0.1",
    "223.255.255.254",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001::200e",
    "2400:cb00::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2a00:1450::5efe:808:808",
]

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "169.254.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "168.63.129.16",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "::10.0.0.1",
    "::8.8.8.8",
    "::169.254.169.254",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "::ffff:0:0",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "64:ff9b:1:a00:1::",
    "64:ff9b::",
    "2002:7f00:1::1",
    "2002:a00:1::",
    "2002:a9fe:a9fe::1",
    "2002:808:808::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:0:7f00:1::80ff:fffe",
    "2001:10::1",
    "2001:20::1",
    "2001:2::1",
    "2001:1::1",
    "2001:3::1",
    "2001:4:112::1",
    "2a00:1450::5efe:127.0.0.1",
    "2a00:1450::200:5efe:10.0.0.1",
    "2a00:1450::5efe:a9fe:a9fe",
    "fe80::5efe:8.8.8.8",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "feff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "ff02::1",
    "ff05::2",
    "ff0e::1",
    "ff0e::7f00:1",
    "ff02::a9fe:a9fe",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "4000::1",
    "e000::1",
]


@pytest.mark.parametrize("ip", PUBLIC)
def test_public_addresses_are_reached(ip: str) -> None:
    check_address(ip, 443, "news.example", OPEN)


@pytest.mark.parametrize("ip", PRIVATE)
def test_addresses_of_this_machine_and_its_surroundings_are_not(ip: str) -> None:
    with pytest.raises(Blocked) as refusal:
        check_address(ip, 443, "news.example", OPEN)
    assert "allow_private" in str(refusal.value)
    assert '"news.example:443"' in str(refusal.value)


@pytest.mark.parametrize(
    "ip", ["", "localhost", "1.2.3", "1.2.3.4.5", "010.0.0.1", "0x7f.0.0.1", ":::", "x" * 999]
)
def test_what_is_no_ip_is_refused(ip: str) -> None:
    with pytest.raises(Blocked):
        check_address(ip, 80, "news.example", OPEN)


EMBEDDINGS = {
    "mapped": lambda v4: b"\0" * 10 + b"\xff\xff" + v4,
    "compatible": lambda v4: b"\0" * 12 + v4,
    "translated": lambda v4: b"\0" * 8 + b"\xff\xff\0\0" + v4,
    "NAT64": lambda v4: bytes.fromhex("0064ff9b") + b"\0" * 8 + v4,
    "local NAT64": lambda v4: bytes.fromhex("0064ff9b0001") + b"\0" * 6 + v4,
    "6to4": lambda v4: bytes.fromhex("2002") + v4 + b"\0" * 9 + b"\1",
    "Teredo server": lambda v4: bytes.fromhex("20010000") + v4 + b"\0" * 8,
    "Teredo client": lambda v4: bytes.fromhex("20010000") + b"\0" * 8 + bytes(255 - b for b in v4),
    "ISATAP": lambda v4: bytes.fromhex("2a0014500000000000005efe") + v4,
    "ISATAP, global": lambda v4: bytes.fromhex("2a0014500000000002005efe") + v4,
    "multicast": lambda v4: bytes.fromhex("ff0e") + b"\0" * 10 + v4,
    "link-local": lambda v4: bytes.fromhex("fe80") + b"\0" * 10 + v4,
    "site-local": lambda v4: bytes.fromhex("fec0") + b"\0" * 10 + v4,
}


@pytest.mark.parametrize("form", EMBEDDINGS)
@pytest.mark.parametrize("v4", [ip for ip in PRIVATE if ":" not in ip])
def test_no_ipv6_form_carries_a_private_ipv4_address(form: str, v4: str) -> None:
    packed = EMBEDDINGS[form](ipaddress.IPv4Address(v4).packed)
    assert not is_public(ipaddress.IPv6Address(packed))


@given(st.ip_addresses())
def test_what_is_called_public_is_public_in_the_library_too(ip: ipaddress.IPv4Address) -> None:
    """We are stricter than `is_global`, never looser (apart from NAT64, which wraps a checked address)."""
    if is_public(ip) and ip not in ipaddress.ip_network("64:ff9b::/96"):
        assert ip.is_global
        assert not ip.is_multicast


# ── addresses as written ──

GOOD = {
    "http://example.org": ("http", "example.org", 80, "/"),
    "HTTPS://Example.ORG./a?b=c#d": ("https", "example.org", 443, "/a?b=c"),
    "http://example.org:8080/": ("http", "example.org", 8080, "/"),
    " http://example.org/a b ": ("http", "example.org", 80, "/a%20b"),
    "http://żółw.example/ż?ż": ("http", "xn--w-uga1v8h.example", 80, "/%C5%BC?%C5%BC"),
    "http://8.8.8.8/x": ("http", "8.8.8.8", 80, "/x"),
    "http://[2606:4700:4700:0::1111]/": ("http", "2606:4700:4700::1111", 80, "/"),
    "http://under_score.example/%7Ea/%zz": ("http", "under_score.example", 80, "/%7Ea/%zz"),
    "http://example.org?x": ("http", "example.org", 80, "/?x"),
}


@pytest.mark.parametrize("url", GOOD)
def test_good_addresses_in_their_parts(url: str) -> None:
    parts = address(url, OPEN)
    assert (parts.scheme, parts.host, parts.port, parts.target) == GOOD[url]
    assert address(parts.url, OPEN) == parts


BAD = [
    "",
    "example.org",
    "//example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "data:text/xml,<rss/>",
    "javascript:alert(1)",
    "http://",
    "http:///path",
    "http:example.org",
    "http://user@example.org/",
    "http://user:pass@example.org/",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1#@example.org/",
    "http://example.org\\@127.0.0.1/",
    "http://exa mple.org/",
    "http://example.org\t/",
    "http://example.org/\r\nX-Evil: 1",
    "http://example.org/\x00",
    "http://example..org/",
    "http://.example.org/",
    "http://" + "a" * 64 + ".org/",
    "http://" + "a." * 130 + "org/",
    "http://example.org:0/",
    "http://example.org:22/",
    "http://example.org:25/",
    "http://example.org:6379/",
    "http://example.org:99999/",
    "http://example.org:-1/",
    "http://example.org:x/",
    "http://[::1]/",
    "http://[::1/",
    "http://[fe80::1%25eth0]/",
    "http://[v1.x]/",
    "http://[::ffff:127.0.0.1]/",
    "http://127.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://0.0.0.0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://example.org/" + "x" * 9000,
    "http://exam<ple>.org/",
    "http://%31%32%37.0.0.1/",
]


@pytest.mark.parametrize("url", BAD)
def test_bad_addresses_are_refused(url: str) -> None:
    with pytest.raises(Blocked):
        check_url(url, OPEN)


def test_a_refusal_never_shows_a_password() -> None:
    with pytest.raises(Blocked) as refusal:
        check_url("http://user:hunter2@example.org/feed", OPEN)
    assert "hunter2" not in str(refusal.value)
    assert "user" not in str(refusal.value).split("carries")[0]


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="htp:/[]@%.0127af\\#? xż\n").map("http://".__add__),
        st.none(),
        st.binary(),
    )
)
def test_nothing_but_blocked_comes_out(url: object) -> None:
    with contextlib.suppress(Blocked):
        check_url(url, OPEN)  # type: ignore[arg-type]


@given(st.text(), st.integers(), st.text(), st.lists(st.text(max_size=30), max_size=4))
def test_addresses_and_lists_of_any_kind_give_blocked_or_nothing(
    ip: str, port: int, host: str, allow: list[str]
) -> None:
    with contextlib.suppress(Blocked):
        check_address(ip, port, host, Network(allow_private=tuple(allow)))


# ── allow_private ──

LISTED = Network(
    allow_private=(
        "127.0.0.1:8000",
        "not an entry",
        "",
        "[::1]:8001",
        "[::1",
        "Intranet:8002",
        "10.0.0.1",
        "10.0.0.2:99999",
        "http://10.0.0.3:80/",
        "10.0.0.4:25",
        "user@10.0.0.5:80",
    )
)


@pytest.mark.parametrize(
    ("ip", "port", "host"),
    [
        ("127.0.0.1", 8000, "127.0.0.1"),
        ("127.0.0.1", 8000, "news.example"),
        ("::ffff:127.0.0.1", 8000, "x"),
        ("::1", 8001, "::1"),
        ("192.168.1.5", 8002, "intranet"),
        ("10.0.0.4", 25, "10.0.0.4"),
    ],
)
def test_what_is_listed_is_reached(ip: str, port: int, host: str) -> None:
    check_address(ip, port, host, LISTED)


@pytest.mark.parametrize(
    ("ip", "port", "host"),
    [
        ("127.0.0.1", 8001, "127.0.0.1"),
        ("127.0.0.2", 8000, "127.0.0.2"),
        ("::1", 8000, "::1"),
        ("192.168.1.5", 8003, "intranet"),
        ("10.0.0.1", 80, "10.0.0.1"),
        ("10.0.0.2", 80, "10.0.0.2"),
        ("10.0.0.3", 80, "10.0.0.3"),
        ("10.0.0.5", 80, "10.0.0.5"),
    ],
)
def test_what_is_not_listed_exactly_is_not(ip: str, port: int, host: str) -> None:
    with pytest.raises(Blocked):
        check_address(ip, port, host, LISTED)


def test_listed_addresses_work_as_written_in_a_url() -> None:
    assert address("http://[0:0::1]:8001/x", LISTED).netloc == "[::1]:8001"
    assert address("http://127.0.0.1:8000/x", LISTED).url == "http://127.0.0.1:8000/x"
    assert address("http://10.0.0.4:25/", LISTED).port == 25


def test_malformed_entries_are_named() -> None:
    assert malformed(LISTED.allow_private) == (
        "not an entry",
        "",
        "[::1",
        "10.0.0.1",
        "10.0.0.2:99999",
        "http://10.0.0.3:80/",
        "user@10.0.0.5:80",
    )
