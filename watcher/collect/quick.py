"""The common dialects of RSS and Atom, item by item, by lxml; the rest is feedparser's. Pure.

feedparser takes 10 ms for a feed of 30 entries; this takes about 1. It reads only what is well
formed and plain enough that both agree (a property test holds them together).
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from lxml import etree

from watcher.collect.cut import Cut
from watcher.collect.entries import RawItem

_ATOM = "{http://www.w3.org/2005/Atom}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_FIELDS: dict[str, str] = {}
for _space in (
    "",
    _ATOM,
    "{http://purl.org/rss/1.0/}",
    "{http://my.netscape.com/rdf/simple/0.9/}",
    "{http://purl.org/atom/ns#}",
    "{http://backend.userland.com/rss}",
    "{http://backend.userland.com/rss2}",
    "{http://blogs.law.harvard.edu/tech/rss}",
):
    _FIELDS |= {
        _space + name: name.lower()
        for name in (
            "title", "link", "description", "summary", "content", "guid", "id", "pubDate", "published", "updated",
            "issued", "modified", "author", "source", "language", "created", "body", "fullitem",
        )
    }  # fmt: skip
_FIELDS |= {
    "{http://purl.org/dc/elements/1.1/}" + name: field
    for name, field in (
        ("title", "title"),
        ("date", "updated"),
        ("creator", "creator"),
        ("author", "creator"),
        ("description", "description"),
        ("language", "language"),
    )
}
_FIELDS |= {
    "{http://purl.org/dc/terms/}issued": "issued",
    "{http://purl.org/dc/terms/}modified": "modified",
    "{http://purl.org/dc/terms/}created": "created",
    "{http://purl.org/rss/1.0/modules/content/}encoded": "encoded",
    "{http://rssnamespace.org/feedburner/ext/1.0}origLink": "origlink",
    "{http://www.w3.org/1999/xhtml}body": "body",
    "{http://www.itunes.com/dtds/podcast-1.0.dtd}summary": "itunes",
    "{http://www.itunes.com/dtds/podcast-1.0.dtd}author": "creator",
    "{http://search.yahoo.com/mrss/}description": "media",
    "{http://search.yahoo.com/mrss/}title": "mediatitle",
    "{http://search.yahoo.com/mrss/}group": "group",
    "{http://search.yahoo.com/mrss/}content": "group",
}
_DATES = {
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "updated": "updated",
    "modified": "updated",
}
_BING_SOURCE = "}Source"  # its namespace is the address that was asked
_PARSER = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": True, "remove_pis": True,
           "remove_comments": True}  # fmt: skip
MAX_REPAIRED_BYTES = 1024 * 1024
MAX_LARGE_BYTES = 1024 * 1024
MAX_LARGE_SIGNS = 50_000
"""A large item with more equal signs than this is all attributes, which take lxml 100 bytes each."""
_BARE_AMPERSAND = re.compile(
    rb"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([a-zA-Z]\w{1,30});)?"
)
_BARE_LESS = re.compile(rb"<(?![A-Za-z_/!?])")
_CDATA = re.compile(rb"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)


def read_items(cut: Cut, items: tuple[bytes, ...]) -> list[RawItem | None]:
    """One raw item each, None for those that only a more patient reader can make sense of."""
    if not items:
        return []
    if len(items[0]) > MAX_LARGE_BYTES and items[0].count(b"=") > MAX_LARGE_SIGNS:
        return [None] * len(items)
    root = _parsed(cut.head + b"".join(items) + cut.tail)
    if root is not None:
        nodes = _nodes(root)
        if len(nodes) == len(items):
            return [_raw(node) for node in nodes]
    return [_one(cut, item) for item in items]


def _one(cut: Cut, item: bytes) -> RawItem | None:
    root = _parsed(cut.head + item + cut.tail)
    if root is None and len(item) <= MAX_REPAIRED_BYTES:
        root = _parsed(cut.head + repaired(item) + cut.tail)
    nodes = _nodes(root) if root is not None else []
    return _raw(nodes[0]) if len(nodes) == 1 else None


def repaired(item: bytes) -> bytes:
    """HTML entities, bare ampersands and bare `<` outside of CDATA as XML wants them."""
    parts = _CDATA.split(item)
    parts[::2] = [_BARE_LESS.sub(b"&lt;", _BARE_AMPERSAND.sub(_named, part)) for part in parts[::2]]
    return b"".join(parts)


def _named(match: re.Match[bytes]) -> bytes:
    if match[1]:
        char = html.unescape(f"&{match[1].decode('ascii', 'ignore')};")
        if not char.startswith("&"):
            return "".join(f"&#{ord(c)};" for c in char).encode()
    return b"&amp;" + match[0][1:]


def _parsed(document: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(document, etree.XMLParser(**_PARSER))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _nodes(root: etree._Element) -> list[etree._Element]:
    parent = root
    if len(root) == 1 and etree.QName(root[0]).localname == "channel":
        parent = root[0]
    return [node for node in parent if isinstance(node.tag, str)]


def _raw(node: etree._Element) -> RawItem | None:
    found: dict[str, str] = {}
    base = _base(node)
    for child in node:
        field = _FIELDS.get(child.tag)
        if field is None and isinstance(child.tag, str) and child.tag.endswith(_BING_SOURCE):
            field = "source"
        if field is not None:
            if child.attrib and _encoded(child):
                return None
            _READERS.get(field, _text_field)(field, child, found, base)
    about = node.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "")
    summary = (
        found.get("description") or found.get("summary") or found.get("itunes") or found.get("media", "")
    )
    content = found.get("encoded") or found.get("content") or found.get("fullitem") or found.get("body", "")
    return RawItem(
        title=found.get("title") or found.get("mediatitle", ""),
        summary="" if summary == content else summary,
        content=content,
        link=found.get("link", ""),
        original_link=found.get("origlink", ""),
        guid=found.get("guid") or found.get("id") or about,
        published=found.get("published") or found.get("created", ""),
        updated=found.get("updated", ""),
        author=found.get("author") or found.get("creator", ""),
        language=found.get("language") or found.get("lang") or node.get(_XML + "lang", ""),
        outlet=found.get("outlet", ""),
        outlet_url=found.get("outlet_url", ""),
    )


def _encoded(child: etree._Element) -> bool:
    """Base64, which Atom 0.3 has as a mode and Atom 1.0 for every type that is no text."""
    kind = child.get("type", "")
    odd = "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "/html"))
    return child.get("mode") == "base64" or (odd and etree.QName(child).localname not in ("link", "source"))


def _base(node: etree._Element) -> str:
    """xml:base of the item and its ancestors, each relative to the one around it; "" without any."""
    base, above = "", node.getparent()
    if above is not None:
        base = _base(above)
    own = node.get(_XML + "base")
    return urljoin(base, own) if own else base


def _text(child: etree._Element) -> str:
    """The text; of an element with children (XHTML, or HTML that nobody escaped) its markup."""
    if len(child) == 0:
        return (child.text or "").strip()
    whole: str = etree.tostring(child, encoding="unicode", with_tail=False)
    return whole[whole.index(">") + 1 : whole.rindex("</")].strip()


def _text_field(field: str, child: etree._Element, found: dict[str, str], base: str) -> None:
    """The first that says something."""
    if not found.get(field):
        found[field] = _text(child)


def _title(field: str, child: etree._Element, found: dict[str, str], base: str) -> None:
    if not found.get("title"):
        found["title"], found["lang"] = _text(child), child.get(_XML + "lang", "")


def _date(field: str, child: etree._Element, found: dict[str, str], base: str) -> None:
    found[_DATES[field]] = _text(child) or found.get(_DATES[field], "")


def _link(field: str, child: etree._Element, found: dict[str, str], base: str) -> None:
    href = child.get("href")
    if href is None:
        address = _text(child)
    elif child.get("rel", "alternate") == "alternate" and child.get("type", "text/html") in _HTML:
        address = href.strip()
    else:
        return
    if address:
        found["link"] = (
            urljoin(_safe_base(child, base), address) if base or child.get(_XML + "base") else address
        )


_HTML = ("text/html", "application/xhtml+xml", "html", "xhtml", "")


def _safe_base(child: etree._Element, base: str) -> str:
    own = child.get(_XML + "base", "")
    return urljoin(base, own) if own else base


def _author(field: str, child: etree._Element, found: dict[str, str], base: str) -> None:
    names = [part for part in child if isinstance(part.tag, str) and part.tag.endswith("name")]
    found.setdefault("author", _text(names[0]) if names else _text(child) if len(child) == 0 else "")


def _source(field: str, child: etree._Element, found: dict[str, str], base: str) -> None:
    if child.get("url") or len(child) == 0:
        found["outlet"], found["outlet_url"] = _text(child), child.get("url", "")
        return
    for part in child:
        name = _FIELDS.get(part.tag)
        if name == "title":
            found["outlet"] = _text(part)
        elif name == "link" and part.get("rel", "alternate") == "alternate":
            found["outlet_url"] = part.get("href") or _text(part)


def _group(field: str, child: etree._Element, found: dict[str, str], base: str) -> None:
    """media:group and media:content may hold the only title or description there is."""
    for part in child:
        name = _FIELDS.get(part.tag)
        if name in ("media", "mediatitle"):
            _text_field(name, part, found, base)


_READERS = {
    **dict.fromkeys(_DATES, _date),
    "title": _title,
    "link": _link,
    "author": _author,
    "source": _source,
    "group": _group,
}
