"""Numbers with their meaning, in many languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.judge.figures import figures_in, is_ballot
from watcher.judge.fold import fold
from watcher.model import Evidence

HERE = Evidence("as written", "summary", "en")


def counts(text: str) -> dict[str, int]:
    return {figure.key: figure.value for figure in figures_in(fold(text), HERE)}


@pytest.mark.parametrize(
    ("text", "votes"),
    [
        ("Parliament voted by 157 to 18", (157, 18, None)),
        ("Lawmakers passed the bill 157-18", (157, 18, None)),
        ("157 MPs voted for, 18 against", (157, 18, None)),
        ("The vote was 107 in favour, none against and three abstaining", (107, 0, 3)),
        ("За проголосовали 66 депутатов, против — 14, воздержались двое", (66, 14, 2)),
        ("«За» 299 голосів, проти 0 у Раді", (299, 0, None)),
        ("par balsoja 66 deputāti, pret – 14, atturējās 2", (66, 14, 2)),
        ("Seimas balsavo: 107 už, 3 susilaikė", (107, None, 3)),
        ("Głosowało za 413 posłów, przeciw 15, wstrzymało się 3", (413, 15, 3)),
        ("Eduskunta hyväksyi esityksen äänin 157–18", (157, 18, None)),
        ("Das Parlament stimmte mit 157 zu 18 Stimmen zu", (157, 18, None)),
        ("Le Parlement a voté par 157 voix contre 18", (157, 18, None)),
        ("El Parlamento votó con 157 votos a favor y 18 en contra", (157, 18, None)),
        ("Il parlamento: 157 voti a favore, 18 contrari", (157, 18, None)),
        ("Het parlement stemde met 157 tegen 18", (157, 18, None)),
        ("Parlamentul a votat cu 157 de voturi pentru și 18 împotrivă", (157, 18, None)),
        ("议会以157票赞成、18票反对通过", (157, 18, None)),
        ("議会は賛成157、反対18で可決した", (157, 18, None)),
        ("의회는 찬성 157표, 반대 18표로 가결했다", (157, 18, None)),
    ],
)
def test_votes(text: str, votes: tuple[int | None, ...]) -> None:
    found = counts(text)
    assert tuple(found.get(key) for key in ("votes_for", "votes_against", "abstained")) == votes


@pytest.mark.parametrize(
    "text",
    [
        "Parliament votes on 27-28 June",
        "The 2025-29 action plan was adopted by vote",
        "Finland spends 3% of GDP, lawmakers heard",
    ],
)
def test_what_is_no_ballot(text: str) -> None:
    assert not is_ballot(figures_in(fold(text), HERE))


def test_parties_and_how_exact() -> None:
    exact, more = (
        figures_in(fold("164 states parties"), HERE),
        figures_in(fold("more than 160 countries joined"), HERE),
    )
    assert [(f.key, f.value, f.op) for f in (*exact, *more)] == [("parties", 164, "="), ("parties", 160, ">")]
    assert counts("Tonga became the 166th State Party") == {"parties": 166}


def test_casualties_with_their_year() -> None:
    text = "The report counted 6,279 casualties in 2024: 1,945 people killed and 4,325 injured"
    found = {f.key: (f.value, f.period) for f in figures_in(fold(text), HERE)}
    assert found == {"casualties": (6279, "2024"), "killed": (1945, "2024"), "injured": (4325, "2024")}


def test_stockpile_in_millions() -> None:
    assert counts("more than 55 million mines from stockpiles were destroyed") == {"stockpile": 55_000_000}


def test_figure_keeps_its_sentence() -> None:
    assert all(f.evidence is HERE for f in figures_in("parliament voted 66-14", HERE))


@given(st.text(max_size=200))
def test_any_text_gives_figures_each_key_once(text: str) -> None:
    keys = [f.key for f in figures_in(fold(text), HERE)]
    assert len(keys) == len(set(keys))
