"""What is new since the baseline article: claims, predictions, figures, topics. Pure.

The novelty key is (state, stage, sub-step, event date) for steps, (figure, period) for numbers, (actor,
stance) for positions, (prediction, outcome) for forecasts: absent from the baseline, or changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watcher.judge.acts import path_of, rank_of
from watcher.judge.ledger import Ledger
from watcher.judge.words import figure_words, label
from watcher.model import Development, Figure, Standing, Standpoint, Step
from watcher.topic import Baseline, Topic

CONFIRMED, CHANGED, CONTRADICTED, OPEN, NEW = "confirmed", "changed", "contradicted", "open", "new"
_TAKEN = (Standing.CONFIRMED, Standing.REPORTED)


@dataclass(frozen=True, slots=True)
class Novelty:
    """One row of the table. `kind`: state, prediction, figure, topic. `outcome`: one of the five words."""

    kind: str
    subject: str
    then: str
    now: str
    outcome: str
    states: tuple[str, ...] = ()
    source: str = ""


def since_baseline(development: Development, topic: Topic, ledger: Ledger) -> tuple[str, ...]:
    """In words, what a development adds to the baseline article; () when it adds nothing."""
    lines = [
        *_steps_on(development, topic),
        *_predictions_met(development, topic),
        *_figures_moved(development.figures, topic.baseline),
    ]
    named = {s for claim in topic.baseline.claims for s in claim.states} | set(topic.baseline.non_parties)
    unnamed = [s for s in development.states if s not in named]
    if unnamed:
        lines.append(f"not in the baseline article: {', '.join(unnamed)}")
    elif not lines and development.development not in topic.baseline.topics and not _told(development, topic):
        lines.append("a topic that the baseline article does not mention")
    return tuple(dict.fromkeys(lines))


def _told(development: Development, topic: Topic) -> bool:
    return any(c.development == development.development for c in topic.baseline.claims)


def _steps_on(development: Development, topic: Topic) -> Iterable[str]:
    lifecycle = topic.lifecycle
    path = path_of(development.stage, lifecycle)
    for state in development.states:
        then = [
            c
            for c in topic.baseline.claims
            if state in c.states and path != "other" and path_of(c.stage, lifecycle) == path
        ]
        if not then:
            continue
        first = max(then, key=lambda c: rank_of(c.stage, lifecycle))
        steps = rank_of(development.stage, lifecycle) - rank_of(first.stage, lifecycle)
        if steps > 0:
            count = "1 stage on" if steps == 1 else f"{steps} stages on"
            yield f"{state}: {label(first.stage, topic)} in the baseline, now {count}"


def _predictions_met(development: Development, topic: Topic) -> Iterable[str]:
    for prediction in topic.baseline.predictions:
        if (
            _meets(prediction, development.states, development.stage, topic)
            and development.standing in _TAKEN
        ):
            yield f"prediction come true: {prediction.get('what', '')} ({prediction.get('by', '')})"


def _meets(prediction: Mapping[str, str], states: Iterable[str], stage: str, topic: Topic) -> bool:
    """Whether a step of these states makes the prediction true."""
    wanted, barred = _codes(prediction, "states"), _codes(prediction, "not_states")
    if not (set(states) & wanted if wanted else set(states) - barred):
        return False
    stages, paths = _codes(prediction, "stage"), _codes(prediction, "path")
    if not stages:
        return False
    if not paths:
        return stage in stages
    least = min(rank_of(s, topic.lifecycle) for s in stages)
    path = path_of(stage, topic.lifecycle)
    return path in paths and (rank_of(stage, topic.lifecycle) >= least or path == "suspend")


def _codes(prediction: Mapping[str, str], key: str) -> set[str]:
    return {code.strip() for code in prediction.get(key, "").split(",") if code.strip()}


def _figures_moved(figures: Iterable[Figure], baseline: Baseline) -> Iterable[str]:
    for figure in figures:
        for then in baseline.figures:
            if then.key == figure.key and verdict(then, figure) != CONFIRMED:
                yield f"{figure_words(figure)}; the baseline had {figure_words(then)}"


def verdict(then: Figure, now: Figure) -> str:
    """Whether a figure bears out the baseline's (`>160` is borne out by 166, `<5,000` not by 6,279)."""
    match then.op:
        case ">":
            fits = now.value > then.value
        case "<":
            fits = now.value < then.value
        case "~":
            fits = abs(now.value - then.value) <= then.value * 0.15
        case _:
            fits = now.value == then.value
    return CONFIRMED if fits else CONTRADICTED if then.op in "<>" else CHANGED


