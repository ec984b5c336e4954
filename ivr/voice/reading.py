"""Reads numbers, dates, amounts and whole texts aloud: what is written becomes the words that are said."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Protocol

from locales import closest_language

from . import chinese, english
from .patterns import PATTERNS
from .speech import Part, Pause, Speech, gap, normalised

GROUP_PAUSE = 0.3
"""Seconds between the groups of a long number, for whoever writes it down."""

_RANGE = re.compile(r"\s*[-–—~～]\s*")
_MOBILE = (3, 4, 4)
_ONE_GROUP = 5
"""Digits that are said at one go."""
_LEADING = re.compile(r"^[\s,，、。.;；:：!！?？·)）\"”’」』》…—-]+")
_UNITS = {"": 1, "万": 10**4, "亿": 10**8}


class _Numerals(Protocol):
    """What `chinese` and `english` both know."""

    def digit(self, sign: str) -> str: ...
    def number(self, value: Decimal, unit: str = "") -> tuple[str, ...]: ...
    def money(self, yuan: Decimal) -> tuple[str, ...]: ...
    def year(self, value: int) -> tuple[str, ...]: ...
    def month(self, value: int) -> str: ...
    def day_of_month(self, value: int) -> str: ...
    def day(self, value: date) -> tuple[str, ...]: ...
    def clock(self, value: time) -> tuple[str, ...]: ...
    def hour_of_clock(self, value: int) -> str: ...
    def minute(self, value: int) -> str: ...
    def percent(self, value: Decimal) -> tuple[str, ...]: ...
    def count(self, value: int) -> tuple[str, ...]: ...
    def pieces(self) -> Iterator[str]: ...


_NUMERALS: Mapping[str, _Numerals] = {"zh_CN": chinese, "en": english}
_RANGE_WORD = {"zh_CN": "到", "en": "to"}


def digits(text: str, language: str, groups: Sequence[int] = ()) -> Speech:
    """The digits and letters of `text` one by one, a pause after each group; the last size counts for all further.
    Without `groups` they are as even as can be, and none is of a single digit.
    """
    numerals = _numerals(language)
    signs = [sign for sign in text if sign.isascii() and sign.isalnum()]
    groups = groups or _even(len(signs))
    parts: list[Part] = []
    sizes = iter(groups)
    size, room = 4, 0
    for sign in signs:
        if not room:
            room = size = next(sizes, size)
            parts += [Pause(GROUP_PAUSE)] if parts else []
        parts.append(numerals.digit(sign) if sign.isdigit() else sign.upper())
        room -= 1
    return tuple(parts)


def _even(count: int) -> tuple[int, ...]:
    """Groups of four, the last ones of three or five so that none is of one or two."""
    if count <= _ONE_GROUP:
        return (count,)
    fours, rest = divmod(count, 4)
    return ((4,) * fours, (4,) * (fours - 1) + (5,), (4,) * (fours - 1) + (3, 3), (4,) * fours + (3,))[rest]


def number(value: int | Decimal, language: str) -> Speech:
    return _numerals(language).number(Decimal(value))


def money(yuan: Decimal, language: str) -> Speech:
    """An amount of yuan, to the fen."""
    return _numerals(language).money(yuan)


def day(value: date, language: str) -> Speech:
    return _numerals(language).day(value)


def moment(value: datetime, language: str) -> Speech:
    """The day, and the time to the minute. `value` is in the city's time; an aware one is not converted."""
    numerals = _numerals(language)
    return (*numerals.day(value.date()), *numerals.clock(value.time()))


def aloud(text: str, language: str) -> Speech:
    """Any text: its dates, times, amounts, telephone and ticket numbers in pieces, the words between as they are."""
    language = closest_language(language)
    parts: list[Part] = []
    at = 0
    for match in PATTERNS[language].finditer(text):
        said = _said(match, language)
        if said is None:
            continue
        between = text[at : match.start()]
        parts += [_RANGE_WORD[language]] if parts and _RANGE.fullmatch(between) else stretch(between)
        parts += said
        at = match.end()
    return (*parts, *stretch(text[at:])) if parts else stretch(text)


def sentence(template: str, args: Mapping[str, Speech], language: str) -> Speech:
    """A catalogue text with its `{placeholders}` filled: each stretch between them is one part.

    A placeholder without a value is left out. `language` is that of the text.
    """
    del language  # the stretches are the same words in any
    parts: list[Part] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts += stretch(literal)
        parts += args.get(name, ()) if name else ()
    return tuple(parts)


def stretches(template: str) -> tuple[str, ...]:
    """What `sentence` says of the template itself."""
    return tuple(part for part in sentence(template, {}, "") if isinstance(part, str))


def stretch(text: str) -> Speech:
    """Words between others: punctuation they begin with is a pause. Nothing when there are no words."""
    found = _LEADING.match(text)
    leading = found.group() if found else ""
    pause = max((gap(sign) for sign in leading), default=0.0)
    words = text[len(leading) :].strip()
    said = (words,) if normalised(words) else ()
    return (Pause(pause), *said) if pause else said


def written_out(text: str, language: str) -> str:
    """The text with every number in words, as a speech synthesiser is given it."""
    language = closest_language(language)
    joint = "" if language == "zh_CN" else " "
    said = ""
    for part in _spelled(text, language):
        said += part if not said or part[0] in ",，、。.?？;；:：!！" else joint + part
    return said


def pieces(language: str) -> tuple[str, ...]:
    """Every piece that numbers, dates, times and amounts are made of, once each, the most needed first."""
    language = closest_language(language)
    letters = string.ascii_uppercase
    return tuple(dict.fromkeys([*_numerals(language).pieces(), _RANGE_WORD[language], *letters]))


