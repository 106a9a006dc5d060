"""What was made of a text, kept for the next time it is asked for, as long as the texts are few or short.

`lru_cache` counts calls: four thousand long texts with what is made of them come to hundreds of megabytes,
and whoever publishes decides how long they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """A function of a text, with what it returned for the last texts of `most` characters together."""

    def __init__(self, function: Callable[[str], Made], most: int) -> None:
        self._function, self._most = function, most
        self._kept: dict[str, Made] = {}
        self._size = 0

    def __call__(self, text: str) -> Made:
        made = self._kept.get(text)
        if made is None:
            made = self._kept[text] = self._function(text)
            self._size += len(text)
            while self._size > self._most:
                oldest = next(iter(self._kept))
                del self._kept[oldest]
                self._size -= len(oldest)
        return made

    def cache_clear(self) -> None:
        self._kept.clear()
        self._size = 0


def remembered(most: int) -> Callable[[Callable[[str], Made]], Remembered[Made]]:
    """`@remembered(most=600_000)`; the function must be pure and not return None."""
    return lambda function: Remembered(function, most)
