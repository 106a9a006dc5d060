"""What one clause says beside the steps of states: mines used, made, sent, destroyed, cleared; people hurt;
meetings, appeals, comment. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from watcher.judge.chamber import by_letter
from watcher.judge.leanings import kept_by_duty, opined, wanted, wider
from watcher.judge.scene import Day, Scene, Signal
from watcher.model import Modality

DONE, PLANNED, REPORTED, DENIED = Modality.DONE, Modality.PLANNED, Modality.REPORTED, Modality.DENIED
_DEEDS = (
    ("use", "use", "N_USE", 1.3),
    ("production", "production", "N_PRODUCTION", 1.2),
    ("transfer", "transfer", "N_TRANSFER", 1.0),
)
_LISTED = ("use", "stock", "production", "transfer", "destroy")


def deed(scene: Scene) -> bool:
    """Whether mines are used, made or sent in the clause, and it is not the treaty's own description."""
    return any(cue in scene and not described(scene, cue) for cue, *_ in _DEEDS)


_PURPOSE = 40  # letters from the treaty's noun to what it is about: "the convention on the prohibition of"


def described(scene: Scene, cue: str) -> bool:
    """Whether the deed is what the treaty forbids: beside a ban, among the four that its full name lists, or
    hung on its noun ("the convention against the use of mines")."""
    listed = sum(deed in scene.sentence for deed in _LISTED) > 2
    if "ban" in scene or (listed and scene.told("ban", "treaty", "leave", "join")):
        return True
    if cue == "use" and scene.clause.all("bill", "vote"):
        return True  # "the bill on mines was dropped"
    if cue != "use" or scene.told("violate"):
        return False
    nouns, verbs = scene.clause.hits.get("treaty", ()), scene.clause.hits.get("planned", ())
    return all(
        any(
            0 <= start - end < _PURPOSE and not any(end <= verb < start for verb, _ in verbs)
            for _, end in nouns
        )
        for start, _ in scene.clause.hits.get(cue, ())
    )


def _freed(scene: Scene, cue: str) -> float:
    """`Finland leaves: it may now lay mines`: what the exit would allow, in a headline, is no news of use."""
    if cue == "production" and scene.title and "leave" in scene.sentence and "leave" not in scene:
        return 0.6 if scene.clause.start > 0 and "planned" in scene else 1.0
    if cue != "use" or not scene.told("leave") or scene.told("reported", "violate", "incident"):
        return 1.0
    if not scene.title:
        return 0.5 if scene.before("leave", "use") and "leave" in scene else 1.0
    coming = "leave" not in scene and scene.clause.start > 0 and scene.clause.any("planned", "again")
    return 0.4 if coming else 1.0


_KINDS = ("meeting", "casualties", "use", "production", "transfer", "destroy", "clear")


def _later(scene: Scene, cue: str) -> float:
    """What comes first in a headline is its news: `Deaths climb as armies lay more mines`, `the meeting ends with new
    deadlines`."""
    own = scene.clause.first(cue)
    if not scene.title or own is None:
        return 1.0
    places = (scene.clause.first(kind) for kind in _KINDS if kind != cue)
    return 0.8 if any(place is not None and place[1] <= own[0] for place in places) else 1.0


def mines(scene: Scene) -> Iterator[Signal]:
    early = 1.0 if scene.title else 0.7
    gives_up = scene.outsider and "cease" in scene and scene.clause.any("production", "use", "buy")
    gives_up = gives_up and not scene.told("appeal") and not scene.outside_voice
    policy = scene.told("policy") and (scene.outsider or "use" in scene or _own_ban(scene))
    policy = (policy or gives_up) and not (scene.outside_voice and "appeal" in scene)
    for cue, development, stage, weight in _DEEDS:
        if cue == "transfer" and ("un" in scene or ("notify" in scene and not _of_mines(scene))):
            continue  # a notice is delivered
        spared = gives_up or (cue == "use" and policy)
        if cue in scene and not spared and not described(scene, cue):
            weight *= early * aimed_at(scene, cue) * _unlike(scene, cue) * _later(scene, cue)
            weight *= _freed(scene, cue)
            yield Signal(development, *_standing_of(scene, cue, stage), weight)
    wanted_mines = scene.title or (scene.told("wish", "planned") and "ours" in scene)
    if "buy" in scene and wanted_mines and not described(scene, "buy") and not gives_up:
        weight = (0.6 if "consider" in scene else 0.9) * early
        yield Signal("production", "N_STOCKPILE", PLANNED, weight)
    asked = scene.clause.all("ask", "clear") and not scene.clause.any("vote", "decide")
    if (
        "destroy" in scene
        and not (described(scene, "destroy") or _refused(scene, "destroy"))
        and (scene.title or scene.told("stock") or "stock" in scene.headline)
    ):
        modality = PLANNED if scene.planned("destroy") else DONE
        weight = (0.9 if asked else 1.3) * early * _later(scene, "destroy")
        yield Signal("stockpile_destruction", "N_STOCKPILE_DESTROYED", modality, weight)
    if "clear" in scene:
        coming = scene.planned("clear", 30) or asked
        yield Signal(
            "clearance_or_extension",
            "N_CLEARANCE",
            PLANNED if coming else DONE,
            1.1 * early * _later(scene, "clear"),
        )
    if "casualties" in scene:
        weight = 1.4 if scene.told("monitor") else 0.8 if "leave" in scene else 1.1
        if scene.title and "monitor" in scene:
            weight = 2.0  # the yearly report itself
        elif _blamed(scene):
            weight *= 0.5
        yield Signal("casualties_report", "N_CASUALTIES", DONE, weight * early)
    if policy:
        open_still = "consider" in scene and not scene.told(
            "decide", "vote", "sign"
        )  # "a review of mine policy"
        weight = 1.3 * early * aimed_at(scene, "policy") * (0.5 if open_still else 1.0)
        yield Signal("government_decision", "N_POLICY", DONE, weight)
        if open_still:
            yield Signal("considering", "W1_CONSIDERING", DONE, 1.2 * early)
    if "violate" in scene and not scene.clause.any("denial", "stay") and not _refused(scene, "violate"):
        yield _breach(scene, early)


