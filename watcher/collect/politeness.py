"""Status, headers and history → when to come again. Pure. No source is ever given up.

The latest of all wishes wins (our interval, Retry-After, max-age, Expires, ttl, skipHours …): what a
publisher says only ever lengthens the interval, by a day at most, by a week for Retry-After.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from watcher.collect.reading import NO_HINTS, PollHints
from watcher.model import Fetched, FetchFailed, FetchResult, PollState, Source, SourceId

DAY = 86_400
RETRY_AFTER_CAP = 7 * DAY
FRESHNESS_CAP = DAY
SLOWEST_ADAPTED = 4  # times the usual interval: a source that seldom has news is still asked in time
SLOWER, FASTER = 4 / 3, 1 / 2
SPREAD = 0.1  # of the interval, added at random: sources must not fall into step
MOVED_AFTER = 3  # polls in a row that were sent on for good to the same address
MAX_EARLIER_URLS = 10
SOFT = 0.5  # of the full backoff: the server answers, but not with this (404, 429, 5xx)
DNS = 0.25  # mostly our own outage
CLOCK_SLACK = timedelta(minutes=1)

BROKEN_AFTER = 5  # failures in a row, and a day without success
SILENT_FACTOR = 5  # times its own habit, and three days
UNKNOWN_HABIT = 12 * DAY

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d+)", re.IGNORECASE)
_NO_STORE = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.IGNORECASE)


def address_of(source: Source, state: PollState) -> str:
    """Where the source lives now. A move holds only for the address it was seen at: an operator's
    new address in config.toml wins over a move of the old one."""
    if state.url is None or (state.earlier_urls and source.url not in state.earlier_urls):
        return source.url
    return state.url


# ── what is due ──────────────────────────────────────────────────────────────────────────────


def due(
    sources: Iterable[Source], states: Mapping[SourceId, PollState], now: datetime, force: bool = False
) -> tuple[Source, ...]:
    """In the order given. `force` brings forward what is not due yet; Retry-After still wins, and
    what is off, paused or retired is never polled."""
    return tuple(s for s in sources if s.enabled and _is_due(s, states.get(s.id), now, force))


def _is_due(source: Source, state: PollState | None, now: datetime, force: bool) -> bool:
    if state is None:
        return True
    if state.paused or state.retired:
        return False
    if state.last_poll is not None and state.last_poll > now + CLOCK_SLACK:
        return True  # it was polled in the future: the clock had jumped ahead, and is back
    if _ahead(state.not_before, now, timedelta(seconds=RETRY_AFTER_CAP)):
        return False
    longest = max(DAY, source.every_seconds or 0, state.interval_seconds or 0) * (1 + SPREAD)
    if state.not_before is not None:
        longest = max(longest, RETRY_AFTER_CAP)
    return force or not _ahead(state.next_poll, now, timedelta(seconds=longest) + CLOCK_SLACK)


def _ahead(moment: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Still to come, and no further off than anything we ever set: the clock may have been ahead."""
    return moment is not None and now < moment <= now + longest


# ── after a poll ─────────────────────────────────────────────────────────────────────────────


