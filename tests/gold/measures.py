"""How well a judge did, as numbers between 0 and 1 (ratios apart). Pure; knows nothing of the judge.

B-cubed after Bagga and Baldwin (1998): for each item the precision and recall of the group it was
put in, averaged over items.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

STATUS_STEPS = frozenset(
    {
        "recommended",
        "government_decision",
        "parliament_vote",
        "signed_by_president",
        "notified_un",
        "in_effect",
        "suspended",
        "acceded_or_ratified",
    }
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a person says of a row."""

    id: str
    language: str
    relevant: bool
    countries: frozenset[str] = frozenset()
    development: str | None = None
    acceptable: frozenset[str] = frozenset()
    modality: str | None = None
    acceptable_modality: frozenset[str] = frozenset()
    event: str | None = None
    borderline: bool = False
    category: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the judge says of a row. `story` is None when it was not asked to group."""

    relevant: bool
    countries: frozenset[str] = frozenset()
    development: str | None = None
    modality: str | None = None
    story: Hashable = None


@dataclass(frozen=True, slots=True)
class Told:
    """One alert: the rows it rests on, and what it says of whom. `sure`: told as having happened."""

    rows: frozenset[str]
    instant: bool = True
    countries: frozenset[str] = frozenset()
    development: str | None = None
    sure: bool = True


@dataclass(slots=True)
class Tally:
    """Hits among cases; an empty tally counts as perfect, for it shows no fault."""

    hits: float = 0
    cases: float = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, hit: bool, row: str) -> None:
        self.hits += hit
        self.cases += 1
        if not hit:
            self.wrong.append(row)

    @property
    def share(self) -> float:
        return self.hits / self.cases if self.cases else 1.0


def recall(labels: Sequence[Label], answers: Mapping[str, Answer]) -> Tally:
    found = Tally()
    for label in labels:
        if label.relevant:
            found.add(answers[label.id].relevant, label.id)
    return found


def precision(labels: Sequence[Label], answers: Mapping[str, Answer]) -> Tally:
    """Borderline near misses are not counted against the judge."""
    found = Tally()
    for label in labels:
        if answers[label.id].relevant and not label.borderline:
            found.add(label.relevant, label.id)
    return found


def recall_by_language(
    labels: Sequence[Label], answers: Mapping[str, Answer], at_least: int = 3
) -> dict[str, float]:
    """Languages with fewer than `at_least` relevant rows say too little to be counted."""
    of = defaultdict(list)
    for label in labels:
        if label.relevant:
            of[label.language].append(label)
    return {language: recall(rows, answers).share for language, rows in of.items() if len(rows) >= at_least}


def states_f1(labels: Sequence[Label], answers: Mapping[str, Answer]) -> Tally:
    """Micro F1 over (row, state) pairs of relevant rows; `hits / cases` is F1 itself."""
    found = Tally()
    for label in labels:
        if not label.relevant:
            continue
        given = answers[label.id].countries if answers[label.id].relevant else frozenset[str]()
        both = len(given & label.countries)
        found.hits += 2 * both
        found.cases += len(given) + len(label.countries)
        if given != label.countries:
            found.wrong.append(label.id)
    return found


def developments(labels: Sequence[Label], answers: Mapping[str, Answer], *, lenient: bool) -> Tally:
    found = Tally()
    for label in labels:
        if label.relevant:
            right = {label.development} | (label.acceptable if lenient else frozenset())
            found.add(answers[label.id].development in right, label.id)
    return found


def modalities(labels: Sequence[Label], answers: Mapping[str, Answer]) -> Tally:
    found = Tally()
    for label in labels:
        if label.relevant and label.modality:
            right = {label.modality} | label.acceptable_modality
            found.add(answers[label.id].modality in right, label.id)
    return found


def premature(labels: Sequence[Label], answers: Mapping[str, Answer]) -> Tally:
    """The worst mistake: a step that is only planned, or was undone, told as done. Hits are rows
    without it."""
    found = Tally()
    for label in labels:
        if label.relevant and label.modality in ("planned", "denied"):
            given = answers[label.id]
            told = given.relevant and given.modality == "done" and given.development in STATUS_STEPS
            found.add(not told, label.id)
    return found


def b_cubed(labels: Sequence[Label], answers: Mapping[str, Answer]) -> float:
    """F1 of grouping over the rows that have an event. A row without a story stands alone."""
    rows = [label for label in labels if label.event]
    if not rows:
        return 1.0
    given: dict[str, Hashable] = {
        r.id: ("alone", r.id) if answers[r.id].story is None else ("story", answers[r.id].story) for r in rows
    }
    true_size = Counter(r.event for r in rows)
    given_size = Counter(given[r.id] for r in rows)
    both = Counter((r.event, given[r.id]) for r in rows)
    together = [both[r.event, given[r.id]] for r in rows]
    p = sum(n / given_size[given[r.id]] for n, r in zip(together, rows, strict=True)) / len(rows)
    r_ = sum(n / true_size[r.event] for n, r in zip(together, rows, strict=True)) / len(rows)
    return 2 * p * r_ / (p + r_)


@dataclass(frozen=True, slots=True)
class Alerting:
    """Status steps against instant alerts. `per_step` is alerts about a step ÷ steps told."""

    steps_told: float
    per_step: float
    near_miss_alerts: int
    missed: tuple[str, ...] = ()


def _is_act(label: Label, urgent: frozenset[str]) -> bool:
    return bool(label.countries) and label.development in urgent and label.modality in (None, "done")


def alerting(
    labels: Sequence[Label], told: Iterable[Told], urgent: frozenset[str] = STATUS_STEPS
) -> Alerting:
    """A step is an act of a state, done, of a kind that is `urgent`."""
    by_id = {label.id: label for label in labels}
    acts = {label.id for label in labels if _is_act(label, urgent)}
    steps = {label.event for label in labels if label.event and label.id in acts}
    heard: Counter[str] = Counter()
    alerts = near = 0
    for alert in told:
        if not alert.instant:
            continue
        rows = [by_id[i] for i in alert.rows if i in by_id]
        if rows and not any(r.relevant for r in rows):
            near += 1
        events = {r.event for r in rows if r.id in acts}
        alerts += bool(events)
        heard.update(e for e in events if e)
    share = len(heard) / len(steps) if steps else 1.0
    missed = tuple(sorted(e for e in steps if e and e not in heard))
    return Alerting(share, alerts / len(heard) if heard else 0.0, near, missed)


def false_steps(labels: Sequence[Label], told: Iterable[Told]) -> tuple[str, ...]:
    """Status steps that were told, at once or in a digest, of a state that no row says took them."""
    taken = {
        (state, word)
        for label in labels
        for state in label.countries
        for word in {label.development, *label.acceptable}
    }
    return tuple(
        f"{','.join(sorted(alert.countries))} {alert.development}: {','.join(sorted(alert.rows)[:3])}"
        for alert in told
        if alert.sure and alert.development in STATUS_STEPS
        if any((state, alert.development) not in taken for state in alert.countries)
    )
