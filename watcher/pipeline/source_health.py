"""Sources that broke, fell silent, retired or came back: told once each, many in one message."""

from __future__ import annotations

from datetime import datetime, timedelta

from watcher.collect import politeness
from watcher.model import Alert, AlertId, AlertKind, Config, Findings, Urgency
from watcher.store import alerts, sources
from watcher.store import findings as store_findings
from watcher.store import known as store_known
from watcher.store.database import Database

PAUSE = timedelta(hours=6)
"""Between two such messages: when a network fails, its sources break one by one, over a day or more."""
KEY = "sources-changed:"
MOST_TOLD = 100


def tell(db: Database, config: Config, now: datetime) -> None:
    """One operational alert for all that changed since the last, in the transaction that remembers it
    was told. What is held back by the pause is told with the next, if it still holds then."""
    states = sources.states(db)
    told = [
        (states[s.id], found)
        for s in config.sources
        if s.id in states and (found := politeness.trouble(s, states[s.id], now))
    ][:MOST_TOLD]
    if not told or not config.channels or _told_lately(db, now):
        return
    from watcher.notify.ops import ops_deliveries

    ids = store_known.ids(db)
    alert = _alert(AlertId(ids.alert), [found.text for _, found in told], now)
    findings = Findings(
        at=now,
        alerts=(alert,),
        deliveries=ops_deliveries((alert,), config.channels, ids, now),
        polls=tuple(politeness.told(state, found) for state, found in told),
    )
    store_findings.commit(db, findings)


def _told_lately(db: Database, now: datetime) -> bool:
    return any(a.key.startswith(KEY) and a.at <= now for a in alerts.operational_since(db, now - PAUSE))


def _alert(number: AlertId, texts: list[str], now: datetime) -> Alert:
    first = texts[0]
    return Alert(
        number,
        KEY + now.isoformat(),
        AlertKind.OPS,
        Urgency.DIGEST,
        at=now,
        title=first if len(texts) == 1 else f"{len(texts)} sources changed their state: {first}; ...",
        text="\n\n".join(texts),
    )
