"""Any other chat (Teams, Telegram, Matrix, Discord, ntfy, …) through Apprise, an optional extra.

Apprise answers only yes or no. A no is taken as "later", because it may be; an address that it
does not understand is refused at once. Every address is a recipient, so one cannot spoil another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator

from watcher.errors import Refused
from watcher.model import Channel, Message, Receipt, Secret
from watcher.notify import settings as shared
from watcher.notify.envelope import Payload, Sending
from watcher.notify.wording import body

if TYPE_CHECKING:
    from types import ModuleType

_MOST_BODY = 30_000


class Settings(shared.Settings):
    """`urls` are Apprise addresses, `tgram://…`, `ntfy://…`: secrets, because they hold tokens."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"urls"})
    urls: tuple[shared.Hidden, ...]

    @field_validator("urls", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str | Secret) else value


def recipients(settings: object) -> tuple[str, ...]:
    """`ntfy-1`, `tgram-2`: what can be shown of an address."""
    read = settings if isinstance(settings, Settings) else Settings.model_validate(settings)
    return tuple(_name(url, number) for number, url in enumerate(read.urls, 1))


def render(message: Message, channel: Channel) -> tuple[Payload, ...]:
    content = {"title": message.subject, "body": body(message, "text")[:_MOST_BODY]}
    return (Payload(content, tuple(told.alert.id for told in message.told)),)


def send(payload: Payload, channel: Channel, sending: Sending) -> Receipt:
    settings = shared.read(Settings, channel)
    library = _library(channel)
    content = payload.content
    assert isinstance(content, Mapping)
    refused: dict[str, str] = {}
    later: dict[str, str] = {}
    for number, url in enumerate(settings.urls, 1):
        name = _name(url, number)
        if name not in sending.recipients and sending.recipients != ("",):
            continue
        one: Any = library.Apprise()
        if not one.add(url.reveal()):
            refused[name] = "Apprise does not understand this address. Correct it in `urls`."
        elif not one.notify(title=content["title"], body=content["body"], body_format="text"):
            later[name] = "Apprise could not deliver; its log tells more"
    return Receipt("taken by Apprise", refused=refused, later=later, uncertain=bool(later))


def _library(channel: Channel) -> ModuleType:
    try:
        import apprise  # an optional extra, heavy to import
    except ImportError:
        raise Refused(
            channel.name,
            "Apprise is not installed",
            remedy="Install it: pip install 'ottawa-watcher[chats]'.",
        ) from None
    module: ModuleType = apprise
    return module


def _name(url: Secret, number: int) -> str:
    scheme = url.reveal().partition("://")[0]
    return f"{scheme if scheme.isalnum() else 'address'}-{number}"
