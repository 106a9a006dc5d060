"""The kinds that exist, for the configuration to be checked against; each is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from watcher.collect import sources
from watcher.notify import channels


def source_kinds() -> Mapping[str, Callable[[], object]]:
    return {kind: partial(sources.load, kind) for kind in sources.kinds()}


def channel_kinds() -> Mapping[str, Callable[[], object]]:
    return {kind: partial(channels.load, kind) for kind in channels.kinds()}
