"""The walk through one judgement, as lines: what matched, what argued against, who, what, story, alert. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from watcher.model import Alert, Claim, Delivery, Item, Reason, Story
from watcher.topic import Topic


def judgement(item: Item, topic: Topic, *, threshold: float | None = None) -> list[str]:
    """Relevance, language, states, steps: what the entry says by itself."""
    verdict = item.verdict
    bar = f" (needs {threshold:.2f})" if threshold is not None else ""
    lines = [
        f"relevance   {verdict.band.value}, score {verdict.score:.2f}{bar}",
        *(f"  {_sign(r)} {r.code}: {r.text}{_where(r)} ({r.weight:+.2f})" for r in verdict.reasons),
        f"language    {item.language or 'not known'}"
        + (" (declared)" if item.entry.language == item.language and item.language else " (detected)"),
        f"states      {_names(item.states, topic) or 'none: no state is said to act'}",
        f"step        {item.development or 'none'} ({item.modality.value if item.modality else '-'})",
    ]
    for number, claim in enumerate(item.claims, start=1):
        lines += claim_lines(number, claim, topic)
    return lines


def claim_lines(number: int, claim: Claim, topic: Topic) -> list[str]:
    head = f"  claim {number}: {_names(claim.states, topic) or 'no state'}: {claim.development}"
    part = f"/{claim.substep}" if claim.substep else ""
    when = f", {claim.event_date} ({claim.date_precision})" if claim.event_date else ", no date"
    lines = [f"{head} [{claim.stage}{part}] {claim.modality.value}{when}"]
    if claim.evidence:
        lines.append(f"    because: “{claim.evidence.sentence}” ({claim.evidence.where})")
    return lines + [f"    figure: {f.key} {f.op} {f.value:,} {f.period}".rstrip() for f in claim.figures]


def placing(item: Item, story: Story | None, notes: Sequence[str]) -> list[str]:
    """Story and ledger: what the item adds to what is known."""
    if story is None:
        lines = ["story       none"]
    else:
        copy = f"; a copy of item {item.copy_of}" if item.copy_of else ""
        lines = [
            f"story       {story.id}: {story.title} ({len(story.item_ids)} reports, "
            f"{len(story.outlets)} independent){copy}"
        ]
        if story.merged_into:
            lines.append(f"  merged into story {story.merged_into}")
    return lines + [f"ledger      {note}" for note in notes or ("nothing new",)]


def telling(
    alerts: Iterable[Alert], deliveries: Mapping[int, Sequence[Delivery]], headlines: Mapping[int, str]
) -> list[str]:
    """Alerts that rest on the item, and what became of each delivery."""
    lines = []
    for alert in alerts:
        lines.append(
            f"alert       {alert.id} ({alert.kind.value}, {alert.urgency.value}): {headlines[alert.id]}"
        )
        rows = deliveries.get(alert.id, ())
        if not rows:
            lines.append("  owed to nobody: a first run, a channel's rules, or no channel")
        for row in rows:
            to = f" to {row.recipient}" if row.recipient else ""
            lines.append(f"  {row.channel}{to}: {row.state.value} {row.reason or row.receipt}".rstrip())
    return lines or ["alert       none rests on this item"]


def _sign(reason: Reason) -> str:
    return "for    " if reason.weight > 0 else "against" if reason.weight < 0 else "noted  "


def _where(reason: Reason) -> str:
    return f" in the {reason.where}" if reason.where else ""


def _names(codes: Iterable[str], topic: Topic) -> str:
    return ", ".join(f"{topic.states[c].name} ({c})" if c in topic.states else c for c in codes)
