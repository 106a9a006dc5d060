"""What the desk asks of memory and the judge together: the ledger, the calendar, what is new. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from watcher.judge import conclude, novelty, reminders
from watcher.judge.ledger import Ledger
from watcher.model import Ids, Known, Standpoint
from watcher.store import developments, steps
from watcher.store.database import Database
from watcher.topic import Topic

ARTICLES = {
    "4": "Art. 4: stockpiles destroyed within four years, no extension",
    "5": "Art. 5: mined areas cleared within ten years, or by the granted deadline",
    "7": "Art. 7: transparency report by 30 April each year",
    "17": "Art. 17: first day of the sixth month after the month of deposit",
    "20": "Art. 20(3): six months after the depositary received the notice",
}


def ledger(db: Database, topic: Topic, now: datetime) -> Ledger:
    known = Known(Ids(), developments=developments.all_of_them(db), steps=steps.all_of_them(db))
    return conclude.ledger_of(known, topic, now)


def ledger_of(db: Database, topic: Topic, now: datetime) -> Mapping[str, Standpoint]:
    """Every state of the topic and where it stands."""
    return ledger(db, topic, now).standpoints


def calendar_rows(db: Database, topic: Topic, now: datetime, days: int) -> list[dict[str, object]]:
    """What the legal clock knows for the next `days`, in order of date."""
    until = (now + timedelta(days=days)).date()
    terms = reminders.calendar(ledger(db, topic, now), topic, now)
    return [
        {
            "date": term.date,
            "state": ", ".join(term.states),
            "name": ", ".join(topic.states[s].name for s in term.states if s in topic.states),
            "what": term.what,
            "rule": ARTICLES.get(term.article, term.article),
            "held": term.held,
            "development": term.development,
            "source": term.source,
            "uid": term.key,
        }
        for term in terms
        if term.date <= until
    ]


def since_baseline(db: Database, topic: Topic, now: datetime) -> list[dict[str, object]]:
    """What is new since the baseline article: states, predictions, figures, topics."""
    found = novelty.table(ledger(db, topic, now), developments.all_of_them(db), topic)
    return [
        {
            "kind": row.kind,
            "about": row.subject,
            "then": row.then,
            "now": row.now,
            "label": row.outcome,
            "states": row.states,
            "source": row.source,
        }
        for row in found
    ]
