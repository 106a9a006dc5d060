"""What the calendar alone raises: exits and entries into force that come due, and deadlines. Pure.

Each reminder is told at most once, by its key. Ticks that were missed while the program was off are made
up by the one that matters now; what fell due before the installation is silent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from watcher.judge.clock import YEARLY_REPORT, clearance_deadline, reports_due, stockpile_deadline
from watcher.judge.ledger import Ledger
from watcher.model import Development, DevelopmentId, Modality, Standing, Standpoint, Tier
from watcher.topic import Topic

NOON = time(12)  # on the day itself the morning's news may confirm it first
AHEAD = timedelta(days=366 * 12)
_EVERY = "*"
_LEAVING = frozenset({"PARTY_LEAVING", "PARTY_CONTESTED"})  # by a notice that is confirmed
_ARTICLES = {"4": "N_STOCKPILE_DESTROYED", "5": "N_CLEARANCE", "7": "N_REPORT"}


@dataclass(frozen=True, slots=True)
class Term:
    """A date of the calendar. `what` is for people, `article` its rule, `key` stable (an ICS UID)."""

    key: str
    date: date
    states: tuple[str, ...]
    stage: str
    development: str
    what: str
    article: str
    held: bool = False
    source: str = ""
    sure: bool = True  # the notice that it follows from is confirmed, or its day is stated


@dataclass(frozen=True, slots=True)
class Due:
    """A term that is to be told: `days` is the tick (30, 7, 0), `key` what makes it unique for ever."""

    key: str
    term: Term
    days: int
    left: int
    development: Development


def calendar(ledger: Ledger, topic: Topic, now: datetime, years: int = 12) -> tuple[Term, ...]:
    """Every term the ledger knows from today on, in order of date; exits already due included."""
    return _calendar(ledger, topic, now.astimezone(UTC).date(), years)


@lru_cache(maxsize=16)
def _calendar(ledger: Ledger, topic: Topic, day: date, years: int) -> tuple[Term, ...]:
    until = day + timedelta(days=366 * years)
    terms = (*_effects(ledger), *_newcomers(ledger, until), *_deadlines(ledger, topic, day))
    unique = {term.key: term for term in sorted(terms, key=lambda t: bool(t.source))}
    return tuple(
        sorted(
            (t for t in unique.values() if t.date <= until and (t.date >= day or t.article in ("17", "20"))),
            key=lambda t: (t.date, t.key),
        )
    )


def due(
    ledger: Ledger,
    topic: Topic,
    told_keys: Collection[str],
    now: datetime,
    days: Collection[int] = (30, 7, 0),
    *,
    zone: ZoneInfo | None = None,
    since: datetime | None = None,
    first_id: int = 1,
) -> tuple[Due, ...]:
    """What is to be told now. `since` is the installation: a tick before it is silent for ever."""
    clock = now.astimezone(zone or UTC)
    told = _told(told_keys)
    found: list[Due] = []
    for known in calendar(ledger, topic, now - timedelta(days=1)):
        tick = _tick(known, clock, days, since.astimezone(clock.tzinfo) if since else None)
        if tick is None:
            continue
        term = _untold(known, tick, told)
        if term is None:
            continue
        key = f"clock|{term.key}|{tick}"
        left = (term.date - clock.date()).days
        development = _development(term, tick, left, now, DevelopmentId(first_id + len(found)))
        found.append(Due(key, term, tick, left, development))
    return tuple(found)


def _told(keys: Collection[str]) -> frozenset[tuple[str, str, int]]:
    """(state, the rest of the term's key, tick) of what was told, joint terms taken apart."""
    found = set()
    for key in keys:
        head, _, tick = key.rpartition("|")
        if key.startswith("clock|") and tick.isdigit():
            states, _, rest = head.removeprefix("clock|").partition("|")
            found |= {(state, rest, int(tick)) for state in states.split(",")}
    return frozenset(found)


def _untold(term: Term, tick: int, told: frozenset[tuple[str, str, int]]) -> Term | None:
    """The term for the states that were not told this tick, or a later one, with others before."""
    names, _, rest = term.key.partition("|")
    done = {state for state, what, at in told if what == rest and at <= tick}
    left = [state for state in names.split(",") if state not in done]
    if not left:
        return None
    states = tuple(s for s in left if s != _EVERY)
    return replace(term, key=f"{','.join(left)}|{rest}", states=states)


def _tick(term: Term, clock: datetime, days: Collection[int], since: datetime | None) -> int | None:
    passed = [d for d in days if _moment(term.date, d, clock) <= clock]
    if not passed:
        return None
    tick = min(passed)
    if since is not None and _moment(term.date, tick, clock) < since:
        return None
    return tick


def _moment(day: date, before: int, clock: datetime) -> datetime:
    at = NOON if before == 0 else time(0)
    return datetime.combine(day - timedelta(days=before), at, clock.tzinfo)


def _effects(ledger: Ledger) -> Iterable[Term]:
    """Exits and entries into force; states that share a day share the term."""
    shared: dict[tuple[date, str, bool, bool], list[Standpoint]] = {}
    for point in ledger.standpoints.values():
        if point.effect_due is None:
            continue
        joins = point.legal_status == "PARTY" and _last_stage(point) == "J4_DEPOSITED"
        if joins or _last_stage(point) == "W6_NOTIFIED":
            held = point.conflict and not joins
            sure = joins or point.legal_status in _LEAVING or _stated(point)
            shared.setdefault((point.effect_due, "J" if joins else "W", held, sure), []).append(point)
    for (day, path, held, sure), points in shared.items():
        states = tuple(sorted(p.state for p in points))
        stage = "J5_IN_FORCE" if path == "J" else "W7_EFFECTIVE"
        what = "enters into force" if path == "J" else "withdrawal takes effect"
        if held:
            what = "six months after the notice; no effect before the armed conflict ends"
        key = f"{','.join(states)}|{stage}|{day.isoformat()}"
        yield Term(key, day, states, stage, "in_effect", what, "17" if path == "J" else "20", held, sure=sure)


def _last_stage(point: Standpoint) -> str:
    stages = [
        s.stage for s in point.steps if s.standing not in (Standing.DUE, Standing.PLANNED, Standing.DENIED)
    ]
    for final in ("W8_RETURNED", "W7_EFFECTIVE", "J5_IN_FORCE"):
        if final in stages and stages.index(final) > max(
            (i for i, s in enumerate(stages) if s in ("W6_NOTIFIED", "J4_DEPOSITED")), default=-1
        ):
            return final
    return next((s for s in reversed(stages) if s in ("W6_NOTIFIED", "J4_DEPOSITED")), "")


def _stated(point: Standpoint) -> bool:
    """Whether a report states the day of the notice: else the term is a guess until it is confirmed."""
    notice = next((s for s in reversed(point.steps) if s.stage == "W6_NOTIFIED"), None)
    return notice is not None and notice.date_precision in ("", "day")


def _newcomers(ledger: Ledger, until: date) -> Iterable[Term]:
    """Articles 4, 5 and 7 for states that joined since the ledger began."""
    for point in ledger.standpoints.values():
        starts = [s.date for s in point.steps if s.stage == "J5_IN_FORCE" and s.date]
        if not starts or point.legal_status != "PARTY":
            continue
        start = starts[-1]
        yield _term(point.state, "4", stockpile_deadline(start), "destruction of stockpiled mines")
        yield _term(point.state, "5", clearance_deadline(start), "clearance of all mined areas")
        first = reports_due(start, until)[:1]
        yield from (_term(point.state, "7", day, "first transparency report") for day in first)


def _deadlines(ledger: Ledger, topic: Topic, day: date) -> Iterable[Term]:
    for row in topic.deadlines:
        state, article, text = row.get("state", _EVERY), row.get("article", ""), row.get("date", "")
        if state != _EVERY and ledger.of(state).legal_status == "FORMER_PARTY":
            continue
        for when in _dates(text, day):
            yield _term(state, article, when, row.get("what", ""), row.get("source", ""))


def _dates(text: str, day: date) -> tuple[date, ...]:
    """A full date, or month and day of every year: the next."""
    parts = [int(p) for p in text.split("-") if p.isdigit()]
    if len(parts) == 3:
        return (date(parts[0], parts[1], parts[2]),)
    month, number = (parts[0], parts[1]) if len(parts) == 2 else YEARLY_REPORT
    this = date(day.year, month, number)
    return (this if this >= day else date(day.year + 1, month, number),)


def _term(state: str, article: str, day: date, what: str, source: str = "") -> Term:
    states = () if state == _EVERY else (state,)
    stage = _ARTICLES.get(article, "N_REPORT")
    kinds = {"4": "stockpile_destruction", "5": "clearance_or_extension"}
    key = f"{state}|Art.{article}|{day.isoformat()}"
    return Term(key, day, states, stage, kinds.get(article, "other"), what, article, source=source)


def _development(term: Term, tick: int, left: int, now: datetime, number: DevelopmentId) -> Development:
    return Development(
        id=number,
        key=f"{','.join(term.states)}|{term.stage}||{term.date.isoformat()}",
        states=term.states,
        development=term.development,
        stage=term.stage,
        substep="",
        modality=Modality.PLANNED if tick else Modality.REPORTED,
        standing=Standing.DUE,
        first_seen=now,
        event_date=term.date,
        date_precision="day",
        tier=Tier.OFFICIAL,
        sources=0,
        delta=(words(term, left),),
        next_date=term.date,
        next_what=term.what,
    )


def words(term: Term, left: int) -> str:
    """`withdrawal takes effect in 7 days, on 2025-12-27 (Article 20)`."""
    if left > 0:
        when = f"in {left} {'day' if left == 1 else 'days'}, on {term.date.isoformat()}"
    else:
        when = "today by the calendar" if left == 0 else f"since {term.date.isoformat()} by the calendar"
        when += "; not yet confirmed" if term.article in ("17", "20") and not term.held else ""
    if not term.sure:
        when += "; one report of its notice, without the day"
    return f"{term.what} {when} (Article {term.article})"
