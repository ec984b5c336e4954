"""Reads a unified social credit code (GB 32100-2015)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from backend.contract import uscc
from dialogs.fields.outcome import NotUnderstood, Outcome, Parser, Understood, problem
from dialogs.fields.spelt_digits import DIGITS, as_ones, in_figures
from dialogs.fields.typed import narrow, words

_LENGTH = 18
# Letters the standard leaves out because they look like these.
_LEFT_OUT = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"}
# The registering authority and the kinds of body each registers (GB 32100-2015, table 1).
_KINDS = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
_PROVINCES = frozenset(
    [*range(11, 16), 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83]
)
_ALIKE = frozenset(
    frozenset(pair)
    for pair in words("0D/0Q/DQ/0C/1L/17/1T/7T/8B/38/3B/6G/CG/UW/UY/XY/KX/EF/PR/MN/HN/HM/4A/56/69/27/0U/WM")
)
_SEPARATORS = re.compile(r"[\s\-–—_.·,:/]+")
_SPELT_OUT = re.compile(rf"(?:[{DIGITS}][,，、 ]*){{6,}}(?:[0-9a-z{DIGITS}][,，、 ]*)*")
_TOKEN = re.compile("[0-9a-z]+")
_RUN = re.compile(r"[0-9a-z][0-9a-z\s\-–—_.·/]*[0-9a-z]|[0-9a-z]")
# GB 11714: weights of the organisation code within (positions 9 to 16), its check character at position 17.
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Uscc(Parser):
    """The 18 characters on a business licence, with the right check character. Never corrected unasked."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        typed = _in_figures(narrow(text))
        runs = [_SEPARATORS.sub("", run).upper() for run in _RUN.findall(typed)]
        if not runs:
            return problem("field.uscc.missing")
        code = _of_eighteen(typed) or max(runs, key=len)
        stray = re.fullmatch(r"[0-9a-z\s\-–—_.·/]*([^0-9a-z\s\-–—_.·/])[0-9a-z\s\-–—_.·/]*", typed)
        if stray and len(code) != _LENGTH and len("".join(runs)) == _LENGTH - 1:
            return problem("field.uscc.character", character=stray[1], position=len(runs[0]) + 1)
        if len(code) == 15 and code.isdigit():
            return problem("field.uscc.old_number")
        if len(code) != _LENGTH:
            return problem("field.uscc.length", count=len(code), difference=abs(_LENGTH - len(code)))
        return _checked(code)


def _in_figures(typed: str) -> str:
    """With digits as figures where most of a code is read out: 九一四四五二零零…"""
    return _SPELT_OUT.sub(lambda found: re.sub("[,，、]", "", in_figures(as_ones(found.group()))), typed)


def _of_eighteen(typed: str) -> str:
    """The characters of a code among other words: one that is right if there is one; empty where none has 18."""
    tokens = list(_TOKEN.finditer(typed))
    codes = []
    for at, first in enumerate(tokens):
        code, end = "", first.start()
        for token in tokens[at:]:
            if _SEPARATORS.sub("", typed[end : token.start()]) or not any(map(str.isdigit, token.group())):
                break
            code, end = code + token.group(), token.end()
            if len(code) == _LENGTH:
                codes.append(code.upper())
    return next((code for code in codes if uscc.is_valid(code)), codes[0] if codes else "")


def _checked(code: str) -> Outcome:
    wrong = [index for index, character in enumerate(code) if character not in uscc.ALPHABET]
    if wrong:
        return _letter(code, wrong[0])
    for index in range(2, 8):
        if not code[index].isdigit():
            return _region(code, index)
    if uscc.is_valid(code):
        return Understood(code, f"{code[:2]} {code[2:8]} {code[8:17]} {code[17]}")
    return _mend(code)


def _letter(code: str, index: int) -> NotUnderstood:
    """A letter the standard does not use: with its digit in place, does the code become right?"""
    mended = "".join(_LEFT_OUT.get(character, character) for character in code)
    right = _LEFT_OUT[code[index]]
    if uscc.is_valid(mended):
        return problem("field.uscc.letter_mend", position=index + 1, wrong=code[index], right=right, code=mended)
    return problem("field.uscc.letter", position=index + 1, wrong=code[index], right=right)


def _region(code: str, index: int) -> NotUnderstood:
    """A letter among the digits of the region code (positions 3 to 8)."""
    fits = [
        digit
        for digit in "0123456789"
        if uscc.is_valid(code[:index] + digit + code[index + 1 :]) and frozenset((digit, code[index])) in _ALIKE
    ]
    if len(fits) == 1:
        mended = code[:index] + fits[0] + code[index + 1 :]
        return problem("field.uscc.mend", position=index + 1, wrong=code[index], right=fits[0], code=mended)
    return problem("field.uscc.digit", position=index + 1, wrong=code[index])


@dataclass(frozen=True)
class _Repair:
    """One slip that would explain the wrong check character."""

    position: int
    code: str
    rank: int
    """How likely the slip is; lower is likelier."""
    swap: bool = False


def _mend(code: str) -> NotUnderstood:
    repairs = sorted(_repairs(code), key=lambda repair: (repair.rank, repair.position))
    if not repairs:
        return problem("field.uscc.checksum")
    best = [repair for repair in repairs if repair.rank == repairs[0].rank]
    first = best[0]
    if len(best) == 1:
        at = first.position
        if first.swap:
            return problem(
                "field.uscc.swap", position=at, next=at + 1, pair=first.code[at - 1 : at + 1], code=first.code
            )
        return problem("field.uscc.mend", position=at, wrong=code[at - 1], right=first.code[at - 1], code=first.code)
    positions = sorted({repair.position for repair in best})
    if len(positions) == 1:
        return problem("field.uscc.position", position=first.position, wrong=code[first.position - 1])
    if len(positions) <= 3:
        return problem("field.uscc.positions", positions=", ".join(str(position) for position in positions))
    return problem("field.uscc.checksum")


def _repairs(code: str) -> list[_Repair]:
    """Single substitutions and adjacent transpositions that make the code valid and believable.

    The organisation code has a check character of its own (position 17), which tells the half with the slip.
    """
    found: list[_Repair] = []
    for index in range(_LENGTH):
        for right in uscc.ALPHABET:
            candidate = code[:index] + right + code[index + 1 :]
            if right != code[index] and uscc.is_valid(candidate):
                alike = frozenset((right, code[index])) in _ALIKE
                found.append(_Repair(index + 1, candidate, _rank(candidate, alike)))
    for index in range(_LENGTH - 1):
        candidate = code[:index] + code[index + 1] + code[index] + code[index + 2 :]
        if candidate != code and uscc.is_valid(candidate):
            found.append(_Repair(index + 1, candidate, _rank(candidate, likely=True), swap=True))
    return found


def _rank(candidate: str, likely: bool) -> int:
    believable = _organisation_sound(candidate) and _issued(candidate)
    return (0 if believable else 2) + (0 if likely else 1)


def _issued(code: str) -> bool:
    """Whether the authority, kind and province exist."""
    return code[1] in _KINDS.get(code[0], "") and int(code[2:4]) in _PROVINCES


def _organisation_sound(code: str) -> bool:
    total = sum(
        int(character, 36) * weight for character, weight in zip(code[8:16], _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[(11 - total % 11) % 11] == code[16]
