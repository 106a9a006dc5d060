"""When to come again: tables of what publishers say, and what must hold whatever they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.collect.politeness import Trouble, address_of, after_poll, due, told, trouble
from watcher.collect.reading import NO_HINTS, PollHints
from watcher.model import Fetched, FetchFailed, FetchResult, NotModified, PollState, Source, SourceId

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
URL = "https://news.example/feed"
SOURCE = Source(SourceId("news"), "feed", URL, "News")
HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
EVERY = 900


def fetched(headers: dict[str, str] | None = None, moved_to: str | None = None) -> Fetched:
    return Fetched(SOURCE.id, URL, 200, headers or {}, b"<rss/>", NOW, moved_to=moved_to)


def unchanged(headers: dict[str, str] | None = None, moved_to: str | None = None) -> NotModified:
    return NotModified(SOURCE.id, headers or {}, NOW, moved_to=moved_to)


def failure(code: str = "timeout", status: int | None = None, **headers: str) -> FetchFailed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return FetchFailed(SOURCE.id, code, f"it failed: {code}", NOW, status=status, headers=named)


def a_state(**more: object) -> PollState:
    return PollState(SOURCE.id, **{"polls": 5, **more})  # type: ignore[arg-type]


def polled(
    state: PollState | None = None,
    result: FetchResult | None = None,
    *,
    now: datetime = NOW,
    source: Source = SOURCE,
    every: int = EVERY,
    least: int = 300,
    entries: int = 30,
    new: int = 15,
    hints: PollHints = NO_HINTS,
    jitter: float = 0.0,
) -> PollState:
    return after_poll(
        source,
        state or a_state(),
        result or fetched(),
        now=now,
        poll_every_seconds=every,
        min_poll_seconds=least,
        entries=entries,
        new=new,
        hints=hints,
        jitter=jitter,
    )


def wait(state: PollState, now: datetime = NOW) -> float:
    assert state.next_poll is not None
    return (state.next_poll - now).total_seconds()


def date(seconds: float, now: datetime = NOW) -> str:
    return format_datetime(now + timedelta(seconds=seconds), usegmt=True)


# ── success ──


def test_half_of_it_new_keeps_the_interval() -> None:
    state = polled()
    assert (wait(state), state.interval_seconds) == (EVERY, EVERY)
    assert (state.polls, state.items, state.last_poll, state.last_ok, state.last_new) == (
        6,
        15,
        NOW,
        NOW,
        NOW,
    )


@pytest.mark.parametrize(
    ("entries", "new", "expected"),
    [
        (30, 9, 1200),
        (30, 10, 900),
        (30, 20, 900),
        (30, 21, 450),
        (30, 0, 1200),
        (30, 30, 450),
        (0, 0, 1200),
        (1, 1, 450),
    ],
)
def test_the_interval_adapts_to_the_share_of_known_entries(entries: int, new: int, expected: int) -> None:
    assert polled(entries=entries, new=new).interval_seconds == expected


def test_the_first_body_says_nothing_about_the_rhythm() -> None:
    assert polled(PollState(SOURCE.id), entries=30, new=30).interval_seconds == EVERY


def test_a_304_is_slower_and_a_quiet_source_settles_at_four_times() -> None:
    state = a_state()
    seen = []
    for _ in range(12):
        state = polled(state, unchanged(), entries=0, new=0)
        seen.append(state.interval_seconds)
    assert seen[0] == 1200
    assert seen == sorted(seen)  # type: ignore[type-var]
    assert seen[-1] == 4 * EVERY


def test_a_busy_source_is_never_asked_more_often_than_every_five_minutes() -> None:
    state = a_state()
    for _ in range(12):
        state = polled(state, entries=30, new=30)
    assert (state.interval_seconds, wait(state)) == (300, 300)


def test_the_floor_can_be_lowered_on_purpose() -> None:
    state = a_state()
    for _ in range(30):
        state = polled(state, entries=30, new=30, least=0, every=1)
    assert wait(state) <= 1


def test_a_source_with_its_own_interval_is_never_asked_sooner() -> None:
    daily = replace(SOURCE, every_seconds=DAY)
    assert wait(polled(source=daily, entries=3, new=3)) == DAY
    assert wait(polled(source=daily, entries=3, new=0)) == DAY


FRESHNESS = [
    ({"cache-control": "max-age=7200"}, 7200),
    ({"cache-control": "public, Max-Age = 7200 , must-revalidate"}, 7200),
    ({"cache-control": 'max-age="7200"'}, 7200),
    ({"cache-control": "max-age=60"}, EVERY),
    ({"cache-control": "max-age=0"}, EVERY),
    ({"cache-control": "max-age=-5"}, EVERY),
    ({"cache-control": "max-age=99999999999999999999"}, DAY),
    ({"cache-control": "s-maxage=7200"}, EVERY),
    ({"cache-control": "x-max-age=7200"}, EVERY),
    ({"cache-control": "no-cache, max-age=7200"}, EVERY),
    ({"cache-control": "no-store", "expires": date(7200)}, EVERY),
    ({"cache-control": "max-age=3600", "expires": date(7200)}, 3600),
    ({"expires": date(7200)}, 7200),
    ({"expires": date(7200 + 500), "date": date(500)}, 7200),  # the server's own clock
    ({"expires": date(-50_000), "date": date(-57_200)}, 7200),
    ({"expires": date(-7200)}, EVERY),
    ({"expires": date(30 * DAY)}, DAY),
    ({"expires": "0"}, EVERY),
    ({"expires": "-1"}, EVERY),
    ({"expires": "Thu, 99 Foo 2026 25:00:00 GMT"}, EVERY),
    ({"expires": "Thu, 01 Dec 9999 16:00:00 GMT"}, DAY),
]


@pytest.mark.parametrize(("headers", "expected"), FRESHNESS)
def test_freshness_lengthens_by_a_day_at_most(headers: dict[str, str], expected: int) -> None:
    assert wait(polled(result=fetched(headers))) == expected
    assert wait(polled(a_state(interval_seconds=675), unchanged(headers), entries=0, new=0)) == max(
        expected, 900
    )


@pytest.mark.parametrize(
    ("hints", "headers", "expected"),
    [
        (PollHints(ttl_seconds=7200), {}, 7200),
        (PollHints(ttl_seconds=60), {}, EVERY),
        (PollHints(ttl_seconds=30 * DAY), {}, DAY),
        (PollHints(update_seconds=3600), {}, 3600),
        (PollHints(ttl_seconds=7200, update_seconds=3600), {}, 7200),
        (PollHints(ttl_seconds=3600), {"cache-control": "max-age=7200"}, 7200),
        (PollHints(ttl_seconds=7200), {"cache-control": "max-age=3600"}, 7200),
        (PollHints(ttl_seconds=7200), {"cache-control": "no-cache"}, 7200),
        (PollHints(skip_hours=(12,)), {}, 3600),
        (PollHints(skip_hours=(12, 13, 14)), {}, 3 * HOUR),
        (PollHints(skip_hours=(13,)), {}, EVERY),
        (PollHints(skip_hours=tuple(range(24))), {}, DAY),
        (PollHints(skip_days=(0,)), {}, 12 * HOUR),
        (PollHints(skip_days=tuple(range(7))), {}, DAY),
        (PollHints(skip_hours=(0, 1), skip_days=(0,)), {}, 14 * HOUR),
        (PollHints(ttl_seconds=7200, skip_hours=(14,)), {}, 3 * HOUR),
    ],
)
def test_the_latest_wish_of_a_feed_wins(hints: PollHints, headers: dict[str, str], expected: int) -> None:
    assert wait(polled(result=fetched(headers), hints=hints)) == expected


def test_jitter_only_lengthens_and_by_a_tenth_at_most() -> None:
    assert [wait(polled(jitter=jitter)) for jitter in (0.0, 0.5, 1.0)] == [900, 945, 990]


def test_validators_are_those_of_the_body_and_stay_on_a_304() -> None:
    state = polled(result=fetched({"etag": 'W/"a"', "last-modified": "whenever"}))
    assert (state.etag, state.last_modified) == ('W/"a"', "whenever")
    kept = polled(state, unchanged({"etag": '"other"'}), entries=0, new=0)
    assert (kept.etag, kept.last_modified) == ('W/"a"', "whenever")
    failed = polled(kept, failure())
    assert (failed.etag, failed.last_modified) == ('W/"a"', "whenever")
    gone = polled(failed, fetched())
    assert (gone.etag, gone.last_modified) == (None, None)


def test_what_the_parser_remembers_is_left_alone() -> None:
    state = a_state(body_digest=b"d", seen=b"s" * 8, memo=b"m", reported="broken")
    for result in (fetched(), unchanged(), failure()):
        after = polled(state, result)
        assert (after.body_digest, after.seen, after.memo, after.reported) == (b"d", b"s" * 8, b"m", "broken")


# ── failure ──


@pytest.mark.parametrize(
    ("result", "waits"),
    [
        (failure("timeout"), [1800, 2700, 3600]),
        (failure("tls"), [1800, 2700, 3600]),
        (failure("not-a-feed"), [1800, 2700, 3600]),
        (failure("http-403", 403), [1800, 2700, 3600]),
        (failure("http-404", 404), [1350, 1800, 2250]),
        (failure("http-429", 429), [1350, 1800, 2250]),
        (failure("http-500", 500), [1350, 1800, 2250]),
        (failure("http-503", 503), [1350, 1800, 2250]),
        (failure("dns"), [1125, 1350, 1575]),
    ],
)
def test_failures_back_off_linearly_soft_ones_by_half_dns_by_a_quarter(
    result: FetchFailed, waits: list[int]
) -> None:
    state, seen = a_state(), []
    for _ in waits:
        state = polled(state, result)
        seen.append(wait(state))
    assert seen == waits
    assert (state.failures, state.error, state.error_text) == (3, result.code, result.text)


def test_no_source_is_given_up_the_slowest_is_daily() -> None:
    state = a_state()
    for _ in range(500):
        state = polled(state, failure())
    assert wait(state) == DAY
    assert not state.retired
    assert not state.paused


def test_one_success_forgets_the_failures() -> None:
    state = polled(polled(a_state(interval_seconds=600), failure()), fetched())
    assert (state.failures, state.error, state.error_text, wait(state)) == (0, None, "", 600)


def test_gone_retires_and_only_gone() -> None:
    assert polled(result=failure("http-410", 410)).retired
    assert not polled(result=failure("http-404", 404)).retired


# ── Retry-After ──

RETRIES = [
    (429, "7200", {}, 7200),
    (503, "7200", {}, 7200),
    (429, " 7200 ", {}, 7200),
    (429, date(7200), {}, 7200),
    (503, date(7200 + 900), {"date": date(900)}, 7200),  # a server ahead by a quarter of an hour
    (503, date(7200 - DAY), {"date": date(-DAY)}, 7200),  # a server a day behind
    (429, "99999999999999", {}, WEEK),
    (429, date(400 * DAY), {}, WEEK),
    (429, "60", {}, None),
    (429, "0", {}, None),
    (429, "-60", {}, None),
    (429, date(-60), {}, None),
    (429, "soon", {}, None),
    (429, "", {}, None),
    (429, "²", {}, None),
    (500, "7200", {}, None),
    (404, "7200", {}, None),
]


@pytest.mark.parametrize(("status", "value", "headers", "expected"), RETRIES)
def test_retry_after(status: int, value: str, headers: dict[str, str], expected: int | None) -> None:
    state = polled(result=failure(f"http-{status}", status, retry_after=value, **headers))
    assert wait(state) == (expected or 1350)
    if expected:
        assert state.not_before == state.next_poll


def test_a_forced_poll_waits_for_retry_after_and_nothing_else() -> None:
    limited = polled(result=failure("http-429", 429, retry_after="7200"))
    plain = polled(result=failure())
    soon, later = NOW + timedelta(seconds=60), NOW + timedelta(seconds=7201)
    assert due([SOURCE], {SOURCE.id: plain}, soon) == ()
    assert due([SOURCE], {SOURCE.id: plain}, soon, force=True) == (SOURCE,)
    assert due([SOURCE], {SOURCE.id: limited}, soon, force=True) == ()
    assert due([SOURCE], {SOURCE.id: limited}, later, force=True) == (SOURCE,)
    assert due([SOURCE], {SOURCE.id: limited}, later) == (SOURCE,)


def test_retry_after_is_forgotten_by_the_next_answer() -> None:
    state = polled(polled(result=failure("http-503", 503, retry_after="7200")), fetched())
    assert state.not_before is None


# ── moves ──

NEW = "https://new.example/feed"


def test_three_permanent_redirects_in_a_row_rewrite_the_address_and_keep_the_old() -> None:
    state = a_state()
    for expected in (1, 2):
        state = polled(state, fetched(moved_to=NEW))
        assert (address_of(SOURCE, state), state.moved_times) == (URL, expected)
    state = polled(state, unchanged(moved_to=NEW))
    assert (address_of(SOURCE, state), state.url, state.earlier_urls) == (NEW, NEW, (URL,))
    assert (state.moved_to, state.moved_times) == (None, 0)


@pytest.mark.parametrize("between", [None, "https://other.example/feed"])
def test_anything_else_between_starts_the_count_again(between: str | None) -> None:
    state = a_state()
    for target in (NEW, NEW, between, NEW, NEW):
        state = polled(state, fetched(moved_to=target))
    assert address_of(SOURCE, state) == URL
    assert address_of(SOURCE, polled(state, fetched(moved_to=NEW))) == NEW


def test_a_second_move_keeps_the_whole_history() -> None:
    state = a_state()
    for target in [NEW] * 3 + ["https://third.example/"] * 3:
        state = polled(state, fetched(moved_to=target))
    assert (state.url, state.earlier_urls) == ("https://third.example/", (URL, NEW))


def test_back_and_forth_keeps_the_history_short_and_the_operators_address_in_it() -> None:
    state = a_state()
    for n in range(40):
        for _ in range(3):
            state = polled(state, fetched(moved_to=f"https://n{n}.example/"))
    assert len(state.earlier_urls) <= 10
    assert (state.earlier_urls[0], address_of(SOURCE, state)) == (URL, "https://n39.example/")


def test_a_new_address_in_the_config_wins_over_an_old_move() -> None:
    state = a_state(url=NEW, earlier_urls=(URL,))
    edited = replace(SOURCE, url="https://edited.example/feed")
    assert address_of(edited, state) == edited.url
    assert address_of(SOURCE, state) == NEW


# ── what is due ──


def test_due_in_the_order_given_and_never_what_is_off_paused_or_retired() -> None:
    def named(name: str, **more: object) -> Source:
        return replace(SOURCE, id=SourceId(name), **more)  # type: ignore[arg-type]

    sources = [named(n) for n in ("never-polled", "due", "waiting", "paused", "retired")] + [
        named("off", enabled=False)
    ]
    states = {
        s.id: state
        for s, state in zip(
            sources[1:],
            (
                a_state(last_poll=NOW - timedelta(hours=1), next_poll=NOW),
                a_state(last_poll=NOW, next_poll=NOW + timedelta(seconds=1)),
                a_state(paused=True),
                a_state(retired=True),
                a_state(),
            ),
            strict=True,
        )
    }
    assert [s.id for s in due(sources, states, NOW)] == ["never-polled", "due"]
    assert [s.id for s in due(sources, states, NOW, force=True)] == ["never-polled", "due", "waiting"]


def test_a_restart_brings_no_poll_forward() -> None:
    state = polled()
    for seconds in (0, 1, 450, 899):
        assert due([SOURCE], {SOURCE.id: state}, NOW + timedelta(seconds=seconds)) == ()
    assert due([SOURCE], {SOURCE.id: state}, NOW + timedelta(seconds=900)) == (SOURCE,)


@pytest.mark.parametrize(
    "jump", [timedelta(minutes=10), timedelta(days=2), timedelta(days=400), timedelta(days=9000)]
)
def test_a_clock_that_jumped_ahead_and_back_starves_no_source(jump: timedelta) -> None:
    ahead = NOW + jump
    for result in (fetched(), failure(), failure("http-429", 429, retry_after="9999999")):
        state = polled(result=replace(result, at=ahead), now=ahead)
        assert due([SOURCE], {SOURCE.id: state}, NOW) == (SOURCE,)
        again = polled(state, now=NOW)
        assert wait(again) <= DAY


def test_a_next_poll_further_off_than_any_we_set_is_ignored() -> None:
    odd = a_state(last_poll=NOW - timedelta(hours=1), next_poll=NOW + timedelta(days=30))
    assert due([SOURCE], {SOURCE.id: odd}, NOW) == (SOURCE,)
    limited = replace(odd, next_poll=NOW + timedelta(days=6), not_before=NOW + timedelta(days=6))
    assert due([SOURCE], {SOURCE.id: limited}, NOW, force=True) == ()


def test_a_clock_set_back_by_seconds_brings_no_poll_forward() -> None:
    state = polled()
    assert due([SOURCE], {SOURCE.id: state}, NOW - timedelta(seconds=20)) == ()


def test_a_weekly_source_is_not_taken_for_a_clock_fault() -> None:
    weekly = replace(SOURCE, every_seconds=WEEK)
    state = polled(source=weekly, jitter=1.0)
    assert wait(state) >= WEEK
    assert due([weekly], {weekly.id: state}, NOW + timedelta(days=1)) == ()


# ── trouble, told once ──


def test_broken_is_told_once_and_once_more_when_it_is_over() -> None:
    state, now, heard = a_state(last_ok=NOW, last_new=NOW), NOW, []
    for result in [failure()] * 60 + [fetched()] * 3 + [failure()] * 2 + [fetched()]:
        now = state.next_poll or now
        state = polled(state, result, now=now)
        news = trouble(SOURCE, state, now)
        if news is not None:
            heard.append(news.kind)
            state = told(state, news)
    assert heard == ["broken", "recovered"]


def test_a_short_outage_is_not_trouble_and_a_name_gets_three_days() -> None:
    state = a_state(last_ok=NOW - timedelta(hours=20), failures=9, error="timeout")
    assert trouble(SOURCE, state, NOW) is None
    assert trouble(SOURCE, state, NOW + timedelta(hours=5)) is not None
    assert trouble(SOURCE, replace(state, error="dns"), NOW + timedelta(hours=5)) is None
    assert trouble(SOURCE, replace(state, error="dns"), NOW + timedelta(days=3)) is not None


def test_silence_is_measured_against_the_source_s_own_habit() -> None:
    def after(days: float, habit_hours: float | None) -> Trouble | None:
        habit = None if habit_hours is None else int(habit_hours * HOUR)
        state = a_state(last_ok=NOW, last_new=NOW - timedelta(days=days), habit_seconds=habit)
        return trouble(SOURCE, state, NOW)

    assert after(2, 0.2) is None  # a weekend
    assert after(4, 0.2) is not None
    assert after(20, 24 * 7) is None
    assert after(40, 24 * 7) is not None
    assert after(50, None) is None
    assert after(70, None) is not None


def test_the_habit_is_learnt_from_what_is_new() -> None:
    state, now = polled(PollState(SOURCE.id), entries=30, new=30), NOW
    assert state.habit_seconds is None
    for _ in range(30):
        now += timedelta(hours=6)
        state = polled(state, entries=30, new=3, now=now)
    assert state.habit_seconds is not None
    assert 1.8 * HOUR < state.habit_seconds < 2.2 * HOUR
    silent = now + timedelta(days=4)
    state = polled(state, unchanged(), now=silent, new=0)
    news = trouble(SOURCE, state, silent)
    assert news is not None
    assert news.kind == "silent"
    state = told(state, news)
    assert trouble(SOURCE, state, silent) is None
    back = polled(state, entries=30, new=1, now=silent)
    over = trouble(SOURCE, back, silent)
    assert over is not None
    assert over.kind == "recovered"
    assert trouble(SOURCE, told(back, over), silent) is None


def test_retired_is_told_once_and_paused_never() -> None:
    state = polled(result=failure("http-410", 410))
    news = trouble(SOURCE, state, NOW)
    assert news is not None
    assert (news.kind, "News" in news.text) == ("retired", True)
    assert trouble(SOURCE, told(state, news), NOW + timedelta(days=90)) is None
    assert trouble(SOURCE, replace(state, paused=True), NOW) is None


# ── whatever they say ──

HEADER = st.one_of(
    st.text(max_size=40),
    st.integers(-(10**12), 10**12).map(str),
    st.integers(-(10**12), 10**12).map(lambda n: f"max-age={n}"),
    st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)).map(
        lambda moment: format_datetime(moment, usegmt=True)
    ),
)
HEADERS = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "date", "retry-after", "etag", "last-modified"]), HEADER
)
HINTS = st.builds(
    PollHints,
    ttl_seconds=st.none() | st.integers(0, 10**9),
    skip_hours=st.lists(st.integers(0, 23), max_size=24).map(tuple),
    skip_days=st.lists(st.integers(0, 6), max_size=7).map(tuple),
    update_seconds=st.none() | st.integers(0, 10**9),
)
RESULTS = st.one_of(
    HEADERS.map(fetched),
    HEADERS.map(unchanged),
    st.tuples(st.sampled_from([404, 410, 429, 500, 503, None]), HEADERS).map(
        lambda pair: FetchFailed(SOURCE.id, "any", "any", NOW, status=pair[0], headers=pair[1])
    ),
)


@given(
    st.lists(st.tuples(RESULTS, HINTS, st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=6),
    st.integers(0, 3600),
    st.integers(0, 2 * DAY),
    st.floats(0, 1),
)
def test_never_below_the_floor_and_never_beyond_the_cap(
    polls: list[tuple[FetchResult, PollHints, int, int]], least: int, every: int, jitter: float
) -> None:
    state, now = PollState(SOURCE.id), NOW
    for result, hints, entries, new in polls:
        state = polled(
            state,
            result,
            now=now,
            hints=hints,
            entries=max(entries, new),
            new=new,
            least=least,
            every=every,
            jitter=jitter,
        )
        limited = isinstance(result, FetchFailed) and result.status in (429, 503)
        longest = max(DAY, every, WEEK if limited else 0) * 1.1 + 1
        assert least <= wait(state, now) <= longest
        assert state.next_poll is not None
        if not state.retired:
            assert due([SOURCE], {SOURCE.id: state}, state.next_poll) == (SOURCE,)
        now = state.next_poll


@given(st.text(max_size=60))
def test_any_header_is_read_or_ignored(value: str) -> None:
    headers = {"cache-control": value, "expires": value, "date": value, "retry-after": value}
    polled(result=fetched(headers))
    polled(result=FetchFailed(SOURCE.id, "http-429", "", NOW, status=429, headers=headers))
