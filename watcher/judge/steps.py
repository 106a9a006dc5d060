"""What one clause says happened: a step, how far, how sure. Pure.

Each rule reads the cues of a clause in the light of its sentence and gives signals: a development with a
weight. None decides; `extract` adds them up over the item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watcher.judge.clauses import Clause, Spoken
from watcher.model import Figure, Modality

DONE, PLANNED, REPORTED, DENIED = Modality.DONE, Modality.PLANNED, Modality.REPORTED, Modality.DENIED
# Verbs that do not change with tense: a word of the future beside them is all that shows it.
_UNINFLECTED = frozenset({"zh", "th", "vi", "km", "ja", "ko"})
_TREATY = ("leave", "join", "suspend", "bill", "law", "ban")


@dataclass(frozen=True, slots=True)
class Signal:
    """`pending`: a later step told as one to come, which is no news of this item unless its title says so."""

    development: str
    stage: str
    modality: Modality
    weight: float
    substep: str = ""
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A clause in its sentence. `ballot`: a count of votes stands in the sentence. `outsider`: a state
    that never joined is named in it."""

    clause: Clause
    sentence: Spoken
    language: str | None
    ballot: bool
    outsider: bool
    figures: tuple[Figure, ...]

    def __contains__(self, concept: str) -> bool:
        return concept in self.clause.hits

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

    def planned(self, concept: str, reach: int = 60) -> bool:
        """Whether a word of the future goes before `concept` in the clause, or anywhere in it where verbs
        come last."""
        first = self.clause.first(concept)
        if first is None:
            return False
        for start, end in self.clause.hits.get("planned", ()):
            if self.language in _LATE and start < first[0] + reach:
                return True
            if start <= first[0] < end + reach:
                return True
        return self.clause.opener == "unless"

    def will(self, concept: str) -> bool:
        """For verbs without tense: a word of the future right before."""
        if self.language not in _UNINFLECTED:
            return False
        first = self.clause.first(concept)
        return first is not None and any(
            0 <= first[0] - start <= 9 for start, _ in self.clause.hits.get("planned", ())
        )


_LATE = frozenset({"tr", "az", "ja", "ko", "de", "nl", "hu", "fi", "ka", "hy", "fa"})


def signals(scene: Scene) -> Iterator[Signal]:
    """Every signal of the clause."""
    yield from _parliament(scene)
    yield from _head_of_state(scene)
    yield from _notice(scene)
    yield from _effect(scene)
    yield from _government(scene)
    yield from _before(scene)
    yield from _staying(scene)
    yield from _paths(scene)
    yield from _mines(scene)
    yield from _words(scene)


def _pending(scene: Scene, development: str, stage: str, weight: float, substep: str = "") -> Signal:
    return Signal(development, stage, PLANNED, weight, substep, pending=not scene.sentence.title)


# ── the steps ────────────────────────────────────────────────────────────────────────────────


def _parliament(scene: Scene) -> Iterator[Signal]:
    actor = max(scene.near("parliament"), 0.9 if scene.ballot else 0.0)
    if "parliament" not in scene and ("government" in scene or "head" in scene) and not scene.ballot:
        actor = 0.0
    if not actor:
        return
    about = 1.0 if scene.ballot or any(c in scene.sentence for c in _TREATY) else 0.7
    weight = 1.5 * actor * about
    if scene.clear_of("vote_next", "none") and not scene.ballot:
        yield _pending(scene, "parliament_vote", "W4_PARLIAMENT", 1.4 * actor * about, "final_vote")
    voted = scene.clear_of("vote", "vote_next") and not scene.will("vote")
    if "fail" in scene and "parliament" in scene:
        yield Signal("reaffirmed", "W0_REJECTED", DONE, weight)
    elif "committee" in scene and not scene.ballot and "final_reading" not in scene.sentence:
        if voted or "recommend" in scene or "consider" in scene:
            yield Signal("considering", "W4_PARLIAMENT", DONE, weight, "committee")
    elif voted or scene.ballot:
        yield from _vote_held(scene, weight)
    elif "suspend" in scene and "parliament" in scene and not scene.planned("suspend"):
        yield from _vote_held(scene, weight * 0.8)


def _vote_held(scene: Scene, weight: float) -> Iterator[Signal]:
    if "first_reading" in scene.sentence and "final_reading" not in scene.sentence:
        yield Signal("considering", "W4_PARLIAMENT", DONE, weight, "first_reading")
        return
    second = "second_chamber" in scene and _only(scene, "second_chamber", "parliament")
    substep = "second_chamber" if second else "final_vote"
    yield Signal("parliament_vote", "W4_PARLIAMENT", DONE, weight + 0.4 * scene.ballot, substep)


