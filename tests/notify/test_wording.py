from __future__ import annotations

from pathlib import Path

import pytest

from tests.notify.factories import NAMES, NOW, a_channel, a_delivery, a_policy, an_alert, an_item
from watcher.model import Message
from watcher.notify.compose import Context, compose, headline, tell
from watcher.notify.plan import plan
from watcher.notify.wording import BODIES, Words


def message_with(folder: Path | None, kind: str = "email") -> Message:
    words = Words("en", folder)
    channel = a_channel(kind)
    batch = plan([a_delivery(1)], {1: an_alert(1)}, [channel], a_policy(), NOW).batches[0]
    told = [tell(an_alert(1), {1: an_item(1)}, NAMES, NOW, words=words)]
    return compose(told, channel, Context(NOW, NAMES, templates_dir=folder), batch)


def test_an_operators_template_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "message.txt.j2").write_text("NEWS: {{ m.subject }}\n")
    message = message_with(tmp_path)
    assert message.bodies["text"] == "NEWS: Finland: parliament voted to leave (157 to 18)"
    assert message.bodies["html"] == message_with(None).bodies["html"]
    assert message.notes == ()


@pytest.mark.parametrize(
    "broken",
    [
        "{% for x in %}",
        "{{ m.no_such_thing }}",
        "{{ no_such_name }}",
        "{{ 1 / 0 }}",
        "{% include 'gone.j2' %}",
        "{{ m.told[9].headline }}",
        "",
        "{% for a in range(10 ** 12) %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(150000) %}a line of text that comes again and again{% endfor %}",
        "{{ 'x' * 10 ** 10 }}",
        "{{ 'x' * 10000000000 }}",
        "{{ '%10000000000d' % 1 }}",
        "{{ '%10000000000d' | format(1) }}",
        "{{ '{:>10000000000}'.format(1) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ words.own.joinpath('/etc/hostname').read_text() }}",
        "{% include '../secret.txt' %}",
        "{% include '/etc/hostname' %}",
        "{{ m.told.clear() }}",
    ],
)
@pytest.mark.parametrize("name", ["message.txt.j2", "message.html.j2", "message.slack.j2"])
def test_a_broken_template_falls_back_and_says_so(tmp_path: Path, broken: str, name: str) -> None:
    (tmp_path / name).write_text(broken)
    kind = "slack" if "slack" in name else "email"
    body = {"message.txt.j2": "text", "message.html.j2": "html", "message.slack.j2": "slack"}[name]
    message = message_with(tmp_path, kind)
    assert "Finland: parliament voted to leave" in message.bodies[body]
    assert "Baseline" in message.bodies[body] or "baseline" in message.bodies[body]
    (note,) = message.notes
    assert note.startswith(f"Your template {name} could not be used (")
    assert name in message.bodies[body]


def test_a_file_that_is_no_text_falls_back(tmp_path: Path) -> None:
    (tmp_path / "message.txt.j2").write_bytes(b"\xff\xfe\x00broken")
    (note,) = message_with(tmp_path).notes
    assert "message.txt.j2" in note


def test_one_sentence_can_be_changed_alone(tmp_path: Path) -> None:
    (tmp_path / "sentences.j2").write_text('{% set acts = {"W4_PARLIAMENT": {"done": "MPs voted out"}} %}')
    words = Words("en", tmp_path)
    assert headline(an_alert(1), NAMES, words=words) == "Finland: MPs voted out (157 to 18)"
    assert words.table("acts")["W4_PARLIAMENT"]["denied"] == "parliament did not vote to leave"


@pytest.mark.parametrize(
    "text",
    [
        "{% set acts = %}",
        '{% set headlines = {"new": "{{ nobody_knows }}"} %}',
        '{% set headlines = {"new": "{{ who"} %}',
        '{% set notes = "not a table" %}{% set headlines = 5 %}',
        "{% for a in range(10 ** 12) %}{% endfor %}",
        '{% set headlines = {"new": "{% for a in range(1000000000) %}{% endfor %}"} %}',
    ],
)
def test_broken_sentences_fall_back(tmp_path: Path, text: str) -> None:
    (tmp_path / "sentences.j2").write_text(text)
    words = Words("en", tmp_path)
    assert headline(an_alert(1), NAMES, words=words) == "Finland: parliament voted to leave (157 to 18)"
    assert words.notes
    assert "sentences.j2" in words.notes[0]


def test_an_unknown_language_is_english() -> None:
    assert Words("tlh").language == "en"


def test_every_body_renders_without_a_template_of_the_operators() -> None:
    message = message_with(None)
    for body in BODIES:
        assert "Finland" in Words().render(body, message)
