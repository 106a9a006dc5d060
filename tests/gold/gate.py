"""The gate of judgement: the production judge over labelled rows, held to floors that only rise.

    python -m tests.gold.gate                 score the rows, compare with floors.toml, exit 1 below one
    python -m tests.gold.gate --update        raise the floors to what is reached now
    python -m tests.gold.gate --data FILE     score a labelled JSONL of your own, without floors
    python -m tests.gold.gate --folds         the same figures for five folds of events
    python -m tests.gold.gate --misses        list the rows that were judged wrongly

`make gold` runs the first; `make gold GOLD="--misses"` passes options on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.gold import measures
from tests.gold.measures import Answer, Label, Tally, Told
from watcher.collect.archive import BadLine, Row, rows
from watcher.config import load_topic
from watcher.config.policy import policy
from watcher.config.settings import PolicySection
from watcher.judge.assess import assess
from watcher.pipeline.replaying import replay
from watcher.topic import Topic

HERE = Path(__file__).parent
ROWS = HERE / "rows.jsonl"
FLOORS = HERE / "floors.toml"
TOPIC = HERE.parent.parent / "watcher" / "topics" / "ottawa"
STEP = 0.005
"""Floors are what is reached less this, rounded down to it: so that a row may be added that is hard."""
CEILINGS = frozenset({"instant_per_step", "near_miss_alerts", "false_steps"})
"""Measures where less is better."""

TARGETS: Mapping[str, float] = {
    "recall": 0.995,
    "precision": 0.99,
    "headline_recall": 0.94,
    "headline_precision": 0.98,
    "worst_language": 0.9,
    "states_f1": 0.95,
    "development": 0.88,
    "grouping_f1": 0.92,
    "steps_told": 1.0,
    "instant_per_step": 1.15,
    "near_miss_alerts": 0,
    "false_steps": 0,
}

POLICY = policy(PolicySection(), ZoneInfo("UTC"))
"""The shipped rules of who is interrupted by what."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row as a person and as the judge see it."""

    label: Label
    row: Row


@dataclass(frozen=True, slots=True)
class Report:
    figures: Mapping[str, float]
    wrong: Mapping[str, Sequence[str]]
    languages: Mapping[str, float]


# ── reading ──────────────────────────────────────────────────────────────────────────────────


def read(file: Path, *, declared: bool = True) -> tuple[Labelled, ...]:
    """The labelled rows of a JSONL file. `declared`: hand the judge the row's language as well.
    Raises ValueError at the first row that cannot be judged or scored."""
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        record = json.loads(line)
        record.setdefault("language", record.pop("lang", None))
        if not record["title"].strip():
            raise ValueError(f"{record['id']}: no title")
        label = _label(record)
        if not declared:
            record["language"] = None
        found.append(Labelled(label, replace(_row(record), number=number)))
    return tuple(found)


def _row(record: Mapping[str, object]) -> Row:
    (row,) = rows([json.dumps(record).encode()])
    if isinstance(row, BadLine):
        raise ValueError(row.error)
    return row


def _label(record: Mapping[str, object]) -> Label:
    def texts(name: str) -> frozenset[str]:
        value = record.get(name)
        return frozenset(map(str, value)) if isinstance(value, list) else frozenset()

    def text(name: str) -> str | None:
        value = record.get(name)
        return value if isinstance(value, str) else None

    return Label(
        id=str(record["id"]),
        language=text("language") or "",
        relevant=bool(record["relevant"]),
        countries=texts("countries"),
        development=text("development"),
        acceptable=texts("acceptable"),
        modality=text("modality"),
        acceptable_modality=texts("acceptable_modality"),
        event=text("event"),
        borderline=bool(record.get("borderline")),
        category=text("category") or "",
    )


def fingerprint(file: Path) -> str:
    """Changes with any label or word of the corpus, not with the order of its rows."""
    lines = sorted(
        json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False)
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


# ── judging ──────────────────────────────────────────────────────────────────────────────────


@cache
def topic() -> Topic:
    """The shipped topic."""
    return load_topic(TOPIC)


def judge(corpus: Sequence[Labelled], *, headline_only: bool = False) -> dict[str, Answer]:
    found = {}
    for labelled in corpus:
        entry = labelled.row.entry
        if headline_only:
            entry = replace(entry, summary="", content="")
        told = assess(entry, topic())
        found[labelled.label.id] = Answer(
            relevant=told.relevant,
            countries=frozenset(told.countries),
            development=told.development,
            modality=told.modality,
        )
    return found


