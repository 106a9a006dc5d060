"""How much of its weight a clause keeps, and when it lies: the past, other states, other treaties. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from watcher.judge.clauses import Clause, Spoken
from watcher.judge.scene import Day

_OLD = timedelta(days=8)


def day_of(clause: Clause, published: date | None) -> Day:
    """When the dates of a clause lie, seen from publication."""
    days = [d for d in clause.dates if d.precision == "day"]
    if published is None:
        return Day.UNKNOWN
    if any(d.day > published for d in clause.dates):
        return Day.AHEAD
    if not days:
        return Day.UNKNOWN
    if any(d.day == published for d in days):
        return Day.TODAY
    return Day.WEEKDAY if any(d.weekday for d in days) else Day.PAST


def share(clause: Clause, sentence: Spoken, subjects: frozenset[str], published: date | None) -> float:
    """How much of its weight a clause keeps: less for the past, for other states, and in passing."""
    kept = 1.0
    if _of_another_treaty(clause, sentence):
        return 0.1
    if sentence.title:
        return 0.7 if clause.opener == "after" else 1.0
    if _is_old(clause, sentence, published):
        kept *= 0.3
    elif _gives_the_step(clause, sentence):
        kept *= 0.9
    else:
        kept *= (0.3 if in_the_past(clause) else 1.0) * (0.6 if clause.opener == "after" else 1.0)
    if clause.outright and subjects and subjects.isdisjoint(clause.outright):
        kept *= 0.4
    elif sentence.outright and subjects.isdisjoint(sentence.outright):
        kept *= 0.75
    return kept


def _gives_the_step(clause: Clause, sentence: Spoken) -> bool:
    """`Latvia became the first to quit after the Saeima approved the exit`: what precedes tells no step."""
    before = [c for c in sentence.clauses if c.start < clause.start]
    return (
        clause.opener == "after"
        and clause.all("parliament", "vote")
        and any("leave" in c for c in before)
        and not any(c.any("decide", "sign", "notify", "effect", "vote", "recommend") for c in before)
    )


def _of_another_treaty(clause: Clause, sentence: Spoken) -> bool:
    """Whether what the clause tells is told of cluster munitions: named in it, and ours is not."""
    if "other_treaty" in clause:
        return "ours" not in clause
    return "other_treaty" in sentence and "ours" not in sentence


def in_the_past(clause: Clause) -> bool:
    """Whether a word of the past stands in it, other than the `already` of `already no longer a party`."""
    effects = clause.hits.get("effect", ())
    return any(not any(a <= start < b for a, b in effects) for start, _ in clause.hits.get("background", ()))


def _is_old(clause: Clause, sentence: Spoken, published: date | None) -> bool:
    if published is None:
        return False
    if clause.dates:
        return all(d.day < published - (_OLD if d.precision == "day" else 5 * _OLD) for d in clause.dates)
    aside = [c for c in sentence.clauses if c.opener and c is not clause]
    folded = sentence.sentence.folded
    if any(str(year) in folded[c.start : c.end] for year in sentence.years for c in aside):
        return False  # "the treaty that it joined in 2012"
    return bool(sentence.years) and all(year < published.year - 1 for year in sentence.years)
