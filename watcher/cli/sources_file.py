"""`sources.toml` in the state directory: the sources added by hand, in the topic pack's own format."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path

_HEADER = "# Sources added with `watcher sources add` or `import`. Yours to edit; one [[source]] each.\n"


def added_file(state_dir: Path) -> Path:
    return state_dir / "sources.toml"


def append(
    file: Path, url: str, taken: Collection[str], id_: str | None, name: str, tier: str, language: str | None
) -> str:
    """Append one feed; its id, made from the address when none is given and unlike all in `taken`."""
    source_id = _free(id_ or _from_address(url), taken)
    lines = [
        "",
        "[[source]]",
        *(f"{k} = {_toml(v)}" for k, v in _fields(source_id, url, name, tier, language)),
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    start = "" if file.exists() else _HEADER
    with file.open("a", encoding="utf-8") as out:
        out.write(start + "\n".join(lines) + "\n")
    return source_id


def _fields(id_: str, url: str, name: str, tier: str, language: str | None) -> list[tuple[str, str]]:
    fields = [("id", id_), ("name", name or id_), ("kind", "feed"), ("url", url), ("tier", tier)]
    return fields + ([("language", language)] if language else [])


def _toml(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's."""
    return json.dumps(re.sub(r"[\x00-\x1f\x7f]", " ", text), ensure_ascii=False)


def _from_address(url: str) -> str:
    host = url.split("//", 1)[-1].split("/", 1)[0].removeprefix("www.").split(":")[0]
    return re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-") or "source"


def _free(id_: str, taken: Collection[str]) -> str:
    number, candidate = 2, id_
    while candidate in taken:
        candidate, number = f"{id_}-{number}", number + 1
    return candidate
