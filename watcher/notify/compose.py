"""Alerts → Message: what is said, in words, before any markup. Pure but for reading templates.

`tell` puts one alert into words; `compose` makes the message of one batch: an alert, a follow-up, a
digest, a catch-up after a gap, an operational alert or a sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

from watcher.model import (
    Alert,
    AlertKind,
    Channel,
    Development,
    Evidence,
    Item,
    Line,
    Message,
    Standing,
    Told,
)
from watcher.notify import headline as headlines
from watcher.notify.markup import cut, one_line
from watcher.notify.plan import Batch
from watcher.notify.wording import Words, date_words, moment_words

_BODIES = {
    "console": ("terminal", "text"),
    "slack": ("slack", "text"),
    "email": ("text", "html"),
    "file": ("text", "html"),
}
_SOURCES_SHOWN = 6
_MOST_EVIDENCE = 500
_AT_ONCE_SHOWN = 5
_CODE = re.compile(r"\b[A-Z]{2}\b")
_ISO_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_INNER_UNDERSCORE = re.compile(r"(?<=[a-z])_(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a message. `others` and `health` (see `roundup`) are for digests, and for what takes
    one along; `at_once`: headlines of what was sent since the last one without waiting for it.

    `zone` and `language` are the reader's. `away` is the gap that a catch-up makes up for.
    """

    now: datetime
    names: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    language: str = "en"
    templates_dir: Path | None = None
    others: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    health: tuple[str, ...] = ()
    at_once: tuple[str, ...] = ()
    away: tuple[datetime, datetime] | None = None


def headline(
    alert: Alert, names: Mapping[str, str], now: datetime | None = None, words: Words | None = None
) -> str:
    """The one sentence that tells `alert`: "Finland: parliament voted to leave (157 to 18)"."""
    return headlines.sentence(alert, names, (now or alert.at).date(), words or Words())


def tell(
    alert: Alert,
    items: Mapping[int, Item],
    names: Mapping[str, str],
    now: datetime,
    *,
    words: Words | None = None,
    followed: Alert | None = None,
    zone: tzinfo = UTC,
) -> Told:
    """`alert` in words. `items` holds at least the alert's own; `followed` is the alert it follows."""
    words = words or Words()
    today = now.astimezone(zone).date()
    title = headlines.sentence(alert, names, today, words)
    development = alert.development
    if development is None:
        return Told(alert, title, text=_paragraphs(alert.text), badge=_badge(alert, words), tone=_tone(alert))
    own = _own_items(alert, development, items)
    best = _evidence_item(development, own)
    paragraphs = _paragraphs(alert.text) if alert.kind is AlertKind.SAMPLE else ()
    if followed is not None:
        before = headlines.sentence(followed, names, today, words)
        paragraphs = (*paragraphs, words.phrase("notes", "follows", title=before))
    return Told(
        alert=alert,
        headline=title,
        delta=tuple(_readable(line, names, words) for line in development.delta),
        since_baseline=tuple(_readable(line, names, words) for line in development.since_baseline),
        evidence=_shortened(development.evidence or _title_as_evidence(best)),
        evidence_source=_line(best) if best else None,
        sources=tuple(_line(item) for item in own if item.copy_of is None)[:_SOURCES_SHOWN],
        independent=development.sources,
        tier=str(words.table("tiers").get(str(int(development.tier)), "")),
        clock=_clock(development, today, words),
        badge=_badge(alert, words),
        when=_when(development, words),
        sure=_sure(development, words),
        commands=_commands(best, alert, words),
        text=paragraphs,
        tone=_tone(alert),
    )


def compose(told: Sequence[Told], channel: Channel, context: Context, batch: Batch) -> Message:
    """The message of `batch`, with the bodies its channel kind needs.

    Digests and catch-ups tell the weightiest development first. A template of the operator's that
    fails is replaced by the shipped one, and the message says so.
    """
    words = Words(context.language, context.templates_dir)
    shown = tuple(
        replace(one, possible_repeat=batch.possible_repeat)
        for one in told
        if one.alert.kind is not AlertKind.DIGEST
    )
    if batch.kind in ("digest", "catchup"):
        shown = tuple(sorted(_one_each(shown), key=_weightiest))
    others, health = context.others, context.health
    message = Message(
        kind=batch.kind,
        key=batch.key,
        subject=_subject(batch, shown, others, context, words),
        at=context.now,
        told=shown,
        others=others,
        health=health,
        notes=_notes(batch, shown, others, context, words),
        thread=batch.thread,
        references=batch.references,
        possible_repeat=batch.possible_repeat,
        language=words.language,
    )
    return _with_bodies(message, channel, words)


