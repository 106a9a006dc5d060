"""One entry judged on its own: relevant or not, whose, what, how sure, and why. Pure; stores nothing."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.judge.classify import classify, language_of, sift
from watcher.judge.extract import extract
from watcher.model import Band, Claim, Entry, Figure, Modality, Reason
from watcher.topic import Topic


@dataclass(frozen=True, slots=True)
class Assessment:
    """`development`, `modality` and what follows are empty for an entry that is not relevant."""

    band: Band
    score: float
    language: str | None
    countries: tuple[str, ...]
    development: str | None
    modality: Modality | None
    reasons: tuple[Reason, ...]
    claims: tuple[Claim, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def relevant(self) -> bool:
        return self.band is Band.RELEVANT


def assess(entry: Entry, topic: Topic) -> Assessment:
    """What `watcher assess` prints and the pipeline stores of an entry."""
    sifted = sift(entry, topic)
    language = language_of(entry) if sifted else None
    verdict = classify(entry, topic, language, sifted)
    if not verdict.relevant:
        spoken = language or entry.language
        return Assessment(verdict.band, verdict.score, spoken, (), None, None, verdict.reasons)
    found = extract(entry, verdict, topic, language)
    return Assessment(
        verdict.band,
        verdict.score,
        language,
        found.states,
        found.development,
        found.modality,
        verdict.reasons,
        found.claims,
        found.figures,
    )
