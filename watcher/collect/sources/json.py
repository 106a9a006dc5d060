"""An API that answers in JSON, by a mapping of fields: the Sejm, the Riigikogu, the Eduskunta. Pure.

Paths are dotted (`title.fi`, `votings.0.title`); several joined by `|` are tried in turn; a text
with braces is a template over paths (`https://…/print.xsp?nr={number}`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from lxml import etree
from pydantic import BaseModel, ConfigDict

from watcher.collect.charset import as_utf8, decode
from watcher.collect.entries import RawItem, Setting, entry, with_shared_keys
from watcher.collect.politeness import address_of
from watcher.collect.reading import MAX_ENTRIES, MAX_JSON_BYTES, MAX_JSON_VALUES, Reading, reading
from watcher.errors import ParseError
from watcher.model import Entry, Fetched, PollState, Request, Source

MAX_OBJECTS = 100_000

_HOLE = re.compile(r"\{([^{}]+)\}")


class Options(BaseModel):
    """Where in the answer the items and their fields stand.

    `items`: path of the list ("" = the answer itself, or the first list in it); a `*` step goes
    into each element. `columns`: path of the names, when the items are rows of bare values. `title`, `link`, … : paths or templates. `matching`: a regular expression
    that an item's title or summary must contain. `facts`: names → paths. `url`: a template of the
    address to ask, with `{today}`, `{year}`
    and `{days_ago:N}`.
    """

    model_config = ConfigDict(extra="forbid")

    url: str = ""
    items: str = ""
    columns: str = ""
    title: str = "title"
    link: str = "url|link"
    summary: str = "summary|description"
    date: str = "date|published"
    id: str = "id"
    language: str = ""
    outlet: str = ""
    matching: str = ""
    facts: dict[str, str] = {}


def ask(source: Source, state: PollState) -> Request:
    """The address. A template's days count from the day this poll fell due; before the first poll,
    when there is none, parameters that need a day are left out."""
    template = str(source.options.get("url") or "")
    due = state.next_poll or state.last_poll
    url = address(template, due.date() if due else None) if template else ""
    return Request(url or address_of(source, state), {"Accept": "application/json, application/xml;q=0.8"})


def address(template: str, today: date | None) -> str:
    """A template with its days filled in; "" when the path, not only a parameter, needs one."""
    base, _, query = template.partition("?")
    pairs = [_dated(pair, today) for pair in query.split("&") if pair]
    filled, kept = _dated(base, today), "&".join(pair for pair in pairs if "{" not in pair)
    if "{" in filled:
        return ""
    return f"{filled}?{kept}" if kept else filled


def _dated(text: str, today: date | None) -> str:
    def day(hole: re.Match[str]) -> str:
        name, _, number = hole[1].partition(":")
        if today is None:
            return hole[0]
        if name == "days_ago" and number.isdigit():
            return (today - timedelta(days=int(number))).isoformat()
        return {"today": today.isoformat(), "year": str(today.year)}.get(name, hole[0])

    return _HOLE.sub(day, text)


def read(source: Source, state: PollState, fetched: Fetched) -> Reading:
    """In the answer's order. Raises ParseError, and nothing else, whatever the bytes."""
    options = Options.model_validate(dict(source.options))
    answer = parsed(source, fetched)
    items = _named(answer, options)
    if not items and not _is_empty_list(answer, options.items):
        raise ParseError(source.id, f"no list of items at {options.items or 'the top'!r} of the answer")
    setting = Setting(source, fetched.url, fetched.at)
    entries = (_entry(item, options, setting) for item in items[:MAX_ENTRIES])
    wanted = with_shared_keys(each for each in entries if each.title and _matches(each, options.matching))
    return reading(wanted, state.seen, total=len(items))


def _named(answer: Any, options: Options) -> list[dict[str, Any]]:
    """The items as dictionaries; bare rows get the names of their columns."""
    items = _items(answer, options.items)
    names = next(_walk(answer, options.columns.split(".")), None) if options.columns else None
    if isinstance(names, list):
        items = [
            dict(zip(map(str, names), row, strict=False)) if isinstance(row, list) else row for row in items
        ]
    return [item for item in items if isinstance(item, dict)]