def after_poll(
    source: Source,
    state: PollState,
    result: FetchResult,
    *,
    now: datetime,
    poll_every_seconds: int,
    min_poll_seconds: int = 300,
    entries: int = 0,
    new: int = 0,
    hints: PollHints = NO_HINTS,
    jitter: float = 0.0,
) -> PollState:
    """The state to be stored with what the poll found; its validators are those of `result`.

    `entries` are the items in the body, `new` those never seen; `hints` what the feed says of its
    rhythm; `jitter` is a number from 0 to 1. A body that could not be read is passed as FetchFailed,
    so that its validators are not kept. Digest, seen hashes and memo are the parser's.
    """
    usual = max(source.every_seconds or poll_every_seconds, min_poll_seconds, 1 if min_poll_seconds else 0)
    if isinstance(result, FetchFailed):
        polled = replace(state, polls=state.polls + 1, last_poll=now, not_before=None)
        return _after_failure(polled, result, now, usual, min_poll_seconds, jitter)
    lowest = max(min_poll_seconds, source.every_seconds or 0)
    share = (entries - new) / entries if isinstance(result, Fetched) and entries else 1.0
    interval = _adapted(state, share, usual, lowest)
    wished = max(interval, _freshness(result.headers, now), _rhythm(hints))
    when = _outside_skipped(now + timedelta(seconds=wished * (1 + SPREAD * jitter)), hints, now)
    changes = _succeeded(state, result, now, new) | _moved(source, state, result.moved_to)
    # One copy of the state a poll: each costs 15 µs, and most polls bring nothing else.
    return replace(
        state, **changes, interval_seconds=interval, next_poll=max(when, now + timedelta(seconds=lowest))
    )


def _succeeded(state: PollState, result: FetchResult, now: datetime, new: int) -> dict[str, Any]:
    """What an answer changes, by field."""
    changes: dict[str, Any] = {
        "polls": state.polls + 1,
        "last_poll": now,
        "not_before": None,
        "failures": 0,
        "error": None,
        "error_text": "",
        "last_ok": now,
    }
    if isinstance(result, Fetched):
        changes["etag"] = result.headers.get("etag") or None
        changes["last_modified"] = result.headers.get("last-modified") or None
    if not new:
        return changes
    changes |= {"items": state.items + new, "last_new": now}
    if state.last_new is not None and state.polls:
        gap = max((now - state.last_new).total_seconds(), 0.0) / new
        habit = gap if state.habit_seconds is None else 0.8 * state.habit_seconds + 0.2 * gap
        changes["habit_seconds"] = int(habit)
    return changes


def _moved(source: Source, state: PollState, target: str | None) -> dict[str, Any]:
    """The stored address is rewritten after three permanent redirects in a row to the same target."""
    here = address_of(source, state)
    if target is None or target == here:
        return {"moved_to": None, "moved_times": 0}
    times = state.moved_times + 1 if target == state.moved_to else 1
    if times < MOVED_AFTER:
        return {"moved_to": target, "moved_times": times}
    earlier = state.earlier_urls if source.url in state.earlier_urls else (source.url,)
    if here not in earlier:
        earlier = (*earlier, here)
    kept = (earlier[0], *earlier[1:][-(MAX_EARLIER_URLS - 1) :])
    return {"url": target, "earlier_urls": kept, "moved_to": None, "moved_times": 0}


def _adapted(state: PollState, share: float, usual: int, lowest: int) -> int:
    """Slower when more than two thirds of the entries were known, faster when less than one third.

    `state` is as before the poll. The first body tells nothing: all of it is new to us.
    """
    interval = float(state.interval_seconds or usual)
    if state.polls:
        interval *= SLOWER if share > 2 / 3 else FASTER if share < 1 / 3 else 1
    slowest = max(usual, min(usual * SLOWEST_ADAPTED, DAY))
    return round(min(max(interval, lowest), slowest))


def _after_failure(
    state: PollState, result: FetchFailed, now: datetime, usual: int, lowest: int, jitter: float
) -> PollState:
    """Linear in the number of failures in a row, daily at the slowest; the adapted interval is kept."""
    failures = state.failures + 1
    delay = min(usual * (1 + _weight(result) * failures), max(DAY, usual)) * (1 + SPREAD * jitter)
    when = now + timedelta(seconds=max(delay, lowest))
    not_before = _retry_after(result, now)
    return replace(
        state,
        failures=failures,
        error=result.code,
        error_text=result.text,
        retired=state.retired or result.status == 410,
        not_before=not_before,
        next_poll=max(when, not_before) if not_before else when,
    )


def _weight(result: FetchFailed) -> float:
    if result.code == "dns":
        return DNS
    status = result.status or 0
    return SOFT if status in (404, 429) or status >= 500 else 1.0


