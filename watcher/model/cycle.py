"""What a cycle reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.model.incoming import PollState
from watcher.model.judged import Development, Item, Mark, Step, Story
from watcher.model.outgoing import Alert, Delivery
from watcher.model.words import EntryKey, SourceId


@dataclass(frozen=True, slots=True)
class Ids:
    """The first free number of each noun. The judge numbers what it makes; one writer commits it."""

    item: int = 1
    story: int = 1
    development: int = 1
    alert: int = 1
    delivery: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """Memory, read once a cycle: only the open window, never the whole database."""

    ids: Ids
    stories: tuple[Story, ...] = ()  # open: last seen within the window
    developments: tuple[Development, ...] = ()  # every one of a state: few, and the ledger needs them
    alerts: tuple[Alert, ...] = ()  # one for each development that was told
    deliveries: tuple[Delivery, ...] = ()  # of those alerts: who was told, and in which thread
    items: Mapping[int, Item] = field(
        default_factory=dict
    )  # the members of open stories (Members: read when needed)
    marks: tuple[Mark, ...] = ()
    steps: tuple[Step, ...] = ()  # written by the calendar and by marks
    first_run: bool = False
    channels_since: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a batch concluded: committed in one transaction, with the deliveries owed.

    Rows with an id that exists are updated, new ids inserted. `rejected` items are stored
    compactly. `polls` hold the validators of exactly the sources whose entries are in here.
    """

    at: datetime
    polls: tuple[PollState, ...] = ()
    items: tuple[Item, ...] = ()
    rejected: tuple[Item, ...] = ()
    sightings: tuple[tuple[EntryKey, SourceId, str], ...] = ()  # known articles seen again
    stories: tuple[Story, ...] = ()
    developments: tuple[Development, ...] = ()
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    marks: tuple[Mark, ...] = ()
