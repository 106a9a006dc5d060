"""Nouns for the store's tests: short to write where the details do not matter, and Hypothesis for where they do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from watcher.model import (
    Alert,
    AlertId,
    AlertKind,
    Band,
    Claim,
    Delivery,
    DeliveryId,
    DeliveryState,
    Development,
    DevelopmentId,
    Entry,
    EntryKey,
    Evidence,
    Figure,
    Findings,
    Item,
    ItemId,
    Mark,
    Modality,
    PollState,
    Reason,
    SourceId,
    Standing,
    Step,
    Story,
    StoryId,
    Tier,
    Urgency,
    Verdict,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def an_item(number: int = 2, title: str = "Parliament votes on the mine treaty", **changes: object) -> Item:
    """Relevant unless `band` says otherwise; `url`, `key`, `content`, … go to its entry."""
    url = f"https://news.example/{number}"
    entry: dict[str, object] = {
        "key": EntryKey(url),
        "source_id": SourceId("daily"),
        "url": url,
        "title": title,
    }
    names = set(Entry.__dataclass_fields__) - {"language"}
    entry |= {name: changes.pop(name) for name in list(changes) if name in names}
    band = changes.pop("band", Band.RELEVANT)
    item: dict[str, object] = {
        "id": ItemId(number),
        "entry": Entry(**entry),  # type: ignore[arg-type]
        "verdict": Verdict(0.9, band, (Reason("treaty", "mine treaty", 1.0, "title"),)),  # type: ignore[arg-type]
        "first_seen": NOW,
    }
    return Item(**item | changes)  # type: ignore[arg-type]


def rejected(number: int, title: str = "Coal mine opens", **changes: object) -> Item:
    return an_item(number, title, band=Band.REJECTED, **changes)


def a_story(number: int = 1, **changes: object) -> Story:
    story: dict[str, object] = {
        "id": StoryId(number),
        "states": ("FI",),
        "stage": "W4_PARLIAMENT",
        "substep": "",
        "development": "parliament_vote",
        "title": "Finland votes",
        "first_seen": NOW,
        "last_seen": NOW,
    }
    return Story(**story | changes)  # type: ignore[arg-type]


def a_development(number: int = 1, **changes: object) -> Development:
    development: dict[str, object] = {
        "id": DevelopmentId(number),
        "key": f"FI|W4_PARLIAMENT||{number}",
        "states": ("FI",),
        "development": "parliament_vote",
        "stage": "W4_PARLIAMENT",
        "substep": "",
        "modality": Modality.DONE,
        "standing": Standing.REPORTED,
        "first_seen": NOW,
    }
    return Development(**development | changes)  # type: ignore[arg-type]


def an_alert(number: int = 1, **changes: object) -> Alert:
    alert: dict[str, object] = {
        "id": AlertId(number),
        "key": f"new|{number}",
        "kind": AlertKind.NEW,
        "urgency": Urgency.INSTANT,
        "at": NOW,
    }
    return Alert(**alert | changes)  # type: ignore[arg-type]


def a_delivery(number: int = 1, alert: int = 1, **changes: object) -> Delivery:
    delivery: dict[str, object] = {
        "id": DeliveryId(number),
        "alert_id": AlertId(alert),
        "channel": "console",
        "recipient": f"reader-{number}",
        "state": DeliveryState.PENDING,
        "due": NOW,
    }
    return Delivery(**delivery | changes)  # type: ignore[arg-type]


def found(**parts: object) -> Findings:
    return Findings(**{"at": NOW} | parts)  # type: ignore[arg-type]


# ── for round trips ───────────────────────────────────────────────────────────────────────────

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
codes = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=10)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
past = st.datetimes(datetime(1970, 1, 1), datetime(2026, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
states = st.lists(st.sampled_from(("FI", "PL", "UA", "EE")), unique=True, max_size=3).map(tuple)
tuples_of_words = st.lists(words, max_size=3).map(tuple)
numbers = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-(2**53), 2**53)

evidence = st.none() | st.builds(Evidence, words, codes, st.none() | codes)
figures = st.lists(st.builds(Figure, codes, whole, st.sampled_from("=~><"), words, evidence), max_size=3).map(
    tuple
)
claims = st.lists(
    st.builds(
        Claim,
        states,
        codes,
        codes,
        st.sampled_from(Modality),
        codes,
        st.none() | days,
        codes,
        evidence,
        figures,
    ),
    max_size=3,
).map(tuple)
reasons = st.lists(st.builds(Reason, codes, words, numbers, codes), max_size=3).map(tuple)

entries = st.builds(
    Entry,
    key=words.map(EntryKey),
    source_id=codes.map(SourceId),
    url=words,
    title=words,
    summary=words,
    content=words,
    published=st.none() | moments,
    updated=st.none() | moments,
    language=st.none() | codes,
    outlet=words,
    outlet_url=words,
    author=words,
    guid=words,
    hash=st.integers(0, 2**64 - 1),
    tier=st.sampled_from(Tier),
    adversary=st.booleans(),
    tags=tuples_of_words,
    facts=st.dictionaries(codes, words, max_size=3),
)
items = st.builds(
    Item,
    id=st.integers(2, 2**40).map(ItemId),
    entry=entries,
    verdict=st.builds(Verdict, numbers, st.sampled_from((Band.RELEVANT, Band.DOUBT)), reasons),
    first_seen=moments,
    language=st.none() | codes,
    states=states,
    development=st.none() | codes,
    modality=st.none() | st.sampled_from(Modality),
    claims=claims,
    figures=figures,
    story_id=st.none(),
    copy_of=st.none() | st.integers(1, 99).map(ItemId),
    mark=st.none() | st.sampled_from(("read", "star")),
    revision=st.integers(0, 24),
)
polls = st.builds(
    PollState,
    source_id=codes.map(SourceId),
    url=st.none() | words,
    etag=st.none() | words,
    last_modified=st.none() | words,
    body_digest=st.none() | st.binary(max_size=32),
    seen=st.binary(max_size=64),
    memo=st.binary(max_size=64),
    next_poll=st.none() | moments,
    interval_seconds=st.none() | st.integers(0, 10**6),
    last_poll=st.none() | moments,
    last_ok=st.none() | moments,
    last_new=st.none() | moments,
    failures=st.integers(0, 99),
    error=st.none() | codes,
    error_text=words,
    moved_to=st.none() | words,
    moved_times=st.integers(0, 9),
    paused=st.booleans(),
    retired=st.booleans(),
    reported=st.none() | codes,
    polls=st.integers(0, 10**6),
    items=st.integers(0, 10**6),
)
ids = st.integers(1, 2**40)
stories = st.builds(
    Story,
    id=ids.map(StoryId),
    states=states,
    stage=codes,
    substep=codes,
    development=codes,
    title=words,
    first_seen=moments,
    last_seen=moments,
    event_date=st.none() | days,
    item_ids=st.lists(ids.map(ItemId), max_size=3).map(tuple),
    outlets=tuples_of_words,
    terms=st.dictionaries(codes, numbers, max_size=3),
    merged_into=st.none() | ids.map(StoryId),
)
developments = st.builds(
    Development,
    id=ids.map(DevelopmentId),
    key=words,
    states=states,
    development=codes,
    stage=codes,
    substep=codes,
    modality=st.sampled_from(Modality),
    standing=st.sampled_from(Standing),
    first_seen=moments,
    event_date=st.none() | days,
    date_precision=codes,
    story_id=st.none() | ids.map(StoryId),
    tier=st.sampled_from(Tier),
    sources=st.integers(0, 99),
    item_ids=st.lists(ids.map(ItemId), max_size=3).map(tuple),
    evidence=evidence,
    figures=figures,
    delta=tuples_of_words,
    since_baseline=tuples_of_words,
    follows=st.none() | ids.map(DevelopmentId),
    next_date=st.none() | days,
    next_what=words,
    weight=numbers,
    revision=st.integers(0, 9),
)
alerts = st.builds(
    Alert,
    id=ids.map(AlertId),
    key=words,
    kind=st.sampled_from(AlertKind),
    urgency=st.sampled_from(Urgency),
    at=moments,
    development=st.none() | developments,
    follows=st.none() | ids.map(AlertId),
    title=words,
    text=words,
    items=st.lists(ids.map(ItemId), max_size=3).map(tuple),
    acked_by=words,
)
deliveries = st.builds(
    Delivery,
    id=ids.map(DeliveryId),
    alert_id=st.just(AlertId(1)),
    channel=words,
    recipient=words,
    state=st.sampled_from(DeliveryState),
    due=moments,
    attempts=st.integers(0, 99),
    receipt=words,
    thread=words,
    reason=words,
    possible_repeat=st.booleans(),
    created=st.none() | moments,
    last_try=st.none() | moments,
    sent_at=st.none() | moments,
    batch=words,
)
marks = st.builds(
    Mark,
    item_id=st.none(),
    kind=codes,
    value=words,
    at=st.none() | moments,
    by=words,
    development_id=st.none() | ids.map(DevelopmentId),
)
steps = st.builds(
    Step,
    state=st.sampled_from(("FI", "PL")),
    stage=codes,
    substep=codes,
    date=st.none() | days,
    date_precision=codes,
    standing=st.sampled_from(Standing),
    what=words,
    source=words,
    origin=codes,
    tier=st.sampled_from(Tier),
    development_id=st.none() | ids.map(DevelopmentId),
    figures=figures,
)

LATER = NOW + timedelta(days=400)
