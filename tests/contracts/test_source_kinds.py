"""What every file of collect/sources owes: found by listing the folder, so a new kind is held to it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from tests.collect.offers import FEEDS, a_body, a_source
from watcher.collect import parse
from watcher.collect.reading import Reading
from watcher.collect.sources import kinds, load
from watcher.errors import ParseError
from watcher.model import PollState, Request

OPTIONS: dict[str, dict[str, object]] = {"query": {"engine": "google-news", "q": "mines"}}
BODIES = {path.name: path.read_bytes() for path in FEEDS.iterdir() if path.is_file()}


def a_source_of(kind: str) -> parse.Source:
    return a_source(kind, options=OPTIONS.get(kind, {}))


def test_the_folder_is_the_registry() -> None:
    assert set(kinds()) >= {"feed", "page", "table", "json", "query"}
    with pytest.raises(KeyError):
        load("nonsense")


@pytest.mark.parametrize("kind", kinds())
def test_options_refuse_unknown_keys(kind: str) -> None:
    options = load(kind).Options
    assert issubclass(options, BaseModel)
    options.model_validate(OPTIONS.get(kind, {}))
    with pytest.raises(ValidationError):
        options.model_validate({**OPTIONS.get(kind, {}), "no_such_option": 1})


@pytest.mark.parametrize("kind", kinds())
def test_ask_names_a_web_address(kind: str) -> None:
    source = a_source_of(kind)
    request = load(kind).ask(source, PollState(source.id))
    assert isinstance(request, Request)
    assert urlsplit(request.url).scheme in ("http", "https")
    assert "accept" in {name.lower() for name in request.headers}


@pytest.mark.parametrize("kind", kinds())
def test_a_body_that_is_nothing_is_a_parse_error(kind: str) -> None:
    source = a_source_of(kind)
    with pytest.raises(ParseError):
        load(kind).read(source, PollState(source.id), a_body(b"nothing to see"))


@pytest.mark.parametrize("kind", kinds())
@given(
    body=st.binary(max_size=300)
    | st.sampled_from(list(BODIES.values()))
    | st.text(alphabet="<>table rdp{}[]\":,1a=/'", max_size=200).map(str.encode)
)
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused(kind: str, body: bytes) -> None:
    source = a_source_of(kind)
    try:
        found = parse.read(source, PollState(source.id), a_body(body))
    except ParseError:
        return
    assert all(entry.source_id == source.id and entry.key for entry in found.entries)


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("name", sorted(BODIES))
def test_what_was_read_once_is_not_new_again(kind: str, name: str) -> None:
    source = a_source_of(kind)
    try:
        first = parse.read(source, PollState(source.id), a_body(BODIES[name]))
    except ParseError:
        return
    again = parse.read(source, replace(first.state, body_digest=b""), a_body(BODIES[name]))
    assert again.entries == ()
    assert again.unknown == 0


@pytest.mark.parametrize("kind", kinds())
def test_a_reading_says_what_was_there(kind: str) -> None:
    source = a_source_of(kind)
    for body in BODIES.values():
        try:
            found = load(kind).read(source, PollState(source.id), a_body(body))
        except ParseError:
            continue
        assert isinstance(found, Reading)
        assert all(len(digest) == 8 for digest in found.hashes)
        assert found.total >= len(found.entries)


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind != "query"])
def test_a_source_is_asked_where_it_now_lives(kind: str) -> None:
    source = a_source_of(kind)
    moved = replace(PollState(source.id), url="https://new.example.org/feed")
    assert load(kind).ask(source, moved).url == "https://new.example.org/feed"
