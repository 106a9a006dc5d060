"""Every exception that watcher raises on purpose; nothing else leaves a room.

WatcherError                 subject, fact and remedy, in words for the operator
├── ConfigError              config.toml: file, line, key; exit 2
├── TopicError               a file of the topic pack: file, key; exit 2
├── StoreError               the database: locked, newer than the program, damaged
│   ├── NotFound             no row with that id
│   └── Overtaken            another writer changed what this rests on; nothing was stored
├── InstanceRunning          another watcher holds this state directory
├── ParseError               a body that no source kind can read
├── Blocked                  an address that collect/guard.py refuses
└── DeliveryError            a channel's attempt that did not succeed
    ├── TryLater             a temporary fault: the row stays owed
    └── Refused              a permanent one: the row stops, the remedy is named
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


class WatcherError(Exception):
    """`subject: message`. Neither part may hold a secret."""

    def __init__(self, subject: str, message: str) -> None:
        super().__init__(f"{subject}: {message}")
        self.subject = subject
        self.message = message


class ConfigError(WatcherError):
    """`config.toml:12: [channels.slack] webhok: unknown key; did you mean 'webhook'?`"""

    def __init__(self, file: Path, line: int | None, key: str, message: str) -> None:
        where = f"{file}:{line}" if line else str(file)
        super().__init__(where, f"{key}: {message}" if key else message)
        self.file, self.line, self.key = file, line, key


class TopicError(WatcherError):
    """A topic pack that does not hold together."""


class StoreError(WatcherError):
    """The database cannot do what was asked."""


class NotFound(StoreError):
    """No such row."""


class Overtaken(StoreError):
    """Another writer changed meanwhile what this was concluded from. Nothing was stored: conclude again."""


class InstanceRunning(WatcherError):
    """The state directory is in use by another process."""


class ParseError(WatcherError):
    """The body is not what the source's kind reads. Raised by `collect.parse` and the kinds only."""


class Blocked(WatcherError):
    """The guard refuses to reach this address."""


class DeliveryError(WatcherError):
    """An attempt to deliver that did not succeed."""


class TryLater(DeliveryError):
    """Temporary. `not_before` is the server's own word (Retry-After), if it gave one.

    `uncertain` is true when the message may have arrived all the same (a drop in mid-DATA, an
    acknowledgement that never came): the next attempt is marked as a possible repeat.
    """

    def __init__(
        self, subject: str, message: str, *, not_before: datetime | None = None, uncertain: bool = False
    ) -> None:
        super().__init__(subject, message)
        self.not_before = not_before
        self.uncertain = uncertain


class Refused(DeliveryError):
    """Permanent. `remedy` tells the operator what to change."""

    def __init__(self, subject: str, message: str, *, remedy: str) -> None:
        super().__init__(subject, message)
        self.remedy = remedy
