"""The watcher's own health, told like news: once, louder as it lasts, and when it is over. Pure.

A trouble is an episode. Its first alarm opens it, its words change at 1 h, 6 h, 1 day and then daily,
and one message closes it. No two alarms are the same, and none is said twice: the key of each names
the trouble, the start of the episode and the step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Channel,
    Delivery,
    DeliveryId,
    DeliveryState,
    Ids,
    PollState,
    Urgency,
)
from watcher.notify.deliver import waited
from watcher.notify.markup import cut
from watcher.notify.plan import OPEN

if TYPE_CHECKING:
    from watcher.notify.wording import Words

OUTBOX_AFTER = timedelta(hours=1)
SOURCES_AFTER = timedelta(hours=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One condition that holds now. `name`: "digest:desk", "outbox", "sources", "refused:desk".

    `facts` fill the words: channel, count, total, reason, last.
    """

    name: str
    since: datetime
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DigestFact:
    """One channel's digests: the first hour that passed without a delivered one, and the last delivered."""

    channel: str
    owed_since: datetime | None
    last_delivered: datetime | None = None
    reason: str = ""


def troubles(
    deliveries: Iterable[Delivery],
    polls: Iterable[PollState],
    digests: Iterable[DigestFact],
    now: datetime,
    grace: timedelta,
    *,
    never: str = "never",
) -> tuple[Trouble, ...]:
    """What is wrong now. `deliveries`: the open rows, and each channel's latest settled ones."""
    rows = tuple(deliveries)
    found = [*_outbox(rows, now), *_sources(tuple(polls), now), *_refusals(rows)]
    for fact in digests:
        if fact.owed_since is None or _about_to_go(fact.channel, fact.owed_since, rows):
            continue
        if now - fact.owed_since > grace:
            last = fact.last_delivered or never
            facts = {"channel": fact.channel, "last": last, "reason": fact.reason}
            found.append(Trouble(f"digest:{fact.channel}", fact.owed_since, facts))
    return tuple(found)


def ops_alerts(
    found: Iterable[Trouble],
    told: Iterable[Alert],
    now: datetime,
    first: AlertId,
    *,
    words: Words | None = None,
    zone: tzinfo = UTC,
) -> tuple[Alert, ...]:
    """The operational alerts due now, numbered from `first`. `told`: those of the past, open or over."""
    from watcher.notify.wording import Words  # here: mostly there is nothing to tell

    words = words or Words()
    episodes = _episodes(told)
    alerts: list[Alert] = []
    holding = {trouble.name: trouble for trouble in found}
    for name, trouble in holding.items():
        episode = episodes.get(name)
        since = episode.since if episode and episode.open else trouble.since
        steps = episode.steps if episode and episode.open else frozenset[str]()
        step = _step(now - since)
        if step not in steps:
            alerts.append(_alarm(replace(trouble, since=since), step, now, words, zone))
    for name, episode in episodes.items():
        if episode.open and name not in holding:
            alerts.append(_over(name, episode, now, words))
    return tuple(replace(alert, id=AlertId(first + i)) for i, alert in enumerate(alerts))


def known_already(found: Iterable[Trouble], told: Iterable[Alert]) -> tuple[Trouble, ...]:
    """Those of which an alarm was given that is not over, and refusals, which need no time to be one."""
    episodes = _episodes(told)
    return tuple(
        trouble
        for trouble in found
        if trouble.name.startswith("refused:") or (trouble.name in episodes and episodes[trouble.name].open)
    )


def ops_deliveries(
    alerts: Iterable[Alert], channels: Iterable[Channel], ids: Ids, now: datetime
) -> tuple[Delivery, ...]:
    """Who is told: the channels that ask for it, by default all; never the one that is in trouble
    itself, unless there is no other."""
    willing = [channel for channel in channels if channel.enabled and channel.ops is not False]
    chosen = [channel for channel in willing if channel.ops] or willing
    rows: list[Delivery] = []
    for alert in alerts:
        others = [channel for channel in chosen if channel.name != _channel_in(alert.key)]
        others = others or [channel for channel in willing if channel.name != _channel_in(alert.key)]
        for channel in others or chosen:
            for recipient in channel.recipients:
                number = DeliveryId(ids.delivery + len(rows))
                rows.append(
                    Delivery(
                        number,
                        alert.id,
                        channel.name,
                        recipient,
                        DeliveryState.PENDING,
                        due=now,
                        created=now,
                    )
                )
    return tuple(rows)


