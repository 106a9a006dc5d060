"""[[channels]]: each table → a Channel whose settings its kind has accepted, with secrets resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from watcher.config.policy import quiet_hours
from watcher.config.secrets import Resolver
from watcher.config.settings import ChannelSection
from watcher.config.troubles import Troubles, spellings
from watcher.model import Channel, Tier
from watcher.toml_file import Place
from watcher.toml_table import nearest

Kinds = Mapping[str, Callable[[], object]]


class Channeling:
    """A disabled channel is checked for its own keys only: its secrets may not be there yet."""

    SHOWN: ClassVar[Channel] = Channel("console", "console")
    """What is there when no channel is configured."""

    def __init__(
        self, folder: Path, kinds: Kinds, zone: ZoneInfo, resolver: Resolver, troubles: Troubles
    ) -> None:
        self.folder, self.kinds, self.zone = folder, kinds, zone
        self.resolver, self.troubles = resolver, troubles

    def channels(self, tables: object) -> tuple[Channel, ...]:
        if tables is None or tables == []:
            return (self.SHOWN,)
        if not isinstance(tables, list):
            self.troubles.add(("channels",), "must be a list of tables: write [[channels]], in two brackets")
            return ()
        found: dict[str, Channel] = {}
        for index, table in enumerate(tables):
            channel = self._channel(table, ("channels", index))
            if channel is None:
                continue
            if channel.name in found:
                place = ("channels", index, "name")
                self.troubles.add(
                    place, f"there are two channels named '{channel.name}'; give one another name"
                )
            found[channel.name] = channel
        return tuple(found.values())

    def _channel(self, table: object, place: Place) -> Channel | None:
        try:
            section = ChannelSection.model_validate(table)
        except ValidationError as error:
            self.troubles.add_invalid(place, error, ChannelSection)
            return None
        if section.kind not in self.kinds:
            known = sorted(self.kinds)
            hint = nearest(section.kind, known) or f"; one of {', '.join(known)}"
            self.troubles.add((*place, "kind"), f"unknown kind '{section.kind}'{hint}")
            return None
        settings: Mapping[str, object] = {}
        recipients: tuple[str, ...] = ("",)
        if section.enabled:
            settings, recipients = self._settings(section, place)
        return self._built(section, settings, recipients)

    def _settings(
        self, section: ChannelSection, place: Place
    ) -> tuple[Mapping[str, object], tuple[str, ...]]:
        kind = self.kinds[section.kind]()
        model = settings_model(kind)
        secrets: frozenset[str] = getattr(model, "SECRETS", frozenset())
        before = len(self.troubles.found)
        settings = {
            key: (self.resolver.hidden if key in secrets else self.resolver.plain)(value, (*place, key))
            for key, value in (section.model_extra or {}).items()
        }
        if len(self.troubles.found) > before:
            return {}, ("",)
        try:
            checked = model.model_validate(settings)
        except ValidationError as error:
            self.troubles.add_invalid(place, error, model, also=spellings(ChannelSection))
            return {}, ("",)
        for name, field in model.model_fields.items():
            value = getattr(checked, name)
            if isinstance(value, Path):
                settings[field.alias or name] = self.folder / value.expanduser()
        recipients = getattr(kind, "recipients", None)
        return settings, tuple(recipients(checked)) if recipients else ("",)

    def _built(
        self, section: ChannelSection, settings: Mapping[str, object], recipients: tuple[str, ...]
    ) -> Channel:
        return Channel(
            name=section.name or section.kind,
            kind=section.kind,
            settings=settings,
            recipients=recipients,
            enabled=section.enabled,
            instant=None if section.instant is None else tuple(section.instant),
            min_tier=Tier[section.min_tier.upper()],
            states=tuple(state.upper() for state in section.states),
            languages=tuple(language.lower() for language in section.languages),
            tags=tuple(section.tags),
            digest=tuple(section.digest) if isinstance(section.digest, list) else None,
            digest_enabled=section.digest is not False,
            quiet=quiet_hours(section.quiet_hours, self.zone),
            max_per_hour=section.max_per_hour,
            ops=section.ops,
        )


def settings_model(kind: object) -> type[BaseModel]:
    """A kind's `Settings`: the kind may be given as its module or as the model itself."""
    model = getattr(kind, "Settings", kind)
    return cast(type[BaseModel], model)
