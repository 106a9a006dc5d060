"""`status`, `baseline`, `calendar`, `dossier`: where states stand, since when, and what falls due."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from watcher.cli.output import emit_json, emit_rows, emit_text, json_option
from watcher.cli.start import Start, pass_start


def now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.argument("state", required=False)
@click.option("--all", "everyone", is_flag=True, help="Every state, not only those that moved.")
@json_option
@pass_start
def status(start: Start, state: str | None, everyone: bool, as_json: bool) -> None:
    """The ledger: where each state stands against the baseline, since when, on what evidence.

    STATE is an ISO code or a name; with it, that state's steps are shown.
    """
    from watcher.pipeline.memory import ledger_of
    from watcher.review.states import status_row, status_rows, step_rows

    topic = start.topic()
    with start.database() as db:
        ledger = ledger_of(db, topic, now())
    if state is None:
        rows = status_rows(ledger.values(), topic, everyone=everyone)
        columns = ("state", "name", "status", "stage", "since", "baseline", "effect_due")
        emit_rows(
            rows, columns, as_json=as_json, empty="nothing stored yet; `watcher poll` collects", wide="stage"
        )
        return
    code = state_code(state, topic)
    point = ledger[code]
    steps = step_rows(point.steps, topic)
    if as_json:
        emit_json(status_row(point, topic) | {"steps": steps})
        return
    row = status_row(point, topic)
    emit_text(
        f"{row['name']} ({code}): {row['status']}"
        + (f"; {row['stage']}, {row['since']}" if row["stage"] else "")
    )
    if point.effect_due:
        emit_text(f"effect due {point.effect_due} (Art. 20: six months after the notice)")
    if row["evidence"]:
        emit_text(f"“{row['evidence']}” {row['source']}")
    emit_rows(
        steps,
        ("date", "stage", "substep", "standing", "origin", "what"),
        as_json=False,
        empty="no steps known",
        wide="what",
    )


def state_code(given: str, topic: object) -> str:
    """The code of a state named by code or name. Raises click.BadParameter with the nearest."""
    import difflib

    from watcher.topic import Topic

    assert isinstance(topic, Topic)
    if given.upper() in topic.states:
        return given.upper()
    names = {s.name.casefold(): code for code, s in topic.states.items()}
    if given.casefold() in names:
        return names[given.casefold()]
    near = difflib.get_close_matches(given.casefold(), names, n=1, cutoff=0.5)
    hint = f"; did you mean {topic.states[names[near[0]]].name}?" if near else ""
    raise click.BadParameter(f"no state '{given}'{hint} (ISO code such as FI, or the English name)")


@click.command()
@click.option(
    "--import", "source", metavar="FILE|URL", help="Attach the article's own text to the record, locally."
)
@click.option("--new", "whats_new", is_flag=True, help="What is new since the baseline article.")
@json_option
@pass_start
def baseline(start: Start, source: str | None, whats_new: bool, as_json: bool) -> None:
    """The baseline record: DW, 21 March 2025, in our own words; all later news is measured by it.

    The article's text is DW's and is not shipped; --import attaches a copy of yours, plain text
    or HTML, to item 1 of the local database.
    """
    from watcher.cli.baselining import attach, lines, record
    from watcher.pipeline.memory import since_baseline

    topic = start.topic()
    if source:
        with start.database() as db:
            characters = attach(db, source, start.config(), topic, now())
        emit_text(f"attached {characters:,} characters to item 1; `watcher show 1` shows it")
        return
    if whats_new:
        with start.database() as db:
            rows = since_baseline(db, topic, now())
        emit_rows(
            rows,
            ("about", "label", "then", "now"),
            as_json=as_json,
            empty="nothing new since the baseline",
            wide="now",
        )
        return
    if as_json:
        emit_json(record(topic))
    else:
        emit_text("\n".join(lines(topic)))


@click.command()
@click.option("--days", type=click.IntRange(1), default=400, show_default=True, help="How far ahead.")
@click.option(
    "--ics",
    type=click.Path(dir_okay=False, writable=True),
    help="Write an iCalendar file; - for standard output.",
)
@json_option
@pass_start
def calendar(start: Start, days: int, ics: str | None, as_json: bool) -> None:
    """The legal clock: effects of notices, entries into force, deadlines of Art. 4, 5 and 7."""
    from watcher.pipeline.memory import calendar_rows
    from watcher.review.calendar import ics as as_ics

    topic = start.topic()
    with start.database() as db:
        rows = calendar_rows(db, topic, now(), days)
    if ics:
        text = as_ics(rows, now())
        if ics == "-":
            click.echo(text, nl=False)
        else:
            Path(ics).write_text(text, encoding="utf-8", newline="")
            emit_text(f"{len(rows)} date(s) written to {ics}")
        return
    emit_rows(
        rows,
        ("date", "state", "what", "rule"),
        as_json=as_json,
        empty=f"nothing falls due within {days} days",
        wide="what",
    )


@click.command()
@click.argument("state")
@click.option(
    "--format", "form", type=click.Choice(("markdown", "csv", "json")), default="markdown", show_default=True
)
@pass_start
def dossier(start: Start, state: str, form: str) -> None:
    """One state's timeline with its sources, for a note or a chapter."""
    from watcher.cli.items import item_row
    from watcher.pipeline.memory import ledger_of
    from watcher.review.dossier import as_csv, markdown
    from watcher.review.states import status_row, step_rows
    from watcher.store.items import Filters, page

    topic = start.topic()
    code = state_code(state, topic)
    with start.database() as db:
        point = ledger_of(db, topic, now())[code]
        items = page(db, Filters(states=(code,)), limit=10_000)
    if form == "csv":
        click.echo(as_csv(step_rows(point.steps, topic)), nl=False)
    elif form == "json":
        emit_json(
            status_row(point, topic)
            | {"steps": step_rows(point.steps, topic), "items": [item_row(i) for i in items]}
        )
    else:
        emit_text(markdown(point, items, topic, now()))
