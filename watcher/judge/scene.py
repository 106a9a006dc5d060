"""A clause in its sentence as the rules ask about it, and the signal that a rule gives. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from watcher.judge.clauses import Clause, Spoken
from watcher.judge.cues import Hits
from watcher.model import Modality

# Verbs that do not change with tense: a word of the future right before them is all that shows it.
_UNINFLECTED = frozenset({"zh", "th", "vi", "km", "ja", "ko"})
# Languages in which the word of the future may follow what it is about.
_LATE = frozenset({"tr", "az", "ja", "ko", "de", "nl", "hu", "fi", "ka", "hy", "fa"})


class Day(Enum):
    """When the dates of a clause lie, seen from the day of publication."""

    UNKNOWN = "unknown"
    TODAY = "today"
    WEEKDAY = "weekday"  # a weekday that is not today: past or coming
    AHEAD = "ahead"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Signal:
    """`pending`: a later step told as one to come, which is no news of this item unless its title says so.
    `bare`: no step is told at all, only that a state leaves."""

    development: str
    stage: str
    modality: Modality
    weight: float
    substep: str = ""
    pending: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """`headline` is what the title holds. `ballot`: a count of votes stands in the sentence; `carried`: more
    for than against. `outsider`: a state that never joined is named in it. `day`: when, against
    publication. `subjects`: the states that the report is about."""

    clause: Clause
    sentence: Spoken
    language: str | None
    headline: Hits
    ballot: bool
    carried: bool
    outsider: bool
    day: Day
    published: date | None = None
    subjects: frozenset[str] = frozenset()

    def __contains__(self, concept: str) -> bool:
        return concept in self.clause.hits

    @property
    def verb_last(self) -> bool:
        """Whether the verb may follow all that depends on it."""
        return self.language in _LATE

    @property
    def distant(self) -> bool:
        """Whether a weekday of the clause is, read backwards, neither today nor yesterday."""
        return self.published is not None and any(
            d.weekday and abs((self.published - d.day).days) > 1 for d in self.clause.dates
        )

    @property
    def title(self) -> bool:
        return self.sentence.title

    def told(self, *concepts: str) -> bool:
        """Whether any of them stands in the sentence."""
        return any(concept in self.sentence.hits for concept in concepts)

    def near(self, concept: str) -> float:
        """1 in the clause, a little less elsewhere in its sentence, else 0."""
        return 1.0 if concept in self.clause.hits else 0.8 if concept in self.sentence.hits else 0.0

    def clear_of(self, concept: str, other: str) -> bool:
        """Whether `concept` stands where no `other` overlaps it."""
        over = self.clause.hits.get(other, ())
        return any(
            not any(a < end and start < b for a, b in over)
            for start, end in self.clause.hits.get(concept, ())
        )

    def overlaps(self, concept: str, other: str) -> bool:
        """Whether a hit of the one lies over a hit of the other."""
        over = self.clause.hits.get(other, ())
        return any(a < end and start < b for start, end in self.clause.hits.get(concept, ()) for a, b in over)

    def before(self, concept: str, other: str) -> bool:
        """Whether the clause has `concept`, and no earlier `other`."""
        first, second = self.clause.first(concept), self.clause.first(other)
        return first is not None and (second is None or first[0] <= second[0])

    def planned(self, concept: str, reach: int = 60) -> bool:
        """Whether a word of the future goes before `concept` in the clause, or stands anywhere in it where
        verbs come last."""
        first = self.clause.first(concept)
        if first is None:
            return False
        ahead = self.clause.hits.get("planned", ())
        if concept == "notify":  # the present tense of leaving is no word of the future beside a notice
            leaving = self.clause.hits.get("leave", ())
            ahead = [p for p in ahead if not any(a <= p[0] < b for a, b in leaving)]
        reaches = (start <= first[0] < end + reach for start, end in ahead)
        late = self.language in _LATE and bool(ahead)
        return late or any(reaches) or self.clause.opener == "unless"

    def follows(self, concept: str, other: str, reach: int) -> bool:
        """Whether `other` begins within `concept` or right after it: `no longer will be`."""
        return any(
            start <= a < end + reach
            for start, end in self.clause.hits.get(concept, ())
            for a, _ in self.clause.hits.get(other, ())
        )

    def will(self, concept: str) -> bool:
        """For verbs without tense: a word of the future right before."""
        if self.language not in _UNINFLECTED:
            return False
        first = self.clause.first(concept)
        return first is not None and any(
            0 <= first[0] - start <= 9 for start, _ in self.clause.hits.get("planned", ())
        )

    @property
    def outside_voice(self) -> bool:
        """Whether a body that decides nothing speaks: an organisation, a campaign, the UN in a headline."""
        if "ngo" in self.sentence:
            return True
        un = self.sentence.hits.get("un", ())
        return self.title and any(start < 12 for start, _ in un) and "notify" not in self.sentence


def pending(scene: Scene, development: str, stage: str, weight: float, substep: str = "") -> Signal:
    """A step that is still to come: news only where the title tells of it."""
    return Signal(development, stage, Modality.PLANNED, weight, substep, pending=not scene.title)