def table(ledger: Ledger, developments: Iterable[Development], topic: Topic) -> tuple[Novelty, ...]:
    """What is new since the baseline: states, predictions, figures, then topics it did not mention."""
    developments = tuple(developments)
    return (
        *_states(ledger, topic),
        *_predictions(ledger, topic),
        *_figures(ledger, developments, topic),
        *_topics(ledger, developments, topic),
    )


def _states(ledger: Ledger, topic: Topic) -> Iterable[Novelty]:
    claimed = dict.fromkeys(s for claim in topic.baseline.claims for s in claim.states)
    for state in (*claimed, *(s for s in ledger.standpoints if s not in claimed)):
        point = ledger.of(state)
        moved = [s for s in point.steps if s.origin != "baseline" and s.standing in _TAKEN]
        then = label(point.baseline_stage, topic) if point.baseline_stage else "not mentioned"
        if moved and point.stage:
            outcome = CHANGED if state in claimed else NEW
        elif state in claimed:
            outcome = CONFIRMED if point.stage else OPEN
        else:
            continue
        if point.stage or state in claimed:
            yield Novelty("state", state, then, _now(point, topic), outcome, (state,), _source(moved))


def _now(point: Standpoint, topic: Topic) -> str:
    status = point.legal_status.replace("_", " ").lower()
    if not point.stage:
        return status
    since = f" since {point.since.isoformat()}" if point.since else ""
    return f"{status}; {label(point.stage, topic)}{since}"


def _source(steps: list[Step]) -> str:
    return steps[-1].source if steps else ""


def _predictions(ledger: Ledger, topic: Topic) -> Iterable[Novelty]:
    for prediction in topic.baseline.predictions:
        met = [
            (point.state, step)
            for point in ledger.standpoints.values()
            for step in point.steps
            if step.origin != "baseline"
            and step.standing in _TAKEN
            and _meets(prediction, (point.state,), step.stage, topic)
        ]
        now = ", ".join(dict.fromkeys(f"{s}" for s, _ in met)) or "nothing found that decides it"
        first = met[0][1] if met else None
        if first is not None:
            now += f": {label(first.stage, topic)}" + (f" ({first.date})" if first.date else "")
        yield Novelty(
            "prediction",
            prediction.get("what", ""),
            prediction.get("by", ""),
            now,
            CONFIRMED if met else OPEN,
            tuple(dict.fromkeys(s for s, _ in met)),
            first.source if first else "",
        )


def _figures(ledger: Ledger, developments: tuple[Development, ...], topic: Topic) -> Iterable[Novelty]:
    told = [(f, e.sources[0] if e.sources else "") for e in ledger.past for f in e.figures]
    told += [(f, "") for d in developments if d.standing in _TAKEN for f in d.figures]
    for then in topic.baseline.figures:
        later = [(f, source) for f, source in told if f.key == then.key]
        if later:
            figure, source = later[-1]
            yield Novelty(
                "figure",
                then.key,
                figure_words(then),
                figure_words(figure),
                verdict(then, figure),
                (),
                source,
            )
        else:
            yield Novelty("figure", then.key, figure_words(then), "not reported since", OPEN)


def _topics(ledger: Ledger, developments: tuple[Development, ...], topic: Topic) -> Iterable[Novelty]:
    spoken = set(topic.baseline.topics) | {c.development for c in topic.baseline.claims}
    named = {s for c in topic.baseline.claims for s in c.states}
    stages = topic.lifecycle.stages
    for event in ledger.past:
        kind = stages[event.stage].development if event.stage in stages else event.stage
        other = path_of(event.stage, topic.lifecycle) == "other"
        if other and (kind not in spoken or (event.states and not set(event.states) & named)):
            source = event.sources[0] if event.sources else ""
            yield Novelty(
                "topic", kind, "not mentioned", f"{event.date_text}: {event.what}", NEW, event.states, source
            )
    for d in developments:
        if (
            d.development not in spoken
            and d.standing in _TAKEN
            and path_of(d.stage, topic.lifecycle) == "other"
        ):
            day = d.event_date.isoformat() if d.event_date else ""
            yield Novelty(
                "topic",
                d.development,
                "not mentioned",
                f"{day} {label(d.stage, topic)}".strip(),
                NEW,
                d.states,
            )
