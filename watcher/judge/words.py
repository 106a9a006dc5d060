"""What is new, in plain words: stages, figures, dates. Pure; English, for the ledger's own remarks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from watcher.judge.acts import Act
from watcher.model import Figure, Modality, Standpoint
from watcher.topic import Topic

_FIGURES = {
    "votes_for": "votes for",
    "votes_against": "votes against",
    "non_parties": "states outside",
    "stockpiled_mines_destroyed": "stockpiled mines destroyed",
}


def label(stage: str, topic: Topic) -> str:
    known = topic.lifecycle.stages.get(stage)
    return known.label if known else stage.replace("_", " ").lower()


def figure_words(figure: Figure) -> str:
    """`66 votes for`, `>160 parties`."""
    sign = "" if figure.op == "=" else figure.op
    name = _FIGURES.get(figure.key, figure.key.replace("_", " "))
    return f"{sign}{figure.value:,} {name}" + (f" ({figure.period})" if figure.period else "")


def delta_of(act: Act, points: Iterable[Standpoint], topic: Topic) -> tuple[str, ...]:
    """For each state what the ledger held before: `FI: head of state signs the exit (2025-07-04) -> …`."""
    words = [f"{p.state}: {_before(p, topic)} -> {label(act.stage, topic)}" for p in points]
    if act.modality is Modality.PLANNED:
        words = [f"{line} (planned)" for line in words]
    return tuple(words)


def _before(point: Standpoint, topic: Topic) -> str:
    if not point.stage:
        return point.legal_status.replace("_", " ").lower()
    return f"{label(point.stage, topic)}{_on(point.since)}"


def _on(day: date | None) -> str:
    return f" ({day.isoformat()})" if day else ""
