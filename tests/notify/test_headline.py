from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from tests.notify.factories import NAMES, VOTE, a_development, an_alert, an_ops_alert
from watcher.model import AlertKind, Figure, Modality, Standing, Tier
from watcher.notify.compose import headline
from watcher.notify.headline import sentence
from watcher.notify.wording import Words

TODAY = date(2025, 6, 19)

STAGES = tuple(Words().table("acts"))
DEVELOPMENTS = tuple(stage for stage in STAGES if stage.islower())


def told(**changes: object) -> str:
    kind = changes.pop("kind", AlertKind.NEW)
    return sentence(an_alert(kind=kind, development=a_development(**changes)), NAMES, TODAY, Words())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Finland: parliament voted to leave (157 to 18)"),
        (
            {"figures": (*VOTE, Figure("abstained", 3))},
            "Finland: parliament voted to leave (157 to 18, 3 abstaining)",
        ),
        ({"figures": (*VOTE, Figure("abstained", 0))}, "Finland: parliament voted to leave (157 to 18)"),
        (
            {"figures": (*VOTE, Figure("killed", 40), Figure("parties", 165))},
            "Finland: parliament voted to leave (157 to 18)",
        ),
        ({"figures": (Figure("votes_for", 157),)}, "Finland: parliament voted to leave (157 in favour)"),
        (
            {"substep": "committee", "figures": ()},
            "Finland: parliament's committee backed leaving",
        ),
        (
            {"modality": Modality.PLANNED, "standing": Standing.PLANNED, "figures": ()},
            "Finland: parliament is to vote on leaving",
        ),
        (
            {"modality": Modality.REPORTED, "figures": ()},
            "Finland: parliament voted to leave, according to reports",
        ),
        (
            {"modality": Modality.DENIED, "standing": Standing.DENIED, "figures": ()},
            "Finland: parliament did not vote to leave",
        ),
        (
            {"sources": 1, "tier": Tier.MEDIA},
            "Finland: parliament voted to leave (157 to 18); one source so far",
        ),
        ({"kind": AlertKind.PROMOTION}, "Finland: parliament voted to leave (157 to 18); now confirmed"),
        (
            {"kind": AlertKind.CONTRADICTION},
            "Finland: reports conflict: parliament voted to leave (157 to 18)",
        ),
        ({"kind": AlertKind.CORRECTION}, "Correction: Finland: parliament voted to leave (157 to 18)"),
        (
            {"kind": AlertKind.RETRACTION, "standing": Standing.RETRACTED},
            "Retracted: Finland: parliament voted to leave (157 to 18); this did not hold",
        ),
        (  # not: "parliament did not vote to leave; this did not hold"
            {"kind": AlertKind.RETRACTION, "standing": Standing.DENIED},
            "Retracted: Finland: parliament voted to leave (157 to 18); this did not hold",
        ),
        (
            {"stage": "W6_NOTIFIED", "substep": "", "development": "notified_un", "figures": ()},
            "Finland: withdrawal notified to the United Nations; not yet confirmed by the depositary",
        ),
        (
            {
                "stage": "W6_NOTIFIED",
                "substep": "",
                "development": "notified_un",
                "figures": (),
                "standing": Standing.CONFIRMED,
                "tier": Tier.DEPOSITARY,
            },
            "Finland: withdrawal notified to the United Nations",
        ),
        (
            {
                "stage": "N_CASUALTIES",
                "development": "casualties_report",
                "substep": "",
                "states": ("UA",),
                "figures": (Figure("casualties", 1200, op=">", period="2024"),),
            },
            "Ukraine: casualties of mines (more than 1,200 killed or injured in 2024)",
        ),
    ],
)
def test_headline_says_who_what_how_far_how_sure(changes: dict[str, object], expected: str) -> None:
    assert told(**changes) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 6, 19), "Poland: withdrawal takes effect today by the calendar; not yet confirmed"),
        (
            date(2025, 6, 20),
            "Poland: withdrawal takes effect tomorrow (20 June 2025) by the calendar; not yet confirmed",
        ),
        (
            date(2025, 7, 19),
            "Poland: withdrawal takes effect in 30 days (19 July 2025) by the calendar; not yet confirmed",
        ),
        (
            date(2025, 6, 1),
            "Poland: withdrawal took effect on 1 June 2025 by the calendar; not yet confirmed",
        ),
    ],
)
def test_the_calendar_is_told_as_the_calendar(day: date, expected: str) -> None:
    told_ = told(
        kind=AlertKind.CLOCK,
        states=("PL",),
        development="in_effect",
        stage="W7_EFFECTIVE",
        substep="",
        standing=Standing.DUE,
        modality=Modality.PLANNED,
        event_date=day,
        figures=(),
    )
    assert told_ == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {
                "states": ("UA",),
                "stage": "W7_EFFECTIVE",
                "next_what": "six months after the notice; no effect before the armed conflict ends",
            },
            "Ukraine: six months since its notice are over in 7 days (26 June 2025), but withdrawal has no "
            "effect before the armed conflict ends (Art. 20(3))",
        ),
        (
            {"states": (), "stage": "N_REPORT", "next_what": "annual transparency report"},
            "States Parties: annual transparency report falls due in 7 days (26 June 2025)",
        ),
        (
            {"states": ("UA",), "stage": "N_CLEARANCE", "next_what": "clearance of all mined areas"},
            "Ukraine: clearance deadline falls in 7 days (26 June 2025) under the treaty",
        ),
        (
            {"states": ("NO",), "stage": "J5_IN_FORCE", "next_what": "enters into force"},
            "Norway: treaty enters into force in 7 days (26 June 2025) by the calendar; not yet confirmed",
        ),
    ],
)
def test_every_date_of_the_calendar_has_its_words(changes: dict[str, object], expected: str) -> None:
    known = {
        "kind": AlertKind.CLOCK,
        "substep": "",
        "development": "other",
        "standing": Standing.DUE,
        "modality": Modality.PLANNED,
        "event_date": date(2025, 6, 26),
        "figures": (),
        "sources": 0,
    }
    assert told(**{**known, **changes}) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("FI",), "Finland"),
        (("EE", "LV"), "Estonia and Latvia"),
        (("EE", "LV", "LT"), "Estonia, Latvia and Lithuania"),
        (("EE", "LV", "LT", "PL", "FI", "NO"), "Estonia, Latvia, Lithuania and 3 more"),
        (("FI", "FI"), "Finland"),
        (("ZZ",), "ZZ"),
        ((), "Unnamed state"),
    ],
)
def test_states_are_named(states: tuple[str, ...], expected: str) -> None:
    assert told(states=states, figures=()).startswith(f"{expected}: ")


