"""A marked sample, sent on the spot (`channels test`): nothing of it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Channel,
    Config,
    Delivery,
    DeliveryId,
    DeliveryState,
    Development,
    DevelopmentId,
    Evidence,
    Figure,
    Modality,
    Standing,
    Tier,
    Urgency,
)
from watcher.notify import deliver
from watcher.notify.compose import Context, compose, sample, tell
from watcher.notify.plan import Batch, key_of
from watcher.topic import Topic


def send_sample(
    config: Config,
    topic: Topic,
    channel: Channel,
    clock: Callable[[], datetime],
    write: Callable[[str], object],
) -> tuple[bool, str]:
    """Whether every recipient's server took it, and its word or the reason."""
    now = clock()
    names = {code: state.name for code, state in topic.states.items()}
    alert = sample(channel, now, alert=_example(now))
    rows = tuple(
        Delivery(DeliveryId(i), alert.id, channel.name, to, DeliveryState.PENDING, due=now)
        for i, to in enumerate(channel.recipients or ("",))
    )
    batch = Batch("sample", channel.name, key_of(channel.name, (alert,)), (alert,), rows)
    told = tell(alert, {}, names, now, zone=config.zone)
    message = compose(
        (told,), channel, Context(now, names, config.zone, templates_dir=config.templates_dir), batch
    )
    tools = deliver.Tools(mark=lambda rows: rows, record=_forget, clock=clock, write=write)
    settled = deliver.attempt(batch, message, channel, tools)
    taken = bool(settled) and all(row.state is DeliveryState.SENT for row in settled)
    words = dict.fromkeys(row.receipt if row.state is DeliveryState.SENT else row.reason for row in settled)
    return taken, "; ".join(w for w in words if w) or "taken"


def _forget(rows: tuple[Delivery, ...]) -> None:
    """A sample leaves no rows."""


def _example(now: datetime) -> Alert:
    """What an alert looks like, on an act that every reader knows to be past: Finland's vote of 2025."""
    development = Development(
        id=DevelopmentId(0),
        key=f"sample:{now.isoformat()}",
        states=("FI",),
        development="parliament_vote",
        stage="W4_PARLIAMENT",
        substep="final_vote",
        modality=Modality.DONE,
        standing=Standing.CONFIRMED,
        first_seen=now,
        event_date=date(2025, 6, 19),
        date_precision="day",
        tier=Tier.OFFICIAL,
        evidence=Evidence("This is where the evidence sentence stands, in its own language.", "title", "en"),
        figures=(Figure("votes_for", 157), Figure("votes_against", 18)),
    )
    alert = Alert(AlertId(0), development.key, AlertKind.NEW, Urgency.INSTANT, now)
    return replace(alert, development=development)
