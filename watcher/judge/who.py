"""Which states a text names, and whose act or position it reports. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from watcher.judge.fold import passage
from watcher.judge.match import Patterns
from watcher.model import Claim, Entry
from watcher.topic import Topic


@dataclass(frozen=True, slots=True)
class Mention:
    """One naming of one state; offsets are in the folded text. A group ("the Baltic states") gives one
    mention of each member with the same span. `role`: actor, or background (a threat, a theatre, a
    neighbour, an earlier example)."""

    state: str
    start: int
    end: int
    role: str = "actor"


@lru_cache(maxsize=128)
def state_patterns(topic: Topic, language: str | None) -> Patterns:
    """The names of every state in one language, with the names that hold in all."""
    return Patterns(
        (
            (state.code, pattern)
            for state in topic.states.values()
            for key in ("*", language or "en")
            for pattern in state.names.get(key, ())
        ),
        closed=True,
    )


def mentions(folded: str, topic: Topic, language: str | None = None) -> tuple[Mention, ...]:
    """Every state named in folded text, in the order of the text."""
    return tuple(
        Mention(code, start, end)
        for start, end, codes in state_patterns(topic, language).longest(folded)
        for code in codes
    )


def states_of(entry: Entry, claims: tuple[Claim, ...], topic: Topic, language: str | None) -> tuple[str, ...]:
    """The states whose act or position is reported, not every state that is mentioned."""
    for sentence in passage(entry):
        named = mentions(sentence.folded, topic, language)
        if named:
            return tuple(dict.fromkeys(m.state for m in named))
    return ()
