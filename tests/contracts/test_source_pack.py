"""The shipped sources: every one can be asked, and those that are on need nothing filled in."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

import pytest

from watcher.collect.sources import kinds, load
from watcher.collect.urls import canonical
from watcher.model import PollState, Source, SourceId

PACK = tomllib.loads(files("watcher.topics").joinpath("ottawa", "sources.toml").read_text("utf-8"))["source"]
KEYS = {
    "id", "kind", "url", "name", "language", "tier", "state", "group", "tags", "enabled", "every_seconds", "adversary",
    "note", "confidence", "robots", "options",
}  # fmt: skip
TIERS = {"aggregator", "media", "wire", "official", "depositary"}


def test_the_pack_is_whole() -> None:
    assert len(PACK) == len({row["id"] for row in PACK}) >= 128
    assert sum(row["enabled"] for row in PACK) >= 70
    asked = [
        row
        for row in PACK
        if row["url"].startswith("https://news.google.com/rss/search?q=") and row["kind"] == "feed"
    ]
    assert {parse_qs(urlsplit(row["url"]).query)["ceid"][0] for row in asked} >= {
        "US:en",
        "PL:pl",
        "LT:lt",
        "LV:lv",
        "EE:et",
        "FI:fi",
    }


@pytest.mark.parametrize("row", PACK, ids=lambda row: row["id"])
def test_each_row_can_be_asked(row: dict[str, object]) -> None:
    assert set(row) <= KEYS
    assert row["kind"] in kinds()
    assert row["tier"] in TIERS
    assert "{" not in str(row["url"])
    assert canonical(str(row["url"]))
    options = dict(row.get("options", {}))  # type: ignore[call-overload]
    load(str(row["kind"])).Options.model_validate(options)
    source = Source(
        SourceId(str(row["id"])), str(row["kind"]), str(row["url"]), str(row["name"]), options=options
    )
    assert "{" not in load(source.kind).ask(source, PollState(source.id)).url


def test_what_is_on_has_one_address_each() -> None:
    asked = [
        str(
            load(row["kind"])
            .ask(
                Source(SourceId(row["id"]), row["kind"], row["url"], "", options=row.get("options", {})),
                PollState(SourceId("x")),
            )
            .url
        )
        for row in PACK
        if row["enabled"]
    ]
    assert len(asked) == len(set(asked))


def test_state_media_of_an_adversary_weighs_little() -> None:
    assert all(row["tier"] == "aggregator" for row in PACK if row.get("adversary"))
    assert [row["id"] for row in PACK if row.get("adversary")] == ["tass-en"]
