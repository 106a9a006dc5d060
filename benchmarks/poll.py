"""What a whole `watcher poll` costs, as a process, against peers run in turn (A B A B) in the same run.

    python -m benchmarks.poll                        1,000 feeds, the four cases
    python -m benchmarks.poll --feeds 5000
    python -m benchmarks.poll --vs reader            reader, when it is installed in $READER_PYTHON

CPU is the client's own (user + system of the process and its children, start-up included); the
server is another process. Prints milliseconds a feed and ratios with their min and max.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = ("first", "unchanged", "same-bytes", "one-new")


@dataclass(frozen=True)
class Cost:
    cpu: float
    wall: float
    peak_mb: float


@dataclass
class Server:
    port: int
    feeds: int
    hosts: int

    def url(self, number: int) -> str:
        return f"http://127.0.0.{1 + number % self.hosts}:{self.port}/f/{number}"

    def control(self, **mode: object) -> None:
        query = "&".join(f"{k}={v}" for k, v in mode.items())
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control?{query}").read()

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.port}/counts"))
        return found


@contextmanager
def server(feeds: int, hosts: int) -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.feed_server", "--feeds", str(feeds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    try:
        yield Server(int(process.stdout.readline()), feeds, hosts)
    finally:
        process.terminate()
        process.wait()


def run(command: list[str], cwd: Path, env: dict[str, str] | None = None) -> Cost:
    """Runs it to its end. Raises SystemExit with its output when it fails."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = done.communicate()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {output.decode()[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = next((float(w.split("=")[1]) for w in output.decode().split() if w.startswith("peak_mb=")), 0.0)
    return Cost(cpu, wall, peak)


@dataclass
class Watcher:
    """The real command on a database of its own. Peak memory is read from the process itself."""

    name: str = "watcher"
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="bench-")))

    def prepare(self, at: Server) -> None:
        sources = "".join(
            f'[[sources.add]]\nid = "f{n}"\nname = "f{n}"\nkind = "feed"\nurl = "{at.url(n)}"\n'
            for n in range(at.feeds)
        )
        allowed = json.dumps([f"127.0.0.{1 + h}:{at.port}" for h in range(at.hosts)])
        (self.folder / "config.toml").write_text(
            '[watcher]\nstate_dir = "state"\ncontact = "bench@example.org"\nmin_poll_seconds = 0\n'
            f"[sources]\npacks = []\n{sources}[network]\nallow_private = {allowed}\n"
            "per_host_spacing_seconds = 0\nper_host = 10\narticles_per_cycle = 0\n",
            encoding="utf-8",
        )

    def poll(self) -> Cost:
        code = (
            "import resource,sys;from watcher.cli import main\n"
            "try: main(['poll','--force'])\n"
            "except SystemExit as e:\n"
            " print('peak_mb=%.1f'%(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024))\n"
            " raise"
        )
        return run([sys.executable, "-c", code], self.folder)

    def clean(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Reader(Watcher):
    """lemon24/reader with eight workers, through its own library, in an interpreter that has it."""

    name: str = "reader"

    def prepare(self, at: Server) -> None:
        urls = json.dumps([at.url(n) for n in range(at.feeds)])
        (self.folder / "urls.json").write_text(urls, encoding="utf-8")
        self._run("for u in json.load(open('urls.json')): r.add_feed(u, exist_ok=True)")

    def poll(self) -> Cost:
        return self._run("r.update_feeds(workers=8)")

    def _run(self, what: str) -> Cost:
        code = (
            "import json,resource\nfrom reader import make_reader\nr=make_reader('db.sqlite')\n"
            f"{what}\nprint('peak_mb=%.1f'%(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024))"
        )
        return run([os.environ.get("READER_PYTHON", sys.executable), "-c", code], self.folder)


def measure(at: Server, subjects: list[Watcher], rounds: int) -> dict[str, dict[str, list[Cost]]]:
    """Each case in turn, each subject in turn within it; every round starts from nothing."""
    costs: dict[str, dict[str, list[Cost]]] = {case: {s.name: [] for s in subjects} for case in CASES}
    for _ in range(rounds):
        fresh = [type(s)() for s in subjects]
        for subject in fresh:
            subject.prepare(at)
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("first", lambda: at.control(new=0, etag=1)),
            ("unchanged", lambda: None),
            ("same-bytes", lambda: at.control(new=0, etag=0)),
            ("one-new", lambda: at.control(new=1, etag=1)),
        )
        for case, turn in steps:
            turn()
            for subject in fresh:
                costs[case][subject.name].append(subject.poll())
        for subject in fresh:
            subject.clean()
    return costs


def show(at: Server, costs: dict[str, dict[str, list[Cost]]]) -> None:
    names = list(next(iter(costs.values())))
    print(
        f"{at.feeds} feeds of 30 entries, {at.hosts} hosts; client CPU and wall, ms a feed, best of the rounds"
    )
    for case, by_name in costs.items():
        cells = [
            f"{name} cpu {min(c.cpu for c in by_name[name]) * 1000 / at.feeds:6.2f} "
            f"wall {min(c.wall for c in by_name[name]) * 1000 / at.feeds:6.2f} "
            f"peak {max(c.peak_mb for c in by_name[name]):4.0f} MB"
            for name in names
        ]
        for other in names[1:]:
            ratios = sorted(a.cpu / b.cpu for a, b in zip(by_name[names[0]], by_name[other], strict=True))
            cells.append(f"ratio {ratios[len(ratios) // 2]:.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})")
        print(f"  {case:11} " + " | ".join(cells), flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--vs", choices=("reader",), help="a peer to run in turn")
    asked = parser.parse_args(arguments)
    subjects: list[Watcher] = [Watcher()] + ([Reader()] if asked.vs else [])
    with server(asked.feeds, asked.hosts) as at:
        show(at, measure(at, subjects, asked.rounds))
        print(f"  requests in the last case: {at.counts()}")


if __name__ == "__main__":
    main()
