"""The one function a batch goes through: the same whatever the order, once and no more, flat in cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import perf_counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.judge.desk import Desk, an_item, at, from_the_baseline, votes
from watcher.judge.conclude import conclude
from watcher.judge.dating import likely_dates
from watcher.model import AlertKind, EntryKey, Item, ItemId, Known, Modality, Standing, Tier

STAGES = (
    "W1_CONSIDERING",
    "W3_GOVERNMENT",
    "W4_PARLIAMENT",
    "W6_NOTIFIED",
    "W7_EFFECTIVE",
    "W8_RETURNED",
    "J4_DEPOSITED",
    "S2_LAW",
    "N_CASUALTIES",
    "N_OPINION",
)
reports = st.builds(
    an_item,
    st.just(0),
    st.sampled_from(["Vote", "Notice given", "It counts 6,279", "Литва вышла", "Suomi irtautuu"]),
    st.sampled_from(["FI", "EE", "EE,LV", "LT", "UA", "RU", "TO", ""]),
    st.sampled_from(STAGES),
    st.sampled_from(["2025-06-18", "2025-06-19", "2025-07-02", "2026-01-10", None]),
    modality=st.sampled_from(list(Modality)),
    on=st.sampled_from([None, "2025-06-19", "2025-06-20"]),
    language=st.sampled_from(["en", "fi"]),
    outlet=st.sampled_from(["A", "B", "C", ""]),
    tier=st.sampled_from(list(Tier)),
    adversary=st.booleans(),
    figures=st.sampled_from([(), votes(66, 14), votes(68, 14)]),
)


def numbered(items: list[Item]) -> list[Item]:
    return [
        replace(i, id=ItemId(n), entry=replace(i.entry, key=EntryKey(f"k{n:03}")))
        for n, i in enumerate(items, 1)
    ]


def outcome(items: list[Item]) -> object:
    known = Known(Desk().ids)
    desk = Desk()
    told = conclude(items, known, from_the_baseline(), desk.policy, desk.channels, at("2026-02-01"))
    stories = {i.id: i.story_id for i in told.items}
    return stories, told.stories, told.developments, told.alerts, told.deliveries


@settings(max_examples=60, deadline=None)
@given(st.lists(reports, max_size=8), st.randoms(use_true_random=False))
def test_the_order_within_a_batch_does_not_matter(items: list[Item], shuffle: object) -> None:
    batch = numbered(items)
    mixed = list(batch)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert outcome(batch) == outcome(mixed)


@settings(max_examples=60, deadline=None)
@given(st.lists(reports, max_size=8), st.booleans())
def test_judging_twice_adds_nothing(items: list[Item], one_by_one: bool) -> None:
    desk, now = Desk(), at("2026-02-01")
    batch = numbered(items)
    for part in [[i] for i in batch] if one_by_one else [batch]:
        if part:
            desk.hear(*part, now=now)
    before = dict(desk.stories)
    # As the store hands them back: with the story that they have, which may be closed.
    again = desk.hear(*(desk.items[i.id] for i in batch), now=now) if batch else None
    assert again is None or (again.alerts, again.deliveries, again.developments) == ((), (), ())
    assert desk.stories == before


@settings(max_examples=60, deadline=None)
@given(st.lists(reports.filter(lambda i: i.first_seen < at("2025-06-30")), min_size=1, max_size=8))
def test_an_item_that_comes_back_as_new_finds_its_story(items: list[Item]) -> None:
    desk, now = Desk(), at("2025-06-25")
    batch = numbered(items)
    desk.hear(*batch, now=now)
    before = dict(desk.stories)
    again = desk.hear(*batch, now=now)
    assert (again.alerts, again.deliveries, again.developments) == ((), (), ())
    assert desk.stories == before


@settings(max_examples=40, deadline=None)
@given(st.lists(reports, max_size=8))
def test_keys_are_unique_and_every_alert_has_its_development(items: list[Item]) -> None:
    desk = Desk()
    for item in numbered(items):
        desk.hear(item, now=at("2026-02-01"))
    keys = [a.key for a in desk.alerts]
    assert len(keys) == len(set(keys))
    ids = {d.id for d in desk.developments.values()}
    assert all(a.development is not None and a.development.id in ids for a in desk.alerts)
    assert len({d.key for d in desk.developments.values()}) == len(desk.developments)


def test_the_notes_say_what_the_ledger_made_of_an_item() -> None:
    desk = Desk()
    told = desk.hear(an_item(1, "Again", "LV", "W2_RECOMMENDED", "2025-03-25", on="2025-03-18"))
    assert told.notes[1] == ("LV: known: W2_RECOMMENDED of 2025-03-18 (baseline)",)


def test_a_batch_without_items_concludes_nothing() -> None:
    told = conclude((), Known(Desk().ids), from_the_baseline(), Desk().policy, (), at("2025-06-19"))
    assert (told.items, told.stories, told.alerts) == ((), (), ())


def test_the_cost_of_an_item_does_not_grow_with_the_members_of_a_story() -> None:
    desk = Desk()
    big = [an_item(n, f"Eduskunta votes, report {n}", outlet=f"o{n}") for n in range(1, 400)]
    desk.hear(*big)
    known = desk.known(at("2025-06-20"))
    late = an_item(5000, "One more report of the vote in Helsinki", published="2025-06-20")
    moment = at("2025-06-20")
    conclude([late], known, desk.topic, desk.policy, desk.channels, moment)
    started = perf_counter()
    for _ in range(20):
        conclude([late], known, desk.topic, desk.policy, desk.channels, moment)
    assert (perf_counter() - started) / 20 < 0.1


def test_an_undated_report_belongs_where_its_event_is() -> None:
    dated = [
        an_item(1, "Finland notifies the United Nations", "FI", "W6_NOTIFIED", "2025-07-11"),
        an_item(2, "Report counts casualties in Myanmar, 1,003", "MM", "N_CASUALTIES", "2024-11-20"),
    ]
    undated = [
        an_item(3, "핀란드 탈퇴 통보", "FI", "W6_NOTIFIED", None, language="ko"),
        an_item(4, "Casualties in Myanmar: 1003, a report counts", "MM", "N_CASUALTIES", None),
        an_item(5, "Palestine joins", "PS", "J4_DEPOSITED", None),
        an_item(6, "Something else altogether", "BR", "N_OPINION", None),
    ]
    found = likely_dates([*dated, *undated], from_the_baseline())
    assert {i: m.date().isoformat() for i, m in found.items()} == {
        3: "2025-07-11",
        4: "2024-11-20",
        5: "2017-12-01",
    }


def test_an_undated_report_follows_the_many_and_the_only_time_of_its_kind() -> None:
    dated = [
        *(an_item(n, f"Kyiv, report {n}", "UA", "W3_GOVERNMENT", "2025-06-29") for n in (1, 2, 3)),
        an_item(4, "Kyiv, months later", "UA", "W3_GOVERNMENT", "2025-10-08"),
        an_item(5, "Mines for Kyiv", "US", "N_USE", "2024-11-20"),
        an_item(6, "Washington gives mines", "US", "N_USE", "2024-11-21"),
        an_item(7, "Mines laid", "RU", "N_USE", "2022-03-29"),
        an_item(8, "Mines laid again", "RU", "N_USE", "2023-06-30"),
    ]
    undated = [
        an_item(11, "Kijev kilép", "UA", "W3_GOVERNMENT", None, language="hu"),
        an_item(12, "Amerikai aknák", "US", "N_USE", None, language="hu"),
        an_item(13, "Orosz aknák", "RU", "N_USE", None, language="hu"),
    ]
    found = likely_dates([*dated, *undated], from_the_baseline())
    assert {i: m.date().isoformat() for i, m in found.items()} == {11: "2025-06-29", 12: "2024-11-23"}


def test_a_month_s_news_read_in_one_go_is_told_as_if_read_daily() -> None:
    rows = [
        an_item(1, "Seimas votes", "LT", published="2025-05-08", on="2025-05-08"),
        an_item(2, "Riigikogu votes", "EE", published="2025-06-04", on="2025-06-04"),
        an_item(3, "Latvia again", "LV", "W2_RECOMMENDED", "2025-05-01", on="2025-03-18"),
        an_item(4, "Seimas voted", "LT", published="2025-05-09", on="2025-05-08"),
    ]
    daily, at_once = Desk(), Desk()
    for row in sorted(rows, key=lambda r: r.entry.published or r.first_seen):
        daily.hear(row)
    at_once.hear(*rows, now=at("2025-06-04") + timedelta(hours=1))
    apart = [a for a in daily.alerts if a.kind is not AlertKind.PROMOTION]  # at once it is part of the alert
    assert [(a.key, a.urgency) for a in apart] == [(a.key, a.urgency) for a in at_once.alerts]
    vote = at_once.alerts[0].development
    assert vote
    assert (vote.standing, vote.sources) == (Standing.CONFIRMED, 2)
