"""`sources`: what is polled, how it is doing, and changing the set."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO, TextIO

import click

from watcher.cli.output import emit_json, emit_rows, emit_text, json_option, progress
from watcher.cli.start import Start, pass_start
from watcher.model import PollState, Source

COLUMNS = ("id", "state", "last_poll", "next_poll", "kind", "language", "tier", "why")


def now() -> datetime:
    return datetime.now(UTC)


@click.group(invoke_without_command=True)
@click.option("--state", "wanted", help="Only sources in this state: ok, error, off, new, paused, retired.")
@click.option("--all", "everything", is_flag=True, help="Those switched off, too.")
@json_option
@click.pass_context
def sources(ctx: click.Context, wanted: str | None, everything: bool, as_json: bool) -> None:
    """What is polled: each source with its health, last and next poll."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_sources, wanted=wanted, everything=everything, as_json=as_json)


@sources.command("list")
@click.option("--state", "wanted", help="Only sources in this state: ok, error, off, new, paused, retired.")
@click.option("--all", "everything", is_flag=True, help="Those switched off, too.")
@json_option
@pass_start
def list_sources(start: Start, wanted: str | None, everything: bool, as_json: bool) -> None:
    """Each source with its state: ok, or the error and its reason; last and next poll."""
    rows = source_rows(start)
    rows = [r for r in rows if (everything or r["state"] != "off" or wanted == "off")]
    rows = [r for r in rows if wanted is None or r["state"] == wanted]
    emit_rows(rows, COLUMNS, as_json=as_json, empty="no source fits", wide="why")


def source_rows(start: Start) -> list[dict[str, object]]:
    from watcher.store import sources as stored

    config = start.config()
    with start.database() as db:
        states = stored.states(db)
    return [source_row(s, states.get(s.id) or PollState(s.id)) for s in config.sources]


def source_row(source: Source, state: PollState) -> dict[str, object]:
    return {
        "id": source.id,
        "name": source.name,
        "state": state_word(source, state),
        "why": state.error_text if state.error and state_word(source, state) == "error" else source.note,
        "error": state.error,
        "error_text": state.error_text,
        "failures": state.failures,
        "last_poll": state.last_poll,
        "last_ok": state.last_ok,
        "last_new": state.last_new,
        "next_poll": state.next_poll,
        "polls": state.polls,
        "items": state.items,
        "kind": source.kind,
        "url": state.url or source.url,
        "language": source.language,
        "tier": source.tier.name.lower(),
        "country": source.state,
        "group": source.group,
        "tags": source.tags,
        "enabled": source.enabled,
        "confidence": source.confidence,
        "robots": source.robots,
        "note": source.note,
        "earlier_urls": state.earlier_urls,
    }


def state_word(source: Source, state: PollState) -> str:
    if state.retired:
        return "retired"
    if state.paused:
        return "paused"
    if not source.enabled:
        return "off"
    if state.last_poll is None:
        return "new"
    return "error" if state.error else "ok"


def the_source(start: Start, source_id: str) -> Source:
    """The source of that id. Raises click.BadParameter with the nearest."""
    import difflib

    by_id = {str(s.id): s for s in start.config().sources}
    if source_id not in by_id:
        near = difflib.get_close_matches(source_id, by_id, n=1)
        raise click.BadParameter(
            f"no source '{source_id}'" + (f"; did you mean '{near[0]}'?" if near else "")
        )
    return by_id[source_id]


@sources.command("show")
@click.argument("source_id", metavar="ID")
@json_option
@pass_start
def show_source(start: Start, source_id: str, as_json: bool) -> None:
    """One source: health, its last polls, where it has moved, what it yields."""
    from watcher.store import health
    from watcher.store import sources as stored

    source = the_source(start, source_id)
    with start.database() as db:
        row = source_row(source, stored.state(db, source.id))
        polls = stored.log(db, source.id)
        moves = stored.moves(db, source.id)
        row |= health.yield_of(db, source.id, now())
    row["polls_log"] = [{"at": p.at, "error": p.error, "text": p.error_text, "items": p.items} for p in polls]
    row["moves"] = [{"at": m.at, "from": m.from_url or source.url, "to": m.to_url} for m in moves]
    if as_json:
        emit_json(row)
        return
    for key, value in row.items():
        if key not in ("polls_log", "moves") and value not in (None, "", (), []):
            emit_text(f"{key.replace('_', ' '):16} {value}")
    for poll in polls[:10]:
        emit_text(f"  polled {poll.at:%Y-%m-%d %H:%M} {poll.error or 'ok'} {poll.error_text}".rstrip())


