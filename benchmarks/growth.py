"""What a growing archive costs: whole polls, the store's part of a cycle, lists and searches at 10k, 100k, 1M items.

    python -m benchmarks.growth [--sizes 10000,100000,1000000] [--share 0.05] [--stories 200] [--folder DIR] [--feeds 300]

A whole poll is `watcher poll` as a process over feeds with one new entry each; the archives take turns (A B A B).
One cycle here: memory is read (`known`), 3,000 keys are looked up, 1,000 rejected and 20 relevant items
and the states of 300 sources are committed. Each figure is the median of several runs, in milliseconds of
wall time unless it says cpu; the database is on disk and durable (synchronous=FULL).
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.peers import Watcher
from benchmarks.server import server
from watcher.judge.cluster import text_of
from watcher.judge.terms import terms_of, trimmed
from watcher.model import (
    Band,
    Entry,
    EntryKey,
    Findings,
    Item,
    ItemId,
    PollState,
    Reason,
    SourceId,
    Story,
    StoryId,
    Verdict,
)
from watcher.store import database, findings, items, known, search
from watcher.store.database import Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BATCH = 5_000
SOURCES = 300
OPEN_DAYS = 30
A_DAY = 3_000  # items
REPORTS = 2  # of an open story
STATES = (
    "EE",
    "FI",
    "LT",
    "LV",
    "PL",
    "UA",
    "RU",
    "US",
    "NO",
    "SE",
    "DE",
    "FR",
    "GB",
    "KH",
    "CO",
    "AO",
    "MM",
    "YE",
    "SY",
    "TR",
)

_WORDS = [f"word{number}" for number in range(20_000)]
_WEIGHTS = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(_WORDS))))


def sentence(rng: random.Random, length: int) -> str:
    return " ".join(rng.choices(_WORDS, cum_weights=_WEIGHTS, k=length))


def article(rng: random.Random, number: int, at: datetime, band: Band) -> Item:
    """Every relevant one holds the word "treaty", the commonest there can be."""
    url = f"https://news{number % SOURCES}.example/2026/{number}/{rng.getrandbits(64):x}"
    title = sentence(rng, 8)
    text = f"treaty {sentence(rng, 60)}" if band is Band.RELEVANT else ""
    entry = Entry(
        EntryKey(url),
        SourceId(f"source-{number % SOURCES}"),
        url,
        title,
        content=text,
        published=at,
        hash=number,
    )
    return Item(ItemId(number), entry, Verdict(0.5, band, (Reason("no-treaty", ""),)), at, language="en")


def fill(db: Database, size: int, share: float, opened: int, rng: random.Random) -> None:
    """`size` items, `share` of them relevant, the newest just now; the newest are in `opened` open stories."""
    db.connection.execute("PRAGMA synchronous = OFF")
    last = size + 2 - round(opened * REPORTS / share)
    for start in range(2, size + 2, BATCH):  # 1 is the baseline
        batch = [
            article(rng, number, moment(number, size), band_of(rng, share))
            for number in range(start, min(start + BATCH, size + 2))
        ]
        relevant = tuple(item for item in batch if item.verdict.relevant)
        rejected = tuple(item for item in batch if not item.verdict.relevant)
        stories = tuple(stories_of([item for item in relevant if item.id >= last]))
        findings.commit(db, Findings(NOW, items=relevant, rejected=rejected, stories=stories))
    db.connection.execute("PRAGMA synchronous = FULL")
    db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def band_of(rng: random.Random, share: float) -> Band:
    return Band.RELEVANT if rng.random() < share else Band.REJECTED


def moment(number: int, size: int) -> datetime:
    return NOW - timedelta(days=(size - number) / A_DAY)


def stories_of(relevant: Sequence[Item], reports: int = REPORTS) -> Iterator[Story]:
    """Open stories of so many reports each, of twenty states or of none, with their words."""
    for start in range(0, len(relevant), reports):
        part = relevant[start : start + reports]
        ids = tuple(item.id for item in part)
        words = trimmed(terms_of(" ".join(text_of(item) for item in part)))
        states = (STATES[start // reports % len(STATES)],) if start % 7 else ()
        seen, title = part[-1].first_seen, part[0].entry.title
        yield Story(
            StoryId(part[0].id), states, "", "", "commentary", title, seen, seen, item_ids=ids, terms=words
        )


def batch(rng: random.Random, first: int) -> Findings:
    rejected = tuple(article(rng, first + n, NOW, Band.REJECTED) for n in range(1000))
    relevant = tuple(article(rng, first + 1000 + n, NOW, Band.RELEVANT) for n in range(20))
    polls = tuple(PollState(SourceId(f"source-{n}"), seen=bytes(240), last_poll=NOW) for n in range(SOURCES))
    return Findings(NOW, polls, relevant, rejected)


def cycle(db: Database, found: Findings, keys: list[EntryKey]) -> None:
    known.known(db, NOW, timedelta(days=OPEN_DAYS))
    items.existing(db, keys)
    findings.commit(db, found)


def cycles(db: Database, rng: random.Random, times: int) -> tuple[float, float]:
    """Median milliseconds of a cycle: CPU and wall."""
    cpu, wall = [], []
    for _ in range(times):
        found = batch(rng, known.ids(db).item)
        new = [item.entry.key for item in (*found.rejected, *found.items)]
        keys = [*new, *(EntryKey(f"{key}/2") for key in new), *(EntryKey(f"{key}/3") for key in new)]
        began, used = time.perf_counter(), time.process_time()
        cycle(db, found, keys)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return statistics.median(cpu), statistics.median(wall)


def timed(act: Callable[[], object], times: int = 5) -> float:
    """Median milliseconds of wall time."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def measures(db: Database, rng: random.Random, times: int) -> dict[str, float]:
    newest = items.page(db, limit=1)[0]
    cpu, wall = cycles(db, rng, times)
    return {
        "known": timed(lambda: known.known(db, NOW, timedelta(days=OPEN_DAYS))),
        "cycle cpu": cpu,
        "cycle": wall,
        "page": timed(lambda: items.page(db, limit=50)),
        "next page": timed(lambda: items.page(db, limit=50, before=newest.id)),
        "show": timed(lambda: items.get(db, newest.id)),
        "newest": timed(lambda: search.search(db, "treaty", limit=50)),
        "newest rare": timed(lambda: search.search(db, "word19000 treaty", limit=50)),
        "ranked": timed(lambda: search.search(db, "treaty", "rank", 50)),
        "ranked 2": timed(lambda: search.search(db, "word1 treaty", "rank", 50)),
        "rejected": timed(lambda: search.search(db, "word19000", rejected=True)),
    }


