"""Every sort of message in every form, byte for byte.

After a change that is meant: `UPDATE_GOLDEN=1 pytest tests/notify/test_golden.py`, then read the diff.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.notify.factories import a_channel
from tests.notify.scenes import SCENES
from watcher.model import Channel, Message
from watcher.notify.channels import email, slack

FOLDER = Path(__file__).parent / "golden"
MAILBOX = a_channel(
    "email", settings={"host": "h", "from": "Watcher <watch@desk.example>", "to": ["a@desk.example"]}
)
Make = Callable[[Channel], Message]


def _slack(make: Make) -> str:
    payloads = slack.render(make(a_channel("slack")), a_channel("slack"))
    return json.dumps([payload.content for payload in payloads], ensure_ascii=False, indent=1) + "\n"


def _mail(make: Make) -> EmailMessage:
    content = email.render(make(MAILBOX), MAILBOX)[0].content
    assert isinstance(content, EmailMessage)
    return content


def _headers(make: Make) -> str:
    return "".join(f"{name}: {value}\n" for name, value in _mail(make).items())


FORMS: Mapping[str, Callable[[Make], str]] = {
    "slack.json": _slack,
    "html": lambda make: make(a_channel("email")).bodies["html"] + "\n",
    "txt": lambda make: make(a_channel("email")).bodies["text"] + "\n",
    "ansi": lambda make: make(a_channel("console")).bodies["terminal"] + "\n",
    "headers": _headers,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scene", SCENES)
def test_golden(scene: str, form: str) -> None:
    file = FOLDER / f"{scene}.{form}"
    shown = FORMS[form](SCENES[scene])
    if os.environ.get("UPDATE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == shown


def test_no_golden_is_left_over() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{s}.{f}" for s in SCENES for f in FORMS}
