"""Who may be believed how far (the authority tiers). Pure.

A report stands as *reported* until an official or the depositary says it, or two independent sources of
the ordinary kind do. Aggregators and the state media of an adversary are weak: alone they never make a
change of status, and all adversary media together are one source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watcher.judge.copies import ADVERSARY, source_of
from watcher.model import Development, Item, Modality, Standing, Tier

INDEPENDENT = 2  # sources that confirm without an official


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind a development."""

    tier: Tier
    strong: frozenset[str]
    weak: frozenset[str]

    @property
    def sources(self) -> int:
        return max(1, len(self.strong | self.weak))

    @property
    def trusted(self) -> bool:
        """Enough to interrupt somebody: one ordinary source, or two aggregated outlets."""
        return bool(self.strong) or len(self.weak - {ADVERSARY}) >= INDEPENDENT

    @property
    def confirmed(self) -> bool:
        return self.tier >= Tier.OFFICIAL or len(self.strong) >= INDEPENDENT


def tier_of(item: Item) -> Tier:
    return Tier.AGGREGATOR if item.entry.adversary else item.entry.tier


def backing(items: Iterable[Item], before: Development | None = None) -> Backing:
    """Wire copies speak with the voice of their original: they add no source. `before` is what they stand
    behind, with the voices of reports that memory no longer holds."""
    strong = set(before.voices) if before else set()
    weak = set(before.hearsay) if before else set()
    best = Tier.AGGREGATOR
    for item in items:
        tier = tier_of(item)
        best = max(best, tier)
        if item.copy_of is None:
            (weak if tier is Tier.AGGREGATOR else strong).add(source_of(item))
    return Backing(best, frozenset(strong), frozenset(weak - strong))


def standing_of(modality: Modality, behind: Backing, *, foreseen: bool = False) -> Standing:
    """`foreseen`: the calendar says that it has come; then one trusted source confirms it."""
    if modality is Modality.PLANNED:
        return Standing.PLANNED
    if modality is Modality.DENIED:
        return Standing.DENIED
    return Standing.CONFIRMED if behind.confirmed or (foreseen and behind.trusted) else Standing.REPORTED
