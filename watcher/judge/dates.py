"""When something happened or will: dates in text, absolute and relative. Pure.

Relative days are reckoned from the day of publication, never from the day of fetching; without it they stay
unknown. A weekday is the nearest past one, or for what is still to come the nearest future one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from watcher.judge.calendar_words import DAYS, MONTHS, SPANS, WEEKDAYS
from watcher.judge.fold import fold_pattern

_GLUED = frozenset({"zh", "ja", "ko", "th", "km"})
# Months are written out below and take no ending, so that "decision" is no December.
_WHOLE = frozenset({"en", "de", "fr", "es", "it", "nl", "pt", "sv", "no", "da", "ro"})
_DAY_FIRST = r"(?:^|(?<=\D))(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.|º|°|-?[eaiο]\b|-?(?:го|а|ma|to)\b)?"
_YEAR = r"(?P<year>(?:19|20|25)\d\d)"
_NUMERIC = re.compile(
    r"(?<![\d./-])(?:(?P<y1>(?:19|20)\d\d)[-./](?P<m1>[01]?\d)[-./](?P<d1>[0-3]?\d)"
    r"|(?P<d2>[0-3]?\d)\s?[./-]\s?(?P<m2>[01]?\d)\s?[./-]\s?(?P<y2>(?:19|20)\d\d))(?![\d/-])"
)
_HAN = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)\s?[年년])?\s?(?P<month>1[0-2]|0?[1-9])\s?[月월]\s?(?:(?P<day>[0-3]?\d)\s?[日号號일])?"
)
_HAN_DAY = re.compile(r"(?<![\d月월])(?<![月월] )(?P<day>[0-3]?\d)\s?[日号號일](?![間间内년])")
_DIGITS = {base + n: str(n) for base in (0x0660, 0x06F0, 0x17E0, 0x0E50) for n in range(10)}
_NEXT = re.compile(
    r"(?:next|coming|kommende\w?|nachste\w?|prochain|proximo|prossimo|volgende|przyszl\w+|kita|nakam\w+|"
    r"jargmi\w+|ensi|nasta|neste|naeste|следующ\w+|наступн\w+|pristi|buduc\w+|jovo|viitoare|следващ\w+|"
    r"sljedec\w+|sledec\w+|επομεν\w+|gelecek|下|来|다음) ?$"
)
_WEEKS = {"week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as text gives it. `precision`: day, month or year. `weekday` marks one to be turned to the
    future when what it dates is still to come. Offsets are in the folded text."""

    day: date
    precision: str
    start: int
    end: int
    weekday: bool = False
    relative: bool = False

    def ahead(self, published: date) -> Dated:
        """The same weekday after publication."""
        if not self.weekday or self.day > published:
            return self
        days = 7 if self.day <= published - timedelta(days=1) or self.day == published else 0
        return Dated(self.day + timedelta(days=days), self.precision, self.start, self.end, True, True)


_Meant = tuple[str, int]
"""weekday, day, week, month or year, and which or how many."""


@dataclass(frozen=True, slots=True)
class _Words:
    months: re.Pattern[str] | None
    relative: re.Pattern[str] | None
    meant: Mapping[str, _Meant]


@lru_cache(maxsize=64)
def _words(language: str) -> _Words:
    start = "" if language in _GLUED else r"(?<!\w)(?:[وفبل]|ال)?" if language == "ar" else r"(?<!\w)"
    sources = [(("weekday", i), stem) for i, stem in enumerate(_stems(WEEKDAYS.get(language, "")))]
    sources += [(("day", shift), words) for shift, words in DAYS.get(language, {}).items()]
    sources += list(SPANS.get(language, {}).items())
    groups = "|".join(f"(?P<g{i}>{fold_pattern(stem)})" for i, (_, stem) in enumerate(sources))
    relative = re.compile(f"{start}(?:{groups})") if sources else None
    return _Words(
        _months(language, start), relative, {f"g{i}": meant for i, (meant, _) in enumerate(sources)}
    )


def _stems(words: str) -> list[str]:
    return words.split(";") if ";" in words else words.split()


def _months(language: str, start: str) -> re.Pattern[str] | None:
    """`27 June 2025`, `June 27, 2025`, `2025 m. birželio 27 d.`, `27. juni`, `June 2025`, `in June`."""
    if language not in MONTHS:
        return None
    names = "|".join(f"(?P<m{i}>{fold_pattern(s)})" for i, s in enumerate(_stems(MONTHS[language])))
    name = f"(?:{names})" + ("" if language in _GLUED else r"s?\b" if language in _WHOLE else r"\w*")
    lead = r"(?:(?P<year0>(?:19|20)\d\d)\s?\.?(?:\s?(?:m|gada|aasta|ж|г)\w*\.?)?,?\s)?"
    before = (
        r"(?:(?P<day0>(?<!\d)[0-3]?\d)(?:st|nd|rd|th|er|\.|º|°|-?\w{1,2}(?=\s))?\s?(?:de |d'|of |ta' )?)?"
    )
    after = r"(?:\s(?P<day1>[0-3]?\d)(?![\d%.]\d|\d)(?:st|nd|rd|th|\.|-?\w{0,3})?)?"
    tail = r"(?:[,.]?\s?(?:de |del |do |of |في |عام |سنه |م )*(?P<year1>(?:19|20|25)\d\d))?"
    return re.compile(start + lead + before + name + after + tail)