def _of_mines(scene: Scene) -> bool:
    return not scene.clause.any("leave", "treaty", "suspend", "law", "decree")


def _breach(scene: Scene, early: float) -> Signal:
    """The treaty is said to be broken: by mines laid, where somebody was hurt or mines were found; else it is
    an accusation and no more."""
    laid = scene.told("use", "incident") or any(cue in scene.headline for cue in ("use", "incident"))
    if laid and not scene.told("leave", "suspend", "transfer"):
        modality = DENIED if scene.told("denial") else REPORTED
        return Signal("use", "N_USE_ALLEGED", modality, 1.2 * early)
    return Signal("condemnation_or_appeal", "N_REACTION", DONE, 1.0 * early)


def _unlike(scene: Scene, cue: str) -> float:
    """How much less a deed weighs that is only talked of: thought over, or to be ended, in a headline."""
    if not scene.title or cue != "use":
        return 1.0
    if "cease" in scene and (scene.outside_voice or not scene.outsider):
        return 0.7  # "Stop using mines"
    return 0.5 if "consider" in scene and not scene.told("reported", "violate", "incident") else 1.0


def _refused(scene: Scene, cue: str) -> bool:
    """Whether a `not` goes right before it."""
    return any(
        0 <= start - end < 12
        for start, _ in scene.clause.hits[cue]
        for _, end in scene.clause.hits.get("not", ())
    )


def _blamed(scene: Scene) -> bool:
    """Whether those hurt are told of as the proof that somebody laid mines."""
    if scene.told("monitor") or not scene.told("violate", "use"):
        return False
    accused = scene.told("reported", "incident", "violate")
    return accused or (not scene.title and "use" in scene.headline and "casualties" not in scene.headline)


def _own_ban(scene: Scene) -> bool:
    """`Lithuania lifts its ban`, `Ukraine to allow landmines`: in a headline, and no word of the treaty."""
    return scene.title and "policy" in scene and not scene.clause.any("treaty", "leave", "reported", "appeal")


def aimed_at(scene: Scene, cue: str) -> float:
    """An appeal that goes before what it is against: `survivors urge the US to reverse the transfer`, `the EU
    criticises the decision to allow the use`."""
    appealed, done = scene.clause.first("appeal"), scene.clause.first(cue)
    decided = scene.clause.any("decide", "policy", "suspend", "leave")
    against = appealed is not None and done is not None and appealed[0] < done[0]
    return 0.5 if against and (cue != "use" or decided) else 1.0


def _standing_of(scene: Scene, cue: str, stage: str) -> tuple[str, Modality]:
    """The stage and the modality of a deed: denied, alleged, planned or done."""
    alleged = {"N_USE": "N_USE_ALLEGED"}.get(stage, stage)
    if scene.told("denial") or scene.clause.any("stay", "undone"):
        return alleged, DENIED
    if scene.told("reported") or (cue == "use" and ("violate" in scene or _one_side(scene))):
        return alleged, REPORTED
    ahead = cue != "use" and "planned" in scene  # "production could begin": the noun comes first
    return stage, PLANNED if ahead or scene.planned(cue) or scene.will(cue) else DONE


_SAYS = re.compile(
    r": |\bsa(?:ys|id)\b|заявил|заявля|говорит|заявив|каже|\bsagt|\bdit\b|dice\b|mowi|afirma|sager|sier\b|sakger|sanoo|"
    r"称|表示|発表|밝혔|ระบุ|يقول|قالت|می گوید|diyor|dedi"
)