def _about_to_go(channel: str, hour: datetime, rows: Sequence[Delivery]) -> bool:
    """The digest of `hour` is a row that nobody has tried yet: quiet hours hold it, or the machine has
    just woken up and is going to send it."""
    own = [row for row in rows if row.channel == channel and row.state in OPEN]
    fresh = [row for row in own if row.attempts == 0 and row.created is not None and row.created >= hour]
    return bool(fresh) and all(row.attempts == 0 for row in own)


# ── what is wrong ────────────────────────────────────────────────────────────────────────────


def _outbox(rows: Sequence[Delivery], now: datetime) -> list[Trouble]:
    """Rows that have been tried in vain for an hour. What was never tried is no trouble: it waits for
    its hour, or for the machine that has just woken up to speak."""
    stuck = [
        (row.first_try or row.last_try - waited(row.attempts), row)
        for row in rows
        if row.state is DeliveryState.LATER and row.attempts > 0 and row.last_try is not None
    ]
    if not stuck:
        return []
    oldest, row = min(stuck, key=lambda pair: (pair[0], pair[1].id))
    if now - oldest < OUTBOX_AFTER:
        return []
    return [Trouble("outbox", oldest, {"count": len(stuck), "reason": row.reason})]


def _sources(polls: Sequence[PollState], now: datetime) -> list[Trouble]:
    watched = [poll for poll in polls if not poll.paused and not poll.retired and poll.polls > 0]
    failing = [poll for poll in watched if poll.failures > 0]
    if not watched or len(failing) * 2 <= len(watched):
        return []
    since = _majority_since(failing, len(watched), now)
    if now - since < SOURCES_AFTER:
        return []
    codes = [poll.error or "unknown" for poll in failing]
    often = max(sorted(set(codes)), key=codes.count)
    return [Trouble("sources", since, {"count": len(failing), "total": len(watched), "reason": often})]


