"""Stories: what belongs together in whatever words, and what never does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.judge.desk import Desk, an_item, at
from watcher.judge.cluster import assign
from watcher.judge.copies import is_copy
from watcher.judge.terms import Space, terms_of
from watcher.model import Ids, Item, Modality, Tier

WIRE = (
    "The Finnish parliament voted on Thursday to leave the convention that bans anti-personnel mines, "
    "with 157 members in favour, and the president is expected to sign the law in the coming weeks."
)


def stories_of(*items: Item) -> list[int]:
    grouping = assign(items, (), {}, Ids(), at("2026-01-01"))
    by_id = {i.id: i.story_id or 0 for i in grouping.items}
    return [by_id[i.id] for i in items]


def together(*items: Item) -> bool:
    return len(set(stories_of(*items))) == 1


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Eduskunta hyväksyi irtautumisen miinasopimuksesta", "fi"),
        ("Парламент Финляндии проголосовал за выход", "ru"),
        ("芬兰议会投票退出禁雷公约", "zh"),
        ("البرلمان الفنلندي يصوت لصالح الانسحاب", "ar"),
    ],
)
def test_one_vote_is_one_story_in_every_language(title: str, language: str) -> None:
    assert together(an_item(1), an_item(2, title, language=language))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"states": "EE"}, "another state"),
        ({"stage": "W5_HEAD_OF_STATE"}, "another step"),
        ({"stage": "J4_DEPOSITED"}, "another path"),
        ({"published": "2025-09-19"}, "another time"),
        ({"on": "2025-06-11"}, "another day, stated"),
        ({"substep": "committee"}, "another part of the step"),
    ],
)
def test_the_same_words_never_join_what_is_another_act(other: dict[str, str], why: str) -> None:
    words = "Parliament votes to leave the landmine treaty by a wide margin"
    first = an_item(1, words, on="2025-06-19")
    assert not together(first, an_item(2, words + " today", **other)), why  # type: ignore[arg-type]


def test_a_joint_act_is_one_story_and_an_outlet_may_name_a_part_of_it() -> None:
    desk = Desk()
    desk.hear(
        an_item(1, "Three Baltic states notify", "EE,LV,LT", "W6_NOTIFIED", "2025-06-27"),
        an_item(2, "Lithuania hands in its notice", "LT", "W6_NOTIFIED", "2025-06-27"),
    )
    assert desk.story(1) is desk.story(2)
    assert set(desk.story(1).states) == {"EE", "LV", "LT"}


def test_two_stories_that_prove_one_joint_act_are_merged_and_say_so() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Estonia notifies", "EE", "W6_NOTIFIED", "2025-06-27", on="2025-06-27"))
    desk.hear(
        an_item(2, "Lietuva pranešė", "LT", "W6_NOTIFIED", "2025-06-27", on="2025-06-27", language="lt")
    )
    assert desk.story(1).id != desk.story(2).id
    desk.hear(an_item(3, "Both notify", "EE,LT", "W6_NOTIFIED", "2025-06-27", on="2025-06-27"))
    gone = [story for story in (desk.stories[1], desk.stories[2]) if story.merged_into is not None]
    assert len(gone) == 1
    kept = desk.stories[gone[0].merged_into or 0]
    assert set(kept.item_ids) == {1, 2, 3}
    assert set(kept.states) == {"EE", "LT"}


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        (("NO", "W0_REJECTED"), ("NO", "W1_CONSIDERING"), True),
        (("FI", "W3_GOVERNMENT"), ("FI", "W1_CONSIDERING"), True),
        (("US", "N_USE"), ("US", "N_REACTION"), True),
        (("EE,LV,LT", "N_USE"), ("EE,LV,LT", "W2_RECOMMENDED"), True),
        (("FI", "W4_PARLIAMENT"), ("FI", "N_OPINION"), False),
        (("EE,LV,LT", "W6_NOTIFIED"), ("EE,LV,LT", "N_REACTION"), False),
        (("FI", "W1_CONSIDERING"), ("SE", "W1_CONSIDERING"), False),
        (("FI", "N_CASUALTIES"), ("", "N_CASUALTIES"), True),
        (("MM", "N_CASUALTIES"), ("SY", "N_CASUALTIES"), True),
    ],
)
def test_one_day_s_reports_of_one_state_are_of_one_thing_and_what_is_said_of_it_is_another(
    first: tuple[str, str], second: tuple[str, str], one: bool
) -> None:
    left = an_item(1, "Пълна промяна на курса", *first, language="bg")
    assert together(left, an_item(2, "Ein Bericht aus der Hauptstadt", *second, language="de")) is one
    later = an_item(3, "Ein Bericht aus der Hauptstadt", *second, "2025-07-19", language="de")
    assert not together(left, later)


def test_a_cabinet_that_decides_again_tells_a_new_story_and_a_notice_is_given_once() -> None:
    desk = Desk()
    desk.hear(
        an_item(1, "Announced", "US", "N_POLICY", "2020-01-31"),
        an_item(2, "Notice", "LT", "W6_NOTIFIED", "2020-01-31"),
    )
    desk.hear(
        an_item(3, "Again", "US", "N_POLICY", "2022-06-21"),
        an_item(4, "It gave notice", "LT", "W6_NOTIFIED", "2020-05-21"),
    )
    assert desk.items[3].story_id != desk.items[1].story_id
    assert desk.items[4].story_id == desk.items[2].story_id


def test_an_announced_vote_and_the_vote_of_that_day_share_a_story() -> None:
    planned = an_item(
        1, "Vote on Thursday", published="2025-06-17", on="2025-06-19", modality=Modality.PLANNED
    )
    assert together(planned, an_item(2, on="2025-06-19"))
    other = an_item(3, "Vote on Thursday", published="2025-05-20", on="2025-05-22", modality=Modality.PLANNED)
    assert not together(other, an_item(2, on="2025-06-19"))


def test_wire_copies_are_told_from_other_reports_of_the_event() -> None:
    desk = Desk()
    desk.hear(
        an_item(1, "Finland votes to leave", summary=WIRE, outlet="A"),
        an_item(2, "Finns quit mine treaty", summary=WIRE, outlet="B"),
        an_item(
            3, "Eduskunta backs exit", summary="A different text about the same vote in Helsinki.", outlet="C"
        ),
    )
    assert [desk.items[i].copy_of for i in (1, 2, 3)] == [None, 1, None]
    assert desk.story(1).outlets == ("A", "C")


@pytest.mark.parametrize(
    ("left", "right", "copy"),
    [
        (WIRE, WIRE, True),
        (WIRE, WIRE + " Reporting by our correspondent.", True),
        (
            WIRE,
            WIRE.replace("Finnish", "Estonian").replace("157", "81").replace("Thursday", "Wednesday"),
            False,
        ),
        ("", "", True),
        ("", WIRE, True),  # the same headline, one with its text
    ],
)
def test_copies_are_the_same_text(left: str, right: str, copy: bool) -> None:
    headline = "Finland leaves the landmine treaty"
    other = headline if not left else "Quite another headline over it"
    assert is_copy(an_item(1, headline, summary=left).entry, an_item(2, other, summary=right).entry) is copy


def test_statements_of_two_organisations_on_one_day_stay_apart() -> None:
    first = an_item(
        1,
        "Red Cross president warns of civilian harm",
        "",
        "N_REACTION",
        summary="The head of the Red Cross says in Geneva that the consensus is cracking.",
    )
    second = an_item(
        2,
        "Bishops ask governments to think again",
        "",
        "N_REACTION",
        summary="A letter by European bishops recalls the children hurt in Bosnia and Angola.",
    )
    again = an_item(
        3,
        "Consensus is cracking, Red Cross head says",
        "",
        "N_REACTION",
        "2025-06-20",
        summary="In Geneva the Red Cross president warns of harm to civilians.",
    )
    left, right, third = stories_of(first, second, again)
    assert left == third != right


def test_a_shared_count_joins_what_words_alone_would_not() -> None:
    first = an_item(1, "Monitor counts 6,279 victims", "", "N_CASUALTIES", summary="A four-year high.")
    second = an_item(
        2,
        "Casualties reached 6279 last year",
        "",
        "N_CASUALTIES",
        summary="Campaigners worry, report counts.",
    )
    third = an_item(
        3, "Casualties fell to 4,710", "", "N_CASUALTIES", "2025-06-30", summary="Another region altogether."
    )
    a, b, c = stories_of(first, second, third)
    assert a == b != c


def test_a_headline_that_runs_ahead_joins_the_story_of_the_day_and_not_its_claim() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Lithuania: Seimas votes to leave the mine treaty", "LT", published="2025-05-08"))
    desk.hear(
        an_item(2, "Lithuania has left the mine treaty, Seimas votes", "LT", "W7_EFFECTIVE", "2025-05-08")
    )
    desk.hear(an_item(3, "Литва: сейм проголосовал", "LT", published="2025-05-08", language="ru"))
    assert desk.story(1) is desk.story(2) is desk.story(3)
    assert desk.story(1).stage == "W4_PARLIAMENT"


def test_a_late_report_goes_to_the_closed_story_of_its_step() -> None:
    desk = Desk()
    desk.hear(an_item(1, on="2025-06-19"))
    desk.hear(an_item(2, "When the Eduskunta voted", published="2025-12-01", on="2025-06-19"))
    assert desk.items[2].story_id == desk.items[1].story_id


def test_marks_split_and_merge_and_hold() -> None:
    from watcher.model import ItemId, Mark

    desk = Desk()
    desk.hear(an_item(1), an_item(2, "Another report of it"), an_item(3, "A third", "EE"))
    desk.marks = (Mark(ItemId(2), "split"),)
    desk.hear(desk.items[2], now=at("2025-06-20"))
    assert desk.story(2).id != desk.story(1).id
    assert desk.story(1).item_ids == (1,)
    held = desk.story(2).id
    desk.hear(desk.items[2], now=at("2025-06-20"))
    assert desk.story(2).id == held
    desk.marks += (Mark(ItemId(2), "merge", "3"),)
    desk.hear(desk.items[2], now=at("2025-06-20"))
    assert desk.story(2).id == desk.story(3).id


STAGES = [
    "W1_CONSIDERING",
    "W3_GOVERNMENT",
    "W4_PARLIAMENT",
    "W7_EFFECTIVE",
    "N_MEETING",
    "N_OPINION",
    "J4_DEPOSITED",
]
TITLES = [
    "Finland votes",
    "Miinat palaavat",
    "A report counts 6,279",
    "Meeting in Geneva opens",
    "Литва вышла",
    "",
]
reports = st.builds(
    an_item,
    st.just(0),
    st.sampled_from(TITLES),
    st.sampled_from(["FI", "EE", "EE,LV", "LT", "", "RU"]),
    st.sampled_from(STAGES),
    st.sampled_from(["2025-06-18", "2025-06-19", "2025-06-27", None]),
    modality=st.sampled_from(list(Modality)),
    on=st.sampled_from([None, "2025-06-19", "2025-06-20"]),
    language=st.sampled_from(["en", "fi", "ru"]),
    summary=st.sampled_from(["", WIRE, "Something else is written here about the matter."]),
)


def numbered(items: list[Item]) -> list[Item]:
    from dataclasses import replace

    from watcher.model import EntryKey, ItemId

    return [
        replace(i, id=ItemId(n), entry=replace(i.entry, key=EntryKey(f"k{n:03}")))
        for n, i in enumerate(items, 1)
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(reports, max_size=9), st.randoms(use_true_random=False))
def test_the_order_within_a_cycle_does_not_matter(items: list[Item], shuffle: object) -> None:
    batch = numbered(items)
    mixed = list(batch)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert stories_of(*batch) == [
        dict(zip([i.id for i in mixed], stories_of(*mixed), strict=True))[i.id] for i in batch
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(reports, min_size=1, max_size=9))
def test_every_item_gets_a_story_and_two_states_votes_never_share_one(items: list[Item]) -> None:
    grouping = assign(numbered(items), (), {}, Ids(), at("2026-01-01"))
    assert all(i.story_id is not None for i in grouping.items)
    firm: dict[int, set[str]] = {}
    for item in grouping.items:
        claim = item.claims[0]
        if (
            claim.development == "parliament_vote"
            and claim.modality is Modality.DONE
            and len(claim.states) == 1
        ) and item.copy_of is None:
            firm.setdefault(item.story_id or 0, set()).add(claim.states[0])
    copied = {i.story_id for i in grouping.items if i.copy_of is not None}
    assert all(len(states) == 1 for story, states in firm.items() if story not in copied)


def test_numbers_and_scripts_without_spaces_are_terms() -> None:
    assert {"6279", "casualties"} <= set(terms_of("6,279 casualties"))
    assert "地雷" in terms_of("杀伤人员地雷公约")
    assert terms_of("Żołnierze") == terms_of("zołnierze")


def test_a_term_that_stands_everywhere_does_not_count() -> None:
    space = Space(floor=2)
    for number in range(10):
        terms = terms_of(f"mines word{number}")
        space.note(terms)
        space.grow(number, terms)
    assert space.nearest(terms_of("mines")) == {}
    assert set(space.nearest(terms_of("mines word3"))) == {3}


def test_two_stories_that_prove_to_be_one_act_say_so_to_those_who_were_told() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Vilnius notifies UN", "LT", "W6_NOTIFIED", "2025-06-27", on="2025-06-27"))
    desk.hear(an_item(2, "Tallinn notifies UN", "EE", "W6_NOTIFIED", "2025-06-27", on="2025-06-27"))
    joint = desk.hear(an_item(3, "Both notify UN", "EE,LT", "W6_NOTIFIED", "2025-06-27", on="2025-06-27"))
    (gone,) = [s for s in joint.stories if s.merged_into is not None]
    assert joint.notes[3][0] == f"story {gone.id} merged into {gone.merged_into}: one joint act"
    said = [
        a for a in joint.alerts if a.development and a.development.delta[0].startswith("one joint act with")
    ]
    assert len(said) == 1
    assert said[0].follows is not None
    assert {d.story_id for d in desk.developments.values() if d.stage} == {gone.merged_into}


def test_one_form_filled_in_for_another_state_is_no_copy() -> None:
    form = "{} has deposited its instrument of withdrawal with the Secretary-General, as the record says."
    desk = Desk()
    for number, (state, name) in enumerate((("EE", "Estonia"), ("LV", "Latvia"), ("LT", "Lithuania")), 1):
        notice = an_item(
            number, f"Notice: {name}", state, "W6_NOTIFIED", outlet="Record", tier=Tier.DEPOSITARY
        )
        desk.hear(replace(notice, entry=replace(notice.entry, summary=form.format(name))))
    assert [desk.items[n].copy_of for n in (1, 2, 3)] == [None] * 3
    assert len({desk.items[n].story_id for n in (1, 2, 3)}) == 3
    assert [(a.urgency.value, a.development and a.development.states) for a in desk.alerts] == [
        ("instant", (state,)) for state in ("EE", "LV", "LT")
    ]
