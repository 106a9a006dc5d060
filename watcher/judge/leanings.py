"""What somebody wants, asks for or thinks right, when nobody has done anything yet. Pure."""

from __future__ import annotations

from watcher.judge.scene import Scene

_SPEAKERS = ("government", "minister", "head", "parliament", "party", "premier")
_NO_WISH = ("stay", "object", "retract", "cease", "not", "violate", "vote", "comment")
_SIDES = 2  # states in a sentence: who asks or is asked, and because of whom


def wanted(scene: Scene) -> bool:
    """`Growing calls for Finland to leave`, `the premier asks parliament to quit`, `he calls for a debate`: asked
    for leaving or for thought, in no word of blame. No appeal in the sense of the treaty's friends."""
    if scene.title and scene.clause.all("wish", "consider") and scene.clause.any(*_SPEAKERS):
        return not scene.outside_voice  # "the opposition wants a debate"
    appealed = scene.clause.hits.get("appeal", ())
    if (
        not appealed
        or scene.outside_voice
        or scene.clause.any(*_NO_WISH)
        or len(scene.sentence.acting) > _SIDES
    ):
        return False
    asking = scene.clause.hits.get("press", ())
    if not all(any(a < end and start < b for a, b in asking) for start, end in appealed):
        return False  # a word of blame stands among them
    first = appealed[0][0]
    return any(
        start >= first and end > appealed[0][1]
        for concept in ("leave", "consider")
        for start, end in scene.clause.hits.get(concept, ())
    )


def kept_by_duty(scene: Scene) -> bool:
    """`Sweden should stand by the ban`, `bishops ask the house not to leave`: a stay that somebody asks for."""
    official = scene.told("government", "parliament", "head", "undone") and "press" not in scene
    if "stay" not in scene or official:
        return False
    return scene.clause.any("ought", "press") and (
        scene.before("press", "stay") or scene.before("ought", "stay") or scene.overlaps("stay", "ought")
    )


def opined(scene: Scene) -> bool:
    """`Canada must stand up to the reversal`: a headline that says what ought to be, and no official who says it."""
    return (
        scene.title
        and "ought" in scene
        and not scene.told(*_SPEAKERS, "undone", "use", "clear", "casualties")
    )


def wider(scene: Scene, concept: str, other: str) -> bool:
    """Whether `concept` stands where no longer hit of `other` lies over it."""
    over = scene.clause.hits.get(other, ())
    return any(
        not any(a < end and start < b and b - a > end - start for a, b in over)
        for start, end in scene.clause.hits.get(concept, ())
    )
