"""One sentence for each alert: who, what, how far, how sure. Pure; the words are in `sentences.j2`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from watcher.model import Alert, AlertKind, Development, Figure, Modality, Standing, Tier
from watcher.notify.wording import Words, date_words

_VOTES = frozenset({"votes_for", "votes_against", "abstained", "absent"})
_VICTIMS = frozenset({"casualties", "killed", "injured"})
_MINES = frozenset({"stockpile", "mines_destroyed"})
_FIGURES_OF = {
    "W": _VOTES,
    "S": _VOTES,
    "J": _VOTES | {"parties"},
    "N_CASUALTIES": _VICTIMS,
    "N_REPORT": _VICTIMS,
    "N_USE": _VICTIMS,
    "N_STOCKPILE": _MINES,
    "N_RETAINED": _MINES,
    "N_PRODUCTION": _MINES,
    "N_TRANSFER": _MINES,
    "N_MEETING": _VOTES | {"parties"},
}
_ALL_NAMED = 5  # so many states are all named; of more, the first three


def sentence(alert: Alert, names: Mapping[str, str], today: date, words: Words) -> str:
    """The headline of `alert`. Alerts without a development carry their own title."""
    development = alert.development
    if development is None:
        return words.say("{{ title }}", title=alert.title or alert.text or alert.key)
    act = _act(development, alert.kind, today, words)
    shown = figures(_apt(development), words, both=alert.kind is AlertKind.CONTRADICTION)
    return words.phrase(
        "headlines",
        alert.kind.value if alert.kind.value in words.table("headlines") else "new",
        who=who(development.states, names, words, _nobody(development)),
        act=f"{act} ({shown})" if shown else act,
        doubt=_doubt(development, alert.kind, words),
    )


def who(states: Sequence[str], names: Mapping[str, str], words: Words, stage: str = "") -> str:
    """The states by name, in their order: "Estonia, Latvia and Lithuania"."""
    known = list(dict.fromkeys(names.get(state, state) for state in states))
    if not known:
        nobody = words.table("nobody")
        return str(nobody.get(stage, nobody[""]))
    if len(known) == 1:
        return known[0]
    if len(known) > _ALL_NAMED:
        return words.phrase("listing", "more", first=", ".join(known[:3]), count=len(known) - 3)
    form = "two" if len(known) == 2 else "many"
    return words.phrase("listing", form, first=", ".join(known[:-1]), last=known[-1])


def stage_of(development: Development) -> str:
    """The stage. A contradiction has none of its own, but its key names the one that it is about."""
    if development.stage:
        return development.stage
    parts = development.key.split("|")
    return parts[1] if len(parts) > 1 else ""


def form_of(development: Development, kind: AlertKind, today: date) -> str:
    """Which form of the act is told: done, planned, reported, denied, due, overdue."""
    by_calendar = development.standing is Standing.DUE or (
        kind is AlertKind.CLOCK and development.standing not in (Standing.CONFIRMED, Standing.DENIED)
    )
    if by_calendar and development.event_date is not None:
        return "due" if development.event_date >= today else "overdue"
    taken_back = kind is AlertKind.RETRACTION and development.modality is not Modality.DENIED
    if taken_back:  # what was said is named as it was said, and "this did not hold" comes after it
        return development.modality.value
    if development.standing is Standing.DENIED or development.modality is Modality.DENIED:
        return "denied"
    return development.modality.value


def when(moment: date, today: date, words: Words, table: str = "distances", what: str = "") -> str:
    """How far a day is from today: "today", "in 30 days (…)", "on …"."""
    days = (moment - today).days
    form = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days, "ahead" if days > 0 else "past")
    return words.phrase(table, form, days=abs(days), date=date_words(words, moment), what=what)


def _act(development: Development, kind: AlertKind, today: date, words: Words) -> str:
    form = form_of(development, kind, today)
    acts = words.table("acts")
    stage = stage_of(development)
    keys = (f"{stage}.{_substep(development)}", stage, development.development, "other")
    known = [acts[key] for key in keys if key in acts]
    distance = when(development.event_date, today, words) if development.event_date else ""
    facts = {"when": distance, "what": development.next_what}
    pattern = next((forms[form] for forms in known[:1] if form in forms), None)
    if pattern is None and form in ("due", "overdue"):
        pattern = next((forms[form] for forms in known if form in forms), None)
    if pattern is not None:
        return words.say(pattern, **facts)
    done = words.say(known[0]["done"], **facts)
    return words.phrase("unsure", form, done=done, **facts)


def _substep(development: Development) -> str:
    """The sub-step; "held" for an exit that an armed conflict keeps from taking effect (Art. 20(3))."""
    if not development.substep and stage_of(development) == "W7_EFFECTIVE":
        return "held" if "armed conflict" in development.next_what else ""
    return development.substep


def _nobody(development: Development) -> str:
    """Whose act it is when no state is named: a deadline without a state is every party's."""
    return "due" if development.standing is Standing.DUE else stage_of(development)


def _doubt(development: Development, kind: AlertKind, words: Words) -> str:
    """What the reader must not take for granted, in a few words after the act."""
    doubts = words.table("doubts")
    form = development.modality
    if development.standing is Standing.DUE:
        settles = stage_of(development) in words.table("register_stages") and _substep(development) != "held"
        return str(doubts["due"]) if settles else ""
    if development.standing is Standing.RETRACTED:
        return str(doubts["retracted"])
    if development.standing is not Standing.REPORTED or form in (Modality.PLANNED, Modality.DENIED):
        return ""
    if stage_of(development) in words.table("register_stages") and development.tier < Tier.DEPOSITARY:
        return str(doubts["register"])
    return str(doubts["single"]) if development.sources <= 1 and development.tier <= Tier.MEDIA else ""


def _apt(development: Development) -> tuple[Figure, ...]:
    """The figures that belong to the act: a report of a vote may also count the victims of mines."""
    stage = stage_of(development)
    for beginning, keys in _FIGURES_OF.items():
        if stage.startswith(beginning):
            return tuple(figure for figure in development.figures if figure.key in keys)
    return development.figures


def figures(found: Sequence[Figure], words: Words, *, both: bool = False) -> str:
    """The numbers worth a headline: "157 to 18, 3 abstaining". "" when there are none.

    Of conflicting values the first is told, or with `both` all: "214 or 241 to 63".
    """
    by_key: dict[str, list[Figure]] = {}
    for figure in found:
        known = by_key.setdefault(figure.key, [])
        if not known or (both and _number([figure], words) not in [_number([k], words) for k in known]):
            known.append(figure)
    parts = []
    yes, no = by_key.get("votes_for"), by_key.get("votes_against")
    if yes and no:
        parts.append(words.say(words.table("votes"), yes=_number(yes, words), no=_number(no, words)))
    elif yes:
        parts.append(words.say(words.table("votes_for"), yes=_number(yes, words)))
    for key, pattern in words.table("figures").items():
        told = by_key.get(key)
        if told and (told[0].value or key != "abstained"):
            shown = words.say(pattern, value=_number(told, words))
            if told[0].period:
                shown = words.say(words.table("period"), figure=shown, period=told[0].period)
            parts.append(shown)
    return ", ".join(parts[:3])


def _number(found: Sequence[Figure], words: Words) -> str:
    values = [f"{words.table('figure_ops').get(figure.op, '')}{figure.value:,}" for figure in found]
    return (
        words.phrase("listing", "either", first=", ".join(values[:-1]), last=values[-1])
        if values[1:]
        else values[0]
    )
