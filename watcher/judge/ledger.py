"""Where every state stands: what binds it, and what is under way. Pure; starts from the baseline article.

Only the depositary, effect or entry into force change what binds a state: a step counts for the legal
status once it is confirmed. Everything else moves the stage. What is recorded as of a later day than `now`
(in a replay) is not known yet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from watcher.judge.acts import path_of, rank_of
from watcher.judge.clock import effect_of_notice, in_force_after, months_after
from watcher.model import Claim, Development, Modality, Standing, Standpoint, Step, Tier
from watcher.topic import Lifecycle, PastEvent, State, Topic

_STANDINGS = {"sure": Standing.CONFIRMED, "mostly": Standing.CONFIRMED, "unsure": Standing.REPORTED}
SETTLED = timedelta(days=30)
"""The recorded history is what was known before the program ran; what is younger it learns by itself. In
a replay that passes through those days, nothing is known before it could be read."""
_JOINS = ("J4_DEPOSITED", "J5_IN_FORCE")
_NOT_TAKEN = {Standing.PLANNED, Standing.DENIED, Standing.RETRACTED, Standing.DUE}


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """`standpoints` has every state of the topic; `origins` what bound it before the first step; `past` are
    the events since the baseline, those of no state as well."""

    standpoints: Mapping[str, Standpoint]
    origins: Mapping[str, str]
    past: tuple[PastEvent, ...] = ()

    def of(self, state: str) -> Standpoint:
        return self.standpoints.get(state) or Standpoint(state, "NON_PARTY")


def known_before(topic: Topic, moment: datetime) -> Topic:
    """The topic as a new installation at `moment` would have it: for a replay that begins then."""
    past = tuple(e for e in topic.history if span(e)[1] < moment.date())
    return replace(topic, history=past)


def opening(topic: Topic, now: datetime, baseline_only: bool = False) -> Ledger:
    """The zero: states.toml, the baseline's claims and, unless `baseline_only`, the history since."""
    day = now.date()
    past = () if baseline_only else _settled(topic.history, day)
    joined = frozenset(s.code for s in topic.states.values() if s.since is not None and s.since <= day)
    return _opening(_ById(topic), past, topic.baseline.published <= day, joined)


def _settled(history: tuple[PastEvent, ...], day: date) -> tuple[PastEvent, ...]:
    return tuple(e for e in history if span(e)[1] <= day - SETTLED)


