"""config.toml → Config, or one ConfigError that tells everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import ValidationError

from watcher.config.channeling import Channeling
from watcher.config.channeling import Kinds as ChannelKinds
from watcher.config.policy import policy
from watcher.config.secrets import Resolver
from watcher.config.settings import (
    SECTIONS,
    NetworkSection,
    PolicySection,
    Section,
    SourcesSection,
    TopicSection,
    WatcherSection,
)
from watcher.config.sourcing import OWN, Origin, Sourcing
from watcher.config.sourcing import Kinds as SourceKinds
from watcher.config.troubles import Troubles
from watcher.errors import ConfigError
from watcher.load_topic import SHIPPED, load_topic
from watcher.model import AlertKind, Channel, Config, Modality, Network
from watcher.toml_file import Place, TomlError, TomlFile, read_toml
from watcher.toml_table import nearest
from watcher.topic import Topic

S = TypeVar("S", bound=Section)


def read(
    path: Path, *, env: Mapping[str, str], source_kinds: SourceKinds, channel_kinds: ChannelKinds
) -> Config:
    try:
        file = read_toml(path)
    except TomlError as error:
        raise ConfigError(path, error.line, "", error.message) from error
    return _Reader(file, env, source_kinds, channel_kinds).config()


class _Reader:
    """Goes on after each fault with the section's defaults, so that all faults are told at once."""

    def __init__(
        self,
        file: TomlFile,
        env: Mapping[str, str],
        source_kinds: SourceKinds,
        channel_kinds: ChannelKinds,
    ) -> None:
        self.file, self.folder = file, file.path.resolve().parent
        self.source_kinds, self.channel_kinds = source_kinds, channel_kinds
        self.troubles = Troubles(file.path, file.text)
        self.resolver = Resolver(env, self.folder, self.troubles)

    def config(self) -> Config:
        self._refuse_unknown_sections()
        watcher = self._section("watcher", WatcherSection)
        zone = self._zone(watcher.timezone)
        rules = self._section("policy", PolicySection)
        section = self._section("sources", SourcesSection)
        topic_dir, topic = self._topic(self._section("topic", TopicSection), "topic" in section.packs)
        state_dir = self.folder / Path(watcher.state_dir).expanduser()
        sourcing = Sourcing(self.folder, self.source_kinds, self.resolver, self.troubles)
        sources = sourcing.sources(section, _origins(topic_dir, topic), state_dir / OWN)
        channels = self._channels(zone)
        if topic:
            self._check_words(rules, topic.lifecycle.developments)
        contact = str(self.resolver.plain(watcher.contact, ("watcher", "contact")))
        network = self._network(self._section("network", NetworkSection))
        self.troubles.stop_if_any()
        return Config(
            file=self.file.path,
            state_dir=state_dir,
            contact=contact,
            zone=zone,
            poll_every_seconds=watcher.poll_every,
            min_poll_seconds=watcher.min_poll_seconds,
            topic=topic_dir.name,
            topic_dir=topic_dir,
            sources=sources,
            channels=channels,
            policy=policy(rules, zone),
            network=network,
            templates_dir=self.folder / watcher.templates if watcher.templates else None,
            log_format=watcher.log,
            warnings=tuple(sourcing.warnings),
        )

    def _refuse_unknown_sections(self) -> None:
        known = (*SECTIONS, "channels")
        for key in self.file.values:
            if key not in known:
                message = f"unknown section{nearest(key, known) or '; one of ' + ', '.join(known)}"
                self.troubles.add((key,), message)

    def _section(self, name: str, model: type[S]) -> S:
        values: Any = self.file.values.get(name, {})
        try:
            return model.model_validate(values)
        except ValidationError as error:
            self.troubles.add_invalid((name,), error, model)
            bad = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
            return model.model_validate({k: v for k, v in values.items() if k not in bad} if bad else {})

    def _zone(self, name: str) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            hint = nearest(name, sorted(available_timezones())) or "; write it as 'Europe/Warsaw'"
            self.troubles.add(("watcher", "timezone"), f"unknown time zone '{name}'{hint}")
            return ZoneInfo("UTC")

    def _topic(self, section: TopicSection, sources: bool) -> tuple[Path, Topic | None]:
        """Its sources, when they are watched, and its words, when some are named: the lifecycle is a
        quarter of a megabyte. The rest of the pack is read by who needs it."""
        directory = self.folder / Path(section.path).expanduser() if section.path else SHIPPED / section.name
        if not directory.is_dir():
            shipped = sorted(one.name for one in SHIPPED.iterdir() if (one / "lexicon.toml").exists())
            key, asked = ("path", section.path) if section.path else ("name", section.name)
            hint = nearest(asked, shipped) or f"; shipped: {', '.join(shipped)}"
            self.troubles.add(("topic", key), f"there is no topic '{asked}'{hint}")
            return directory, None
        words = self._names_words() or directory.resolve().parent != SHIPPED.resolve()
        parts = [part for part, wanted in (("lifecycle", words), ("sources", sources)) if wanted]
        return directory, load_topic(directory, parts)

    def _names_words(self) -> bool:
        """Whether the file names kinds of news other than our defaults, which every shipped topic knows."""
        policy, tables = self.file.values.get("policy"), self.file.values.get("channels")
        known = {*PolicySection().instant, *PolicySection().pass_quiet, *AlertKind}
        for table in (policy, *(tables if isinstance(tables, list) else ())):
            for key in ("instant", "pass_quiet"):
                words = table.get(key) if isinstance(table, dict) else None
                words = [words] if isinstance(words, str) else words
                if words is not None and not (isinstance(words, list) and known.issuperset(map(str, words))):
                    return True
        return False

    def _channels(self, zone: ZoneInfo) -> tuple[Channel, ...]:
        channeling = Channeling(self.folder, self.channel_kinds, zone, self.resolver, self.troubles)
        return channeling.channels(self.file.values.get("channels"))

    def _check_words(self, rules: PolicySection, developments: tuple[str, ...]) -> None:
        """Kinds of news must be the topic's own words, in [policy] and in every channel."""
        self._known_words(("policy", "instant_modalities"), rules.instant_modalities, tuple(Modality))
        if not developments:
            return
        self._known_words(("policy", "instant"), rules.instant, developments)
        self._known_words(("policy", "pass_quiet"), rules.pass_quiet, (*developments, *AlertKind))
        tables = self.file.values.get("channels")
        for index, table in enumerate(tables if isinstance(tables, list) else ()):
            words = table.get("instant") if isinstance(table, dict) else None
            self._known_words(("channels", index, "instant"), words, developments)

    def _known_words(self, place: Place, words: object, known: tuple[str, ...]) -> None:
        words = [words] if isinstance(words, str) else words
        for index, word in enumerate(words if isinstance(words, list) else ()):
            if isinstance(word, str) and known and word not in known:
                hint = nearest(word, known) or f"; one of {', '.join(known)}"
                self.troubles.add((*place, index), f"unknown word '{word}'{hint}")

    def _network(self, section: NetworkSection) -> Network:
        return Network(
            deadline_seconds=section.deadline_seconds,
            max_body_bytes=int(section.max_body_mib * 2**20),
            allow_private=tuple(section.allow_private),
            concurrency=section.concurrency,
            per_host=section.per_host,
            per_host_spacing_seconds=section.per_host_spacing_seconds,
            articles_per_cycle=section.articles_per_cycle,
            user_agent=section.user_agent,
        )


def _origins(directory: Path, topic: Topic | None) -> tuple[Origin, ...]:
    shipped = directory.resolve().parent == SHIPPED.resolve()
    file = directory / "sources.toml"
    return tuple(Origin(source, None, file, shipped) for source in (topic.sources if topic else ()))
