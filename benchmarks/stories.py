"""How well the grouping of reports does on public sets in MStream's format, with no model weights.

    python benchmarks/stories.py --data DIR        DIR holds News-T, Tweets-T (JSON lines: textCleaned, clusterNo)

Prints normalised mutual information (arithmetic mean) and B-cubed, groups found and milliseconds per
1,000 items. The engine is the one that judges: watcher.judge.terms. Nothing is learnt from the labels.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from watcher.judge.terms import Space, terms_of

TEXT_KEYS = ("textCleaned", "text", "title")
LABEL_KEYS = ("clusterNo", "cluster", "label")
THRESHOLD, WINDOW = 0.09, 700  # cosine below which a text opens a group; items a silent group stays open


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with News-T, Tweets-T or *.jsonl")
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument("--window", type=int, default=WINDOW)
    options = parser.parse_args()
    files = sorted(f for f in options.data.iterdir() if f.name.endswith(("-T", ".jsonl")))
    for file in files:
        rows = list(read(file))
        started = time.perf_counter()
        groups = group([text for text, _ in rows], options.threshold, options.window)
        per_thousand = (time.perf_counter() - started) * 1e6 / max(1, len(rows))
        gold = [label for _, label in rows]
        precision, recall, f1 = b_cubed(groups, gold)
        print(
            f"{file.name}: {len(rows)} items, {len(set(gold))} clusters, {len(set(groups))} found, "
            f"NMI {nmi(groups, gold):.3f}, B-cubed P {precision:.3f} R {recall:.3f} F1 {f1:.3f}, "
            f"{per_thousand:.0f} ms per 1,000"
        )
    return 0 if files else 1


def read(file: Path) -> Iterator[tuple[str, str]]:
    """Text and label of each line, in the file's order, which is the order of time."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield first(row, TEXT_KEYS), first(row, LABEL_KEYS)


def first(row: dict[str, object], keys: Sequence[str]) -> str:
    return next(str(row[key]) for key in keys if key in row)


def group(texts: Sequence[str], threshold: float, window: int) -> list[int]:
    """The group of each text, one pass in order."""
    space, last, found = Space(), {}, []
    for position, text in enumerate(texts):
        terms = terms_of(text)
        space.note(terms)
        near = space.nearest(terms)
        best = max(near, key=lambda g: (near[g], g), default=-1)
        if best < 0 or near[best] < threshold:
            best = position
        space.grow(best, terms)
        last[best] = position
        found.append(best)
        for old in [g for g, seen in last.items() if position - seen > window] if position % 50 == 0 else ():
            space.close(old)
            del last[old]
    return found


def nmi(a: Sequence[object], b: Sequence[object]) -> float:
    """Mutual information over the mean of the two entropies."""
    n, left, right, both = len(a), Counter(a), Counter(b), Counter(zip(a, b, strict=True))
    mutual = sum(c / n * math.log(c * n / (left[x] * right[y])) for (x, y), c in both.items())
    return mutual / ((entropy(left, n) + entropy(right, n)) / 2 or 1.0)


def entropy(counts: Counter[object], n: int) -> float:
    return -sum(c / n * math.log(c / n) for c in counts.values())


def b_cubed(found: Sequence[object], gold: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F1 over items (Amigó et al. 2009)."""
    n, left, right, both = len(found), Counter(found), Counter(gold), Counter(zip(found, gold, strict=True))
    precision = sum(c * c / left[x] for (x, _), c in both.items()) / n
    recall = sum(c * c / right[y] for (_, y), c in both.items()) / n
    return precision, recall, 2 * precision * recall / (precision + recall)


if __name__ == "__main__":
    raise SystemExit(main())
