"""config.toml: what it says, what is wrong with it, and where; secrets stay secret."""

from __future__ import annotations

import json
import re
import tomllib
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher import config
from watcher.collect import sources as source_kinds
from watcher.config.settings import (
    SECTIONS,
    AddedSource,
    ChannelSection,
    QuietSection,
    SourceFields,
    digest_time,
)
from watcher.errors import ConfigError, TopicError
from watcher.judge.hours import Hours
from watcher.model import Config, Network, QuietHours, Secret, Tier
from watcher.notify import channels as channel_kinds
from watcher.toml_file import TomlError, find_line, read_toml

ROOT = Path(__file__).parent.parent
SOURCES: Mapping[str, Callable[[], object]] = {
    kind: lambda kind=kind: source_kinds.load(kind)  # type: ignore[misc]
    for kind in source_kinds.kinds()
}
CHANNELS: Mapping[str, Callable[[], object]] = {
    kind: lambda kind=kind: channel_kinds.load(kind)  # type: ignore[misc]
    for kind in channel_kinds.kinds()
}


def load(path: Path, **env: str) -> Config:
    return config.load(path, env=env, source_kinds=SOURCES, channel_kinds=CHANNELS)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, "utf-8")
        return path

    return write


Write = Callable[[str], Path]


def refused(path: Path, **env: str) -> list[str]:
    """The lines of the one error, without the file's name."""
    with pytest.raises(ConfigError) as caught:
        load(path, **env)
    return [line.removeprefix(f"{path}") for line in str(caught.value).splitlines()]


# ── what it says ──────────────────────────────────────────────────────────────────────────────


def test_an_empty_file_works(written: Write, tmp_path: Path) -> None:
    loaded = load(written(""))
    assert loaded.state_dir == tmp_path / "state"
    assert (loaded.poll_every_seconds, loaded.min_poll_seconds) == (900, 300)
    assert [channel.kind for channel in loaded.channels] == ["console"]
    assert loaded.network == Network()
    assert loaded.policy.first_run == "silent"
    assert loaded.topic == "ottawa"
    assert sum(source.enabled for source in loaded.sources) >= 70
    assert loaded.warnings == ()


def test_the_default_policy_is_that_of_an_empty_file(written: Write) -> None:
    assert config.default_policy() == load(written("")).policy


def test_the_shipped_file_says_what_the_defaults_say(written: Write) -> None:
    shipped, empty = load(ROOT / "config.toml"), load(written(""))
    assert (shipped.policy, shipped.network, shipped.channels) == (
        empty.policy,
        empty.network,
        empty.channels,
    )
    assert shipped.sources == empty.sources
    assert shipped.state_dir == ROOT / "state"


def test_what_is_commented_out_in_the_shipped_file_is_right(written: Write, tmp_path: Path) -> None:
    lines = (ROOT / "config.toml").read_text("utf-8").splitlines()
    path = written("\n".join(re.sub(r"^# (?=\[|\w+ = )", "", line) for line in lines))
    (tmp_path / "smtp-password").write_text("pass word\n")
    loaded = load(path, SLACK_WEBHOOK="https://hooks.slack.com/services/x")
    assert [channel.name for channel in loaded.channels] == ["console", "slack", "email"]
    assert loaded.channels[1].settings["webhook"] == Secret("https://hooks.slack.com/services/x")
    assert loaded.channels[2].settings["password"] == Secret("pass word")
    assert loaded.channels[2].recipients == ("analyst@example.org",)
    assert "my-ministry" in {source.id for source in loaded.sources}
    assert "gdelt-doc" not in {source.id for source in loaded.sources}
    assert not next(source for source in loaded.sources if source.id == "untc-cn").enabled