# ── what the publisher says ──────────────────────────────────────────────────────────────────


def _retry_after(result: FetchFailed, now: datetime) -> datetime | None:
    """RFC 9110 §10.2.3, seconds or a date; a date is read against the server's own clock."""
    text = result.headers.get("retry-after", "").strip()
    if result.status not in (429, 503) or not text:
        return None
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    else:
        until = _http_date(text)
        if until is None:
            return None
        seconds = (until - (_http_date(result.headers.get("date", "")) or now)).total_seconds()
    if seconds <= 0:
        return None
    return now + timedelta(seconds=min(seconds, RETRY_AFTER_CAP))


def _freshness(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds that the answer is fresh for (RFC 9111 §4.2.1): max-age before Expires."""
    control = headers.get("cache-control", "")
    if _NO_STORE.search(control):
        return 0.0
    stated = _MAX_AGE.search(control)
    if stated:
        seconds = float(stated[1][:12])
    else:
        expires = _http_date(headers.get("expires", ""))
        if expires is None:
            return 0.0
        seconds = (expires - (_http_date(headers.get("date", "")) or now)).total_seconds()
    return min(max(seconds, 0.0), FRESHNESS_CAP)


def _rhythm(hints: PollHints) -> int:
    return min(max(hints.ttl_seconds or 0, hints.update_seconds or 0), FRESHNESS_CAP)


def _outside_skipped(when: datetime, hints: PollHints, now: datetime) -> datetime:
    """The first moment from `when` on that is in no skipped hour or day (RSS 2.0, UTC); never more
    than a day from now on account of that."""
    if not hints.skip_hours and not hints.skip_days:
        return when
    latest = max(when, now + timedelta(seconds=FRESHNESS_CAP))
    moment = when
    while moment < latest and (moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days):
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(moment, latest)


def _http_date(text: str) -> datetime | None:
    if not text or len(text) > 64:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


# ── what operators are told, once ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Trouble:
    """`kind`: broken, silent, retired, or recovered. `text` is a sentence for the operator."""

    kind: str
    text: str


def trouble(source: Source, state: PollState, now: datetime) -> Trouble | None:
    """What operators should be told now, and have not been told. Pass it to `told` when they are."""
    if state.paused or not source.enabled:
        return None
    current = _current(source, state, now)
    if current is None:
        return Trouble("recovered", f"{source.name} is back") if state.reported else None
    return None if current.kind == state.reported else current


def told(state: PollState, told_of: Trouble) -> PollState:
    """The state that remembers that this was told."""
    return replace(state, reported=None if told_of.kind == "recovered" else told_of.kind)


def _current(source: Source, state: PollState, now: datetime) -> Trouble | None:
    if state.retired:
        why = f" ({state.error_text})" if state.error_text else ""
        return Trouble("retired", f"{source.name} is gone for good and no longer polled{why}")
    patience = timedelta(days=3 if state.error == "dns" else 1)
    quiet = state.last_ok is None or now - state.last_ok >= patience
    if state.failures >= BROKEN_AFTER and quiet:
        since = f" since {state.last_ok:%Y-%m-%d}" if state.last_ok else ""
        return Trouble(
            "broken", f"{source.name} has not answered{since}, {state.failures} polls: {state.error_text}"
        )
    silent = _silence(state, now)
    if silent is not None:
        days = silent / DAY
        return Trouble(
            "silent", f"{source.name} has had nothing new for {days:.0f} days, far beyond its habit"
        )
    return None


def _silence(state: PollState, now: datetime) -> float | None:
    """Seconds without a new entry, when that is far more than this source's own rhythm."""
    if state.last_new is None or state.failures:
        return None
    patience = max(SILENT_FACTOR * (state.habit_seconds or UNKNOWN_HABIT), 3 * DAY)
    quiet = (now - state.last_new).total_seconds()
    return quiet if quiet > patience else None
