"""How far `feed` agrees with expectations that others wrote down. Shared by the test and the command line.

A folder of feeds, found recursively (.xml .rss .atom .rdf .json .feed .txt). What is expected comes
from, in this order: `expected.json` in the folder ({"file": {"entries": 3, "titles": ["…", …]}}), a
neighbour `<file>.json` of the same shape, or else the reference parser's own reading of the bytes,
with the response headers that feedparser's tests write into a comment (`Header: Content-type: …`).
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watcher.collect.sources import feed
from watcher.collect.text import one_line
from watcher.errors import ParseError
from watcher.model import Fetched, PollState, Source, SourceId

SUFFIXES = (".xml", ".rss", ".atom", ".rdf", ".feed", ".json", ".txt")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
_HEADER = re.compile(rb"^Header:\s*([\w-]+):\s*(.+?)\s*$", re.MULTILINE)
_EBCDIC = b"\x4c\x6f\xa7\x94"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    body: bytes
    headers: dict[str, str]
    entries: int
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    case: Case
    agrees: bool
    why: str = ""


def cases(folder: Path) -> Iterator[Case]:
    manifest = folder / "expected.json"
    expected = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}
    for path in sorted(folder.rglob("*")):
        if path == manifest or path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        name = str(path.relative_to(folder))
        beside = path.with_name(path.name + ".json")
        if path.suffix == ".json" and path.with_name(path.name[: -len(".json")]).exists():
            continue
        told = expected.get(name) or expected.get(path.name)
        if told is None and beside.exists():
            told = json.loads(beside.read_text("utf-8"))
        body = path.read_bytes()
        headers = _headers(body)
        if told is not None:
            yield Case(name, body, headers, int(told["entries"]), tuple(told.get("titles", ())))
        elif path.suffix != ".json":
            yield _by_reference(name, body, headers)


def _headers(body: bytes) -> dict[str, str]:
    found = _HEADER.findall(body[:4_096].replace(b"\x00", b""))
    return {name.decode().lower(): value.decode("utf-8", "replace") for name, value in found}


def _by_reference(name: str, body: bytes, headers: dict[str, str]) -> Case:
    import feedparser

    parsed = feedparser.parse(io.BytesIO(body), response_headers=headers)
    titles = tuple(str(entry.get("title") or "") for entry in parsed.entries)
    return Case(name, body, headers, len(parsed.entries), titles)


def judge(case: Case) -> Result:
    """Whether the number of entries and every title that was expected agree."""
    source = Source(SourceId("conformance"), "feed", "http://example.com/feed", "Conformance")
    fetched = Fetched(source.id, source.url, 200, case.headers, case.body, NOW)
    try:
        reading = feed.read(source, PollState(source.id), fetched)
    except ParseError as error:
        return Result(case, case.entries == 0, "" if case.entries == 0 else f"refused: {error.message}")
    if reading.total != case.entries:
        return Result(case, False, f"{reading.total} entries, {case.entries} expected")
    ours = [entry.title for entry in reading.entries]
    for title in case.titles:
        wanted = one_line(title)
        if wanted and wanted not in ours and _loose(wanted) not in map(_loose, ours):
            return Result(case, False, f"no title {wanted[:60]!r}; titles are {[t[:60] for t in ours[:3]]}")
    return Result(case, True)


def _loose(title: str) -> str:
    return "".join(title.split())


def report(folder: Path) -> tuple[int, list[Result]]:
    """The number of cases, and those that disagree."""
    results = [judge(case) for case in cases(folder)]
    return len(results), [result for result in results if not result.agrees]


if __name__ == "__main__":
    count, disagreeing = report(Path(sys.argv[1]))
    for result in disagreeing:
        print(f"{result.case.name}: {result.why}")
    share = 100 * (count - len(disagreeing)) / max(1, count)
    print(f"{count} feeds, {count - len(disagreeing)} agree: {share:.2f} %")
