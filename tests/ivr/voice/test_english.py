"""English numbers, dates and amounts; every piece they are made of is listed."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from ivr.voice import english

PIECES = frozenset(english.pieces())


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("0", "zero"),
        ("13", "thirteen"),
        ("40", "forty"),
        ("105", "one hundred|five"),
        ("35260", "thirty-five|thousand|two hundred|sixty"),
        ("2003415", "two|million|three|thousand|four hundred|fifteen"),
        ("-3.05", "minus|three|point|zero|five"),
        ("1000000000000", "one" + "|zero" * 12),
    ],
)
def test_number(value: str, spoken: str) -> None:
    assert "|".join(english.number(Decimal(value))) == spoken


def test_money_dates_and_times() -> None:
    assert english.money(Decimal("12.5")) == ("twelve", "point", "five", "yuan")
    assert english.day(date(2026, 3, 22)) == ("March", "twenty-second", "twenty twenty-six")
    assert english.clock(time(0, 5)) == ("twelve", "oh five", "a.m.")
    assert english.clock(time(15)) == ("three", "p.m.")


def test_every_piece_is_listed() -> None:
    spoken = {piece for n in range(0, 3_000_000, 1237) for piece in english.number(Decimal(n) / 10)}
    spoken |= {piece for n in range(1500) for piece in english.money(Decimal(n))}
    spoken |= {piece for n in range(400) for piece in english.day(date(2024, 1, 1) + timedelta(days=n))}
    spoken |= {piece for n in range(24 * 60) for piece in english.clock(time(n // 60, n % 60))}
    spoken |= {english.hour_of_clock(n) for n in range(25)} | set(english.percent(Decimal(5)))
    assert spoken <= PIECES
