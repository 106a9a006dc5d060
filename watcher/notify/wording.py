"""The words: sentence patterns and message templates of one language, the operator's before ours.

Pure apart from reading templates. A template of the operator's that cannot be read or rendered is
replaced by the shipped one, and `Words.notes` says which and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta

from watcher.model import Message
from watcher.notify import markup
from watcher.notify.sandbox import FAILURES, Sandbox, rendered

SHIPPED = Path(__file__).parent / "templates"
BODIES = ("text", "terminal", "html", "slack")
"""What a message can be rendered as. "terminal" is "text" with colours."""
_FILES = {
    "text": "message.txt.j2",
    "terminal": "message.txt.j2",
    "html": "message.html.j2",
    "slack": "message.slack.j2",
}


class SlackText(str):
    """Text that is Slack's markup already."""

    __slots__ = ()


class Words:
    """The words of one language. `notes` are filled while templates of the operator's fail."""

    def __init__(self, language: str = "en", templates_dir: Path | None = None) -> None:
        self.language = language if (SHIPPED / language).is_dir() else "en"
        self.own = templates_dir
        self.failed: dict[str, str] = {}
        self._tables, wrong = _read(self.language, templates_dir)
        if wrong:
            self.failed["sentences.j2"] = wrong

    def table(self, name: str) -> Any:
        """One table of `sentences.j2`: a string, a list, or a dictionary."""
        return self._tables[name]

    def say(self, pattern: str, **facts: object) -> str:
        """A pattern with its facts filled in, on one line."""
        try:
            return markup.one_line(rendered(_pattern(pattern), facts))
        except FAILURES as error:
            self.failed["sentences.j2"] = markup.one_line(error)
            return markup.one_line(" ".join(str(fact) for fact in facts.values() if fact))

    def phrase(self, table: str, key: str, **facts: object) -> str:
        """A pattern of a table; the shipped one when the operator's cannot be rendered."""
        try:
            return markup.one_line(rendered(_pattern(self.table(table)[key]), facts))
        except FAILURES as error:
            self.failed.setdefault("sentences.j2", markup.one_line(error))
            return self.shipped().say(_tables(self.language, None)[table][key], **facts)

    def shipped(self) -> Words:
        return Words(self.language)

    def render(self, body: str, message: Message) -> str:
        """`message` as one of BODIES."""
        facts = {"m": message, "label": self.table("labels")}
        name = _FILES[body]
        if self.own is not None and (self.own / name).is_file():
            try:
                own = rendered(_environment(body, self.language, self.own).get_template(name), facts)
                if own.strip():
                    return own
                self.failed[name] = "it prints nothing"
            except FAILURES as error:
                self.failed[name] = markup.one_line(f"{type(error).__name__}: {error}")
        return rendered(_environment(body, self.language, None).get_template(name), facts)

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each template of the operator's that failed so far."""
        pattern = _tables(self.language, None)["notes"]["template"]
        return tuple(
            markup.one_line(_pattern(pattern).render(name=name, why=markup.cut(why, 160)))
            for name, why in sorted(self.failed.items())
        )


def body(message: Message, name: str) -> str:
    """The body that was composed with the message, else one from the shipped templates."""
    return message.bodies.get(name) or Words(message.language).render(name, message)


def page(name: str, language: str = "en", **facts: object) -> str:
    """Any other shipped HTML template, such as the Slack preview."""
    return str(_environment("html", language, None).get_template(name).render(facts))


def date_words(words: Words, moment: date, *, short: bool = False, precision: str = "day") -> str:
    """A date as a person of that language writes it: "27 December 2025", "December 2025", "2025"."""
    month = words.table("months_short" if short else "months")[moment.month - 1]
    pattern = words.table("date_forms").get(precision) or words.table("date_forms")["day"]
    return words.say(pattern, day=moment.day, month=month, year=moment.year)


def moment_words(words: Words, moment: datetime, zone: tzinfo = UTC) -> str:
    """A point in time, with the name of its zone: "19 Jun 2025, 12:30 UTC"."""
    local = moment.astimezone(zone)
    return words.say(
        words.table("moment_form"),
        date=date_words(words, local, short=True),
        time=local.strftime("%H:%M"),
        zone=local.tzname() or "",
    )


def failure_words(words: Words, code: str) -> str:
    """Why a source fails, from the stable code that a poll leaves: "http-404", "dns"."""
    status = code.removeprefix("http-")
    if status.isdigit() and status != code:
        return words.phrase("failures", "http", status=status)
    known = code if code in words.table("failures") else "other"
    return words.phrase("failures", known, code=code.replace("-", " "))


