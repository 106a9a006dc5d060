"""One cycle of collecting: what is due is fetched, read, judged and committed, batch by batch.

Concurrent in its fetching, single in its writing. A source that fails is a row in the report and
changes nothing for the others; what a batch concluded and the validators of the sources it came
from are one transaction.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from watcher.collect import fetch, parse, politeness
from watcher.collect.reading import unpack_hints
from watcher.collect.sources import load as load_kind
from watcher.collect.urls import canonical
from watcher.errors import Overtaken, ParseError
from watcher.model import (
    Config,
    Entry,
    EntryKey,
    Fetched,
    FetchFailed,
    FetchResult,
    Findings,
    Known,
    Members,
    PollState,
    Request,
    Source,
    SourceId,
)
from watcher.pipeline import source_health
from watcher.pipeline.memory_window import STORY_WINDOW, Earlier
from watcher.store import findings as store_findings
from watcher.store import items as store_items
from watcher.store import known as store_known
from watcher.store import marks as store_marks
from watcher.store import sources as store_sources
from watcher.store.database import Database, writing

if TYPE_CHECKING:
    from watcher.topic import Topic

log = logging.getLogger("watcher.poll")

Clock = Callable[[], datetime]
BATCH_ENTRIES = 2_000
BATCH_SOURCES = 400
BATCH_CHARS = 1_000_000
"""Of text; a hostile body may hold ten million, and what the judge notes of a text is ten times its size."""
THIN_CHARS = 600
"""An entry with less text than this is worth the reading of its page, once it has passed the sift."""
HELD_ITEMS = 1_000
"""Of what was judged and kept, this much stays at hand between batches; the rest is in the database."""
OVERTAKEN_TIMES = 5
"""So often a batch is judged again because somebody marked something while it was judged."""
MAX_REVISIONS = 24
"""An entry that is edited more often than this is left as it is (peers: lemon24/reader)."""

WRITING = threading.Lock()
"""Numbers are given by memory and committed later: within one process only one writer does so."""


@dataclass(slots=True)
class Report:
    """What a cycle did, in numbers and per source; the command line prints it."""

    at: datetime
    due: int = 0
    answered: int = 0
    unchanged: int = 0
    entries: int = 0
    new: int = 0
    edited: int = 0
    relevant: int = 0
    doubtful: int = 0
    developments: int = 0
    alerts: int = 0
    owed: int = 0
    failures: dict[SourceId, FetchFailed] = field(default_factory=dict)
    first_run: bool = False
    cancelled: bool = False
    seconds: float = 0.0

    def failure_codes(self) -> Counter[str]:
        return Counter(f.code for f in self.failures.values())


@dataclass(frozen=True, slots=True)
class Offer:
    """One source's answer, read: its new entries and its state as it will stand once they are kept."""

    source: Source
    state: PollState
    entries: tuple[Entry, ...] = ()
    first: bool = False  # the source's first successful poll


@dataclass(slots=True)
class Cycle:
    """The values one cycle passes forward. No room ever sees it."""

    config: Config
    topic: Callable[[], Topic]
    db: Database
    clock: Clock
    client: fetch.Client
    report: Report
    installed: datetime
    jitter: random.Random
    known: Known | None = None
    pages_left: int = 0


async def poll(
    config: Config,
    topic: Callable[[], Topic],
    db: Database,
    clock: Clock,
    *,
    sources: Sequence[Source] | None = None,
    force: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, note: None,
    jitter: random.Random | None = None,
) -> Report:
    """Everything that is due at `clock()`, or everything at all with `force` (Retry-After still
    wins). Raises StoreError; a source's trouble is in the report. When cancelled, what was read
    so far is committed before the cancellation goes on."""
    began, now = monotonic(), clock()
    states = store_sources.states(db)
    chosen = politeness.due(tuple(sources if sources is not None else config.sources), states, now, force)
    report = Report(at=now, due=len(chosen), first_run=store_known.first_run(db))
    if not chosen:
        return report
    async with fetch.open_client(config.network, contact=config.contact) as client:
        cycle = Cycle(
            config,
            topic,
            db,
            clock,
            client,
            report,
            installed=store_known.installed(db, now),
            jitter=jitter or random.Random(),
            pages_left=config.network.articles_per_cycle,
        )
        await _collect(cycle, chosen, states, progress)
    store_known.finish_first_run(db, clock()) if report.answered else None
    with WRITING, writing(db):
        source_health.tell(db, config, clock())
    report.seconds = monotonic() - began
    return report


