"""Reading values out of a TOML table with their types checked; every complaint names file, line and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches

from watcher.errors import TopicError
from watcher.toml_file import Place, TomlFile, find_line


def nearest(word: str, known: Sequence[str]) -> str:
    """`; did you mean 'webhook'?`, or nothing when no spelling is near."""
    close = get_close_matches(word.lower(), [one.lower() for one in known], n=1, cutoff=0.6)
    match = next((one for one in known if close and one.lower() == close[0]), None)
    return f"; did you mean '{match}'?" if match else ""


def dotted(place: Place) -> str:
    """`source[3].tier`: how a place is shown to people (counted from 0, as in TOML paths)."""
    shown = ""
    for step in place:
        shown += f"[{step}]" if isinstance(step, int) else f".{step}" if shown else step
    return shown


class Table:
    """One table. Every key that is asked for counts as known; `done()` refuses the others."""

    def __init__(self, file: TomlFile, values: Mapping[str, object], place: Place = ()) -> None:
        self.file, self.values, self.place = file, values, place
        self._asked: set[str] = set()

    def fail(self, key: str | None, message: str) -> TopicError:
        """The error for `key` of this table, or for the table itself."""
        place = self.place if key is None else (*self.place, key)
        line = find_line(self.file.text, place)
        where = f"{self.file.path}:{line}" if line else str(self.file.path)
        shown = dotted(place)
        return TopicError(where, f"{shown}: {message}" if shown else message)

    def done(self) -> None:
        for key in self.values:
            if key not in self._asked:
                raise self.fail(key, f"unknown key{nearest(key, sorted(self._asked))}")

    def get(self, key: str) -> object:
        self._asked.add(key)
        return self.values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.get(key)
        if isinstance(value, str):
            return value
        if value is None and default is not None:
            return default
        raise self.fail(key, "is missing" if value is None else "must be a string")

    def optional_text(self, key: str) -> str | None:
        return self.text(key, "") or None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; one string counts as a list of one."""
        value = self.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise self.fail(key, "must be a list of strings")

    def number(self, key: str, default: float) -> float:
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        raise self.fail(key, "must be a number")

    def optional_integer(self, key: str) -> int | None:
        value = self.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise self.fail(key, "must be a whole number")

    def integer(self, key: str) -> int:
        value = self.optional_integer(key)
        if value is None:
            raise self.fail(key, "is missing")
        return value

    def boolean(self, key: str, default: bool) -> bool:
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise self.fail(key, "must be true or false")

    def day(self, key: str) -> date | None:
        """A TOML date, or a string `2025-06-27`; anything less precise is an error."""
        value = self.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise self.fail(key, f"'{value}' is not a date; write it as 2025-06-27") from error

    def vague_day(self, key: str) -> tuple[date | None, str]:
        """The day when it is known to the day, and the text as it stands: 2025-07, 2025-12-01..05."""
        value = self.get(key)
        if isinstance(value, str) and value:
            try:
                return date.fromisoformat(value), value
            except ValueError:
                return None, value
        day = self.day(key)
        return day, day.isoformat() if day else ""

    def table(self, key: str) -> Table:
        value = self.get(key)
        if value is None:
            return Table(self.file, {}, (*self.place, key))
        if isinstance(value, dict):
            return Table(self.file, value, (*self.place, key))
        raise self.fail(key, f"must be a table: [{dotted((*self.place, key))}]")

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables of a list: `[[key]]`, or inline."""
        value = self.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return tuple(Table(self.file, one, (*self.place, key, i)) for i, one in enumerate(value))
        raise self.fail(key, f"must be a list of tables: [[{dotted((*self.place, key))}]]")

    def subtables(self) -> Iterator[tuple[str, Table]]:
        """Every key of this table as a table."""
        for key in self.values:
            yield key, self.table(key)

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Every key of this table as a list of strings."""
        return {key: self.texts(key) for key in self.values}

    def strings(self) -> dict[str, str]:
        """Every key as a string: dates in ISO form, lists joined by commas."""
        return {key: self._string(key) for key in self.values}

    def _string(self, key: str) -> str:
        value = self.get(key)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float):
            return str(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
            return ",".join(map(str, value))
        raise self.fail(key, "must be a string, a number, a date or a list of strings")
