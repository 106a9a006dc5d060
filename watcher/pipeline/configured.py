"""Which deliveries are for somebody who is still configured. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from watcher.model import Config, Delivery


def in_use(config: Config, rows: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """Rows of the channels and recipients that are still configured: the others are nobody's trouble."""
    places = {(c.name, to) for c in config.channels if c.enabled for to in c.recipients}
    return tuple(row for row in rows if (row.channel, row.recipient) in places)
