"""What the documents tell people to type is real: every `watcher …` and `make …` in them is parsed by
the program's own command tree and the Makefile, and every TOML snippet by a TOML reader."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from watcher.cli import main
from watcher.cli.kinds import channel_kinds, source_kinds
from watcher.config import load

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "deploy").glob("*"))]
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.M | re.S)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_SEPARATORS = re.compile(r"\s(?:&&|\|\|?|;|>>?|<)\s|\s#\s.*$")


@dataclass(frozen=True)
class Said:
    """One command line of a document."""

    document: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}: {self.text}"


def fences(text: str, *kinds: str) -> Iterator[str]:
    return (body for kind, body in _FENCE.findall(text) if kind in kinds)


def said(document: Path) -> Iterator[Said]:
    """Shell lines of fenced blocks, and inline code that starts with one of our two programs."""
    text = document.read_text("utf-8")
    lines = [line for body in fences(text, "sh", "bash", "console", "shell") for line in body.splitlines()]
    if document.suffix == ".md":
        lines += _INLINE.findall(_FENCE.sub("", text))
    else:
        lines += [line.partition("=")[2] for line in text.splitlines() if line.startswith("ExecStart=")]
    for line in lines:
        for part in _SEPARATORS.split(line.strip().removeprefix("$ ")):
            command = _ours(part.strip())
            if command:
                yield Said(document.name, command)


def _ours(line: str) -> str:
    """The part of a shell line from `watcher` or `make` on; "" when it calls neither."""
    found = re.match(r"(?:(?:sudo(?: -u \S+)?|exec|\w+=\S*)\s+)*(?:\S*/)?(watcher|make)(\s.*|$)", line)
    return (found[1] + found[2]).strip() if found else ""


SAID = sorted({s for d in DOCUMENTS for s in said(d)}, key=str)


def check(command: click.Command, arguments: list[str], context: click.Context | None = None) -> None:
    """Raises click.UsageError unless `arguments` are right for `command`; runs nothing, opens nothing."""
    own = click.Context(command, parent=context, info_name=command.name)
    opts, rest, order = command.make_parser(own).parse_args(list(arguments))
    for parameter in set(order):
        _check_value(parameter, opts.get(parameter.name or ""), own)
    if isinstance(command, click.Group):
        if not rest:
            if not command.invoke_without_command and command.name != "main":
                raise click.UsageError("a subcommand is missing", own)
            return
        name, sub, rest = command.resolve_command(own, rest)
        assert sub is not None, name
        check(sub, rest, own)
        return
    if rest:
        raise click.UsageError(f"too many arguments: {rest}", own)
    missing = [
        p.human_readable_name
        for p in command.params
        if isinstance(p, click.Argument) and p.required and not _given(opts.get(p.name or ""))
    ]
    if missing:
        raise click.UsageError(f"missing: {missing}", own)


def _given(value: object) -> bool:
    """Neither empty nor click's own mark for "not given" (None before click 8.3)."""
    return bool(value) and type(value).__name__ != "Sentinel"


def _check_value(parameter: click.Parameter, value: object, context: click.Context) -> None:
    if value is None or isinstance(parameter.type, click.File | click.Path):
        return
    for one in value if isinstance(value, list | tuple) else (value,):
        if _given(one):
            parameter.type.convert(one, parameter, context)


def arguments_of(text: str) -> list[str]:
    """Shell words after the program's name; an ellipsis stands for anything and is left out."""
    return [word for word in shlex.split(text)[1:] if word not in ("…", "...")]


WATCHER = [s for s in SAID if s.text.split()[0] == "watcher"]
MAKE = [s for s in SAID if s.text.split()[0] == "make"]


@pytest.mark.parametrize("command", WATCHER, ids=str)
def test_every_watcher_command_is_real(command: Said) -> None:
    check(main, arguments_of(command.text))


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text("utf-8")
    names = set(re.findall(r"^([\w./-]+):(?!=)", text, re.M)) - {".PHONY", ".DEFAULT_GOAL"}
    stamp = re.search(r"^STAMP\s*:=\s*\$\(VENV\)(\S+)", text, re.M)
    venv = re.search(r"^VENV\s*:=\s*(\S+)", text, re.M)
    return names | ({venv[1] + stamp[1]} if stamp and venv else set())


@pytest.mark.parametrize("command", MAKE, ids=str)
def test_every_make_command_is_real(command: Said) -> None:
    words = arguments_of(command.text)
    assert {w for w in words if "=" not in w} <= make_targets()


def test_documents_do_tell_commands() -> None:
    assert {"make run", "make test"} <= {s.text for s in MAKE}
    told = {s.text.split()[1] for s in WATCHER if len(s.text.split()) > 1}
    wanted = "poll list show search status digest mark sources alerts channels check baseline assess replay"
    assert set(wanted.split()) <= told


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d.suffix == ".md"], ids=lambda d: d.name)
def test_every_toml_snippet_parses(document: Path) -> None:
    for body in fences(document.read_text("utf-8"), "toml"):
        tomllib.loads(body)


def test_readme_s_configuration_is_one_that_the_watcher_takes(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("\n".join(fences((ROOT / "README.md").read_text("utf-8"), "toml")), encoding="utf-8")
    secrets = {
        "WATCHER_SLACK_WEBHOOK": "https://hooks.slack.com/services/T0/B0/x",
        "WATCHER_SMTP_PASSWORD": "x",
    }
    config = load(file, env=secrets, source_kinds=source_kinds(), channel_kinds=channel_kinds())
    assert [channel.name for channel in config.channels] == ["slack", "mail"]


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d.suffix == ".md"], ids=lambda d: d.name)
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    text = _FENCE.sub("", document.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (document.parent / target).exists(), f"{document.name} → {target}"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["lsit"], "no command"),
        (["list", "--nosuch"], "No such option"),
        (["list", "--limit", "zero"], "not a valid integer"),
        (["search"], "missing"),
        (["show", "1", "2"], "too many"),
    ],
)
def test_a_command_that_is_not_real_is_caught(arguments: list[str], fault: str) -> None:
    with pytest.raises(click.UsageError, match=fault):
        check(main, arguments)