@sources.command("probe")
@click.argument("source_ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Those switched off, too.")
@json_option
@pass_start
def probe(start: Start, source_ids: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Ask sources now, concurrently: reachable, format, newest entry; a suggestion for a dead one.

    Nothing is stored. Exit code 1 when any does not answer.
    """
    from watcher.pipeline.probing import probe as run

    config = start.config()
    chosen = [the_source(start, i) for i in source_ids] or [
        s for s in config.sources if s.enabled or everything
    ]
    rows = asyncio.run(run(config, chosen, now, progress(len(chosen), "probing")))
    columns = ("id", "answer", "entries", "newest", "suggestion")
    emit_rows(rows, columns, as_json=as_json, empty="no source to probe", wide="suggestion")
    if any(not row["ok"] for row in rows):
        raise click.exceptions.Exit(1)


@sources.command("add")
@click.argument("url")
@click.option("--id", "given_id", help="Its id; made from the address when not given.")
@click.option("--name", help="Its name; the feed's own title when not given.")
@click.option(
    "--tier",
    type=click.Choice(("aggregator", "media", "wire", "official", "depositary")),
    default="media",
    show_default=True,
)
@click.option("--language", help="ISO code; detected per item when not given.")
@click.option("--yes", "-y", is_flag=True, help="Take the first feed found without asking.")
@pass_start
def add(
    start: Start, url: str, given_id: str | None, name: str | None, tier: str, language: str | None, yes: bool
) -> None:
    """Find the feeds of a site, show a sample of each, and add the one you choose.

    It is written to sources.toml in the state directory, which you may edit.
    """
    from watcher.cli.sources_file import added_file, append
    from watcher.pipeline.probing import candidates

    config = start.config()
    found = asyncio.run(candidates(config, url, now))
    if not found:
        raise click.ClickException(
            f'{url}: no feed found there; `[[sources.add]]` with kind = "page" reads a list of links'
        )
    for candidate in found:
        emit_text(f"{candidate.url}\n  {candidate.title or 'untitled'}: {len(candidate.entries)} entries")
        for entry in candidate.entries[:3]:
            emit_text(
                f"    {entry.published:%Y-%m-%d} {entry.title}" if entry.published else f"    {entry.title}"
            )
        if yes or click.confirm("add this one?", default=True):
            taken = {str(s.id) for s in config.sources}
            source_id = append(
                added_file(config.state_dir),
                candidate.url,
                taken,
                given_id,
                name or candidate.title,
                tier,
                language,
            )
            emit_text(f"added as '{source_id}'; the next poll reads it")
            return
    emit_text("nothing added")


@sources.command("pause")
@click.argument("source_id", metavar="ID")
@pass_start
def pause(start: Start, source_id: str) -> None:
    """Do not poll it until `resume`."""
    changed(start, source_id, paused=True)


@sources.command("resume")
@click.argument("source_id", metavar="ID")
@pass_start
def resume(start: Start, source_id: str) -> None:
    """Poll a paused or retired source again."""
    changed(start, source_id, paused=False, retired=False, failures=0, next_poll=None)


@sources.command("retire")
@click.argument("source_id", metavar="ID")
@pass_start
def retire(start: Start, source_id: str) -> None:
    """Never poll it again; what it gave stays."""
    changed(start, source_id, retired=True)


def changed(start: Start, source_id: str, **fields: object) -> None:
    from watcher.store import sources as stored

    source = the_source(start, source_id)
    with start.database() as db:
        state = replace(stored.state(db, source.id), **fields)  # type: ignore[arg-type]
        stored.save(db, [state])
    emit_text(f"{source_id}: {state_word(source, state)}")


@sources.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
@pass_start
def export(start: Start, file: TextIO) -> None:
    """Write the sources that are on as OPML."""
    from watcher.collect.opml import export_opml

    file.write(export_opml([s for s in start.config().sources if s.enabled]))


@sources.command("import")
@click.argument("file", type=click.File("rb"))
@pass_start
def import_(start: Start, file: BinaryIO) -> None:
    """Add the feeds of an OPML file to sources.toml in the state directory."""
    from watcher.cli.sources_file import added_file, append
    from watcher.collect.opml import import_opml

    config = start.config()
    known = {s.url for s in config.sources}
    taken = {str(s.id) for s in config.sources}
    fresh = [o for o in import_opml(file.read()) if o.url not in known]
    for outline in fresh:
        taken.add(
            append(
                added_file(config.state_dir),
                outline.url,
                taken,
                None,
                outline.title,
                "media",
                outline.language,
            )
        )
    emit_text(f"{len(fresh)} source(s) added, those known already left alone")
