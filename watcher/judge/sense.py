"""Whether a reported step is old, or cannot have been taken yet, by what the ledger holds. Pure.

The transition rules of the lifecycle: stages move forward; an earlier one after a later one is background
unless its date is new; leaving takes effect six months after the notice and not before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from watcher.judge.acts import (
    LEGAL,
    STEPS,
    Act,
    apart,
    near,
    other_body,
    path_of,
    rank_of,
    same_part,
    same_stage,
    votes_of,
)
from watcher.judge.clock import NOTICE_MONTHS, months_after
from watcher.judge.ledger import Ledger
from watcher.model import Claim, Item, Modality, Standing, Standpoint, Step
from watcher.topic import Lifecycle, Topic

_UNTAKEN = (Standing.PLANNED, Standing.DENIED, Standing.RETRACTED, Standing.DUE)
SLACK = timedelta(days=1)  # two outlets, two sides of midnight
SLACK_PUBLISHED = timedelta(days=4)  # when only the day of publication is known
LATE_EFFECT = 30  # days around the day that was computed
FRESH = timedelta(days=30)  # how long a report of an entry into force may be the first
VAGUE = timedelta(days=62)  # a step whose month alone is known


def believable(item: Item, ledger: Ledger, lifecycle: Lifecycle) -> Item:
    """The item without states that cannot take part: one that never joined leaves nothing, and a party
    does not join. When that would leave no state, all stay: then the report contradicts the ledger. An
    effect is that of the path which the state is on: what enters into force for a newcomer is no exit."""
    published = item.entry.published.date() if item.entry.published else None
    claims = tuple(
        _with_own_day(
            replace(
                c,
                states=_taking_part(c, ledger, lifecycle),
                stage=_stage_of_path(c, ledger, published),
            ),
            ledger,
            lifecycle,
            published,
        )
        for c in item.claims
    )
    return replace(item, claims=claims) if claims != item.claims else item


def _with_own_day(claim: Claim, ledger: Ledger, lifecycle: Lifecycle, published: date | None) -> Claim:
    """Without a day that is an earlier step's: of the vote, in a report of the signature a week later."""
    day = claim.event_date
    if day is None or published is None or published - day <= SLACK_PUBLISHED:
        return claim
    if claim.stage in _EFFECTS and any(_before_its_term(day, published, ledger.of(s)) for s in claim.states):
        return replace(claim, event_date=None, date_precision="")
    path, rank = path_of(claim.stage, lifecycle), rank_of(claim.stage, lifecycle)
    earlier = (
        near(day, step.date, SLACK.days)
        for state in claim.states
        for step in ledger.of(state).steps
        if step.date is not None
        and step.standing not in _UNTAKEN
        and path_of(step.stage, lifecycle) == path != "other"
        and rank_of(step.stage, lifecycle) < rank
    )
    return replace(claim, event_date=None, date_precision="") if any(earlier) else claim


_EFFECTS = {"W7_EFFECTIVE": ("J4_DEPOSITED", "J5_IN_FORCE"), "J5_IN_FORCE": ("W6_NOTIFIED", "W7_EFFECTIVE")}


def _before_its_term(day: date, published: date, point: Standpoint) -> bool:
    due = point.effect_due
    return due is not None and day < due - SLACK <= published


def _stage_of_path(claim: Claim, ledger: Ledger, published: date | None) -> str:
    """The other effect, when that one is due for every state of the claim and this one for none."""
    due, other = _EFFECTS.get(claim.stage, ("", ""))
    if not due or not claim.states:
        return claim.stage
    day = claim.event_date or published
    for state in claim.states:
        point = ledger.of(state)
        if point.stage != due or not near(day, point.effect_due, LATE_EFFECT) or point.effect_due is None:
            return claim.stage
    return other


def _taking_part(claim: Claim, ledger: Ledger, lifecycle: Lifecycle) -> tuple[str, ...]:
    path, rank = path_of(claim.stage, lifecycle), rank_of(claim.stage, lifecycle)
    if path == "other" or rank < 2 or claim.development not in STEPS:
        return claim.states
    barred = ("NON_PARTY", "SIGNATORY") if path != "join" else ("PARTY",)
    left = tuple(s for s in claim.states if ledger.of(s).legal_status not in barred)
    return left or claim.states


def background(act: Act, point: Standpoint, topic: Topic, now: datetime) -> str:
    """Why the step is nothing new for this state; "" when it is."""
    taken = [s for s in point.steps if s.standing not in _UNTAKEN]
    for step in taken:
        if _is_step(act, step):
            return f"known: {step.stage} of {step.date or 'unknown date'} ({step.origin})"
    if act.done:
        later = _later(act, taken, topic.lifecycle)
        if later is not None:
            return f"earlier than {later.stage} of {later.date or 'unknown date'}, which is known"
    elif _overtaken(act, taken, topic.lifecycle):
        return "overtaken by what is known"
    return _long_a_party(act, point, topic, now)


