"""One TOML file: its values, and the line on which each key stands (tomllib gives none).

The only reader of TOML. `find_line` walks the source again and is called only when something is
wrong, so that a good file costs nothing beyond the parse.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Step = str | int
Place = tuple[Step, ...]
"""Where a value stands: `("channels", 0, "webhook")` is the key `webhook` of the first `[[channels]]`."""

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"[ \t]*(?:([A-Za-z0-9_-]+)|\"((?:[^\"\\\n]|\\.)*)\"|'([^'\n]*)')[ \t]*")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]*")


class TomlError(Exception):
    """`line` is None when the file cannot be read at all."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(frozen=True, slots=True, eq=False)
class TomlFile:
    """A file that parsed. `values` is what tomllib made of it."""

    path: Path
    text: str
    values: Mapping[str, object]


def read_toml(path: Path) -> TomlFile:
    """Raises TomlError for a file that is missing, unreadable, not UTF-8 or not TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise TomlError(line, "the file is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise TomlError(None, f"cannot be read: {error.strerror or error}") from error
    return TomlFile(path, text, _parse(text))


def _parse(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _AT_LINE.search(message)
        line = int(found[1]) if found and found[1] else max(1, len(text.rstrip().splitlines()))
        fact = _AT_LINE.sub("", message)
        raise TomlError(line, f"not valid TOML: {fact[:1].lower()}{fact[1:]}") from error


def find_line(text: str, place: Place) -> int | None:
    """The line (from 1) of `place`, or of the nearest table above it that is written down."""
    places = _Scan(text).places()
    while place:
        if place in places:
            return text.count("\n", 0, places[place]) + 1
        place = place[:-1]
    return None


class _Scan:
    """Walks a well-formed TOML text and notes where every table, key and array element starts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Place, int] = {}
        self.counts: dict[Place, int] = {}

    def places(self) -> Mapping[Place, int]:
        table: Place = ()
        while self._skip_blank() < len(self.text):
            start = self.at
            if self.text.startswith("[[", start):
                table = self._header(2, start)
            elif self.text[start] == "[":
                table = self._header(1, start)
            else:
                self._pair(table)
            if self.at == start:  # not TOML after all: stop rather than loop
                break
        return self.found

    def _skip_blank(self) -> int:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at

    def _header(self, brackets: int, start: int) -> Place:
        self.at += brackets
        *above, last = self._keys() or [""]
        place: Place = ()
        for step in above:
            place = (*place, step)
            self.found.setdefault(place, start)
            place = self._latest(place)
        place = (*place, last)
        if brackets == 2:
            index = self.counts.get(place, 0)
            self.counts[place] = index + 1
            self.found.setdefault(place, start)
            place = (*place, index)
        self.found.setdefault(place, start)
        self.at += brackets
        return place

    def _latest(self, place: Place) -> Place:
        return (*place, self.counts[place] - 1) if place in self.counts else place

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while found := _KEY.match(self.text, self.at):
            keys.append(next(part for part in found.groups() if part is not None))
            self.at = found.end()
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return keys

    def _pair(self, table: Place) -> None:
        start = self.at
        place = (*table, *self._keys())
        for length in range(len(table) + 1, len(place) + 1):
            self.found.setdefault(place[:length], start)
        self.at += 1  # the equals sign
        self._value(place)

    def _value(self, place: Place) -> None:
        self._skip_blank()
        self.found.setdefault(place, self.at)
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self._array(place)
        elif opening == "{":
            self._inline(place)
        else:
            scalar = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            self.at = scalar.end() if scalar else self.at + 1

    def _array(self, place: Place) -> None:
        self.at += 1
        index = 0
        while self._skip_blank() < len(self.text) and self.text[self.at] != "]":
            before = self.at
            self._value((*place, index))
            index += 1
            self._comma()
            if self.at == before:  # not TOML: stop rather than loop
                break
        self.at += 1

    def _inline(self, place: Place) -> None:
        self.at += 1
        while self._skip_blank() < len(self.text) and self.text[self.at] != "}":
            before = self.at
            self._pair(place)
            self._comma()
            if self.at == before:
                break
        self.at += 1

    def _comma(self) -> None:
        if self._skip_blank() < len(self.text) and self.text[self.at] == ",":
            self.at += 1
