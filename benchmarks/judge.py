"""What judging one entry costs: rejected, relevant, and whether it grows with what is stored.

    python -m benchmarks.judge                      ordinary news, then the gold rows: titles with 200 words
    python -m benchmarks.judge --repeat 5

Prints medians in milliseconds (title + 200 words, one core): `sift`, `classify` and the whole `assess`, for
ordinary news, for near misses (every one of which tempts a keyword alert) and for relevant entries. Judging
one entry reads nothing that is stored, so its cost cannot grow with it; what does grow is measured by
`crowd.py` (the stories that are open) and `growth.py` (the archive).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import watcher
from watcher.judge.assess import assess
from watcher.judge.classify import classify, sift
from watcher.load_topic import load_topic
from watcher.model import Entry, EntryKey, SourceId
from watcher.topic import Topic

ROOT = Path(__file__).resolve().parent.parent
BUDGET_MS = {"ordinary": 0.1, "near miss": 0.1, "relevant": 5.0}
FILLER = {
    "en": "Officials met in the capital on Monday to go through the plans for the coming year, and said that talks "
    "would go on before the summer recess. ",
    "pl": "Urzędnicy spotkali się w poniedziałek w stolicy, by omówić plany na przyszły rok, i zapowiedzieli dalsze "
    "rozmowy przed przerwą wakacyjną. ",
    "ru": "Чиновники встретились в понедельник в столице, чтобы обсудить планы на следующий год, и сообщили, что "
    "переговоры будут продолжены. ",
}


ORDINARY = (
    ("en", "City council approves new bus lines"),
    ("en", "Central bank leaves rates unchanged"),
    ("en", "Storm warning for the northern coast"),
    ("en", "Film festival opens with a comedy"),
    ("en", "Defence minister visits troops abroad"),
    ("en", "Parliament debates the pension reform"),
    ("pl", "Rząd przyjął projekt budżetu na przyszły rok"),
    ("pl", "Reprezentacja wygrała mecz towarzyski"),
    ("ru", "Правительство обсудило бюджет регионов"),
    ("ru", "Сборная выиграла товарищеский матч"),
)


def ordinary() -> list[dict[str, str]]:
    """The news of any day: what a feed is full of and the judge must put aside at once."""
    return [{"title": title, "language": language, "relevant": ""} for language, title in ORDINARY]


def entries(rows: Iterable[dict[str, str]], *, relevant: bool) -> list[Entry]:
    """Entries of about 200 words: the row and neutral text in its language, or the nearest one there is."""
    found = []
    for number, row in enumerate(row for row in rows if bool(row["relevant"]) is relevant):
        filler = FILLER.get(row["language"], FILLER["en"])
        text = (row.get("summary") or "") + " "
        while len(text.split()) < 190:
            text += filler
        found.append(
            Entry(EntryKey(f"k{number}"), SourceId("s"), "", row["title"], text, language=row["language"])
        )
    return found


def median_ms(entries: list[Entry], judge: Callable[[Entry], object], repeat: int) -> float:
    """The median over entries of the best of `repeat` runs, in milliseconds of processor time."""
    best = [min(_seconds(judge, entry) for _ in range(repeat)) for entry in entries]
    return statistics.median(best) * 1000


def _seconds(judge: Callable[[Entry], object], entry: Entry) -> float:
    begin = time.perf_counter()
    judge(entry)
    return time.perf_counter() - begin


def steps(topic: Topic) -> dict[str, Callable[[Entry], object]]:
    return {
        "sift": lambda entry: sift(entry, topic),
        "classify": lambda entry: classify(entry, topic),
        "assess": lambda entry: assess(entry, topic),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=Path, default=ROOT / "tests" / "gold" / "rows.jsonl")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--limit", type=int, help="entries of each kind, to see that it works")
    options = parser.parse_args(arguments)
    topic = load_topic(Path(watcher.__file__).parent / "topics" / "ottawa")
    rows = [json.loads(line) for line in options.rows.read_text(encoding="utf-8").splitlines()]
    over = False
    for kind, these in (
        ("ordinary", entries(ordinary(), relevant=False)),
        ("near miss", entries(rows, relevant=False)),
        ("relevant", entries(rows, relevant=True)),
    ):
        these = these[: options.limit]
        for entry in these:
            assess(entry, topic)  # patterns are compiled when they are first met
        costs = {name: median_ms(these, judge, options.repeat) for name, judge in steps(topic).items()}
        over = over or costs["assess"] > BUDGET_MS[kind]
        told = "  ".join(f"{name} {cost:.3f} ms" for name, cost in costs.items())
        ratio = costs["assess"] / BUDGET_MS[kind]
        print(f"{kind:9} {len(these):4} entries  {told}  {ratio:.2f} of the budget of {BUDGET_MS[kind]} ms")
    return int(over)


if __name__ == "__main__":
    raise SystemExit(main())
