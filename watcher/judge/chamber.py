"""What one clause says of a parliament: a vote held, lost or to come, a committee, a first reading. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.judge.scene import Day, Scene, Signal, pending
from watcher.model import Modality

DONE = Modality.DONE
_TREATY = ("leave", "join", "suspend", "bill", "law", "ban")


def parliament(scene: Scene) -> Iterator[Signal]:
    first_reading = "first_reading" in scene and not scene.told("final_reading")
    if first_reading and "fail" in scene:
        yield Signal("reaffirmed", "W0_REJECTED", DONE, 1.6)
        return
    if first_reading and "vote_next" not in scene:
        yield Signal("considering", "W4_PARLIAMENT", DONE, 1.6, "first_reading")
    actor = _chamber(scene)
    if not actor or by_letter(scene):
        return
    about = 1.0 if scene.ballot or scene.told(*_TREATY) else 0.7
    weight = 1.5 * actor * about
    if "vote_next" in scene and not scene.ballot:
        yield pending(scene, "parliament_vote", "W4_PARLIAMENT", 1.4 * actor * about, "final_vote")
    if _set_for_a_weekday(scene):
        yield pending(scene, "parliament_vote", "W4_PARLIAMENT", 1.5 * actor * about, "final_vote")
        return
    voted = scene.before("vote", "vote_next") and scene.clear_of("vote", "vote_next")
    voted = voted and not scene.will("vote")
    passed = scene.carried and "vote" in scene and "fail" not in scene.headline
    if "fail" in scene and "parliament" in scene and not passed:
        yield Signal("reaffirmed", "W0_REJECTED", DONE, weight)
    elif "committee" in scene and not scene.ballot and not scene.told("final_reading"):
        if voted or scene.clause.any("recommend", "consider", "support"):
            yield Signal("considering", "W4_PARLIAMENT", DONE, weight, "committee")
        elif scene.title and not scene.told("government", "head", "un", "stay", "ngo", "fail"):
            yield Signal("considering", "W4_PARLIAMENT", DONE, weight * 0.6, "committee")
    elif voted or scene.ballot:
        yield from _vote_held(scene, weight)
    elif (
        scene.clause.all("suspend", "parliament")
        and "vote_next" not in scene
        and not scene.planned("suspend")
    ):
        yield from _vote_held(scene, weight * 0.8)
    elif _plain_act(scene):
        yield from _vote_held(scene, 0.75)


_NO_ACT = (
    *(
        "planned",
        "vote_next",
        "consider",
        "stay",
        "fail",
        "appeal",
        "comment",
        "ngo",
        "wish",
        "must",
        "undone",
    ),
    *("object", "recommend", "reported", "denial", "submit", "first_reading", "committee", "meeting"),
    *("government", "minister", "head", "un", "ask", "party", "cannot"),
)


def by_letter(scene: Scene) -> bool:
    """`Senators send the president a letter`: members of a house write to those who decide; the house votes nothing."""
    return "parliament" in scene.sentence and "letter" in scene.sentence and not scene.ballot


def _plain_act(scene: Scene) -> bool:
    """`Parliament ditches the treaty`, `Latvia leaves after a vote of parliament`: in a headline a chamber and the
    leaving, nobody else and nothing to come."""
    if not scene.title or "parliament" not in scene or any(m in scene.sentence.sentence.text for m in "?？؟"):
        return False
    if scene.clause.opener == "after":
        return scene.told("leave") and not scene.clause.any(*_NO_ACT)
    return "leave" in scene and scene.before("parliament", "leave") and not scene.told(*_NO_ACT)


def _set_for_a_weekday(scene: Scene) -> bool:
    """`The parliament votes on Thursday`, written on a Tuesday: the present tense with a weekday that was not
    today nor yesterday tells what is to come."""
    if scene.day is not Day.WEEKDAY or not scene.distant or scene.ballot or "vote_present" not in scene:
        return False
    present = scene.clause.hits["vote_present"]
    return all(any(a <= s < b for a, b in present) for s, _ in scene.clause.hits.get("vote", ()))


def _chamber(scene: Scene) -> float:
    """How surely a parliament acts here: named, shown by a count of votes, or by a headline's vote to come."""
    actor = max(scene.near("parliament"), 0.9 if scene.ballot else 0.0)
    others = scene.clause.any("government", "head")
    if "committee" in scene and "ngo" not in scene and not others and scene.told("leave", "join", "suspend"):
        return max(actor, 0.9)
    if "parliament" not in scene and others and not scene.ballot:
        return 0.0
    if not scene.ballot and _sent_to_parliament(scene):
        return 0.0
    if scene.title and not actor and not others and scene.clause.all("ballot", "leave") and "un" not in scene:
        return 0.9
    if "vote_next" in scene and scene.title and not actor:
        return 0.0 if others or "un" in scene else 0.8
    return actor


def _sent_to_parliament(scene: Scene) -> bool:
    """`The government adopted the bill and sent it to parliament`: the chamber comes last and far from the verb."""
    cabinet, verb, chamber = (scene.clause.first(c) for c in ("government", "vote", "parliament"))
    if cabinet is None or verb is None or chamber is None or scene.verb_last or "ballot" in scene:
        return False
    return cabinet[0] < verb[0] and chamber[0] - verb[1] > 12


def _vote_held(scene: Scene, weight: float) -> Iterator[Signal]:
    if scene.told("first_reading") and not scene.told("final_reading"):
        if "first_reading" not in scene:
            yield Signal("considering", "W4_PARLIAMENT", DONE, weight, "first_reading")
        return
    second = "second_chamber" in scene and only(scene, "second_chamber", "parliament")
    substep = "second_chamber" if second else "final_vote"
    yield Signal("parliament_vote", "W4_PARLIAMENT", DONE, weight + 0.4 * scene.ballot, substep)


def only(scene: Scene, part: str, whole: str) -> bool:
    """Whether every hit of `whole` in the clause is one of `part`."""
    spans = scene.clause.hits.get(part, [])
    return all(any(a <= s < b for a, b in spans) for s, _ in scene.clause.hits.get(whole, ()))
