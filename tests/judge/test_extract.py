"""What, how far, how sure: the step of an item, its standing, its states, its evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import watcher
from tests.judge.reports import OTHERS, STEPS, Report
from watcher.config import load_topic
from watcher.judge.extract import Extract, extract
from watcher.model import Band, Entry, EntryKey, Modality, SourceId, Verdict
from watcher.topic import Topic

VERDICT = Verdict(1.0, Band.RELEVANT)


@cache
def topic() -> Topic:
    return load_topic(Path(watcher.__file__).parent / "topics" / "ottawa")


def read(
    title: str, summary: str = "", content: str = "", *, language: str | None = "en", day: str | None = None
) -> Extract:
    published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    entry = Entry(
        EntryKey("k"), SourceId("s"), "https://example.org/a", title, summary, content, published=published
    )
    return extract(entry, VERDICT, topic(), language)


@pytest.mark.parametrize("report", [*STEPS, *OTHERS], ids=lambda r: f"{r[0]}-{r[4]}-{r[5]}-{r[1]}")
def test_report_is_read_as_the_step_it_is_about(report: Report) -> None:
    language, day, title, summary, development, modality = report
    found = read(title, summary, language=language, day=day)
    assert (found.development, found.modality.value) == (development, modality)


# ── the traps: one headline, many stages ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "development", "modality"),
    [
        ("The four defence ministers recommended the step in a joint statement.", "recommended", "done"),
        ("The cabinet approved the bill on Tuesday; parliament comes next.", "government_decision", "done"),
        ("The parliament voted 66 to 14 for the law on Wednesday.", "parliament_vote", "done"),
        (
            "The president signed the law on Thursday; the UN will be told in June.",
            "signed_by_president",
            "done",
        ),
        ("The instrument was deposited with the UN on Friday.", "notified_un", "done"),
        ("The exit took effect on Saturday, six months after the notice.", "in_effect", "done"),
    ],
)
def test_the_body_decides_what_withdraws_means(body: str, development: str, modality: str) -> None:
    found = read("Latvia withdraws from Ottawa Convention", body, day="2025-06-28")
    assert (found.development, found.modality.value) == (development, modality)


@pytest.mark.parametrize(
    "pending",
    [
        "The president is expected to sign the law next week.",
        "The exit will take effect six months after the UN is notified.",
        "The law must still be promulgated, and then the depositary informed.",
        "Once the UN has been notified, the six months begin.",
    ],
)
def test_steps_to_come_are_not_the_news(pending: str) -> None:
    found = read(
        "Latvia quits mine ban", f"The Saeima passed the bill by 66 votes to 14. {pending}", day="2025-04-16"
    )
    assert (found.development, found.modality) == ("parliament_vote", Modality.DONE)


@pytest.mark.parametrize(
    "past",
    [
        "Parliament had voted for the exit in June.",
        "The government approved the bill on 25 March.",
        "Earlier the defence ministers recommended leaving.",
        "It ratified the convention in 2012.",
    ],
)
def test_steps_of_the_past_are_background(past: str) -> None:
    found = read("Finland informs the UN that it is leaving the mine ban", past, day="2025-07-10")
    assert (found.development, found.modality) == ("notified_un", Modality.DONE)


def test_another_states_step_is_not_this_states() -> None:
    found = read(
        "Estonia's parliament votes to leave landmine treaty",
        "The Riigikogu passed the law 81-1. Latvia has already notified the United Nations of its exit.",
        day="2025-06-04",
    )
    assert found.development == "parliament_vote"
    assert found.states == ("EE",)


def test_a_suspension_has_its_own_path() -> None:
    found = read("Rada votes to suspend Ottawa Convention", "299 deputies backed the law.", day="2025-07-15")
    assert (found.development, found.claims[0].stage) == ("parliament_vote", "S2_LAW")


def test_joining_mirrors_leaving() -> None:
    found = read("Nepal's parliament approves accession to mine ban treaty", day="2026-05-05")
    assert (found.development, found.claims[0].stage) == ("parliament_vote", "J3_APPROVED")


def test_sub_steps_of_parliament() -> None:
    cases = {
        "Seimas committee backs leaving Ottawa Convention": "committee",
        "Bill to leave Ottawa Convention passes first reading in parliament": "first_reading",
        "Polish Senate approves exit from Ottawa Convention": "second_chamber",
        "Saeima votes to leave Ottawa Convention": "final_vote",
    }
    assert {title: read(title).claims[0].substep for title in cases} == cases


# ── evidence, dates, figures ─────────────────────────────────────────────────────────────────


def test_claim_carries_its_sentence_as_written() -> None:
    summary = "Šis bija trešais lasījums. Saeima pieņēma likumu par izstāšanos; par balsoja 66 deputāti."
    found = read("Latvija un Otavas konvencija", summary, language="lv", day="2025-04-16")
    evidence = found.claims[0].evidence
    assert evidence is not None
    assert evidence.sentence == "Saeima pieņēma likumu par izstāšanos; par balsoja 66 deputāti."
    assert (evidence.where, evidence.language) == ("summary", "lv")


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("The Seimas voted on 8 May to leave the Ottawa Convention.", date(2025, 5, 8)),
        ("The Seimas voted on Thursday to leave the Ottawa Convention.", date(2025, 5, 8)),
        ("The Seimas voted yesterday to leave the Ottawa Convention.", date(2025, 5, 8)),
        ("The Seimas voted to leave the Ottawa Convention.", None),
    ],
)
def test_event_date_is_reckoned_from_publication(body: str, day: date | None) -> None:
    found = read("Lithuania leaves mine ban", body, day="2025-05-09")
    assert found.claims[0].event_date == day


def test_weekday_of_a_vote_to_come_lies_ahead() -> None:
    found = read("Finnish parliament to vote on mine treaty exit on Thursday", day="2025-06-16")
    assert found.claims[0].event_date == date(2025, 6, 19)


def test_without_publication_a_weekday_stays_unknown() -> None:
    assert read("Seimas votes on Thursday to leave Ottawa Convention").claims[0].event_date is None


def test_figures_come_with_the_claim() -> None:
    found = read(
        "Finland quits mine ban", "MPs voted 157 for and 18 against, 24 were absent.", day="2025-06-19"
    )
    votes = {f.key: f.value for f in found.claims[0].figures}
    assert votes == {"votes_for": 157, "votes_against": 18, "absent": 24}


# ── any text at all ──────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(
    [
        "parliament",
        "votes",
        "will",
        "not",
        "Latvia",
        "UN",
        "notified",
        "signed",
        "president",
        "mine",
        "Ottawa",
        "treaty",
        "66",
        "14",
        ",",
        ".",
        ":",
        ";",
        "?",
        "leaves",
        "конвенция",
        "вышла",
        "Сейм",
        "議会",
        "可決",
        "سفر",
        "لم",
        "탈퇴",
        "ทุ่นระเบิด",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    title=st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join)),
    summary=st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join)),
    language=st.sampled_from([None, "en", "lt", "ru", "ja", "ar", "th", "xx"]),
    day=st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2090, 1, 1))),
)
def test_any_text_gives_an_extract(title: str, summary: str, language: str | None, day: date | None) -> None:
    found = read(title, summary, language=language, day=day.isoformat() if day else None)
    assert found.development in topic().lifecycle.developments
    assert all(claim.stage in topic().lifecycle.stages for claim in found.claims)
    assert read(title, summary, language=language, day=day.isoformat() if day else None) == found


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        (
            "en",
            "Latvia quits mine ban",
            "Parliament passed the law 66-14. The president has not yet signed it.",
        ),
        (
            "ru",
            "Латвия выходит из Оттавской конвенции",
            "Сейм принял закон 66 голосами; президент его ещё не подписал.",
        ),
        (
            "pl",
            "Łotwa wychodzi z konwencji ottawskiej",
            "Parlament przyjął ustawę. Prezydent jeszcze nie podpisał.",
        ),
        (
            "de",
            "Lettland verlässt Ottawa-Konvention",
            "Das Parlament stimmte zu. Der Präsident hat noch nicht unterzeichnet.",
        ),
        (
            "fr",
            "La Lettonie quitte la convention d'Ottawa",
            "Le Parlement a voté la loi. Le président ne l'a pas encore signée.",
        ),
        (
            "es",
            "Letonia abandona la Convención de Ottawa",
            "El Parlamento aprobó la ley. El presidente aún no la ha firmado.",
        ),
        (
            "uk",
            "Латвія виходить з Оттавської конвенції",
            "Сейм ухвалив закон. Президент його ще не підписав.",
        ),
    ],
)
def test_what_is_not_yet_done_is_not_told_as_done(language: str, title: str, body: str) -> None:
    found = read(title, body, language=language, day="2025-04-16")
    assert (found.development, found.modality) == ("parliament_vote", Modality.DONE)


def test_a_premature_headline_is_no_effect() -> None:
    body = "Lithuania handed its notification to the UN on Friday. The exit becomes final on 27 December."
    found = read("Lithuania formally quits landmine ban", body, day="2025-06-29")
    assert found.development == "notified_un"
