"""config.toml, the topic it names and the secrets it points to, validated. The only reader of the environment.

pydantic is imported when a configuration is read, not before: `watcher --help` does without.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from watcher.errors import ConfigError
from watcher.load_topic import load_topic
from watcher.model import Config, Policy
from watcher.toml_file import TomlError, find_line, read_toml

__all__ = ["default_policy", "load", "load_topic", "locate"]

STATE_DIR = "state"


def load(
    path: Path,
    *,
    env: Mapping[str, str],
    source_kinds: Mapping[str, Callable[[], object]],
    channel_kinds: Mapping[str, Callable[[], object]],
) -> Config:
    """The configuration in `path`; an empty file is one.

    `source_kinds` and `channel_kinds` give each kind's module when called (or only its pydantic model):
    `Options` for a source, `Settings` (with `SECRETS`) and `recipients` for a channel. Only kinds in use
    are called. Relative paths are relative to the file.

    Raises ConfigError, which tells everything that is wrong with file, line and key, and TopicError.
    """
    # We have no plugins, and looking for some reads what every installed distribution says of itself.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from watcher.config.reading import read

    return read(path, env=env, source_kinds=source_kinds, channel_kinds=channel_kinds)


def default_policy() -> Policy:
    """The policy of an empty configuration."""
    from zoneinfo import ZoneInfo

    from watcher.config.policy import policy
    from watcher.config.settings import PolicySection

    return policy(PolicySection(), ZoneInfo("UTC"))


def locate(path: Path) -> Path:
    """The state directory alone, in milliseconds and with nothing else checked: for commands that only read
    the database. Raises ConfigError when the file is no TOML or `state_dir` no text."""
    try:
        file = read_toml(path)
    except TomlError as error:
        raise ConfigError(path, error.line, "", error.message) from error
    section = file.values.get("watcher", {})
    state_dir = section.get("state_dir", STATE_DIR) if isinstance(section, dict) else None
    if not isinstance(state_dir, str):
        place = ("watcher", "state_dir")
        raise ConfigError(
            path, find_line(file.text, place), "watcher.state_dir", "must be a string, in quotes"
        )
    return path.resolve().parent / Path(state_dir).expanduser()
