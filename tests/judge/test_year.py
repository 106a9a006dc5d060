"""A scripted 2025–26, day by day, with the exact list of what is told.

Five states from recommendation to effect, a suspension and its rejection, two accessions, premature
headlines, conflicting counts and dates, a false report that is denied, wire copies, late background.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.judge.desk import Desk, an_item, at, told, votes
from watcher.model import Item, Modality, Tier, Urgency

WIRE = (
    "Lithuania notified the United Nations on Friday that it leaves the convention banning anti-personnel "
    "mines, the foreign ministry in Vilnius said, together with its two northern neighbours."
)


def _reports() -> Iterator[Item]:
    """Everything that is read in the year, a report a row."""
    n = iter(range(1, 1000))

    def row(day: str, title: str, states: str, stage: str, **more: object) -> Item:
        return an_item(next(n), title, states, stage, day, **more)  # type: ignore[arg-type]

    done, planned, denied = Modality.DONE, Modality.PLANNED, Modality.DENIED
    assert done
    # the baseline's own event again: background
    yield row(
        "2025-03-22",
        "Four states want out of the mine treaty",
        "EE,LV,LT,PL",
        "W2_RECOMMENDED",
        on="2025-03-18",
    )
    yield row("2025-03-25", "Latvian cabinet backs exit", "LV", "W3_GOVERNMENT", on="2025-03-25")
    yield row(
        "2025-03-25", "Valdība atbalsta izstāšanos", "LV", "W3_GOVERNMENT", on="2025-03-25", language="lv"
    )
    yield row("2025-04-01", "Finland to leave landmine treaty", "FI", "W3_GOVERNMENT", on="2025-04-01")
    yield row("2025-04-02", "Suomi irtautuu miinasopimuksesta", "FI", "W3_GOVERNMENT", language="fi")
    yield row("2025-04-02", "Norway will stay in the treaty", "NO", "W0_REJECTED")
    # conflicting counts, and a headline that runs ahead
    yield row(
        "2025-04-16",
        "Saeima votes to leave, 66 to 14",
        "LV",
        "W4_PARLIAMENT",
        on="2025-04-16",
        figures=votes(66, 14),
    )
    yield row(
        "2025-04-16",
        "Latvian lawmakers: 68 for, 14 against",
        "LV",
        "W4_PARLIAMENT",
        on="2025-04-16",
        figures=votes(68, 14),
    )
    yield row("2025-04-16", "Latvia has withdrawn from the convention", "LV", "W7_EFFECTIVE")
    yield row(
        "2025-05-08", "Seimas approves exit", "LT", "W4_PARLIAMENT", on="2025-05-08", figures=votes(107, 0)
    )
    yield row(
        "2025-05-28",
        "Riigikogu to vote next Wednesday",
        "EE",
        "W4_PARLIAMENT",
        on="2025-06-04",
        modality=planned,
    )
    yield row(
        "2025-06-04", "Riigikogu votes to leave", "EE", "W4_PARLIAMENT", on="2025-06-04", figures=votes(81, 1)
    )
    # false: the president had not signed yet, and the chancery says so
    yield row("2025-06-10", "President of Estonia signs the law", "EE", "W5_HEAD_OF_STATE", on="2025-06-10")
    yield row(
        "2025-06-11",
        "Chancery: nothing is signed yet",
        "EE",
        "W5_HEAD_OF_STATE",
        on="2025-06-10",
        modality=denied,
        tier=Tier.OFFICIAL,
    )
    yield row("2025-06-13", "President Karis promulgates the law", "EE", "W5_HEAD_OF_STATE", on="2025-06-13")
    yield row(
        "2025-06-19",
        "Eduskunta votes to leave",
        "FI",
        "W4_PARLIAMENT",
        on="2025-06-19",
        figures=votes(157, 18),
    )
    yield row(
        "2025-06-25", "Sejm votes to leave", "PL", "W4_PARLIAMENT", on="2025-06-25", figures=votes(413, 15)
    )
    yield row("2025-06-26", "Tonga joins as 166th party", "TO", "J4_DEPOSITED", on="2025-06-25")
    # a joint act; one outlet names a part of it; a wire copy of that
    yield row("2025-06-27", "Baltic states notify UN", "EE,LV,LT", "W6_NOTIFIED", on="2025-06-27")
    yield row("2025-06-27", "Lithuania notifies UN", "LT", "W6_NOTIFIED", on="2025-06-27", summary=WIRE)
    yield row("2025-06-28", "Lithuania gives notice", "LT", "W6_NOTIFIED", on="2025-06-27", summary=WIRE)
    yield row("2025-06-29", "Tonga deposited on Saturday", "TO", "J4_DEPOSITED", on="2025-06-28")
    yield row("2025-06-29", "Ukraine: decree on leaving", "UA", "S1_ANNOUNCED", on="2025-06-29")
    yield row("2025-07-10", "Finland notifies UN", "FI", "W6_NOTIFIED", on="2025-07-10")
    # an earlier step told again as background
    yield row("2025-07-12", "How Finland's parliament voted", "FI", "W4_PARLIAMENT")
    yield row(
        "2025-07-15", "Rada suspends the convention", "UA", "S2_LAW", on="2025-07-15", figures=votes(299)
    )
    yield row(
        "2025-07-18",
        "Kyiv tells UN of the suspension",
        "UA",
        "S3_NOTIFIED",
        on="2025-07-18",
        tier=Tier.OFFICIAL,
    )
    yield row("2025-08-05", "Duda denounces the convention", "PL", "W5_HEAD_OF_STATE", on="2025-08-05")
    # state media alone first, then an ordinary source, then the official journal
    yield row(
        "2025-08-20", "Poland notifies UN (state media)", "PL", "W6_NOTIFIED", on="2025-08-20", adversary=True
    )
    yield row("2025-08-21", "Poland has notified the depositary", "PL", "W6_NOTIFIED", on="2025-08-20")
    yield row("2025-09-01", "Treaty in force for the Marshall Islands", "MH", "J5_IN_FORCE", on="2025-09-01")
    yield row(
        "2025-11-04",
        "Dziennik Ustaw 1514",
        "PL",
        "W6_NOTIFIED",
        on="2025-08-20",
        tier=Tier.DEPOSITARY,
        language="pl",
    )
    yield row("2025-12-05", "Meeting of the parties: no suspension", "UA", "S5_REJECTED", on="2025-12-05")
    # the three leave: the news is there in the morning
    yield row("2025-12-27", "Baltic states are out", "EE,LV,LT", "W7_EFFECTIVE", on="2025-12-27")
    yield row("2025-12-28", "Литва вышла из договора", "LT", "W7_EFFECTIVE", on="2025-12-27", language="ru")
    # Finland leaves: the calendar is first
    yield row("2026-01-11", "Finland is out", "FI", "W7_EFFECTIVE", on="2026-01-10")
    # and nobody reports Poland


EXPECTED_INSTANT = [
    ("2025-03-25", "new", "LV", "government_decision"),
    ("2025-04-01", "new", "FI", "government_decision"),
    ("2025-04-16", "new", "LV", "parliament_vote"),
    ("2025-05-08", "new", "LT", "parliament_vote"),
    ("2025-06-04", "new", "EE", "parliament_vote"),
    ("2025-06-10", "new", "EE", "signed_by_president"),
    ("2025-06-11", "retraction", "EE", "signed_by_president"),
    ("2025-06-13", "new", "EE", "signed_by_president"),
    ("2025-06-19", "new", "FI", "parliament_vote"),
    ("2025-06-25", "new", "PL", "parliament_vote"),
    ("2025-06-26", "new", "TO", "acceded_or_ratified"),
    ("2025-06-27", "new", "EE,LT,LV", "notified_un"),
    ("2025-06-29", "new", "UA", "government_decision"),
    ("2025-07-10", "new", "FI", "notified_un"),
    ("2025-07-15", "new", "UA", "suspended"),
    ("2025-07-18", "new", "UA", "suspended"),
    ("2025-08-05", "new", "PL", "signed_by_president"),
    ("2025-08-21", "new", "PL", "notified_un"),
    ("2025-09-01", "new", "MH", "in_effect"),
    ("2025-11-04", "promotion", "PL", "notified_un"),
    ("2025-12-27", "promotion", "EE,LT,LV", "in_effect"),
    ("2026-01-10", "clock", "FI", "in_effect"),
    ("2026-02-20", "clock", "PL", "in_effect"),
]

EXPECTED_DIGEST = [
    ("2025-04-02", "new", "NO", "reaffirmed"),
    ("2025-04-02", "promotion", "FI", "government_decision"),
    ("2025-04-16", "contradiction", "LV", "in_effect"),
    ("2025-04-16", "contradiction", "LV", "parliament_vote"),
    ("2025-05-28", "new", "EE", "parliament_vote"),
    ("2025-06-29", "contradiction", "TO", "acceded_or_ratified"),
    ("2025-06-29", "promotion", "TO", "acceded_or_ratified"),
    ("2025-08-20", "new", "PL", "notified_un"),
    ("2025-11-01", "clock", "TO", "in_effect"),
    ("2025-11-24", "clock", "TO", "in_effect"),
    ("2025-11-27", "clock", "EE,LT,LV", "in_effect"),
    ("2025-12-01", "clock", "TO", "in_effect"),
    ("2025-12-05", "new", "UA", "condemnation_or_appeal"),
    ("2025-12-11", "clock", "FI", "in_effect"),
    ("2025-12-20", "clock", "EE,LT,LV", "in_effect"),
    ("2026-01-03", "clock", "FI", "in_effect"),
    ("2026-01-11", "promotion", "FI", "in_effect"),
    ("2026-01-21", "clock", "PL", "in_effect"),
    ("2026-02-13", "clock", "PL", "in_effect"),
]


@pytest.fixture(scope="module")
def year() -> Desk:
    desk = Desk(since=at("2025-03-21"))
    reports = list(_reports())
    day = at("2025-03-21")
    while day <= at("2026-03-05"):
        todays = [r for r in reports if r.entry.published == day]
        if todays:
            desk.hear(*todays, now=day)
        desk.tick(day.replace(hour=13))
        day += timedelta(days=1)
    return desk


def _terms_aside(desk: Desk, urgency: Urgency) -> list[tuple[str, str, str, str]]:
    """What was told, without the yearly deadlines of Articles 4, 5 and 7."""
    alerts = [a for a in desk.alerts if a.urgency is urgency and "|Art." not in a.key]
    return [(day, kind, states, what) for day, kind, _, states, what in told(alerts)]


def test_what_interrupts_in_a_year(year: Desk) -> None:
    assert _terms_aside(year, Urgency.INSTANT) == EXPECTED_INSTANT


def test_what_waits_for_the_digest_in_a_year(year: Desk) -> None:
    assert sorted(_terms_aside(year, Urgency.DIGEST)) == sorted(EXPECTED_DIGEST)


def test_where_the_states_stand_at_the_end(year: Desk) -> None:
    from watcher.judge.conclude import ledger_of

    now = at("2026-03-05")
    ledger = ledger_of(year.known(now), year.topic, now)
    status = {s: ledger.of(s).legal_status for s in ("EE", "LV", "LT", "FI", "PL", "UA", "TO", "MH", "NO")}
    assert status == {
        "EE": "FORMER_PARTY",
        "LV": "FORMER_PARTY",
        "LT": "FORMER_PARTY",
        "FI": "FORMER_PARTY",
        "PL": "PARTY_LEAVING",  # due by the calendar, and nobody has said so
        "UA": "PARTY_CONTESTED",
        "TO": "PARTY",
        "MH": "PARTY",
        "NO": "PARTY",
    }


def test_every_key_is_told_once(year: Desk) -> None:
    keys = [a.key for a in year.alerts]
    assert len(keys) == len(set(keys))


def test_the_whole_year_again_says_nothing(year: Desk) -> None:
    now = at("2026-03-06")
    before = len(year.alerts)
    again = year.hear(*_reports(), now=now)
    assert again.alerts == ()
    assert again.developments == ()
    assert len(year.alerts) == before


def test_the_two_counts_stand_side_by_side(year: Desk) -> None:
    (clash,) = [d for d in year.developments.values() if "votes for against" in " ".join(d.delta)]
    assert clash.delta == ("66 votes for against 68 votes for",)
    (vote,) = [d for d in year.developments.values() if d.key.startswith("LV|W4") and "against" not in d.key]
    assert [f.value for f in vote.figures if f.key == "votes_for"] == [66, 68]
    assert clash.follows == vote.id


def test_the_copy_of_a_wire_is_no_second_source(year: Desk) -> None:
    (notice,) = [d for d in year.developments.values() if d.key.startswith("EE,LT,LV|W6")]
    assert len(notice.item_ids) == 3
    assert notice.sources == 2