def dates_in(folded: str, language: str | None, published: date | None) -> tuple[Dated, ...]:
    """Every date in folded text, in its order. A date without a year is the nearest to publication, and
    is left out when that is unknown."""
    words = _words(language or "en")
    folded = folded.translate(_DIGITS)
    found = [*_numeric(folded), *_han(folded, published), *_monthly(folded, words, published)]
    if published:
        found += _relative(folded, words, published)
    return tuple(_apart(sorted(found, key=lambda d: (d.start, -d.end))))


def _apart(found: list[Dated]) -> Iterator[Dated]:
    end = -1
    for dated in found:
        if dated.start >= end:
            yield dated
            end = dated.end


def _numeric(folded: str) -> Iterator[Dated]:
    for m in _NUMERIC.finditer(folded):
        y, mo, d = (m[1], m[2], m[3]) if m["y1"] else (m["y2"], m["m2"], m["d2"])
        day = _date(int(y), int(mo), int(d)) or _date(int(y), int(d), int(mo))
        if day:
            yield Dated(day, "day", m.start(), m.end())


def _han(folded: str, published: date | None) -> Iterator[Dated]:
    if "月" not in folded and "월" not in folded and "日" not in folded and "일" not in folded:
        return
    for m in _HAN.finditer(folded):
        yield from _made(m, m["year"], int(m["month"]), m["day"], published)
    if published:
        for m in _HAN_DAY.finditer(folded):
            day = _date(published.year, published.month, int(m["day"]))
            if day:
                yield Dated(_nearest_month(day, published), "day", m.start(), m.end())


def _nearest_month(day: date, published: date) -> date:
    """`27日` alone: of this month, or of the last one when it is still far ahead."""
    if day - published <= timedelta(days=10):
        return day
    before = published.replace(day=1) - timedelta(days=1)
    return _date(before.year, before.month, day.day) or day


def _monthly(folded: str, words: _Words, published: date | None) -> Iterator[Dated]:
    if words.months is None:
        return
    for m in words.months.finditer(folded):
        month = next(i for i in range(12) if m[f"m{i}"] is not None) + 1
        year = m["year0"] or m["year1"]
        day = m["day0"] or m["day1"]
        if day is None and year is None and _bare_word(m.group()):
            continue
        yield from _made(m, year, month, day, published)


# Month words that mean something else when they stand alone
_AMBIGUOUS = re.compile(
    r"^\s*(?:مه\w*|می\w*|μα\w*|may|mar\w*|mart\w*|mai|mei|maj|led\w*|sept?|dec|lip\w*|luty\w*|avg|ma[ия]\w*|mi|lut\w*|mist\w*)$"
)


def _bare_word(text: str) -> bool:
    return bool(_AMBIGUOUS.match(text))


def _made(
    m: re.Match[str], year: str | None, month: int, day: str | None, published: date | None
) -> Iterator[Dated]:
    y = int(year) if year else None
    if y is not None and y > 2400:
        y -= 543  # the Buddhist era
    made = _near(y, month, int(day) if day and 0 < int(day) < 32 else None, published)
    if made:
        yield Dated(made, "day" if day and 0 < int(day) < 32 else "month", m.start(), m.end())


def _near(year: int | None, month: int, day: int | None, published: date | None) -> date | None:
    """The date, in the year that is nearest to publication when none is given (past is likelier)."""
    if year is not None:
        return _date(year, month, day or 1)
    if published is None:
        return None
    near = [d for y in (-1, 0, 1) if (d := _date(published.year + y, month, day or 1))]
    return min(near, key=lambda d: abs((d - published).days + 60), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relative(folded: str, words: _Words, published: date) -> Iterator[Dated]:
    if words.relative is None:
        return
    for m in words.relative.finditer(folded):
        what = words.meant[m.lastgroup or ""]
        yield _reckoned(what, folded, m.start(), m.end(), published)


def _reckoned(what: _Meant, folded: str, start: int, end: int, published: date) -> Dated:
    unit, number = what
    if unit == "weekday":
        back = (published.weekday() - number) % 7
        if _NEXT.search(folded[max(0, start - 14) : start]):
            back -= 7
        return Dated(published - timedelta(days=back), "day", start, end, True, True)
    precision = {"day": "day", "year": "year"}.get(unit, "month")
    days = number * _WEEKS.get(unit, 1)
    return Dated(published + timedelta(days=days), precision, start, end, relative=True)