def _numerals(language: str) -> _Numerals:
    return _NUMERALS[closest_language(language)]


def _spelled(text: str, language: str) -> Iterator[str]:
    at = 0
    for match in PATTERNS[language].finditer(text):
        said = _said(match, language)
        if said is None:
            continue
        between = text[at : match.start()]
        is_range = at and _RANGE.fullmatch(between)
        yield from [_RANGE_WORD[language]] if is_range else [between.strip()] if between.strip() else []
        yield from ("," if isinstance(part, Pause) else part for part in said)
        at = match.end()
    if rest := text[at:].strip():
        yield rest


def _said(match: re.Match[str], language: str) -> Speech | None:
    """What a found number says; None when it is none after all, such as a 31st of February."""
    kind = match.lastgroup or ""
    numerals = _NUMERALS[language]
    try:
        return _KINDS[kind](match, numerals, language)
    except ValueError:
        return number(Decimal(match.group()), language) if match.group().isdigit() else None


_Say = Callable[[re.Match[str], _Numerals, str], Speech]


def _groups(match: re.Match[str]) -> list[str]:
    """The numbers in what was found, thousands' commas taken out."""
    return re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", match.group()))


def _date(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    year, month, day_number = map(int, re.findall(r"\d+", match.group()))
    return numerals.day(date(year, month, day_number))


def _month_day(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    month, day_number = map(int, _groups(match))
    date(2024, month, day_number)  # raises ValueError for what is no day of any year
    return (numerals.month(month), numerals.day_of_month(day_number))


def _year_month(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    year, month = map(int, _groups(match))
    return (*numerals.year(year), numerals.month(date(2024, month, 1).month))


def _year(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    return numerals.year(int(match.group()[:4]))


def _month(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    return (numerals.month(date(2024, int(_groups(match)[0]), 1).month),)


def _day_of_month(match: re.Match[str], numerals: _Numerals, language: str) -> Speech:
    value = int(_groups(match)[0])
    if value > 31:
        return (*number(value, language), "号") if language == "zh_CN" else number(value, language)
    return (numerals.day_of_month(value),)


def _clock(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    hour, minute = map(int, _groups(match))
    return numerals.clock(time(_hour(match.group(), hour), minute))


def _hour_in_words(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    """下午3点, 3点半, 15时20分."""
    text = match.group()
    hour, minute = int(_groups(match)[0]), 30 if text.endswith("半") else int([*_groups(match), "0"][1])
    if not text[0].isdigit() or minute:
        return numerals.clock(time(_hour(text, hour), minute))
    return (numerals.hour_of_clock(time(hour % 24).hour if hour < 24 else 24),)


def _hour(text: str, hour: int) -> int:
    lowered = text.lower()
    later = lowered.startswith(("下午", "晚上", "傍晚", "晚", "中午")) or "p.m" in lowered or "pm" in lowered
    if later and hour < 12 and not (lowered.startswith("中午") and hour > 10):
        return hour + 12
    return 0 if hour == 12 and ("a.m" in lowered or "am" in lowered) else hour


def _telephone(match: re.Match[str], _: _Numerals, language: str) -> Speech:
    plain = re.sub(r"\D", "", match.group().replace("+86", "").replace("+ 86", ""))
    if plain.startswith("1") and len(plain) == 11:
        return digits(plain, language, _MOBILE)
    parts = re.findall(r"\d+", match.group())
    if len(parts) == 1:
        area = 3 if plain.startswith(("01", "02", "400", "800")) else 4
        return digits(plain, language, (area, 4, 4) if len(plain) - area == 8 else (area, 3, 4))
    return digits(plain, language, tuple(size for part in parts for size in _halved(len(part))))


def _halved(size: int) -> tuple[int, ...]:
    return (size // 2, size - size // 2) if size > 5 else (size,)


def _hotline(match: re.Match[str], _: _Numerals, language: str) -> Speech:
    return digits(match.group(), language, (6,))


def _code(match: re.Match[str], _: _Numerals, language: str) -> Speech:
    """A number that only names something: a ticket, an account."""
    return digits(re.sub(r"\D", "", match.group()), language)


def _money(match: re.Match[str], numerals: _Numerals, language: str) -> Speech:
    value, unit = Decimal(_groups(match)[0]), next((u for u in "万亿" if u in match.group()), "")
    if unit and value % 1 and language == "zh_CN":
        return numerals.number(value, f"{unit}元")
    return numerals.money(value * _UNITS[unit])


def _percent(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    return numerals.percent(Decimal(_groups(match)[0]))


def _count(match: re.Match[str], numerals: _Numerals, _: str) -> Speech:
    return numerals.count(int(_groups(match)[0]))


def _number(match: re.Match[str], numerals: _Numerals, language: str) -> Speech:
    text = _groups(match)[0]
    if (len(text) > 1 and text.startswith("0") and "." not in text) or (len(text) > 9 and "." not in text):
        return _code(match, numerals, language)
    unit = match.group()[-1:]
    if unit in "万亿":
        if "." in text:
            return numerals.number(Decimal(text), unit)
        return numerals.number(Decimal(text) * _UNITS[unit])
    return numerals.number(Decimal(text))


_KINDS: Mapping[str, _Say] = {
    "date": _date,
    "month_day": _month_day,
    "year_month": _year_month,
    "year": _year,
    "month": _month,
    "day_of_month": _day_of_month,
    "clock": _clock,
    "hour": _hour_in_words,
    "telephone": _telephone,
    "hotline": _hotline,
    "code": _code,
    "money": _money,
    "percent": _percent,
    "count": _count,
    "number": _number,
}
