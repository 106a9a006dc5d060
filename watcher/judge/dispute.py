"""What another report of a known step adds to it: a figure, a day, or another account of them. Pure.

Two reports contradict each other only when both are firm: main claims of independent sources, about one
sub-step, with exact numbers or stated days. A wire copy a day later, a round number, the other chamber's
count or an outlet that corrects itself is no contradiction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from watcher.judge.acts import DATED_APART, Act
from watcher.judge.copies import source_of
from watcher.judge.words import figure_words
from watcher.model import Development, Figure, Item

COUNTS = ("votes_for", "votes_against", "abstained", "absent")
TOLLS = ("casualties", "killed", "injured")
DISPUTED = (*COUNTS, *TOLLS, "parties")
ROUND_SHARE = 0.1  # how far a round number may lie from the exact one that it stands for


@dataclass(frozen=True, slots=True)
class Addition:
    """`figures` to keep beside the known ones; `news` in words; `clashes` that are developments of their own."""

    figures: tuple[Figure, ...] = ()
    news: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()


def addition(
    known: Development, act: Act, figures: Iterable[Figure], item: Item, voices: Collection[str], main: bool
) -> Addition:
    """`voices` are the sources that spoke before. What is told in passing adds nothing."""
    if not main:
        return Addition()
    fresh = _unknown(figures, known.figures)
    clashes: tuple[str, ...] = ()
    if item.copy_of is None and act.done and source_of(item) not in voices:
        clashes = (*_counts(known.figures, fresh), *_days(known, act))
    return Addition(fresh, _news(known, fresh) if item.copy_of is None else (), clashes)


def _unknown(figures: Iterable[Figure], known: Iterable[Figure]) -> tuple[Figure, ...]:
    have = {(f.key, f.period, f.value) for f in known}
    return tuple(f for f in figures if (f.key, f.period, f.value) not in have)


def _counts(known: Iterable[Figure], told: Iterable[Figure]) -> tuple[str, ...]:
    """Counts of the same thing that differ, side by side: `66 votes for against 68 votes for`."""
    clashes = []
    for new in told:
        old = _same_thing(known, new)
        if old and new.key in DISPUTED and not any(_one_number(f.value, new.value) for f in old):
            if new.key in TOLLS and not new.period:
                continue  # the toll of one day rises: that is no dispute
            clashes.append(f"{figure_words(old[0])} against {figure_words(new)}")
    return tuple(clashes)


def _same_thing(known: Iterable[Figure], new: Figure) -> list[Figure]:
    if new.op != "=":
        return []
    return [f for f in known if (f.key, f.period, f.op) == (new.key, new.period, "=")]


def _one_number(a: int, b: int) -> bool:
    """Equal, or one is the other rounded: 160 for 157, 6,300 for 6,279."""
    return a == b or _rounds(a, b) or _rounds(b, a)


def _rounds(value: int, exact: int) -> bool:
    unit = 100 if value >= 1000 else 10 if value >= 100 else 50
    return value >= 50 and value % unit == 0 and abs(value - exact) <= ROUND_SHARE * exact


def _days(known: Development, act: Act) -> tuple[str, ...]:
    """Two stated days of one step, more than midnight and a time zone apart."""
    exact = known.event_date is not None and known.date_precision in ("", "day")
    if not (exact and act.dated and act.day and known.event_date) or not act.step:
        return ()
    if abs(act.day - known.event_date) <= timedelta(days=DATED_APART):
        return ()
    return (f"{known.event_date} against {act.day}",)


def _news(known: Development, fresh: tuple[Figure, ...]) -> tuple[str, ...]:
    """A count where there was none; a toll that has risen."""
    words = []
    for figure in fresh:
        old = [f for f in known.figures if (f.key, f.period) == (figure.key, figure.period)]
        if figure.op != "=":
            continue
        if figure.key == "votes_for" and not old:
            words.append(figure_words(figure))
        elif figure.key in TOLLS and old and not figure.period:
            most = max(f.value for f in old)
            if figure.value > most and not _one_number(figure.value, most):
                words.append(f"{figure_words(figure)}, up from {most:,}")
    return tuple(words)