async def _collect(
    cycle: Cycle,
    chosen: Sequence[Source],
    states: Mapping[SourceId, PollState],
    progress: Callable[[int, int, str], None],
) -> None:
    by_id = {s.id: s for s in chosen}
    offers: list[Offer] = []
    done = size = chars = 0
    try:
        async for result in _results(cycle, chosen, states):
            source = by_id[result.source_id]
            offer = _read(cycle, source, states.get(source.id) or PollState(source.id), result)
            del result  # its body is not needed while the batch is judged
            offers.append(offer)
            size += len(offer.entries)
            chars += sum(len(entry.content) + len(entry.summary) for entry in offer.entries)
            done += 1
            progress(done, len(chosen), source.name)
            if size >= BATCH_ENTRIES or chars >= BATCH_CHARS or len(offers) >= BATCH_SOURCES:
                taken, offers, size, chars = offers, [], 0, 0
                await _settle(cycle, taken)
    except BaseException:
        # Ctrl-C or a stop: what has been read is judged and kept, without reading further pages.
        cycle.report.cancelled, cycle.pages_left = True, 0
        _conclude(cycle, offers)
        raise
    await _settle(cycle, offers)


def _results(
    cycle: Cycle, chosen: Sequence[Source], states: Mapping[SourceId, PollState]
) -> AsyncIterator[FetchResult]:
    return fetch.gather(chosen, states, cycle.config.network, client=cycle.client, now=cycle.clock, ask=_ask)


def _ask(source: Source, state: PollState) -> Request:
    return load_kind(source.kind).ask(source, state)


def _read(cycle: Cycle, source: Source, state: PollState, result: FetchResult) -> Offer:
    """One answer, read; what no kind can read is a failed poll like any other."""
    read: parse.Read | None = None
    if isinstance(result, Fetched):
        try:
            read = parse.read(source, state, result)
        except ParseError as error:
            result = FetchFailed(
                source.id, "unreadable", error.message, result.at, result.status, result.headers
            )
        except Exception as error:
            # The one catch-all of the house (STYLE, Errors): one source's surprise stops no other.
            log.exception("source failed source=%s", source.id)
            text = f"unexpected {type(error).__name__}; the log has the details"
            result = FetchFailed(source.id, "unexpected", text, result.at, result.status, result.headers)
    _count(cycle.report, source, result, read)
    after = politeness.after_poll(
        source,
        read.state if read else state,
        result,
        now=cycle.clock(),
        poll_every_seconds=cycle.config.poll_every_seconds,
        min_poll_seconds=cycle.config.min_poll_seconds,
        entries=read.known + read.unknown if read else 0,
        new=read.unknown if read else 0,
        hints=read.hints if read else unpack_hints(state.memo),
        jitter=cycle.jitter.random(),
    )
    return Offer(source, after, read.entries if read else (), first=state.last_ok is None)


def _count(report: Report, source: Source, result: FetchResult, read: parse.Read | None) -> None:
    if isinstance(result, FetchFailed):
        report.failures[source.id] = result
        log.info("poll source=%s failed=%s %s", source.id, result.code, result.text)
        return
    report.answered += 1
    report.unchanged += read is None or read.unchanged
    report.entries += len(read.entries) if read else 0


async def _settle(cycle: Cycle, offers: Sequence[Offer]) -> None:
    """Reads the pages of thin entries that are worth it, then judges and commits the batch."""
    if not offers:
        return
    pages = await _pages(cycle, [entry for offer in offers for entry in offer.entries])
    _conclude(cycle, [replace(o, entries=tuple(pages.get(e.key, e) for e in o.entries)) for o in offers])


async def _pages(cycle: Cycle, entries: Sequence[Entry]) -> Mapping[EntryKey, Entry]:
    """Thin entries that passed the sift, with the text of their page where it could be had."""
    if not entries or cycle.pages_left <= 0:
        return {}
    from watcher.judge.classify import sift  # here: a poll without news does without the judge

    topic = cycle.topic()
    stored = store_items.existing(cycle.db, [e.key for e in entries])
    thin = {
        e.url: e
        for e in entries
        if e.key not in stored and _thin(e) and e.url.startswith("http") and sift(e, topic)
    }
    wanted = tuple(thin)[: cycle.pages_left]
    cycle.pages_left -= len(wanted)
    full: dict[EntryKey, Entry] = {}
    async for url, result in fetch.gather_pages(
        wanted, cycle.config.network, client=cycle.client, now=cycle.clock
    ):
        if isinstance(result, Fetched):
            full[thin[url].key] = _with_article(thin[url], result)
    return _by_own_address(cycle.db, full)


def _by_own_address(db: Database, full: Mapping[EntryKey, Entry]) -> dict[EntryKey, Entry]:
    """What is stored already under the address that its page calls its own is that article."""
    own = {key: EntryKey(canonical(e.url)) for key, e in full.items() if " guid:" not in key}
    stored = store_items.existing(db, [new for key, new in own.items() if new != key])
    return {key: replace(e, key=own[key]) if own.get(key) in stored else e for key, e in full.items()}


