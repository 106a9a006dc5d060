"""The measures of the gate, on small worlds whose figures are known by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gold import gate
from tests.gold.measures import (
    Answer,
    Label,
    Told,
    alerting,
    b_cubed,
    developments,
    false_steps,
    precision,
    premature,
    recall,
    recall_by_language,
    states_f1,
)


def a_label(id_: str, **values: object) -> Label:
    values = {"language": "en", "relevant": True} | values
    return Label(id=id_, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stories", "expected"),
    [
        ({"a": 1, "b": 1, "c": 2}, 1.0),
        ({"a": 1, "b": 1, "c": 1}, 2 * (5 / 9) / (1 + 5 / 9)),
        ({"a": 1, "b": 2, "c": 3}, 2 * (2 / 3) / (1 + 2 / 3)),
        ({"a": None, "b": None, "c": None}, 2 * (2 / 3) / (1 + 2 / 3)),
    ],
)
def test_b_cubed_by_hand(stories: dict[str, int | None], expected: float) -> None:
    labels = [a_label("a", event="x"), a_label("b", event="x"), a_label("c", event="y")]
    answers = {key: Answer(relevant=True, story=story) for key, story in stories.items()}
    assert b_cubed(labels, answers) == pytest.approx(expected)


def test_relevance_counts_borderline_rows_for_neither_side() -> None:
    labels = [
        a_label("a"),
        a_label("b"),
        a_label("c", relevant=False),
        a_label("d", relevant=False, borderline=True),
    ]
    answers = {
        "a": Answer(relevant=True),
        "b": Answer(relevant=False),
        "c": Answer(relevant=True),
        "d": Answer(relevant=True),
    }
    assert recall(labels, answers).share == 0.5
    assert precision(labels, answers).share == 0.5
    assert recall(labels, answers).wrong == ["b"]


def test_small_languages_do_not_count_as_worst() -> None:
    labels = [a_label(f"et{i}", language="et") for i in range(4)] + [a_label("no", language="no")]
    answers = {label.id: Answer(relevant=label.id not in ("et0", "no")) for label in labels}
    assert recall_by_language(labels, answers) == {"et": 0.75}


def test_states_are_scored_pair_by_pair() -> None:
    labels = [a_label("a", countries=frozenset({"EE", "LV"})), a_label("b")]
    answers = {
        "a": Answer(relevant=True, countries=frozenset({"EE", "PL"})),
        "b": Answer(relevant=True),
    }
    assert states_f1(labels, answers).share == 0.5


def test_lenient_development_takes_what_a_fair_reader_could_say() -> None:
    labels = [a_label("a", development="suspended", acceptable=frozenset({"parliament_vote"}))]
    answers = {"a": Answer(relevant=True, development="parliament_vote")}
    assert developments(labels, answers, lenient=True).share == 1
    assert developments(labels, answers, lenient=False).share == 0


@pytest.mark.parametrize(
    ("modality", "share"), [("done", 0.0), ("planned", 1.0), ("denied", 1.0), ("reported", 1.0)]
)
def test_a_planned_vote_told_as_done_is_premature(modality: str, share: float) -> None:
    labels = [a_label("a", development="parliament_vote", modality="planned")]
    answers = {"a": Answer(relevant=True, development="parliament_vote", modality=modality)}
    assert premature(labels, answers).share == share


def test_alerting_finds_missed_steps_repeats_and_false_alarms() -> None:
    step = {"countries": frozenset({"EE"}), "development": "parliament_vote", "modality": "done"}
    labels = [
        a_label("a", event="vote", **step),
        a_label("b", event="vote", **step),
        a_label("c", event="other-vote", **step),
        a_label("d", relevant=False),
    ]
    told = [Told(frozenset({"a"})), Told(frozenset({"b"})), Told(frozenset({"d"}))]
    found = alerting(labels, told)
    assert (found.steps_told, found.per_step, found.near_miss_alerts) == (0.5, 2.0, 1)
    assert found.missed == ("other-vote",)


def test_a_step_that_nobody_took_is_false_however_it_is_told() -> None:
    labels = [
        a_label("a", countries=frozenset({"EE", "LV"}), development="notified_un"),
        a_label("b", countries=frozenset({"CZ"}), development="reaffirmed"),
    ]
    told = [
        Told(frozenset({"a"}), countries=frozenset({"EE"}), development="notified_un"),
        Told(frozenset({"a"}), countries=frozenset({"EE", "PL"}), development="notified_un"),
        Told(frozenset({"b"}), False, frozenset({"CZ"}), "government_decision"),
        Told(frozenset({"b"}), False, frozenset({"CZ"}), "government_decision", sure=False),
        Told(frozenset({"b"}), False, frozenset({"CZ"}), "reaffirmed"),
    ]
    assert false_steps(labels, told) == ("EE,PL notified_un: a", "CZ government_decision: b")


def test_floors_rise_and_never_fall(tmp_path: Path) -> None:
    floors = {"recall": 0.9, "near_miss_alerts": 1.0}
    assert gate.raised({"recall": 0.9874, "near_miss_alerts": 0.0}, floors) == {
        "recall": 0.98,
        "near_miss_alerts": 0.0,
    }
    assert gate.raised({"recall": 0.902, "near_miss_alerts": 1.0}, floors)["recall"] == 0.9
    with pytest.raises(ValueError, match=r"recall: 0\.8990, floor 0\.9000"):
        gate.raised({"recall": 0.899, "near_miss_alerts": 0.0}, floors)
    with pytest.raises(ValueError, match="ceiling"):
        gate.raised({"recall": 0.99, "near_miss_alerts": 2.0}, floors)
    with pytest.raises(ValueError, match="no longer measured"):
        gate.raised({"recall": 0.99}, floors)
    file = tmp_path / "floors.toml"
    gate.write_floors(file, "abc", 3, {"recall": 0.985})
    assert gate.read_floors(file) == ("abc", {"recall": 0.985})