@lru_cache(maxsize=16)
def _read(language: str, folder: Path | None) -> tuple[Mapping[str, Any], str]:
    """The tables of `sentences.j2`, and what is wrong with the operator's."""
    shipped = _tables(language, None)
    if folder is None or not (folder / "sentences.j2").is_file():
        return shipped, ""
    try:
        return _over(shipped, _tables(language, folder)), ""
    except FAILURES as error:
        return shipped, markup.one_line(error) or type(error).__name__


def _over(
    base: Mapping[str, Any], own: Mapping[str, Any], known: frozenset[str] | None = None
) -> dict[str, Any]:
    """`own` over `base`, table by table and key by key: an operator may change one sentence.

    Raises ValueError for a pattern that could not be filled in later: one of another type than ours,
    or with a name that its table does not know.
    """
    merged = dict(base)
    for name, value in own.items():
        shipped = base.get(name)
        if shipped is not None and type(value) is not type(shipped):
            raise ValueError(f"{name} must be a {type(shipped).__name__}")
        names = known if known is not None else frozenset(_names_in(shipped))
        if isinstance(value, dict):
            merged[name] = _over(shipped or {}, value, names)
            continue
        if strange := _names_in(value) - names:
            raise ValueError(f"{name}: unknown name {min(strange)}")
        merged[name] = value
    return merged


def _names_in(value: object) -> set[str]:
    """The names that the patterns in `value` want to have filled in. Raises TemplateSyntaxError."""
    match value:
        case str():
            return set(meta.find_undeclared_variables(Environment(autoescape=False).parse(value)))  # noqa: S701
        case dict():
            return set[str]().union(*map(_names_in, value.values()))
        case list():
            return set[str]().union(*map(_names_in, value))
        case _:
            return set()


@lru_cache(maxsize=16)
def _tables(language: str, own: Path | None) -> Mapping[str, Any]:
    template = _environment("text", language, own).get_template("sentences.j2")
    return {name: value for name, value in vars(template.module).items() if not name.startswith("_")}


@lru_cache(maxsize=2000)
def _pattern(text: str) -> Any:
    return _PATTERNS.from_string(text)


_PATTERNS = Sandbox(undefined=StrictUndefined, autoescape=False)  # plain text


@lru_cache(maxsize=16)
def _environment(body: str, language: str, own: Path | None) -> Environment:
    """One environment for each markup: what a template prints is escaped for that markup."""
    folders = [own, SHIPPED / language, SHIPPED / "en"] if own else [SHIPPED / language, SHIPPED / "en"]
    environment = (Sandbox if own else Environment)(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=body == "html",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        finalize=_FINAL[body],
    )
    environment.filters |= {
        "url": markup.safe_url,
        "link_label": markup.label,
        "wrap": lambda text, indent="", width=96: Ready(markup.wrap(markup.one_line(text), width, indent)),
        "row": _row,
        "moment": lambda moment: moment_words(Words(language), moment) if moment else "",
        "day": lambda moment: date_words(Words(language), moment, short=True) if moment else "",
        **(_STYLES if body == "terminal" else dict.fromkeys(_STYLES, _as_is)),
        **_SLACK,
    }
    return environment


class Ready(str):
    """Plain text whose lines are meant."""

    __slots__ = ()


def _row(text: object, name: str, width: int = 12) -> Ready:
    """A named line of a terminal table; what follows the first line is indented under it."""
    lead = f"  {markup.one_line(name)}  ".ljust(width)
    return Ready(
        lead + markup.wrap(markup.one_line(text), 96 - len(lead), "").replace("\n", "\n" + " " * len(lead))
    )


def _as_is(text: object) -> str:
    return text if isinstance(text, Ready) else Ready(markup.one_line(text))


def _plain(value: object) -> object:
    return value if isinstance(value, Ready) else markup.one_line(value)


def _html(value: object) -> object:
    return value if hasattr(value, "__html__") else markup.one_line(value)


def _slack(value: object) -> object:
    return value if isinstance(value, SlackText) else SlackText(markup.slack_text(value))


def _style(code: str) -> Callable[[object], str]:
    return lambda text: Ready(f"\x1b[{code}m{_as_is(text)}\x1b[0m")


_FINAL: Mapping[str, Callable[[object], object]] = {
    "text": _plain,
    "terminal": _plain,
    "html": _html,
    "slack": _slack,
}
_STYLES: Mapping[str, Callable[[object], str]] = {
    "strong": _style("1"),
    "faint": _style("2"),
    "firm": _style("1;32"),
    "open": _style("1;33"),
    "alarm": _style("1;31"),
}
_SLACK: Mapping[str, Callable[..., str]] = {
    "slack_link": lambda url, text: SlackText(markup.slack_link(url, text)),
    "slack_code": lambda text: SlackText(f"`{markup.slack_text(text)}`"),
}
