"""Ticket numbers: how they look, whether one that was keyed can be right, and how it is grouped to be read.

A number is YYMMDD (local filing date), a daily sequence of 5 digits and a Damm check digit. A day that has given out
99,999 goes on with sequences of 6 digits, so that its further numbers have 13. Damm and Verhoeff both catch every
single wrong digit and every swap of neighbours; Damm needs one table and no positions, so a PBX or an upper platform
can check our numbers with a three-line loop.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum

from stdnum import damm

SHORTEST, LONGEST = 12, 13
"""Digits of a number."""
PATTERN = r"^[0-9]{12,13}$"
"""What has the form of a number; `check` says whether it can be one."""
WHOLE = r"[0-9]{6}0[0-9]{5}"
"""Twelve digits that no longer number begins with: sequences of 6 digits begin with no 0. After any other twelve a
thirteenth may come, so that whoever keys them says when they are through.
"""

_DATE = 6
"""Digits of the date."""
_FEWEST_OF_SIX = 100_000


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


def check(text: str) -> str:
    """The number in `text`, freed of full-width digits, spaces, dots and dashes; raises TicketNumberError."""
    number = _keyed(text)
    if not re.fullmatch(r"[0-9]*", number):
        raise TicketNumberError(Problem.NOT_DIGITS)
    if not SHORTEST <= len(number) <= LONGEST:
        raise TicketNumberError(Problem.LENGTH)
    if not damm.is_valid(number):
        raise TicketNumberError(Problem.CHECK_DIGIT)
    try:
        date(2000 + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        raise TicketNumberError(Problem.DATE) from None
    if int(number[_DATE:-1]) < (1 if len(number) == SHORTEST else _FEWEST_OF_SIX):
        raise TicketNumberError(Problem.SEQUENCE)
    return number


def grouped(number: str) -> str:
    """The number as read aloud and printed: `261122 00001 7`, `261122 100000 7`."""
    return f"{number[:_DATE]} {number[_DATE:-1]} {number[-1]}"


def _keyed(text: str) -> str:
    """ASCII digits of what was typed; dashes are every Unicode dash and the minus sign."""
    kept = (char for char in unicodedata.normalize("NFKC", text) if not char.isspace() and char not in "._\u2212")
    return "".join(char for char in kept if unicodedata.category(char) not in ("Pd", "Cf"))