def _thin(entry: Entry) -> bool:
    return not entry.facts and len(entry.summary) + len(entry.content) < THIN_CHARS


def _with_article(entry: Entry, page: Fetched) -> Entry:
    from watcher.collect.article import read_article

    article = read_article(page.body, page.headers, page.url)
    if article.blocked or not article.text:
        return entry
    return replace(
        entry,
        url=article.canonical_url or entry.url,
        content=article.text,
        published=entry.published or article.published,
        language=entry.language or article.language,
    )


def _conclude(cycle: Cycle, offers: Sequence[Offer]) -> None:
    """Judges and commits one batch: everything in it, or nothing."""
    if not offers:
        return
    for tries_left in reversed(range(OVERTAKEN_TIMES)):
        try:
            with WRITING:
                _sit_and_commit(cycle, offers)
            return
        except Overtaken:
            cycle.known = None  # a mark was set meanwhile: judged again with it
            if not tries_left:
                raise


def _sit_and_commit(cycle: Cycle, offers: Sequence[Offer]) -> None:
    report, db, now = cycle.report, cycle.db, cycle.clock()
    findings = Findings(at=now)
    fresh, edited, sightings = _sorted(db, offers)
    known = None
    if fresh or edited:
        from watcher.pipeline.sitting import reading, settled

        read = reading(
            (*fresh.values(), *(entry for entry, _ in edited.values())),
            store_known.ids(db).item,
            cycle.topic(),
            now,
            earlier={key: earlier for key, (_, earlier) in edited.items()},
        )
        findings = read.findings(now)
        if read.fresh:  # only what is relevant is held against memory: most news does without it
            memory, config, silent = _memory(cycle, now), cycle.config, _silent(cycle, offers)
            sitting = settled(read, memory, cycle.topic(), config.policy, config.channels, now, silent=silent)
            findings, known = sitting.findings, sitting.known
    findings = replace(findings, polls=tuple(o.state for o in offers), sightings=sightings)
    with writing(db):
        if known is not None and store_marks.count(db) != len(known.marks):
            raise Overtaken(str(db.path), "a mark was set meanwhile; nothing was stored, try again")
        store_findings.commit(db, findings)
    if known is not None:
        cycle.known = replace(known, items=Members.of(known.items).lean(HELD_ITEMS))
    report.new += len(fresh)
    report.edited += len(edited)
    report.relevant += sum(i.verdict.relevant for i in findings.items)
    report.doubtful += sum(not i.verdict.relevant for i in findings.items)
    report.developments += len(findings.developments)
    report.alerts += len(findings.alerts)
    report.owed += len(findings.deliveries)


def _memory(cycle: Cycle, now: datetime) -> Known:
    """Read once a cycle; only the numbers are read again, since other work may have used some."""
    if cycle.known is None:
        cycle.known = store_known.known(cycle.db, now, STORY_WINDOW)
        if cycle.config.policy.first_run == "alert":
            cycle.known = replace(cycle.known, first_run=False)
    return replace(cycle.known, ids=store_known.ids(cycle.db))


def _sorted(
    db: Database, offers: Iterable[Offer]
) -> tuple[
    dict[EntryKey, Entry],
    dict[EntryKey, tuple[Entry, Earlier]],
    tuple[tuple[EntryKey, SourceId, str], ...],
]:
    """What is offered for the first time, what came back edited, and every sighting of known articles."""
    offered = [entry for offer in offers for entry in offer.entries]
    stored = store_items.existing(db, [e.key for e in offered])
    fresh: dict[EntryKey, Entry] = {}
    edited: dict[EntryKey, tuple[Entry, Earlier]] = {}
    sightings: list[tuple[EntryKey, SourceId, str]] = []
    for entry in offered:
        before = stored.get(entry.key)
        if before is None and entry.key not in fresh:
            fresh[entry.key] = entry
            continue
        sightings.append((entry.key, entry.source_id, entry.url))
        if before is not None and store_items.changed(before, entry) and before.revision < MAX_REVISIONS:
            whole = store_items.whole(db, before.id)
            edited[entry.key] = (entry, Earlier(before.id, whole, before.revision))
    return fresh, edited, tuple(sightings)


def _silent(cycle: Cycle, offers: Iterable[Offer]) -> frozenset[EntryKey]:
    """What a source already showed when it was first read, unless it was published after the
    installation: a source that joins late, or failed at the first run, brings no old news."""
    if cycle.config.policy.first_run == "alert":
        return frozenset()
    return frozenset(
        entry.key
        for offer in offers
        if offer.first
        for entry in offer.entries
        if entry.published is None or entry.published < cycle.installed
    )
