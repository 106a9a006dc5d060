"""robots.txt as RFC 9309 reads it: longest match wins, `*` and `$` are special, groups by agent. Pure.

The standard library's parser takes the first match and knows no wildcards, so `Disallow: /*?print=`
would not be honoured.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, unquote

MAX_BYTES = 512 * 1024  # RFC 9309 §2.5 asks for at least 500 KiB
MAX_RULES = 5_000
LONGEST_DELAY = 30.0


class Rule(NamedTuple):
    allow: bool
    pattern: str


class Rules(NamedTuple):
    """What one robots.txt says to one agent. No rules: everything is allowed."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0

    def allows(self, target: str) -> bool:
        """`target` is path and query as sent. Of two equally long matches, allow wins (§2.2.2)."""
        path = _normal(target)
        matches = [(len(rule.pattern), rule.allow) for rule in self.rules if _matches(rule.pattern, path)]
        return max(matches)[1] if matches else True


NOTHING_ALLOWED = Rules((Rule(False, "/"),))
EVERYTHING_ALLOWED = Rules()


def rules_after(status: int, body: bytes, agent: str) -> Rules:
    """What an answer for /robots.txt means (§2.3.1): 4xx, no rules; 5xx, keep out."""
    if 200 <= status < 300:
        return parse(body, agent)
    return NOTHING_ALLOWED if status >= 500 else EVERYTHING_ALLOWED


def parse(body: bytes, agent: str) -> Rules:
    """The group that names `agent` (its product token), else the one for `*`. Never raises."""
    token = agent.split("/")[0].split(" ")[0].lower()
    groups: dict[str, list[Rule]] = {}
    delays: dict[str, float] = {}
    names: list[str] = []
    in_rules = True
    for line in body[:MAX_BYTES].decode("utf-8-sig", "replace").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field == "user-agent":
            names = [value.lower()] if in_rules else [*names, value.lower()]
            in_rules = False
            groups.setdefault(value.lower(), [])
        elif field in ("allow", "disallow"):
            in_rules = True
            for name in names if value else ():
                groups[name].append(Rule(field == "allow", _normal(value)))
        elif field == "crawl-delay":
            in_rules = True
            for name in names:
                delays[name] = _seconds(value)
    chosen = token if token in groups else "*"
    return Rules(tuple(groups.get(chosen, ())[:MAX_RULES]), delays.get(chosen, 0.0))


def _seconds(value: str) -> float:
    try:
        delay = float(value)
    except ValueError:
        return 0.0
    return min(delay, LONGEST_DELAY) if delay > 0 else 0.0


def _normal(path: str) -> str:
    """Percent-encoding brought to one form (§2.2.2), so that either side may be written either way."""
    return quote(unquote(path), safe="/*$?=&+,;:@!'()~-._%") or "/"


def _matches(pattern: str, path: str) -> bool:
    """Linear: each part between stars is searched once, leftmost first."""
    anchored = pattern.endswith("$")
    first, *rest = (pattern[:-1] if anchored else pattern).split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not anchored or len(path) == len(first)
    at = len(first)
    for part in rest[:-1]:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    last = rest[-1]
    if anchored:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
