"""Where templates of the operator's run: no files, no Python, and an end.

A template is data. It cannot reach what is behind the values that it is given; its loops, repetitions and
output have limits far above what a message needs, and beyond them it fails like any other broken one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from jinja2 import Template, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_CHARACTERS = 1_000_000
MOST_STEPS = 200_000
FAILURES = (
    TemplateError, ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NameError, OSError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What rendering a template can raise: it is somebody else's code."""

_LONGEST = 10_000
_WIDE = re.compile(r"\d{4,}")
_GONE = ("batch", "slice", "pprint", "tojson", "xmlattr")
_PADDING = frozenset(("center", "ljust", "rjust", "zfill", "expandtabs"))


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's own sandbox, with an end to loops, repetitions and padding."""

    intercepted_binops = frozenset(("*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.steps_left = MOST_STEPS
        self.globals["range"] = self._range
        self.globals.pop("lipsum", None)
        for name in _GONE:
            self.filters.pop(name, None)
        self.filters |= {"center": _center, "indent": _indent, "format": _format}

    def _range(self, *bounds: int) -> Iterator[int]:
        """All loops of one rendering share its steps."""
        for number in range(*bounds):
            self.steps_left -= 1
            if self.steps_left < 0:
                raise SecurityError("it goes round too often")
            yield number

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        match operator, left, right:
            case ("*", int(), int()) | ("*", float(), _) | ("*", _, float()):
                pass
            case ("*", int(times), many) | ("*", many, int(times)):
                if len(many) * times > _LONGEST:
                    raise SecurityError("it repeats something too often")
            case ("**", _, _):
                raise SecurityError("it takes powers")
            case ("%", str(), _):
                raise SecurityError("it pads with %; join with ~ instead")
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """`'{:>9999999999}'.format(1)` would fill the memory before anybody counts its characters."""
        return _no_format if super().wrap_str_format(value) is not None else None

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return super().is_safe_attribute(obj, attr, value) and not (isinstance(obj, str) and attr in _PADDING)


def _no_format(*_values: object, **_named: object) -> str:
    raise SecurityError("it pads with format(); join with ~ instead")


def rendered(template: Template, facts: dict[str, Any]) -> str:
    """The text of `template`, which may come from a Sandbox. Raises one of FAILURES."""
    if isinstance(template.environment, Sandbox):
        template.environment.steps_left = MOST_STEPS
    pieces, size = [], 0
    for piece in template.generate(facts):
        size += len(piece)
        if size > MOST_CHARACTERS:
            raise SecurityError("it prints too much")
        pieces.append(piece)
    return "".join(pieces)


def _center(text: object, width: int = 80) -> str:
    return str(text).center(min(width, _LONGEST))


def _indent(text: object, width: int = 4) -> str:
    return str(text).replace("\n", "\n" + " " * min(width, 100))


def _format(text: object, *values: object) -> str:
    if _WIDE.search(str(text)) or "*" in str(text):
        raise SecurityError("it pads too widely")
    return str(text) % values
