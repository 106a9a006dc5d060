"""Words of a text as a bag of terms, and the nearest of the stories that are open. Pure arithmetic, no model.

TF-IDF against a centroid per story, with a frequency cap: a term that stands in more than a fifth of the
items says nothing and is left out. Numbers and names stay in: they are what differs between two reports.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain
from operator import mul

from watcher.judge.fold import fold
from watcher.judge.remember import remembered

PRIOR = 10  # items that share no word, assumed beside the real ones: else two texts alone have no rare word
_FEW = 4  # texts of a batch for which walking through the groups is cheaper than sorting them by term
_LOOKED_AT = 100  # groups of which the nearest are told apart exactly
MAX_TERMS = 80  # of a centroid: the rest is noise and would cost memory in every cycle
_WORD = re.compile(r"\d+(?:[.,\u00a0 ]\d{3})+(?!\d)|[^\W_]+(?:'[^\W_]+)?")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_GROUPING = re.compile(r"[.,\u00a0 ']")


@remembered(most=600_000)
def terms_of(text: str) -> Mapping[str, float]:
    """Term -> 1 + log(count) of the folded text; scripts without spaces give pairs of characters."""
    counts: dict[str, int] = {}
    for word, times in Counter(_WORD.findall(fold(text))).items():
        for term in _split(word):
            counts[term] = counts.get(term, 0) + times
    return {term: 1.0 + math.log(count) if count > 1 else 1.0 for term, count in counts.items()}


def _split(word: str) -> Iterable[str]:
    if word[0].isdigit():
        return (_GROUPING.sub("", word),)
    if _UNSPACED.search(word):
        return (word[i : i + 2] for i in range(max(1, len(word) - 1)))
    return (word,) if len(word) > 1 else ()


class Near(Mapping[int, float]):
    """Group -> cosine with one text, for the groups that share a telling term with it. The cosine is
    reckoned when it is asked for: a text has a word or two in common with most of what is open."""

    __slots__ = ("_dots", "_length", "_space")

    def __init__(self, space: Space, dots: Mapping[int, float], length: float) -> None:
        self._space, self._dots, self._length = space, dots, length

    def __getitem__(self, group: int) -> float:
        return self._dots[group] / (self._length * self._space.length(group))

    def __contains__(self, group: object) -> bool:
        return group in self._dots

    def __iter__(self) -> Iterator[int]:
        return iter(self._dots)

    def __len__(self) -> int:
        return len(self._dots)

    def closest(self, most: int, among: Set[int] | None = None) -> list[int]:
        """The nearest groups, `among` these if given; of equals the first opened. Sought among those that
        would be near if all words weighed the same."""
        dots, centroids = self._dots, self._space.centroids
        found = dots.keys() if among is None else dots.keys() & among
        if len(found) > _LOOKED_AT:
            found = set(
                nlargest(_LOOKED_AT, found, key=lambda g: (dots[g] / math.hypot(*centroids[g].values()), -g))
            )
        return nlargest(most, found, key=lambda group: (self[group], -group))


class _Rarity(dict[str, float]):
    """Inverse document frequencies of now, each reckoned when it is first asked for."""

    def __init__(self, space: Space) -> None:
        super().__init__()
        self._space = space

    def __missing__(self, term: str) -> float:
        space = self._space
        rarity = math.log((space.items + PRIOR) / (space.frequency.get(term, 0.0) + 0.5))
        found = self[term] = math.pow(rarity, space.power) if rarity > 0 else 0.0
        return found


@dataclass(slots=True)
class Space:
    """Centroids of the open groups, with what is needed to find the nearest.

    `cap` is the share of items above which a term is ignored (never below `floor` items), `power`
    sharpens the weight of rare terms. Opening a group costs nothing: its terms are counted when the first
    text is compared, and looked up by term only from the `_FEW`th text on.
    """

    cap: float = 0.2
    floor: int = 20
    power: float = 1.0
    items: float = 0.0
    centroids: dict[int, Mapping[str, float]] = field(default_factory=dict)
    _frequency: dict[str, float] = field(default_factory=dict)
    _opened: list[tuple[Mapping[str, float], int]] = field(default_factory=list)
    _own: set[int] = field(default_factory=set)  # groups whose centroid is no longer the story's
    _groups: dict[str, set[int]] | None = None
    _compared: int = 0
    _rarity: _Rarity = field(init=False)
    _lengths: dict[int, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rarity = _Rarity(self)

    def open(self, group: int, terms: Mapping[str, float], items: int = 1) -> None:
        """A group as it was remembered: its centroid, made of `items` items."""
        self.items += items
        self.centroids[group] = terms
        self._opened.append((terms, items))
        self._rarity.clear()
        self._groups = None

    def note(self, terms: Mapping[str, float]) -> None:
        """Counts one item's terms, before it is compared."""
        self.items += 1
        frequency = self.frequency
        for term in terms:
            frequency[term] = frequency.get(term, 0.0) + 1
        self._rarity.clear()

    def grow(self, group: int, terms: Mapping[str, float]) -> None:
        """Adds an item that was noted to a group, which it may be the first of."""
        centroid = self._centroid(group)
        for term, weight in terms.items():
            if self._telling(term):
                centroid[term] = centroid.get(term, 0.0) + weight
                if self._groups is not None:
                    self._groups.setdefault(term, set()).add(group)
        self._lengths.pop(group, None)

    def _centroid(self, group: int) -> dict[str, float]:
        """The centroid as one that may be changed."""
        if group not in self._own:
            self._own.add(group)
            self.centroids[group] = dict(self.centroids.get(group, ()))
        found: dict[str, float] = self.centroids[group]  # type: ignore[assignment]
        return found

    def close(self, group: int) -> None:
        """Forgets a group that fell out of the window; what it taught about frequency stays."""
        for term in self.centroids.pop(group, ()):
            if self._groups is not None:
                self._groups[term].discard(group)
        self._lengths.pop(group, None)
        self._own.discard(group)

    @property
    def frequency(self) -> dict[str, float]:
        """Term -> the items that it stands in, as far as the centroids tell."""
        if self._opened:
            self._count()
        return self._frequency

    def _count(self) -> None:
        # Each group once, in C; then what the groups of several items have more.
        found, opened = self._frequency, self._opened
        for term, groups in Counter(chain.from_iterable([terms for terms, _ in opened])).items():
            found[term] = found.get(term, 0.0) + groups
        for terms, items in opened:
            if items > 1:
                for term, count in terms.items():
                    if count > 1.0:
                        found[term] += min(count, items) - 1.0
        opened.clear()

    def weigh(self, term: str) -> float:
        """Inverse document frequency, never negative."""
        return self._rarity[term]

    def nearest(self, terms: Mapping[str, float]) -> Near:
        """Group -> cosine with `terms`; groups that share no telling term are left out."""
        weights = {t: w * self.weigh(t) for t, w in terms.items() if self._telling(t)}
        length = math.sqrt(sum(w * w for w in weights.values()))
        parts = {t: w * self.weigh(t) for t, w in weights.items() if w}
        self._compared += 1
        return Near(self, self._scanned(parts) if self._compared < _FEW else self._looked_up(parts), length)

    def _scanned(self, parts: Mapping[str, float]) -> dict[int, float]:
        """Dot products with every group that has one of the terms, by walking through the groups."""
        asked, dots = parts.keys(), {}
        for group, centroid in self.centroids.items():
            if common := asked & centroid.keys():
                dots[group] = math.fsum([parts[t] * centroid[t] for t in common])
        return dots

    def _looked_up(self, parts: Mapping[str, float]) -> dict[int, float]:
        """The same by the groups of each term: dearer to set up, cheaper for the rest of a batch."""
        if self._groups is None:
            self._groups = {}
            for group, centroid in self.centroids.items():
                for term in centroid:
                    self._groups.setdefault(term, set()).add(group)
        dots: dict[int, float] = {}
        for term, part in parts.items():
            for group in self._groups.get(term, ()):
                dots[group] = dots.get(group, 0.0) + part * self.centroids[group][term]
        return dots

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

    def length(self, group: int) -> float:
        """Of a centroid under the weights of now, or of a while ago."""
        # The weights drift as items come in: a length is good until the collection has grown by a fiftieth.
        known = self._lengths.get(group)
        if known and known[0] * 1.02 + 5 >= self.items:
            return known[1]
        centroid = self.centroids[group]
        length = math.hypot(*map(mul, centroid.values(), map(self._rarity.__getitem__, centroid))) or 1.0
        self._lengths[group] = (self.items, length)
        return length


def trimmed(terms: Mapping[str, float]) -> dict[str, float]:
    """The heaviest terms of a centroid, in a stable order."""
    kept = sorted(terms.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_TERMS]
    return {term: round(weight, 4) for term, weight in sorted(kept)}
