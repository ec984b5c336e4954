"""Ticket numbers and retrieval codes 查询码: composed, checked and grouped so that people can key them on a phone.

A number is YYMMDD (local filing date), a 5-digit daily sequence and a Damm check digit. Damm and Verhoeff both catch
every single wrong digit and every swap of neighbours; Damm needs one table and no positions, so a PBX or an upper
platform can check our numbers with a three-line loop.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from stdnum import damm

MAX_SEQUENCE = 99_999
"""Tickets a city can number on one day."""


class Problem(StrEnum):
    """What is wrong with a keyed number; also the tail of the message key."""

    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"
    DATE = "date"
    SEQUENCE = "sequence"


class TicketNumberError(ValueError):
    """This is not a ticket number; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class SequenceError(ValueError):
    """The daily sequence is outside 1 to 99999: this day can take no further number."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"sequence {sequence} is outside 1 to {MAX_SEQUENCE}")


def compose(day: date, sequence: int) -> str:
    """The 12-digit number of the `sequence`-th ticket (from 1) filed on `day`, the city's local date.

    Raises SequenceError outside 1 to 99999, ValueError outside the years 2000 to 2099.
    """
    if not 1 <= sequence <= MAX_SEQUENCE:
        raise SequenceError(sequence)
    if not 2000 <= day.year <= 2099:
        raise ValueError(f"year {day.year} does not fit two digits")
    body = f"{day:%y%m%d}{sequence:05d}"
    return body + damm.calc_check_digit(body)


def check(text: str) -> str:
    """The number in `text`, freed of full-width digits, spaces and dashes; raises TicketNumberError."""
    number = _keyed(text)
    if not re.fullmatch(r"[0-9]*", number):
        raise TicketNumberError(Problem.NOT_DIGITS)
    if len(number) != 12:
        raise TicketNumberError(Problem.LENGTH)
    if not damm.is_valid(number):
        raise TicketNumberError(Problem.CHECK_DIGIT)
    try:
        date(2000 + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        raise TicketNumberError(Problem.DATE) from None
    if int(number[6:11]) == 0:
        raise TicketNumberError(Problem.SEQUENCE)
    return number


def grouped(number: str) -> str:
    """The number as read aloud and printed: `261122 00001 7`."""
    return f"{number[:6]} {number[6:11]} {number[11:]}"


def new_retrieval_code(randbelow: Callable[[int], int]) -> str:
    """An 8-digit retrieval code; pass `secrets.randbelow`. Those given out before had 6 and stay valid."""
    return f"{randbelow(100_000_000):08d}"


def digest(secret: bytes, number: str, code: str) -> str:
    """What is stored in place of the code: HMAC-SHA256 in hex, bound to its ticket."""
    return hmac.new(secret, f"{number}:{code}".encode(), hashlib.sha256).hexdigest()


def matches(secret: bytes, number: str, code: str, stored: str) -> bool:
    """Whether `code` is the one whose digest was stored; takes the same time for every wrong code."""
    return hmac.compare_digest(digest(secret, number, code).encode(), stored.encode())


def _keyed(text: str) -> str:
    """ASCII digits of what was typed; dashes are every Unicode dash and the minus sign."""
    kept = (char for char in unicodedata.normalize("NFKC", text) if not char.isspace())
    return "".join(char for char in kept if unicodedata.category(char) not in ("Pd", "Cf") and char != "\u2212")
