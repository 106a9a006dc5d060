"""Slack: an incoming webhook, or a bot token and a channel. Block Kit within Slack's limits.

With a bot token a follow-up is a reply in the thread of the alert that it follows, shown in the
channel too when it interrupts. slack_sdk retries nothing here: the outbox does.
"""

from __future__ import annotations

import http.client
import logging
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import model_validator

from watcher.errors import Refused, TryLater
from watcher.model import Channel, Message, Receipt, Urgency
from watcher.notify import settings as shared
from watcher.notify.blocks import posts
from watcher.notify.envelope import Payload, Sending, retry_after
from watcher.notify.markup import cut_escaped, slack_text
from watcher.notify.wording import body

if TYPE_CHECKING:
    from slack_sdk import WebClient

SPACING_SECONDS = 1.0
"""Slack allows about one message a second per channel (docs.slack.dev, rate limits)."""
_MOST_FALLBACK = 3000
_QUIET = logging.getLogger("watcher.slack_sdk")
_QUIET.setLevel(logging.CRITICAL + 1)  # slack_sdk's own lines repeat ours, and at DEBUG show the webhook

# Answers by which Slack says "never like this", with what the operator can do. What is in neither
# table is tried again: better late and visible than lost.
_REMEDIES: Mapping[str, str] = {
    "invalid_blocks": "This is a fault of the message: report it, and see `watcher alerts show`.",
    "invalid_blocks_format": "This is a fault of the message: report it, and see `watcher alerts show`.",
    "invalid_payload": "This is a fault of the message: report it, and see `watcher alerts show`.",
    "invalid_arguments": "This is a fault of the message: report it, and see `watcher alerts show`.",
    "msg_too_long": "This is a fault of the message: report it, and see `watcher alerts show`.",
    "msg_blocks_too_long": "This is a fault of the message: report it, and see `watcher alerts show`.",
    "no_text": "This is a fault of the message: report it, and see `watcher alerts show`.",
    "channel_not_found": "Correct `channel`, or invite the app to it (`/invite @app`).",
    "not_in_channel": "Invite the app to the channel: `/invite @app`.",
    "is_archived": "Unarchive the channel, or set another `channel`.",
    "channel_is_archived": "Unarchive the channel, or set another `channel`.",
    "invalid_auth": "Set a valid `token` (Bot User OAuth Token, xoxb-…).",
    "not_authed": "Set a valid `token` (Bot User OAuth Token, xoxb-…).",
    "account_inactive": "The app or its user was removed: reinstall it and set the new `token`.",
    "token_revoked": "The token was revoked: reinstall the app and set the new `token`.",
    "token_expired": "The token has expired: set a new `token`.",
    "org_login_required": "The workspace is being moved: ask its administrator.",
    "missing_scope": "Give the app the scope chat:write and reinstall it.",
    "no_permission": "Give the app the scope chat:write and reinstall it.",
    "not_allowed_token_type": "Use a Bot User OAuth Token (xoxb-…).",
    "ekm_access_denied": "The workspace's administrators have suspended posting: ask them.",
    "restricted_action": "The workspace forbids posting there: ask its administrator.",
    "action_prohibited": "The workspace forbids posting there: ask its administrator.",
    "posting_to_general_channel_denied": "Posting to #general is not allowed: set another channel.",
    "no_service": "The webhook was removed or switched off: make a new one and set `webhook`.",
    "no_service_id": "The webhook address is not complete: set `webhook` again.",
    "no_team": "The workspace is gone: make a webhook in another one.",
    "no_active_hooks": "The webhook was removed or switched off: make a new one and set `webhook`.",
    "team_disabled": "The workspace is disabled.",
    "invalid_token": "The webhook address is wrong: set `webhook` again.",
    "user_not_found": "The user that made the webhook is gone: make a new one.",
}
_THREAD_GONE = frozenset(
    {"thread_not_found", "message_not_found", "invalid_thread_ts", "cannot_reply_to_message"}
)


