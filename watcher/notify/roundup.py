"""What a digest adds to the developments: other relevant reports, and the health of the watch. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from watcher.model import Item, Line, PollState, Source, SourceId
from watcher.notify import headline as headlines
from watcher.notify.compose import lines_of
from watcher.notify.wording import Words, date_words, failure_words, moment_words

SILENT_DAYS = 30
_NAMED = 5


def others(
    items: Iterable[Item], names: Mapping[str, str], *, told: Iterable[int] = (), words: Words | None = None
) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """Relevant items that no development of this digest told: by state, one line for each story.

    The line is the story's most authoritative, then earliest report. States in the order of their
    names, reports that name no state last. `told`: ids of items shown as developments.
    """
    words = words or Words()
    shown = set(told)
    stories: dict[int, list[Item]] = {}
    for item in items:
        if item.copy_of is None and item.id not in shown:
            stories.setdefault(item.story_id if item.story_id is not None else -item.id, []).append(item)
    groups: dict[tuple[str, ...], list[Item]] = {}
    for members in stories.values():
        best = min(
            members, key=lambda item: (-item.entry.tier, item.entry.published or item.first_seen, item.id)
        )
        groups.setdefault(best.states, []).append(best)
    found = []
    for states, chosen in groups.items():
        form = "state" if states else "nobody"
        heading = words.phrase("other_heading", form, who=headlines.who(states, names, words))
        ordered = sorted(chosen, key=lambda item: (item.entry.published or item.first_seen, item.id))
        found.append((not states, heading, lines_of(ordered)))
    return tuple((heading, lines) for _, heading, lines in sorted(found, key=lambda group: group[:2]))


def health(
    sources: Iterable[Source],
    polls: Mapping[SourceId, PollState],
    now: datetime,
    *,
    relevant_languages: Iterable[str] = (),
    owed: int = 0,
    last_digest: datetime | None = None,
    words: Words | None = None,
    zone: tzinfo = UTC,
) -> tuple[str, ...]:
    """Source health, languages without a relevant report this week, the last digest, the outbox.

    `relevant_languages`: those of the relevant items of the last seven days.
    """
    words = words or Words()
    enabled = [source for source in sources if source.enabled]
    known = {source.id: polls.get(source.id) or PollState(source.id, source.url) for source in enabled}
    retired = [source for source in enabled if known[source.id].retired]
    awake = [source for source in enabled if not known[source.id].retired]
    failing = [source for source in awake if known[source.id].failures > 0]
    unpolled = [s for s in awake if known[s.id].polls == 0 and s not in failing]
    silent = [s for s in awake if s not in failing and s not in unpolled and _silent(known[s.id], now)]
    lines = [
        words.phrase(
            "health",
            "sources",
            ok=len(awake) - len(failing) - len(unpolled),
            total=len(enabled),
            failing=len(failing),
            silent=len(silent),
            retired=len(retired),
            unpolled=len(unpolled),
        )
    ]
    failed = [_failure(source, known[source.id], words) for source in failing]
    lines += _named("failing", failed, words)
    lines += _named("silent", [source.name for source in silent], words, days=SILENT_DAYS)
    lines += _named("retired", [source.name for source in retired], words)
    lines += _missing(enabled, relevant_languages, words)
    return (*lines, _last(last_digest, now, words, zone), _outbox(owed, words))


def _silent(poll: PollState, now: datetime) -> bool:
    """Answers, and has had nothing new for long."""
    since = poll.last_new
    return since is not None and now - since > timedelta(days=SILENT_DAYS)


def _failure(source: Source, poll: PollState, words: Words) -> str:
    why = failure_words(words, poll.error or "unknown reason")
    if poll.last_ok is None:
        return words.phrase("health", "failing_never", name=source.name, why=why)
    shown = date_words(words, poll.last_ok, short=True)
    return words.phrase("health", "failing_name", name=source.name, why=why, date=shown)


def _named(form: str, names: Sequence[str], words: Words, **facts: object) -> list[str]:
    if not names:
        return []
    shown = ", ".join(names[:_NAMED])
    return [words.phrase("health", form, names=shown, more=max(0, len(names) - _NAMED), **facts)]


def _missing(enabled: Sequence[Source], relevant: Iterable[str], words: Words) -> list[str]:
    heard = set(relevant)
    missing = sorted({source.language for source in enabled if source.language} - heard)
    return [words.phrase("health", "languages", names=", ".join(missing))] if missing else []


def _last(last_digest: datetime | None, now: datetime, words: Words, zone: tzinfo) -> str:
    if last_digest is None:
        return words.phrase("health", "no_digest")
    distance = headlines.when(
        last_digest.astimezone(zone).date(), now.astimezone(zone).date(), words, "clock_distance"
    )
    return words.phrase(
        "health", "last_digest", date=moment_words(words, last_digest, zone), distance=distance
    )


def _outbox(owed: int, words: Words) -> str:
    return words.phrase("health", "outbox" if owed else "outbox_empty", count=owed)
