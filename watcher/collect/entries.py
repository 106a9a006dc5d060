"""A raw item of any dialect → an Entry: identity, plain text, dates, outlet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.collect.dates import plausible, when
from watcher.collect.reading import hash_number, item_hash
from watcher.collect.text import CONTENT_CHARS, SUMMARY_CHARS, one_line, plain
from watcher.collect.urls import canonical, host_of, unwrap, web_address
from watcher.model import Entry, EntryKey, Source

_LANGUAGE = re.compile(r"^([a-z]{2,3})(?:[-_].*)?$")
_SAME_LANGUAGE = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "fil": "tl",
    "cn": "zh",
    "ua": "uk",
}
_NOT_A_LANGUAGE = frozenset(("und", "mul", "zxx", "mis", "xx"))
_GUID_CHARS = 500


@dataclass(slots=True)
class RawItem:
    """What a reader found, markup and all. Dates are as written."""

    title: str = ""
    summary: str = ""
    content: str = ""
    link: str = ""
    original_link: str = ""  # feedburner:origLink
    guid: str = ""
    published: str = ""
    updated: str = ""
    author: str = ""
    language: str = ""
    outlet: str = ""
    outlet_url: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for every item of a body."""

    source: Source
    base: str
    now: datetime
    language: str = ""  # as the feed declares it
    aggregator: bool = False


def language_code(declared: str) -> str | None:
    """ISO 639-1 of a declared language tag; None for what is none."""
    match = _LANGUAGE.match(declared.strip().lower())
    if match is None or match[1] in _NOT_A_LANGUAGE:
        return None
    return _SAME_LANGUAGE.get(match[1], match[1])


def entry(raw: RawItem, setting: Setting, digest: bytes | None = None, *, shared: bool = False) -> Entry:
    """The entry of a raw item.

    Its key is the canonical address, with the guid when `shared` (another item of the body has the
    same link), or the guid alone, within its source, without an address.
    """
    source = setting.source
    link = raw.link.replace("&amp;", "&") if "&amp;" in raw.link else raw.link  # escaped twice
    url = unwrap(web_address(raw.original_link) or web_address(link, setting.base) or web_address(raw.guid))
    title, outlet = one_line(raw.title), one_line(raw.outlet, 200)
    if setting.aggregator:
        title, outlet = without_outlet(title, outlet)
    summary, content = plain(raw.summary, SUMMARY_CHARS), plain(raw.content, CONTENT_CHARS)
    if summary == title or (setting.aggregator and _only_headlines(summary, title, outlet)):
        summary = ""
    if not title:
        title = one_line(summary or content, 120)
    guid = one_line(raw.guid, _GUID_CHARS)
    digest = digest if digest is not None else raw_hash(raw)
    return Entry(
        key=key_of(url, guid, title or digest.hex(), source, shared=shared),
        source_id=source.id,
        url=url,
        title=title,
        summary=summary,
        content="" if content == summary else content,
        published=plausible(when(raw.published) or when(raw.updated), setting.now),
        updated=plausible(when(raw.updated), setting.now),
        language=_language(raw, setting),
        outlet=outlet or ("" if setting.aggregator else source.name),
        outlet_url=web_address(raw.outlet_url, setting.base),
        author=one_line(raw.author, 200),
        guid=guid,
        hash=hash_number(digest),
        tier=source.tier,
        adversary=source.adversary,
        tags=source.tags,
    )


def _only_headlines(summary: str, title: str, outlet: str) -> bool:
    """Google News' summaries: the headline and its publisher, sometimes with others' headlines."""
    return bool(title and outlet) and summary.startswith(title) and outlet in summary


def _language(raw: RawItem, setting: Setting) -> str | None:
    """The item's own word, the operator's, the feed's (whose software often says en-US); of what an
    aggregator hands out only the item's own."""
    own = language_code(raw.language)
    if own or setting.aggregator:
        return own
    return setting.source.language or language_code(setting.language)


def key_of(url: str, guid: str, title: str, source: Source, *, shared: bool = False) -> EntryKey:
    """The canonical address; with the guid (failing that, the title) when it is shared; that alone,
    within its source, when there is no address."""
    address = canonical(url)
    if address and not shared:
        return EntryKey(address)
    own = guid if guid and guid != url else "text-" + item_hash(title).hex()
    return EntryKey(f"{address} guid:{own}" if address else f"guid:{source.id}:{own}")


def raw_hash(raw: RawItem) -> bytes:
    return item_hash(raw.title, raw.summary, raw.content, raw.link, raw.guid, raw.published, raw.updated)


def without_outlet(title: str, outlet: str) -> tuple[str, str]:
    """`Headline - Publisher` as aggregators write it → headline and publisher."""
    for dash in (" - ", " – ", " — ", " | "):
        headline, found, tail = title.rpartition(dash)
        if not found or not headline.strip():
            continue
        if tail == outlet or (not outlet and len(tail) <= 60 and dash == " - "):
            return headline.strip(), outlet or tail.strip()
    return title, outlet


def with_shared_keys(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries that share a link under different titles get keys of their own; repeats go."""
    present = tuple(entries)
    titles: dict[str, set[str]] = {}
    for each in present:
        titles.setdefault(each.key, set()).add(each.title)
    own = (_own_key(each) if each.url and len(titles[each.key]) > 1 else each for each in present)
    return unrepeated(own)


def unrepeated(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each key once: the first, as feeds put the newest first."""
    kept: dict[str, Entry] = {}
    for each in entries:
        kept.setdefault(each.key, each)
    return tuple(kept.values())


def _own_key(each: Entry) -> Entry:
    own = each.guid if each.guid and each.guid != each.url else "text-" + item_hash(each.title).hex()
    return replace(each, key=EntryKey(f"{each.key} guid:{own}"))


def outlet_from(url: str) -> str:
    """A publisher's name for want of a better one: the host of its address."""
    return host_of(url)
