"""The items of open stories: a mapping, of which only what is asked for is ever read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from watcher.model.judged import Item
from watcher.model.words import EntryKey


class Shelf(Protocol):
    """Where items stand that were not read yet."""

    def read(self, numbers: Collection[int]) -> Mapping[int, Item]: ...

    def find(self, keys: Collection[EntryKey]) -> Collection[int]:
        """The numbers of the stored articles of `keys`."""


class Members(Mapping[int, Item]):
    """Item number -> item. A value like any other: nobody can tell which of them were read when."""

    __slots__ = ("_held", "_numbers", "_shelf")

    def __init__(
        self, held: Mapping[int, Item], numbers: Iterable[int] = (), shelf: Shelf | None = None
    ) -> None:
        self._held, self._shelf = dict(held), shelf
        self._numbers = frozenset(numbers) | self._held.keys()

    @staticmethod
    def of(items: Mapping[int, Item]) -> Members:
        return items if isinstance(items, Members) else Members(items)

    def several(self, numbers: Iterable[int]) -> list[Item]:
        """Those of `numbers` that are here, in that order; what was not read yet is read in one go."""
        wanted = [n for n in numbers if n in self._numbers]
        missing = [n for n in wanted if n not in self._held]
        if missing and self._shelf is not None:
            self._held.update(self._shelf.read(missing))
        return [self._held[n] for n in wanted if n in self._held]

    def of_keys(self, keys: Collection[EntryKey]) -> dict[EntryKey, Item]:
        """The items here that are the articles of `keys`."""
        found = {item.entry.key: item for item in self._held.values() if item.entry.key in keys}
        if self._shelf is not None and (missing := [key for key in keys if key not in found]):
            found |= {item.entry.key: item for item in self.several(self._shelf.find(missing))}
        return found

    def beside(self, items: Iterable[Item]) -> Members:
        """With `items` as they now are."""
        return Members(self._held | {item.id: item for item in items}, self._numbers, self._shelf)

    def after(self, items: Iterable[Item], numbers: Iterable[int]) -> Members:
        """With `items` as they now are, and without all that is not of `numbers`."""
        grown, kept = self.beside(items), frozenset(numbers)
        held = {n: item for n, item in grown._held.items() if n in kept}
        return Members(held, kept & grown._numbers, self._shelf)

    def lean(self, most: int) -> Members:
        """The same, holding only the `most` newest of those that can be read again."""
        if self._shelf is None or len(self._held) <= most:
            return self
        newest = sorted(self._held, reverse=True)[:most]
        return Members({n: self._held[n] for n in newest}, self._numbers, self._shelf)

    def __getitem__(self, number: int) -> Item:
        for item in self.several((number,)):
            return item
        raise KeyError(number)

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and bool(self.several((number,)))

    def __iter__(self) -> Iterator[int]:
        self.several(self._numbers)  # who walks through all of them reads all of them: at once
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