def sample(channel: Channel, now: datetime, *, alert: Alert, words: Words | None = None) -> Alert:
    """`alert` with the words of a marked sample for `channel` (`channels test`)."""
    words = words or Words()
    return replace(
        alert,
        kind=AlertKind.SAMPLE,
        at=now,
        title=words.phrase("sample", "title"),
        text=words.phrase("sample", "text", channel=channel.name),
    )


def _with_bodies(message: Message, channel: Channel, words: Words) -> Message:
    wanted = _BODIES.get(channel.kind, ("text",))
    bodies = {name: words.render(name, message) for name in wanted}
    if words.notes:
        message = replace(message, notes=(*message.notes, *words.notes))
        bodies = {name: words.render(name, message) for name in wanted}
    return replace(message, bodies=bodies)


def _subject(
    batch: Batch,
    told: Sequence[Told],
    others: Sequence[tuple[str, tuple[Line, ...]]],
    context: Context,
    words: Words,
) -> str:
    today = context.now.astimezone(context.zone).date()
    shown = date_words(words, today)
    lines = sum(len(found) for _, found in others)
    if batch.kind == "digest":
        empty = "digest_at_once" if context.at_once else "digest_empty"
        form = "digest" if told else "digest_lines" if lines else empty
        counts = {"count": len(told), "lines": lines, "at_once": len(context.at_once)}
        return words.phrase("subjects", form, date=shown, **counts)
    if len(told) == 1 and not context.health:
        return told[0].headline
    if batch.kind == "catchup" and (context.away or batch.waited):
        since = context.away[0] if context.away else min(one.alert.at for one in told)
        return words.phrase(
            "subjects", "catchup", count=len(told), date=date_words(words, since.astimezone(context.zone))
        )
    form = "ops" if batch.kind == "ops" else "several"
    return words.phrase("subjects", form, count=len(told), first=told[0].headline if told else "")


def _notes(
    batch: Batch, told: Sequence[Told], others: Sequence[object], context: Context, words: Words
) -> tuple[str, ...]:
    found = []
    if batch.possible_repeat:
        found.append(words.phrase("notes", "repeat"))
    nothing = batch.kind == "digest" and not told and not others
    if context.at_once:
        shown = "; ".join(context.at_once[:_AT_ONCE_SHOWN])
        more = max(0, len(context.at_once) - _AT_ONCE_SHOWN)
        found.append(words.phrase("notes", "only_at_once" if nothing else "at_once", titles=shown, more=more))
    elif nothing:
        found.append(words.phrase("notes", "empty"))
    if batch.kind in ("catchup", "digest") and context.away and not nothing:
        start, end = (moment_words(words, moment, context.zone) for moment in context.away)
        found.append(words.phrase("notes", "away", start=start, end=end))
    elif batch.waited:
        found.append(words.phrase("notes", "waited"))
    return tuple(found)


def _one_each(told: Iterable[Told]) -> Iterable[Told]:
    """One for each development: what came of it since its first alert of this message is told in one go."""
    latest: dict[int, Told] = {}
    for one in sorted(told, key=lambda one: one.alert.id):
        development = one.alert.development
        number = development.id if development else -one.alert.id
        latest[number] = _joined(latest[number], one) if number in latest else one
    return latest.values()


def _joined(before: Told, after: Told) -> Told:
    told = replace(after, delta=tuple(dict.fromkeys((*before.delta, *after.delta))), text=before.text)
    righted = after.alert.kind in (AlertKind.CORRECTION, AlertKind.RETRACTION)
    return told if righted or before.alert.follows else replace(told, badge=before.badge)


def _weightiest(told: Told) -> tuple[int, float, date, int]:
    development = told.alert.development
    if development is None:  # the watcher's own health comes first: it says what may be missing
        return (0, 0.0, date.min, told.alert.id)
    return (1, -development.weight, development.event_date or date.max, told.alert.id)