class _ById:
    """Keys a cache by the identity of the topic's parts, which do not change."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.key = (id(topic.states), id(topic.baseline), id(topic.history), id(topic.lifecycle))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=64)
def _opening(
    held: _ById, events: tuple[PastEvent, ...], with_baseline: bool, since_passed: frozenset[str]
) -> Ledger:
    """What differs from day to day is in the arguments: a replay of years reads few ledgers."""
    topic = held.topic
    steps = defaultdict(list)
    claims = topic.baseline.claims if with_baseline else ()
    for step in (*_baseline_steps(claims, topic), *(s for e in events for s in _event_steps(e))):
        steps[step.state].append(step)
    codes = [*topic.states, *(c for c in steps if c not in topic.states)]
    standpoints, origins = {}, {}
    for code in codes:
        state = topic.states.get(code) or State(code, code, {}, "PARTY")
        origins[code] = first = _before(state, topic, code in since_passed)
        own = tuple(steps[code])
        early = [
            s.stage for s in own if s.origin == "baseline" and path_of(s.stage, topic.lifecycle) != "other"
        ]
        zero = Standpoint(code, first, conflict=state.conflict, baseline_stage=early[-1] if early else "")
        standpoints[code] = settle(zero, own, topic.lifecycle)
    return Ledger(standpoints, origins, events)


def _before(state: State, topic: Topic, since_passed: bool) -> str:
    """What bound a state before the steps of the ledger: its recorded status, unwound."""
    status = state.legal_status
    joined = any(e.stage in _JOINS for e in topic.history if state.code in e.states)
    if status in ("FORMER_PARTY", "PARTY_LEAVING", "PARTY_CONTESTED"):
        status = "PARTY"
    elif status == "PARTY" and (joined or (state.since is not None and not since_passed)):
        status = "NON_PARTY"
    return status


def _baseline_steps(claims: tuple[Claim, ...], topic: Topic) -> Iterable[Step]:
    for claim in claims:
        standing = {Modality.PLANNED: Standing.PLANNED, Modality.DENIED: Standing.DENIED}
        for state in claim.states:
            yield Step(
                state,
                claim.stage,
                claim.substep,
                claim.event_date,
                claim.date_precision,
                standing.get(claim.modality, Standing.CONFIRMED),
                claim.evidence.sentence if claim.evidence else claim.development,
                topic.baseline.url,
                "baseline",
                Tier.WIRE,
            )


def _event_steps(event: PastEvent) -> Iterable[Step]:
    for state in event.states:
        yield Step(
            state,
            event.stage,
            event.substep,
            event.date or span(event)[0],
            "day" if event.date else "month",
            _STANDINGS.get(event.certainty, Standing.CONFIRMED),
            event.what,
            event.sources[0] if event.sources else "",
            "history",
            event.tier,
            figures=event.figures,
        )


@lru_cache(maxsize=4096)
def span(event: PastEvent) -> tuple[date, date]:
    """The first and last day that a vague date allows (2025-07, 2025-05..06, 2025-12-01..05, 2026)."""
    if event.date is not None and ".." not in event.date_text:
        return event.date, event.date
    first, _, last = event.date_text.partition("..")
    start = _parts(first)
    if not start:
        return (event.date or date.max, event.date or date.max)
    tail = [int(n) for n in re.findall(r"\d+", last)]
    end = start[: len(start) - len(tail)] + tail if tail else start
    return _first(start), _last(end)


def _parts(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", text)][:3]


def _first(parts: list[int]) -> date:
    year, month, day = (*parts, 1, 1)[:3]
    return date(year, month, day)


def _last(parts: list[int]) -> date:
    if len(parts) == 3:
        return _first(parts)
    return months_after(_first(parts), 12 if len(parts) == 1 else 1) - timedelta(days=1)


def stand(
    zero: Ledger, developments: Iterable[Development], topic: Topic, steps: Iterable[Step] = ()
) -> Ledger:
    """`zero` with what was learnt since: developments, and the steps of the calendar and of marks."""
    developments, steps = tuple(developments), tuple(steps)
    if not developments and not steps:
        return zero
    state = tuple(
        (d.id, d.key, d.revision, d.standing, d.event_date, d.date_precision, d.states) for d in developments
    )
    return _stand(_Learnt((id(zero), state, id(topic.lifecycle), steps), zero, developments, topic, steps))


@dataclass(frozen=True, slots=True)
class _Learnt:
    """Arguments of `stand` under a key that is cheap to compare: a quiet day asks for the same again."""

    key: tuple[object, ...]
    zero: Ledger = field(compare=False)
    developments: tuple[Development, ...] = field(compare=False)
    topic: Topic = field(compare=False)
    steps: tuple[Step, ...] = field(compare=False)


@lru_cache(maxsize=8)
def _stand(given: _Learnt) -> Ledger:
    zero, developments, topic, steps = given.zero, given.developments, given.topic, given.steps
    learnt: dict[str, list[Step]] = defaultdict(list)
    for step in (*steps, *(s for d in developments for s in steps_of(d))):
        learnt[step.state].append(step)
    standpoints = dict(zero.standpoints)
    for code, own in learnt.items():
        known = standpoints.get(code)
        first = zero.origins.get(code, "PARTY")
        # From the origin again, so that a step that came late finds its place.
        origin = (
            Standpoint(code, first, conflict=known.conflict, baseline_stage=known.baseline_stage)
            if known
            else Standpoint(code, first)
        )
        standpoints[code] = settle(origin, ((*known.steps, *own) if known else tuple(own)), topic.lifecycle)
    return replace(zero, standpoints=standpoints)


def steps_of(development: Development) -> Iterable[Step]:
    if development.standing in (Standing.DENIED, Standing.RETRACTED) or not development.stage:
        return
    for state in development.states:
        yield Step(
            state,
            development.stage,
            development.substep,
            development.event_date,
            development.date_precision,
            development.standing,
            development.development,
            "",
            "development",
            development.tier,
            development.id,
            development.figures,
        )


def settle(zero: Standpoint, steps: tuple[Step, ...], lifecycle: Lifecycle) -> Standpoint:
    """A standpoint after its steps, in the order of their dates; undated ones where they came."""
    ordered = _in_order(steps)
    point = replace(zero, steps=ordered)
    for step in ordered:
        if step.standing not in _NOT_TAKEN and path_of(step.stage, lifecycle) != "other":
            point = _after(point, step, lifecycle)
    return point


def _in_order(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    day, keyed = date.min, []
    for position, step in enumerate(steps):
        day = step.date or day
        keyed.append((step.date or day, position, step))
    return tuple(step for *_, step in sorted(keyed, key=lambda k: k[:2]))


def _after(point: Standpoint, step: Step, lifecycle: Lifecycle) -> Standpoint:
    known = lifecycle.stages.get(step.stage)
    moved = point
    if _moves(point, step, lifecycle):
        moved = replace(
            point,
            stage=step.stage,
            substep=step.substep,
            since=step.date,
            standing=step.standing,
            tier=step.tier,
            source=step.source,
        )
    if step.stage == "W6_NOTIFIED" and step.date:
        effect = effect_of_notice(step.date, conflict=point.conflict)
        moved = replace(moved, effect_due=effect.expires)
    elif step.stage == "J4_DEPOSITED" and step.date:
        moved = replace(moved, effect_due=in_force_after(step.date))
    elif step.stage in ("W7_EFFECTIVE", "J5_IN_FORCE", "W8_RETURNED"):
        moved = replace(moved, effect_due=None)
    if known and known.legal_status and step.standing is Standing.CONFIRMED:
        moved = replace(moved, legal_status=known.legal_status)
    return moved


def _moves(point: Standpoint, step: Step, lifecycle: Lifecycle) -> bool:
    """Forward within a path; a new path begins where it begins, but a remark is no way back."""
    if not point.stage:
        return True
    before, after = path_of(point.stage, lifecycle), path_of(step.stage, lifecycle)
    if before == after:
        return rank_of(step.stage, lifecycle) >= rank_of(point.stage, lifecycle)
    return rank_of(step.stage, lifecycle) >= 2