def polls(folders: dict[int, Path], feeds: int, rounds: int) -> dict[int, tuple[float, float]]:
    """CPU and wall seconds of a whole poll over each archive: the best of the rounds, in turn."""
    costs: dict[int, list[tuple[float, float]]] = {size: [] for size in folders}
    with server(feeds, 20) as at:
        programs = {size: Watcher(folder=folder) for size, folder in folders.items()}
        at.control(new=0, etag=1)
        for program in programs.values():
            program.prepare(at)
            program.poll()
        for generation in range(1, rounds + 1):
            at.control(new=generation)
            for size, program in programs.items():
                cost = program.poll()
                costs[size].append((cost.cpu, cost.wall))
    return {
        size: (min(cpu for cpu, _ in found), min(wall for _, wall in found)) for size, found in costs.items()
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--share", type=float, default=0.05, help="of the items are relevant")
    parser.add_argument("--stories", type=int, default=200, help="that are open, in each archive")
    parser.add_argument("--folder", type=Path, help="keep the databases there")
    parser.add_argument("--times", type=int, default=15, help="cycles of the store alone")
    parser.add_argument("--feeds", type=int, default=300, help="of the whole polls; 0: none")
    parser.add_argument("--rounds", type=int, default=3, help="of the whole polls")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folders = {
            size: (asked.folder or Path(scratch)) / f"growth-{size}"
            for size in map(int, asked.sizes.split(","))
        }
        for size, folder in folders.items():
            path = folder / "state" / "watcher.sqlite3"
            known_already = path.exists()
            rng = random.Random(size)
            with database.open(path) as db:
                began = time.perf_counter()
                if not known_already:
                    fill(db, size, asked.share, asked.stories, rng)
                each = (time.perf_counter() - began) / size * 1e6
                figures = measures(db, rng, asked.times)
            shown = "  ".join(f"{name} {value:.1f}" for name, value in figures.items())
            print(
                f"{size:>9,} items  filled at {each:.0f} µs each, {path.stat().st_size / 1e6:.0f} MB  {shown}",
                flush=True,
            )
        found = polls(folders, asked.feeds, asked.rounds) if asked.feeds else {}
        least = min(folders)
        for size, (cpu, wall) in found.items():
            ratio = f"{cpu / found[least][0]:.2f} of that with {least:,}"
            print(f"{size:>9,} items  whole poll cpu {cpu:.2f} s  wall {wall:.2f} s  cpu {ratio}", flush=True)


if __name__ == "__main__":
    main()