def _own_items(alert: Alert, development: Development, items: Mapping[int, Item]) -> tuple[Item, ...]:
    ids = dict.fromkeys((*alert.items, *development.item_ids))
    own = [items[number] for number in ids if number in items]
    return tuple(sorted(own, key=lambda item: (-item.entry.tier, _published(item), item.id)))


def _published(item: Item) -> datetime:
    return item.entry.published or item.first_seen


def _evidence_item(development: Development, own: Sequence[Item]) -> Item | None:
    """The item that the evidence sentence stands in, else the one with most authority."""
    sentence = development.evidence.sentence if development.evidence else ""
    for item in own:
        if sentence and any(claim.evidence and claim.evidence.sentence == sentence for claim in item.claims):
            return item
    for item in own:
        entry = item.entry
        if sentence and any(sentence in text for text in (entry.title, entry.summary, entry.content)):
            return item
    return own[0] if own else None


def _title_as_evidence(item: Item | None) -> Evidence | None:
    return Evidence(item.entry.title, "title", item.language) if item and item.entry.title else None


def _shortened(evidence: Evidence | None) -> Evidence | None:
    return evidence and replace(evidence, sentence=cut(one_line(evidence.sentence), _MOST_EVIDENCE))


def _readable(line: str, names: Mapping[str, str], words: Words) -> str:
    """The judge's words for people: codes of states as names, ISO dates as dates."""

    def dated(found: re.Match[str]) -> str:
        try:
            return date_words(words, date.fromisoformat(found.group()), short=True)
        except ValueError:
            return found.group()

    named = _CODE.sub(lambda found: names.get(found.group(), found.group()), line)
    return _ISO_DATE.sub(dated, _INNER_UNDERSCORE.sub(" ", named))


def _line(item: Item) -> Line:
    entry = item.entry
    return Line(
        title=entry.title,
        url=entry.url,
        outlet=entry.outlet or entry.source_id,
        language=item.language or entry.language or "",
        published=_published(item),
        states=item.states,
        item_id=item.id,
    )


def lines_of(items: Iterable[Item]) -> tuple[Line, ...]:
    """One line for each item, in its order."""
    return tuple(_line(item) for item in items)


def _when(development: Development, words: Words) -> str:
    if development.event_date is None:
        return str(words.table("date_forms")["unknown"])
    return date_words(words, development.event_date, precision=development.date_precision or "day")


def _sure(development: Development, words: Words) -> str:
    if development.standing is Standing.DUE:
        return str(words.table("by_calendar"))
    return words.say(
        words.table("sureness"),
        standing=words.table("standings")[development.standing.value],
        count=development.sources,
        tier=words.table("tiers").get(str(int(development.tier)), ""),
    )


def _clock(development: Development, today: date, words: Words) -> str:
    if development.next_date is None:
        return one_line(development.next_what)
    return words.say(
        words.table("clock_line"),
        date=date_words(words, development.next_date),
        what=development.next_what,
        distance=headlines.when(development.next_date, today, words, "clock_distance"),
    )


def _badge(alert: Alert, words: Words) -> str:
    badges = words.table("badges")
    if alert.kind is AlertKind.NEW:
        return str(badges["follows"]) if alert.follows else ""
    return str(badges.get(alert.kind.value, ""))


def _tone(alert: Alert) -> str:
    if alert.kind in (AlertKind.CONTRADICTION, AlertKind.CORRECTION, AlertKind.RETRACTION):
        return "wrong"
    if alert.kind is AlertKind.OPS:
        return "alarm"
    if alert.development is None:
        return "plain"
    return "firm" if alert.development.standing is Standing.CONFIRMED else "open"


def _commands(item: Item | None, alert: Alert, words: Words) -> tuple[str, ...]:
    number = item.id if item else next(iter(alert.items), None)
    if number:
        return tuple(words.say(pattern, id=number) for pattern in words.table("commands"))
    states = alert.development.states if alert.development else ()
    return tuple(words.say(p, state=state) for state in states[:1] for p in words.table("commands_state"))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n") if part.strip())
