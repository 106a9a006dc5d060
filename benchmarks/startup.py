"""How long whole processes take that do next to nothing: `watcher --help` and `watcher list`.

    python -m benchmarks.startup [--times 15]

Prints seconds, best and median of wall time, and of CPU. The package and what it needs should be compiled (as
`make` leaves it): a first start that compiles takes three times as long.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.peers import Cost, run

SUBJECTS = {
    "python -c pass": ["-c", "pass"],
    "watcher --help": ["-m", "watcher", "--help"],
    "watcher list": ["-m", "watcher", "list", "--limit", "1000"],
}


def measure(times: int) -> dict[str, list[Cost]]:
    """Each in turn, so that a busy moment hits all of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text('[watcher]\nstate_dir = "state"\n[sources]\npacks = []\n')
        run([sys.executable, "-m", "watcher", "list"], folder)  # makes the database
        costs: dict[str, list[Cost]] = {subject: [] for subject in SUBJECTS}
        for _ in range(times):
            for subject, arguments in SUBJECTS.items():
                costs[subject].append(run([sys.executable, *arguments], folder))
    return costs


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=15)
    for subject, costs in measure(parser.parse_args(arguments).times).items():
        walls, cpus = [c.wall for c in costs], [c.cpu for c in costs]
        print(
            f"{subject:24} wall {min(walls):.3f} s (median {statistics.median(walls):.3f})  "
            f"cpu {min(cpus):.3f} s (median {statistics.median(cpus):.3f})"
        )


if __name__ == "__main__":
    main()
