"""A topic pack, from its folder of TOML files to a `Topic`. Raises TopicError, and nothing else.

Files that belong to a part that was not asked for are not opened. The regular expressions of a pack
that lives outside the package are compiled once at load, so that a slip is named with its line; the
shipped packs are held by the tests instead, because compiling them takes longer than a cycle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from watcher.errors import TopicError
from watcher.model import Claim, Evidence, Figure, Modality, Source, SourceId, Tier
from watcher.toml_file import TomlError, TomlFile, find_line, read_toml
from watcher.toml_table import Table, dotted, nearest
from watcher.topic import Baseline, Lexicon, Lifecycle, PastEvent, Stage, State, Topic

PARTS = ("lexicon", "lifecycle", "states", "baseline", "history", "deadlines", "sources")
SHIPPED = Path(__file__).parent / "topics"
LEGAL_STATUSES = ("NON_PARTY", "SIGNATORY", "PARTY", "PARTY_LEAVING", "PARTY_CONTESTED", "FORMER_PARTY")
_OPTIONAL = ("deadlines",)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_STATE = re.compile(r"[A-Z]{2}")

T = TypeVar("T")


def load_topic(
    directory: Path, parts: Collection[str] = PARTS, *, check_patterns: bool | None = None
) -> Topic:
    """The topic in `directory`; parts not asked for are empty (an empty baseline has no title).

    `check_patterns`: compile every regular expression; by default only for packs of the user's own.
    """
    if not directory.is_dir():
        raise TopicError(str(directory), "no such folder; [topic] names a shipped topic or a path to one")
    if check_patterns is None:
        check_patterns = directory.resolve().parent != SHIPPED.resolve()
    return _Reader(directory, frozenset(parts), check_patterns).topic()


def load_sources(file: Path) -> tuple[Source, ...]:
    """The `[[source]]` tables of one file: the topic's own, or a pack that the config names."""
    try:
        root = Table(read_toml(file), {})
    except TomlError as error:
        raise _unreadable(file, error) from error
    root.values = root.file.values
    found = read_sources(root)
    root.done()
    return found


def _unreadable(file: Path, error: TomlError) -> TopicError:
    return TopicError(f"{file}:{error.line}" if error.line else str(file), error.message)


class _Reader:
    def __init__(self, directory: Path, parts: frozenset[str], check_patterns: bool) -> None:
        self.directory, self.parts, self.check_patterns = directory, parts, check_patterns

    def topic(self) -> Topic:
        lifecycle = self._read("lifecycle", _lifecycle, Lifecycle({}, (), {}))
        stages = lifecycle.stages
        name = self.directory.resolve().name
        meta = self._meta()
        return Topic(
            name=name,
            title=meta.get("title", name.replace("-", " ").title()),
            lexicon=self._read("lexicon", _lexicon, Lexicon({})),
            lifecycle=lifecycle,
            states=self._read("states", _states, {}),
            baseline=self._read("baseline", lambda table: _baseline(table, stages), _no_baseline()),
            history=self._read("history", lambda table: _history(table, stages), ()),
            sources=self._read("sources", read_sources, ()),
            deadlines=self._read("deadlines", _deadlines, ()),
            meta=meta,
        )

    def _meta(self) -> Mapping[str, str]:
        path = self.directory / "topic.toml"
        return self._table(path).strings() if path.is_file() else {}

    def _read(self, part: str, build: Callable[[Table], T], empty: T) -> T:
        path = self.directory / f"{part}.toml"
        if part not in self.parts or (part in _OPTIONAL and not path.exists()):
            return empty
        table = self._table(path)
        built = build(table)
        table.done()
        if self.check_patterns:
            _compile_all(table.file, _patterns(part, built))
        return built

    def _table(self, path: Path) -> Table:
        try:
            file = read_toml(path)
        except TomlError as error:
            raise _unreadable(path, error) from error
        return Table(file, file.values)


def _no_baseline() -> Baseline:
    return Baseline("", "", date.min, "", "", (), (), (), ())


# ── lexicon, lifecycle, states ────────────────────────────────────────────────────────────────


def _lexicon(root: Table) -> Lexicon:
    settings = root.table("settings")
    return Lexicon(
        patterns={concept: table.lists() for concept, table in root.table("concept").subtables()},
        settings={key: settings.number(key, 0.0) for key in settings.values},
        official_titles=root.table("official_titles").strings(),
        queries={language: table.strings() for language, table in root.table("queries").subtables()},
    )


