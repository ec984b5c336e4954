"""Reads a telephone number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from dialogs.fields.outcome import Outcome, Parser, Understood, problem
from dialogs.fields.typed import narrow

_CHINESE_DIGITS = str.maketrans("零〇一二三四五六七八九幺两", "0012345678912")
_NUMBER = re.compile(r"\+?\(?\d[\d\s().\-–—−_]*\d", re.ASCII)
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|extension|#)\s*\d+", re.ASCII)
_SERVICE = re.compile(r"1[12]\d|1(?:0|2)\d{3}|9[56]\d{3,6}|100\d\d", re.ASCII)
"""Emergency and service numbers that are dialled as they are: 110, 12345, 95598, 10086."""


@dataclass(frozen=True)
class Phone(Parser):
    """A phone number that can be dialled. The value is E.164, except service numbers: `+86` and the digits."""

    area_code: str = ""
    """Of the city, with its leading 0: completes a landline number typed without one."""
    service: bool = True
    """Whether 400 numbers and hotlines are acceptable; a contact's own number should not be one."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        typed = narrow(text).translate(_CHINESE_DIGITS)
        if _EXTENSION.search(typed):
            return problem("field.phone.extension")
        found = {re.sub(r"[^\d+]", "", number) for number in _NUMBER.findall(typed)}
        if not found:
            return problem("field.phone.not_understood")
        if len(found) > 1:
            return problem("field.phone.several")
        return self._number(found.pop())

    def _number(self, digits: str) -> Outcome:
        national = re.sub(r"^(?:\+|00)?86(?=\d{8,})", "", digits)
        if _SERVICE.fullmatch(national):
            return Understood(f"+86{national}", national) if self.service else problem("field.phone.service")
        if re.fullmatch(r"[48]00\d*", national):
            return self._toll_free(national)
        if re.fullmatch(r"[2-8]\d{6,7}", national):
            if not self.area_code:
                return problem("field.phone.area_code")
            national = self.area_code + national
        if re.match("1[3-9]", national) and len(national) != 11:
            return problem("field.phone.mobile_length", count=len(national))
        return _valid(national)

    def _toll_free(self, national: str) -> Outcome:
        if not self.service:
            return problem("field.phone.service")
        if len(national) != 10:
            return problem("field.phone.invalid")
        return Understood(f"+86{national}", f"{national[:3]}****{national[-3:]}")


def _valid(number: str) -> Outcome:
    import phonenumbers  # loaded on first use: its tables cost start-up time

    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        return problem("field.phone.invalid")
    if not phonenumbers.is_valid_number(parsed):
        return problem("field.phone.invalid")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.national_significant_number(parsed)
    if parsed.country_code != 86:
        return Understood(e164, f"+{parsed.country_code} {_masked(national)}")
    area = phonenumbers.length_of_geographical_area_code(parsed)
    if area:
        return Understood(e164, f"0{national[:area]}-{_masked(national[area:])}")
    return Understood(e164, _masked(national))


def _masked(digits: str) -> str:
    """The number as it may be shown: enough to recognise one's own, too little to call it."""
    if len(digits) == 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[-max(2, min(4, len(digits) - 4)) :]
