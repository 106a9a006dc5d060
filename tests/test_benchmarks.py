"""The benchmarks run and say what they measured, on very little. Nothing here is about how fast they are."""

from __future__ import annotations

import gzip
import re
import shlex
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from benchmarks.__main__ import machine, plan
from benchmarks.feed_server import ENTRIES, feed
from benchmarks.peers import peer
from benchmarks.server import Server, server

SAID = {
    "start-up": r"watcher --help +wall \d\.\d{3} s",
    "judge": r"near miss +5 entries  sift \d+\.\d{3} ms  classify \d+\.\d{3} ms  assess \d+\.\d{3} ms",
    "poll": r"(?s)10 feeds of 30 entries.*first .*unchanged .*same-bytes .*one-new .*'requests': 10, '200': 10",
    "open stories": r"20 open stories of 5 reports  one more report \d",
    "growth": r"300 items  filled at .*newest \d",
}


@pytest.mark.parametrize(
    ("title", "benchmark", "options"), plan(short=True), ids=[step[0] for step in plan(short=True)]
)
def test_the_short_form_works(title, benchmark, options, capfd):
    benchmark(options)
    assert re.search(SAID[title], capfd.readouterr().out)


def test_the_machine_is_named():
    assert re.search(r"\d+ cores, .*Python 3\.\d+\.\d+, SQLite 3\.", machine())


def test_the_server_answers_what_it_is_told_to_and_counts():
    with server(3, 300) as at:
        assert at.host_names()[254:257] == ["127.0.0.255", "127.0.1.0", "127.0.1.1"]
        at.control(etag=1)
        with urlopen(at.url(2)) as answer:
            tag, body = answer.headers["ETag"], answer.read()
        with pytest.raises(HTTPError, match="304"):
            urlopen(Request(at.url(2), headers={"If-None-Match": tag}))
        assert at.counts() == {"requests": 2, "200": 1, "304": 1}
        at.control(gzip=1)
        with urlopen(Request(at.url(2), headers={"Accept-Encoding": "gzip"})) as answer:
            assert gzip.decompress(answer.read()) == body


def test_any_command_can_be_a_peer():
    program = peer(f'{shlex.quote(sys.executable)} -c \'print(open("urls").read()); print("peak_mb=3.5")\'')
    try:
        program.prepare(Server(80, 2, 1))
        assert program.poll().peak_mb == 3.5
    finally:
        program.clean()


def test_a_new_generation_adds_one_entry_to_a_feed():
    before, after = (set(re.findall(rb"<guid>(.*?)</guid>", feed(7, generation))) for generation in (0, 1))
    assert len(before) == len(after) == ENTRIES
    assert len(after - before) == 1
