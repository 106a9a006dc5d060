"""The production judgement over an archive, with a simulated clock; nothing is stored or sent.

Each row is judged at the moment it was published; the legal calendar ticks once a day between
rows. A row without a date takes the one in its address, else the day its own text gives for the
event, else it stands with the row that it is most like, or on the recorded day of its step; what
cannot be placed is read last. Nothing is known that was not known on the archive's first day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import cast

from watcher.collect.archive import Row, date_in_url
from watcher.judge.assess import assess
from watcher.judge.conclude import conclude_clock
from watcher.judge.dating import likely_dates
from watcher.judge.ledger import known_before
from watcher.model import (
    Alert,
    Band,
    Channel,
    Development,
    DevelopmentId,
    Entry,
    EntryKey,
    Ids,
    Item,
    ItemId,
    Known,
    Policy,
)
from watcher.notify.compose import headline
from watcher.pipeline.sitting import after, judged, sit
from watcher.topic import Topic

CHANNEL = Channel(name="replay", kind="console")
EPOCH = datetime(1999, 3, 1, tzinfo=UTC)  # the Convention's own first day: before every archive


@dataclass(slots=True)
class Outcome:
    """What a replay found. `items` are in the order of the archive."""

    items: list[dict[str, object]] = field(default_factory=list)
    alerts: list[dict[str, object]] = field(default_factory=list)
    stories: int = 0

    def document(self) -> dict[str, object]:
        return {"items": self.items, "alerts": self.alerts, "summary": self.summary()}

    def summary(self) -> dict[str, object]:
        urgent = sum(a["urgency"] == "instant" for a in self.alerts)
        return {
            "items": len(self.items),
            "relevant": sum(bool(i["relevant"]) for i in self.items),
            "stories": self.stories,
            "instant": urgent,
            "digest": len(self.alerts) - urgent,
        }

    def lines(self) -> Iterator[str]:
        for alert in self.alerts:
            items = alert["items"]
            count = len(items) if isinstance(items, list) else 0
            yield f"{str(alert['at'])[:16]}  {alert['urgency']!s:7}  {alert['text']}  [{count} item(s)]"
        summary = self.summary()
        yield (
            f"{summary['items']} items, {summary['relevant']} relevant, {summary['stories']} stories; "
            f"{summary['instant']} instant alerts, {summary['digest']} for the digest"
        )


def replay(
    archive: Sequence[Row],
    topic: Topic,
    policy: Policy,
    *,
    baseline_only: bool = False,
    progress: Callable[[int, str], None] = lambda done, note: None,
) -> Outcome:
    """Oldest first, whatever the order of `archive`. `baseline_only` leaves the recorded history out."""
    known, outcome, done = Known(Ids()), Outcome(), 0
    read: dict[str, Item] = {}
    merged: dict[int, int] = {}
    ids: dict[int, object] = {}
    row_ids: dict[EntryKey, list[object]] = {}
    clock: datetime | None = None
    archive = tuple(_distinct(archive))
    moments = tuple(_moments(archive, topic))
    if moments:
        topic = known_before(topic, moments[0][0])
    for at, batch in moments:
        for day in _days(clock, at):
            told = conclude_clock(known, topic, policy, (CHANNEL,), day, baseline_only=baseline_only)
            known = after(known, told, day)
            outcome.alerts += [_alert_row(a, ids, topic) for a in told.alerts]
        entries = _unseen(batch, row_ids)
        sitting = sit(entries, known, topic, policy, (CHANNEL,), at, baseline_only=baseline_only)
        known, found = sitting.known, sitting.findings
        for item in (*found.items, *found.rejected):
            read[item.entry.key] = item
            ids[item.id] = row_ids[item.entry.key][0]
        merged |= {s.id: s.merged_into for s in found.stories if s.merged_into is not None}
        outcome.alerts += [_alert_row(a, ids, topic) for a in found.alerts]
        clock, done = at, done + len(batch)
        progress(done, at.date().isoformat())
    _confirm(outcome.alerts, known.developments, ids)
    outcome.items = [_item_row(row, read[row.entry.key], merged) for row in archive]
    outcome.stories = known.ids.story - 1
    return outcome


def _confirm(
    alerts: Iterable[dict[str, object]], developments: Iterable[Development], ids: Mapping[int, object]
) -> None:
    """What the calendar told alone is confirmed in place by the reports that came after it."""
    resting = {d.id: d for d in developments if d.item_ids}
    for alert in alerts:
        development = resting.get(DevelopmentId(cast(int, alert["told"])))
        if development is not None and alert["urgency"] == "instant" and not alert["items"]:
            alert["items"] = [ids[i] for i in development.item_ids if i in ids]
            alert["story"] = development.story_id
        del alert["told"]


def _distinct(archive: Iterable[Row]) -> Iterator[Row]:
    """One key may carry two headlines in an archive (a live page, a reused address): both count."""
    titles: dict[EntryKey, str] = {}
    for row in archive:
        if titles.setdefault(row.entry.key, row.entry.title) != row.entry.title:
            key = EntryKey(f"{row.entry.key}#{row.id}")
            yield replace(row, entry=replace(row.entry, key=key))
        else:
            yield row


def _moments(archive: Sequence[Row], topic: Topic) -> Iterator[tuple[datetime, tuple[Row, ...]]]:
    """The rows by moment of publication, oldest first; those without a date where they likely belong."""
    dated = [(_published(row, topic), row) for row in archive]
    last = max((at for at, _ in dated if at), default=datetime(2025, 3, 21, 12, tzinfo=UTC))
    likely = _likely(dated, topic) if any(at is None for at, _ in dated) else {}
    found = [(at or likely.get(ItemId(row.number)), row) for at, row in dated]
    placed = [(at or last, _with_date(row, at) if at else row) for at, row in found]
    placed.sort(key=lambda pair: (pair[0], pair[1].number))
    for at, group in groupby(placed, key=lambda pair: pair[0]):
        yield at, tuple(row for _, row in group)


def _likely(dated: Iterable[tuple[datetime | None, Row]], topic: Topic) -> Mapping[ItemId, datetime]:
    items = []
    for at, row in dated:
        entry = replace(row.entry, published=at)
        item = judged(entry, ItemId(row.number), topic, at or EPOCH)
        if item.verdict.band is not Band.REJECTED:
            items.append(item)
    return likely_dates(items, topic)


def _with_date(row: Row, at: datetime) -> Row:
    return replace(row, entry=replace(row.entry, published=row.entry.published or at))


def _published(row: Row, topic: Topic) -> datetime | None:
    entry = row.entry
    found = entry.published or date_in_url(entry.url)
    if found:
        return found
    for claim in assess(entry, topic).claims:
        if claim.event_date and claim.date_precision == "day":
            return datetime.combine(claim.event_date, time(12), UTC)
    return None


def _days(since: datetime | None, until: datetime) -> Iterator[datetime]:
    """One in the afternoon, UTC, of each day after `since`, up to `until`: the calendar speaks at noon,
    after the reports that are dated by their day alone."""
    if since is None:
        return
    day = since.replace(hour=13, minute=0, second=0, microsecond=0)
    day += timedelta(days=day <= since)
    while day <= until:
        yield day
        day += timedelta(days=1)


def _unseen(batch: Iterable[Row], row_ids: dict[EntryKey, list[object]]) -> list[Entry]:
    fresh = []
    for row in batch:
        if row.entry.key not in row_ids:
            fresh.append(row.entry)
        row_ids.setdefault(row.entry.key, []).append(row.id)
    return fresh


def _alert_row(alert: Alert, ids: dict[int, object], topic: Topic) -> dict[str, object]:
    development = alert.development
    names = {code: state.name for code, state in topic.states.items()}
    return {
        "at": alert.at,
        "urgency": alert.urgency.value,
        "kind": alert.kind.value,
        "told": development.id if development else 0,
        "story": development.story_id if development else None,
        "countries": development.states if development else (),
        "development": development.development if development else None,
        "stage": development.stage if development else None,
        "standing": development.standing.value if development else None,
        "items": [ids[i] for i in alert.items if i in ids],
        "text": headline(alert, names),
    }


def _item_row(row: Row, item: Item, merged: Mapping[int, int]) -> dict[str, object]:
    story: int | None = item.story_id
    while story is not None and story in merged:
        story = merged[story]
    return {
        "id": row.id,
        "relevant": item.verdict.relevant,
        "story": story,
        "development": item.development,
        "modality": item.modality.value if item.modality else None,
        "countries": item.states,
        "copy_of": item.copy_of,
    }
