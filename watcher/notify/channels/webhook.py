"""A message as signed JSON to an address of the operator's. The schema is in docs/alerts.md.

`X-Watcher-Signature: v1=<hex>` is HMAC-SHA256 with the shared secret over `timestamp.body`, where the
timestamp is the one in `X-Watcher-Timestamp`, so an old message cannot be played again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import httpx2 as httpx

from watcher.errors import Refused, TryLater
from watcher.model import Channel, Message, Receipt
from watcher.notify import settings as shared
from watcher.notify.envelope import Payload, Sending, retry_after
from watcher.notify.record import record

logging.getLogger("httpx2").setLevel(logging.WARNING)  # at INFO it writes the address, which is a secret

_TEMPORARY = frozenset({408, 421, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 529})
_UNCERTAIN = frozenset({408, 502, 504, 520, 524})
_MOST_ANSWER = 4096
_REMEDIES = {
    401: "Check `secret` and what the receiver expects.",
    403: "Check `secret` and what the receiver expects.",
    404: "Correct `url`.",
    410: "The receiver is gone: correct `url`, or switch this channel off.",
    413: "The receiver takes no message of this size: raise its limit.",
}


class Settings(shared.Settings):
    """`secret` signs; without it messages go unsigned. `headers` are added to ours."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"url", "secret", "headers"})
    url: shared.Hidden
    secret: shared.Hidden | None = None
    headers: Mapping[str, shared.Hidden] = {}
    timeout_seconds: float = 20.0
    ca_file: Path | None = None


def recipients(settings: object) -> tuple[str, ...]:
    return ("",)


def render(message: Message, channel: Channel) -> tuple[Payload, ...]:
    text = json.dumps(record(message), ensure_ascii=False, separators=(",", ":"))
    return (Payload(text, tuple(told.alert.id for told in message.told)),)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the receiver computes too, and compares in constant time."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def send(payload: Payload, channel: Channel, sending: Sending) -> Receipt:
    settings = shared.read(Settings, channel)
    body = str(payload.content).encode("utf-8", errors="replace")
    timestamp = str(int(sending.now.timestamp()))
    headers = {
        **{name: value.reveal() for name, value in settings.headers.items()},
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "ottawa-watcher",
        "X-Watcher-Timestamp": timestamp,
        "Idempotency-Key": sending.key,
    }
    if settings.secret is not None:
        headers["X-Watcher-Signature"] = signature(settings.secret.reveal(), timestamp, body)
    timeout = min(settings.timeout_seconds, sending.seconds)
    trusted = shared.trust_for(settings.url.reveal(), settings.ca_file) or False  # False: no TLS at all
    try:
        with (
            httpx.Client(verify=trusted, timeout=timeout, follow_redirects=False) as client,
            client.stream("POST", settings.url.reveal(), content=body, headers=headers) as answer,
        ):
            sending.fault("answered-head")
            text = next(answer.iter_text(_MOST_ANSWER), "")
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        raise TryLater(channel.name, _said(error, settings)) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise Refused(
            channel.name, f"not an address: {type(error).__name__}", remedy="Correct `url`."
        ) from None
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise TryLater(channel.name, _said(error, settings), uncertain=True) from None
    return _receipt(answer, text, channel, sending)


def _receipt(answer: httpx.Response, text: str, channel: Channel, sending: Sending) -> Receipt:
    status = answer.status_code
    if answer.is_success:
        return Receipt(f"HTTP {status}")
    if status in _TEMPORARY:
        raise TryLater(
            channel.name,
            f"HTTP {status}",
            not_before=retry_after(answer.headers.get("retry-after"), sending.now),
            uncertain=status in _UNCERTAIN,
        )
    if answer.is_redirect:
        raise Refused(channel.name, f"HTTP {status}: redirected", remedy="Set `url` to the final address.")
    said = f"HTTP {status} {text[:120]}".strip()
    raise Refused(channel.name, said, remedy=_REMEDIES.get(status, "See the receiver's log."))


def _said(error: Exception, settings: Settings) -> str:
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return shared.without_secrets(said, settings)
