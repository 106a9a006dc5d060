"""One spelling per address, and the publisher's address inside an aggregator's link. Pure.

`canonical` decides identity only: two addresses with the same canonical form are one article.
What is fetched and shown is the address as published, unwrapped.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urljoin, urlsplit

MAX_CHARS = 4_096

_JUNK = re.compile(r"[\x00-\x1f\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff\ud800-\udfff]+")
_PERCENT = re.compile(r"%([0-9a-fA-F]{2})?")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE_PATH = "/:@!$&'()*+,;=~%"
_SAFE_QUERY = "/:@!$'()*,;~?%"
_MOBILE = re.compile(r"^(?:www|m|mobile|mobil|amp)\.(?=[^.]+\.[^.])")
_MIDDLE_M = re.compile(r"^([^.]+)\.m\.(?=[^.]+\.[^.])")
_SHORT_SUFFIX = re.compile(r"^(?:co|com|org|net|gov|gob|gouv|edu|ac|or|go|ne|in)\.[a-z]{2}$")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?]*", re.IGNORECASE)
_AMP_TAIL = re.compile(r"\.amp(?=\.html?$|$)", re.IGNORECASE)

_TRACKING = frozenset(
    """
    __s __tn__ __twitter_impression _ga _gl _openstat amp cmp cmpid cndid cvid dclid dicbo echobox efg
    emc esid fb_ref fb_source fbclid feedname feedtype ftag ftcamp gbraid gclid gclsrc guccounter
    hsctatracking icid ig_rid igsh igshid intcid intcmp ito itok li_fat_id maca mbid mc_cid mc_eid mkcid
    mkt_tok ml_subscriber ml_subscriber_hash msclkid ncid nr_email_referer ns_campaign ns_fee
    ns_linkname ns_mchannel ns_source oborigurl ocid oly_anon_id oly_enc_id origsubreddit os_ehash
    rb_clickid ref_src ref_url referer referrer rss s_cid s_kwcid sc_campaign sc_channel sc_content
    sc_country sc_geo sc_medium sc_outcome sharetype smid smtyp soc_src soc_trk spm sref srnd srsltid
    taid tblci tpcc traffic_source trk trkcampaign ttclid twclid usqp utm vero_conv vero_id wbraid
    wickedid wpisrc wprss wtrid xtor xtref xts yclid ymclid ysclid zarsrc
    """.split()  # noqa: SIM905
)
_TRACKING_FAMILIES = (
    "__hs",
    "_hs",
    "amp_",
    "at_",
    "fb_action_",
    "ga_",
    "gad_",
    "guce_",
    "hsa_",
    "matomo_",
    "mtm_",
    "piwik_",
    "pk_",
    "syn-",
    "utm_",
    "wt_",
)
# These may also name a page: only a value that plainly names a channel is tracking.
_MAYBE = frozenset(
    "ref partner mod share at source src from via campaign cid feed outputtype output medium origin view".split()  # noqa: SIM905
)
_CHANNEL = re.compile(
    r"^(?:rss|rss2|rss20|feed|feeds|feedburner|atom|xml|twitter|x|tw|facebook|fb|telegram|tg|whatsapp|linkedin|reddit|vk|"
    r"instagram|newsletter|email|e-mail|mail|social|socialmedia|share|googlenews|google_news|google|news_google|amp|"
    r"flipboard|smartnews|msn|yahoo|bing|push|widget|homepage|rss[-_].*|feed[-_].*)$",
    re.IGNORECASE,
)
_TRACKING_FRAGMENT = re.compile(
    r"^(?::~:text=.*|utm_.*|xtor=.*|ref=.*|at_.*|fbclid=.*|gclid=.*|amp_.*|echobox=.*|ftag=.*|intcid=.*|rss.*"
    r"|:~:.*|comments?|respond|disqus_thread|top|main|content|main-content)?$",
    re.IGNORECASE | re.DOTALL,
)

_GOOGLE_NEWS = re.compile(r"^/(?:rss/)?(?:__i/rss/rd/)?(?:articles|read)/([A-Za-z0-9_-]+={0,2})$")
# Known redirectors that carry the target in a parameter: host, path prefix, parameter.
_REDIRECTORS = (
    ("google.com", "/url", ("q", "url")),
    ("bing.com", "/news/apiclick.aspx", ("url",)),
    ("facebook.com", "/l.php", ("u",)),
    ("youtube.com", "/redirect", ("q",)),
    ("reddit.com", "/", ("url",)),
    ("vk.com", "/away.php", ("to",)),
    ("duckduckgo.com", "/l/", ("uddg",)),
    ("slack-redir.net", "/link", ("url",)),
    ("umblr.com", "/redirect", ("z",)),
    ("safelinks.protection.outlook.com", "/", ("url",)),
)
_REDIRECT_HOSTS = {"reddit.com": "out.reddit.com", "umblr.com": "t.umblr.com"}
_AMP_CACHE = re.compile(r"^/(?:[acv]|wp|i)/(s/)?(.+)$")


_SIMPLE = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*+)/?(?:\?([A-Za-z0-9._~=&-]*+))?\Z"
)
_WRAPPED = re.compile(
    r"https?://[^/?#]*(?:google|bing|facebook|youtube|reddit|vk|duckduckgo|slack-redir|umblr|outlook|ampproject)\.",
    re.IGNORECASE,
)


def canonical(url: str) -> str:
    """The identity of an http(s) address, always with https; "" for anything else. Idempotent."""
    simple = _SIMPLE.match(url)
    if simple and len(url) <= MAX_CHARS and "amp" not in simple[2].lower():  # most are; five times as fast
        host = _bare(simple[1])
        query = _query(simple[3], google=host == "news.google.com") if simple[3] else ""
        return f"https://{host}{simple[2] or '/'}{'?' + query if query else ''}"
    return _canonical(url)


def _canonical(url: str) -> str:
    parts = _split(url)
    if parts is None:
        return ""
    host = _host(parts)
    if not host:
        return ""
    query = _query(parts.query, google=host == "news.google.com")
    fragment = (
        "" if _TRACKING_FRAGMENT.match(parts.fragment) else _escape(parts.fragment, _SAFE_QUERY + "&=+")
    )
    return (
        f"https://{host}{_path(parts.path)}{'?' + query if query else ''}{'#' + fragment if fragment else ''}"
    )


def unwrap(url: str) -> str:
    """The publisher's address where the link itself holds it; the same link otherwise.

    Only known redirectors are opened, and only to http(s). Nothing is fetched.
    """
    for _ in range(5):
        if not _WRAPPED.match(url):
            return url
        inner = _inner(url)
        if not inner or inner == url:
            return url
        url = inner
    return url


def web_address(url: str, base: str = "") -> str:
    """`url` as an absolute http(s) address without control characters, or ""."""
    if not url or (_SIMPLE.match(url) and len(url) <= MAX_CHARS):
        return url
    url = _JUNK.sub("", url[: 4 * MAX_CHARS]).strip()
    if " " in url:
        url = url.replace(" ", "%20")
    if not url or len(url) > MAX_CHARS:
        return ""
    try:
        if base and not url.startswith(("https://", "http://")):
            url = urljoin(base, url)
        elif url.startswith("//"):
            url = "https:" + url
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url if good else ""


def host_of(url: str) -> str:
    """The host without www, m and the like; "" for what is no web address."""
    parts = _split(url)
    return _host(parts).partition(":")[0] if parts else ""


def _split(url: str) -> SplitResult | None:
    address = web_address(url)
    if not address:
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").strip(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            host = quote(host, safe="")
    if ":" in host:
        host = f"[{host}]"
    host = _bare(host)
    port = parts.port
    return f"{host}:{port}" if host and port not in (None, 80, 443) else host


def _bare(host: str) -> str:
    """Without www, m and the like, as far as a name of two parts is left."""
    while (shorter := _MIDDLE_M.sub(r"\1.", _MOBILE.sub("", host))) != host:
        if _SHORT_SUFFIX.match(shorter):
            break
        host = shorter
    return host


def _path(path: str) -> str:
    path = _escape(_SESSION.sub("", path) if ";" in path else path, _SAFE_PATH)
    if "/." in path:
        path = _without_dots(path)
    if "amp" in path.lower():
        path = _without_amp(path)
    path = path.rstrip("/")
    return path if path.startswith("/") else "/" + path


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)


def _without_amp(path: str) -> str:
    segments = path.split("/")
    kept = [segment for segment in segments if segment.lower() != "amp"]
    if not any(kept):
        return path
    while (tail := _AMP_TAIL.sub("", kept[-1])) not in (kept[-1], ""):
        kept[-1] = tail
    return "/".join(kept)


def _query(query: str, *, google: bool) -> str:
    if not query:
        return ""
    kept = []
    for pair in query.split("&"):
        key, equals, value = pair.partition("=")
        if (
            pair
            and not _is_tracking(unquote(key), unquote(value))
            and not (google and key in ("oc", "hl", "gl", "ceid"))
        ):
            kept.append((_field(key), equals + _field(value)))
    return "&".join(key + value for key, value in sorted(kept, key=lambda pair: pair[0]))


def _field(text: str) -> str:
    return _escape(text.replace("+", "%20"), _SAFE_QUERY + "=")


def _is_tracking(key: str, value: str) -> bool:
    key = key.lower()
    if key in _TRACKING or key.startswith(_TRACKING_FAMILIES):
        return True
    return key in _MAYBE and bool(_CHANNEL.match(value))


def _escape(text: str, safe: str) -> str:
    """Percent-encoding in one spelling: unreserved characters plain, hex in capitals."""
    if "%" in text:
        text = _PERCENT.sub(_percent, text)
    return quote(text, safe=safe)


def _percent(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    code = int(match[1], 16)
    return chr(code) if code in _UNRESERVED else f"%{match[1].upper()}"


# ── what aggregators wrap ─────────────────────────────────────────────────────────────────────


def _inner(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if host == "news.google.com":
        article = _GOOGLE_NEWS.match(parts.path)
        return _google_news(article[1]) if article else _parameter(parts, ("url",))
    if host.endswith(".cdn.ampproject.org") or (
        host.removeprefix("www.") == "google.com" and parts.path.startswith("/amp/")
    ):
        return _amp_target(parts)
    for domain, path, names in _REDIRECTORS:
        if (host == domain or host.endswith("." + domain)) and parts.path.startswith(path):
            wanted = _REDIRECT_HOSTS.get(domain)
            if wanted is None or host == wanted:
                return _parameter(parts, names)
    return ""


def _parameter(parts: SplitResult, names: tuple[str, ...]) -> str:
    found = dict(parse_qsl(parts.query, max_num_fields=None))
    return next((target for name in names if (target := web_address(found.get(name, "")))), "")


def _amp_target(parts: SplitResult) -> str:
    path = parts.path.removeprefix("/amp") if (parts.hostname or "").endswith("google.com") else parts.path
    if path.startswith("/s/"):
        path = "/c" + path
    match = _AMP_CACHE.match(path)
    if not match:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return web_address(f"http{'s' if match[1] else ''}://{match[2]}{query}")


def _google_news(article: str) -> str:
    """Ids written until mid-2024 hold the address (a protobuf: field 4, length, bytes).

    Later ones hold an opaque token (`AU_yq…`) that only Google's server can open.
    """
    try:
        raw = base64.urlsafe_b64decode(article + "=" * (-len(article) % 4))
    except (binascii.Error, ValueError):
        return ""
    start = raw.find(b"http")
    if start < 2 or not raw[start:].startswith((b"https://", b"http://")):
        return ""
    length = raw[start - 1]
    if length < 0x80 and start >= 3 and raw[start - 2] & 0x80 and raw[start - 3] == 0x22:
        length = (raw[start - 2] & 0x7F) | (length << 7)
    try:
        return web_address(raw[start : start + length].decode("utf-8"))
    except UnicodeDecodeError:
        return ""
