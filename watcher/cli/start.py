"""What a command starts from: the configuration, the topic and the database, each read on demand."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from watcher.model import Config, Policy
    from watcher.store.database import Database
    from watcher.topic import Topic

P = ParamSpec("P")
R = TypeVar("R")

DATABASE = "watcher.sqlite3"
SHIPPED_TOPIC = Path(__file__).parent.parent / "topics" / "ottawa"


class Start:
    """One per command. Raises ConfigError, TopicError or StoreError, which the front door prints."""

    def __init__(self, config_file: str, verbose: bool) -> None:
        self.config_file = Path(config_file)
        self.verbose = verbose
        self._config: Config | None = None
        self._topic: Topic | None = None

    def config(self) -> Config:
        if self._config is None:
            from watcher.cli.kinds import channel_kinds, source_kinds
            from watcher.config import load

            self._config = load(
                self.config_file, env=os.environ, source_kinds=source_kinds(), channel_kinds=channel_kinds()
            )
        return self._config

    def topic(self) -> Topic:
        """The configured topic, or the shipped one where there is no configuration file. Read once: the
        judge compiles its patterns once for each topic that it is given."""
        if self._topic is None:
            from watcher.config import load_topic

            absent = not self.config_file.exists() and self.config_file == Path("config.toml")
            self._topic = load_topic(SHIPPED_TOPIC if absent else self.config().topic_dir)
        return self._topic

    def policy(self) -> Policy:
        """The configured policy, or the default one where there is no configuration file."""
        from watcher.config import default_policy

        return self.config().policy if self.config_file.exists() else default_policy()

    def database(self) -> Database:
        """The state directory's database, made if there is none. Needs no valid configuration but its place."""
        from watcher.config import locate
        from watcher.store import database

        known = self._config  # who has read the configuration does not read its file once more
        return database.open((known.state_dir if known else locate(self.config_file)) / DATABASE)


def pass_start(function: Callable[Concatenate[Start, P], R]) -> Callable[P, R]:
    """Hands a command its `Start` as first argument."""

    def with_start(*args: Any, **kwargs: Any) -> R:
        obj = click.get_current_context().obj or {"config": "config.toml", "verbose": False}
        return function(Start(obj["config"], obj["verbose"]), *args, **kwargs)

    return update_wrapper(with_start, function)
