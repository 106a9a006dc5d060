"""The language of a text: declared when plausible, else by script, small words and at last a model."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.judge.language import language_of, normal

SENTENCES = [
    ("en", "The parliament voted to leave the treaty on Thursday, the minister said"),
    ("fr", "Le parlement a voté jeudi pour quitter le traité, a déclaré le ministre"),
    ("es", "El parlamento votó el jueves a favor de abandonar el tratado, dijo el ministro"),
    ("pt", "O parlamento votou na quinta-feira a favor da saída do tratado, disse o ministro"),
    ("it", "Il parlamento ha votato giovedì per uscire dal trattato, ha detto il ministro"),
    ("ro", "Parlamentul a votat joi pentru ieșirea din tratat, a spus ministrul"),
    ("de", "Das Parlament stimmte am Donnerstag für den Austritt aus dem Vertrag, sagte der Minister"),
    ("nl", "Het parlement stemde donderdag voor het verlaten van het verdrag, zei de minister"),
    ("sv", "Riksdagen röstade på torsdagen för att lämna fördraget, sade ministern"),
    ("no", "Stortinget stemte torsdag for å forlate avtalen, sa ministeren etter møtet"),
    ("da", "Folketinget stemte torsdag for at forlade aftalen, sagde ministeren efter mødet"),
    ("is", "Þingið samþykkti á fimmtudag að segja sig frá samningnum, sagði ráðherrann"),
    ("fi", "Eduskunta äänesti torstaina sopimuksesta irtautumisen puolesta, sanoi ministeri"),
    ("et", "Riigikogu hääletas neljapäeval lepingust väljumise poolt, ütles minister"),
    ("lv", "Saeima ceturtdien nobalsoja par izstāšanos no konvencijas, sacīja ministrs"),
    ("lt", "Seimas ketvirtadienį balsavo už pasitraukimą iš konvencijos, sakė ministrė"),
    ("pl", "Sejm zagłosował w czwartek za wyjściem z konwencji, powiedział minister"),
    ("cs", "Sněmovna ve čtvrtek hlasovala pro odstoupení od úmluvy, řekl ministr"),
    ("sk", "Parlament vo štvrtok hlasoval za odstúpenie od dohovoru, povedal minister"),
    ("hu", "A parlament csütörtökön megszavazta a kilépést az egyezményből, mondta a miniszter"),
    ("hr", "Sabor je u četvrtak glasovao za povlačenje iz konvencije, rekao je ministar"),
    ("sl", "Državni zbor je v četrtek glasoval za izstop iz konvencije, je dejal minister"),
    ("tr", "Meclis perşembe günü sözleşmeden çekilme için oy kullandı ve bakan bunu açıkladı"),
    ("az", "Parlament cümə axşamı konvensiyadan çıxmağa səs verdi, nazir bildirib"),
    ("vi", "Quốc hội hôm thứ Năm đã bỏ phiếu rút khỏi công ước, bộ trưởng cho biết"),
    ("id", "Parlemen pada hari Kamis memilih untuk keluar dari konvensi, kata menteri"),
    ("uk", "У четвер парламент проголосував за вихід із конвенції, повідомив міністр"),
    ("ru", "В четверг парламент проголосовал за выход из конвенции, сообщил министр"),
    ("bg", "В четвъртък парламентът гласува за оттегляне от конвенцията, каза министърът"),
    ("sr", "Скупштина је у четвртак гласала за повлачење из конвенције, рекао је министар"),
    ("el", "Το κοινοβούλιο ψήφισε την Πέμπτη υπέρ της αποχώρησης από τη συνθήκη"),
    ("ka", "პარლამენტმა ხუთშაბათს კონვენციიდან გასვლას მხარი დაუჭირა"),
    ("hy", "Խորհրդարանը հինգշաբթի քվեարկեց կոնվենցիայից դուրս գալու օգտին"),
    ("ar", "صوت البرلمان يوم الخميس على الانسحاب من الاتفاقية"),
    ("fa", "پارلمان روز پنجشنبه به خروج از این پیمان رأی داد و گفت که این را تأیید می‌کند"),
    ("he", "הפרלמנט הצביע ביום חמישי על פרישה מהאמנה"),
    ("hi", "संसद ने गुरुवार को संधि से बाहर निकलने के लिए मतदान किया"),
    ("zh", "议会周四投票决定退出公约"),
    ("ja", "議会は木曜日、条約からの脱退を可決した"),
    ("ko", "의회는 목요일 협약 탈퇴를 가결했다"),
    ("th", "รัฐสภาลงมติถอนตัวจากอนุสัญญาเมื่อวันพฤหัสบดี"),
    ("km", "សភាបានបោះឆ្នោតដកខ្លួនចេញពីអនុសញ្ញា"),
]


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_language_is_found(language: str, text: str) -> None:
    assert language_of(text) == language
    assert language_of(text, language) == language


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en", "Saeima ceturtdien nobalsoja par izstāšanos no konvencijas", "lv"),  # a feed's default
        ("en-US", "波兰退出公约", "zh"),
        ("ru", "У четвер парламент проголосував за вихід із конвенції", "uk"),
        ("nb-NO", "Stortinget sier nei", "no"),
        ("sr", "Poslanici su glasali protiv", "sr"),  # nearly the same words as Croatian: the feed knows
        ("ja", "脱退可決", "ja"),
        ("xx-none", "12345", "xx"),
        (None, "12345 !!", None),
        (None, "", None),
        ("", "", None),
    ],
)
def test_declared_language_is_believed_when_it_fits(
    declared: str | None, text: str, language: str | None
) -> None:
    assert language_of(text, declared) == language


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("EN_us", "en"),
        ("nn", "no"),
        ("iw", "he"),
        ("  Pl ", "pl"),
        ("english", None),
        ("", None),
        (None, None),
    ],
)
def test_codes_are_made_iso_639_1(declared: str | None, code: str | None) -> None:
    assert normal(declared) == code


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.sampled_from([None, "en", "de-AT", "??", "zz"]))
def test_any_text_has_one_answer(text: str, declared: str | None) -> None:
    assert language_of(text, declared) == language_of(text, declared)


def test_model_is_not_loaded_for_what_declares_itself() -> None:
    code = (
        "import sys; from watcher.judge.language import language_of; "
        "language_of('The parliament voted to leave the treaty', 'en'); language_of('의회는'); "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_small_model_says_what_the_library_says() -> None:
    """Texts without small words: nothing but the model decides. Its memory is a fifth of the library's."""
    from watcher.judge.language_model import Library, Model, load

    codes = {code: code for code, _ in SENTENCES}
    small, library = load(codes), Library()
    assert isinstance(small, Model)
    texts = [*(text for _, text in SENTENCES), *(text[9:30].upper() for _, text in SENTENCES), "qzx"]
    assert [small.best(text, codes) for text in texts] == [library.best(text, codes) for text in texts]
    assert small.best("", codes) is small.best("na", codes) is None  # the library says Arabic
