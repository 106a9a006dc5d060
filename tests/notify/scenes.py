"""One message of every sort, made by the code that makes the real ones: for goldens and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.notify.factories import NAMES, NOW, a_development, a_policy, an_alert, an_entry, an_item
from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Channel,
    Delivery,
    DeliveryId,
    DeliveryState,
    Development,
    DevelopmentId,
    Evidence,
    Figure,
    Item,
    Message,
    Modality,
    PollState,
    Source,
    SourceId,
    Standing,
    StoryId,
    Tier,
    Urgency,
)
from watcher.notify.compose import Context, compose, headline, sample, tell
from watcher.notify.ops import Trouble, ops_alerts
from watcher.notify.plan import open_digest, plan
from watcher.notify.roundup import health, others

DAY = timedelta(days=1)
ITEMS: Mapping[int, Item] = {
    item.id: item
    for item in (
        an_item(1),
        an_item(
            2,
            entry=an_entry(
                2,
                title="Finland's parliament votes to leave landmine treaty",
                summary="Lawmakers voted 157 to 18 on Thursday.",
                outlet="Northern Wire",
                language="en",
            ),
        ),
        an_item(
            3,
            states=("PL",),
            entry=an_entry(
                3,
                title="Polska wypowiada konwencję ottawską: dokument w ONZ",
                summary="Instrument wypowiedzenia złożono w Nowym Jorku w środę.",
                outlet="Gazeta Przykładowa",
                language="pl",
                published=datetime(2025, 8, 20, 17, 10, tzinfo=UTC),
            ),
        ),
        an_item(
            4,
            states=("EE",),
            entry=an_entry(
                4,
                title="Riigikogu hääletas Ottawa konventsioonist lahkumise poolt",
                outlet="Näidisleht",
                language="et",
                published=datetime(2025, 6, 4, 11, 0, tzinfo=UTC),
            ),
        ),
        an_item(
            5,
            story_id=StoryId(5),
            states=("NO",),
            entry=an_entry(
                5,
                title="Norge blir i minekonvensjonen, sier utenriksministeren",
                outlet="Eksempelposten",
                language="no",
            ),
        ),
        an_item(
            6,
            story_id=StoryId(6),
            states=("FI",),
            entry=an_entry(6, title="Miinasopimus: mitä irtautuminen maksaa?", outlet="Esimerkkilehti"),
        ),
        an_item(
            7,
            story_id=StoryId(7),
            states=(),
            entry=an_entry(
                7, title="Campaigners <b>appeal</b> & warn: *mines* kill", outlet="Relief Desk", language="en"
            ),
        ),
    )
}
NOTICE = a_development(
    id=DevelopmentId(8),
    key="PL:W6_NOTIFIED::2025-08-20",
    states=("PL",),
    development="notified_un",
    stage="W6_NOTIFIED",
    substep="",
    event_date=date(2025, 8, 20),
    figures=(),
    item_ids=(3,),
    sources=2,
    weight=1.4,
    evidence=Evidence("Instrument wypowiedzenia złożono w Nowym Jorku w środę.", "summary", "pl"),
    delta=("notice to the United Nations, 20 August 2025 (before: head of state signed, 5 August 2025)",),
    since_baseline=("recommended in March 2025; decided, voted, signed and notified since",),
    next_date=date(2026, 2, 20),
    next_what="withdrawal takes effect (notice + 6 months, Art. 20)",
)
ESTONIA = a_development(
    id=DevelopmentId(9),
    key="EE:W4_PARLIAMENT:final_vote:2025-06-04",
    states=("EE",),
    event_date=date(2025, 6, 4),
    figures=(Figure("votes_for", 81), Figure("votes_against", 1)),
    item_ids=(4,),
    weight=0.9,
    evidence=None,
    delta=("parliament: final vote, 81 to 1",),
    since_baseline=(),
    next_date=None,
    next_what="head of state's signature",
)
CALENDAR = replace(
    NOTICE,
    id=DevelopmentId(10),
    stage="W7_EFFECTIVE",
    development="in_effect",
    modality=Modality.PLANNED,
    standing=Standing.DUE,
    event_date=date(2026, 2, 20),
    evidence=None,
    item_ids=(),
    delta=("no longer a State Party from today, six months after its notice of 20 August 2025",),
    next_date=None,
    next_what="",
)


def _rows(alerts: tuple[Alert, ...], channel: Channel, **changes: object) -> list[Delivery]:
    return [
        Delivery(
            DeliveryId(alert.id),
            alert.id,
            channel.name,
            channel.recipients[0],
            DeliveryState.PENDING,
            due=alert.at,
            created=alert.at,
            **changes,  # type: ignore[arg-type]
        )
        for alert in alerts
    ]


def _message(
    alerts: tuple[Alert, ...],
    channel: Channel,
    now: datetime,
    context: Context | None = None,
    **changes: object,
) -> Message:
    by_id = {alert.id: alert for alert in alerts}
    away = context is not None and context.away is not None
    found = plan(_rows(alerts, channel, **changes), by_id, [channel], a_policy(), now, away=away)
    (batch,) = found.batches
    told = [
        tell(alert, ITEMS, NAMES, now, followed=an_alert(1) if alert.follows else None)
        for alert in batch.alerts
    ]
    return compose(told, channel, context or Context(now, NAMES), batch)


def _follow(kind: AlertKind, development: Development) -> Alert:
    return an_alert(2, kind=kind, follows=AlertId(1), development=development, at=NOW + DAY)


def alert(channel: Channel) -> Message:
    return _message((an_alert(1),), channel, NOW)


def followup(channel: Channel) -> Message:
    """Promotion: from reported to confirmed."""
    confirmed = a_development(
        standing=Standing.CONFIRMED,
        tier=Tier.OFFICIAL,
        sources=5,
        delta=("confirmed by parliament's own record (before: reported by 3 sources)",),
    )
    thread = "<first@desk.example>" if channel.kind == "email" else "1750.0001"
    return _message((_follow(AlertKind.PROMOTION, confirmed),), channel, NOW + DAY, thread=thread)


def correction(channel: Channel) -> Message:
    right = a_development(
        figures=(Figure("votes_for", 157), Figure("votes_against", 17)),
        delta=("157 to 17, not 157 to 18, says parliament's own record",),
    )
    return _message((_follow(AlertKind.CORRECTION, right),), channel, NOW + DAY)


def repeat(channel: Channel) -> Message:
    return _message((an_alert(1),), channel, NOW, possible_repeat=True, batch="a" * 32)


def _health(now: datetime) -> tuple[str, ...]:
    names = ("Esimerkkilehti", "Northern Wire", "Gazeta Przykładowa", "Näidisleht", "Eksempelposten")
    sources = [
        Source(SourceId(str(n)), "feed", "", name, language)
        for n, (name, language) in enumerate(zip(names, ("fi", "en", "pl", "et", "no"), strict=True))
    ]
    polls = {s.id: PollState(s.id, polls=9, last_ok=now, last_new=now - DAY) for s in sources}
    dead = sources[3].id
    polls[dead] = replace(polls[dead], failures=4, error="timeout", last_ok=now - 2 * DAY)
    return health(sources, polls, now, relevant_languages=("fi", "en", "pl"), owed=1, last_digest=now - DAY)


def digest(channel: Channel) -> Message:
    now = datetime(2025, 8, 21, 6, 0, tzinfo=UTC)
    alerts = (
        an_alert(1, development=ESTONIA, urgency=Urgency.DIGEST, items=()),
        an_alert(2, development=NOTICE, urgency=Urgency.DIGEST, items=()),
    )
    context = Context(now, NAMES, others=others([ITEMS[5], ITEMS[6], ITEMS[7]], NAMES), health=_health(now))
    return _message(alerts, channel, now, context)


def empty_digest(channel: Channel) -> Message:
    now = datetime(2025, 8, 22, 6, 0, tzinfo=UTC)
    hour, rows = open_digest(channel, now, AlertId(3), DeliveryId(3), now)
    (batch,) = plan(rows, {3: hour}, [channel], a_policy(), now).batches
    told = [tell(hour, {}, NAMES, now)]
    return compose(told, channel, Context(now, NAMES, health=_health(now)), batch)


def digest_at_once(channel: Channel) -> Message:
    """Nothing but what could not wait for it."""
    now = datetime(2025, 8, 22, 6, 0, tzinfo=UTC)
    hour, _ = open_digest(channel, now, AlertId(3), DeliveryId(3), now)
    sent = tuple(headline(an_alert(n, development=d), NAMES, now) for n, d in ((1, ESTONIA), (2, NOTICE)))
    return _message((hour,), channel, now, Context(now, NAMES, health=_health(now), at_once=sent))


def catchup(channel: Channel) -> Message:
    """After a gap, with the digest hour that was missed."""
    now = datetime(2025, 8, 24, 9, 30, tzinfo=UTC)
    alerts = (
        an_alert(1, at=now),
        an_alert(2, at=now, development=ESTONIA, items=(), urgency=Urgency.DIGEST),
        an_alert(3, at=now, development=NOTICE, items=()),
        open_digest(channel, now - DAY, AlertId(4), DeliveryId(4), now)[0],
    )
    context = Context(now, NAMES, away=(NOW - 20 * DAY, now), health=_health(now))
    return _message(alerts, channel, now, replace(context, others=others([ITEMS[5], ITEMS[6]], NAMES)))


def clock(channel: Channel) -> Message:
    now = datetime(2026, 2, 20, 5, 0, tzinfo=UTC)
    due = an_alert(4, kind=AlertKind.CLOCK, development=CALENDAR, at=now, items=())
    return _message((due,), channel, now)


def ops(channel: Channel) -> Message:
    facts = {"count": 60, "total": 72, "reason": "dns"}
    found = ops_alerts([Trouble("sources", NOW - timedelta(hours=7), facts)], [], NOW, AlertId(5))
    return _message(found, channel, NOW)


def a_sample(channel: Channel) -> Message:
    blank = an_alert(6)
    return _message((sample(channel, NOW, alert=blank),), channel, NOW)


SCENES: Mapping[str, Callable[[Channel], Message]] = {
    "alert": alert,
    "followup": followup,
    "correction": correction,
    "repeat": repeat,
    "digest": digest,
    "digest-empty": empty_digest,
    "digest-at-once": digest_at_once,
    "catchup": catchup,
    "clock": clock,
    "ops": ops,
    "sample": a_sample,
}
