"""Topic packs: the shipped one holds together, and a fault in one's own is told with file, line and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from watcher.config import load_topic
from watcher.errors import TopicError
from watcher.load_topic import PARTS, SHIPPED
from watcher.model import Figure, Modality, Tier
from watcher.topic import PastEvent

FILES = {
    "lexicon": '[concept.treaty]\nen = [\n  "mine ban (treaty|convention)",\n  "apmbc",\n]\n"*" = "ottawa"\n'
    "[settings]\nthreshold = 2\n[official_titles]\nen = 'Convention'\n[queries.en]\nq = 'mine ban'\nhl = 'en'\n",
    "lifecycle": 'developments = ["parliament_vote", "in_effect"]\n'
    '[[stage]]\ncode = "W4"\npath = "leave"\nrank = 4\ndevelopment = "parliament_vote"\nlabel = "parliament"\n'
    '[[stage]]\ncode = "W7"\npath = "leave"\nrank = 7\ndevelopment = "in_effect"\nlabel = "out"\n'
    'legal_status = "FORMER_PARTY"\nweight = 3.5\n[cues.vote]\nen = ["voted"]\n',
    "states": '[FI]\nname = "Finland"\nlegal_status = "FORMER_PARTY"\nsince = 2026-01-10\n'
    '[FI.names]\nen = ["finland", "finnish"]\n[UA]\nname = "Ukraine"\nlegal_status = "PARTY_CONTESTED"\nconflict = true\n',
    "baseline": 'title = "Four leave"\npublisher = "X"\npublished = 2025-03-21\nlanguage = "en"\nnotes = ["n"]\n'
    '[[claim]]\nstates = ["FI"]\nstage = "W4"\nevent_date = 2025-03-18\nmodality = "planned"\n'
    '[[figure]]\nkey = "parties"\nvalue = 160\nop = ">"\n[[prediction]]\nby = "Y"\nwhat = "Z"\n',
    "history": '[[event]]\nstates = ["FI"]\nstage = "W4"\ndate = 2025-06-19\nwhat = "voted"\n'
    'sources = ["https://x.example"]\ntier = "official"\nfigures = [{ key = "votes_for", value = 157 }]\n'
    '[[event]]\nstate = "FI,UA"\nstage = "W7"\ndate = "2025-12-01..05"\nwhat = "out"\n',
    "deadlines": '[[deadline]]\nstate = "UA"\ndate = 2033-12-01\narticle = 5\n',
    "sources": '[[source]]\nid = "a"\nurl = "https://a.example"\ntier = "wire"\nrobots = "allows"\n'
    'options = { aggregator = true }\n',
}  # fmt: skip


def pack(folder: Path, **changes: str) -> Path:
    folder = folder / "pack"
    folder.mkdir(exist_ok=True)
    for name, text in {**FILES, **changes}.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def test_a_pack_is_read_whole(tmp_path: Path) -> None:
    topic = load_topic(pack(tmp_path, topic='title = "Mines"\ndepositary = "UN"\n'))
    assert (topic.name, topic.title, topic.meta["depositary"]) == ("pack", "Mines", "UN")
    assert topic.lexicon.patterns["treaty"] == {
        "en": ("mine ban (treaty|convention)", "apmbc"),
        "*": ("ottawa",),
    }
    assert topic.lexicon.settings == {"threshold": 2.0}
    assert topic.lexicon.queries == {"en": {"q": "mine ban", "hl": "en"}}
    assert [stage.rank for stage in topic.lifecycle.stages.values()] == [4, 7]
    assert topic.lifecycle.cues == {"vote": {"en": ("voted",)}}
    assert (topic.states["FI"].since, topic.states["UA"].conflict) == (date(2026, 1, 10), True)
    assert topic.states["UA"].names == {}
    (claim,) = topic.baseline.claims
    assert (claim.development, claim.modality, claim.date_precision) == (
        "parliament_vote",
        Modality.PLANNED,
        "day",
    )
    assert topic.baseline.figures == (Figure("parties", 160, ">"),)
    assert topic.baseline.predictions == ({"by": "Y", "what": "Z"},)
    first, second = topic.history
    assert first == PastEvent(
        ("FI",), "W4", "", date(2025, 6, 19), "2025-06-19", "voted", ("https://x.example",), "sure",
        figures=(Figure("votes_for", 157),), tier=Tier.OFFICIAL,
    )  # fmt: skip
    assert (second.states, second.date, second.date_text) == (("FI", "UA"), None, "2025-12-01..05")
    assert topic.deadlines == ({"state": "UA", "date": "2033-12-01", "article": "5"},)
    (source,) = topic.sources
    assert (source.kind, source.name, source.tier, source.robots) == ("feed", "a", Tier.WIRE, "allows")


def test_only_the_parts_that_are_asked_for_are_opened(tmp_path: Path) -> None:
    folder = pack(tmp_path, lexicon="not toml", states="neither")
    topic = load_topic(folder, ("sources", "lifecycle"))
    assert len(topic.sources) == 1
    assert topic.lexicon.patterns == topic.states == {}
    assert (topic.baseline.title, topic.history) == ("", ())


FAULTS = [
    ("lexicon", '[concept.treaty]\nen = [\n  "fine",\n  "mine[ban",\n]\n', r":4: concept.treaty.en\[1\]: 'mine\[ban' is no regular"),
    ("lexicon", "[concept.treaty]\nen = [3]\n", r":2: concept.treaty.en: must be a list of strings"),
    ("lexicon", "[concept]\ntreaty = 3\n", r":2: concept.treaty: must be a table"),
    ("lexicon", "[settings]\nthreshold = 'x'\n", r":2: settings.threshold: must be a number"),
    ("lexicon", "[concepts.treaty]\n", r":1: concepts: unknown key; did you mean 'concept'\?"),
    ("lexicon", "[concept", r":1: not valid TOML"),
    ("lifecycle", FILES["lifecycle"].replace('"in_effect"\nlabel', '"in_efect"\nlabel'), r":12: stage\[1\].development: unknown development 'in_efect'; did you mean 'in_effect'"),
    ("lifecycle", FILES["lifecycle"].replace('"W7"', '"W4"'), r":9: stage\[1\].code: 'W4' stands twice"),
    ("lifecycle", FILES["lifecycle"].replace("rank = 7", "rank = 'x'"), r":11: stage\[1\].rank: must be a whole number"),
    ("lifecycle", FILES["lifecycle"].replace('path = "leave"\nrank = 7', 'path = "left"\nrank = 7'), r":10: stage\[1\].path: unknown path 'left'; one of"),
    ("lifecycle", FILES["lifecycle"].replace("voted", "(voted"), r"cues.vote.en\[0\]: '\(voted' is no regular"),
    ("states", "[FIN]\nname = 'x'", r":1: FIN: a state is two capital letters"),
    ("states", "[FI]\nname = 'x'\nlegal_status = 'PARTI'", r":3: FI.legal_status: unknown legal_status 'PARTI'; did you mean 'PARTY'"),
    ("states", "[FI]\nname = 'x'", r":1: FI.legal_status: is missing"),
    ("states", FILES["states"].replace("2026-01-10", "'January'"), r":4: FI.since: 'January' is not a date"),
    ("states", FILES["states"].replace("conflict = true", "conflict = 1"), r"UA.conflict: must be true or false"),
    ("states", FILES["states"].replace("finnish", "finn(ish"), r":6: FI.names.en\[1\]: 'finn\(ish' is no regular"),
    ("baseline", FILES["baseline"].replace("published = 2025-03-21\n", ""), r"published: is missing"),
    ("baseline", FILES["baseline"].replace('"W4"', '"W5"'), r"claim\[0\].stage: unknown stage 'W5'"),
    ("baseline", FILES["baseline"].replace('"planned"', '"planed"'), r"claim\[0\].modality: unknown modality 'planed'; did you mean 'planned'"),
    ("baseline", FILES["baseline"].replace('">"', '">="'), r"figure\[0\].op: unknown op '>='"),
    ("history", FILES["history"].replace('["FI"]', '["Finland"]'), r"event\[0\].states: 'Finland' is not a state"),
    ("history", FILES["history"].replace("what = \"voted\"\n", ""), r":1: event\[0\].what: is missing"),
    ("history", FILES["history"].replace("sources =", "source ="), r"event\[0\].source: unknown key; did you mean 'sources'"),
    ("history", FILES["history"].replace("[[event]]", "[[events]]"), r":1: events: unknown key; did you mean 'event'"),
    ("sources", FILES["sources"] * 2, r":8: source\[1\].id: 'a' stands twice"),
    ("sources", FILES["sources"].replace('"wire"', '"wired"'), r":4: source\[0\].tier: unknown tier 'wired'; did you mean 'wire'"),
    ("sources", FILES["sources"].replace('"a"', '"A B"'), r":2: source\[0\].id: 'A B': use small letters"),
    ("sources", "source = 3", r":1: source: must be a list of tables: \[\[source\]\]"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "text", "told"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_told_with_file_line_and_key(tmp_path: Path, part: str, text: str, told: str) -> None:
    with pytest.raises(
        TopicError,
        match=rf"{part}\.toml{told}" if told[0] == ":" else rf"{part}\.toml:\d+: {told}|{part}\.toml: {told}",
    ):
        load_topic(pack(tmp_path, **{part: text}))


@pytest.mark.parametrize("part", [part for part in PARTS if part != "deadlines"])
def test_a_file_that_is_missing_is_told(tmp_path: Path, part: str) -> None:
    folder = pack(tmp_path)
    (folder / f"{part}.toml").unlink()
    with pytest.raises(TopicError, match=rf"{part}\.toml: cannot be read: No such file"):
        load_topic(folder)


def test_a_pack_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match="no such folder"):
        load_topic(tmp_path / "nowhere")


# ── the shipped packs ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", sorted(one.name for one in SHIPPED.iterdir() if (one / "lexicon.toml").exists())
)
def test_a_shipped_pack_holds_together(name: str) -> None:
    """Every pattern compiles, which is not checked when a shipped pack is loaded (it takes half a second)."""
    topic = load_topic(SHIPPED / name, check_patterns=True)
    assert len(topic.lexicon.patterns) > 3
    assert topic.states
    for event in topic.history:
        assert set(event.states) <= set(topic.states), event
    for claim in topic.baseline.claims:
        assert set(claim.states) <= set(topic.states), claim
    for source in topic.sources:
        assert source.state is None or source.state in topic.states, source
        assert source.url or source.kind in ("query", "json"), source
    assert sum(source.enabled for source in topic.sources) >= 70
