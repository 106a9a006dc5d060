"""`digest`, `alerts`, `channels`: what was told, what is owed, and where it goes."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from watcher.cli.output import emit_json, emit_rows, emit_text, json_option
from watcher.cli.start import Start, pass_start
from watcher.model import Alert, Channel, Delivery, DeliveryState

LOOKS_BACK = timedelta(days=60)


def now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.option("--preview", is_flag=True, help="Show it; the only thing this command does, spelt out.")
@click.option("--channel", "name", help="The channel whose digest; the first one when not given.")
@click.option(
    "--html", type=click.Path(dir_okay=False, writable=True), help="Write it as a mail would show it."
)
@json_option
@pass_start
def digest(start: Start, preview: bool, name: str | None, html: str | None, as_json: bool) -> None:
    """The next digest, exactly as it would go if nothing more came in. Sends and changes nothing."""
    from watcher.notify.record import record
    from watcher.notify.wording import body
    from watcher.pipeline.speaking import next_digest

    channel = the_channel(start, name)
    with start.database() as db:
        message = next_digest(start.config(), start.topic(), db, channel.name, now())
    click.echo(f"preview of the next digest of {channel.name}; nothing is sent", err=True)
    if html:
        Path(html).write_text(body(message, "html"), encoding="utf-8")
        emit_text(f"written to {html}")
    elif as_json:
        emit_json(record(message))
    else:
        emit_text(body(message, "text"))


def the_channel(start: Start, name: str | None) -> Channel:
    """The channel of that name, or the first. Raises click exceptions that name the nearest."""
    import difflib

    channels = start.config().channels
    if not channels:
        raise click.ClickException("no channel is configured; add a [[channels]] table to config.toml")
    if name is None:
        return next((c for c in channels if c.enabled), channels[0])
    for channel in channels:
        if channel.name == name:
            return channel
    near = difflib.get_close_matches(name, [c.name for c in channels], n=1)
    raise click.BadParameter(f"no channel '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))


# ── alerts ───────────────────────────────────────────────────────────────────────────────────


@click.group(invoke_without_command=True)
@click.option("--limit", "-n", type=click.IntRange(1, 10_000), default=30, show_default=True)
@click.option("--owed", is_flag=True, help="Only alerts with a delivery that is not settled.")
@json_option
@click.pass_context
def alerts(ctx: click.Context, limit: int, owed: bool, as_json: bool) -> None:
    """What was told, what is owed, and why; newest first."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_alerts, limit=limit, owed=owed, as_json=as_json)


@alerts.command("list")
@click.option("--limit", "-n", type=click.IntRange(1, 10_000), default=30, show_default=True)
@click.option("--owed", is_flag=True, help="Only alerts with a delivery that is not settled.")
@json_option
@pass_start
def list_alerts(start: Start, limit: int, owed: bool, as_json: bool) -> None:
    """Alerts with their deliveries' states."""
    from watcher.store import alerts as stored
    from watcher.store import deliveries

    names = state_names(start)
    with start.database() as db:
        found = stored.page(db, limit=limit)
        rows = {a.id: alert_row(a, names) for a in found}
        for delivery in deliveries.of_alerts(db, rows):
            rows[delivery.alert_id]["deliveries"].append(delivery_row(delivery))  # type: ignore[attr-defined]
    shown = list(rows.values())
    for row in shown:
        states = [d["state"] for d in row["deliveries"]]  # type: ignore[attr-defined]
        row["state"] = ", ".join(f"{states.count(s)} {s}" for s in dict.fromkeys(states)) or "not sent"
    if owed:
        shown = [r for r in shown if any(s in str(r["state"]) for s in ("pending", "later", "sending"))]
    columns = ("id", "at", "urgency", "kind", "state", "acked_by", "headline")
    emit_rows(shown, columns, as_json=as_json, empty="nothing was told yet", wide="headline")


def state_names(start: Start) -> dict[str, str]:
    return {code: s.name for code, s in start.topic().states.items()}


def alert_row(alert: Alert, names: dict[str, str]) -> dict[str, object]:
    from watcher.notify.compose import headline

    development = alert.development
    return {
        "id": alert.id,
        "key": alert.key,
        "at": alert.at,
        "kind": alert.kind.value,
        "urgency": alert.urgency.value,
        "headline": headline(alert, names),
        "countries": development.states if development else (),
        "development": development.development if development else None,
        "stage": development.stage if development else None,
        "standing": development.standing.value if development else None,
        "event_date": development.event_date if development else None,
        "evidence": development.evidence.sentence if development and development.evidence else None,
        "sources": development.sources if development else 0,
        "delta": development.delta if development else (),
        "story": development.story_id if development else None,
        "items": alert.items,
        "follows": alert.follows,
        "acked_by": alert.acked_by,
        "text": alert.text,
        "deliveries": [],
    }


def delivery_row(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "alert": delivery.alert_id,
        "channel": delivery.channel,
        "recipient": delivery.recipient,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "due": delivery.due,
        "last_try": delivery.last_try,
        "sent_at": delivery.sent_at,
        "receipt": delivery.receipt,
        "reason": delivery.reason,
        "possible_repeat": delivery.possible_repeat,
    }


