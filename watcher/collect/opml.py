"""OPML in and out: lists of feeds as other readers keep them. Pure.

Reading is deaf to document types and entities: the one defence that needs no exception.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from lxml import etree

from watcher.collect.charset import as_utf8
from watcher.collect.entries import language_code
from watcher.collect.text import clean
from watcher.collect.urls import web_address
from watcher.errors import ParseError
from watcher.model import Source

MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of an OPML file. `group` is the folder it stood in."""

    url: str
    title: str
    group: str = ""
    language: str | None = None
    site: str = ""


def import_opml(body: bytes) -> tuple[Outline, ...]:
    """The feeds, each address once, in the file's order. Raises ParseError for what is no OPML."""
    if len(body) > MAX_BYTES:
        raise ParseError("OPML", f"{len(body):,} bytes are too much")
    text = as_utf8(body, "")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ParseError("OPML", "it has a document type or declares entities; refused")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("OPML", f"not XML: {error}") from error
    if root is None or str(root.tag).lower() != "opml":
        raise ParseError("OPML", "the file does not begin with <opml>")
    found: dict[str, Outline] = {}
    for node in root.iter("outline"):
        outline = _outline(node)
        if outline:
            found.setdefault(outline.url, outline)
    return tuple(found.values())


def _outline(node: etree._Element) -> Outline | None:
    named = {str(name).lower(): str(value) for name, value in node.attrib.items()}
    url = web_address(named.get("xmlurl", ""))
    if not url:
        return None
    parent = node.getparent()
    folder = (
        (parent.get("text") or parent.get("title") or "")
        if parent is not None and parent.tag == "outline"
        else ""
    )
    return Outline(
        url,
        clean(named.get("title") or named.get("text") or "", 200),
        clean(folder, 100),
        language_code(named.get("language", "")),
        web_address(named.get("htmlurl", "")),
    )


def export_opml(sources: Iterable[Source], title: str = "watcher") -> str:
    """OPML 2.0, one folder per group. Only feeds have a place in it."""
    folders: dict[str, list[Source]] = {}
    for source in sources:
        if source.kind == "feed":
            folders.setdefault(source.group or "sources", []).append(source)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{_escaped(title)}</title></head>", "  <body>"]
    for folder, members in folders.items():
        lines.append(f"    <outline text={_attribute(folder)}>")
        lines += [f"      {_line(source)}" for source in members]
        lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _line(source: Source) -> str:
    name, url = _attribute(source.name), _attribute(source.url)
    language = f" language={_attribute(source.language)}" if source.language else ""
    return f'<outline type="rss" text={name} title={name} xmlUrl={url}{language}/>'


def _attribute(text: str) -> str:
    return quoteattr(clean(text, 4_096))


def _escaped(text: str) -> str:
    return clean(text, 200).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