def test_everything_can_be_said(written: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[source]]\nid = "from-pack"\nurl = "https://p.example/f"\n')
    loaded = load(
        written("""
            [watcher]
            state_dir = "var/state"
            contact = "env:CONTACT"
            timezone = "Europe/Warsaw"
            poll_every = "2h"
            min_poll_seconds = 10
            log = "json"
            templates = "mine"
            [sources]
            packs = ["mine.toml"]
            remove = ["other"]
            [[sources.add]]
            id = "other"
            url = "https://o.example/f"
            [[sources.add]]
            id = "page"
            kind = "page"
            url = "https://o.example/"
            tier = "official"
            every_seconds = "6h"
            tags = "baltic"
            options = { item = "li.news" }
            [sources.override.from-pack]
            enabled = false
            language = "lt"
            [[channels]]
            kind = "file"
            folder = "out"
            digest = false
            instant = ["in_effect"]
            states = ["fi"]
            min_tier = "wire"
            quiet_hours = { from = "9:00", to = "17:30" }
            max_per_hour = 3
            ops = false
            [policy]
            digest = ["07:15", "mon,thu 17:30", "0 6 1-7 * sun"]
            quiet_hours = { from = "22:00", to = "07:00", weekdays = ["sat", "sun"] }
            first_run = "alert"
            [network]
            max_body_mib = 0.5
            allow_private = ["127.0.0.1:8000"]
        """),
        CONTACT="ops@example.org",
    )
    zone = loaded.zone
    assert (loaded.contact, zone.key, loaded.poll_every_seconds) == ("ops@example.org", "Europe/Warsaw", 7200)
    assert (loaded.state_dir, loaded.templates_dir) == (tmp_path / "var" / "state", tmp_path / "mine")
    assert (loaded.log_format, loaded.min_poll_seconds) == ("json", 10)
    pack, page = loaded.sources
    assert (pack.id, pack.enabled, pack.language) == ("from-pack", False, "lt")
    assert (page.kind, page.tier, page.every_seconds, page.tags) == (
        "page",
        Tier.OFFICIAL,
        21600,
        ("baltic",),
    )
    assert page.options == {"item": "li.news"}
    (channel,) = loaded.channels
    assert channel.settings == {"folder": tmp_path / "out"}
    assert (channel.name, channel.digest_enabled, channel.digest, channel.ops) == ("file", False, None, False)
    assert (channel.instant, channel.states, channel.min_tier) == (("in_effect",), ("FI",), Tier.WIRE)
    assert channel.quiet == QuietHours(time(9), time(17, 30), zone)
    assert loaded.policy.quiet == QuietHours(time(22), time(7), zone, (5, 6))
    assert loaded.policy.digest == ("07:15", "mon,thu 17:30", "0 6 1-7 * sun")
    assert loaded.network.max_body_bytes == 512 * 1024
    assert loaded.network.allow_private == ("127.0.0.1:8000",)


def test_sources_added_by_command_are_read(written: Write, tmp_path: Path) -> None:
    path = written('[sources]\npacks = []\n[sources.override.own]\nname = "Mine"')
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "sources.toml").write_text('[[source]]\nid = "own"\nurl = "https://x.example/f"\n')
    assert [(source.id, source.name) for source in load(path).sources] == [("own", "Mine")]


def test_a_malformed_address_does_not_stop_the_others(written: Write) -> None:
    bad = (
        "http://[::1",
        "htp://x.example",
        "no address",
        "https://",
        "https://x.example:99999/",
        "http://a b/",
    )
    tables = "".join(f'[[sources.add]]\nid = "bad{n}"\nurl = "{url}"\n' for n, url in enumerate(bad))
    loaded = load(written(f"[sources]\npacks = []\n{tables}"))
    assert len(loaded.sources) == len(loaded.warnings) == len(bad)
    assert "config.toml:5: sources.add[0].url: 'http://[::1'" in loaded.warnings[0]


def test_only_the_kinds_in_use_are_loaded(written: Write) -> None:
    def never() -> object:
        raise AssertionError("imported")

    kinds = dict.fromkeys(CHANNELS, never) | {"console": CHANNELS["console"]}
    none = dict.fromkeys(SOURCES, never)
    loaded = config.load(written(""), env={}, source_kinds=none, channel_kinds=kinds)
    assert loaded.channels[0].kind == "console"


def test_locate_checks_nothing_else(written: Write, tmp_path: Path) -> None:
    assert config.locate(written("[watchr]")) == tmp_path / "state"
    assert config.locate(written('[watcher]\nstate_dir = "/var/lib/w"')) == Path("/var/lib/w")
    with pytest.raises(ConfigError, match=r"config.toml:2: watcher.state_dir: must be a string"):
        config.locate(written("[watcher]\nstate_dir = 3"))
    with pytest.raises(ConfigError, match=r"config.toml:1: not valid TOML"):
        config.locate(written("[watcher"))


