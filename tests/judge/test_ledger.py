"""What is new, what is background, what contradicts; and what is new since the baseline article."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.judge.desk import Desk, an_item, at, from_the_baseline, shipped, told, votes
from watcher.judge.conclude import ledger_of
from watcher.judge.ledger import known_before, opening, span
from watcher.judge.novelty import CHANGED, CONFIRMED, CONTRADICTED, NEW, table
from watcher.model import Figure, Modality, Standing, Tier


def kinds(desk: Desk) -> list[str]:
    return [f"{a.kind.value}/{a.urgency.value}" for a in desk.alerts]


# ── the zero ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "status", "stage"),
    [
        ("EE", "FORMER_PARTY", "W7_EFFECTIVE"),
        ("FI", "FORMER_PARTY", "W7_EFFECTIVE"),
        ("PL", "FORMER_PARTY", "W7_EFFECTIVE"),
        ("UA", "PARTY_CONTESTED", "S5_REJECTED"),
        ("TO", "PARTY", "J5_IN_FORCE"),
        ("US", "NON_PARTY", ""),
        ("NO", "PARTY", "W0_REJECTED"),
    ],
)
def test_a_new_installation_knows_the_history(state: str, status: str, stage: str) -> None:
    point = opening(shipped(), at("2026-11-23")).of(state)
    assert (point.legal_status, point.stage) == (status, stage)


def test_the_baseline_alone_is_the_zero_of_a_replay() -> None:
    ledger = opening(shipped(), at("2026-11-23"), baseline_only=True)
    assert {ledger.of(s).stage for s in ("EE", "LV", "LT", "PL")} == {"W2_RECOMMENDED"}
    assert {ledger.of(s).legal_status for s in ("EE", "FI", "PL", "UA")} == {"PARTY"}
    assert ledger.of("FI").stage == ""
    assert ledger.of("FI").baseline_stage == "W1_CONSIDERING"


def test_what_lies_ahead_of_the_clock_is_not_known() -> None:
    ledger = opening(shipped(), at("2025-07-31"))
    assert ledger.of("EE").legal_status == "PARTY_LEAVING"
    assert ledger.of("EE").effect_due == date(2025, 12, 27)
    assert ledger.of("FI").stage != "W7_EFFECTIVE"
    assert opening(shipped(), at("2025-03-01")).of("PL").stage != "W2_RECOMMENDED"
    assert known_before(shipped(), at("2012-01-01")).history == tuple(
        e for e in shipped().history if span(e)[1] < date(2012, 1, 1)
    )


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-06-27", "2025-06-27", "2025-06-27"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2025-05..06", "2025-05-01", "2025-06-30"),
        ("2025-12-01..05", "2025-12-01", "2025-12-05"),
        ("2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_vague_dates_span_what_they_allow(text: str, first: str, last: str) -> None:
    from watcher.topic import PastEvent

    exact = date.fromisoformat(text) if len(text) == 10 else None
    event = PastEvent(("FI",), "W1_CONSIDERING", "", exact, text, "", (), "sure")
    assert span(event) == (date.fromisoformat(first), date.fromisoformat(last))


# ── novelty ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("states", "stage", "day", "on"),
    [
        ("FI", "W4_PARLIAMENT", "2026-11-20", "2025-06-19"),
        ("FI", "W4_PARLIAMENT", "2026-11-20", None),
        ("EE,LV,LT", "W7_EFFECTIVE", "2026-11-20", "2025-12-27"),
        ("LT", "W5_HEAD_OF_STATE", "2026-11-20", "2025-05-20"),  # the recorded day is vague
        ("PL", "W3_GOVERNMENT", "2026-11-20", None),  # never recorded, but long overtaken
        ("TO", "J4_DEPOSITED", "2026-11-20", "2025-06-26"),
        ("FR", "J4_DEPOSITED", "2026-11-20", None),
        ("EE,LV,LT,PL", "W2_RECOMMENDED", "2026-11-20", None),
    ],
)
def test_what_the_history_knows_is_never_told_again(
    states: str, stage: str, day: str, on: str | None
) -> None:
    desk = Desk(topic=shipped())
    concluded = desk.hear(an_item(1, "Old news", states, stage, day, on=on))
    assert concluded.alerts == ()
    assert concluded.notes[1]


def test_a_known_step_with_a_new_date_is_a_new_act() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Announced", "FI", "W3_GOVERNMENT", "2025-04-01", on="2025-04-01"))
    desk.hear(an_item(2, "Bill approved", "FI", "W3_GOVERNMENT", "2025-05-28", on="2025-05-28"))
    assert kinds(desk) == ["new/instant", "new/instant"]


def test_the_day_of_an_earlier_step_in_a_later_one_s_report_is_not_its_own() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Vote", "LV", "W4_PARLIAMENT", "2025-04-16", on="2025-04-16"))
    desk.hear(
        an_item(2, "Signed the law of the 16th", "LV", "W5_HEAD_OF_STATE", "2025-04-24", on="2025-04-16")
    )
    assert [(d.stage, str(d.event_date)) for d in desk.developments.values()] == [
        ("W4_PARLIAMENT", "2025-04-16"),
        ("W5_HEAD_OF_STATE", "2025-04-24"),
    ]


@pytest.mark.parametrize(
    ("second", "developments"),
    [
        ({"published": "2025-07-11", "on": "2024-12-01"}, 1),  # an earlier day is another account of it
        ({"published": "2025-07-11"}, 1),
        ({"published": "2025-07-21", "on": "2025-07-20"}, 2),  # the first was too early and had no day
    ],
)
def test_an_instrument_is_deposited_once(second: dict[str, Any], developments: int) -> None:
    desk = Desk()
    desk.hear(an_item(1, "Tonga joins", "TO", "J4_DEPOSITED", "2025-06-25"))
    desk.hear(an_item(2, "Tonga has joined", "TO", "J4_DEPOSITED", **second))
    assert len([d for d in desk.developments.values() if d.stage]) == developments


def test_an_effect_under_the_day_of_its_notice_is_one_of_its_own_day() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Notice", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10", tier=Tier.OFFICIAL))
    desk.hear(
        an_item(2, "Finland is out", "FI", "W7_EFFECTIVE", "2026-01-10", on="2025-07-10"),
        an_item(3, "Finland has left", "FI", "W7_EFFECTIVE", "2026-01-10", on="2026-01-10"),
    )
    assert kinds(desk) == ["new/instant", "new/instant"]


def test_an_earlier_step_with_a_later_day_waits_for_the_digest() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Notice", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10", tier=Tier.OFFICIAL))
    desk.hear(an_item(2, "Cabinet decides", "FI", "W3_GOVERNMENT", "2025-07-12", on="2025-07-11"))
    assert kinds(desk) == ["new/instant", "new/digest"]


def test_the_way_to_a_notice_is_its_background_and_a_signature_under_the_vote_is_not() -> None:
    desk = Desk()
    desk.hear(
        an_item(
            1, "Cabinet of Finland and its way out", "FI", "W3_GOVERNMENT", "2025-07-11", on="2025-07-10"
        ),
        an_item(2, "Notice", "FI", "W6_NOTIFIED", "2025-07-11", on="2025-07-10"),
        an_item(3, "Signed", "LT", "W5_HEAD_OF_STATE", "2025-07-11", on="2025-07-10"),
        an_item(4, "Voted", "LT", "W4_PARLIAMENT", "2025-07-11", on="2025-07-10"),
    )
    assert [(s, w) for *_, s, w in told(desk.alerts)] == [
        ("FI", "notified_un"),
        ("LT", "signed_by_president"),
        ("LT", "parliament_vote"),
    ]


def test_another_outlet_corroborates_and_two_confirm() -> None:
    desk = Desk()
    first = desk.hear(an_item(1)).developments[0]
    assert (first.standing, first.sources) == (Standing.REPORTED, 1)
    second = desk.hear(an_item(2, "Suomi irtautuu", language="fi")).developments[0]
    assert (second.id, second.standing, second.sources) == (first.id, Standing.CONFIRMED, 2)
    assert kinds(desk) == ["new/instant", "promotion/digest"]


def test_an_official_source_confirms_at_once_and_promotes_in_place() -> None:
    desk = Desk()
    assert desk.hear(an_item(1, tier=Tier.OFFICIAL)).developments[0].standing is Standing.CONFIRMED
    desk = Desk()
    desk.hear(an_item(1))
    promoted = desk.hear(an_item(2, "Official record", tier=Tier.DEPOSITARY))
    assert promoted.developments[0].id == 1
    assert promoted.developments[0].tier is Tier.DEPOSITARY
    assert kinds(desk) == ["new/instant", "promotion/instant"]


@pytest.mark.parametrize(
    ("sources", "instant"),
    [
        ([{"adversary": True}], False),
        ([{"adversary": True, "outlet": "A"}, {"adversary": True, "outlet": "B"}], False),
        ([{"tier": Tier.AGGREGATOR}], False),
        ([{"tier": Tier.AGGREGATOR, "outlet": "A"}, {"tier": Tier.AGGREGATOR, "outlet": "B"}], True),
        ([{"adversary": True}, {"tier": Tier.MEDIA}], True),
    ],
)
def test_weak_sources_alone_interrupt_nobody_and_change_no_status(
    sources: list[dict[str, object]], instant: bool
) -> None:
    desk = Desk()
    for number, source in enumerate(sources, 1):
        text = f"Report {number} of the notice, in its own words {number * 17}"
        desk.hear(an_item(number, text, "FI", "W6_NOTIFIED", on="2025-06-19", **source))  # type: ignore[arg-type]
    assert ("new/instant" in kinds(desk)) is instant
    ledger = ledger_of(desk.known(at("2025-06-20")), desk.topic, at("2025-06-20"))
    assert ledger.of("FI").legal_status == "PARTY"


def test_only_a_confirmed_notice_effect_or_deposit_changes_the_legal_status() -> None:
    desk = Desk()
    for number, stage in enumerate(("W3_GOVERNMENT", "W4_PARLIAMENT", "W5_HEAD_OF_STATE"), 1):
        desk.hear(an_item(number, stage, "FI", stage, f"2025-06-0{number}", tier=Tier.OFFICIAL))
    now = at("2025-06-10")
    assert ledger_of(desk.known(now), desk.topic, now).of("FI").legal_status == "PARTY"
    desk.hear(an_item(9, "Notice", "FI", "W6_NOTIFIED", "2025-06-10", on="2025-06-10", tier=Tier.OFFICIAL))
    point = ledger_of(desk.known(now), desk.topic, now).of("FI")
    assert (point.legal_status, point.effect_due) == ("PARTY_LEAVING", date(2025, 12, 10))


@pytest.mark.parametrize(
    ("states", "stage", "why"),
    [
        ("LT", "W7_EFFECTIVE", "LT: reported as having left, but the ledger has W2_RECOMMENDED"),
        ("NO", "W7_EFFECTIVE", "NO: reported as having left, but no step towards it is known"),
        ("GE", "W7_EFFECTIVE", "GE: reported as having left, but was no party"),
        ("GE", "W6_NOTIFIED", "GE: reported as leaving, but never joined"),
    ],
)
def test_a_step_that_cannot_have_been_taken_is_a_contradiction(states: str, stage: str, why: str) -> None:
    desk = Desk()
    concluded = desk.hear(an_item(1, "Has withdrawn", states, stage, "2025-05-08"))
    assert concluded.developments[0].delta == (why,)
    assert concluded.developments[0].standing is Standing.REPORTED
    assert kinds(desk) == ["contradiction/digest"]
    assert ledger_of(desk.known(at("2025-05-09")), desk.topic, at("2025-05-09")).of(states).legal_status in (
        "PARTY",
        "NON_PARTY",
    )


def test_an_exit_before_its_day_is_a_contradiction_and_on_its_day_is_not() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Notice", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10", tier=Tier.OFFICIAL))
    early = desk.hear(an_item(2, "Finland is out", "FI", "W7_EFFECTIVE", "2025-09-01"))
    assert "not before 2026-01-10" in early.developments[0].delta[0]
    desk.hear(an_item(3, "Finland is out", "FI", "W7_EFFECTIVE", "2026-01-10"))
    assert told(desk.alerts)[-1] == ("2026-01-10", "new", "instant", "FI", "in_effect")
    now = at("2026-01-11")
    assert ledger_of(desk.known(now), desk.topic, now).of("FI").legal_status == "FORMER_PARTY"


def test_two_counts_and_two_dates_stand_side_by_side() -> None:
    desk = Desk()
    desk.hear(an_item(1, states="LV", published="2025-04-16", on="2025-04-16", figures=votes(66, 14)))
    desk.hear(an_item(2, "Other", "LV", published="2025-04-17", on="2025-04-17", figures=votes(68, 14)))
    desk.hear(an_item(3, "Signed", "LV", "W5_HEAD_OF_STATE", "2025-04-24", on="2025-04-23"))
    desk.hear(an_item(4, "Promulgated", "LV", "W5_HEAD_OF_STATE", "2025-04-26", on="2025-04-26"))
    clashes = [d for d in desk.developments.values() if d.follows]
    assert sorted(d.delta for d in clashes) == [
        ("2025-04-23 against 2025-04-26",),
        ("66 votes for against 68 votes for",),
    ]
    assert kinds(desk).count("new/instant") == 2
    assert kinds(desk).count("contradiction/digest") == 2


@pytest.mark.parametrize(
    ("why", "second"),
    [
        ("two sides of midnight", {"on": "2025-04-17"}),
        ("only its publication is known", {"published": "2025-04-19"}),
        ("a round number", {"figures": votes(70, 14)}),
        ("said to be a round number", {"figures": (Figure("votes_for", 60, ">"),)}),
        ("the outlet corrects itself", {"outlet": "Outlet 1", "figures": votes(68, 14)}),
        ("a wire copy with a slip", {"summary": "copy", "figures": votes(68, 14)}),
        ("the other chamber", {"substep": "second_chamber", "figures": votes(24, 3)}),
        ("a count of another body", {"figures": votes(7, 1)}),
        ("not the votes that were cast", {"figures": (Figure("absent", 12),)}),
    ],
)
def test_what_is_no_contradiction(why: str, second: dict[str, Any]) -> None:
    wire = " ".join(f"word{n}" for n in range(40))
    desk = Desk()
    more = second | {"summary": wire} if "summary" in second else second
    first: dict[str, Any] = {
        "states": "LV",
        "on": "2025-04-16",
        "summary": wire if "summary" in second else "",
    }
    desk.hear(
        an_item(
            1, published="2025-04-16", figures=votes(166, 14) if "round" in why else votes(66, 14), **first
        )
    )
    if why == "a round number":
        more = {"figures": votes(170, 14)}
    desk.hear(
        an_item(2, "Saeima: 68 deputies for the exit", **({"states": "LV", "published": "2025-04-17"} | more))
    )
    assert "contradiction/digest" not in kinds(desk), why


def test_a_planned_step_waits_and_the_step_itself_follows_it() -> None:
    desk = Desk()
    desk.hear(an_item(1, "To vote", published="2025-06-10", on="2025-06-19", modality=Modality.PLANNED))
    desk.hear(an_item(2, "Voted", on="2025-06-19"))
    assert kinds(desk) == ["new/digest", "new/instant"]
    plan, vote = desk.developments[1], desk.developments[2]
    assert (plan.standing, vote.follows) == (Standing.PLANNED, plan.id)
    desk.hear(an_item(3, "Soon to vote", published="2025-06-20", on="2025-06-19", modality=Modality.PLANNED))
    assert len(desk.alerts) == 2


def test_a_notice_taken_back_stops_the_clock() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Notice", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10", tier=Tier.OFFICIAL))
    desk.hear(
        an_item(2, "Notice withdrawn", "FI", "W8_RETURNED", "2025-10-01", on="2025-10-01", tier=Tier.OFFICIAL)
    )
    assert kinds(desk) == ["new/instant", "new/instant"]
    now = at("2025-12-20")
    assert ledger_of(desk.known(now), desk.topic, now).of("FI").legal_status == "PARTY"
    assert desk.tick(at("2026-01-10", 13)).alerts == ()


def test_what_is_told_in_passing_without_its_day_makes_no_development() -> None:
    item = an_item(1, "Red Cross warns", "", "N_REACTION", "2025-07-01")
    aside = an_item(2, "aside", "EE", "W4_PARLIAMENT", "2025-07-01").claims[0]
    desk = Desk()
    desk.hear(replace(item, claims=(*item.claims, aside)))
    assert [d.development for d in desk.developments.values()] == ["condemnation_or_appeal"]
    dated = replace(item.claims[0], states=("EE",), development="notified_un", stage="W6_NOTIFIED")
    dated = replace(dated, event_date=date(2025, 6, 27), date_precision="day")
    desk.hear(
        replace(an_item(3, "Bishops warn", "", "N_REACTION", "2025-07-02"), claims=(*item.claims, dated))
    )
    assert kinds(desk)[-1] == "new/digest"
    old = replace(dated, states=("LT",), event_date=date(2025, 3, 27))
    desk.hear(replace(an_item(4, "Unions warn", "", "N_REACTION", "2025-07-03"), claims=(*item.claims, old)))
    assert not any(d.states == ("LT",) for d in desk.developments.values())


def test_what_is_told_in_passing_interrupts_when_another_report_is_about_it() -> None:
    aside = an_item(2, "aside", "EE", "W4_PARLIAMENT", "2025-07-01", on="2025-06-30").claims[0]
    item = an_item(1, "Red Cross warns", "", "N_REACTION", "2025-07-01")
    desk = Desk()
    desk.hear(replace(item, claims=(*item.claims, aside)))
    assert "new/instant" not in kinds(desk)
    desk.hear(an_item(3, "Riigikogu votes", "EE", "W4_PARLIAMENT", "2025-07-01", on="2025-06-30"))
    assert kinds(desk)[-1] == "new/instant"


def test_states_that_cannot_take_part_are_left_out() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Latvia votes over Russia", "LV,RU", published="2025-04-16"))
    assert desk.developments[1].states == ("LV",)
    assert desk.items[1].states == ("LV", "RU")


# ── since the baseline ────────────────────────────────────────────────────────────────────────


def test_a_development_says_what_is_new_since_the_baseline() -> None:
    desk = Desk()
    desk.hear(an_item(1, states="LT", published="2025-05-08"))
    assert desk.developments[1].since_baseline == (
        "LT: leaving recommended in the baseline, now 2 stages on",
    )
    desk.hear(an_item(2, "Finland decides", "FI", "W3_GOVERNMENT", "2025-04-01"))
    assert desk.developments[2].since_baseline[-1].startswith("prediction come true: Finland follows")
    desk.hear(an_item(3, "Tonga joins", "TO", "J4_DEPOSITED", "2025-06-26"))
    assert "not in the baseline article: TO" in desk.developments[3].since_baseline
    counted = (Figure("casualties", 6279),)
    desk.hear(an_item(4, "6,279 victims", "", "N_CASUALTIES", "2025-12-01", figures=counted))
    assert (
        "6,279 casualties; the baseline had <5,000 casualties (a year)" in desk.developments[4].since_baseline
    )


def test_the_table_of_what_is_new_since_the_baseline() -> None:
    rows = table(opening(shipped(), at("2026-11-23")), (), shipped())
    states = {r.subject: r.outcome for r in rows if r.kind == "state"}
    assert states["EE"] == states["PL"] == states["FI"] == CHANGED
    assert states["UA"] == states["TO"] == states["MH"] == NEW
    predictions = {r.subject: r for r in rows if r.kind == "prediction"}
    assert predictions["Finland follows the four"].outcome == CONFIRMED
    others = next(r for r in predictions.values() if r.subject.startswith("other states"))
    assert (others.outcome, others.states) == (CONFIRMED, ("UA",))
    figures = {r.subject: r.outcome for r in rows if r.kind == "figure"}
    assert figures["casualties"] == CONTRADICTED
    assert figures["parties"] == CONFIRMED
    topics = {r.now for r in rows if r.kind == "topic"}
    assert any("22MSP" in t for t in topics)
    bare = table(opening(from_the_baseline(), at("2026-11-23")), (), from_the_baseline())
    assert {r.outcome for r in bare if r.kind == "prediction"} == {"open"}


def test_an_outlet_that_comes_after_the_story_has_closed_is_a_further_source() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Notice", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10"))
    late = desk.hear(an_item(2, "How Finland left", "FI", "W6_NOTIFIED", "2025-11-01", on="2025-07-10"))
    assert [(d.sources, d.standing) for d in late.developments] == [(2, Standing.CONFIRMED)]
    again = desk.hear(
        an_item(3, "Finland's notice", "FI", "W6_NOTIFIED", "2025-12-20", on="2025-07-10", outlet="Outlet 2")
    )
    assert [d.sources for d in again.developments] == [2]
    assert kinds(desk) == ["new/instant"]


def test_the_votes_of_another_body_are_an_act_of_their_own() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Chamber", "RO", published="2027-10-12", on="2027-10-12", figures=votes(214, 63)))
    desk.hear(an_item(2, "Upper house", "RO", published="2027-10-13", figures=votes(97, 26)))
    assert kinds(desk) == ["new/instant", "new/instant"]
    assert desk.items[1].story_id != desk.items[2].story_id


def test_a_second_outlet_of_a_digest_line_is_told_to_nobody_and_a_new_count_is() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Norway stays", "NO", "W0_REJECTED", "2025-04-02"))
    desk.hear(an_item(2, "Norge blir", "NO", "W0_REJECTED", "2025-04-02", language="no"))
    assert kinds(desk) == ["new/digest"]
    assert desk.developments[1].standing is Standing.CONFIRMED
    desk.hear(an_item(3, on="2025-06-19"))
    desk.hear(an_item(4, "157 in favour", on="2025-06-19", figures=votes(157, 18), outlet="Outlet 3"))
    desk.hear(an_item(5, "18 opposed", on="2025-06-19", figures=votes(157, 18), outlet="Outlet 3"))
    assert kinds(desk)[1:] == ["new/instant", "update/digest"]
    assert desk.alerts[-1].development is not None
    assert desk.alerts[-1].development.delta == ("157 votes for",)


def test_the_calendar_and_the_next_day_s_report_of_one_effect_interrupt_once() -> None:
    desk = Desk(since=at("2025-07-01"))
    desk.hear(an_item(1, "Notice", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10", tier=Tier.OFFICIAL))
    desk.tick(at("2026-01-10", 13))
    desk.hear(an_item(2, "Finland is out", "FI", "W7_EFFECTIVE", "2026-01-11", on="2026-01-10"))
    desk.tick(at("2026-01-11", 13))
    assert kinds(desk)[1:] == ["clock/instant", "promotion/digest"]


@pytest.mark.parametrize(
    ("outlets", "on", "urgency"), [(1, None, "digest"), (1, "2025-07-10", "instant"), (2, None, "instant")]
)
def test_the_calendar_interrupts_for_a_notice_that_is_confirmed_or_has_its_day(
    outlets: int, on: str | None, urgency: str
) -> None:
    desk = Desk(since=at("2025-01-01"))
    for number in range(outlets):
        desk.hear(an_item(number, f"Notice {number}", "FI", "W6_NOTIFIED", "2025-07-10", on=on))
    (alert,) = [a for a in desk.tick(at("2026-01-10", 13)).alerts if a.development and a.development.states]
    assert alert.urgency.value == urgency
    assert ("one report of its notice" in alert.text) is (urgency == "digest")


def test_the_calendar_is_silent_when_the_report_came_first() -> None:
    desk = Desk(since=at("2025-07-01"))
    desk.hear(an_item(1, "Notice", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10", tier=Tier.OFFICIAL))
    desk.tick(at("2026-01-03", 13))
    desk.hear(an_item(2, "Finland is out", "FI", "W7_EFFECTIVE", "2026-01-10"))
    desk.tick(at("2026-01-10", 13))
    assert kinds(desk)[1:] == ["clock/digest", "promotion/instant"]


def test_a_term_is_not_confirmed_before_its_day() -> None:
    desk = Desk(since=at("2025-07-01"))
    desk.hear(an_item(1, "Notice", "FI", "W6_NOTIFIED", "2025-07-10", on="2025-07-10", tier=Tier.OFFICIAL))
    desk.tick(at("2026-01-03", 13))
    desk.hear(an_item(2, "Finland is out", "FI", "W7_EFFECTIVE", "2026-01-07"))
    now = at("2026-01-08")
    assert ledger_of(desk.known(now), desk.topic, now).of("FI").legal_status == "PARTY_LEAVING"


def test_a_denial_is_of_what_was_told_before_it() -> None:
    desk = Desk()
    desk.hear(an_item(1, "Signed", "EE", "W5_HEAD_OF_STATE", "2025-06-10"))
    desk.hear(
        an_item(
            2,
            "Not signed",
            "EE",
            "W5_HEAD_OF_STATE",
            "2025-06-11",
            modality=Modality.DENIED,
            tier=Tier.OFFICIAL,
        )
    )
    desk.hear(an_item(3, "Signed now", "EE", "W5_HEAD_OF_STATE", "2025-06-13", on="2025-06-13"))
    assert kinds(desk) == ["new/instant", "retraction/instant", "new/instant"]


def test_an_effect_is_that_of_the_path_which_the_state_is_on() -> None:
    desk = Desk()
    desk.hear(
        an_item(1, "Accession", "VN", "J4_DEPOSITED", "2028-08-17", on="2028-08-17", tier=Tier.OFFICIAL)
    )
    desk.hear(an_item(2, "The treaty takes effect for Vietnam", "VN", "W7_EFFECTIVE", "2029-02-01"))
    assert [d.stage for d in desk.developments.values()] == ["J4_DEPOSITED", "J5_IN_FORCE"]
    now = at("2029-02-02")
    assert ledger_of(desk.known(now), desk.topic, now).of("VN").legal_status == "PARTY"
