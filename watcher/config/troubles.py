"""What is wrong in a configuration file: collected while reading, told all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from watcher.errors import ConfigError
from watcher.toml_file import Place, find_line
from watcher.toml_table import dotted, nearest

_TYPES = {
    "string_type": "must be a string, in quotes",
    "int_type": "must be a whole number, without quotes",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number, without quotes",
    "bool_type": "must be true or false, without quotes",
    "list_type": "must be a list, in square brackets",
    "tuple_type": "must be a list, in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "missing": "is missing",
    "path_type": "must be a path, in quotes",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    file: Path
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class Troubles:
    """Of one file. `stop_if_any` raises one ConfigError that tells all of them, in the file's order."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text = file, text
        self.found: list[Trouble] = []

    def add(self, place: Place, message: str) -> None:
        self.found.append(Trouble(self.file, find_line(self.text, place), shown(place), message))

    def line(self, place: Place) -> str:
        """`config.toml:12: sources.add[0].url`, for a warning."""
        line = find_line(self.text, place)
        return f"{self.file}:{line}: {shown(place)}" if line else f"{self.file}: {shown(place)}"

    def add_invalid(
        self, place: Place, error: ValidationError, model: type[BaseModel], also: Iterable[str] = ()
    ) -> None:
        """Everything that pydantic found wrong in the table at `place`, in our words and without a value."""
        known = (*spellings(model), *also)
        for one in error.errors(include_url=False, include_input=False):
            location = _in_file(one, model)
            inner = _inner(model, location)
            self.add((*place, *location), _words(one, location, spellings(inner) if inner else known))

    def stop_if_any(self) -> None:
        if not self.found:
            return
        ordered = sorted(self.found, key=lambda one: (one.line or 0, one.key))
        first = ordered[0]
        message = "\n".join((first.message, *(str(one) for one in ordered[1:])))
        raise ConfigError(first.file, first.line, first.key, message)


def shown(place: Place) -> str:
    """`channels[1].webhook`; a table's own place likewise."""
    return dotted(place)


def spellings(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a section as they are written in the file."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _inner(model: type[BaseModel], location: Place) -> type[BaseModel] | None:
    """The model of the table inside the section in which the error lies, if it lies in one."""
    if len(location) < 2:
        return None
    field = model.model_fields.get(str(location[0]))
    branches = (field.annotation, *get_args(field.annotation)) if field else ()
    return next((one for one in branches if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _in_file(error: ErrorDetails, model: type[BaseModel]) -> Place:
    """pydantic's location without the names that it gives to the branches of a union."""
    place: list[str | int] = []
    for index, step in enumerate(error["loc"]):
        if index == 0 and isinstance(step, str) and step in model.model_fields:
            step = model.model_fields[step].alias or step
        if isinstance(step, str) and index and ("[" in step or step in _BRANCHES):
            continue
        place.append(step)
    return tuple(place)


_BRANCHES = ("str", "int", "bool", "float", "none", "constrained-str", "constrained-int")


def _words(error: ErrorDetails, location: Place, known: Sequence[str]) -> str:
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "extra_forbidden":
        return f"unknown key{nearest(str(location[-1]), known) or '; known here: ' + ', '.join(known)}"
    if kind == "literal_error":
        return f"must be one of {context.get('expected', '').replace(' or ', ', ')}"
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", "is not valid"))
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return error["msg"].replace("Input should be", "must be")
    return _TYPES.get(kind) or error["msg"].replace("Input should", "must", 1)
