"""Numbers and amounts of money as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.contract.message import Message
from dialogs.fields import Doubtful, Money, Number, Parser, Understood

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def value(parser: Parser, text: str) -> object:
    outcome = parser.parse(text, NOW)
    if isinstance(outcome, Doubtful):
        return (outcome.value,)
    return outcome.value if isinstance(outcome, Understood) else outcome.problem.key.rsplit(".", 1)[1]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30", 30),
        ("３０", 30),
        ("三十", 30),
        ("大概30人", 30),
        ("三十来个", (30,)),
        ("30多人", (30,)),
        ("约 30 名员工", 30),
        ("一共30个", 30),
        ("1,200", 1200),
        ("1，200人", 1200),
        ("1.2万", 12000),
        ("一万二", 12000),
        ("3万5千", 35000),
        ("两百五", 250),
        ("二十五", 25),
        ("廿五", 25),
        ("一二三", 123),
        ("12,345,678", 12345678),
        ("3k", 3000),
        ("1.5 million", 1500000),
        ("-5", -5),
        ("负五", -5),
        ("没有", 0),
        ("零", 0),
        ("about 30 people", 30),
        ("一亿三", 130_000_000),
        ("一点二万", 12000),
        ("1.5", "integer"),
        ("三五个", "vague"),
        ("七八十人", "vague"),
        ("几十个", "vague"),
        ("十几个", "vague"),
        ("很多", "vague"),
        ("20到30", "range"),
        ("30人其中女工12人", "several"),
        ("不知道", "not_understood"),
        ("", "not_understood"),
        ("五万五万三", "not_understood"),
        ("9" * 5000, "not_understood"),
        ("统一", "not_understood"),
    ],
)
def test_whole_numbers(text: str, number: object) -> None:
    assert value(Number(), text) == number


@pytest.mark.parametrize(
    ("text", "number"), [("1.5", 1.5), ("三点五", 3.5), ("两个半", 2.5), ("3 天半", 3.5), ("30%", 30.0)]
)
def test_fractions(text: str, number: object) -> None:
    assert value(Number(integer=False), text) == number


def test_number_limits() -> None:
    assert value(Number(min=1), "0") == "too_small"
    assert value(Number(max=100), "101") == "too_large"
    assert value(Number(min=1, max=100), "100") == 100
    assert value(Number(min=1), "没有") == "too_small"


def test_a_number_is_read_back_with_its_unit() -> None:
    outcome = Number(unit="人").parse("1200", NOW)
    assert outcome == Understood(1200, Message("field.number.shown", {"number": "1,200", "unit": "人"}))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("三万五", "35000.00"),
        ("两百五", "250.00"),
        ("3.5万", "35000.00"),
        ("3.5 万元", "35000.00"),
        ("1,200元", "1200.00"),
        ("1，200.50元", "1200.50"),
        ("12万3千", "123000.00"),
        ("五百块", "500.00"),
        ("五百块钱", "500.00"),
        ("1个亿", "100000000.00"),
        ("一个亿", "100000000.00"),
        ("3个多亿", "not_understood"),
        ("￥3000", "3000.00"),
        ("¥3,000.00", "3000.00"),
        ("RMB 3000", "3000.00"),
        ("3000 yuan", "3000.00"),
        ("人民币叁仟元整", "3000.00"),
        ("壹万贰仟元", "12000.00"),
        ("五块五", "5.50"),
        ("5元3角2分", "5.32"),
        ("三毛五", "0.35"),
        ("两块五毛", "2.50"),
        ("12.34万", "123400.00"),
        ("1.1万", "11000.00"),
        ("3w", "30000.00"),
        ("3w元", "30000.00"),
        ("大概35万", "350000.00"),
        ("35万多", ("350000.00",)),
        ("2024年的货款35万", "350000.00"),
        ("欠我们三万五货款", "35000.00"),
        ("0", "0.00"),
        ("0.01", "0.01"),
        ("300 USD", "currency"),
        ("$300", "currency"),
        ("三百美元", "currency"),
        ("500港币", "currency"),
        ("3万到5万", "range"),
        ("三五万", "vague"),
        ("几万块", "vague"),
        ("半万", "vague"),
        ("-300", "negative"),
        ("3.141", "decimals"),
        ("很多", "vague"),
        ("不知道", "not_understood"),
        ("", "not_understood"),
    ],
)
def test_money(text: str, yuan: str) -> None:
    assert value(Money(), text) == yuan


def test_money_limits() -> None:
    assert value(Money(min=100), "99元") == "too_small"
    assert value(Money(max=100), "101元") == "too_large"


def test_money_is_read_back_grouped() -> None:
    assert Money().parse("三万五", NOW) == Understood("35000.00", Message("field.money.shown", {"amount": "35,000"}))
    assert Money().parse("五块五", NOW) == Understood("5.50", Message("field.money.shown", {"amount": "5.50"}))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("186400元一分没付", "186400.00"),
        ("3万5一分没给", "35000.00"),
        ("欠我八万，一毛钱都没给", "80000.00"),
        ("他们一分没付", "0.00"),
        ("一分钱", "0.01"),
    ],
)
def test_what_was_not_paid_of_an_amount_is_no_part_of_it(text: str, yuan: str) -> None:
    assert value(Money(), text) == yuan
