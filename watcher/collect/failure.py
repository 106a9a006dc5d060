"""What went wrong with a request, as a value: a stable code, and a text that names fact and remedy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from watcher.model import FetchFailed, SourceId

REMEDIES = {
    "dns": "check the host name in the address, or this machine's network",
    "connect": "the server may be down; it is tried again later",
    "tls": "open the address in a browser; if that works, check this machine's clock and certificates",
    "timeout": "the server may be overloaded; it is tried again later",
    "deadline": "raise [network] deadline_seconds if this source is always so slow",
    "too-large": "raise [network] max_body_mib if this source is meant to be so large",
    "headers-too-large": "the server is broken or hostile; look for another address",
    "bad-encoding": "the server is broken or hostile; look for another address",
    "bad-http": "the server is broken or hostile; look for another address",
    "truncated": "it is tried again later; nothing of it was used",
    "disconnected": "it is tried again later",
    "bad-request": "correct the headers or the address of this source",
    "too-many-redirects": "open the address in a browser and give the one it ends at",
    "redirect-loop": "open the address in a browser; it may ask for cookies, which are never sent",
    "bad-redirect": "open the address in a browser and give the one it ends at",
    "robots": "the publisher does not want it read by programs; the summary in the feed is used",
    "internal": "this is a fault of the watcher; the log has the details",
}
STATUS_REMEDIES = {
    401: "it asks for a login; put the credentials into this source's headers",
    403: "it refuses programs, or asks for a login; look for the publisher's feed address",
    404: "the address may have changed; look for the new one on the publisher's site",
    410: "the publisher has given it up; look for another source",
    429: "it was asked too often; it is left alone for as long as it says",
}


def failed(
    source_id: SourceId,
    code: str,
    fact: str,
    at: datetime,
    *,
    subject: str = "",
    headers: Mapping[str, str] | None = None,
    elapsed_ms: int = 0,
) -> FetchFailed:
    """`subject: fact; remedy`."""
    remedy = REMEDIES.get(code, "")
    text = f"{subject}: {fact}" if subject else fact
    return FetchFailed(
        source_id,
        code,
        f"{text}; {remedy}" if remedy else text,
        at,
        headers=headers or {},
        elapsed_ms=elapsed_ms,
    )


def refused(
    source_id: SourceId, status: int, headers: Mapping[str, str], at: datetime, subject: str, elapsed_ms: int
) -> FetchFailed:
    """An answer that is neither a body nor a 304."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "an unknown status"
    usual = "the server has a fault; it is tried again later" if status >= 500 else ""
    remedy = STATUS_REMEDIES.get(status, usual)
    text = f"{subject}: answers {status} {phrase}"
    return FetchFailed(
        source_id,
        f"http-{status}",
        f"{text}; {remedy}" if remedy else text,
        at,
        status=status,
        headers=headers,
        elapsed_ms=elapsed_ms,
    )
