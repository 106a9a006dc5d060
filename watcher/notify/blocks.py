"""Slack's Block Kit within its documented limits: composed text → blocks → posts. Pure.

Limits (docs.slack.dev, Block Kit reference): 50 blocks a message, header 150 characters, section
3,000, context element 2,000 to be safe. A message that is too long is split between whole items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from watcher.notify.markup import cut_escaped

Block = Mapping[str, Any]
MOST_BLOCKS = 50
MOST_HEADER = 150
MOST_SECTION = 3000
MOST_CONTEXT = 2000
MOST_CHARACTERS = 12_000
"""Of one post: far below the size at which Slack answers msg_too_long or cuts silently."""
_ROOM = MOST_BLOCKS - 1  # one is kept for "part 2 of 3"


@dataclass(slots=True)
class Item:
    """Blocks that belong together, and the alert they tell, if they tell one."""

    alert: int | None = None
    blocks: list[Block] = field(default_factory=list)

    def characters(self) -> int:
        return sum(_characters(block) for block in self.blocks)


@dataclass(slots=True)
class Post:
    """One message of at most 50 blocks. `alerts` are told in it to their end."""

    blocks: list[Block] = field(default_factory=list)
    alerts: list[int] = field(default_factory=list)


def posts(text: str) -> tuple[Post, ...]:
    """The posts that a composed Slack body makes; `message.slack.j2` says how it is written."""
    found: list[Post] = []
    size = 0
    for item in _items(text):
        for piece, last in _pieces(item):
            weight = piece.characters()
            if (
                not found
                or len(found[-1].blocks) + len(piece.blocks) > _ROOM
                or size + weight > MOST_CHARACTERS
            ):
                found.append(Post())
                size = 0
            found[-1].blocks += piece.blocks
            size += weight
            if last and item.alert is not None:
                found[-1].alerts.append(item.alert)
    if len(found) > 1:
        for number, post in enumerate(found, 1):
            post.blocks = _without_edge_dividers(post.blocks)
            post.blocks.append(context(f"{number} / {len(found)}"))
    return tuple(found)


def header(text: str) -> Block:
    shown = cut_escaped(text, MOST_HEADER)
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut_escaped(text, MOST_CONTEXT)}]}


def _items(text: str) -> Iterator[Item]:
    item = Item()
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("%%%"):
            number = lines.pop(0)[3:].strip()
            if item.blocks:
                yield item
            item = Item(alert=int(number) if number.isdigit() else None)
        item.blocks += _blocks(lines)
    if item.blocks:
        yield item


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    if not lines:
        return
    first = lines[0]
    if first.strip() == "---":
        yield {"type": "divider"}
        yield from _blocks(lines[1:])
    elif first.startswith("# "):
        yield from [header(first[2:])] if first[2:].strip() else []
        yield from _blocks(lines[1:])
    elif first.startswith("|| "):
        text = "\n".join(line.removeprefix("|| ") for line in lines)
        yield from [context(text)] if text.strip() else []
    else:
        yield from (section(part) for part in _within(lines))


def _within(lines: Sequence[str]) -> Iterator[str]:
    """Lines joined into texts of at most 3,000 characters; a longer line is cut."""
    kept = ""
    for line in lines:
        piece = cut_escaped(line, MOST_SECTION)
        joined = f"{kept}\n{piece}" if kept else piece
        if len(joined) > MOST_SECTION:
            yield kept
            kept = piece
        else:
            kept = joined
    if kept:
        yield kept


def _pieces(item: Item) -> Iterator[tuple[Item, bool]]:
    """`item` whole where one post can hold it; else in pieces, the last of them marked."""
    cuts = [0]
    size = 0
    for index, block in enumerate(item.blocks):
        weight = _characters(block)
        if index - cuts[-1] >= _ROOM or (index > cuts[-1] and size + weight > MOST_CHARACTERS):
            cuts.append(index)
            size = 0
        size += weight
    cuts.append(len(item.blocks))
    for start, end in pairwise(cuts):
        yield Item(item.alert, item.blocks[start:end]), end == len(item.blocks)


def _without_edge_dividers(blocks: Sequence[Block]) -> list[Block]:
    kept = list(blocks)
    while len(kept) > 1 and kept[0]["type"] == "divider":
        del kept[0]
    while len(kept) > 1 and kept[-1]["type"] == "divider":
        del kept[-1]
    return kept


def _characters(block: Block) -> int:
    if "text" in block:
        return len(block["text"]["text"])
    return sum(len(element["text"]) for element in block.get("elements", ()))