def group(corpus: Sequence[Labelled]) -> tuple[dict[str, Answer], tuple[Told, ...]]:
    """The stories and the alerts (but for the calendar's) that a replay in order of time makes of the corpus."""
    outcome = replay([labelled.row for labelled in corpus], topic(), POLICY)
    answers = {
        str(item["id"]): Answer(relevant=bool(item["relevant"]), story=item["story"])
        for item in outcome.items
    }
    told = tuple(_told(a) for a in outcome.alerts if a["kind"] != "clock")
    return answers, tuple(t for t in told if t.rows)


def _told(alert: Mapping[str, object]) -> Told:
    items, countries, development = alert["items"], alert["countries"], alert["development"]
    assert isinstance(items, list)
    assert isinstance(countries, tuple)
    return Told(
        rows=frozenset(map(str, items)),
        instant=alert["urgency"] == "instant",
        countries=frozenset(countries),
        development=str(development) if development else None,
        sure=alert["standing"] in ("confirmed", "reported"),
    )


def score(corpus: Sequence[Labelled]) -> Report:
    """Every figure of the gate over `corpus`."""
    labels = [labelled.label for labelled in corpus]
    whole, bare = judge(corpus), judge(corpus, headline_only=True)
    stories, told = group(corpus)
    languages = measures.recall_by_language(labels, whole)
    bare_languages = measures.recall_by_language(labels, bare)
    tallies: dict[str, Tally] = {
        "recall": measures.recall(labels, whole),
        "precision": measures.precision(labels, whole),
        "headline_recall": measures.recall(labels, bare),
        "headline_precision": measures.precision(labels, bare),
        "states_f1": measures.states_f1(labels, whole),
        "headline_states_f1": measures.states_f1(labels, bare),
        "development_strict": measures.developments(labels, whole, lenient=False),
        "development": measures.developments(labels, whole, lenient=True),
        "modality": measures.modalities(labels, whole),
        "not_premature": measures.premature(labels, whole),
    }
    alerts = measures.alerting(labels, told, frozenset(POLICY.instant))
    false = measures.false_steps(labels, told)
    figures = {name: tally.share for name, tally in tallies.items()} | {
        "worst_language": min(languages.values(), default=1.0),
        "headline_worst_language": min(bare_languages.values(), default=1.0),
        "grouping_f1": measures.b_cubed(labels, stories),
        "steps_told": alerts.steps_told,
        "instant_per_step": alerts.per_step,
        "near_miss_alerts": float(alerts.near_miss_alerts),
        "false_steps": float(len(false)),
    }
    wrong: dict[str, Sequence[str]] = {name: tally.wrong for name, tally in tallies.items()}
    return Report(figures, wrong | {"steps_told": alerts.missed, "false_steps": false}, languages)


def folds(corpus: Sequence[Labelled], count: int = 5) -> Iterator[tuple[Labelled, ...]]:
    """Parts of the corpus by event, so that no event stands in two; near misses by their id."""
    for fold in range(count):
        yield tuple(x for x in corpus if zlib.crc32((x.label.event or x.label.id).encode()) % count == fold)


# ── holding ──────────────────────────────────────────────────────────────────────────────────


