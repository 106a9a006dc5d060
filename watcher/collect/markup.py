"""HTML → a tree to select from, without the parser's opinions on what else it might be. Pure."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

_DECLARATION = re.compile(r"<\?xml\b[^>]*>?|<\?xml", re.IGNORECASE)


def soup(text: str) -> BeautifulSoup:
    """Never raises; text without markup gives an empty tree."""
    return BeautifulSoup(_DECLARATION.sub("", text) if "<" in text else "<html></html>", "lxml")
