"""What one clause says happened: a step, how far, how sure. Pure.

Each rule reads the cues of a clause in the light of its sentence and gives signals: a development with a
weight. None decides; `extract` adds them up over the item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from watcher.judge.binding import effect, notice
from watcher.judge.chamber import by_letter, only, parliament
from watcher.judge.deeds import deed, mines, words
from watcher.judge.leanings import kept_by_duty
from watcher.judge.scene import Scene, Signal, pending
from watcher.model import Modality

DONE, PLANNED, DENIED = Modality.DONE, Modality.PLANNED, Modality.DENIED
_MOVES = ("leave", "join", "suspend")
MOST_BETWEEN = 40
"""Letters between a word of denial and the step that it denies."""


def signals(scene: Scene) -> Iterator[Signal]:
    """Every signal of the clause. A step in a clause that says `not yet` or `must` is still to come."""
    undone = "undone" in scene
    for signal in _signals(scene):
        taken = signal.development in _TAKEN and signal.modality is DONE and not signal.bare
        if taken and (undone or _owed(scene, signal)):
            yield replace(signal, modality=PLANNED, pending=not scene.title)
        elif taken and _disowned(scene, signal):
            yield replace(signal, modality=DENIED)
        else:
            yield signal


_VERBS = {
    "government_decision": ("decide", "submit"),
    "parliament_vote": ("vote",),
    "signed_by_president": ("sign",),
    "notified_un": ("notify",),
    "in_effect": ("effect",),
}
"""The cues that tell a step as taken."""


def _owed(scene: Scene, signal: Signal) -> bool:
    """Whether a word of duty governs the verb of the step: `the president must sign`, `bedarf der Zustimmung`."""
    if "must" not in scene or scene.ballot:
        return False
    verbs = [hit for cue in _VERBS.get(signal.development, ()) for hit in scene.clause.hits.get(cue, ())]
    return bool(verbs) and (scene.verb_last or scene.clause.hits["must"][0][0] < verbs[0][1])


def _disowned(scene: Scene, signal: Signal) -> bool:
    """`Poland denies reports that it has notified the UN`: a word of denial goes before the verb in its sentence."""
    verbs = [hit for cue in _VERBS.get(signal.development, ()) for hit in scene.clause.hits.get(cue, ())]
    denials = scene.sentence.hits.get("denial", ())
    if scene.ballot or not verbs or scene.told("stay"):
        return False
    return any(0 <= verb[0] - end <= MOST_BETWEEN for _, end in denials for verb in verbs)


_TAKEN = frozenset(
    {
        "government_decision",
        "parliament_vote",
        "signed_by_president",
        "notified_un",
        "in_effect",
        "suspended",
        "acceded_or_ratified",
    }
)


def _signals(scene: Scene) -> Iterator[Signal]:
    yield from parliament(scene)
    yield from _head_of_state(scene)
    yield from notice(scene)
    yield from effect(scene)
    yield from _government(scene)
    yield from _before(scene)
    yield from _staying(scene)
    yield from _paths(scene)
    yield from mines(scene)
    yield from words(scene)


# ── the steps ────────────────────────────────────────────────────────────────────────────────


def _head_of_state(scene: Scene) -> Iterator[Signal]:
    actor = 0.0 if by_letter(scene) else scene.near("head")
    if not actor:
        if scene.clause.all("decree", "leave") and not scene.told(
            "parliament", "fail", "ngo", "use", "policy"
        ):
            yield Signal("government_decision", "W3_GOVERNMENT", DONE, 1.4)
        return
    if "veto" in scene and "undone" in scene:
        yield pending(scene, "signed_by_president", "W5_HEAD_OF_STATE", 1.3 * actor)
        return
    if "veto" in scene:
        yield Signal("signed_by_president", "W5_HEAD_OF_STATE", DENIED, 1.9 * actor)
        return
    if "sign_next" in scene:
        yield pending(scene, "signed_by_president", "W5_HEAD_OF_STATE", 1.3 * actor)
    if not scene.clear_of("sign", "sign_next") or scene.will("sign"):
        if scene.before("head", "leave") and _plain_leaving(scene):
            yield Signal("signed_by_president", "W5_HEAD_OF_STATE", DONE, 0.9)
        return
    if "join" in scene and not scene.told("leave", "suspend") and not scene.clear_of("sign", "join"):
        return  # "ratifies" is the joining itself
    signs = scene.clear_of("sign", "vote")
    if not signs and ("parliament" in scene or "head" not in scene or "support" in scene):
        return
    if scene.told("decree") and "law" not in scene:
        yield Signal("government_decision", "W3_GOVERNMENT", DONE, 1.7 * actor)
    elif signs or scene.told("law") or "leave" in scene:
        yield Signal("signed_by_president", "W5_HEAD_OF_STATE", DONE, (1.6 if signs else 1.1) * actor)


def _plain_leaving(scene: Scene) -> bool:
    """`The president denounces the treaty`: in a headline, and nobody else acts in it."""
    if "leave" not in scene or not scene.title:
        return False
    return not scene.told(
        *("parliament", "government", "planned", "consider", "stay", "appeal", "decide", "ngo", "wish"),
        *("sign_next", "must", "undone", "fail", "comment"),
    )


def _government(scene: Scene) -> Iterator[Signal]:
    person = max(scene.near("minister"), scene.near("head")) * 0.6
    actor = max(scene.near("government"), person)
    if not actor or by_letter(scene) or ("parliament" in scene and "government" not in scene):
        return
    if scene.told("committee") and not scene.before("government", "committee"):
        return
    if "bill" in scene and "submit" in scene and "government" in scene:
        yield Signal("government_decision", "W3_GOVERNMENT", DONE, 1.3 * actor)
    if not scene.told("leave", "join", "suspend", "policy"):
        return
    if "vote_next" in scene and not scene.clear_of("vote", "vote_next") and "government" in scene:
        yield Signal("government_decision", "W3_GOVERNMENT", PLANNED, 1.3 * actor)
    elif _one_persons_view(scene):
        yield Signal("considering", "W1_CONSIDERING", DONE, 1.4 * actor)
    elif "decide" in scene:
        firm = scene.clear_of("vote", "vote_next")
        yield Signal("government_decision", "W3_GOVERNMENT", DONE, (1.3 if firm else 1.0) * actor)


def _one_persons_view(scene: Scene) -> bool:
    """The premier, the president or a minister is for it, and nothing is said to be decided."""
    if "support" not in scene or not scene.told("leave", "join") or scene.told("parliament", "committee"):
        return False
    cabinet = "government" in scene and not only(scene, "premier", "government")
    return not cabinet and scene.clause.any("premier", "head", "minister")


def _convened(scene: Scene) -> bool:
    """A meeting of the parties reviews and assesses; no state does."""
    return "meeting" in scene.headline and not scene.told("leave", "join")


_TAKEN_STEPS = (
    "vote",
    "sign",
    "notify",
    "effect",
    "government",
    "parliament",
    "leave",
    "join",
    "suspend",
    "head",
)
_DOING = (
    "vote",
    "vote_next",
    "decide",
    "sign",
    "sign_next",
    "notify",
    "effect",
    "government",
    "stay",
    "fail",
)


def _before(scene: Scene) -> Iterator[Signal]:
    moves = scene.told("leave", "join") or "leave" in scene.headline or "join" in scene.headline
    if "fail" in scene and scene.told("parliament"):
        return
    if "recommend" in scene and not scene.told("stay") and "ngo" not in scene:
        if (
            scene.before("planned", "recommend")
            and scene.planned("recommend", 12)
            and not scene.before("recommend", "planned")
        ):
            yield Signal("considering", "W1_CONSIDERING", DONE, 1.3)
        elif scene.near("minister") and moves:
            yield Signal("recommended", "W2_RECOMMENDED", DONE, 1.5)
        elif moves or scene.told("government") or (scene.title and "ours" in scene):
            yield Signal("recommended", "W2_RECOMMENDED", DONE, 0.9)
    elif moves and _ministers_of_several(scene):
        yield Signal("recommended", "W2_RECOMMENDED", DONE, 1.4)
    if "bill" in scene and "submit" in scene and "government" not in scene:
        yield Signal("considering", "W1_CONSIDERING", DONE, 1.3)
    elif scene.title and scene.clause.all("bill", "leave") and not scene.told(*_DOING):
        yield Signal("considering", "W1_CONSIDERING", DONE, 0.8)  # a bill alone is no step
    moves = moves or (scene.title and "ban" in scene)
    if (
        scene.title
        and scene.before("planned", "decide")
        and "decide" in scene
        and not scene.told(*_TAKEN_STEPS)
    ):
        yield Signal("considering", "W1_CONSIDERING", DONE, 0.8)  # "close to a decision"
    if "party" in scene and "wish" in scene and moves and not ("government" in scene or scene.outside_voice):
        yield Signal("considering", "W1_CONSIDERING", DONE, 1.6)
    elif (
        "consider" in scene and "recommend" not in scene and not scene.outside_voice and not _convened(scene)
    ):
        stage = "J1_CONSIDERING" if "join" in scene and "leave" not in scene else "W1_CONSIDERING"
        somebody = scene.sentence.states or scene.told(
            "government", "minister", "head", "parliament", "party"
        )
        weight = 1.2 if scene.clause.any("leave", "join") else 0.8
        if scene.title and scene.clause.any("production", "transfer") and not scene.told("leave", "join"):
            weight *= 0.5  # "resumes production for possible export"
        yield Signal("considering", stage, DONE, weight if somebody else 0.4)


_NOT_MINISTERS = (
    *("parliament", "head", "un", "committee", "stay", "appeal", "object", "production", "buy"),
    *("effect", "sign", "ngo", "meeting", "fail", "use", "reported", "denial"),
)


def _ministers_of_several(scene: Scene) -> bool:
    """`Defence ministers of the Baltic states want out`: what ministers of several states say together of leaving
    is their recommendation, whatever the verb."""
    if "minister" not in scene or scene.told(*_NOT_MINISTERS):
        return False
    if "government" in scene.sentence and not scene.before("minister", "government"):
        return False
    moving = [c for c in scene.sentence.clauses if c.any("leave", "join")]
    if moving and all(c.opener == "unless" for c in moving):
        return False  # "once it has left"
    if not scene.title and any(
        0 <= start - at < 12
        for c in moving
        for at, _ in c.hits.get("planned", ())
        for start, _ in c.hits.get("leave", ())
    ):
        return False  # "notes that they intend to leave"
    return len(scene.sentence.acting) > 1 or len(scene.subjects) > 1


def _staying(scene: Scene) -> Iterator[Signal]:
    if scene.outside_voice:
        return
    about = scene.title or scene.told("leave", "suspend", "un", "ban")
    own_rule = "policy" in scene and not scene.told("suspend", "leave")  # "revokes the limits on mines"
    if "retract" in scene and scene.clause.opener != "unless" and about and not own_rule:
        yield Signal("reaffirmed", "W8_RETURNED", DONE, 1.5)
    elif scene.before("stay", "consider") and not deed(scene) and not kept_by_duty(scene):
        yield Signal("reaffirmed", "W0_REJECTED", DONE, 1.2 * _asserted(scene))
    elif "fail" in scene and "join" in scene:
        yield Signal("reaffirmed", "W0_REJECTED", DONE, 1.4)


def _asserted(scene: Scene) -> float:
    """How much of a stay is news: little of what others never joined, or of what an opinion says in passing."""
    if scene.title:
        return 1.0
    if "join" in scene and not scene.told("leave") and "join" not in scene.headline:
        return 0.25  # "the United States, China and Russia have never joined"
    spoken = any(cue in scene.headline for cue in ("appeal", "comment", "ought", "object", "ngo"))
    return 0.5 if spoken and "stay" not in scene.headline else 1.0


def _paths(scene: Scene) -> Iterator[Signal]:
    """Leaving, joining or suspending told without a step: the headline's bare word."""
    early = 1.0 if scene.title else 0.6
    barred = scene.told("object", "cannot") or (scene.title and "appeal" in scene)
    if "suspend" in scene and not barred and "un" not in scene:
        coming = scene.planned("suspend") or "vote_next" in scene
        modality = PLANNED if coming else DONE
        yield Signal("suspended", "S1_ANNOUNCED", modality, 0.9 * early)
    doubted = scene.clause.any("consider", "appeal", "stay", "fail", "meeting", "background")
    if "join" in scene and not scene.told("leave") and not doubted:
        asked = scene.told("bill", "committee", "recommend") and not scene.told("vote", "sign", "notify")
        planned = asked or (scene.planned("join") and "becomes" not in scene)
        modality, weight = (PLANNED, 0.9) if planned else (DONE, 1.2)
        yield Signal("acceded_or_ratified", "J4_DEPOSITED", modality, weight * early)
    if "leave" in scene and scene.sentence.weight >= 2:
        yield Signal("government_decision", "W3_GOVERNMENT", DONE, 0.4 * early, bare=True)