def _only(scene: Scene, part: str, whole: str) -> bool:
    """Whether every hit of `whole` in the clause is one of `part`."""
    spans = scene.clause.hits.get(part, [])
    return all(any(a <= s < b for a, b in spans) for s, _ in scene.clause.hits.get(whole, ()))


def _head_of_state(scene: Scene) -> Iterator[Signal]:
    actor = scene.near("head")
    if not actor:
        return
    if "veto" in scene:
        yield Signal("signed_by_president", "W5_HEAD_OF_STATE", DENIED, 1.9 * actor)
        return
    if "sign_next" in scene:
        yield _pending(scene, "signed_by_president", "W5_HEAD_OF_STATE", 1.3 * actor)
    if not scene.clear_of("sign", "sign_next") or scene.will("sign"):
        return
    signs = scene.clear_of("sign", "vote")
    if not signs and ("parliament" in scene or "head" not in scene or "support" in scene):
        return
    decree = "decree" in scene.sentence and "law" not in scene
    if decree:
        yield Signal("government_decision", "W3_GOVERNMENT", DONE, 1.7 * actor)
    elif signs or "law" in scene.sentence or "leave" in scene:
        yield Signal("signed_by_president", "W5_HEAD_OF_STATE", DONE, (1.6 if signs else 1.1) * actor)


def _notice(scene: Scene) -> Iterator[Signal]:
    actor = scene.near("un")
    if not actor or "ngo" in scene and "un" not in scene:
        return
    if "denial" in scene and "notify" in scene:
        yield Signal("notified_un", "W6_NOTIFIED", DENIED, 1.7 * actor)
        return
    if "notify_next" in scene and not scene.clear_of("notify", "notify_next"):
        yield _pending(scene, "notified_un", "W6_NOTIFIED", 1.2 * actor)
        return
    if "notify" not in scene or "object" in scene.sentence:
        return
    if scene.planned("notify", 30) or scene.will("notify"):
        yield _pending(scene, "notified_un", "W6_NOTIFIED", 1.3 * actor)
        return
    stage, development = "W6_NOTIFIED", "notified_un"
    if "suspend" in scene.sentence:
        stage, development = "S3_NOTIFIED", "suspended"
    elif "join" in scene.sentence and "leave" not in scene.sentence:
        stage, development = "J4_DEPOSITED", "acceded_or_ratified"
    yield Signal(development, stage, DONE, 1.6 * actor)


def _effect(scene: Scene) -> Iterator[Signal]:
    if "effect_next" in scene and not scene.clear_of("effect", "effect_next"):
        yield _pending(scene, "in_effect", "W7_EFFECTIVE", 1.2)
        return
    if "effect" not in scene:
        return
    joined = "join" in scene.sentence and "leave" not in scene.sentence
    stage = "J5_IN_FORCE" if joined else "W7_EFFECTIVE"
    if scene.planned("effect", 30) or scene.will("effect"):
        yield _pending(scene, "in_effect", stage, 1.2)
    else:
        yield Signal("in_effect", stage, DONE, 1.4)


def _government(scene: Scene) -> Iterator[Signal]:
    person = max(scene.near("minister"), scene.near("head")) * 0.6
    actor = max(scene.near("government"), person)
    if not actor or ("parliament" in scene and "government" not in scene):
        return
    if "bill" in scene and "submit" in scene and "government" in scene:
        yield Signal("government_decision", "W3_GOVERNMENT", DONE, 1.2 * actor)
    if "decide" not in scene or not any(c in scene.sentence for c in ("leave", "join", "suspend", "policy")):
        return
    firm = scene.clear_of("vote", "vote_next")
    modality = PLANNED if not firm and "planned" in scene else DONE
    yield Signal("government_decision", "W3_GOVERNMENT", modality, (1.3 if firm else 1.0) * actor)


def _before(scene: Scene) -> Iterator[Signal]:
    if "recommend" in scene and scene.near("minister") and "ngo" not in scene:
        yield Signal("recommended", "W2_RECOMMENDED", DONE, 1.5)
    elif "recommend" in scene and any(c in scene.sentence for c in ("leave", "government")):
        yield Signal("recommended", "W2_RECOMMENDED", DONE, 0.9)
    if "bill" in scene and "submit" in scene and "government" not in scene:
        yield Signal("considering", "W1_CONSIDERING", DONE, 1.3)
    if "consider" in scene:
        yield Signal("considering", "W1_CONSIDERING", DONE, 0.8)


