"""The judge as it is today against the floors."""

from __future__ import annotations

from pathlib import Path

from tests.gold import gate


def test_judge_holds_its_floors() -> None:
    assert gate.main([]) == 0


def test_fingerprint_follows_labels_and_not_order(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text('{"id": "1", "relevant": true}\n{"id": "2", "relevant": false}\n')
    second.write_text('{"relevant": false, "id": "2"}\n{"id": "1", "relevant": true}\n')
    assert gate.fingerprint(first) == gate.fingerprint(second)
    second.write_text('{"id": "2", "relevant": true}\n{"id": "1", "relevant": true}\n')
    assert gate.fingerprint(first) != gate.fingerprint(second)


def test_folds_keep_an_event_together() -> None:
    corpus = gate.read(gate.ROWS)
    parts = list(gate.folds(corpus))
    assert sum(map(len, parts)) == len(corpus)
    events = [{x.label.event for x in part if x.label.event} for part in parts]
    assert all(not (a & b) for i, a in enumerate(events) for b in events[i + 1 :])