# ── what is wrong, and where ──────────────────────────────────────────────────────────────────

FAULTS = [
    ("[watchr]\nx = 1", ":1: watchr: unknown section; did you mean 'watcher'?"),
    ('[watcher]\nstate_dri = "x"', ":2: watcher.state_dri: unknown key; did you mean 'state_dir'?"),
    ("[watcher]\nstate_dir = 3", ":2: watcher.state_dir: must be a string, in quotes"),
    (
        '[watcher]\n\ntimezone = "Europe/Warsav"',
        ":3: watcher.timezone: unknown time zone 'Europe/Warsav'; did you mean 'Europe/Warsaw'?",
    ),
    ('[watcher]\ntimezone = "../etc"', ":2: watcher.timezone: unknown time zone '../etc'; write it as 'Europe/Warsaw'"),
    (
        '[watcher]\npoll_every = "15 parsecs"',
        ":2: watcher.poll_every: must be seconds, or a time such as '90s', '15m', '2h' or '1d'",
    ),
    ('[watcher]\nmin_poll_seconds = "300"', ":2: watcher.min_poll_seconds: must be a whole number, without quotes"),
    ("[watcher]\nmin_poll_seconds = -1", ":2: watcher.min_poll_seconds: must be greater than or equal to 0"),
    ('[watcher]\nlog = "xml"', ":2: watcher.log: must be one of 'text', 'json'"),
    ('[topic]\nname = "otawa"', ":2: topic.name: there is no topic 'otawa'; did you mean 'ottawa'?"),
    ('[topic]\npath = "nowhere"', ":2: topic.path: there is no topic 'nowhere'; shipped: ottawa"),
    (
        '[sources]\npacks = ["topic",\n "x.toml"]',
        ":3: sources.packs[1]: there is no file",
    ),
    ('[sources]\nremove = ["gdelt-dok"]', ":2: sources.remove[0]: there is no source 'gdelt-dok'; did you mean 'gdelt-doc'?"),
    ("[sources.override.gdelt-dok]\nenabled = true", ":1: sources.override.gdelt-dok: there is no source"),
    ("[sources.override.gdelt-doc]\nenabled = 1", ":2: sources.override.gdelt-doc.enabled: must be true or false"),
    ('[[sources.add]]\nurl = "https://x.example"', ":1: sources.add[0].id: is missing"),
    ('[[sources.add]]\nid = "x"', ":1: sources.add[0].url: is missing"),
    ('[[sources.add]]\nid = "x"\nkind = "fed"\nurl = "https://x.example"', ":3: sources.add[0].kind: unknown kind 'fed'; did you mean 'feed'?"),
    ('[[sources.add]]\nid = "x"\nurl = "https://x.example"\ntier = "offical"', ":4: sources.add[0].tier: unknown tier 'offical'; did you mean 'official'?"),
    ('[[sources.add]]\nid = "untc-cn"\nurl = "https://x.example"', ":2: sources.add[0].id: there is a source 'untc-cn' already"),
    (
        '[[sources.add]]\nid = "x"\nkind = "page"\nurl = "https://x.example"\n[sources.add.options]\nitm = "li"',
        ":6: sources.add[0].options.itm: unknown key; did you mean 'item'?",
    ),
    ("channels = 3", ":1: channels: must be a list of tables"),
    ("[channels]\nkind = 3", ":1: channels: must be a list of tables: write [[channels]], in two brackets"),
    ("[[channels]]\nname = 'x'", ":1: channels[0].kind: is missing"),
    ('[[channels]]\nkind = "slak"', ":2: channels[0].kind: unknown kind 'slak'; did you mean 'slack'?"),
    ('[[channels]]\nkind = "slack"\nwebhok = "https://x"', ":3: channels[0].webhok: unknown key; did you mean 'webhook'?"),
    ('[[channels]]\nkind = "email"\nhost = "h"\nfrom = "a@b.example"', ":1: channels[0].to: is missing"),
    ('[[channels]]\nkind = "console"\nmin_teir = "wire"', ":3: channels[0].min_teir: unknown key; did you mean 'min_tier'?"),
    ('[[channels]]\nkind = "console"\nenabled = "yes"', ":3: channels[0].enabled: must be true or false, without quotes"),
    ('[[channels]]\nkind = "console"\ndigest = ["25:00"]', ":3: channels[0].digest: '25:00' is not a digest time"),
    ('[[channels]]\nkind = "console"\ninstant = ["in_efect"]', ":3: channels[0].instant[0]: unknown word 'in_efect'; did you mean 'in_effect'?"),
    ('[[channels]]\nkind = "console"\n\n[[channels]]\nkind = "console"', ":4: channels[1].name: there are two channels named 'console'"),
    ('[[channels]]\nkind = "slack"\nwebhook = "env:NOPE"', ":3: channels[0].webhook: the environment variable NOPE is not set; set it before starting"),
    ('[[channels]]\nkind = "slack"\nwebhook = "env:EMPTY"', ":3: channels[0].webhook: the environment variable EMPTY is empty"),
    ('[[channels]]\nkind = "slack"\nwebhook = "file:nowhere"', ":3: channels[0].webhook: "),
    ('[policy]\ndigest = ["08:00", "8 o\'clock"]', ":2: policy.digest: '8 o'clock' is not a digest time"),
    ('[policy]\ninstant = ["in_effect", "parliament_votes"]', ":2: policy.instant[1]: unknown word 'parliament_votes'; did you mean 'parliament_vote'?"),
    ('[policy]\ninstant_modalities = ["don"]', ":2: policy.instant_modalities[0]: unknown word 'don'; did you mean 'done'?"),
    ('[policy]\nquiet_hours = { from = "22:00", too = "07:00" }', ":2: policy.quiet_hours.too: unknown key; did you mean 'to'?"),
    ('[policy.quiet_hours]\nfrom = "22:00"\nto = "24:00"', ":3: policy.quiet_hours.to: '24:00' is not a time of day"),
    ('[policy]\nquiet_hours = { from = "1:00", to = "2:00", weekdays = ["sun", "moon"] }', ":2: policy.quiet_hours.weekdays: unknown weekday 'moon'"),
    ('[policy]\nfirst_run = "loud"', ":2: policy.first_run: must be one of 'silent', 'alert'"),
    ("[policy]\nclock_days = [30, -1]", ":2: policy.clock_days[1]: must be greater than or equal to 0"),
    ("[network]\nmax_body_mib = 0", ":2: network.max_body_mib: must be greater than 0"),
    ("[network]\nconcurrency = 1.5", ":2: network.concurrency: must be a whole number"),
    ('[watcher]\ncontact = "a"\ncontact = "b"', ":3: not valid TOML: cannot overwrite a value"),
    ("[watcher]\nx = ", ":2: not valid TOML: invalid value"),
    ('[watcher]\nx = """\nnever closed', ":3: not valid TOML: "),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_told_with_line_key_and_the_nearest_spelling(written: Write, text: str, told: str) -> None:
    lines = refused(written(text), EMPTY="")
    assert any(line.startswith(told) for line in lines), lines


def test_all_faults_are_told_at_once_in_their_order(written: Write) -> None:
    path = written(
        '[watcher]\npoll_every = "x"\n[[channels]]\nkind = "x"\n[policy]\nmax_per_hour = 0\n[nonsense]'
    )
    numbers = [int(line.split(":")[1]) for line in refused(path)]
    assert numbers == [2, 4, 6, 7]
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert (caught.value.file, caught.value.line, caught.value.key) == (path, 2, "watcher.poll_every")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config.toml: cannot be read: No such file"):
        load(tmp_path / "config.toml")


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes('[watcher]\ncontact = "Łódź"'.encode("cp1250"))
    with pytest.raises(ConfigError, match=r"config.toml:2: the file is not UTF-8"):
        load(path)
    path.write_bytes(b"\xef\xbb\xbf" + b'[watcher]\r\ncontact = "x"\r\n')
    assert load(path).contact == "x"


def test_a_fault_in_a_pack_names_the_pack(written: Write, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[source]]\nid = "x"\nkind = "fed"\nurl = "https://x.example"\n')
    with pytest.raises(
        TopicError, match=r"mine.toml: source 'x': kind: unknown kind 'fed'; did you mean 'feed'"
    ):
        load(written('[sources]\npacks = ["mine.toml"]'))
    (tmp_path / "mine.toml").write_text('[[source]]\nid = "x"\nurll = "https://x.example"\n')
    with pytest.raises(TopicError, match=r"mine.toml:3: source\[0\].urll: unknown key; did you mean 'url'"):
        load(written('[sources]\npacks = ["mine.toml"]'))


@pytest.mark.parametrize("kind", source_kinds.kinds())
def test_the_shipped_sources_of_every_kind_have_options_that_it_takes(kind: str, written: Write) -> None:
    """Not checked at load, where it would import every kind."""
    model = source_kinds.load(kind).Options
    for source in load(written("")).sources:
        if source.kind == kind:
            model.model_validate(dict(source.options))


# ── secrets ───────────────────────────────────────────────────────────────────────────────────

TOKEN = "xoxb-5e3c7e7-t0p"

HOLDING = {
    "stands in the file": f'[[channels]]\nkind = "slack"\ntoken = "{TOKEN}"\nchannel = "C1"\n',
    "environment": '[[channels]]\nkind = "slack"\ntoken = "env:TOKEN"\nchannel = "C1"\n',
    "file": '[[channels]]\nkind = "slack"\ntoken = "file:token"\nchannel = "C1"\n',
    "inside a list": f'[[channels]]\nkind = "apprise"\nurls = ["tgram://{TOKEN}/1", "env:TOKEN"]\n',
}


@pytest.mark.parametrize("text", HOLDING.values(), ids=HOLDING)
def test_a_secret_is_known_and_never_shown(written: Write, tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    loaded = load(written(text), TOKEN=TOKEN)
    held = list(_secrets(loaded.channels[0].settings))
    assert any(TOKEN in secret.reveal() for secret in held)
    shown = f"{loaded!r} {loaded} {loaded.channels[0].settings!r} {json.dumps(loaded.channels, default=str)}"
    assert TOKEN not in shown


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _secrets(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _secrets(one)


@pytest.mark.parametrize(
    "fault",
    [
        f'kind = "slack"\ntoken = "{TOKEN}"',  # no channel
        f'kind = "slack"\ntoken = "{TOKEN}"\nchannel = 3',
        f'kind = "slack"\ntokn = "{TOKEN}"\nchannel = "C"',
        f'kind = "slack"\ntoken = ["{TOKEN}"]\nchannel = "C"',
        f'kind = "slack"\ntoken = "{TOKEN}"\nwebhook = "{TOKEN}"',
        f'kind = "email"\nhost = "h"\nfrom = "a@b.example"\nto = "c@d.example"\npassword = {{ x = "{TOKEN}" }}',
        f'kind = "slack"\nmax_per_hour = "{TOKEN}"\nwebhook = "{TOKEN}"',
        f'kind = "apprise"\nurls = ["{TOKEN}", 3]',
    ],
)
def test_a_fault_beside_a_secret_does_not_show_it(written: Write, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(f"[[channels]]\n{fault}\n"), TOKEN=TOKEN)
    told = "".join(traceback.format_exception_only(caught.value)) + str(caught.value.__dict__)
    assert TOKEN not in told


def test_a_channel_that_is_off_needs_no_secret(written: Write) -> None:
    loaded = load(written('[[channels]]\nkind = "slack"\nenabled = false\nwebhook = "env:NOPE"'))
    assert not loaded.channels[0].enabled


# ── lines of a TOML file ──────────────────────────────────────────────────────────────────────

TRICKY = '''# a comment with [brackets] and = signs
top = "[not.a.table]"
"quoted key" = 1
dotted.key.here = { a = 1, "b c" = [1, 2] }
text = """
[inside]
x = 1
"""
raw = \'\'\'
[[inside]]\'\'\'
list = [
  "one", # ]
  "two",
  { x = 1,  y = "}" },
]
[table] # with a comment
key = "\\"]"
[[rows]]
a = 1
[[rows]]
a = 2
[rows.sub]
b = 3
[[rows.deep]]
c = 4
[[rows.deep]]
c = 5
["odd.name"]
k = 1
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("top",), 2),
        (("quoted key",), 3),
        (("dotted", "key", "here"), 4),
        (("dotted", "key", "here", "b c", 1), 4),
        (("text",), 5),
        (("list",), 11),
        (("list", 0), 12),
        (("list", 1), 13),
        (("list", 2, "y"), 14),
        (("table",), 16),
        (("table", "key"), 17),
        (("rows", 0), 18),
        (("rows", 1, "a"), 21),
        (("rows", 1, "sub", "b"), 23),
        (("rows", 1, "deep", 1, "c"), 27),
        (("odd.name", "k"), 29),
        (("table", "missing"), 16),
        (("missing",), None),
    ],
)
def test_the_line_of_a_value(place: tuple[str | int, ...], line: int | None) -> None:
    tomllib.loads(TRICKY)
    assert find_line(TRICKY, place) == line


@given(st.text() | st.text("[]{}\"'\n=.,# ab1\\"))
def test_looking_for_a_line_ends_whatever_the_text(text: str) -> None:
    find_line(text, ("a", 1))


def test_reading_toml_raises_one_error_only(tmp_path: Path) -> None:
    with pytest.raises(TomlError):
        read_toml(tmp_path)


# ── documentation and neighbours ──────────────────────────────────────────────────────────────


def documented() -> dict[str, set[str]]:
    """The keys in the tables of docs/configuration.md, by heading."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in (ROOT / "docs" / "configuration.md").read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.strip("# ")
        elif row := re.match(r"\| `(\w+)` \|", line):
            found.setdefault(heading, set()).add(row[1])
    return found


def test_every_key_is_documented_and_every_documented_key_is_one() -> None:
    told = documented()
    for name, model in SECTIONS.items():
        assert told[f"[{name}]"] == set(model.model_fields), name
    fields = {*SourceFields.model_fields, *AddedSource.model_fields}
    assert told["[[sources.add]] and [sources.override.\\<id>]"] == fields
    assert told["[[channels]]"] == set(ChannelSection.model_fields) | set(channel_kinds.kinds())
    assert {field.alias for field in QuietSection.model_fields.values()} >= {"from", "to"}


@pytest.mark.parametrize("kind", channel_kinds.kinds())
def test_every_key_of_a_channel_kind_is_documented(kind: str) -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| `{kind}` \| (.+) \|$", text, re.M)
    model = channel_kinds.load(kind).Settings
    keys = {field.alias or name for name, field in model.model_fields.items()}  # type: ignore[attr-defined]
    assert keys <= set(re.findall(r"`(\w+)`", row))


def test_every_key_of_the_shipped_file_is_documented() -> None:
    values = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    told = documented()
    for section, keys in values.items():
        if isinstance(keys, dict):
            assert set(keys) <= told[f"[{section}]"], section


def test_documented_defaults_are_the_defaults(written: Write) -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    for name in ("watcher", "topic", "policy", "network"):
        part = text.split(f"## [{name}]")[1].split("\n## ")[0]
        for key, default in re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", part, re.M):
            said = SECTIONS[name].model_validate({key: tomllib.loads(f"x = {default}")["x"]})
            assert getattr(said, key) == getattr(SECTIONS[name](), key), key


@given(
    st.from_regex(r"\A((mon|tue|sun|xyz)(-(fri|sat))?(,wed)? )?\d{1,2}:\d\d\Z")
    | st.lists(st.from_regex(r"\A(\*|\d{1,2}|\d{1,2}-\d{1,2}|mon|jan)(/\d)?\Z"), min_size=5, max_size=5).map(
        " ".join
    )
    | st.text(max_size=12)
)
def test_a_digest_time_that_is_taken_here_is_understood_by_the_judge(spec: str) -> None:
    try:
        digest_time(spec)
    except ValueError:
        return
    Hours(spec)


@pytest.mark.parametrize(
    "place", ["localhost", "127.0.0.1", "http://x.example:80", "x.example:0", "::1:80", "a b:1"]
)
def test_allow_private_wants_host_and_port(written: Write, place: str) -> None:
    (line,) = refused(written(f'[network]\nallow_private = ["127.0.0.1:8025", "[::1]:25", "{place}"]'))
    assert line.startswith(":2: network.allow_private: ")
    assert "is not a host:port; write it as '127.0.0.1:8025'" in line


def test_an_unknown_key_without_a_near_spelling_names_the_known_ones(written: Write) -> None:
    (line,) = refused(written("[network]\nzzz = 5"))
    assert line.startswith(":2: network.zzz: unknown key; known here: deadline_seconds, max_body_mib")