def _majority_since(failing: Sequence[PollState], watched: int, now: datetime) -> datetime:
    """When the failing became more than half: each fails at the latest since its last good answer."""
    starts = sorted(poll.last_ok or (poll.last_poll or now) for poll in failing)
    return starts[watched // 2]


def _refusals(rows: Sequence[Delivery]) -> list[Trouble]:
    """Channels and recipients whose latest attempt was refused for good."""
    latest: dict[tuple[str, str], Delivery] = {}
    for row in sorted(rows, key=lambda row: (row.last_try or datetime.min.replace(tzinfo=UTC), row.id)):
        if row.state in (DeliveryState.SENT, DeliveryState.REFUSED):
            latest[row.channel, row.recipient] = row
    refused: dict[str, list[Delivery]] = {}
    for (channel, _), row in latest.items():
        if row.state is DeliveryState.REFUSED and row.last_try is not None:
            refused.setdefault(channel, []).append(row)
    return [
        trouble
        for channel, found in refused.items()
        for trouble in _of_channel(channel, found, sum(name == channel for name, _ in latest))
    ]


def _of_channel(channel: str, refused: Sequence[Delivery], recipients: int) -> Iterator[Trouble]:
    """The channel's own trouble where all its recipients are refused for one reason; else each one's."""
    whole = len(refused) == recipients and len({row.reason for row in refused}) == 1
    for row in refused[:1] if whole else refused:
        alone = "" if whole else row.recipient
        name = f"{channel} ({alone})" if alone else channel
        place = f"{channel}/{alone}" if alone else channel
        assert row.last_try is not None
        yield Trouble(f"refused:{place}", row.last_try, {"channel": name, "reason": row.reason})


# ── which words ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Episode:
    since: datetime
    steps: frozenset[str]
    open: bool
    channel: str = ""


_KEY = re.compile(
    r"^ops:(?P<name>.+):(?P<since>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00):(?P<step>\w+)$"
)


def _episodes(told: Iterable[Alert]) -> dict[str, _Episode]:
    """The latest episode of each trouble, open or over."""
    latest: dict[str, _Episode] = {}
    for alert in told:
        found = _KEY.match(alert.key) if alert.kind is AlertKind.OPS else None
        if not found:
            continue
        name, since = found["name"], datetime.fromisoformat(found["since"])
        known = latest.get(name)
        if known is None or known.since < since:
            known = _Episode(since, frozenset(), True)
        if known.since == since:
            over = found["step"] == "over"
            known = _Episode(since, known.steps | {found["step"]}, known.open and not over)
        latest[name] = known
    return latest


def _step(lasts: timedelta) -> str:
    if lasts >= _DAY:
        return f"{lasts // _DAY}d"
    return "6h" if lasts >= 6 * _HOUR else "1h" if lasts >= _HOUR else "0"


def _alarm(trouble: Trouble, step: str, now: datetime, words: Words, zone: tzinfo) -> Alert:
    table = words.table("ops")[trouble.name.partition(":")[0]]
    facts = _facts(trouble, now, words, zone)
    form = step if step in table["title"] else "days"
    return Alert(
        AlertId(0),
        f"ops:{trouble.name}:{_stamp(trouble.since)}:{step}",
        AlertKind.OPS,
        Urgency.INSTANT,
        at=now,
        title=words.say(table["title"][form], **facts),
        text=words.say(table["text"], **facts),
    )


def _over(name: str, episode: _Episode, now: datetime, words: Words) -> Alert:
    kind, _, channel = name.partition(":")
    table = words.table("ops")[kind]
    place, _, recipient = channel.partition("/")
    named = f"{place} ({recipient})" if recipient else place
    facts = {"channel": named, "lasts": lasting(now - episode.since, words)}
    return Alert(
        AlertId(0),
        f"ops:{name}:{_stamp(episode.since)}:over",
        AlertKind.OPS,
        Urgency.INSTANT,
        at=now,
        title=words.say(table["title"]["over"], **facts),
        text=words.say(table["over"], **facts),
    )


def _facts(trouble: Trouble, now: datetime, words: Words, zone: tzinfo) -> dict[str, object]:
    from watcher.notify.wording import failure_words, moment_words

    lasts = now - trouble.since
    shown: dict[str, object] = {"channel": "", "count": 0, "total": 0, "reason": "", "last": ""}
    for key, value in trouble.facts.items():
        shown[key] = moment_words(words, value, zone) if isinstance(value, datetime) else value
    if trouble.name == "sources":
        shown["reason"] = failure_words(words, str(shown["reason"]))
    shown["reason"] = cut(str(shown["reason"]).rstrip(". "), 200)
    return {
        **shown,
        "since": moment_words(words, trouble.since, zone),
        "lasts": lasting(lasts, words),
        "days": lasts // _DAY,
    }


def lasting(span: timedelta, words: Words) -> str:
    """A span as people say it: "25 minutes", "an hour", "6 hours", "a day", "3 days"."""
    if span < _HOUR:
        return words.phrase("lasting", "minutes", n=max(1, span // timedelta(minutes=1)))
    if span < _DAY:
        hours = span // _HOUR
        return words.phrase("lasting", "hour" if hours == 1 else "hours", n=hours)
    days = span // _DAY
    return words.phrase("lasting", "day" if days == 1 else "days", n=days)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _channel_in(key: str) -> str:
    """The channel that an operational alert is about, if it is about one."""
    found = _KEY.match(key)
    kind, _, channel = (found["name"] if found else "").partition(":")
    return channel.partition("/")[0] if kind in ("refused", "digest") else ""
