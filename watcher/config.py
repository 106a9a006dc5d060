"""config.toml, the topic it names and the secrets it points to. The only reader of the environment."""

from __future__ import annotations

from watcher.load_topic import load_topic

__all__ = ["load_topic"]
