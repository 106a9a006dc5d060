"""One file per kind of source. A file here is a kind; nothing else registers it.

Each offers `Options` (its part of a source's table, checked), `ask(source, state) -> Request` and
`read(source, state, fetched) -> Reading`, which raises ParseError and nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Protocol

from pydantic import BaseModel

from watcher.collect.reading import Reading
from watcher.model import Fetched, PollState, Request, Source


class Kind(Protocol):
    """What a module of this folder offers."""

    Options: type[BaseModel]

    def ask(self, source: Source, state: PollState) -> Request: ...

    def read(self, source: Source, state: PollState, fetched: Fetched) -> Reading: ...


@cache
def kinds() -> tuple[str, ...]:
    """The kinds there are, in alphabetical order."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


@cache
def load(kind: str) -> Kind:
    """The module of a kind. Raises KeyError for an unknown one; `kinds()` tells the known."""
    if kind not in kinds():
        raise KeyError(kind)
    return importlib.import_module(f"{__name__}.{kind}")
