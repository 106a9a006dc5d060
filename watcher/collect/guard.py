"""Which addresses may be reached. Pure: no look-up, no connection; whoever connects asks here first.

Two questions are asked of every hop: `check_url` of the address as written, `check_address` of the
IP that is about to be connected to. Both raise `Blocked`, and nothing else, whatever they are given.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from watcher.errors import Blocked
from watcher.model import Network

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
_ILLEGAL = re.compile(r"[\x00-\x1f\\\x7f]")

MAX_URL = 8192
DEFAULT_PORTS = {"http": 80, "https": 443}

# fmt: off
# WHATWG Fetch, "port blocking": protocols that an HTTP request could be made to speak by accident.
BAD_PORTS = frozenset((
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
    109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526,
    530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
    4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
))

# What `ipaddress.is_global` lets through although no news is served from there. 168.63.129.16 is the
# metadata service of one cloud, on a public-looking address; the others' lie in link-local, CGNAT and ULA.
REFUSED_4 = tuple(map(ipaddress.IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
)))
# fmt: on
# Only 2000::/3 is global unicast. Within it: protocol assignments with Teredo and ORCHID, documentation,
# 6to4 (any: a relay would decide where it leads), the second documentation range.
GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
REFUSED_6 = tuple(
    ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052; the local-use 64:ff9b:1::/48 is refused whole
ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")  # RFC 5214 §6.1


class Address(NamedTuple):
    """A checked URL in the parts a connection needs. `host` is lower-case ASCII, without brackets."""

    scheme: str
    host: str
    port: int
    target: str  # path and query, as sent
    url: str

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if DEFAULT_PORTS[self.scheme] == self.port else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def check_url(url: str, network: Network) -> None:
    """Raises Blocked when the address, as written, must not be asked for."""
    address(url, network)


def address(url: str, network: Network) -> Address:
    """The parts of an http or https address without credentials. Raises Blocked, and nothing else."""
    scheme, host, port, path, query = _split(url)
    if port in BAD_PORTS and not allowed(host, port, network):
        raise Blocked(host, f"port {port} belongs to another protocol than HTTP; correct the address")
    literal = _literal(host)
    if literal is not None:
        check_address(host, port, host, network)
        host = str(literal)
    target = _quoted(path or "/") + (f"?{_quoted(query)}" if query else "")
    parts = Address(scheme, host, port, target, "")
    return parts._replace(url=f"{scheme}://{parts.netloc}{target}")


def check_address(ip: str, port: int, host: str, network: Network) -> None:
    """Raises Blocked unless `ip` is public, or `host:port` or `ip:port` is listed in allow_private."""
    literal = _literal(ip)
    if literal is None:
        raise Blocked(str(host), f"resolves to {ip!r}, which is no IP address")
    if allowed(host, port, network) or allowed(str(_plain(literal)), port, network) or is_public(literal):
        return
    named = f"{host} ({ip})" if host != ip else host
    raise Blocked(
        named,
        "is on this machine, a private network or a reserved range; "
        f'if it is meant, add "{host}:{port}" to [network] allow_private',
    )


def is_public(ip: IP) -> bool:
    """Whether the whole Internet would be reached there, not this machine or its surroundings."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in net for net in REFUSED_4)
    if ip.ipv4_mapped is not None:
        return is_public(ip.ipv4_mapped)
    if ip in NAT64:
        return is_public(ipaddress.IPv4Address(ip.packed[12:]))
    if ip not in GLOBAL_6 or not ip.is_global or any(ip in net for net in REFUSED_6):
        return False
    return ip.packed[8:12] not in ISATAP or is_public(ipaddress.IPv4Address(ip.packed[12:]))


def allowed(host: str, port: int, network: Network) -> bool:
    """Whether the operator has listed this host:port as one of their own."""
    return bool(network.allow_private) and (host, port) in _allow_list(network.allow_private)[0]


def malformed(allow_private: tuple[str, ...]) -> tuple[str, ...]:
    """The entries of allow_private that are no host:port. They allow nothing and stop nothing."""
    return _allow_list(allow_private)[1]


@lru_cache(maxsize=8)
def _allow_list(entries: tuple[str, ...]) -> tuple[frozenset[tuple[str, int]], tuple[str, ...]]:
    pairs, bad = set(), []
    for entry in entries:
        pair = _allow_entry(entry)
        if pair is None:
            bad.append(entry)
        else:
            pairs.add(pair)
    return frozenset(pairs), tuple(bad)


def _allow_entry(entry: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(f"//{entry.strip()}")
        host, port = parts.hostname, parts.port
        if not host or not port or parts.path or parts.query or parts.fragment or "@" in entry:
            return None
        name = _name(host)
    except (AttributeError, ValueError, Blocked):
        return None
    literal = _literal(name)
    return (str(_plain(literal)) if literal is not None else name), port


def _split(url: str) -> tuple[str, str, int, str, str]:
    if not isinstance(url, str) or len(url) > MAX_URL:
        raise Blocked("an address", f"is no text of at most {MAX_URL} characters")
    text = url.strip()
    if _ILLEGAL.search(text):
        raise Blocked(_shown(text), "holds control characters or a backslash; correct the address")
    try:
        parts = urlsplit(text)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise Blocked(_shown(text), f"is no valid address ({error}); correct it") from error
    if scheme not in DEFAULT_PORTS:
        raise Blocked(_shown(text), "is neither http nor https; correct the address")
    if "@" in parts.netloc:
        raise Blocked(_shown(text), "carries a user name or password; such an address is not followed")
    if not host or ("[" in parts.netloc and ":" not in host):
        raise Blocked(_shown(text), "names no host; correct the address")
    return scheme, _name(host), DEFAULT_PORTS[scheme] if port is None else port, parts.path, parts.query


@lru_cache(maxsize=4096)
def _name(host: str) -> str:
    """Lower-case ASCII: IDNA for names, the shortest form for IPv6."""
    try:
        name = (
            host.rstrip(".").lower() if host.isascii() else host.encode("idna").decode().rstrip(".").lower()
        )
    except ValueError as error:
        raise Blocked(_shown(host), "is no valid host name; correct the address") from error
    if ":" in name or "%" in name:
        literal = _literal(name)
        if literal is None:
            raise Blocked(_shown(host), "is no valid IPv6 address; correct it")
        return str(literal)
    if not name or len(name) > 253 or not all(char.isalnum() or char in "-._" for char in name):
        raise Blocked(_shown(host), "is no valid host name; correct the address")
    if any(not label or len(label) > 63 for label in name.split(".")):
        raise Blocked(_shown(host), "is no valid host name; correct the address")
    return name


@lru_cache(maxsize=4096)
def _literal(text: str) -> IP | None:
    """The IP that the text is, in canonical form. A zone (`%eth0`) is refused: it is link-local."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _plain(ip: IP) -> IP:
    return ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None else ip


def _quoted(text: str) -> str:
    """As written where it is legal; what a request line cannot carry, percent-encoded (RFC 3987 §3.1)."""
    return quote(text, safe="!$%&'()*+,/:;=?@[]~|", errors="replace")


def _shown(text: str) -> str:
    """Short, printable, and without credentials."""
    scheme, slashes, rest = text.partition("://")
    authority, slash, path = rest.partition("/")
    shown = f"{scheme}{slashes}{authority.rpartition('@')[2]}{slash}{path}"
    return "".join(char if char.isprintable() else "?" for char in shown[:120])
