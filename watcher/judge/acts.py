"""What kind of thing a claim is about, in the terms that grouping and the ledger share. Pure.

An act is a dated step of one state or several: it is one event whatever its words. The rest (statements,
meetings, casualties, comment) is told apart by its words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from watcher.model import Claim, Development, Figure, Item, Modality, Standing
from watcher.topic import Lifecycle

STEPS = frozenset(
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
LEGAL = frozenset({"W6_NOTIFIED", "W7_EFFECTIVE", "J4_DEPOSITED", "J5_IN_FORCE", "S3_NOTIFIED"})
_PATHS = {"W": "leave", "J": "join", "S": "suspend"}
# Days by which two dated reports of one step may differ. Notice, deposit and effect happen once, a signature
# nearly so: another day is another account of it. A cabinet or a parliament may act again next week.
_APART = {"W5_HEAD_OF_STATE": 5, **dict.fromkeys(LEGAL, 30)}
DATED_APART, PUBLISHED_APART = 1, 4
# Days after which a report without a date is no longer about the step that is known: a cabinet decides again.
_AGAIN = {"W4_PARLIAMENT": 180, "W5_HEAD_OF_STATE": 180}
AGAIN = 30
OTHER_BODY = 0.6  # two counts of which one is smaller than this share of the other are of two votes
# A suspension is reported in the words of leaving: the same step under two codes.
_TWINS = {
    "S1_ANNOUNCED": "W3_GOVERNMENT",
    "S2_LAW": "W4_PARLIAMENT",
    "S3_NOTIFIED": "W6_NOTIFIED",
    "J3_APPROVED": "J4_DEPOSITED",
    "N_POLICY": "W3_GOVERNMENT",  # of a state that never joined
}


# The same day's news of a suspension under neighbouring codes.
_MIXED = frozenset(
    frozenset(pair)
    for pair in (
        ("S1_ANNOUNCED", "S2_LAW"),
        ("S1_ANNOUNCED", "W4_PARLIAMENT"),
        ("S2_LAW", "W3_GOVERNMENT"),
        ("S2_LAW", "S3_NOTIFIED"),
        ("S1_ANNOUNCED", "S3_NOTIFIED"),
    )
)


@dataclass(frozen=True, slots=True)
class Act:
    """An item or claim as grouping sees it. `dated` is false when `day` is the day of publication."""

    states: frozenset[str]
    development: str
    stage: str
    substep: str
    modality: Modality
    day: date | None
    dated: bool
    precision: str = ""
    votes: tuple[int | None, int | None] = (None, None)  # for and against, where the report counts them
    published: date | None = None  # of a report: when it came out

    @property
    def step(self) -> bool:
        return self.development in STEPS

    @property
    def blurred(self) -> bool:
        """A report whose step was not believed."""
        return not self.stage and not self.development

    @property
    def done(self) -> bool:
        return self.modality in (Modality.DONE, Modality.REPORTED)

    @property
    def firm(self) -> bool:
        """A step told as taken: nothing but the same step may share its story."""
        return self.step and self.done


def act_of(item: Item) -> Act:
    """The main claim of an item; one without claims stands for itself."""
    published = item.entry.published
    if item.claims:
        return act_of_claim(item.claims[0], published.date() if published else None, item.states)
    return Act(
        frozenset(item.states),
        item.development or "other",
        "",
        "",
        item.modality or Modality.DONE,
        published.date() if published else None,
        dated=False,
        published=published.date() if published else None,
    )


def act_of_claim(claim: Claim, published: date | None, states: tuple[str, ...] = ()) -> Act:
    exact = claim.event_date is not None and claim.date_precision in ("", "day")
    day = claim.event_date if exact else published or claim.event_date
    precision = "day" if exact else "published" if published else claim.date_precision
    return Act(
        frozenset(claim.states or states),
        claim.development,
        claim.stage,
        claim.substep,
        claim.modality,
        day,
        exact,
        precision,
        votes_of(claim.figures),
        published,
    )


def votes_of(figures: Iterable[Figure]) -> tuple[int | None, int | None]:
    """The first exact counts for and against."""
    found: dict[str, int] = {}
    for figure in figures:
        if figure.op == "=":
            found.setdefault(figure.key, figure.value)
    return found.get("votes_for"), found.get("votes_against")


def act_of_development(development: Development) -> Act:
    exact = development.date_precision in ("", "day") and development.event_date is not None
    return Act(
        frozenset(development.states),
        development.development,
        development.stage,
        development.substep,
        development.modality,
        development.event_date,
        exact,
        development.date_precision,
        votes_of(development.figures),
    )


def same_act(a: Act, b: Act) -> bool:
    """One act of one state, or one joint act of which a report may name a part."""
    if not (a.states <= b.states or b.states <= a.states) or not (a.states and b.states):
        return False
    if not (same_stage(a.stage, b.stage) or (not a.stage and a.development == b.development)):
        return frozenset((a.stage, b.stage)) in _MIXED and a.states == b.states and near(a.day, b.day, 1)
    if not same_part(a.substep, b.substep) or other_body(a.votes, b.votes):
        return False
    both = a.dated and b.dated
    if not both and a.published and near(a.published, b.published, DATED_APART) and b.published:
        return True  # out on one day: the one names the day of the act, the other does not
    if a.states != b.states:
        return near(a.day, b.day, DATED_APART if both else PUBLISHED_APART)
    return near(a.day, b.day, apart(a.stage, both))


def apart(stage: str, dated: bool) -> int:
    """How many days two reports of one step may differ."""
    return _APART.get(stage, DATED_APART) if dated else PUBLISHED_APART


def other_body(a: tuple[int | None, int | None], b: tuple[int | None, int | None]) -> bool:
    """Counts so far apart that they are of two chambers, or of a committee and the house: neither number
    agrees, and one vote was much smaller."""
    if a[0] is None or b[0] is None or a[0] == b[0] or (a[1] is not None and a[1] == b[1]):
        return False
    both = a[1] is not None and b[1] is not None
    first, second = (a[0] + (a[1] or 0), b[0] + (b[1] or 0)) if both else (a[0], b[0])
    return min(first, second) < OTHER_BODY * max(first, second)


def same_step(act: Act, development: Development) -> bool:
    """The development that a report tells again. One without a date is about the step that is known."""
    if not development.stage or development.standing is Standing.RETRACTED:
        return False
    if development.standing is Standing.DUE and (
        act.states != set(development.states) or not _has_come(act, development)
    ):
        return False  # the calendar's joint term: one state's news confirms that state alone, on its day
    if development.standing is Standing.DENIED and not near(act.day, development.event_date, DATED_APART):
        return False  # what was denied then may be done now
    if (development.standing is Standing.PLANNED) != (act.modality is Modality.PLANNED):
        return False
    known = act_of_development(development)
    if same_act(act, known):
        return True
    if outdone(act, known.day, known.dated) and development.sources <= 1:
        return False
    once = act.stage in LEGAL and not act.dated
    if act.states != known.states and not once and not near(act.day, known.day, PUBLISHED_APART):
        return False  # after a joint act each state takes its own; notice, effect and deposit come once
    if act.stage not in LEGAL and not near(act.day, known.day, _AGAIN.get(canonical(act.stage), AGAIN)):
        return False
    told = act.states <= known.states and same_stage(act.stage, known.stage)
    if other_body(act.votes, known.votes):
        return False
    if act.stage in LEGAL and act.day is not None and known.day is not None and act.day <= known.day:
        return told and same_part(act.substep, known.substep)  # it happens once: another account of its day
    return told and same_part(act.substep, known.substep) and not act.dated and _after(act, known)


def outdone(act: Act, day: date | None, dated: bool) -> bool:
    """A binding step with its day, after an account of it that had none: that one was too early."""
    if act.stage not in LEGAL or not act.dated or dated or act.day is None or day is None:
        return False
    return act.day > day + timedelta(days=PUBLISHED_APART)


def _has_come(act: Act, term: Development) -> bool:
    day = term.event_date
    return act.day is None or day is None or act.day >= day - timedelta(days=DATED_APART)


def _after(act: Act, known: Act) -> bool:
    """Not told before it could have happened."""
    return act.day is None or known.day is None or act.day >= known.day - timedelta(days=4)


def path_of(stage: str, lifecycle: Lifecycle | None = None) -> str:
    """leave, join, suspend or other."""
    known = lifecycle.stages.get(stage) if lifecycle else None
    if known:
        return known.path
    return _PATHS.get(stage[:1], "other") if stage[1:2].isdigit() else "other"


def rank_of(stage: str, lifecycle: Lifecycle | None = None) -> int:
    """The order of a step within its path."""
    known = lifecycle.stages.get(stage) if lifecycle else None
    if known:
        return known.rank
    return int(stage[1]) if stage[1:2].isdigit() else 0


def same_stage(a: str, b: str) -> bool:
    """Equal, or one step under the names of two paths."""
    return a == b or canonical(a) == canonical(b)


def canonical(stage: str) -> str:
    """One name for the steps that go under the names of two paths."""
    return _TWINS.get(stage, stage)


def same_part(a: str, b: str) -> bool:
    """Sub-steps that may be one: equal, or one report did not say (which is the final vote)."""
    final = {"", "final_vote"}
    return a == b or (a in final and b in final)


def near(a: date | None, b: date | None, days: int) -> bool:
    """Within `days`, or not known on one side."""
    return a is None or b is None or abs(a - b) <= timedelta(days=days)
