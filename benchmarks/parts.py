"""Where the time of a whole `watcher poll` goes: each of the four cases under cProfile, self time by part.

    python -m benchmarks.parts [--feeds 300]

Shares, not milliseconds: profiling makes Python calls dearer than what C does. What a builtin takes counts for its caller.
"""

from __future__ import annotations

import argparse
import pstats
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.peers import Watcher
from benchmarks.poll import turns
from benchmarks.server import server

PROFILED = """
import cProfile
run = cProfile.Profile()
run.enable()
from watcher.cli import main
try:
    main(["poll", "--force"])
except SystemExit:
    pass
run.disable()
run.dump_stats("profile")
"""
PARTS = (  # the first that is found in the file's name
    (
        "configuration and topic",
        (
            "watcher/config",
            "watcher/toml",
            "watcher/load_topic",
            "watcher/topic",
            "tomllib",
            "watcher/collect/sources/__init__",
        ),
    ),
    (
        "reading",
        (
            "watcher/collect/sources",
            "collect/quick",
            "collect/cut",
            "collect/reading",
            "collect/parse",
            "lxml",
            "feedparser",
        ),
    ),
    (
        "text, addresses, dates",
        ("collect/text", "collect/urls", "collect/dates", "collect/entries", "html/", "urllib", "email/"),
    ),
    ("judging", ("watcher/judge", "pipeline/sitting")),
    ("store", ("watcher/store", "sqlite3", "json/")),
    ("exchange", ("watcher/collect", "h11", "ssl.py", "socket.py")),
    ("scheduling", ("asyncio", "selectors", "contextvars")),
    ("the poll itself", ("watcher/pipeline", "watcher/cli", "watcher/notify", "watcher/schedule")),
)
START = "start (imports)"
_IMPORTING = (
    "importlib",
    "dataclasses.py",
    "typing.py",
    "enum.py",
    "pydantic",
    "click",
    "abc.py",
    "functools.py",
    "/re/",
    "inspect.py",
)


def part(function: tuple[str, int, str]) -> str:
    file, _, name = function
    if name == "<module>" or any(sign in file for sign in _IMPORTING):
        return START
    return next((part for part, signs in PARTS if any(sign in file for sign in signs)), "the rest")


def shares(profile: Path) -> dict[str, float]:
    """Part -> its share of all self time, the largest first."""
    stats: dict[Any, Any] = pstats.Stats(str(profile)).stats  # type: ignore[attr-defined]
    found: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, callers) in stats.items():
        if function[0] != "~" or not callers:
            found[part(function)] += own
            continue
        for caller, (_, _, own_there, _) in callers.items():
            found[START if caller[0] == "~" else part(caller)] += own_there
    whole = sum(found.values())
    return dict(sorted(((name, own / whole) for name, own in found.items()), key=lambda pair: -pair[1]))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--feeds", type=int, default=300)
    asked = parser.parse_args(arguments)
    with server(asked.feeds, 20) as at:
        program = Watcher()
        program.prepare(at)
        for case, turn in turns(at):
            turn()
            subprocess.run(
                [sys.executable, "-c", PROFILED], cwd=program.folder, check=True, capture_output=True
            )
            found = shares(program.folder / "profile")
            print(
                f"{case:11} " + ", ".join(f"{name} {share:.0%}" for name, share in found.items()), flush=True
            )
        program.clean()


if __name__ == "__main__":
    main()
