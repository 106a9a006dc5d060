"""`list`, `show`, `search`, `mark`: the stored items."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click

from watcher.cli.output import emit_json, emit_rows, emit_text, json_option
from watcher.cli.start import Start, pass_start
from watcher.model import Band, Item

COLUMNS = ("id", "published", "states", "development", "modality", "outlet", "title")
BANDS = {
    "relevant": (Band.RELEVANT,),
    "doubt": (Band.DOUBT,),
    "rejected": (Band.REJECTED,),
    "all": (Band.RELEVANT, Band.DOUBT, Band.REJECTED),
}
MARKS = ("read", "star", "relevant", "irrelevant")
ALL_MARKS = (*MARKS, "none", "state", "stage", "date", "split", "merge")


def item_row(item: Item) -> dict[str, object]:
    """An item as `--json` shows it; tables show some of it."""
    entry = item.entry
    return {
        "id": item.id,
        "title": entry.title,
        "url": entry.url,
        "outlet": entry.outlet or entry.source_id,
        "source": entry.source_id,
        "tier": entry.tier.name.lower(),
        "published": entry.published,
        "first_seen": item.first_seen,
        "relevant": item.verdict.relevant,
        "band": item.verdict.band.value,
        "score": round(item.verdict.score, 3),
        "language": item.language,
        "states": item.states,
        "countries": item.states,
        "development": item.development,
        "modality": item.modality.value if item.modality else None,
        "story": item.story_id,
        "copy_of": item.copy_of,
        "mark": item.mark,
        "revision": item.revision,
    }


@click.command("list")
@click.option("--state", "-s", "states", multiple=True, help="ISO code, such as FI. Repeatable.")
@click.option(
    "--development", "-d", "developments", multiple=True, help="Such as parliament_vote. Repeatable."
)
@click.option("--language", "-l", "languages", multiple=True, help="ISO code, such as pl. Repeatable.")
@click.option("--source", "sources", multiple=True, help="A source's id. Repeatable.")
@click.option("--mark", "marks", multiple=True, type=click.Choice(MARKS), help="Only items marked so.")
@click.option("--unread", is_flag=True, help="Only items without any mark.")
@click.option("--story", type=int, help="Only this story's reports.")
@click.option("--band", type=click.Choice(tuple(BANDS)), default="relevant", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Short for --band all.")
@click.option("--days", type=click.IntRange(1), help="Only the last so many days.")
@click.option("--before", type=int, help="The page after this item id.")
@click.option("--limit", "-n", type=click.IntRange(1, 10_000), default=30, show_default=True)
@json_option
@pass_start
def list_items(
    start: Start,
    states: tuple[str, ...],
    developments: tuple[str, ...],
    languages: tuple[str, ...],
    sources: tuple[str, ...],
    marks: tuple[str, ...],
    unread: bool,
    story: int | None,
    band: str,
    everything: bool,
    days: int | None,
    before: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Stored items, newest first."""
    from watcher.model import StoryId
    from watcher.store.items import Filters, page

    filters = Filters(
        bands=BANDS["all" if everything else band],
        states=tuple(s.upper() for s in states),
        developments=developments,
        languages=tuple(code.lower() for code in languages),
        sources=sources,
        marks=marks,
        unmarked=unread,
        story_id=StoryId(story) if story is not None else None,
        since=datetime.now(UTC) - timedelta(days=days) if days else None,
    )
    with start.database() as db:
        items = page(db, filters, limit=limit, before=before)
    emit_items(
        items, as_json, "nothing stored that fits; `watcher poll` collects, `watcher list --all` shows all"
    )


def emit_items(items: Sequence[Item], as_json: bool, empty: str) -> None:
    emit_rows([item_row(i) for i in items], COLUMNS, as_json=as_json, empty=empty, wide="title")


@click.command()
@click.argument("query")
@click.option("--ranked", is_flag=True, help="Best match first instead of newest first.")
@click.option("--all", "everything", is_flag=True, help="Titles of recent rejected items, too.")
@click.option("--limit", "-n", type=click.IntRange(1, 10_000), default=30, show_default=True)
@json_option
@pass_start
def search(start: Start, query: str, ranked: bool, everything: bool, limit: int, as_json: bool) -> None:
    """Full-text search over titles and texts; accents and case do not matter.

    All words must occur; "quoted words" stand together; a word ending in * is a prefix; OR and a
    leading - work as in other searches. Exit code 1 when nothing is found.
    """
    from watcher.store.search import search as find

    with start.database() as db:
        items = find(db, query, order="rank" if ranked else "newest", limit=limit, rejected=everything)
    emit_items(items, as_json, "nothing found")
    if not items:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("item_id", metavar="ID", type=int)
