"""Numbers, dates and amounts as Mandarin says them, in pieces that are words of their own: 三万, 五千, 两百, 六十."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from decimal import Decimal

YEARS = range(2020, 2036)
"""Years that are pieces; others are said digit by digit."""

_DIGITS = "零一二三四五六七八九"
_CALLED = "零幺二三四五六七八九"
"""Digits of a number that is called or keyed: 一 sounds like 七 on a telephone, so it is 幺."""
_WAN, _YI = 10**4, 10**8
_LARGEST = 10**12


def digit(sign: str) -> str:
    """A digit, 0 to 9, of a number that is called or keyed."""
    return _CALLED[int(sign)]


def is_pair(text: str) -> bool:
    """Whether the text is two digits of such a number."""
    return len(text) == 2 and set(text) <= set(_CALLED)


def number(value: Decimal, unit: str = "") -> tuple[str, ...]:
    """Any number, with `unit` (元, 万元) as part of the last word; from a million millions on digit by digit."""
    whole, _, fraction = format(abs(value), "f").partition(".")
    pieces = ["负"] if value < 0 else []
    pieces += _whole(int(whole)) if int(whole) < _LARGEST else [_DIGITS[int(sign)] for sign in whole]
    fraction = fraction.rstrip("0")
    if fraction:
        pieces += [f"点{_DIGITS[int(fraction[0])]}", *(_DIGITS[int(sign)] for sign in fraction[1:])]
        return (*pieces, unit) if unit else tuple(pieces)
    if pieces[-1] == "二" and unit:
        pieces[-1] = "两"
    return (*pieces[:-1], pieces[-1] + unit)


def money(yuan: Decimal) -> tuple[str, ...]:
    """An amount to the fen."""
    cents = int(abs(yuan).quantize(Decimal("0.01")) * 100)
    whole, (jiao, fen) = cents // 100, divmod(cents % 100, 10)
    pieces = ["负"] if yuan < 0 else []
    if whole or not cents:
        pieces += number(Decimal(whole), "元")
    if jiao:
        pieces.append(f"{_two(jiao)}角")
    if fen:
        pieces.append(f"零{_DIGITS[fen]}分" if whole and not jiao else f"{_two(fen)}分")
    return tuple(pieces)


def year(value: int) -> tuple[str, ...]:
    spoken = [_DIGITS[int(sign)] for sign in str(value)]
    return ("".join(spoken) + "年",) if value in YEARS else (*spoken, "年")


def month(value: int) -> str:
    return f"{_below_hundred(value)}月"


def day_of_month(value: int) -> str:
    return f"{_below_hundred(value)}号"


def day(value: date) -> tuple[str, ...]:
    return (*year(value.year), month(value.month), day_of_month(value.day))


def clock(value: time) -> tuple[str, ...]:
    """A time of the day, minutes and all, with the part of the day it is in."""
    hour = f"{_part_of_day(value.hour)}{hour_of_clock(value.hour if value.hour <= 12 else value.hour - 12)}"
    if value.minute == 30:
        return (f"{hour}半",)
    return (hour, minute(value.minute)) if value.minute else (hour,)


def hour_of_clock(value: int) -> str:
    """An hour whose part of the day is known or does not matter: 两点."""
    return f"{_two(value)}点"


def minute(value: int) -> str:
    return f"零{_DIGITS[value]}分" if value < 10 else f"{_below_hundred(value)}分"


def percent(value: Decimal) -> tuple[str, ...]:
    return ("百分之", *number(value))


def count(value: int) -> tuple[str, ...]:
    """A number before what is counted: 两个, 十二个."""
    pieces = number(Decimal(value))
    return (*pieces[:-1], "两") if pieces[-1] == "二" else pieces


def pieces() -> Iterator[str]:
    """Every piece the functions above can give, the most needed first."""
    base = _base()
    yield from _CALLED
    yield from (_CALLED[n // 10] + _CALLED[n % 10] for n in range(100))  # said in pairs a number flows
    yield from base
    yield from _dates(base)
    yield from ("两", "年", "点", "负", "百分之", "号", "万", "亿", "元", "万元", "亿元")
    yield from (f"点{d}" for d in _DIGITS)
    yield from (f"零{d}" for d in _DIGITS[1:])
    yield from _amounts(base)
    yield from _times()


def _base() -> list[str]:
    """What larger numbers are made of."""
    base = [_below_hundred(n) for n in range(100)]
    base += [f"一{_below_hundred(n)}" for n in range(10, 20)]
    return base + [f"{_two(n)}百" for n in range(1, 10)] + [f"{_two(n)}千" for n in range(1, 10)]


def _dates(base: Sequence[str]) -> Iterator[str]:
    yield from (f"{d}月" for d in base[1:13])
    yield from (f"{d}号" for d in base[1:32])
    yield from (year(n)[0] for n in YEARS)


def _amounts(base: Sequence[str]) -> Iterator[str]:
    counted = ["两" if one == "二" else one for one in base]
    counted += [f"零{d}" for d in _DIGITS[1:]]
    yield from (f"{one}元" for one in counted)
    yield from (f"{one}万{unit}" for unit in ("", "元") for one in counted[1:])
    yield from (f"{_two(n)}亿{unit}" for unit in ("", "元") for n in range(1, 11))
    yield from (f"{_two(n)}{unit}" for unit in "角分" for n in range(1, 10))


def _times() -> Iterator[str]:
    yield from (minute(n) for n in range(1, 60))
    yield from (hour_of_clock(n) for n in range(25))
    yield from (clock(time(hour, half))[0] for hour in range(24) for half in (0, 30))


def _whole(value: int) -> list[str]:
    """Below 10**12."""
    yi, rest = divmod(value, _YI)
    wan, low = divmod(rest, _WAN)
    pieces: list[str] = []
    if yi:
        pieces = [f"{_two(yi)}亿"] if yi <= 10 else [*_section(yi, inside=False), "亿"]
    if wan:
        section = _section(wan, inside=bool(yi))
        if section[-1] == "二":
            section[-1] = "两"
        pieces += [*section[:-1], f"{section[-1]}万"]
    if low or not pieces:
        if yi and not wan:
            pieces.append("零")
            return pieces + _section(low, inside=True, gap=False)
        pieces += _section(low, inside=bool(pieces))
    return pieces


def _section(value: int, *, inside: bool, gap: bool = True) -> list[str]:
    """Four places, 0 to 9999. `inside`: others stand before it, so that a gap (below 1000) says 零."""
    thousands, rest = divmod(value, 1000)
    hundreds, tens = divmod(rest, 100)
    pieces = [f"{_two(thousands)}千"] if thousands else []
    silent = inside and gap and not thousands
    if hundreds:
        pieces += ["零"] if silent else []
        pieces.append(f"{_two(hundreds)}百")
        silent = False
    elif thousands:
        silent = True
    if tens or not pieces:
        pieces += _last_two(tens, inside=inside or bool(pieces), silent=silent or bool(hundreds and tens < 10))
    return pieces


def _last_two(value: int, *, inside: bool, silent: bool) -> list[str]:
    text = f"一{_below_hundred(value)}" if inside and 10 <= value < 20 else _below_hundred(value)
    if not silent:
        return [text]
    return [f"零{text}"] if value < 10 else ["零", text]


def _below_hundred(value: int) -> str:
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{'' if tens == 1 else _DIGITS[tens]}十{_DIGITS[ones] if ones else ''}"


def _two(value: int) -> str:
    """Below a hundred, before a measure: 2 is 两."""
    return "两" if value == 2 else _below_hundred(value)


def _part_of_day(hour: int) -> str:
    bounds = ((5, "凌晨"), (8, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
    return next(name for end, name in bounds if hour < end)
