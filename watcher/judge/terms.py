"""Words of a text as a bag of terms, and the nearest of the stories that are open. Pure arithmetic, no model.

TF-IDF against a centroid per story, with a frequency cap: a term that stands in more than a fifth of the
items says nothing and is left out. Numbers and names stay in: they are what differs between two reports.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from watcher.judge.fold import fold

PRIOR = 10  # items that share no word, assumed beside the real ones: else two texts alone have no rare word
MAX_TERMS = 80  # of a centroid: the rest is noise and would cost memory in every cycle
_WORD = re.compile(r"\d+(?:[.,\u00a0 ]\d{3})+(?!\d)|[^\W_]+(?:'[^\W_]+)?")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_GROUPING = re.compile(r"[.,\u00a0 ']")


@lru_cache(maxsize=4096)
def terms_of(text: str) -> Mapping[str, float]:
    """Term -> 1 + log(count) of the folded text; scripts without spaces give pairs of characters."""
    counts: dict[str, int] = defaultdict(int)
    for word in _WORD.findall(fold(text)):
        for term in _split(word):
            counts[term] += 1
    return {term: 1.0 + math.log(count) for term, count in counts.items()}


def _split(word: str) -> Iterable[str]:
    if word[0].isdigit():
        return (_GROUPING.sub("", word),)
    if _UNSPACED.search(word):
        return (word[i : i + 2] for i in range(max(1, len(word) - 1)))
    return (word,) if len(word) > 1 else ()


@dataclass(slots=True)
class Space:
    """Centroids of the open groups, with what is needed to find the nearest in one pass.

    `cap` is the share of items above which a term is ignored (never below `floor` items), `power`
    sharpens the weight of rare terms.
    """

    cap: float = 0.2
    floor: int = 20
    power: float = 1.0
    items: float = 0.0
    frequency: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    centroids: dict[int, dict[str, float]] = field(default_factory=dict)
    _groups: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _lengths: dict[int, tuple[float, float]] = field(default_factory=dict)

    def open(self, group: int, terms: Mapping[str, float], items: int = 1) -> None:
        """A group as it was remembered: its centroid, made of `items` items."""
        self.items += items
        self.centroids[group] = dict(terms)
        for term, count in terms.items():
            self.frequency[term] += min(count, items)
            self._groups[term].add(group)

    def note(self, terms: Mapping[str, float]) -> None:
        """Counts one item's terms, before it is compared."""
        self.items += 1
        for term in terms:
            self.frequency[term] += 1

    def grow(self, group: int, terms: Mapping[str, float]) -> None:
        """Adds an item that was noted to a group, which it may be the first of."""
        centroid = self.centroids.setdefault(group, {})
        for term, weight in terms.items():
            if self._telling(term):
                centroid[term] = centroid.get(term, 0.0) + weight
                self._groups[term].add(group)
        self._lengths.pop(group, None)

    def close(self, group: int) -> None:
        """Forgets a group that fell out of the window; what it taught about frequency stays."""
        for term in self.centroids.pop(group, ()):
            self._groups[term].discard(group)
        self._lengths.pop(group, None)

    def weigh(self, term: str) -> float:
        """Inverse document frequency, never negative."""
        rarity = math.log((self.items + PRIOR) / (self.frequency.get(term, 0.0) + 0.5))
        return math.pow(rarity, self.power) if rarity > 0 else 0.0

    def nearest(self, terms: Mapping[str, float]) -> dict[int, float]:
        """Group -> cosine with `terms`; groups that share no telling term are left out."""
        weights = {t: w * self.weigh(t) for t, w in terms.items() if self._telling(t)}
        length = math.sqrt(sum(w * w for w in weights.values()))
        dots: dict[int, float] = defaultdict(float)
        for term, weight in weights.items():
            idf = self.weigh(term)
            for group in self._groups.get(term, ()):
                dots[group] += weight * self.centroids[group][term] * idf
        return {g: d / (length * self._length(g)) for g, d in dots.items() if d > 0}

    def cosine(self, one: Mapping[str, float], other: Mapping[str, float]) -> float:
        """Of two single texts."""
        left = {t: w * self.weigh(t) for t, w in one.items() if self._telling(t)}
        right = {t: w * self.weigh(t) for t, w in other.items() if self._telling(t)}
        dot = sum(w * right[t] for t, w in left.items() if t in right)
        lengths = sum(w * w for w in left.values()) * sum(w * w for w in right.values())
        return dot / math.sqrt(lengths) if lengths else 0.0

    def numbers(self, group: int, terms: Mapping[str, float]) -> tuple[str, ...]:
        """The telling numbers of three digits or more that `terms` shares with a group; years are none."""
        centroid = self.centroids.get(group, {})
        return tuple(
            t
            for t in terms
            if t.isdigit() and len(t) > 2 and t in centroid and self._telling(t) and not _YEAR.fullmatch(t)
        )

    def _telling(self, term: str) -> bool:
        return self.frequency.get(term, 0.0) <= max(self.cap * self.items, self.floor)

    def _length(self, group: int) -> float:
        # The weights drift as items come in: a length is good until the collection has grown by a fiftieth.
        known = self._lengths.get(group)
        if known and known[0] * 1.02 + 5 >= self.items:
            return known[1]
        length = math.sqrt(sum((w * self.weigh(t)) ** 2 for t, w in self.centroids[group].items())) or 1.0
        self._lengths[group] = (self.items, length)
        return length


def trimmed(terms: Mapping[str, float]) -> dict[str, float]:
    """The heaviest terms of a centroid, in a stable order."""
    kept = sorted(terms.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_TERMS]
    return {term: round(weight, 4) for term, weight in sorted(kept)}