def test_every_stage_modality_standing_and_kind_has_a_sentence() -> None:
    """Nothing unfilled, nothing doubled, no template of the shipped language that fails."""
    words = Words()
    kinds = [kind for kind in AlertKind if kind not in (AlertKind.OPS, AlertKind.SAMPLE, AlertKind.DIGEST)]
    cases = [
        *product(STAGES, Modality, Standing, [AlertKind.NEW]),
        *product(STAGES[::9], Modality, Standing, kinds),
    ]
    for stage, modality, standing, kind in cases:
        development = a_development(
            stage=stage.partition(".")[0],
            substep=stage.partition(".")[2],
            development=stage if stage in DEVELOPMENTS else "other",
            modality=modality,
            standing=standing,
        )
        said = sentence(an_alert(kind=kind, development=development), NAMES, TODAY, words)
        assert "Finland" in said
        assert "{" not in said
        assert "  " not in said
        assert len(said) < 200
    assert not words.failed


def test_planned_done_and_denied_are_never_the_same_words() -> None:
    """The reader must never take a plan or a denial for the deed."""
    for stage in STAGES:
        said = {
            told(
                stage=stage.partition(".")[0],
                substep=stage.partition(".")[2],
                development=stage,
                modality=modality,
                standing=Standing.CONFIRMED,
                figures=(),
            )
            for modality in Modality
        }
        assert len(said) == len(Modality), said


def test_an_unknown_stage_falls_back_to_the_development() -> None:
    assert (
        told(stage="Q9_NEW", substep="", development="meeting", figures=())
        == "Finland: meeting on the treaty"
    )
    assert (
        told(stage="Q9_NEW", substep="", development="brand_new", figures=()) == "Finland: news of the treaty"
    )


def test_a_contradiction_tells_both_numbers_of_the_stage_it_is_about() -> None:
    said = told(
        kind=AlertKind.CONTRADICTION,
        stage="",
        key="FI|W4_PARLIAMENT|final_vote|2025-06-19|against|157_against_175",
        figures=(*VOTE, Figure("votes_for", 175), Figure("votes_against", 18)),
    )
    assert said == "Finland: reports conflict: parliament voted to leave (157 or 175 to 18)"


def test_an_alert_without_development_is_its_own_title() -> None:
    assert headline(an_ops_alert(), NAMES) == "Deliveries have waited for an hour"
