"""[sources]: packs, additions, removals and overrides → the sources that are watched, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from watcher.config.secrets import Resolver
from watcher.config.settings import AddedSource, SourceFields, SourcesSection
from watcher.config.troubles import Troubles
from watcher.errors import TopicError
from watcher.load_topic import load_sources
from watcher.model import Source, SourceId, Tier
from watcher.toml_file import Place
from watcher.toml_table import nearest

OWN = "sources.toml"
"""In the state directory: what `watcher sources add` and `import` have added."""

M = TypeVar("M", bound=BaseModel)
Kinds = Mapping[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Origin:
    """A source and where it stands, for complaints: a place in config.toml, or another file. The sources of
    a shipped topic are trusted (the tests check them): to check them all would import every kind."""

    source: Source
    place: Place | None
    file: Path | None = None
    trusted: bool = False


class Sourcing:
    """Reads the section step by step; what is wrong goes into `troubles`, what is doubtful into `warnings`."""

    def __init__(self, folder: Path, kinds: Kinds, resolver: Resolver, troubles: Troubles) -> None:
        self.folder, self.kinds, self.resolver, self.troubles = folder, kinds, resolver, troubles
        self.warnings: list[str] = []
        self.found: dict[str, Origin] = {}

    def sources(self, section: SourcesSection, topic: Iterable[Origin], own: Path) -> tuple[Source, ...]:
        """`topic`: what the pack "topic" stands for. `own`: the file of what was added by command."""
        for index, pack in enumerate(section.packs):
            self._pack(pack, topic, ("sources", "packs", index))
        if own.is_file():
            self._take(in_file(own))
        for index, table in enumerate(section.add):
            self._add(table, ("sources", "add", index))
        for index, source_id in enumerate(section.remove):
            if self._known(source_id, ("sources", "remove", index)):
                del self.found[source_id]
        for source_id, table in section.override.items():
            if self._known(source_id, ("sources", "override", source_id)):
                self._override(source_id, table, ("sources", "override", source_id))
        for origin in self.found.values():
            self._check(origin)
        return tuple(origin.source for origin in self.found.values())

    def _pack(self, pack: str, topic: Iterable[Origin], place: Place) -> None:
        if pack == "topic":
            self._take(topic)
            return
        path = self.folder / Path(pack).expanduser()
        if not path.is_file():
            self.troubles.add(
                place, f"there is no file {path}; a pack is a file of [[source]] tables, or 'topic'"
            )
            return
        self._take(in_file(path))

    def _take(self, origins: Iterable[Origin]) -> None:
        self.found.update((origin.source.id, origin) for origin in origins)

    def _add(self, table: object, place: Place) -> None:
        fields = self._valid(AddedSource, table, place)
        if fields is None:
            return
        if fields.id in self.found:
            message = f"there is a source '{fields.id}' already; change it in [sources.override.{fields.id}]"
            self.troubles.add((*place, "id"), message)
            return
        blank = Source(SourceId(fields.id), "feed", "", fields.id)
        self.found[fields.id] = Origin(self._changed(blank, fields, place), place)

    def _override(self, source_id: str, table: object, place: Place) -> None:
        fields = self._valid(SourceFields, table, place)
        if fields is not None:
            changed = self._changed(self.found[source_id].source, fields, place)
            self.found[source_id] = Origin(changed, place)

    def _valid(self, model: type[M], table: object, place: Place) -> M | None:
        try:
            return model.model_validate(table)
        except ValidationError as error:
            self.troubles.add_invalid(place, error, model)
            return None

    def _changed(self, source: Source, fields: SourceFields, place: Place) -> Source:
        values = fields.model_dump(exclude_none=True, exclude={"id"})
        if "tier" in values:
            values["tier"] = Tier[values["tier"].upper()]
        if "tags" in values:
            values["tags"] = tuple(values["tags"])
        if "options" in values:
            options = self.resolver.plain(values["options"], (*place, "options"))
            assert isinstance(options, dict)
            values["options"] = {**source.options, **options}
        return replace(source, **values)

    def _known(self, source_id: str, place: Place) -> bool:
        if source_id in self.found:
            return True
        self.troubles.add(place, f"there is no source '{source_id}'{nearest(source_id, list(self.found))}")
        return False

    # ── what a source must hold ───────────────────────────────────────────────────────────────

    def _check(self, origin: Origin) -> None:
        source = origin.source
        if origin.trusted and source.kind in self.kinds:
            return
        if source.kind not in self.kinds:
            known = sorted(self.kinds)
            hint = nearest(source.kind, known) or f"; one of {', '.join(known)}"
            self._complain(origin, ("kind",), f"unknown kind '{source.kind}'{hint}")
            return
        options = options_model(self.kinds[source.kind]())
        try:
            checked = options.model_validate(dict(source.options))
        except ValidationError as error:
            self._complain_of_options(origin, error, options)
            return
        address = source.url or str(getattr(checked, "url", ""))
        if not address and "engine" not in options.model_fields:
            self._complain(origin, ("url",), "is missing")
        elif source.url and (fault := address_fault(source.url)):
            # Not an error: one bad address must not keep the others from being watched. Its poll fails.
            where = self.troubles.line((*origin.place, "url")) if origin.place else source.id
            self.warnings.append(f"{where}: '{source.url}' {fault}; this source cannot be polled")

    def _complain(self, origin: Origin, tail: Place, message: str) -> None:
        if origin.place is None:
            raise TopicError(
                str(origin.file), f"source '{origin.source.id}': {'.'.join(map(str, tail))}: {message}"
            )
        self.troubles.add((*origin.place, *tail), message)

    def _complain_of_options(self, origin: Origin, error: ValidationError, model: type[BaseModel]) -> None:
        if origin.place is not None:
            self.troubles.add_invalid((*origin.place, "options"), error, model)
            return
        first = error.errors(include_url=False, include_input=False)[0]
        self._complain(origin, ("options", *first["loc"]), first["msg"])


def in_file(file: Path) -> tuple[Origin, ...]:
    """The sources of a file of [[source]] tables. Raises TopicError."""
    return tuple(Origin(source, None, file) for source in load_sources(file))


def options_model(kind: object) -> type[BaseModel]:
    """A kind's `Options`: the kind may be given as its module or as the model itself."""
    model = getattr(kind, "Options", kind)
    return cast(type[BaseModel], model)


def address_fault(url: str) -> str:
    """What keeps an address from being polled; empty when nothing does."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no address ({str(error)[:80]})"
    if parts.scheme.lower() not in ("http", "https"):
        return "must begin with https:// or http://"
    return "" if host and " " not in url else "is no address"
