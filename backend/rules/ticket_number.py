"""Ticket numbers as they are composed, and retrieval codes 查询码; how numbers are checked stands in the contract."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import date

from stdnum import damm

MAX_SEQUENCE = 999_999
"""Tickets a city can number on one day."""


class SequenceError(ValueError):
    """The daily sequence is outside 1 to 999999: this day can take no further number."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"sequence {sequence} is outside 1 to {MAX_SEQUENCE}")


def compose(day: date, sequence: int) -> str:
    """The number of the `sequence`-th ticket (from 1) filed on `day`, the city's local date.

    It has 12 digits, from the 100,000th of a day on 13.

    Raises SequenceError outside 1 to 999999, ValueError outside the years 2000 to 2099.
    """
    if not 1 <= sequence <= MAX_SEQUENCE:
        raise SequenceError(sequence)
    if not 2000 <= day.year <= 2099:
        raise ValueError(f"year {day.year} does not fit two digits")
    body = f"{day:%y%m%d}{sequence:05d}"
    return body + damm.calc_check_digit(body)


def new_retrieval_code(randbelow: Callable[[int], int]) -> str:
    """An 8-digit retrieval code; pass `secrets.randbelow`. Those given out before had 6 and stay valid."""
    return f"{randbelow(100_000_000):08d}"


def digest(secret: bytes, number: str, code: str) -> str:
    """What is stored in place of the code: HMAC-SHA256 in hex, bound to its ticket."""
    return hmac.new(secret, f"{number}:{code}".encode(), hashlib.sha256).hexdigest()


def matches(secret: bytes, number: str, code: str, stored: str) -> bool:
    """Whether `code` is the one whose digest was stored; takes the same time for every wrong code."""
    return hmac.compare_digest(digest(secret, number, code).encode(), stored.encode())
