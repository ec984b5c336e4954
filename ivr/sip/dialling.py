"""Calls we make: what is dialled, and why nobody was reached."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

import phonenumbers

from ivr.sip.settings import NumberForm, SipSettings, Trunk

_BUSY: Final = frozenset({486, 600})
_NO_ANSWER: Final = frozenset({408, 480, 487})
_REFUSED: Final = frozenset({603, 607, 608})


class Unreached(StrEnum):
    """Why nobody was reached."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    """It rang, and nobody took it up in time; or the telephone is off."""
    REFUSED = "refused"
    """The person declined the call, or wants no such calls."""
    FAILED = "failed"
    """The call never got there: an unknown number, a trunk that refuses or is silent, no worker free."""


class NotReached(Exception):
    """Nobody was reached."""

    def __init__(self, reason: Unreached, status: int | None = None) -> None:
        """`status`: the SIP answer, if there was one."""
        super().__init__(f"nobody was reached: {reason}" + (f" ({status})" if status else ""))
        self.reason = reason
        self.status = status


def reason(status: int | None, *, rang: bool) -> Unreached:
    """What a SIP answer means for the call; None when there was none in time; `rang`: whether the far end was found."""
    if status in _BUSY:
        return Unreached.BUSY
    if status in _NO_ANSWER and (rang or status == 480):
        return Unreached.NO_ANSWER
    if status in _REFUSED:
        return Unreached.REFUSED
    return Unreached.NO_ANSWER if status is None and rang else Unreached.FAILED


def uri(target: str, settings: SipSettings) -> str:
    """The SIP address of a number or of an address. Raises ValueError if it cannot be dialled."""
    if re.fullmatch(r"sips?:[^\s<>\"@]+@[^\s<>\"@]+", target):
        return target
    number = re.sub(r"[\s()/.-]", "", target)
    if not re.fullmatch(r"\+?[0-9*#]{1,20}", number):
        raise ValueError("neither a number nor a SIP address")
    if settings.trunk is None:
        raise ValueError("a number needs a trunk to be dialled by")
    return f"sip:{_formed(number, settings.trunk, settings.country)}@{settings.trunk.domain}{_via(settings.trunk)}"


def _via(trunk: Trunk) -> str:
    return "" if trunk.transport == "udp" else f";transport={trunk.transport}"


def _formed(number: str, trunk: Trunk, country: str) -> str:
    """Short and internal numbers are dialled as they are."""
    if trunk.numbers is NumberForm.E164 or not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    if parsed.country_code == phonenumbers.country_code_for_region(country):
        national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
        return re.sub(r"[^0-9]", "", national)
    return "00" + number[1:]