def _is_step(act: Act, step: Step) -> bool:
    if not same_stage(act.stage, step.stage) or not same_part(act.substep, step.substep):
        return False
    if not act.done:
        return act.day is None or step.date is None or act.day <= step.date
    if act.day is None or step.date is None:
        return True
    if other_body(act.votes, votes_of(step.figures)):
        return False
    if act.stage in LEGAL and act.day <= step.date + SLACK_PUBLISHED:
        return True  # it happens once: an earlier day is another account of it
    if step.date_precision == "published":
        return abs(act.day - step.date) <= SLACK_PUBLISHED or (act.stage in LEGAL and not act.dated)
    if step.date_precision not in ("", "day"):
        return step.date - SLACK <= act.day <= step.date + VAGUE
    if act.dated:
        return near(act.day, step.date, apart(act.stage, dated=True))
    # No date in the report: it is about the step that is known, unless it is far too early for it.
    if step.origin == "development" and act.stage not in LEGAL:
        return abs(act.day - step.date) <= SLACK_PUBLISHED
    return act.day >= step.date - SLACK_PUBLISHED


def overtaken(act: Act, point: Standpoint, lifecycle: Lifecycle) -> bool:
    """A step that was never recorded, told after a later one: most likely the later one, misnamed."""
    taken = [s for s in point.steps if s.standing not in _UNTAKEN]
    if any(same_stage(act.stage, s.stage) for s in taken):
        return False
    return _later(act, taken, lifecycle) is not None


def steps_back(act: Act, point: Standpoint, lifecycle: Lifecycle) -> bool:
    """An earlier step than one that is confirmed, under a new date: a correction of the record at most."""
    path, rank = path_of(act.stage, lifecycle), rank_of(act.stage, lifecycle)
    return path != "other" and any(
        s.standing is Standing.CONFIRMED
        and path_of(s.stage, lifecycle) == path
        and rank_of(s.stage, lifecycle) > rank
        for s in point.steps
    )


def _later(act: Act, taken: list[Step], lifecycle: Lifecycle) -> Step | None:
    path, rank = path_of(act.stage, lifecycle), rank_of(act.stage, lifecycle)
    for step in taken:
        if (
            path_of(step.stage, lifecycle) != path
            or rank_of(step.stage, lifecycle) <= rank
            or path == "other"
        ):
            continue
        if not act.dated or act.day is None or step.date is None or act.day < step.date:
            return step
        # Two steps in one day (a vote, and the signature under it) are both news; three are not.
        if act.day == step.date and rank_of(step.stage, lifecycle) > rank + 1:
            return step
    return None


def _overtaken(act: Act, taken: list[Step], lifecycle: Lifecycle) -> bool:
    path, rank = path_of(act.stage, lifecycle), rank_of(act.stage, lifecycle)
    return path != "other" and any(
        path_of(s.stage, lifecycle) == path and rank_of(s.stage, lifecycle) >= rank > 0 for s in taken
    )


def _long_a_party(act: Act, point: Standpoint, topic: Topic, now: datetime) -> str:
    """A tale of joining, of a state that is a party. What was recorded later than `now` is not known."""
    if (
        not act.stage.startswith("J")
        or point.legal_status != "PARTY"
        or now.date() < topic.baseline.published
    ):
        return ""
    if any(s.stage.startswith("J") for s in point.steps):
        return ""
    state = topic.states.get(point.state)
    since = state.since if state and state.legal_status == "PARTY" else None
    if since is not None and since > now.date() - FRESH:
        return ""
    return f"a party since {since}" if since else "a party already"


def impossible(act: Act, point: Standpoint, lifecycle: Lifecycle) -> str:
    """Why the step cannot have been taken; "" when it can. Planned and denied steps are always possible."""
    if act.modality not in (Modality.DONE, Modality.REPORTED):
        return ""
    if act.stage == "W7_EFFECTIVE":
        return _too_early(act.day, point)
    if act.stage == "J5_IN_FORCE" and point.effect_due and act.day and act.day < point.effect_due:
        return f"{point.state}: reported in force, but by Article 17 not before {point.effect_due}"
    notice = path_of(act.stage, lifecycle) == "leave" and rank_of(act.stage, lifecycle) >= 6
    if notice and point.legal_status == "NON_PARTY":
        return f"{point.state}: reported as leaving, but never joined"
    return ""


def _too_early(day: date | None, point: Standpoint) -> str:
    if point.legal_status in ("NON_PARTY", "SIGNATORY"):
        return f"{point.state}: reported as having left, but was no party"
    if point.conflict and point.legal_status in ("PARTY_LEAVING", "PARTY_CONTESTED"):
        return (
            f"{point.state}: reported as having left, but not before the armed conflict ends (Article 20(3))"
        )
    if any(s.stage == "W7_EFFECTIVE" and s.standing not in _UNTAKEN for s in point.steps):
        return ""
    if point.effect_due is None:
        # The notice may have been missed: six months after the last known step it is possible.
        if day is not None and point.since is not None and day >= months_after(point.since, NOTICE_MONTHS):
            return ""
        known = f"the ledger has {point.stage}" if point.stage else "no step towards it is known"
        return f"{point.state}: reported as having left, but {known}"
    notice = next((s for s in reversed(point.steps) if s.stage == "W6_NOTIFIED"), None)
    slack = SLACK if notice is None or notice.date_precision in ("", "day") else SLACK_PUBLISHED
    if day is not None and day < point.effect_due - slack:
        return f"{point.state}: reported as having left, but not before {point.effect_due}"
    return ""