def _staying(scene: Scene) -> Iterator[Signal]:
    if "retract" in scene and any(c in scene.sentence for c in ("leave", "suspend", "un")):
        yield Signal("reaffirmed", "W8_RETURNED", DONE, 1.5)
    elif "stay" in scene and "ngo" not in scene:
        yield Signal("reaffirmed", "W0_REJECTED", DONE, 1.2)


def _paths(scene: Scene) -> Iterator[Signal]:
    """Leaving, joining or suspending told without a step: the headline's bare word."""
    early = 1.0 if scene.sentence.title else 0.6
    if "suspend" in scene and "object" not in scene.sentence and "un" not in scene:
        modality = PLANNED if scene.planned("suspend") else DONE
        yield Signal("suspended", "S1_ANNOUNCED", modality, 0.9 * early)
    if "join" in scene and "leave" not in scene.sentence and "background" not in scene:
        modality = PLANNED if scene.planned("join") else DONE
        yield Signal("acceded_or_ratified", "J4_DEPOSITED", modality, 1.2 * early)
    if "leave" in scene and (scene.sentence.title or scene.sentence.weight >= 2):
        modality = PLANNED if scene.planned("leave") else DONE
        yield Signal("government_decision", "W3_GOVERNMENT", modality, 0.5 * early)


# ── what is no step ──────────────────────────────────────────────────────────────────────────

_DEEDS = (
    ("use", "use", "N_USE", 1.3),
    ("production", "production", "N_PRODUCTION", 1.2),
    ("transfer", "transfer", "N_TRANSFER", 1.0),
)


def _mines(scene: Scene) -> Iterator[Signal]:
    early = 1.0 if scene.sentence.title else 0.7
    described = "ban" in scene
    for cue, development, stage, weight in _DEEDS:
        if cue in scene and not described:
            yield Signal(development, *_standing_of(scene, cue, stage), weight * early)
    if "destroy" in scene and not described and "stock" in scene.sentence:
        modality = PLANNED if scene.planned("destroy") else DONE
        yield Signal("stockpile_destruction", "N_STOCKPILE_DESTROYED", modality, 1.3 * early)
    if "clear" in scene:
        modality = PLANNED if scene.planned("clear", 30) else DONE
        yield Signal("clearance_or_extension", "N_CLEARANCE", modality, 1.1 * early)
    if "casualties" in scene and "leave" not in scene:
        weight = 1.4 if "monitor" in scene.sentence else 1.1
        yield Signal("casualties_report", "N_CASUALTIES", DONE, weight * early)
    if scene.outsider and "policy" in scene.sentence:
        yield Signal("government_decision", "N_POLICY", DONE, 1.2 * early)


def _standing_of(scene: Scene, cue: str, stage: str) -> tuple[str, Modality]:
    """The stage and the modality of a deed: denied, alleged, planned or done."""
    alleged = {"N_USE": "N_USE_ALLEGED"}.get(stage, stage)
    if "denial" in scene.sentence:
        return alleged, DENIED
    if "reported" in scene.sentence:
        return alleged, REPORTED
    return stage, PLANNED if scene.planned(cue) or scene.will(cue) else DONE


def _words(scene: Scene) -> Iterator[Signal]:
    early = 1.0 if scene.sentence.title else 0.7
    if "meeting" in scene and "leave" not in scene and "appeal" not in scene:
        modality = PLANNED if scene.planned("meeting") else DONE
        yield Signal("meeting", "N_MEETING", modality, 1.1 * early)
    if "object" in scene and ("suspend" in scene.sentence or "leave" in scene.sentence):
        stage = "N_OBJECTION" if "suspend" not in scene.sentence else "S4_CONTESTED"
        yield Signal("condemnation_or_appeal", stage, DONE, 1.6 * early)
    elif "appeal" in scene:
        weight = 1.6 if "ngo" in scene.sentence else 1.0
        yield Signal("condemnation_or_appeal", "N_REACTION", DONE, weight * early)
    elif "ngo" in scene and scene.sentence.weight >= 2 and "meeting" not in scene:
        yield Signal("condemnation_or_appeal", "N_REACTION", DONE, 0.6 * early)
    if "comment" in scene:
        yield Signal("commentary", "N_OPINION", DONE, 0.9 if scene.sentence.title else 0.4)
