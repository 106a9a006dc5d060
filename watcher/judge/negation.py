"""What a word of negation turns round: `does not leave` is staying, `does not rule out` is considering. Pure.

A negator governs a verb when no more than a few words and no punctuation stand between them; in the Germanic
and verb-final languages it may follow. Negation inside a word (`neizstāsies`, `çekilmeyecek`) is a cue of its own.
"""

from __future__ import annotations

import re

from watcher.judge.cues import Hit, Hits

_MOVES = ("leave", "join", "suspend")
_NOT_YET = ("sign", "notify", "effect")
_JOINT = re.compile(r"[,;:،؛、；，：…|()\[\].!?؟。！？]|\s-\s")
_AFTER = frozenset({"de", "nl", "sv", "no", "da", "is", "ja", "ko", "tr", "az", "hi"})
_UNSPACED = frozenset({"zh", "ja", "th", "km"})
MOST_WORDS = 3  # between the negator and its verb
MOST_LETTERS = 8  # the same in scripts without word spaces


def negated(hits: Hits, folded: str, language: str | None) -> Hits:
    """`hits` as they stand once negation is read: `stay` and `consider` found, what is denied taken out."""
    if not any(concept in hits for concept in ("not", "exclude", "stay")):
        return hits
    if not any(concept in hits for concept in (*_MOVES, *_NOT_YET)):
        return hits
    found = {concept: list(places) for concept, places in hits.items()}
    free = _left_open(found, folded, language)
    _thought_of(found, free, folded, language)
    for concept in _MOVES:
        for place in found.get(concept, ()):
            denied = next((n for n in free if _governs(n, place, folded, language)), None)
            if denied is not None and not _inside(place, found.get("undone", ())):
                _add(found, "stay", (min(denied[0], place[0]), max(denied[1], place[1])))
    for concept in _NOT_YET:
        for place in found.get(concept, ()):
            if any(_governs(n, place, folded, language) and not _inside(n, [place]) for n in free):
                _add(found, "undone", place)
    return found


def _left_open(found: Hits, folded: str, language: str | None) -> list[Hit]:
    """Reads `does not rule out`: the words of staying go, considering comes. Returns the negators left over."""
    free = list(found.get("not", ()))
    moves = [move for concept in _MOVES for move in found.get(concept, ())]
    for place in found.get("exclude", ()):
        about = any(_together(place, move, folded) for move in moves)
        used = next((n for n in free if _governs(n, place, folded, language)), None)
        if used is not None:
            free.remove(used)
            for concept in ("stay", "denial", "fail"):
                _drop(found, concept, place)
        if about:
            _add(found, "stay" if used is None else "consider", place)
    return free


def _thought_of(found: Hits, free: list[Hit], folded: str, language: str | None) -> None:
    """`Never considered leaving` is staying. A cue that holds its own `not` ("not ruled out") stays as it is."""
    for place in list(found.get("consider", ())):
        denied = next((n for n in free if _governs(n, place, folded, language)), None)
        if denied is not None and not _within(denied, place):
            _drop(found, "consider", place)
            _add(found, "stay", (min(denied[0], place[0]), max(denied[1], place[1])))
        elif any(_within(place, stay) for stay in found.get("stay", ())):
            _drop(found, "consider", place)


def _governs(negator: Hit, verb: Hit, folded: str, language: str | None) -> bool:
    if _inside(negator, [verb]):
        return True
    if negator[1] <= verb[0]:
        return _close(folded[negator[1] : verb[0]], language, MOST_WORDS)
    if language in _AFTER and negator[0] >= verb[1]:
        return _close(folded[verb[1] : negator[0]], language, MOST_WORDS + 1)
    return False


def _close(gap: str, language: str | None, words: int) -> bool:
    if _JOINT.search(gap):
        return False
    return len(gap) <= MOST_LETTERS if language in _UNSPACED else len(gap.split()) <= words


def _together(one: Hit, other: Hit, folded: str) -> bool:
    first, second = sorted((one, other))
    return first[1] > second[0] or not _JOINT.search(folded[first[1] : second[0]])


def _inside(place: Hit, spans: list[Hit] | tuple[()]) -> bool:
    return any(start < place[1] and place[0] < end for start, end in spans)


def _within(inner: Hit, outer: Hit) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _drop(found: Hits, concept: str, place: Hit) -> None:
    left = [hit for hit in found.get(concept, ()) if not _inside(hit, [place])]
    if left:
        found[concept] = left
    else:
        found.pop(concept, None)


def _add(found: Hits, concept: str, place: Hit) -> None:
    found[concept] = sorted({*found.get(concept, ()), place})
