"""The lines of the house, held by reading its source: imports (lazy and TYPE_CHECKING ones included),
homes of libraries, sizes, names. Nothing is imported; a syntax error fails like a crossed line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "watcher"

ROOMS = ("collect", "judge", "notify", "review", "store")
NOUNS = ("model", "errors", "topic")

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    **{room: (room, *NOUNS) for room in ROOMS},
    "model": ("model",),
    "errors": (),
    "topic": ("model",),
    "topics": (),
    "toml_file": NOUNS,
    "toml_table": ("toml_file", *NOUNS),
    "load_topic": ("toml_file", "toml_table", *NOUNS),
    "config": ("config", "load_topic", "toml_file", "toml_table", *NOUNS),
    "demo": ("demo", *NOUNS),
    "pipeline": ("pipeline", "config", "load_topic", *ROOMS, *NOUNS),
    "schedule": ("schedule", "pipeline", "config", "load_topic", *ROOMS, *NOUNS),
}
"""Who may import whom; `cli` and `__main__` may import anything. What is not listed may import the
nouns alone, so that a new module has to be given its place here."""

FRONT = ("cli", "__main__", "__init__")

HOMES: dict[str, tuple[str, ...]] = {
    "httpx2": ("collect", "notify/channels/", "pipeline", "cli"),
    "h11": ("collect/wire",),
    "truststore": ("collect/dial", "notify"),
    "feedparser": ("collect/sources/feed",),
    "bs4": ("collect",),
    "lxml": ("collect",),
    "soupsieve": ("collect",),
    "trafilatura": ("collect",),
    "brotli": ("collect",),
    "py3langid": ("judge",),
    "sqlite_utils": ("store", "pipeline", "cli", "schedule"),
    "sqlite3": ("store",),
    "apscheduler": ("schedule",),
    "tomllib": ("toml_file", "config"),
    "slack_sdk": ("notify/channels/slack",),
    "smtplib": ("notify/channels/",),
    "apprise": ("notify/channels/apprise",),
    "jinja2": ("notify", "review"),
    "rich": ("cli",),
    "click": ("cli", "__main__"),
    "aiosmtpd": ("demo",),
}
"""Each library's home, as prefixes of module paths. `sqlite_utils` outside the store is the type of
the database handle that is passed on; SQL itself never leaves the store (see below)."""

MAX_MODULE_LINES, MAX_FUNCTION_LINES, MEDIAN_FUNCTION_LINES = 400, 60, 12
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


@dataclass(frozen=True)
class Module:
    """One source file of the package. `path` is relative to it: `collect/fetch`."""

    path: str
    file: Path
    tree: ast.Module
    lines: int

    @property
    def place(self) -> str:
        return self.path.split("/")[0]


def _modules() -> list[Module]:
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        text = file.read_text("utf-8")
        path = file.relative_to(PACKAGE).with_suffix("").as_posix()
        found.append(Module(path.removesuffix("/__init__"), file, ast.parse(text), len(text.splitlines())))
    return found


MODULES = _modules()
by_path = pytest.mark.parametrize("module", MODULES, ids=[m.path for m in MODULES])


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(dotted name, line) of every import, wherever it stands; `from a import b` yields a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level + (node.module or ""), node.lineno
            else:
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def dynamic_imports(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("import_module", "__import__"):
                yield node.lineno


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def crossed(module: Module) -> list[str]:
    """The imports of `module` that cross a line."""
    if module.place in FRONT or not module.path:
        return []
    allowed = MAY_IMPORT.get(module.place, NOUNS)
    found = []
    for name, line in imports(module.tree):
        first, _, rest = name.partition(".")
        if name.startswith("."):
            found.append(f"{module.path}:{line}: relative import; write it out")
        elif first == "watcher" and rest:
            place = rest.split(".")[0]
            if place not in allowed and not place.startswith("_"):
                found.append(f"{module.path}:{line}: {module.place} may not import {place}")
    return found


def homeless(module: Module) -> list[str]:
    """The libraries that `module` imports away from their home."""
    found = []
    for name, line in imports(module.tree):
        library = name.split(".")[0]
        homes = HOMES.get(library)
        if homes and not any(module.path == h or module.path.startswith(h) for h in homes):
            found.append(f"{module.path}:{line}: {library} lives in {', '.join(homes)}")
    return found


@by_path
def test_rooms_do_not_import_one_another(module: Module) -> None:
    assert not crossed(module)


@by_path
def test_libraries_stay_at_home(module: Module) -> None:
    assert not homeless(module)


@by_path
def test_modules_and_functions_stay_small(module: Module) -> None:
    assert module.lines <= MAX_MODULE_LINES, f"{module.path} has {module.lines} lines"
    long = [
        f"{f.name} ({f.end_lineno - f.lineno + 1})"
        for f in functions(module.tree)
        if f.end_lineno and f.end_lineno - f.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long, f"{module.path}: {', '.join(long)}"


CONSOLE = ("notify/deliver", "notify/envelope", "notify/channels/console")
"""The console is a channel like any other: what it writes with is a parameter whose default prints."""


@by_path
def test_only_the_front_door_prints(module: Module) -> None:
    if module.place in FRONT or module.path in CONSOLE:
        return
    printing = [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing, f"{module.path}:{printing}"


@by_path
def test_names_say_what_a_module_holds(module: Module) -> None:
    assert not FORBIDDEN_NAMES.intersection(re.split(r"[/_]", module.path)), module.path


@by_path
def test_every_module_says_what_it_is_for(module: Module) -> None:
    assert not module.tree.body or ast.get_docstring(module.tree), f"{module.path} has no docstring"


@by_path
def test_environment_is_read_by_config_alone(module: Module) -> None:
    if module.place in (*FRONT, "config"):
        return
    reads = [
        f"{module.path}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    ]
    assert not reads


_SQL = re.compile(
    r"\s*(select\s.+\sfrom|insert\s+(or\s+\w+\s+)?into|update\s+\w+\s+set|delete\s+from|create\s+table)\s",
    re.I | re.S,
)


@by_path
def test_sql_stays_in_the_store(module: Module) -> None:
    if module.place == "store":
        return
    found = [
        f"{module.path}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.match(node.value)
    ]
    assert not found


PURE = {
    "judge": (
        "random",
        "socket",
        "asyncio",
        "threading",
        "subprocess",
        "urllib.request",
        "time",
        "os",
        "pathlib",
    ),
    "review": ("random", "socket", "asyncio", "threading", "subprocess", "urllib.request", "time", "os"),
}
"""Rooms that are pure may not even import what reads the clock, the disk or the network."""


@by_path
def test_pure_rooms_reach_for_nothing(module: Module) -> None:
    forbidden = PURE.get(module.place, ())
    found = [
        f"{module.path}:{line}: {name}"
        for name, line in imports(module.tree)
        if any(name == f or name.startswith(f"{f}.") for f in forbidden)
    ]
    assert not found


def _asks_the_time(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    return (
        node.func.attr in ("now", "utcnow", "today")
        and isinstance(owner, ast.Name | ast.Attribute)
        and (owner.id if isinstance(owner, ast.Name) else owner.attr) in ("datetime", "date")
    )


@by_path
def test_the_clock_is_an_argument(module: Module) -> None:
    if module.place in (*FRONT, "schedule"):
        return
    found = [f"{module.path}:{node.lineno}" for node in ast.walk(module.tree) if _asks_the_time(node)]  # type: ignore[attr-defined]
    assert not found


def test_modules_are_loaded_by_name_in_few_places() -> None:
    """Rooms may look up a kind in their own folder, and the front door its commands; nothing else."""
    allowed = ("cli", "collect/sources", "notify/channels")
    found = [
        f"{m.path}:{line}"
        for m in MODULES
        if not any(m.path == a or m.path.startswith(f"{a}/") for a in allowed)
        for line in dynamic_imports(m.tree)
    ]
    assert not found


def test_functions_are_short_as_a_rule() -> None:
    lengths = [f.end_lineno - f.lineno + 1 for m in MODULES for f in functions(m.tree) if f.end_lineno]
    assert median(lengths) <= MEDIAN_FUNCTION_LINES
    assert sum(n <= 30 for n in lengths) / len(lengths) >= 0.9


def test_the_table_of_places_is_complete() -> None:
    places = {m.place for m in MODULES if m.path} - set(FRONT)
    assert places - {"_version"} <= set(MAY_IMPORT), sorted(places - set(MAY_IMPORT))


@pytest.mark.parametrize(
    ("path", "source", "crossings", "strays"),
    [
        ("judge/x", "from watcher.store import items", 1, 0),
        ("judge/x", "def f():\n    from watcher.notify.compose import compose", 1, 0),
        ("judge/x", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import watcher.collect", 1, 0),
        ("judge/x", "from watcher import store", 1, 0),
        ("judge/x", "from watcher.judge import fold\nfrom watcher.model import Entry", 0, 0),
        ("judge/x", "from . import fold", 1, 0),
        ("model", "from watcher.errors import WatcherError", 1, 0),
        ("collect/parse", "import feedparser", 0, 1),
        ("collect/sources/feed", "import feedparser", 0, 0),
        ("judge/x", "def f():\n    import httpx2", 0, 1),
        ("pipeline", "from watcher.cli import main", 1, 0),
        ("cli/x", "from watcher.store import items\nimport click", 0, 0),
        ("brand_new", "from watcher.store import items", 1, 0),
    ],
)
def test_the_rules_catch_what_they_should(path: str, source: str, crossings: int, strays: int) -> None:
    module = Module(path, Path(f"{path}.py"), ast.parse(source), source.count("\n") + 1)
    assert len(crossed(module)) == crossings
    assert len(homeless(module)) == strays
