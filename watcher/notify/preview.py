"""Slack posts as a page that looks like Slack: for the demo, and for the pictures in the docs. Pure.

It reads the markup that Slack reads (docs.slack.dev, "Formatting message text"), so what a hostile
title could do there it would do here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from markupsafe import Markup, escape

from watcher.notify.wording import page

_EMOJI = {
    ":information_source:": "ℹ️",
    ":warning:": "⚠️",
    ":white_check_mark:": "✅",
    ":leftwards_arrow_with_hook:": "↩️",
}
_TOKEN = re.compile(
    r"<([^<>|]+)(?:\|([^<>]*))?>|`([^`\n]+)`|(?<!\w)\*([^*\n]+)\*(?!\w)|(?<!\w)_([^_\n]+)_(?!\w)"
)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Shown:
    """One block of a post, as markup of the page."""

    type: str
    text: Markup


@dataclass(frozen=True, slots=True)
class ShownPost:
    blocks: tuple[Shown, ...]
    reply: bool
    at: str


def preview(posts: Iterable[Mapping[str, Any]], channel: str = "alerts", title: str = "Slack") -> str:
    """A page of posts as they were sent: mappings with `blocks`, perhaps `thread_ts`, perhaps `at`."""
    shown = tuple(
        ShownPost(
            tuple(_shown(block) for block in post["blocks"]), bool(post.get("thread_ts")), post.get("at", "")
        )
        for post in posts
    )
    return page("preview.html.j2", posts=shown, channel=channel, title=title)


def plain(post: Mapping[str, Any]) -> str:
    """A post as text, for a terminal: a paragraph for each block."""
    shown = (_shown(block).text for block in post["blocks"])
    lines = (re.sub("<br>|</blockquote>", "\n", text.replace("<blockquote>", "> ")) for text in shown)
    return "\n\n".join(unescape(_TAG.sub("", text)).strip() for text in lines if text)


def _shown(block: Mapping[str, Any]) -> Shown:
    kind = block["type"]
    if kind == "header":
        return Shown(kind, escape(unescape(block["text"]["text"])))
    if kind == "divider":
        return Shown(kind, Markup(""))
    if kind == "context":
        parts = [mrkdwn(element["text"]) for element in block["elements"]]
        return Shown(kind, Markup(" ").join(parts))
    return Shown(kind, mrkdwn(block["text"]["text"]))


def mrkdwn(text: str) -> Markup:
    """Slack's markup as HTML."""
    lines = []
    for line in text.split("\n"):
        quoted = line.startswith(("&gt;", ">"))
        inner = _inline(line.removeprefix("&gt;").removeprefix(">").lstrip() if quoted else line)
        lines.append(Markup("<blockquote>{}</blockquote>").format(inner) if quoted else inner)
    return Markup("<br>").join(lines).replace(Markup("</blockquote><br>"), Markup("</blockquote>"))


def _inline(text: str) -> Markup:
    found, end = Markup(""), 0
    for match in _TOKEN.finditer(text):
        found += _plain(text[end : match.start()]) + _token(match)
        end = match.end()
    return found + _plain(text[end:])


def _token(match: re.Match[str]) -> Markup:
    address, label, code, bold, italic = match.groups()
    if address and address[0] in "@#!":
        return Markup("<b>[mention {}]</b>").format(unescape(address))
    if address:
        return Markup('<a href="{}">{}</a>').format(unescape(address), _plain(label or address))
    if code:
        return Markup("<code>{}</code>").format(unescape(code))
    return (
        Markup("<b>{}</b>").format(_inline(bold))
        if bold
        else Markup("<i>{}</i>").format(_inline(italic or ""))
    )


def _plain(text: str) -> Markup:
    for code, sign in _EMOJI.items():
        text = text.replace(code, sign)
    return escape(unescape(text))