def parsed(source: Source, fetched: Fetched) -> Any:
    text = decode(fetched.body, fetched.headers.get("content-type", ""), source.language)
    if text.lstrip().startswith("<"):
        return _from_xml(source, fetched)
    if len(fetched.body) > MAX_JSON_BYTES or text.count(",") > MAX_JSON_VALUES:
        raise ParseError(source.id, f"{len(fetched.body):,} bytes of JSON are more than any answer holds")
    if text.count("{") + text.count("[") > MAX_OBJECTS:
        raise ParseError(source.id, f"the answer holds more than {MAX_OBJECTS:,} objects")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        said = " ".join(text[:120].split())
        raise ParseError(source.id, f"the answer is not JSON; it says {said!r}") from error


def _from_xml(source: Source, fetched: Fetched) -> Any:
    """XML as JSON would say it: children by name in lists, attributes with an `@`, text as `#text`."""
    body = as_utf8(fetched.body, fetched.headers.get("content-type", ""), source.language)
    if body.count(b"<") > MAX_OBJECTS:
        raise ParseError(source.id, f"the answer holds more than {MAX_OBJECTS:,} elements")
    if b"<!" in body[:4_096].replace(b"<![CDATA[", b"").replace(b"<!--", b""):
        raise ParseError(source.id, "neither JSON nor plain XML: it has a document type")
    try:
        root = etree.fromstring(
            body, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        )
    except etree.XMLSyntaxError as error:
        raise ParseError(source.id, f"neither JSON nor well-formed XML: {error}") from error
    if _local(root).lower() == "html":
        raise ParseError(source.id, "neither JSON nor plain XML: a web page")
    return {_local(root): [_node(root)]}


def _node(element: etree._Element) -> dict[str, Any]:
    made: dict[str, Any] = {f"@{name.rpartition('}')[2]}": text for name, text in element.attrib.items()}
    for child in element:
        if isinstance(child.tag, str):
            made.setdefault(_local(child), []).append(_node(child))
    if text := (element.text or "").strip():
        made["#text"] = text
    return made


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _entry(item: dict[str, Any], options: Options, setting: Setting) -> Entry:
    raw = RawItem(
        title=_markup(value(item, options.title)),
        summary=_markup(value(item, options.summary)),
        link=value(item, options.link, in_address=True),
        guid=value(item, options.id),
        published=value(item, options.date),
        language=value(item, options.language) if options.language else "",
        outlet=_markup(value(item, options.outlet)) if options.outlet else "",
    )
    facts = {name: found for name, path in options.facts.items() if (found := value(item, path))}
    return replace(entry(raw, setting), facts=facts)


def _markup(text: str) -> str:
    return text if "</" in text else text.replace("<", "&lt;")


def _matches(made: Entry, pattern: str) -> bool:
    return not pattern or bool(re.search(pattern, f"{made.title}\n{made.summary}", re.IGNORECASE))


def _items(answer: Any, path: str) -> list[Any]:
    if path:
        return [
            item
            for found in _walk(answer, path.split("."))
            for item in (found if isinstance(found, list) else [found])
        ]
    if isinstance(answer, list):
        return answer
    if isinstance(answer, dict):
        return next((part for part in answer.values() if isinstance(part, list)), [])
    return []


def _is_empty_list(answer: Any, path: str) -> bool:
    """An answer that has the list, with nothing in it."""
    if not path:
        return answer == [] or (isinstance(answer, dict) and any(part == [] for part in answer.values()))
    return any(found == [] for found in _walk(answer, path.split(".")))


def _walk(value_: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value_
        return
    step, rest = steps[0], steps[1:]
    if step == "*":
        parts = (
            value_ if isinstance(value_, list) else list(value_.values()) if isinstance(value_, dict) else []
        )
        for part in parts:
            yield from _walk(part, rest)
    elif isinstance(value_, dict) and step in value_:
        yield from _walk(value_[step], rest)
    elif isinstance(value_, list) and step.isdigit() and int(step) < len(value_):
        yield from _walk(value_[int(step)], rest)


def value(item: Any, path: str, *, in_address: bool = False) -> str:
    """The text at the first path that has one; a template is filled in, or "" when a hole stays empty."""
    if "{" in path:
        missing = False

        def fill(hole: re.Match[str]) -> str:
            nonlocal missing
            found = value(item, hole[1])
            missing = missing or not found
            return quote(found, safe="/") if in_address else found

        filled = _HOLE.sub(fill, path)
        return "" if missing else filled
    for one in path.split("|"):
        for found in _walk(item, one.split(".")):
            if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict):
                found = found[0].get("#text", "")
            if isinstance(found, str | int | float) and not isinstance(found, bool) and str(found).strip():
                return str(found).strip()
    return ""
