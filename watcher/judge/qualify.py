"""How a deed that a headline tells flatly stands in the light of the whole report. Pure.

Mines laid are laid by somebody who seldom says so: where an organisation, the other side or a denial speaks, the
use is reported. Mines to be made are planned while the plans, or the exit, are still to come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from watcher.judge.clauses import Spoken
from watcher.judge.scene import Signal
from watcher.model import Claim, Modality

_ONE_SIDE = ("reported", "denial", "violate", "object", "ngo", "incident")
_PROOF = ("document", "confirm", "verif")


def qualified(claim: Claim, signals: Iterable[Signal], sentences: Iterable[Spoken]) -> Claim:
    """The main claim with the standing that the other sentences give it."""
    if claim.modality is not Modality.DONE:
        return claim
    if claim.development == "use" and _disputed(tuple(sentences)):
        return replace(claim, stage="N_USE_ALLEGED", modality=Modality.REPORTED)
    if claim.stage == "N_REACTION" and _accused(tuple(sentences)):
        return replace(claim, development="use", stage="N_USE_ALLEGED", modality=Modality.REPORTED)
    if claim.development == "production" and any(map(_to_come, signals)):
        return replace(claim, modality=Modality.PLANNED)
    return claim


def _accused(sentences: tuple[Spoken, ...]) -> bool:
    """`Thailand protests that the treaty is broken`: with mines laid or soldiers hurt, and nobody who leaves it."""
    every = {cue for s in sentences for cue in s.hits}
    if every & {"leave", "suspend", "join", "transfer", "ngo", "fail"} or "violate" not in every:
        return False
    return bool(every & {"use", "incident"}) and bool(every & {"reported", "denial", "appeal", "minister"})


def _disputed(sentences: tuple[Spoken, ...]) -> bool:
    if any(word in s.plain for s in sentences for word in _PROOF):
        return False
    return any(cue in s.hits for s in sentences for cue in _ONE_SIDE)


def _to_come(signal: Signal) -> bool:
    return signal.modality is Modality.PLANNED and signal.development in ("production", "in_effect")
