"""Reports of one day that tell different steps of one state: who is believed, and what becomes of it."""

from __future__ import annotations

import pytest

from tests.judge.desk import Desk, an_item, told
from watcher.judge.agree import agreed
from watcher.model import Development, Item, ItemId, Tier

DAY = "2025-06-19"
VOTE, BARE, SIGNED, NOTICE = "W4_PARLIAMENT", "W3_GOVERNMENT", "W5_HEAD_OF_STATE", "W6_NOTIFIED"


def reports(*stages: str, states: str = "FI") -> list[Item]:
    return [an_item(n, f"Report number {n}", states, stage, DAY) for n, stage in enumerate(stages, 1)]


def heard(items: list[Item]) -> list[str]:
    return [i.claims[0].stage for i in agreed(items, ())]


@pytest.mark.parametrize(
    ("told_as", "believed"),
    [
        ([VOTE, VOTE, NOTICE], [VOTE, VOTE, VOTE]),
        ([VOTE, BARE], [VOTE, VOTE]),
        ([VOTE, BARE, BARE], [VOTE, VOTE, VOTE]),
        ([BARE, BARE, BARE, SIGNED], [BARE, BARE, BARE, BARE]),
        ([VOTE, NOTICE], [VOTE, NOTICE]),
        ([VOTE, VOTE, SIGNED], [VOTE, VOTE, SIGNED]),
        ([VOTE, VOTE, VOTE, SIGNED], [VOTE, VOTE, VOTE, VOTE]),
        ([VOTE, "J4_DEPOSITED", "N_OPINION"], [VOTE, "J4_DEPOSITED", "N_OPINION"]),
    ],
)
def test_who_stands_alone_is_not_believed_and_a_bare_exit_yields(
    told_as: list[str], believed: list[str]
) -> None:
    assert heard(reports(*told_as)) == believed


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"states": "EE"}, "another state"),
        ({"states": "EE,FI"}, "a joint act"),
        ({"published": "2025-06-22"}, "another day"),
        ({"published": DAY, "on": "2025-06-20"}, "another day, stated by both"),
        ({"tier": Tier.OFFICIAL}, "an official source"),
    ],
)
def test_other_states_other_days_and_officials_keep_their_word(other: dict[str, str], why: str) -> None:
    votes = [an_item(n, f"Report number {n}", "FI", VOTE, DAY, on=DAY) for n in (1, 2, 3)]
    apart = an_item(4, "Another", **{"states": "FI", "stage": NOTICE, "published": DAY} | other)  # type: ignore[arg-type]
    assert agreed([*votes, apart], ())[3].claims[0].stage == NOTICE, why


def test_a_state_that_one_of_many_adds_to_a_joint_act_is_left_out() -> None:
    joint = [an_item(n, f"Report number {n}", "EE,LV,LT", NOTICE, DAY) for n in (1, 2, 3)]
    more = an_item(4, "Five countries give notice", "EE,FI,LV,LT,PL", NOTICE, DAY)
    assert agreed([*joint, more], ())[3].claims[0].states == ("EE", "LV", "LT")
    assert agreed([*joint[:2], more], ())[2] is more  # two are too few to speak against it
    part = an_item(5, "Vilnius gives notice", "LT", NOTICE, DAY)
    assert agreed([*joint, part], ())[3] is part


def test_one_headline_in_three_papers_is_one_voice_and_marks_keep_theirs() -> None:
    copies = [an_item(n, "Finland has told the UN", "FI", NOTICE, DAY) for n in (1, 2, 3)]
    assert heard([*copies, an_item(4, "Voted", "FI", VOTE, DAY)]) == [NOTICE] * 3 + [VOTE]
    items = reports(VOTE, VOTE, VOTE, NOTICE)
    assert agreed(items, (), {ItemId(4)})[3] is items[3]


def test_one_day_s_differing_reports_make_one_story_and_one_alert() -> None:
    desk = Desk()
    items = reports(VOTE, VOTE, BARE, NOTICE)
    desk.hear(*items)
    assert len({desk.items[i.id].story_id for i in items}) == 1
    assert [t[2:] for t in told(desk.alerts)] == [("instant", "FI", "parliament_vote")]
    late = desk.hear(an_item(9, "Finland tells the UN", "FI", NOTICE, "2025-06-20"))
    assert late.notes[9] == ("read as parliament_vote, which the others of that day tell",)
    assert late.alerts == ()
    (vote,) = developments(desk)
    assert vote.item_ids[-1] == 9


def developments(desk: Desk) -> list[Development]:
    return list(desk.developments.values())
