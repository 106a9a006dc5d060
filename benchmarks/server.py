"""The feed server's process, started and steered."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Server:
    port: int
    feeds: int
    hosts: int

    def host_names(self) -> list[str]:
        """127.0.0.1, 127.0.0.2 … 127.0.1.0 …: Linux answers on all of 127.0.0.0/8."""
        return [f"127.0.{(1 + n) >> 8}.{(1 + n) & 255}" for n in range(self.hosts)]

    def url(self, number: int) -> str:
        host = 1 + number % self.hosts
        return f"http://127.0.{host >> 8}.{host & 255}:{self.port}/f/{number}"

    def urls(self) -> list[str]:
        return [self.url(number) for number in range(self.feeds)]

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
        process.stdout.close()
        process.wait()
