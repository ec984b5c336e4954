"""Numbers, dates and amounts as English says them, in pieces that are words of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal

YEARS = range(2020, 2036)
"""Years that are pieces; others are said as plain numbers."""

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_SCALES = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_LARGEST = 10**12


def digit(sign: str) -> str:
    """A digit, 0 to 9, of a number that is called or keyed."""
    return _ONES[int(sign)]


def number(value: Decimal, unit: str = "") -> tuple[str, ...]:
    """Any number, with `unit` after it; from a million millions on digit by digit."""
    whole, _, fraction = format(abs(value), "f").partition(".")
    pieces = ["minus"] if value < 0 else []
    pieces += _whole(int(whole)) if int(whole) < _LARGEST else [digit(sign) for sign in whole]
    if fraction := fraction.rstrip("0"):
        pieces += ["point", *(digit(sign) for sign in fraction)]
    return (*pieces, unit) if unit else tuple(pieces)


def money(yuan: Decimal) -> tuple[str, ...]:
    """An amount to the fen."""
    return number(yuan.quantize(Decimal("0.01")), "yuan")


def year(value: int) -> tuple[str, ...]:
    if value in YEARS:
        return (f"twenty {_below_hundred(value - 2000)}",)
    return number(Decimal(value))


def month(value: int) -> str:
    return _MONTHS[value - 1]


def day_of_month(value: int) -> str:
    if value <= 20:
        return _ORDINALS[value - 1]
    return "thirtieth" if value == 30 else f"{_TENS[value // 10 - 2]}-{_ORDINALS[value % 10 - 1]}"


def day(value: date) -> tuple[str, ...]:
    return (month(value.month), day_of_month(value.day), *year(value.year))


def clock(value: time) -> tuple[str, ...]:
    """A time of the day."""
    hour = _ONES[value.hour % 12 or 12]
    half = "a.m." if value.hour < 12 else "p.m."
    return (hour, minute(value.minute), half) if value.minute else (hour, half)


def hour_of_clock(value: int) -> str:
    return f"{_below_hundred(value)} o'clock"


def minute(value: int) -> str:
    return f"oh {_ONES[value]}" if value < 10 else _below_hundred(value)


def percent(value: Decimal) -> tuple[str, ...]:
    return number(value, "percent")


def count(value: int) -> tuple[str, ...]:
    return number(Decimal(value))


def pieces() -> Iterator[str]:
    """Every piece the functions above can give, the most needed first."""
    yield from (_below_hundred(n) for n in range(100))
    yield from (f"{_ONES[n]} hundred" for n in range(1, 10))
    yield from ("thousand", "million", "billion", "minus", "point", "yuan", "percent", "a.m.", "p.m.")
    yield from _MONTHS
    yield from (day_of_month(n) for n in range(1, 32))
    yield from (year(n)[0] for n in YEARS)
    yield from (minute(n) for n in range(1, 10))
    yield from (hour_of_clock(n) for n in range(25))


def _whole(value: int) -> list[str]:
    """Below 10**12."""
    pieces = []
    for size, name in _SCALES:
        if value >= size:
            pieces += [*_below_thousand(value // size), name]
            value %= size
    return pieces + _below_thousand(value) if value or not pieces else pieces


def _below_thousand(value: int) -> list[str]:
    hundreds, rest = divmod(value, 100)
    pieces = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    return [*pieces, _below_hundred(rest)] if rest or not hundreds else pieces


def _below_hundred(value: int) -> str:
    if value < 20:
        return _ONES[value]
    return _TENS[value // 10 - 2] + (f"-{_ONES[value % 10]}" if value % 10 else "")
