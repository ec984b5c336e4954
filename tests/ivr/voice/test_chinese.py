"""Mandarin numbers, held against another reader of numerals; every piece they are made of is listed."""

import random
from datetime import date, time, timedelta
from decimal import Decimal

import cn2an
import pytest

from ivr.voice import chinese

PIECES = frozenset(chinese.pieces())


def numbers() -> list[int]:
    chosen = random.Random(3)
    return [chosen.randrange(10 ** chosen.randint(1, 12)) for _ in range(2000)]


def test_numbers_are_read_back_as_they_were() -> None:
    for value in [*range(2300), 10_005, 10_050, 100_000, 1_150_000, 10**8, 10**8 + 5, 10**8 + 10**4, *numbers()]:
        spoken = "".join(chinese.number(Decimal(value)))
        assert cn2an.cn2an(spoken, "smart") == value, spoken


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("0", "零"),
        ("2", "二"),
        ("10", "十"),
        ("12", "十二"),
        ("20", "二十"),
        ("102", "一百|零二"),
        ("112", "一百|一十二"),
        ("200", "两百"),
        ("222", "两百|二十二"),
        ("2000", "两千"),
        ("20000", "两万"),
        ("220000", "二十二万"),
        ("35260", "三万|五千|两百|六十"),
        ("30005", "三万|零五"),
        ("150000", "十五万"),
        ("2000000", "两百万"),
        ("200000000", "两亿"),
        ("1500000000", "十五|亿"),
        ("-3", "负|三"),
        ("3.14", "三|点一|四"),
        ("2.50", "二|点五"),
        ("1234567890123", "一|二|三|四|五|六|七|八|九|零|一|二|三"),
    ],
)
def test_number(value: str, spoken: str) -> None:
    assert "|".join(chinese.number(Decimal(value))) == spoken


@pytest.mark.parametrize(
    ("yuan", "spoken"),
    [
        ("0", "零元"),
        ("2", "两元"),
        ("35000", "三万|五千元"),
        ("120000", "十二万元"),
        ("35.5", "三十五元|五角"),
        ("3.05", "三元|零五分"),
        ("0.25", "两角|五分"),
        ("-12", "负|十二元"),
        ("0.005", "零元"),
    ],
)
def test_money(yuan: str, spoken: str) -> None:
    assert "|".join(chinese.money(Decimal(yuan))) == spoken


@pytest.mark.parametrize(
    ("at", "spoken"),
    [
        (time(0, 5), "凌晨零点|零五分"),
        (time(7, 0), "早上七点"),
        (time(10, 10), "上午十点|十分"),
        (time(12, 30), "中午十二点半"),
        (time(14, 0), "下午两点"),
        (time(15, 30), "下午三点半"),
        (time(22, 59), "晚上十点|五十九分"),
    ],
)
def test_clock(at: time, spoken: str) -> None:
    assert "|".join(chinese.clock(at)) == spoken


def test_day() -> None:
    assert chinese.day(date(2026, 12, 25)) == ("二零二六年", "十二月", "二十五号")
    assert chinese.day(date(1999, 2, 2)) == ("一", "九", "九", "九", "年", "二月", "二号")


def test_a_number_of_things_says_liang_where_people_do() -> None:
    assert [chinese.count(n) for n in (2, 12, 102)] == [("两",), ("十二",), ("一百", "零二")]


def test_every_piece_is_listed() -> None:
    spoken = {piece for value in numbers() for piece in chinese.number(Decimal(value) / 100)}
    spoken |= {piece for value in numbers() for piece in chinese.money(Decimal(value) / 100)}
    spoken |= {piece for n in range(400) for piece in chinese.day(date(2024, 1, 1) + timedelta(days=n))}
    spoken |= {piece for n in range(24 * 60) for piece in chinese.clock(time(n // 60, n % 60))}
    spoken |= {piece for n in range(1000) for piece in chinese.count(n)} | set(chinese.percent(Decimal(12)))
    spoken |= {chinese.hour_of_clock(n) for n in range(25)}
    assert spoken <= PIECES