def _one_side(scene: Scene) -> bool:
    """Only an organisation, or one state of another, says that mines were used; nobody has documented it."""
    if "appeal" in scene and len(scene.sentence.states) > 1:
        return True
    says = bool(_SAYS.search(scene.sentence.sentence.folded))
    if not says or "document" in scene.sentence.plain or "confirm" in scene.sentence.plain:
        return False
    return len(scene.sentence.states) > 1 or (scene.title and "ngo" in scene.sentence)


def words(scene: Scene) -> Iterator[Signal]:
    early = 1.0 if scene.title else 0.7
    if "meeting" in scene and not scene.clause.any("appeal", "recommend"):
        coming = scene.planned("meeting") or scene.day is Day.AHEAD or (scene.title and "planned" in scene)
        weight = 0.9 if "leave" in scene else 1.25
        yield Signal("meeting", "N_MEETING", PLANNED if coming else DONE, weight * early)
    yield from _reactions(scene, early)
    if "comment" in scene and not by_letter(scene):
        opens = scene.sentence.weight >= 2 and scene.clause.start == 0  # "Analysis: …"
        yield Signal("commentary", "N_OPINION", DONE, 1.1 if scene.title else 0.8 if opens else 0.4)
    elif _asks(scene) or (scene.title and any(mark in scene.sentence.sentence.text for mark in "?？؟")):
        yield Signal("commentary", "N_OPINION", DONE, 0.9)
    if "fund" in scene and "leave" not in scene and scene.title:
        asked = scene.clause.any("wish", "appeal")  # "demands funding": nobody has given any
        yield Signal("other", "N_FUNDING", DONE, 0.6 if asked else 1.3)


def _asks(scene: Scene) -> bool:
    """`Will Finland follow?`, `How Finland …`, `Jonas Jonaitis: on mines and allies`: what a title asks or treats of."""
    if not scene.title:
        return False
    start, end, title = scene.clause.start, scene.clause.end, scene.sentence.sentence.folded
    opens = start == 0 or (start < 40 and title[start - 1] == ":")
    asked = any(mark in title[max(start, end - 1) : end + 1] for mark in "?؟")
    if scene.told("minister", "head", "government", "premier") and start:
        return asked  # "Minister: on leaving we decide in May"
    return asked or (opens and any(at - start < 2 for at, _ in scene.clause.hits.get("about", ())))


def _reactions(scene: Scene, early: float) -> Iterator[Signal]:
    if by_letter(scene) and ("letter" in scene or scene.told("appeal", "press")):
        yield Signal("condemnation_or_appeal", "N_REACTION", DONE, 1.5 * early)
        return
    barred = scene.clause.any("fail", "cannot")
    if barred and "suspend" in scene and "parliament" not in scene:
        yield Signal("condemnation_or_appeal", "S5_REJECTED", DONE, 1.6 * early)
        return
    refused = not scene.told("suspend") and not scene.clear_of("object", "stay")  # its own leaving
    if "object" in scene and scene.told("suspend", "leave") and not refused:
        stage = "S4_CONTESTED" if scene.told("suspend") else "N_OBJECTION"
        yield Signal("condemnation_or_appeal", stage, DONE, 1.6 * early)
    elif wanted(scene):
        yield Signal("considering", "W1_CONSIDERING", DONE, 1.3 * early)
    elif "appeal" in scene and wider(scene, "appeal", "consider") and not scene.clause.all("party", "wish"):
        yield Signal("condemnation_or_appeal", "N_REACTION", DONE, _loud(scene) * early)
    elif kept_by_duty(scene) or (scene.outside_voice and "stay" in scene):
        yield Signal("condemnation_or_appeal", "N_REACTION", DONE, 1.3 * early)
    elif scene.title and scene.clause.all("use", "cease") and (scene.outside_voice or not scene.outsider):
        yield Signal("condemnation_or_appeal", "N_REACTION", DONE, 1.1)  # "The world should stop using mines"
    elif "ngo" in scene and scene.sentence.weight >= 2 and "meeting" not in scene:
        yield Signal("condemnation_or_appeal", "N_REACTION", DONE, 0.6 * early)
    elif opined(scene):
        yield Signal("commentary", "N_OPINION", DONE, 0.7)


def _loud(scene: Scene) -> float:
    """How much an appeal weighs: less beside a stay, a comment or a deed that it accuses somebody of."""
    held = scene.told("comment") or (scene.told("stay") and not kept_by_duty(scene))
    held = held or scene.clause.all("ask", "clear")  # what is asked for is time
    weight = 1.7 if scene.outside_voice else 0.6 if held else 1.0
    used = "use" in scene and not described(scene, "use") and not scene.told("leave")
    weight *= 0.6 if used and aimed_at(scene, "use") == 1.0 and "cease" not in scene else 1.0
    return weight * (0.85 / 0.7 if scene.outside_voice and not scene.title else 1.0)
