"""One spelling for every way a word is written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.judge.fold import fold, fold_pattern, passage, sentences
from watcher.model import Entry, EntryKey, SourceId


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ŁÓDŹ", "lodz"),
        ("Straße", "strasse"),
        ("anti\u2011personnel", "anti-personnel"),
        ("d\u2019Ottawa", "d'ottawa"),
        ("land\u00admine\u200b", "landmine"),
        ("ﬁnland", "finland"),
        ("Ｏｔｔａｗａ", "ottawa"),
        ("İstanbul ısı", "istanbul isi"),
        ("Fœtus Ærø", "foetus aero"),
        ("Οτάβας", "οταβασ"),
        ("КОНВЕНЦИЙ", "конвенции"),
        ("أُوتاوا", "اوتاوا"),
        ("اتفاقيــة", "اتفاقيه"),
        ("مین‌های", "مينهاي"),
        ("ガ ﾊﾟ", "ガ パ"),
        ("กำลัง", "กำลัง"),
        ("  two\u00a0 \n words ", "two words"),
        ("Piyada əleyhinə", "piyada aleyhina"),
    ],
)
def test_spelling_is_folded(written: str, folded: str) -> None:
    assert fold(written) == fold(folded)
    assert written.isascii() or fold(written) == fold(fold(written))


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(categories=["L", "N"])))
def test_pattern_of_plain_letters_matches_their_folded_text(text: str) -> None:
    assert (
        re.fullmatch(fold_pattern(re.escape(text)), fold(text))
        or " " in fold(text)
        or "\\" in re.escape(text)
    )


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"konwencj\w+ o zakazie min\b", "Konwencją o zakazie min"),
        (r"Ottaw\w+ (?:dohovor|zmluv)", "OTTAWSKÝ dohovor"),
        (r"(?<!no )ΣΥΝΘΉΚΗ", "η συνθήκη"),
        (r"\W+Été", "  été"),
    ],
)
def test_patterns_fold_but_their_escapes_stay(pattern: str, text: str) -> None:
    assert re.search(fold_pattern(pattern), " " + fold(text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three? Four", 4),
        ("Mr. Tusk said so. The U.S. Army agrees.", 2),
        ("Am 4. Juni stimmte das Parlament zu. Danach nicht.", 2),
        ("Dz.U. 2025 poz. 1514. Koniec.", 2),
        ("これは文です。次の文です。", 2),
        ("यह एक वाक्य है। दूसरा वाक्य।", 2),
        ("Line one\nline two", 2),
        ("", 0),
    ],
)
def test_sentences_are_told_apart(text: str, count: int) -> None:
    assert len(sentences(text)) == count, sentences(text)


@given(st.text())
def test_no_sentence_is_empty_and_none_is_invented(text: str) -> None:
    found = sentences(text)
    assert all(s.strip() for s in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_summary_that_the_content_repeats_is_read_once() -> None:
    entry = Entry(EntryKey("k"), SourceId("s"), "", "Title", "First one.", "First one. Second one.")
    assert [(s.where, s.text) for s in passage(entry)] == [
        ("title", "Title"),
        ("content", "First one."),
        ("content", "Second one."),
    ]