class Settings(shared.Settings):
    """Either `webhook`, or `token` and `channel`. `api_url` is for a Slack-shaped server of one's own."""

    SECRETS: ClassVar[frozenset[str]] = frozenset({"webhook", "token"})
    webhook: shared.Hidden | None = None
    token: shared.Hidden | None = None
    channel: str = ""
    api_url: str = "https://slack.com/api/"
    timeout_seconds: float = 20.0
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Settings:
        if (self.webhook is None) == (self.token is None):
            raise ValueError("set either `webhook`, or `token` and `channel`")
        if self.token is not None and not self.channel:
            raise ValueError("`token` needs `channel`, such as C0123456789 or #alerts")
        return self


def recipients(settings: object) -> tuple[str, ...]:
    return ("",)


def render(message: Message, channel: Channel) -> tuple[Payload, ...]:
    """The posts of one message: blocks, the text for notifications, and the thread to answer."""
    found = posts(body(message, "slack"))
    interrupts = any(told.alert.urgency is Urgency.INSTANT for told in message.told)
    payloads = []
    for number, post in enumerate(found, 1):
        content: dict[str, Any] = {"text": _fallback(message, post.alerts), "blocks": post.blocks}
        if message.thread:
            content |= {"thread_ts": message.thread, "reply_broadcast": interrupts and number == 1}
        payloads.append(Payload(content, tuple(post.alerts), number, len(found)))
    return tuple(payloads)


def send(payload: Payload, channel: Channel, sending: Sending) -> Receipt:
    settings = shared.read(Settings, channel)
    content = payload.content
    assert isinstance(content, Mapping)
    _check_address(settings, channel)
    with _faults(settings, channel):
        if settings.webhook is not None:
            receipt = _by_webhook(dict(content), settings, channel, sending)
        else:
            receipt = _by_bot(dict(content), settings, channel, sending)
    return receipt


def greet(channel: Channel) -> str:
    """Asks Slack who the token is, and posts nothing (`check --online`). A webhook cannot be asked."""
    from slack_sdk.errors import SlackApiError  # heavy, and only needed here

    settings = shared.read(Settings, channel)
    _check_address(settings, channel)
    if settings.token is None:
        return "a webhook can only be tried by a sample"
    with _faults(settings, channel):
        try:
            answer = _client(settings, 20.0).auth_test()
        except SlackApiError as error:
            raise _failure_of(error.response, channel, settings, None) from None
    return f"{answer.get('user')} in {answer.get('team')}"


@contextmanager
def _faults(settings: Settings, channel: Channel) -> Iterator[None]:
    """What can go wrong on the way to Slack and back, as TryLater."""
    try:
        yield
    except urllib.error.URLError as error:  # before anything was answered, mostly before it was sent
        reason = error.reason
        uncertain = isinstance(reason, ConnectionResetError | BrokenPipeError | ssl.SSLEOFError)
        raise TryLater(channel.name, _said(reason, settings), uncertain=uncertain) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TryLater(channel.name, _said(error, settings), uncertain=True) from None


def _by_webhook(content: dict[str, Any], settings: Settings, channel: Channel, sending: Sending) -> Receipt:
    from slack_sdk.webhook import WebhookClient  # heavy, and only needed here

    assert settings.webhook is not None
    address = settings.webhook.reveal()
    client = WebhookClient(
        address,
        timeout=_timeout(settings, sending.seconds),
        ssl=shared.trust_for(address, settings.ca_file),
        retry_handlers=[],
        logger=_QUIET,
    )
    client.proxy = _proxy(address)
    content = {key: value for key, value in content.items() if key in ("text", "blocks")}
    answer = client.send_dict({**content, "unfurl_links": False, "unfurl_media": False})
    if answer.status_code == 200 and answer.body.strip() == "ok":
        return Receipt("ok")
    headers = {key.lower(): value for key, value in answer.headers.items()}
    raise _failure(answer.status_code, answer.body.strip(), headers, channel, settings, sending.now)


def _by_bot(content: dict[str, Any], settings: Settings, channel: Channel, sending: Sending) -> Receipt:
    from slack_sdk.errors import SlackApiError  # heavy, and only needed here

    client = _client(settings, sending.seconds)
    try:
        try:
            return _post(client, content, settings)
        except SlackApiError as error:
            if "thread_ts" not in content or _code(error.response) not in _THREAD_GONE:
                raise
            alone = {
                key: value for key, value in content.items() if key not in ("thread_ts", "reply_broadcast")
            }
            return _post(client, alone, settings)
    except SlackApiError as error:
        raise _failure_of(error.response, channel, settings, sending.now) from None