@alerts.command("show")
@click.argument("alert_id", metavar="ID", type=int)
@json_option
@pass_start
def show_alert(start: Start, alert_id: int, as_json: bool) -> None:
    """One alert: what it said, on what evidence, and each delivery with its state and reason."""
    from watcher.store import alerts as stored
    from watcher.store import deliveries

    names = state_names(start)
    with start.database() as db:
        alert = stored.get(db, alert_id)
        row = alert_row(alert, names)
        owed = deliveries.of_alerts(db, (alert_id,))
    row["deliveries"] = [delivery_row(d) for d in owed]
    if as_json:
        emit_json(row)
        return
    emit_text(f"{row['headline']}\n{alert.at:%Y-%m-%d %H:%M} UTC, {row['urgency']}, {row['kind']}")
    new = alert.development.delta if alert.development else ()
    for line in new or alert.text.splitlines():
        emit_text(f"  {line}")
    if row["evidence"]:
        emit_text(f"  “{row['evidence']}”")
    if alert.acked_by:
        emit_text(f"acknowledged by {alert.acked_by}")
    for d in owed:
        to = f" to {d.recipient}" if d.recipient else ""
        emit_text(
            f"delivery {d.id}: {d.channel}{to}: {d.state.value} after {d.attempts} attempt(s) {d.reason or d.receipt}"
        )


@alerts.command("retry")
@click.argument("delivery_ids", metavar="DELIVERY...", type=int, nargs=-1, required=True)
@pass_start
def retry(start: Start, delivery_ids: tuple[int, ...]) -> None:
    """Make deliveries due again at once; the next poll or running watcher sends them."""
    from watcher.store import deliveries

    with start.database() as db:
        for number in delivery_ids:
            changed = deliveries.retry(db, number, now())
            emit_text(f"delivery {changed.id}: {changed.state.value}, due now")


@alerts.command("cancel")
@click.argument("delivery_ids", metavar="DELIVERY...", type=int, nargs=-1, required=True)
@pass_start
def cancel(start: Start, delivery_ids: tuple[int, ...]) -> None:
    """Never send these deliveries."""
    from watcher.store import deliveries

    with start.database() as db:
        for number in delivery_ids:
            changed = deliveries.cancel(db, number, now())
            emit_text(f"delivery {changed.id}: {changed.state.value}")


@alerts.command("ack")
@click.argument("alert_id", metavar="ID", type=int)
@click.option("--by", default="", help="Who has seen it; your login name when not given.")
@click.option("--undo", is_flag=True, help="Take it back.")
@pass_start
def ack(start: Start, alert_id: int, by: str, undo: bool) -> None:
    """Note that somebody has seen to an alert."""
    import getpass

    from watcher.store import alerts as stored

    who = "" if undo else by or getpass.getuser()
    with start.database() as db:
        alert = stored.ack(db, alert_id, who)
    emit_text(f"alert {alert.id}: " + (f"acknowledged by {who}" if who else "no longer acknowledged"))


# ── channels ─────────────────────────────────────────────────────────────────────────────────


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def channels(ctx: click.Context, as_json: bool) -> None:
    """Where messages go, with each channel's state."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_channels, as_json=as_json)


@channels.command("list")
@json_option
@pass_start
def list_channels(start: Start, as_json: bool) -> None:
    """Each channel: kind, on or off, since when, last digest, what is owed, its last trouble."""
    from watcher.store import channels as stored
    from watcher.store import deliveries, digests

    config = start.config()
    with start.database() as db:
        since, last = stored.since(db), digests.last(db)
        owed = deliveries.owed(db)
        ended = [d for d in deliveries.latest(db, now() - LOOKS_BACK) if d.state is DeliveryState.REFUSED]
    rows = [
        {
            "name": c.name,
            "kind": c.kind,
            "state": "on" if c.enabled else "off",
            "since": since.get(c.name),
            "last_digest": last.get(c.name),
            "owed": sum(d.channel == c.name for d in owed),
            "trouble": next((d.reason for d in (*ended, *owed) if d.channel == c.name and d.reason), ""),
            "recipients": [r for r in c.recipients if r],
        }
        for c in config.channels
    ]
    columns = ("name", "kind", "state", "since", "last_digest", "owed", "trouble")
    emit_rows(rows, columns, as_json=as_json, empty="no channel is configured", wide="trouble")


@channels.command("test")
@click.argument("name")
@pass_start
def test_channel(start: Start, name: str) -> None:
    """Send a marked sample now and say what the server said. Exit code 1 when it was not taken."""
    from watcher.pipeline.sampling import send_sample

    channel = the_channel(start, name)
    taken, word = send_sample(start.config(), start.topic(), channel, now, sys.stdout.write)
    emit_text(f"{name}: {'sent' if taken else 'not sent'}: {word}")
    if not taken:
        raise click.exceptions.Exit(1)
