"""HTML → a tree to select from, of a size that cannot hurt, without the parser's opinions. Pure."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from watcher.errors import ParseError

MAX_BYTES = 4 * 1024 * 1024
MAX_TAGS = 60_000
MAX_DEPTH = 300
"""A page of more is no list that anyone reads; bs4 is quadratic in the depth of a tree."""

_DECLARATION = re.compile(r"<\?xml\b[^>]*>?|<\?xml", re.IGNORECASE)


def soup(text: str, subject: str) -> BeautifulSoup:
    """Raises ParseError for a page too large or too deep to be one. No markup gives an empty tree."""
    if len(text) > MAX_BYTES or text.count("<") > MAX_TAGS:
        raise ParseError(subject, f"a page of {len(text):,} characters is too large to read")
    tree = BeautifulSoup(_DECLARATION.sub("", text) if "<" in text else "<html></html>", "lxml")
    if _depth(tree) > MAX_DEPTH:
        raise ParseError(subject, f"the page nests more than {MAX_DEPTH} elements in one another")
    return tree


def _depth(tree: BeautifulSoup) -> int:
    deepest, level = 0, [node for node in tree.contents if isinstance(node, Tag)]
    while level and deepest <= MAX_DEPTH:
        deepest += 1
        level = [node for parent in level for node in parent.contents if isinstance(node, Tag)]
    return deepest
