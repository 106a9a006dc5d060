"""What placing one relevant report costs among the stories that are open: 10, 150 and 1,500 of them.

    python -m benchmarks.crowd [--stories 10,150,1500] [--reports 5]

The whole judgement of one batch (`pipeline.sitting.sit`): the entry judged, grouped, weighed and decided, memory as it
then stands included. Milliseconds of processor time, best of several; memory is in the process, nothing is read.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import watcher
from benchmarks.growth import NOW, article, stories_of
from watcher.config.policy import policy
from watcher.config.settings import PolicySection
from watcher.judge.terms import terms_of
from watcher.load_topic import load_topic
from watcher.model import Band, Claim, Entry, EntryKey, Ids, Known, Members, Modality, SourceId
from watcher.pipeline.sitting import sit
from watcher.topic import Topic

BUDGET_MS = 20.0
ENTRY = Entry(
    EntryKey("new"),
    SourceId("s"),
    "",
    "Campaigners in Finland criticise plans to lay anti-personnel mines",
    "The Ottawa Convention bans anti-personnel mines, campaigners in Finland said: word1 word50 word900.",
    published=NOW,
    language="en",
)


def memory(count: int, reports: int) -> Known:
    """`count` open stories of `reports` comments each, of twenty states or of none."""
    rng = random.Random(count)
    said = Claim(states=(), development="commentary", stage="", modality=Modality.DONE)
    loose = [article(rng, number, NOW, Band.RELEVANT) for number in range(2, 2 + count * reports)]
    stories = tuple(stories_of(loose, reports))
    items = {}
    for story, start in zip(stories, range(0, len(loose), reports), strict=True):
        for item in loose[start : start + reports]:
            claims = (replace(said, states=story.states),)
            items[int(item.id)] = replace(
                item, story_id=story.id, states=story.states, development="commentary", claims=claims
            )
    ids = Ids(item=len(loose) + 2, story=max(story.id for story in stories) + 1)
    return Known(ids, stories, items=Members(items))


def best_ms(known: Known, topic: Topic, times: int) -> float:
    rules = policy(PolicySection(), ZoneInfo("UTC"))
    taken = []
    for _ in range(times):
        terms_of.cache_clear()
        began = time.process_time()
        sit((ENTRY,), known, topic, rules, (), NOW)
        taken.append(time.process_time() - began)
    return min(taken) * 1000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stories", default="10,150,1500")
    parser.add_argument("--reports", type=int, default=5, help="of each story")
    parser.add_argument("--times", type=int, default=7)
    asked = parser.parse_args(arguments)
    topic = load_topic(Path(watcher.__file__).parent / "topics" / "ottawa")
    cost = 0.0
    for count in map(int, asked.stories.split(",")):
        known = memory(count, asked.reports)
        cost = best_ms(known, topic, asked.times)
        print(f"{count:>5,} open stories of {asked.reports} reports  one more report {cost:.1f} ms")
    return int(cost > BUDGET_MS)


if __name__ == "__main__":
    raise SystemExit(main())