def _client(settings: Settings, seconds: float) -> WebClient:
    from slack_sdk import WebClient  # heavy, and only needed here

    assert settings.token is not None
    client = WebClient(
        token=settings.token.reveal(),
        base_url=settings.api_url,
        timeout=_timeout(settings, seconds),
        ssl=shared.trust_for(settings.api_url, settings.ca_file),
        retry_handlers=[],
        logger=_QUIET,
    )
    client.proxy = _proxy(settings.api_url)
    return client


def _post(client: WebClient, content: dict[str, Any], settings: Settings) -> Receipt:
    answer = client.chat_postMessage(
        channel=settings.channel, **content, unfurl_links=False, unfurl_media=False, link_names=False
    )
    stamp = str(answer.get("ts") or "")
    return Receipt(f"ts {stamp}", thread=str(content.get("thread_ts") or stamp))


def _code(response: Any) -> str:
    """Slack's word for what went wrong; "" when the answer was not Slack's."""
    code = response.get("error") if hasattr(response, "get") else ""
    text = str(code or "")
    return text if text.replace("_", "").isalnum() else ""


def _failure_of(response: Any, channel: Channel, settings: Settings, now: datetime | None) -> Exception:
    headers = {key.lower(): str(value) for key, value in response.headers.items()}
    return _failure(response.status_code, _code(response), headers, channel, settings, now)


def _failure(
    status: int,
    code: str,
    headers: Mapping[str, str],
    channel: Channel,
    settings: Settings,
    now: datetime | None,
) -> Exception:
    shown = shared.without_secrets(code[:80], settings) or f"HTTP {status}"
    said = f"Slack: {shown}" if status == 200 or not code else f"Slack: {shown} (HTTP {status})"
    if code in _REMEDIES:
        return Refused(channel.name, said, remedy=_REMEDIES[code])
    if status in (401, 403, 404, 410) and settings.webhook is not None:
        return Refused(channel.name, said, remedy="Make a new webhook and set `webhook`.")
    if status in (400, 413, 422):
        return Refused(channel.name, said, remedy=_REMEDIES["invalid_payload"])
    if status in (301, 302, 307, 308):
        return Refused(channel.name, said, remedy="Set `webhook` or `api_url` to the final address.")
    return TryLater(
        channel.name,
        said,
        not_before=retry_after(headers.get("retry-after"), now) if now else None,
        uncertain=status in (408, 502, 504),
    )


def _fallback(message: Message, alerts: list[int]) -> str:
    """What a notification shows: the subject, and below it what this post tells."""
    lines = [message.subject]
    lines += [told.headline for told in message.told if told.alert.id in alerts]
    if message.possible_repeat:
        lines += message.notes[:1]
    return cut_escaped("\n".join(dict.fromkeys(slack_text(line) for line in lines)), _MOST_FALLBACK)


def _check_address(settings: Settings, channel: Channel) -> None:
    address = settings.webhook.reveal() if settings.webhook else settings.api_url
    parts = urllib.parse.urlsplit(address)
    host = parts.hostname or ""
    local = host in ("::1", "localhost") or host.startswith("127.")
    if not host or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
        key = "webhook" if settings.webhook else "api_url"
        raise Refused(channel.name, "Slack's address must begin with https://", remedy=f"Correct `{key}`.")


def _proxy(address: str) -> str | None:
    """The environment's proxy for this address. slack_sdk by itself does not know NO_PROXY."""
    parts = urllib.parse.urlsplit(address)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return urllib.request.getproxies().get(parts.scheme)


def _timeout(settings: Settings, seconds: float) -> int:
    return max(1, int(min(settings.timeout_seconds, seconds)))


def _said(error: object, settings: Settings) -> str:
    if isinstance(error, TimeoutError | socket.timeout):
        return "no answer in time"
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return shared.without_secrets(said, settings)
