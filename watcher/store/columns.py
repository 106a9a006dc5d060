"""Nouns and values as SQLite keeps them. Pure; what goes in comes out equal.

`packed`/`unpacked` turn any noun of model.py into JSON with its defaults left out, so that a field
added to a noun needs no migration, and a row that a newer program wrote can still be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

N = TypeVar("N")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WRAP = 1 << 64
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def micros(at: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def micros_or_none(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def instant_or_none(at: int | None) -> datetime | None:
    return None if at is None else _EPOCH + timedelta(microseconds=at)


def signed(number: int) -> int:
    """An unsigned 64-bit hash as SQLite's signed integer; `unsigned` is the way back."""
    return number - _WRAP if number >= _WRAP >> 1 else number


def unsigned(number: int) -> int:
    return number + _WRAP if number < 0 else number


def to_json(value: object) -> str:
    return _encode(value)


def from_json(text: str) -> Any:
    """What `to_json` wrote. The one place where the type is taken on trust."""
    return json.loads(text)


def pack(noun: object) -> dict[str, object]:
    """The fields of a noun that differ from their defaults, as JSON values."""
    packed: dict[str, object] = {}
    for name, default, encode, _ in _plan(type(noun)):
        value = getattr(noun, name)
        if value != default or default is MISSING:
            packed[name] = encode(value)
    return packed


def unpack(kind: type[N], packed: Mapping[str, Any]) -> N:
    """The noun again. Keys that it does not know are passed over."""
    values = {name: decode(packed[name]) for name, _, _, decode in _plan(kind) if name in packed}
    return kind(**values)


def rest(noun: object, columns: frozenset[str]) -> str | None:
    """The fields that have no column of their own, as JSON; None when all are at their defaults."""
    found: dict[str, object] = {}
    for name, default, encode, _ in _plan(type(noun)):
        if name not in columns and (value := getattr(noun, name)) != default:
            found[name] = encode(value)
    return _encode(found) if found else None


def rest_of(kind: type, text: str | None) -> dict[str, Any]:
    """The fields that `rest` wrote, as keyword arguments."""
    if text is None:
        return {}
    values = json.loads(text)
    return {name: decode(values[name]) for name, _, _, decode in _plan(kind) if name in values}


def packed(noun: object) -> str:
    return _encode(pack(noun))


def unpacked(kind: type[N], text: str) -> N:
    return unpack(kind, json.loads(text))


def unpacked_all(kind: type[N], texts: Iterable[str]) -> tuple[N, ...]:
    """Many nouns in one reading of JSON, so that the words they share are one string in memory."""
    return tuple(unpack(kind, one) for one in json.loads(f"[{','.join(texts)}]"))


Coder = Callable[[Any], Any]
Plan = tuple[tuple[str, object, Coder, Coder], ...]


_PLANS: dict[type, Plan] = {}


def _plan(kind: type) -> Plan:
    """How each field is written and read; worked out once for each noun."""
    if kind not in _PLANS:
        hints = get_type_hints(kind)
        _PLANS[kind] = tuple((one.name, _default(one), *_coders(hints[one.name])) for one in fields(kind))
    return _PLANS[kind]


def _default(one: Any) -> object:
    return one.default_factory() if one.default_factory is not MISSING else one.default


def _same(value: Any) -> Any:
    return value


def _coders(hint: Any) -> tuple[Coder, Coder]:
    """How a value of this annotation becomes JSON, and how it comes back."""
    while hasattr(hint, "__supertype__"):  # NewType
        hint = hint.__supertype__
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _optional(next(arg for arg in get_args(hint) if arg is not NoneType))
    if origin is tuple:
        return _sequence(get_args(hint)[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict, _same
    if is_dataclass(hint):
        kind: Any = hint
        return pack, lambda value: unpack(kind, value)
    if hint in (datetime, date):
        return hint.isoformat, hint.fromisoformat
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: value.value, hint
    return _same, _same


def _optional(hint: Any) -> tuple[Coder, Coder]:
    encode, decode = _coders(hint)
    return (
        lambda value: None if value is None else encode(value),
        lambda value: None if value is None else decode(value),
    )


def _sequence(hint: Any) -> tuple[Coder, Coder]:
    encode, decode = _coders(hint)
    if encode is _same:
        return list, tuple
    return lambda value: [encode(one) for one in value], lambda value: tuple(decode(one) for one in value)
