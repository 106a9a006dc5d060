"""APIs by field mapping: the shapes of four parliaments."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.collect.offers import a_source, entries, read
from watcher.collect.sources.json import address, ask
from watcher.errors import ParseError
from watcher.model import PollState, Source

PROCESSES = [
    {
        "number": "1430",
        "title": "Ustawa o wypowiedzeniu Konwencji",
        "description": "rządowy <projekt>",
        "changeDate": "2025-06-25T20:10:00",
    },
    {"number": "1431", "title": "Ustawa o czym innym", "changeDate": "2025-06-24T10:00:00"},
]
SEJM = {
    "id": "number",
    "summary": "description",
    "date": "changeDate|documentDate",
    "link": "https://api.example/processes/{number}",
}
ELI = {
    "count": 1,
    "items": [{"ELI": "DU/2025/1514", "title": "Oświadczenie rządowe", "announcementDate": "2025-11-05"}],
}
SITTINGS = [
    {
        "title": "Sitting",
        "sittingDateTime": "2025-06-04T10:00",
        "votings": [
            {"uuid": "u1", "description": "Final vote on the bill", "startDateTime": "2025-06-04T11:20:00"}
        ],
    },
    {"title": "Next", "votings": [{"uuid": "u2", "description": "", "type": {"value": "Attendance check"}}]},
]
ROWS = {
    "columnNames": ["Id", "Title", "Time"],
    "rowData": [["7", "Sopimuksen irtisanominen", "2025-06-19 12:00:00"]],
    "hasMore": False,
}
XML = b'<?xml version="1.0"?><SeimoInformacija><SeimoSesija a="1"><Pos numeris="1" data="2025-05-08"/><Pos numeris="2" data="2025-05-13"/></SeimoSesija></SeimoInformacija>'


def an_api(**options: object) -> Source:
    return a_source("json", "https://api.example/data", options=options)


def test_a_list_of_processes() -> None:
    first, second = entries(json.dumps(PROCESSES), an_api(**SEJM, facts={"number": "number"}))
    assert first.key == "https://api.example/processes/1430"
    assert (first.title, first.summary) == ("Ustawa o wypowiedzeniu Konwencji", "rządowy <projekt>")
    assert first.published == datetime(2025, 6, 25, 20, 10, tzinfo=UTC)
    assert (first.facts, second.guid) == ({"number": "1430"}, "1431")


def test_matching_keeps_what_concerns_the_topic() -> None:
    assert [entry.guid for entry in entries(json.dumps(PROCESSES), an_api(**SEJM, matching="konwencji"))] == [
        "1430"
    ]


def test_items_under_a_name_with_slashes_in_their_ids() -> None:
    (entry,) = entries(
        json.dumps(ELI),
        an_api(items="items", id="ELI", date="announcementDate", link="https://api.example/acts/{ELI}"),
    )
    assert entry.url == "https://api.example/acts/DU/2025/1514"


def test_items_inside_of_items() -> None:
    found = entries(
        json.dumps(SITTINGS),
        an_api(
            items="*.votings",
            title="description|type.value",
            id="uuid",
            date="startDateTime",
            link="https://api.example/v/{uuid}",
        ),
    )
    assert [(entry.title, entry.guid) for entry in found] == [
        ("Final vote on the bill", "u1"),
        ("Attendance check", "u2"),
    ]


def test_rows_with_columns_named_apart() -> None:
    (entry,) = entries(
        json.dumps(ROWS),
        an_api(items="rowData", columns="columnNames", title="Title", id="Id", date="Time", link=""),
    )
    assert (entry.title, entry.guid) == ("Sopimuksen irtisanominen", "7")
    assert entry.published == datetime(2025, 6, 19, 12, tzinfo=UTC)


def test_xml_is_read_by_the_same_mapping() -> None:
    source = an_api(
        items="SeimoInformacija.*.SeimoSesija.*.Pos", title="@numeris", id="@numeris", date="@data", link=""
    )
    assert [entry.title for entry in entries(XML, source)] == ["1", "2"]


def test_a_new_item_is_the_only_one_handed_back() -> None:
    source = an_api(**SEJM)
    state = read(json.dumps(PROCESSES), source).state
    more = [{"number": "1432", "title": "Nowa"}, *PROCESSES]
    assert [entry.guid for entry in read(json.dumps(more), source, state).entries] == ["1432"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Rate limit exceeded", "says 'Rate limit exceeded'"),
        ('{"error": "no"}', "no list of items"),
        ("[" * 90_000, "not JSON"),
        ("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>", "document type"),
        ("<html><p>oops", "well-formed"),
        ("<html><p>Down for maintenance</p></html>", "a web page"),
    ],
)
def test_an_answer_that_is_no_list_is_an_error(body: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read(body, an_api())


def test_an_empty_list_is_an_answer() -> None:
    assert read("[]", an_api()).entries == ()
    assert read('{"items": []}', an_api(items="items")).entries == ()


def test_templates_of_addresses() -> None:
    template = "https://api.example/v?from={days_ago:14}&to={today}&lang=et"
    assert (
        address(template, date(2025, 6, 15)) == "https://api.example/v?from=2025-06-01&to=2025-06-15&lang=et"
    )
    assert address(template, None) == "https://api.example/v?lang=et"
    assert address("https://api.example/{year}", date(2026, 1, 1)) == "https://api.example/2026"
    source = an_api(url="https://api.example/{year}")
    new = PollState(source.id)
    assert ask(source, new).url == "https://api.example/data"
    assert (
        ask(source, replace(new, next_poll=datetime(2027, 1, 1, tzinfo=UTC))).url
        == "https://api.example/2027"
    )
