"""What passes between a channel kind and the rest: payloads, what a send may use, server words."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Protocol, cast

from watcher.model import Channel, Message, Receipt


@dataclass(frozen=True, slots=True)
class Payload:
    """What goes over the wire in one send. `alerts` are the alerts it tells completely: when it was
    taken, these need not be sent again, whatever becomes of the parts after it."""

    content: object
    alerts: tuple[int, ...] = ()
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Sending:
    """What one send may use of the world: who it goes to, the time, and how long it may take."""

    recipients: tuple[str, ...]
    now: datetime
    key: str = ""
    possible_repeat: bool = False
    seconds: float = 60.0
    wait: Callable[[float], None] = time.sleep
    write: Callable[[str], object] = field(
        default=lambda text: print(text, end="", file=sys.stdout, flush=True)
    )
    fault: Callable[[str], None] = field(default=lambda point: None)


class Kind(Protocol):
    """What every module in `channels/` offers.

    `render` is pure and gives the parts of a message in their order. `send` hands one part over and
    returns the server's word; it raises TryLater and Refused, and nothing else. `Settings` is a
    pydantic model with a `SECRETS` class variable: the names of settings that may hold a Secret.
    """

    Settings: type

    def recipients(self, settings: object) -> tuple[str, ...]: ...
    def render(self, message: Message, channel: Channel) -> tuple[Payload, ...]: ...
    def send(self, payload: Payload, channel: Channel, sending: Sending) -> Receipt: ...


def as_kind(module: ModuleType) -> Kind:
    return cast(Kind, module)


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """The moment that a Retry-After header names, in seconds or as a date (RFC 9110 §10.2.3)."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=min(int(text), 7 * 86400))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(now, min(moment, now + timedelta(days=7)))
