"""One file per channel kind. A kind exists by being a file here; it is imported when first used."""

from __future__ import annotations

import importlib
from pathlib import Path

from watcher.errors import Refused
from watcher.notify.envelope import Kind, as_kind


def kinds() -> tuple[str, ...]:
    """The names of all kinds, sorted."""
    files = Path(__file__).parent.glob("*.py")
    return tuple(sorted(file.stem for file in files if not file.stem.startswith("_")))


def load(kind: str) -> Kind:
    """The module of a kind. Raises Refused for one that does not exist."""
    if kind not in kinds():
        raise Refused(kind, "no such channel kind", remedy=f"Use one of: {', '.join(kinds())}.")
    return as_kind(importlib.import_module(f"{__name__}.{kind}"))
