"""Who polls: watcher itself, and the programs it is compared with, each a process in a folder of its own.

reader (lemon24) needs an interpreter that has it (`python -m venv DIR && DIR/bin/pip install reader`, named
by $READER_PYTHON), newsboat its own package. Any other command polls the addresses of the file `urls`.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.server import Server

_PEAK = "print('peak_mb=%.1f'%(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024))"


@dataclass(frozen=True)
class Cost:
    """Seconds of one whole process with its children, start-up included."""

    cpu: float
    wall: float
    peak_mb: float


def run(command: list[str], cwd: Path, env: dict[str, str] | None = None, *, inside: bool = False) -> Cost:
    """Runs it to its end. `inside`: the cost is what the command itself measured and printed, without its
    start. Raises SystemExit with its output when it fails."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    output = (done.stdout + done.stderr).decode("utf-8", "replace")
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {output[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    printed = dict(word.split("=", 1) for word in output.split() if word.count("=") == 1)
    if inside:
        return Cost(float(printed["loop_cpu"]), float(printed["loop_wall"]), 0.0)
    return Cost(cpu, wall, float(printed.get("peak_mb", 0)))


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
        allowed = json.dumps([f"{host}:{at.port}" for host in at.host_names()])
        (self.folder / "config.toml").write_text(
            '[watcher]\nstate_dir = "state"\ncontact = "bench@example.org"\nmin_poll_seconds = 0\n'
            f"[sources]\npacks = []\n{sources}[network]\nallow_private = {allowed}\n"
            "per_host_spacing_seconds = 0\nper_host = 10\narticles_per_cycle = 0\n",
            encoding="utf-8",
        )

    def poll(self) -> Cost:
        code = (
            "import resource\nfrom watcher.cli import main\n"
            f"try: main(['poll', '--force'])\nexcept SystemExit:\n {_PEAK}\n raise"
        )
        return run([sys.executable, "-c", code], self.folder)

    def clean(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Reader(Watcher):
    """lemon24/reader with eight workers, through its own library; its own schedule set aside, as by --force."""

    name: str = "reader"

    def prepare(self, at: Server) -> None:
        (self.folder / "urls.json").write_text(json.dumps(at.urls()), encoding="utf-8")
        self._run("for u in json.load(open('urls.json')): r.add_feed(u, exist_ok=True)")

    def poll(self) -> Cost:
        return self._run("r.update_feeds(scheduled=False, workers=8)")

    def _run(self, what: str) -> Cost:
        code = f"import json,resource\nfrom reader import make_reader\nr=make_reader('db.sqlite')\n{what}\n{_PEAK}"
        return run([os.environ.get("READER_PYTHON", sys.executable), "-c", code], self.folder)


@dataclass
class Newsboat(Watcher):
    """newsboat's `-x reload` with fifty threads, on a cache and a configuration of its own."""

    name: str = "newsboat"

    def prepare(self, at: Server) -> None:
        (self.folder / "urls").write_text("\n".join(at.urls()) + "\n", encoding="utf-8")
        (self.folder / "config").write_text("reload-threads 50\nerror-log errors.log\n", encoding="utf-8")

    def poll(self) -> Cost:
        command = ["newsboat", "-q", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
        return run(command, self.folder, {"HOME": str(self.folder)})


@dataclass
class Command(Watcher):
    """Any command: it finds the addresses in the file `urls`, one a line, and may keep what it likes there."""

    name: str = "command"

    def prepare(self, at: Server) -> None:
        (self.folder / "urls").write_text("\n".join(at.urls()) + "\n", encoding="utf-8")

    def poll(self) -> Cost:
        return run(shlex.split(self.name), self.folder)


def peer(name: str) -> Watcher:
    """reader, newsboat, or a command line."""
    known = {"watcher": Watcher, "reader": Reader, "newsboat": Newsboat}
    return known[name]() if name in known else Command(name)
