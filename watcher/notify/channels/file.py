"""One file for each message in a folder: .html, .txt or .json. A repeat replaces its own file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from watcher.errors import Refused, TryLater
from watcher.model import Channel, Message, Receipt
from watcher.notify import settings as shared
from watcher.notify.envelope import Payload, Sending
from watcher.notify.record import record
from watcher.notify.wording import body


class Settings(shared.Settings):
    """`folder` is made when it is missing. `format`: html, txt or json."""

    folder: Path
    format: Literal["html", "txt", "json"] = "html"


def recipients(settings: object) -> tuple[str, ...]:
    return ("",)


def render(message: Message, channel: Channel) -> tuple[Payload, ...]:
    match shared.read(Settings, channel).format:
        case "json":
            text = json.dumps(record(message), ensure_ascii=False, indent=2) + "\n"
        case "txt":
            text = body(message, "text")
        case _:
            text = body(message, "html")
    stem = f"{message.at:%Y%m%dT%H%M%SZ}-{message.kind}"
    return (Payload({"stem": stem, "text": text}, tuple(told.alert.id for told in message.told)),)


def send(payload: Payload, channel: Channel, sending: Sending) -> Receipt:
    """Whole or not at all, and on the disk before it counts: written beside its place and moved there."""
    settings = shared.read(Settings, channel)
    content = payload.content
    assert isinstance(content, Mapping)
    folder, short = settings.folder, sending.key[:8]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        earlier = sorted(folder.glob(f"*-{short}.{settings.format}")) if short else []
        place = earlier[0] if earlier else folder / f"{content['stem']}-{short}.{settings.format}"
        beside = place.with_suffix(".part")
        with beside.open("wb") as written:
            written.write(content["text"].encode("utf-8"))
            written.flush()
            os.fsync(written.fileno())  # "sent" is a promise that a power cut must not break
        sending.fault("file-written")
        beside.replace(place)
        _sync_folder(folder)
    except (NotADirectoryError, FileExistsError, PermissionError, IsADirectoryError) as error:
        raise Refused(
            channel.name,
            f"cannot write into {folder}: {error.strerror}",
            remedy="Set `folder` to a folder that this user may write.",
        ) from error
    except OSError as error:
        raise TryLater(channel.name, f"cannot write into {folder}: {error.strerror}") from error
    return Receipt(place.name)


def _sync_folder(folder: Path) -> None:
    """The new name is on the disk too. Windows cannot, and need not, open a folder for this."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
