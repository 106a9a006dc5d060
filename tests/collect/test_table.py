"""The depositary's table: rows, footnotes and brackets become facts; the first reading tells nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.collect.offers import a_body, a_source, feed_bytes
from watcher.collect import parse
from watcher.collect.parse import Read
from watcher.collect.participants import state_code
from watcher.errors import ParseError
from watcher.model import Entry, PollState, Source, Tier

URL = "https://treaties.example/ViewDetails.aspx?mtdsg_no=XXVI-5"
BEFORE, AFTER, LATER = (feed_bytes(f"table-{name}.html") for name in ("before", "after", "later"))


def a_table(**options: object) -> Source:
    return a_source("table", URL, tier=Tier.DEPOSITARY, options=options)


def poll(
    body: bytes, state: PollState | None = None, source: Source | None = None, day: str = "2025-08-01"
) -> Read:
    source = source or a_table()
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return parse.read(source, state or PollState(source.id), a_body(body, "text/html", URL, at))


def by_participant(found: Read) -> dict[str, Entry]:
    return {entry.facts["participant"]: entry for entry in found.entries}


def test_the_first_reading_is_the_baseline() -> None:
    first = poll(BEFORE)
    assert first.entries == ()
    assert "baseline" in first.notes[0]
    assert poll(BEFORE.replace(b"01-07-2025", b"02-07-2025"), first.state).entries == ()


def test_a_footnote_that_marks_a_withdrawal() -> None:
    entry = by_participant(poll(AFTER, poll(BEFORE).state))["Estonia"]
    assert dict(entry.facts) == {
        "state": "EE",
        "participant": "Estonia",
        "stage": "W6_NOTIFIED",
        "date": "2025-06-27",
        "effect": "2025-12-27",
    }
    assert entry.tier is Tier.DEPOSITARY
    assert "withdrawal notified" in entry.title
    assert "27 June 2025" in entry.title
    assert "notified the Secretary-General of its withdrawal" in entry.summary
    assert entry.published == datetime(2025, 6, 27, tzinfo=UTC)


def test_a_ratification_an_accession_and_a_suspension() -> None:
    found = by_participant(poll(AFTER, poll(BEFORE).state))
    assert set(found) == {"Estonia", "Marshall Islands", "Tonga", "Ukraine"}
    assert (found["Tonga"].facts["stage"], found["Tonga"].facts["date"]) == ("J4_DEPOSITED", "2025-06-25")
    assert "accession" in found["Tonga"].title
    assert (found["Marshall Islands"].facts["state"], found["Marshall Islands"].facts["stage"]) == (
        "MH",
        "J4_DEPOSITED",
    )
    assert "ratification" in found["Marshall Islands"].title
    assert (found["Ukraine"].facts["state"], found["Ukraine"].facts["stage"]) == ("UA", "S3_NOTIFIED")
    assert found["Ukraine"].facts["date"] == "2025-07-21"


def test_brackets_mark_a_withdrawal_in_effect() -> None:
    state = poll(AFTER, poll(BEFORE).state).state
    (entry,) = poll(LATER, state, day="2025-12-28").entries
    assert (entry.facts["stage"], entry.facts["date"]) == ("W7_EFFECTIVE", "2025-12-27")
    assert "withdrawal in effect since 27 December 2025" in entry.title
    assert poll(LATER, poll(LATER, state, day="2025-12-28").state).entries == ()


def test_brackets_before_the_day_of_effect_are_still_a_notice() -> None:
    (entry,) = poll(LATER, poll(AFTER, poll(BEFORE).state).state, day="2025-08-01").entries
    assert entry.facts["stage"] == "W6_NOTIFIED"


def test_a_row_that_disappears_is_told() -> None:
    gone = BEFORE.replace(b"<tr><td>Poland</td><td>4 Dec 1997</td><td>27 Dec 2012</td></tr>", b"")
    (entry,) = poll(gone, poll(BEFORE).state).entries
    assert entry.facts == {"state": "PL", "participant": "Poland"}
    assert "no longer listed" in entry.title


def test_a_corrected_date_is_told_without_a_stage() -> None:
    (entry,) = poll(BEFORE.replace(b"29 Feb 2000", b"1 Mar 2000"), poll(BEFORE).state).entries
    assert "stage" not in entry.facts
    assert "dates changed" in entry.title


def test_a_table_that_lost_its_rows_is_not_believed() -> None:
    head, _, tail = BEFORE.partition(b"<tr><td>Estonia")
    cut = head + tail[tail.index(b"</table>") :]
    with pytest.raises(ParseError, match="not believed"):
        poll(cut, poll(BEFORE).state)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>Maintenance</body></html>", "no table"),
        (b"<table><tr><th>Participant</th></tr></table>", "empty"),
    ],
)
def test_a_page_without_the_table_is_an_error(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        poll(body)


LOG = """<table><tr><th>Reference</th><th>Title</th></tr>
<tr><td><a href="cn1.pdf">C.N.1.2025.TREATIES-XXVI.5</a></td><td>Estonia: withdrawal</td><td>1 July 2025</td></tr>
<tr><td>C.N.2.2025.TREATIES-IV.3</td><td>Another treaty</td><td>1 July 2025</td></tr>{}</table>"""


def test_a_log_tells_each_new_row_that_matches() -> None:
    source = a_table(mode="log", matching=r"XXVI\.5\b")
    state = poll(LOG.format("").encode(), source=source).state
    row = "<tr><td>C.N.3.2025.TREATIES-XXVI.5</td><td>Poland: withdrawal</td><td>20 August 2025</td></tr>"
    found = poll(LOG.format(row).encode(), state, source, "2025-09-01")
    (entry,) = found.entries
    assert "Poland: withdrawal" in entry.title
    assert entry.published == datetime(2025, 8, 20, tzinfo=UTC)
    assert poll(LOG.format("").encode(), found.state, source).entries == ()
    assert poll(LOG.format(row + " ").encode(), found.state, source).entries == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Côte d'Ivoire", "CI"),
        ("CÔTE D’IVOIRE", "CI"),
        ("Türkiye", "TR"),
        ("Netherlands (Kingdom of the)", "NL"),
        ("United Kingdom of Great Britain and Northern Ireland", "GB"),
        ("Democratic Republic of the Congo", "CD"),
        ("The Bahamas", "BS"),
        ("Atlantis", ""),
    ],
)
def test_participants_have_codes(name: str, code: str) -> None:
    assert state_code(name) == code


def test_a_log_without_a_row_that_matches_is_an_answer() -> None:
    source = a_table(mode="log", matching=r"XXVI\.9\b")
    state = poll(LOG.format("").encode(), source=source).state
    row = "<tr><td>C.N.4.2025.TREATIES-XXVI.9</td><td>First of its kind</td></tr>"
    (entry,) = poll(LOG.format(row).encode(), state, source).entries
    assert "First of its kind" in entry.title


NOTE = "On 27 June 2025, the Government of <b>Estonia</b> notified its withdrawal, to take effect on 27 December 2025."
LAYOUTS = {
    "rows": f"<table><tr><td><sup>2.</sup></td><td>Old.</td></tr><tr><td><sup>4.</sup></td><td><div>{NOTE}</div><div>166 States.</div></td></tr></table>",
    "lists": f"<ol><li>2 Old.</li><li>[4] {NOTE}</li></ol>",
    "spans": f"<div><sup>2</sup><p>Old.</p><sup>4</sup><p>{NOTE}</p></div>",
    "numbers alone": f"<p>2</p><p>Old.</p><p>4</p><p>{NOTE}</p><p>27 June 2025 was a Friday.</p>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("heading", ["<b>End Note</b>", "<h2>EndNotes</h2>", ""])
def test_notes_are_found_however_they_are_laid_out(layout: str, heading: str) -> None:
    page = (
        "<table><tr><th>Participant</th><th>Ratification</th></tr><tr><td>Albania</td><td>29 Feb 2000</td></tr>"
        f"<tr><td>Estonia<sup>4</sup></td><td>12 May 2004 a</td></tr></table>{heading}{LAYOUTS[layout]}"
    )
    state = poll(page.replace("<sup>4</sup></td><td>12", "</td><td>12").encode()).state
    (entry,) = poll(page.encode(), state).entries
    assert (entry.facts["stage"], entry.facts["date"], entry.facts["effect"]) == (
        "W6_NOTIFIED",
        "2025-06-27",
        "2025-12-27",
    )
