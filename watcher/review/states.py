"""Where states stand, as rows: the ledger against the baseline. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watcher.model import Standpoint, Step
from watcher.topic import Topic

STATUS_WORDS = {
    "NON_PARTY": "not a party",
    "SIGNATORY": "signatory",
    "PARTY": "party",
    "PARTY_LEAVING": "party, leaving",
    "PARTY_CONTESTED": "party, contested suspension",
    "FORMER_PARTY": "former party",
}


def stage_label(code: str, topic: Topic) -> str:
    stage = topic.lifecycle.stages.get(code)
    return stage.label if stage else code.lower().replace("_", " ")


def moved(standpoint: Standpoint) -> bool:
    """Whether the state is worth a line: it has a stage, a step, or a place in the baseline."""
    return bool(standpoint.stage or standpoint.steps or standpoint.baseline_stage)


def status_rows(
    standpoints: Iterable[Standpoint], topic: Topic, *, everyone: bool = False
) -> list[dict[str, object]]:
    """Latest change first, then by name; only states that moved unless `everyone`."""
    chosen = [s for s in standpoints if everyone or moved(s)]
    chosen.sort(key=lambda s: _name(s.state, topic))
    chosen.sort(key=lambda s: s.since.toordinal() if s.since else 0, reverse=True)
    return [status_row(s, topic) for s in chosen]


def status_row(standpoint: Standpoint, topic: Topic) -> dict[str, object]:
    return {
        "state": standpoint.state,
        "name": _name(standpoint.state, topic),
        "status": STATUS_WORDS.get(standpoint.legal_status, standpoint.legal_status),
        "legal_status": standpoint.legal_status,
        "stage": stage_label(standpoint.stage, topic) if standpoint.stage else "",
        "stage_code": standpoint.stage,
        "since": standpoint.since,
        "standing": standpoint.standing.value,
        "baseline": stage_label(standpoint.baseline_stage, topic) if standpoint.baseline_stage else "",
        "effect_due": standpoint.effect_due,
        "armed_conflict": standpoint.conflict,
        "source": standpoint.source,
        "evidence": standpoint.evidence.sentence if standpoint.evidence else "",
    }


def step_rows(steps: Iterable[Step], topic: Topic) -> list[dict[str, object]]:
    """A state's steps, oldest first; undated ones last."""
    ordered = sorted(steps, key=lambda s: (s.date is None, s.date.toordinal() if s.date else 0))
    return [
        {
            "date": step.date,
            "precision": step.date_precision,
            "stage": stage_label(step.stage, topic),
            "stage_code": step.stage,
            "substep": step.substep,
            "what": step.what,
            "standing": step.standing.value,
            "origin": step.origin,
            "source": step.source,
            "figures": {f.key: f.value for f in step.figures},
        }
        for step in ordered
    ]


def _name(code: str, topic: Topic) -> str:
    state = topic.states.get(code)
    return state.name if state else code


def names(topic: Topic) -> Mapping[str, str]:
    return {code: state.name for code, state in topic.states.items()}
