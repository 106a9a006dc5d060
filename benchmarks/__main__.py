"""`make bench`: every benchmark in turn, some minutes; `python -m benchmarks short` shows in seconds that they work.

Peers are run where they are found: reader and aiohttp in $READER_PYTHON, newsboat on the PATH. Nothing here
fails for being slow; docs/performance.md has the figures and what they were held against.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sqlite3
import ssl
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec

from benchmarks import crowd, growth, judge, latency, poll, startup

LIBRARIES = ("feedparser", "h11", "lxml", "pydantic", "click", "sqlite-utils")


def machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {ssl.OPENSSL_VERSION}, {libraries}"
    )


def peers() -> list[str]:
    """What there is to compare with, as options of `poll`."""
    found = ["reader"] if os.environ.get("READER_PYTHON") or find_spec("reader") else []
    found += ["newsboat"] if shutil.which("newsboat") else []
    return [word for name in found for word in ("--vs", name)]


def has_aiohttp() -> bool:
    return bool(os.environ.get("READER_PYTHON") or find_spec("aiohttp"))


def plan(short: bool) -> list[tuple[str, Callable[[Sequence[str]], object], list[str]]]:
    """Title, benchmark, arguments."""
    if short:
        return [
            ("start-up", startup.main, ["--times", "1"]),
            ("judge", judge.main, ["--repeat", "1", "--limit", "5"]),
            ("open stories", crowd.main, ["--stories", "20", "--times", "1"]),
            ("poll", poll.main, ["--feeds", "10", "--rounds", "1"]),
            ("growth", growth.main, ["--sizes", "300", "--times", "2", "--feeds", "0"]),
        ]
    whole = [
        ("start-up", startup.main, []),
        ("judge", judge.main, []),
        ("open stories", crowd.main, []),
        ("poll, 1,000 feeds", poll.main, ["--feeds", "1000", "--rounds", "3", *peers()]),
        ("poll, 5,000 feeds", poll.main, ["--feeds", "5000", "--rounds", "1"]),
        ("latency", latency.main, []),
        ("growth", growth.main, ["--sizes", "10000,100000,1000000"]),
    ]
    return whole if has_aiohttp() else [step for step in whole if step[1] is not latency.main]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("form", nargs="?", choices=("short", "whole"), default="whole")
    asked = parser.parse_args(arguments)
    print(machine(), flush=True)
    for title, benchmark, options in plan(asked.form == "short"):
        print(f"\n── {title}", flush=True)
        benchmark(options)


if __name__ == "__main__":
    sys.exit(main())
