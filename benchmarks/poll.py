"""What a whole `watcher poll` costs, as a process, against peers run in turn (A B A B) in the same run.

    python -m benchmarks.poll                        1,000 feeds, the four cases
    python -m benchmarks.poll --feeds 5000
    python -m benchmarks.poll --vs reader --vs newsboat --vs 'COMMAND'      see benchmarks/peers.py

CPU is the client's own (user + system of the process and its children, start-up included); the server is
another process. Prints milliseconds a feed, the best of the rounds, and ratios with their min and max.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks.peers import Cost, Watcher, peer
from benchmarks.server import Server, server

CASES = ("first", "unchanged", "same-bytes", "one-new")

Costs = dict[str, dict[str, list[Cost]]]


def turns(at: Server) -> tuple[tuple[str, Callable[[], None]], ...]:
    """Each case, and what makes the server play it."""
    return (
        ("first", lambda: at.control(new=0, etag=1)),
        ("unchanged", lambda: None),
        ("same-bytes", lambda: at.control(new=0, etag=0)),
        ("one-new", lambda: at.control(new=1, etag=1)),
    )


def measure(at: Server, names: list[str], rounds: int) -> Costs:
    """Each case in turn, each subject in turn within it; every round starts from nothing."""
    costs: Costs = {case: {name: [] for name in names} for case in CASES}
    for _ in range(rounds):
        subjects: list[Watcher] = [peer(name) for name in names]
        for subject in subjects:
            subject.prepare(at)
        for case, turn in turns(at):
            turn()
            for subject in subjects:
                costs[case][subject.name].append(subject.poll())
        for subject in subjects:
            subject.clean()
    return costs


def show(at: Server, costs: Costs) -> None:
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
            pairs = list(zip(by_name[names[0]], by_name[other], strict=True))
            cells.append(
                f"of {other}: cpu {spread([a.cpu / b.cpu for a, b in pairs])} "
                f"wall {spread([a.wall / b.wall for a, b in pairs])}"
            )
        print(f"  {case:11} " + " | ".join(cells), flush=True)


def spread(ratios: list[float]) -> str:
    """The median, and the least and the most."""
    ordered = sorted(ratios)
    return f"{ordered[len(ordered) // 2]:.2f} ({ordered[0]:.2f}–{ordered[-1]:.2f})"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--vs", action="append", default=[], help="a peer to run in turn; repeatable")
    asked = parser.parse_args(arguments)
    with server(asked.feeds, asked.hosts) as at:
        show(at, measure(at, ["watcher", *asked.vs], asked.rounds))
        print(f"  requests in the last case: {at.counts()}")


if __name__ == "__main__":
    main()