def below(figures: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """The measures that fall short of their floor (or pass their ceiling), in words."""
    found = []
    for name, floor in floors.items():
        value = figures.get(name)
        if value is None:
            found.append(f"{name}: no longer measured")
        elif (value > floor + 1e-9) if name in CEILINGS else (value < floor - 1e-9):
            found.append(f"{name}: {value:.4f}, {'ceiling' if name in CEILINGS else 'floor'} {floor:.4f}")
    return found


def raised(figures: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """The floors after an update. Raises ValueError rather than lower one."""
    short = below(figures, floors)
    if short:
        raise ValueError("a floor only rises; below it now: " + "; ".join(short))
    found = {}
    for name, value in figures.items():
        if name in CEILINGS:
            reached = round(math.ceil(value / STEP - 1e-9) * STEP, 4)
            found[name] = min(reached, floors.get(name, math.inf))
        else:
            reached = round(math.floor(value / STEP - 1 + 1e-9) * STEP, 4)
            found[name] = max(reached, floors.get(name, 0.0))
    return found


def read_floors(file: Path) -> tuple[str, dict[str, float]]:
    """(fingerprint of the corpus, floor by measure); empty when there is no file yet."""
    if not file.exists():
        return "", {}
    with file.open("rb") as stream:
        document = tomllib.load(stream)
    return document["corpus"]["fingerprint"], {k: float(v) for k, v in document["floors"].items()}


def write_floors(file: Path, print_: str, count: int, floors: Mapping[str, float]) -> None:
    lines = [
        "# Floors of the gold gate (ceilings for counts and for alerts per step). They only",
        "# tighten: written by `python -m tests.gold.gate --update`.",
        "",
        "[corpus]",
        f'fingerprint = "{print_}"',
        f"rows = {count}",
        "",
        "[floors]",
        *(f"{name} = {floors[name]:.3f}" for name in sorted(floors)),
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


# ── telling ──────────────────────────────────────────────────────────────────────────────────


def table(figures: Mapping[str, float], floors: Mapping[str, float]) -> Iterator[str]:
    yield f"{'measure':26}{'reached':>9}{'floor':>9}{'goal':>9}"
    for name, value in figures.items():
        floor = f"{floors[name]:.3f}" if name in floors else "-"
        goal = f"{TARGETS[name]:g}" if name in TARGETS else "-"
        yield f"{name:26}{value:9.4f}{floor:>9}{goal:>9}"


def misses(corpus: Sequence[Labelled], report: Report) -> Iterator[str]:
    by_id = {x.label.id: x for x in corpus}
    whole, bare = judge(corpus), judge(corpus, headline_only=True)
    for name, ids in report.wrong.items():
        yield f"── {name}: {len(ids)}"
        for id_ in ids:
            if id_ not in by_id:
                yield f"  {id_}"
                continue
            label, given = by_id[id_].label, (bare if name.startswith("headline") else whole)[id_]
            want = f"{_states(label.countries)}/{label.development}/{label.modality}"
            got = f"{_states(given.countries)}/{given.development}/{given.modality}"
            verdict = f"{want} ≠ {got}" if label.relevant else f"near miss ({label.category}) ≠ {got}"
            yield f"  {id_} {label.language}  {verdict}  {by_id[id_].row.entry.title}"


def _states(codes: frozenset[str]) -> str:
    return ",".join(sorted(codes)) or "-"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    corpus = read(options.data or ROWS, declared=not options.undeclared)
    report = score(corpus)
    print_, floors = ("", {}) if options.data else read_floors(FLOORS)
    print(f"{len(corpus)} rows, {sum(x.label.relevant for x in corpus)} relevant")
    print("\n".join(table(report.figures, floors)))
    weak = sorted((v, k) for k, v in report.languages.items() if v < 1)
    if weak:
        print("languages with misses: " + ", ".join(f"{k} {v:.2f}" for v, k in weak))
    if options.misses:
        print("\n".join(misses(corpus, report)))
    if options.folds:
        _print_folds(corpus)
    return 0 if options.data else _hold(corpus, report, print_, floors, options.update)


def _print_folds(corpus: Sequence[Labelled]) -> None:
    parts = [score(part).figures for part in folds(corpus)]
    print("\nfive folds by event: lowest, mean, highest")
    for name in parts[0]:
        values = [part[name] for part in parts]
        print(f"{name:26}{min(values):9.4f}{sum(values) / len(values):9.4f}{max(values):9.4f}")


def _hold(
    corpus: Sequence[Labelled], report: Report, print_: str, floors: Mapping[str, float], update: bool
) -> int:
    if update:
        try:
            write_floors(FLOORS, fingerprint(ROWS), len(corpus), raised(report.figures, floors))
        except ValueError as error:
            print(f"gold: {error}", file=sys.stderr)
            return 1
        print(f"gold: floors written to {FLOORS.name}")
        return 0
    problems = below(report.figures, floors)
    if print_ != fingerprint(ROWS):
        problems.append("the corpus is not the one the floors were set on; run with --update")
    for problem in problems:
        print(f"gold: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.gold.gate", description="The gate of judgement.")
    parser.add_argument("--update", action="store_true", help="raise the floors; never lowers one")
    parser.add_argument("--data", type=Path, metavar="FILE", help="score another labelled JSONL instead")
    parser.add_argument("--folds", action="store_true", help="also five folds by event")
    parser.add_argument("--misses", action="store_true", help="also every row that was judged wrongly")
    parser.add_argument("--undeclared", action="store_true", help="hide the rows' language from the judge")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
