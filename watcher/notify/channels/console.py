"""Messages on the terminal. Colours only where a terminal is; nothing that could steer it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Literal

from watcher.errors import TryLater
from watcher.model import Channel, Message, Receipt
from watcher.notify import settings as shared
from watcher.notify.envelope import Payload, Sending
from watcher.notify.wording import body


class Settings(shared.Settings):
    """`color`: auto (when standard output is a terminal), always, never."""

    color: Literal["auto", "always", "never"] = "auto"


def recipients(settings: object) -> tuple[str, ...]:
    return ("",)


def render(message: Message, channel: Channel) -> tuple[Payload, ...]:
    """Both forms: which one is shown depends on where standard output leads."""
    shown: Mapping[str, str] = {name: body(message, name) for name in ("text", "terminal")}
    return (Payload(shown, tuple(told.alert.id for told in message.told)),)


def send(payload: Payload, channel: Channel, sending: Sending) -> Receipt:
    settings = shared.read(Settings, channel)
    shown = payload.content
    assert isinstance(shown, Mapping)
    coloured = settings.color == "always" or (settings.color == "auto" and sys.stdout.isatty())
    try:
        sending.write(f"\n{shown['terminal' if coloured else 'text'].rstrip()}\n")
    except (OSError, ValueError) as error:  # ValueError: standard output is closed
        raise TryLater(channel.name, f"standard output cannot be written: {error}") from error
    return Receipt("shown")