@json_option
@pass_start
def show(start: Start, item_id: int, as_json: bool) -> None:
    """One item, whole: verdict, facts with their evidence, story, sightings, text."""
    from watcher.store import items, sightings

    with start.database() as db:
        item = items.get(db, item_id)
        seen = sightings.of(db, item_id)
    if as_json:
        emit_json(
            _detail(item) | {"sightings": [{"source": s.source_id, "url": s.url, "at": s.at} for s in seen]}
        )
        return
    emit_text("\n".join(_lines(item)))
    for s in seen:
        emit_text(f"seen also  {s.at:%Y-%m-%d %H:%M} {s.source_id} {s.url}")


def _detail(item: Item) -> dict[str, object]:
    return item_row(item) | {
        "summary": item.entry.summary,
        "content": item.entry.content,
        "reasons": [
            {"code": r.code, "text": r.text, "weight": r.weight, "where": r.where}
            for r in item.verdict.reasons
        ],
        "claims": [
            {
                "states": c.states,
                "development": c.development,
                "stage": c.stage,
                "substep": c.substep,
                "modality": c.modality.value,
                "event_date": c.event_date,
                "evidence": c.evidence.sentence if c.evidence else None,
                "where": c.evidence.where if c.evidence else None,
                "figures": {f.key: f.value for f in c.figures},
            }
            for c in item.claims
        ],
    }


def _lines(item: Item) -> list[str]:
    entry = item.entry
    lines = [
        entry.title,
        f"  {entry.url}",
        f"  {entry.outlet or entry.source_id} · {entry.tier.name.lower()} · {item.language or 'language unknown'}"
        f" · published {_when(entry.published)} · first seen {_when(item.first_seen)}",
        f"verdict    {item.verdict.band.value} ({item.verdict.score:.2f})"
        + (f", marked {item.mark}" if item.mark else "")
        + (f", story {item.story_id}" if item.story_id else "")
        + (f", copy of {item.copy_of}" if item.copy_of else ""),
    ]
    lines += [f"  {r.weight:+.2f} {r.code}: {r.text}" for r in item.verdict.reasons]
    for claim in item.claims:
        states = ", ".join(claim.states) or "no state"
        lines.append(
            f"claim      {states}: {claim.development} ({claim.modality.value}) {claim.event_date or ''}"
        )
        if claim.evidence:
            lines.append(f"  “{claim.evidence.sentence}” ({claim.evidence.where})")
        lines += [f"  {f.key} {f.op} {f.value}" for f in claim.figures]
    lines += [text for text in ("", entry.summary, entry.content) if text]
    lines.append(f"\nwatcher explain {item.id} walks through the judgement")
    return lines


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "unknown"


@click.command()
@click.argument("words", metavar="ID... MARK [VALUE]", nargs=-1, required=True)
@click.option("--by", default="", help="Who says so.")
@json_option
@pass_start
def mark(start: Start, words: tuple[str, ...], by: str, as_json: bool) -> None:
    """Mark items: read, star, relevant, irrelevant; none takes a mark away.

    Corrections are inputs that win from now on: `mark 12 state FI,EE`, `mark 12 stage
    parliament_vote`, `mark 12 date 2025-06-19`, `mark 12 split`, `mark 12 merge 34` (the story of
    item 34). Who was told something that is now wrong is told so.
    """
    from watcher.cli.marking import corrected

    item_ids, kind, value = mark_words(words)
    with start.database() as db:
        rows = corrected(db, start, item_ids, kind, value, by)
    if as_json:
        emit_json(rows)
    else:
        for row in rows:
            emit_text(f"{row['id']} {kind} {value}".rstrip())


def mark_words(words: tuple[str, ...]) -> tuple[tuple[int, ...], str, str]:
    """`12 13 state FI` → ((12, 13), "state", "FI"). Raises click.UsageError with the nearest mark."""
    import difflib

    ids = tuple(int(w) for w in itertools.takewhile(str.isdigit, words))
    rest = words[len(ids) :]
    if not ids:
        raise click.UsageError(f"'{words[0]}' is not an item id; `watcher list` shows them")
    if not rest or rest[0] not in ALL_MARKS:
        near = difflib.get_close_matches(rest[0], ALL_MARKS, n=1) if rest else []
        hint = f"; did you mean '{near[0]}'?" if near else f"; one of {', '.join(ALL_MARKS)}"
        raise click.UsageError((f"no mark '{rest[0]}'" if rest else "which mark?") + hint)
    if len(rest) > 2:
        raise click.UsageError(
            f"'{' '.join(rest[2:])}' is too much; give the ids first, then one mark and its value"
        )
    return ids, rest[0], rest[1] if len(rest) == 2 else ""
