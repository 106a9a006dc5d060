"""`assess`, `replay`: the judgement, testable by anyone."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import BinaryIO

import click

from watcher.cli.output import jsonable, progress, safe
from watcher.cli.start import Start, pass_start
from watcher.collect.archive import BadLine, rows


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    yield from file


def out_line(record: object) -> None:
    sys.stdout.write(json.dumps(jsonable(record), ensure_ascii=False) + "\n")


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@pass_start
def assess(start: Start, file: BinaryIO) -> None:
    """Judge JSON Lines from FILE (or standard input); one JSON line out for each, in order.

    In: id, url, title, and optionally summary, content, published, language, source. Out: id,
    relevant, score, language, countries, development, modality, reasons, evidence. Stores
    nothing and needs no network. A line that cannot be read gives {"id": …, "error": …} in its
    place, and exit code 1 at the end.
    """
    from watcher.judge.assess import assess as judge_entry

    topic, bad = start.topic(), 0
    for row in rows(lines_of(file)):
        if isinstance(row, BadLine):
            bad += 1
            out_line({"id": row.id, "error": row.error})
            continue
        found = judge_entry(row.entry, topic)
        out_line(
            {
                "id": row.id,
                "relevant": found.relevant,
                "score": round(found.score, 3),
                "language": found.language,
                "countries": found.countries,
                "development": found.development,
                "modality": found.modality,
                "reasons": [_reason(r) for r in found.reasons],
                "claims": [_claim(c) for c in found.claims],
            }
        )
    if bad:
        click.echo(f"watcher: {bad} line(s) could not be read; each has an 'error' in its place", err=True)
        raise click.exceptions.Exit(1)


def _reason(reason: object) -> str:
    from watcher.model import Reason

    assert isinstance(reason, Reason)
    where = f" in {reason.where}" if reason.where else ""
    return f"{reason.code}: {reason.text}{where} ({reason.weight:+.2f})"


def _claim(claim: object) -> dict[str, object]:
    from watcher.model import Claim

    assert isinstance(claim, Claim)
    return {
        "states": claim.states,
        "development": claim.development,
        "stage": claim.stage,
        "substep": claim.substep,
        "modality": claim.modality,
        "event_date": claim.event_date,
        "evidence": claim.evidence.sentence if claim.evidence else None,
        "where": claim.evidence.where if claim.evidence else None,
        "figures": {f.key: f.value for f in claim.figures},
    }


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--baseline-only", is_flag=True, help="Start from the baseline article alone, without history.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document: items, alerts, summary.")
@pass_start
def replay(start: Start, file: BinaryIO, baseline_only: bool, as_json: bool) -> None:
    """Run an archive (JSON Lines, as for assess) through the production pipeline.

    Items are taken in order of 'published' with a simulated clock and a throw-away database;
    what would have been alerted, and when, is printed. Exit code 1 if a line could not be read.
    """
    from watcher.pipeline.replaying import replay as run

    read = list(rows(lines_of(file)))
    good = [row for row in read if not isinstance(row, BadLine)]
    errors = [{"id": row.id, "error": row.error} for row in read if isinstance(row, BadLine)]
    shown = progress(len(good), "replayed")
    outcome = run(good, start.topic(), start.policy(), baseline_only=baseline_only, progress=shown)
    document = outcome.document() | ({"errors": errors} if errors else {})
    if as_json:
        sys.stdout.write(json.dumps(jsonable(document), ensure_ascii=False, indent=1) + "\n")
    else:
        for line in outcome.lines():
            click.echo(safe(line))
    for error in errors:
        click.echo(f"watcher: {safe(error['error'])}", err=True)
    if errors:
        raise click.exceptions.Exit(1)