def _lifecycle(root: Table) -> Lifecycle:
    developments = root.texts("developments")
    stages: dict[str, Stage] = {}
    for table in root.tables("stage"):
        stage = _stage(table, developments)
        if stage.code in stages:
            raise table.fail("code", f"'{stage.code}' stands twice")
        stages[stage.code] = stage
    cues = {concept: table.lists() for concept, table in root.table("cues").subtables()}
    return Lifecycle(stages, developments, cues)


def _stage(table: Table, developments: tuple[str, ...]) -> Stage:
    stage = Stage(
        code=table.text("code"),
        path=table.text("path"),
        rank=table.integer("rank"),
        development=table.text("development"),
        label=table.text("label"),
        legal_status=table.text("legal_status", ""),
        weight=table.number("weight", 0.0),
    )
    table.done()
    _one_of(table, "path", stage.path, ("leave", "join", "suspend", "other"))
    if developments:
        _one_of(table, "development", stage.development, developments)
    if stage.legal_status:
        _one_of(table, "legal_status", stage.legal_status, LEGAL_STATUSES)
    return stage


def _one_of(table: Table, key: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        hint = nearest(value, sorted(allowed)) or f"; one of {', '.join(sorted(allowed))}"
        raise table.fail(key, f"unknown {key} '{value}'{hint if len(hint) < 300 else ''}")


def _states(root: Table) -> Mapping[str, State]:
    states: dict[str, State] = {}
    for code, table in root.subtables():
        if not _STATE.fullmatch(code):
            raise root.fail(code, "a state is two capital letters (ISO 3166-1 alpha-2)")
        states[code] = State(
            code=code,
            name=table.text("name"),
            names=table.table("names").lists(),
            legal_status=table.text("legal_status"),
            since=table.day("since"),
            conflict=table.boolean("conflict", False),
            note=table.text("note", ""),
        )
        table.done()
        _one_of(table, "legal_status", states[code].legal_status, LEGAL_STATUSES)
    return states


# ── baseline, history, deadlines ──────────────────────────────────────────────────────────────


def _baseline(root: Table, stages: Mapping[str, Stage]) -> Baseline:
    published = root.day("published")
    if published is None:
        raise root.fail("published", "is missing")
    return Baseline(
        title=root.text("title"),
        publisher=root.text("publisher"),
        published=published,
        url=root.text("url", ""),
        language=root.text("language", "en"),
        claims=tuple(_claim(table, stages) for table in root.tables("claim")),
        figures=_figures(root.tables("figure")),
        predictions=tuple(table.strings() for table in root.tables("prediction")),
        positions=tuple(table.strings() for table in root.tables("position")),
        topics=root.texts("topics"),
        notes=root.texts("notes"),
        non_parties=root.texts("non_parties"),
        url_note=root.text("url_note", ""),
        event_date=root.day("event_date"),
    )


def _claim(table: Table, stages: Mapping[str, Stage]) -> Claim:
    stage = _known_stage(table, stages)
    day = table.day("event_date")
    claim = Claim(
        states=_states_named(table),
        development=table.text("development", stages[stage].development if stage in stages else ""),
        stage=stage,
        modality=_modality(table),
        substep=table.text("substep", ""),
        event_date=day,
        date_precision=table.text("date_precision", "day" if day else ""),
        evidence=_evidence(table),
        figures=_figures((*table.tables("figures"), *table.tables("figure"))),
    )
    table.done()
    return claim


def _modality(table: Table) -> Modality:
    word = table.text("modality", Modality.DONE)
    _one_of(table, "modality", word, list(Modality))
    return Modality(word)


def _known_stage(table: Table, stages: Mapping[str, Stage]) -> str:
    stage = table.text("stage")
    if stages and stage not in stages:
        raise table.fail("stage", f"unknown stage '{stage}'{nearest(stage, list(stages))}")
    return stage


def _states_named(table: Table) -> tuple[str, ...]:
    """`states = ["EE", "LV"]` or `state = "EE,LV"`."""
    joined = table.text("state", "").split(",")
    states = tuple(code.strip() for code in (*table.texts("states"), *joined) if code.strip())
    for code in states:
        if not _STATE.fullmatch(code):
            raise table.fail("states", f"'{code}' is not a state; two capital letters (ISO 3166-1 alpha-2)")
    return states


def _evidence(table: Table) -> Evidence | None:
    value = table.get("evidence")
    if value is None:
        return None
    if isinstance(value, str):
        return Evidence(value, "content", None)
    inner = table.table("evidence")
    evidence = Evidence(
        inner.text("sentence"), inner.text("where", "content"), inner.optional_text("language")
    )
    inner.done()
    return evidence


def _figures(tables: Iterable[Table]) -> tuple[Figure, ...]:
    return tuple(_figure(table) for table in tables)


def _figure(table: Table) -> Figure:
    figure = Figure(
        key=table.text("key"),
        value=table.integer("value"),
        op=table.text("op", "="),
        period=table.text("period", ""),
        evidence=_evidence(table) or _figure_source(table),
    )
    table.done()
    _one_of(table, "op", figure.op, ("=", "~", ">", "<"))
    return figure


def _figure_source(table: Table) -> Evidence | None:
    source = table.text("source", "")
    return Evidence(source, "content", None) if source else None


def _history(root: Table, stages: Mapping[str, Stage]) -> tuple[PastEvent, ...]:
    return tuple(_event(table, stages) for table in root.tables("event"))


def _event(table: Table, stages: Mapping[str, Stage]) -> PastEvent:
    day, text = table.vague_day("date")
    event = PastEvent(
        states=_states_named(table),
        stage=_known_stage(table, stages),
        substep=table.text("substep", ""),
        date=day,
        date_text=table.text("date_text", text),
        what=table.text("what"),
        sources=table.texts("sources"),
        certainty=table.text("certainty", "sure"),
        note=table.text("note", ""),
        figures=_figures((*table.tables("figures"), *table.tables("figure"))),
        tier=_tier(table),
    )
    table.done()
    _one_of(table, "certainty", event.certainty, ("sure", "mostly", "unsure"))
    return event


def _deadlines(root: Table) -> tuple[Mapping[str, str], ...]:
    return tuple(table.strings() for table in root.tables("deadline"))


# ── sources ───────────────────────────────────────────────────────────────────────────────────


def read_sources(root: Table, key: str = "source") -> tuple[Source, ...]:
    """The sources of a list of tables, in their order; an id that stands twice is an error."""
    found: dict[str, Source] = {}
    for table in root.tables(key):
        source = read_source(table)
        if source.id in found:
            raise table.fail("id", f"'{source.id}' stands twice")
        found[source.id] = source
    return tuple(found.values())


def read_source(table: Table) -> Source:
    source_id = table.text("id")
    if not _ID.fullmatch(source_id):
        raise table.fail("id", f"'{source_id}': use small letters, digits, dot, dash and underscore")
    source = Source(
        id=SourceId(source_id),
        kind=table.text("kind", "feed"),
        url=table.text("url", ""),
        name=table.text("name", source_id),
        language=table.optional_text("language"),
        tier=_tier(table),
        state=table.optional_text("state"),
        group=table.text("group", ""),
        tags=table.texts("tags"),
        enabled=table.boolean("enabled", True),
        every_seconds=table.optional_integer("every_seconds"),
        adversary=table.boolean("adversary", False),
        note=table.text("note", ""),
        options=dict(table.table("options").values),
        confidence=table.text("confidence", ""),
        robots=table.text("robots", ""),
    )
    table.done()
    return source


def _tier(table: Table) -> Tier:
    word = table.text("tier", "media")
    _one_of(table, "tier", word, [tier.name.lower() for tier in Tier])
    return Tier[word.upper()]


# ── patterns ──────────────────────────────────────────────────────────────────────────────────


def _patterns(part: str, built: object) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every list of regular expressions of a part, with the place where it stands."""
    match built:
        case Lexicon(patterns=concepts):
            yield from _by_language("concept", concepts)
        case Lifecycle(cues=concepts):
            yield from _by_language("cues", concepts)
        case dict() if part == "states":
            for code, state in built.items():
                for language, patterns in state.names.items():
                    yield (code, "names", language), patterns


def _by_language(
    root: str, concepts: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    for concept, languages in concepts.items():
        for language, patterns in languages.items():
            yield (root, concept, language), patterns


def _compile_all(file: TomlFile, lists: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> None:
    for place, patterns in lists:
        for index, pattern in enumerate(patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                line = find_line(file.text, (*place, index))
                raise TopicError(
                    f"{file.path}:{line}",
                    f"{dotted((*place, index))}: '{pattern}' is no regular expression: {error}",
                ) from error
