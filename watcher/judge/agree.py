"""What the reports of one day say together, where one of them says something else. Pure.

A state takes one step a day, with few exceptions. Of reports of the same states and the same day that tell
different steps, those in the minority have most likely misnamed it: they are taken for what the others say.
A bare "leaves" is heard as the government's decision and yields to whoever is more exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from watcher.judge.acts import Act, act_of, act_of_development, canonical, near, path_of, rank_of, same_stage
from watcher.judge.copies import bare_title
from watcher.model import Development, Item, ItemId, Standing, Tier

VAGUE = frozenset({"W3_GOVERNMENT"})  # what a headline that names no step is heard as
HALF = 0.5  # what a report of such a step weighs
MAJORITY = 1.5  # how many times more must say otherwise before an exact report is not believed
MAJORITY_NEXT = 3.0  # ... when it tells the very next step: a vote, and the signature under it that evening
APART = 1  # days between reports of one day, when one does not state it: midnight and time zones
PAIR, SEVERAL = 2, 4  # states of a joint act; reports of it that can speak against one of them
SHARE = 0.34  # of them that must name a state which another names
_NO_VOICE = (Standing.PLANNED, Standing.DENIED, Standing.RETRACTED, Standing.DUE)


@dataclass(frozen=True, slots=True)
class _Voice:
    """One report, or all that stand behind a development, of one step."""

    act: Act
    weight: float


def agreed(
    items: Sequence[Item],
    developments: Iterable[Development],
    apart: Collection[ItemId] = frozenset(),
) -> list[Item]:
    """`items`, each that stands alone with its step against the others of its states and day with theirs in
    its place. `apart` have no voice and keep their word, as does an official source."""
    acts = {item.id: act for item in items if item.id not in apart and _tells(act := act_of(item))}
    if not acts:
        return list(items)
    heard: dict[frozenset[str], list[_Voice]] = defaultdict(list)
    once = set()
    for item in items:
        mine = acts.get(item.id)
        key = mine and (mine.states, mine.stage, mine.day, bare_title(item.entry))
        if mine is not None and key not in once:
            once.add(key)
            heard[mine.states].append(_Voice(mine, 1.0))
    for development in developments:
        states = frozenset(development.states)
        if states in heard and development.standing not in _NO_VOICE:
            known = act_of_development(development)
            if _tells(known):
                heard[states].append(_Voice(known, float(max(1, len(development.item_ids)))))
    heeding = [_heeding(item, acts.get(item.id), heard) for item in items]
    return _of_shared_states(heeding, {i.id for i in items if i.id in acts and i.entry.tier < Tier.OFFICIAL})


def _of_shared_states(items: Sequence[Item], ids: Collection[ItemId]) -> list[Item]:
    """`items` without the states that next to none of the reports of one joint act name."""
    acts = {i.id: act_of(i) for i in items if i.id in ids}
    found = []
    for item in items:
        act = acts.get(item.id)
        if act is None or len(act.states) < PAIR:
            found.append(item)
            continue
        others = [a for a in acts.values() if _one_joint_act(act, a)]
        named = {s: sum(s in a.states for a in others) for s in act.states}
        kept = tuple(s for s in item.claims[0].states if named[s] >= SHARE * len(others))
        if len(others) >= SEVERAL and kept and len(kept) < len(act.states):
            item = replace(item, claims=(replace(item.claims[0], states=kept), *item.claims[1:]))
        found.append(item)
    return found


def _one_joint_act(act: Act, other: Act) -> bool:
    """The same step of that day by several states, most of them the same."""
    common = len(act.states & other.states)
    return (
        same_stage(act.stage, other.stage)
        and near(act.day, other.day, APART)
        and common >= PAIR
        and common > len(other.states) / 2
    )


def _tells(act: Act) -> bool:
    return bool(act.firm and act.stage and act.states and act.day)


def _heeding(item: Item, act: Act | None, heard: Mapping[frozenset[str], Sequence[_Voice]]) -> Item:
    if act is None or item.entry.tier >= Tier.OFFICIAL:
        return item
    other = _outvoted(act, heard[act.states])
    if other is None:
        return item
    main = replace(item.claims[0], development=other.development, stage=other.stage, substep=other.substep)
    return replace(item, development=other.development, claims=(main, *item.claims[1:]))


def _outvoted(act: Act, voices: Iterable[_Voice]) -> Act | None:
    """The step that most others tell of that day, when they are enough."""
    camps: dict[str, list[_Voice]] = defaultdict(list)
    for voice in voices:
        if near(voice.act.day, act.day, 0 if voice.act.dated and act.dated else APART):
            camps[canonical(voice.act.stage)].append(voice)
    weights = {stage: _weight(camp) for stage, camp in camps.items()}
    mine = canonical(act.stage)
    others = [stage for stage in camps if stage != mine]
    if not others or mine not in camps:
        return None
    best = min(others, key=lambda s: (-weights[s], s))
    if weights[best] < weights[mine] * _asked(mine, best):
        return None
    names: dict[tuple[str, str], float] = defaultdict(float)
    for voice in camps[best]:
        names[voice.act.stage, voice.act.substep] += voice.weight
    stage, substep = min(names, key=lambda n: (-names[n], n))
    return next(v.act for v in camps[best] if (v.act.stage, v.act.substep) == (stage, substep))


def _weight(camp: Iterable[_Voice]) -> float:
    return sum(v.weight * (HALF if v.act.stage in VAGUE else 1.0) for v in camp)


def _asked(mine: str, best: str) -> float:
    if mine in VAGUE:
        return 1.0
    after = path_of(mine) == path_of(best) and rank_of(mine) == rank_of(best) + 1
    return MAJORITY_NEXT if after and best not in VAGUE else MAJORITY
