"""What one clause says of the two steps that bind: the notice to the depositary, and the effect. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.judge.scene import Day, Scene, Signal, pending
from watcher.model import Modality

DONE, PLANNED, DENIED = Modality.DONE, Modality.PLANNED, Modality.DENIED
_NEAR = 14
_MOVES = ("leave", "join", "suspend")
_ADVERB_LAST = frozenset({"th", "vi", "km"})


def notice(scene: Scene) -> Iterator[Signal]:
    """What the depositary was told, or will be."""
    actor = scene.near("un") or _gives_notice(scene)
    if "object" in scene or "object" in scene.headline:
        return
    if not actor and "un" in scene.headline and "notify" in scene and "ngo" not in scene.headline:
        actor = 0.7
    if not actor or ("ngo" in scene and "un" not in scene):
        return
    if "denial" in scene and scene.clause.any("notify", "notify_next"):
        yield Signal("notified_un", "W6_NOTIFIED", DENIED, 1.7 * actor)
        return
    if "notify_next" in scene.sentence and _all_to_come(scene):
        yield pending(scene, "notified_un", "W6_NOTIFIED", 1.2 * actor)
        return
    if "notify" not in scene or scene.told("object"):
        return
    if scene.planned("notify", 30) or scene.will("notify"):
        yield pending(scene, "notified_un", "W6_NOTIFIED", 1.3 * actor)
        return
    if _only_a_term(scene):
        return
    moves = scene.told(*_MOVES) or any(move in scene.headline for move in _MOVES)
    if moves or not scene.outsider:  # a state outside the treaty tells the UN many things
        yield Signal(*_noticed(scene), DONE, 1.6 * actor)


def _all_to_come(scene: Scene) -> bool:
    """Whether every notice of the clause lies in one to come, which may open in the clause before it: `Finnland
    wird nach der Unterschrift die UN informieren`."""
    coming = scene.sentence.hits["notify_next"]
    if "notify_next" not in scene and "notify" not in scene:
        return False
    return all(
        any(a < end and start < b for a, b in coming) for start, end in scene.clause.hits.get("notify", ())
    )


def _only_a_term(scene: Scene) -> bool:
    """`Six months after notifying the UN`: the notice is what a term is reckoned from."""
    terms = [*scene.clause.hits.get("effect_next", ()), *scene.clause.hits.get("notify_next", ())]
    given = scene.clause.hits.get("notify", ())
    return bool(terms) and all(
        any(start - _NEAR <= b and a - _NEAR <= end for a, b in terms) for start, end in given
    )


def _gives_notice(scene: Scene) -> float:
    """`Finland gives notice of quitting`: a headline need not say to whom."""
    if not scene.title or not scene.clause.all("notify", "leave") or not scene.clear_of("notify", "decide"):
        return 0.0  # "teatas", "oznámilo": announced as well as told
    others = ("parliament", "government", "committee", "bill", "ngo", "appeal", "meeting", "wish", "head")
    return 0.0 if scene.told(*others) else 0.7


def _noticed(scene: Scene) -> tuple[str, str]:
    """What the depositary is told: leaving, suspending or joining."""
    if scene.told("suspend"):
        return "suspended", "S3_NOTIFIED"
    joins = "join" in scene.headline and "leave" not in scene.headline
    if joins or (scene.told("join") and not scene.told("leave")):
        return "acceded_or_ratified", "J4_DEPOSITED"
    return "notified_un", "W6_NOTIFIED"


def effect(scene: Scene) -> Iterator[Signal]:
    """That leaving or joining has taken effect, or will."""
    coming = scene.day is Day.AHEAD or (scene.day is Day.WEEKDAY and "effect_present" in scene)
    if "effect_next" in scene and (not scene.clear_of("effect", "effect_next") or _in_so_long(scene)):
        yield pending(scene, "in_effect", "W7_EFFECTIVE", 1.35)
        return
    if "effect" in scene and scene.overlaps("effect_next", "planned"):
        yield pending(scene, "in_effect", "W7_EFFECTIVE", 1.35)
        return
    taken = (
        "effect" in scene and scene.clear_of("effect", "recommend") and scene.clear_of("effect", "consider")
    ) or ("again" in scene and scene.title)
    taken = taken and not scene.overlaps("effect", "clear")  # "free of mines"
    if not taken and _outside(scene):
        yield Signal("in_effect", "W7_EFFECTIVE", DONE, 0.95)
        return
    if not taken:
        other = scene.told("vote_next", "sign_next", "notify_next", "decide", "meeting", "government")
        present = scene.clause.any("effect_present", "planned")
        if coming and "leave" in scene and present and not other and not scene.told(*_ONLY_THOUGHT_OF):
            yield pending(scene, "in_effect", "W7_EFFECTIVE", 1.35)
        return
    joined = scene.told("join") and not scene.told("leave")
    if joined and not scene.clear_of("effect", "official"):
        return
    stage = "J5_IN_FORCE" if joined else "W7_EFFECTIVE"
    if (
        coming
        or _dated_ahead(scene)
        or scene.planned("effect", 30)
        or scene.will("effect")
        or _no_longer_will(scene)
    ):
        yield pending(scene, "in_effect", stage, 1.35)
    else:
        # "Officially left" is said of a notice too: the body outweighs it
        yield Signal("in_effect", stage, DONE, 1.4 if scene.clear_of("effect", "official") else 0.9)


_ONLY_THOUGHT_OF = ("consider", "recommend", "stay", "fail", "ngo", "party", "wish", "parliament", "bill")


def _no_longer_will(scene: Scene) -> bool:
    """`Vairs nebūs`, `больше не будет`: the word of the future follows. In English it leads (`free to use`)."""
    return scene.language != "en" and scene.follows("effect", "planned", 12)


def _dated_ahead(scene: Scene) -> bool:
    """`On 27 December the exit of Estonia, Latvia and Lithuania takes effect`: the day stands in another clause."""
    if scene.clause.dates or scene.published is None or not scene.overlaps("effect", "effect_present"):
        return False
    return any(d.precision == "day" and d.day > scene.published for d in scene.sentence.dates)


def _in_so_long(scene: Scene) -> bool:
    """`Takes effect within six months`, `in six months it will be free`: a term that is still running. One that
    goes before and is over, `six months after the notice`, is none."""
    if scene.day is Day.TODAY:
        return False
    term, verb = scene.clause.first("effect_next"), scene.clause.first("effect")
    if term is None or verb is None:
        return False
    if term[0] > verb[0]:
        return scene.overlaps("effect", "effect_present")
    ends = [end for _, end in scene.clause.hits["effect_next"]]
    over = any(start - end in (0, 1) for start, _ in scene.clause.hits.get("after", ()) for end in ends)
    return not over and not any(start < term[1] for start, _ in scene.clause.hits.get("after", ()))


_NOT_OUT = (
    *("planned", "consider", "recommend", "stay", "fail", "appeal", "must", "object", "comment"),
    *("decide", "decree", "government", "head", "parliament", "vote", "vote_next", "sign", "notify", "wish"),
)


def _outside(scene: Scene) -> bool:
    """A headline that a state is out of the treaty, or leaves it officially, in whatever order of words."""
    if not scene.title or scene.outsider or not scene.clause.states:
        return False
    if scene.told(
        *("planned", "consider", "recommend", "stay", "fail", "appeal", "must", "decide", "vote_next", "wish")
    ):
        return False
    if "outside" in scene:
        if scene.clause.any("effect_next", "unless"):
            return False  # "six months until it is out"
        return not any(
            a < start < b - 1
            and scene.sentence.plain[a:b].split()[0] != scene.sentence.plain[start:].split()[0]
            for start, _ in scene.clause.hits["outside"]
            for a, b in scene.clause.hits.get("leave", ())
        )
    leaving = scene.clause.hits.get("leave", ())
    reach = 30 if scene.language in _ADVERB_LAST else 3
    return any(
        0 <= start - b <= reach for start, _ in scene.clause.hits.get("official", ()) for _, b in leaving
    )
