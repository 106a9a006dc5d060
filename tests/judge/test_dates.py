"""Dates in text: every language's months, relative days against publication."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.judge.calendar_words import DAYS, MONTHS, WEEKDAYS
from watcher.judge.dates import dates_in
from watcher.judge.fold import fold

WEDNESDAY = date(2025, 7, 2)
JUNE = date(2025, 6, 27)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "on 27 June 2025"),
        ("en", "June 27, 2025"),
        ("en", "on 27th June"),
        ("pl", "27 czerwca 2025 r."),
        ("lt", "2025 m. birželio 27 d."),
        ("lv", "2025. gada 27. jūnijā"),
        ("et", "27. juunil 2025"),
        ("fi", "27. kesäkuuta"),
        ("sv", "den 27 juni 2025"),
        ("no", "27. juni"),
        ("da", "den 27. juni 2025"),
        ("uk", "27 червня 2025 року"),
        ("ru", "27 июня 2025 года"),
        ("de", "am 27. Juni 2025"),
        ("fr", "le 27 juin 2025"),
        ("es", "el 27 de junio de 2025"),
        ("it", "il 27 giugno 2025"),
        ("nl", "op 27 juni 2025"),
        ("pt", "em 27 de junho de 2025"),
        ("cs", "27. června 2025"),
        ("sk", "27. júna 2025"),
        ("hu", "2025. június 27-én"),
        ("ro", "pe 27 iunie 2025"),
        ("bg", "на 27 юни 2025 г."),
        ("hr", "27. lipnja 2025."),
        ("sr", "27. јуна 2025."),
        ("el", "στις 27 Ιουνίου 2025"),
        ("tr", "27 Haziran 2025'te"),
        ("ar", "في ٢٧ يونيو 2025"),
        ("fa", "۲۷ ژوئن ۲۰۲۵"),
        ("zh", "2025年6月27日"),
        ("ja", "6月27日"),
        ("ko", "2025년 6월 27일"),
        ("th", "27 มิถุนายน 2568"),
        ("ka", "27 ივნისს"),
        ("az", "27 iyun 2025"),
        ("hy", "հունիսի 27"),
        ("sl", "27. junija 2025"),
        ("de", "27.6.2025"),
        ("en", "2025-06-27"),
    ],
)
def test_a_day_in_june(language: str, text: str) -> None:
    (found,) = dates_in(fold(text), language, WEDNESDAY)
    assert (found.day, found.precision) == (JUNE, "day")


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "on Tuesday", date(2025, 7, 1)),
        ("en", "today", WEDNESDAY),
        ("en", "yesterday", date(2025, 7, 1)),
        ("en", "tomorrow", date(2025, 7, 3)),
        ("en", "next Tuesday", date(2025, 7, 8)),
        ("de", "am Freitag", date(2025, 6, 27)),
        ("fi", "lauantaina", date(2025, 6, 28)),
        ("lv", "otrdien", date(2025, 7, 1)),
        ("lt", "antradienį", date(2025, 7, 1)),
        ("et", "neljapäeval", date(2025, 6, 26)),
        ("pl", "w środę", WEDNESDAY),
        ("ru", "в четверг", date(2025, 6, 26)),
        ("ja", "きょう", WEDNESDAY),
        ("zh", "周四", date(2025, 6, 26)),
        ("ko", "어제", date(2025, 7, 1)),
        ("ar", "الثلاثاء", date(2025, 7, 1)),
        ("pt", "terça-feira", date(2025, 7, 1)),
    ],
)
def test_relative_days_are_reckoned_from_publication(language: str, text: str, day: date) -> None:
    (found,) = dates_in(fold(text), language, WEDNESDAY)
    assert found.day == day
    assert dates_in(fold(text), language, None) == ()


def test_the_same_weekday_ahead() -> None:
    (found,) = dates_in("on thursday", "en", WEDNESDAY)
    assert (found.day, found.ahead(WEDNESDAY).day) == (date(2025, 6, 26), date(2025, 7, 3))


def test_a_month_alone_is_a_month() -> None:
    (found,) = dates_in(fold("im März 2025"), "de", WEDNESDAY)
    assert (found.day, found.precision) == (date(2025, 3, 1), "month")


@pytest.mark.parametrize(
    "text", ["the minister may decide", "article 20 of 1997", "157-18", "31 February 2025", "99.99.2025"]
)
def test_what_is_no_date(text: str) -> None:
    assert not [d for d in dates_in(fold(text), "en", None) if d.precision == "day"]


def test_every_language_has_its_twelve_and_seven() -> None:
    for table, size in ((MONTHS, 12), (WEEKDAYS, 7)):
        for language, words in table.items():
            assert len(words.split(";") if ";" in words else words.split()) == size, language
    assert set(MONTHS) <= set(DAYS)


@given(
    text=st.text(max_size=120),
    language=st.sampled_from(sorted(WEEKDAYS)),
    day=st.dates(date(1900, 1, 1), date(2100, 1, 1)),
)
def test_any_text_gives_dates_in_order(text: str, language: str, day: date) -> None:
    found = dates_in(fold(text), language, day)
    assert [d.start for d in found] == sorted(d.start for d in found)
