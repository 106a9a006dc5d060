"""What hostile text may not do: steer a terminal, mention a channel, disguise a link. Pure.

Every text that came from outside passes `one_line` before it is shown anywhere; each markup then
adds its own escaping on top.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

# C0 and C1 controls, bidi embeddings, overrides, isolates and marks, invisible operators, tag
# characters, annotation anchors. ZWJ and ZWNJ stay: Persian, Indic scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_ESCAPE_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\].*?(?:\x07|\x1b\\|$)|\x1b[@-Z\\-_]")
_SPACE = re.compile(r"\s+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOOKS_LIKE_ADDRESS = re.compile(
    r"(?i)(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|(?<![\w@])(?:[\w-]{2,}\.)+(?:[a-z]{2,})\b|\bmailto:)"
)
_MARKS = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼", "|": "∣"})
_EDGE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)|(?<=\W)_")
_EMOJI_CODE = re.compile(r":(?=[a-z0-9_+'-]+:)")
# What begins a header, an item or a divider in a composed Slack body (message.slack.j2).
_LEADING_MARK = re.compile(r"^(?:#(?= )|%(?=%%)|---)")
_HARMLESS = {"#": "＃", "%": "％", "---": "———"}
_AT = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)


def one_line(text: object) -> str:
    """One line of visible characters. Idempotent; escape sequences, controls and bidi tricks go."""
    plain = _ESCAPE_SEQUENCE.sub("", str(text))
    plain = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", _SPACE.sub(" ", plain)))
    return _SPACE.sub(" ", plain).strip()


def safe_url(url: object) -> str:
    """An http(s) address fit for any markup, or "" when it is not one or hides its host."""
    plain = _UNSEEN.sub("", str(url)).strip()
    try:
        parts = urlsplit(plain)
        host, port = parts.hostname or "", parts.port
        if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
            return ""
        if ":" in host:
            netloc = f"[{quote(host, safe=':.')}]"
        else:
            netloc = host if host.isascii() else host.encode("idna").decode("ascii")
            if not re.fullmatch(r"[A-Za-z0-9._-]+", netloc):
                return ""
    except ValueError:  # UnicodeError is one too
        return ""
    if port is not None:
        netloc += f":{port}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._", errors="replace")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?", errors="replace")
    fragment = quote(parts.fragment, safe="/%:@!$&'()*+,;=~-._?", errors="replace")
    found = urlunsplit((parts.scheme.lower(), netloc, path, query, fragment))
    return found if len(found) <= 2000 else ""


def label(text: object, url: object = "") -> str:
    """The text of a link to `url`: never one that looks like another address (`reuters.com` →
    `reuters[.]com`). The link's own host may be named."""
    host = (urlsplit(safe_url(url)).hostname or "") if url else ""

    def defused(found: re.Match[str]) -> str:
        named = found.group().lower()
        if host and (host == named or host.endswith(f".{named}")):
            return found.group()
        return found.group().replace("://", "[:]//").replace(".", "[.]").replace("mailto:", "mailto[:]")

    return _LOOKS_LIKE_ADDRESS.sub(defused, one_line(text))


def slack_escape(text: object) -> str:
    """The three characters that Slack gives a meaning, as it asks for them to be written."""
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_text(text: object) -> str:
    """Outside text within mrkdwn: no mention, no formatting, no emoji code."""
    plain = _EDGE_UNDERSCORE.sub("＿", one_line(text).translate(_MARKS))
    plain = _AT.sub("＠", _EMOJI_CODE.sub("∶", plain))
    return slack_escape(_LEADING_MARK.sub(lambda found: _HARMLESS[found.group()], plain))


def slack_link(url: object, text: object) -> str:
    """`<url|label>`, or the bare label when the address is not fit to be linked."""
    address, shown = safe_url(url), slack_text(label(text, url))
    if not address:
        return shown
    return f"<{slack_escape(address.replace('|', '%7C'))}|{shown or slack_text(urlsplit(address).hostname)}>"


def cut(text: str, limit: int) -> str:
    """`text` within `limit` characters, with an ellipsis where something went."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"


def cut_escaped(text: str, limit: int) -> str:
    """As `cut`, for escaped Slack text: never ends inside an entity or a link."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    for opening, closing in (("<", ">"), ("&", ";")):
        start = kept.rfind(opening)
        if start > kept.rfind(closing) and text.find(closing, start) >= 0:
            kept = kept[:start]
    return kept.rstrip() + "…"


def columns(text: str) -> int:
    """How many columns of a terminal `text` takes: wide characters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def wrap(text: str, width: int = 96, indent: str = "") -> str:
    """`text` in lines of at most `width` columns. `indent` leads every line after the first."""
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        size = columns(word)
        if line and used + 1 + size > width:
            lines.append(line)
            line, used = indent + word, columns(indent) + size
        else:
            line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
    return "\n".join([*lines, line])
