"""What each channel asks to be told: kinds, authority, states, languages, tags. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.model import Alert, AlertKind, Channel, Item, Policy, Tier, Urgency

ALWAYS = ("W8_RETURNED", "S6_LIFTED")
"""Stages that interrupt whatever the rules say: a step was taken back."""
_RIGHTING = (AlertKind.CORRECTION, AlertKind.RETRACTION)


def least(channel: Channel, policy: Policy) -> Tier:
    """The authority that a channel waits for."""
    return max(policy.min_tier, channel.min_tier)


def wants(channel: Channel, alert: Alert, policy: Policy, items: Mapping[int, Item]) -> bool:
    """Whether `alert` is within the rules of `channel`. `items` hold its members, as far as they are known."""
    development = alert.development
    if development is None:
        return True
    if development.tier < least(channel, policy):
        return False
    if channel.states and development.states and not set(channel.states) & set(development.states):
        return False
    members = [items[i] for i in alert.items if i in items]
    if not members:
        return True
    if channel.languages and not any(i.language in channel.languages for i in members):
        return False
    return not channel.tags or any(set(channel.tags) & set(i.entry.tags) for i in members)


def instant_for(alert: Alert, channel: Channel, policy: Policy) -> bool:
    """Whether `alert` interrupts on `channel`, or waits for its digest."""
    if alert.urgency is not Urgency.INSTANT:
        return False
    development = alert.development
    if development is None or alert.kind in _RIGHTING:
        return True
    kinds = policy.instant if channel.instant is None else channel.instant
    always = channel.instant is None and development.stage in ALWAYS
    return development.development in kinds or always
