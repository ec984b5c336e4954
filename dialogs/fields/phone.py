"""Reads a telephone number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from unicodedata import category

from typing_extensions import override

from dialogs.fields.outcome import Outcome, Parser, Understood, problem
from dialogs.fields.spelt_digits import DIGITS, as_ones, in_figures
from dialogs.fields.typed import narrow

_ENGLISH_DIGITS = {
    word: str(digit % 10)
    for digit, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"])
    if word != "oh"
} | {"oh": "0"}
_TIMES = re.compile(r"(?:(?<=\d)(?:后面|最后|中间))?([2-6])个(\d)(?!\d)", re.ASCII)
"""13307 75后面4个8 ends in 8888."""
_SPELT_TIMES = re.compile(rf"(?:(?<=[0-9{DIGITS}])(?:后面|最后|中间))?([二两三四五六])个([{DIGITS}])")
_TWICE = re.compile(rf"(?:双|double[ -]?)([0-9{DIGITS}]|{'|'.join(_ENGLISH_DIGITS)})")
_GROUPS = re.compile(r"(?<!\d)[01]\d{0,8}(?:[,、 ]+\d{1,8})+(?!\d)", re.ASCII)
"""Said in groups: 136，7890，3215."""
_MISSPOKEN = re.compile(r"(?:最后|倒数|前面|中间)[^,，。]{0,3}位?[^,，。]{0,3}(?:错|不对)")
"""Which digit was wrong is told, and not always what is right: to be said once more."""
_SECOND = re.compile("(?:打不通|不通|没人接|没人|备用|占线|不行)[^,，。0-9]{0,8}$")
_SHORTEST = 7
"""Digits; fewer beside a telephone number are of a house, or of how a number begins."""
_NUMBER = re.compile(r"\+?\(?\d[\d\s().\-–—−_]*\d", re.ASCII)
_EXTENSION = re.compile(
    r"\s*[,，(]?\s*(?:转接?|分机号?|内线|extension|ext\.?|x(?=\s*\d)|#)\s*(?:是|:)?\s*(?P<digits>\d{1,5})(?!\d)\)?"
    r"|(?<=0\d\d-\d{8})-(?P<mainland>\d{1,5})(?!\d)|(?<=0\d\d\d-\d{7})-(?P<inland>\d{1,5})(?!\d)|(?<=0\d\d\d-\d{8})-(?P<long>\d{1,5})(?!\d)",
    re.ASCII,
)
_SPELT_OUT = re.compile(rf"\b(?:{'|'.join(_ENGLISH_DIGITS)})\b(?:[ ,-]+(?:{'|'.join(_ENGLISH_DIGITS)})\b){{4,}}")
_OWN = re.compile("(?:我自己|我的|本人|我手机|我电话|打我|\\bmy|\\bmine)[^0-9]{0,8}$")
_LONGEST = 20
"""Characters of a number that is kept, its extension among them."""
_SERVICE = re.compile(r"1[12]\d|1(?:0|2)\d{3}|9[56]\d{3,6}|100\d\d", re.ASCII)
"""Emergency and service numbers that are dialled as they are: 110, 12345, 95598, 10086."""


@dataclass(frozen=True)
class Phone(Parser):
    """A phone number that can be dialled. The value is E.164, with `-` and the extension behind a switchboard's; of
    service numbers `+86` and the digits.
    """

    area_code: str = ""
    """Of the city, with its leading 0: completes a landline number typed without one."""
    service: bool = True
    """Whether 400 numbers and hotlines are acceptable; a contact's own number should not be one."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        typed = _typed(text)
        extension = _EXTENSION.search(typed)
        if extension:
            typed = typed[: extension.start()] + " ; " + typed[extension.end() :]
        numbers = _numbers(typed)
        found = {number for _, number in numbers}
        if len(found) > 1:
            found = {number for start, number in numbers if _OWN.search(typed[:start])}
        if len(found) != 1 or _MISSPOKEN.search(typed):
            return problem("field.phone.several" if numbers else "field.phone.not_understood")
        outcome = self._number(found.pop())
        return _with_extension(outcome, next(filter(None, extension.groups()))) if extension else outcome

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
        if national == digits and re.fullmatch(r"[2-9]\d{8,}", national):  # a mobile without its 1, or no area code
            return problem("field.phone.invalid")
        return _valid(national)

    def _toll_free(self, national: str) -> Outcome:
        if not self.service:
            return problem("field.phone.service")
        if len(national) != 10:
            return problem("field.phone.invalid")
        return Understood(f"+86{national}", f"{national[:3]}****{national[-3:]}")


def _numbers(typed: str) -> list[tuple[int, str]]:
    """Where each number begins, with its digits; beside others none that is short or for when nobody answers."""
    numbers = [(number.start(), re.sub(r"[^\d+]", "", number.group())) for number in _NUMBER.finditer(typed)]
    numbers = [one for one in numbers if not _SECOND.search(typed[: one[0]])] or numbers
    return [one for one in numbers if len(one[1]) >= _SHORTEST] or numbers


def _typed(text: str) -> str:
    """The text with all digits as figures, and blanks for pictures."""
    said = as_ones("".join(" " if category(one) == "So" else one for one in narrow(text)))
    said = _TWICE.sub(lambda found: f"{found[1]} {found[1]}" if found[1].isascii() else found[1] * 2, said)
    said = _SPELT_TIMES.sub(lambda found: found[2] * int(in_figures(found[1])), said)
    typed = _TIMES.sub(lambda found: found[2] * int(found[1]), in_figures(_SPELT_OUT.sub(_digits, said)))
    return _GROUPS.sub(_together, typed)


def _together(found: re.Match[str]) -> str:
    """The groups as one number if they come to a mobile's or a landline's length."""
    digits = re.sub(r"\D", "", found.group())
    whole = re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}", digits, re.ASCII)
    return digits if whole else found.group()


def _digits(found: re.Match[str]) -> str:
    return "".join(_ENGLISH_DIGITS[word] for word in re.findall("[a-z]+", found.group()))


def _with_extension(outcome: Outcome, digits: str) -> Outcome:
    """Landlines have extensions; behind a mobile the digits are something else."""
    if not isinstance(outcome, Understood):
        return outcome
    number = f"{outcome.value}-{digits}"
    if len(number) > _LONGEST or re.match(r"\+861[3-9]\d{9}", str(outcome.value)):
        return problem("field.phone.extension")
    return Understood(number, f"{outcome.shown}-{digits}")


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
