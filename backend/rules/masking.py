"""Masking of personal data for those who may see a ticket but not the person behind it."""

from __future__ import annotations

import re

_HIDDEN = "****"

# Chinese mobile numbers as people write them: +86, spaces or dashes in groups of 3-4-4.
_MOBILE = r"(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
_LANDLINE = r"(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3})[ -]?\d{7,8}"
# Resident identity numbers (GB 11643: 15 digits, or 17 and a check character) and bank cards.
_IDENTITY = r"\d{17}[\dXx]|\d{15,}"
_PERSONAL = re.compile(rf"(?<!\d)(?:{_IDENTITY}|{_MOBILE}|{_LANDLINE})(?!\d)")
_NAME = "(?:(?![省市区县旗镇乡街路号楼])[\\u4e00-\\u9fff]){1,8}"
_COUNTY = re.compile(
    rf"(?:{_NAME}?(?:省|自治区|特别行政区))?(?:{_NAME}(?:市|自治州|盟))?(?:{_NAME}(?:(?<![小园社校厂宅])区|县|旗|市))?"
)
_DIGITS = str.maketrans("０１２３４５６７８９＋－", "0123456789+-")


def phone(number: str) -> str:
    """`138****1234`; of other numbers only the last four digits stay, of short ones nothing."""
    compact = re.sub(r"[^0-9+]", "", number.translate(_DIGITS))
    mobile = re.fullmatch(r"(\+?86)?(1\d{2})\d{4}(\d{4})", compact)
    if mobile:
        return f"{mobile[1] or ''}{mobile[2]}{_HIDDEN}{mobile[3]}"
    return _HIDDEN + compact[-4:] if len(compact) >= 7 else _HIDDEN


def person(name: str) -> str:
    """`王**`, `Wang *`: the first character of a Chinese name, the first word of another."""
    name = name.strip()
    if not name:
        return ""
    if not name[0].isascii():
        return name[0] + "**"
    first, *rest = name.split()
    return f"{first} *" if rest else f"{first[0]}*"


def uscc(code: str) -> str:
    """First and last four characters of a unified social credit code."""
    return code[:4] + "*" * (len(code) - 8) + code[-4:] if len(code) > 8 else _HIDDEN


def address(text: str) -> str:
    """The address down to its county or district; nothing of one that names none."""
    county = _COUNTY.match(text.strip())
    return (county[0] if county else "") + _HIDDEN


def free_text(text: str) -> str:
    """The text with phone, identity and card numbers inside it replaced; all else, ticket numbers too, stays.

    Full-width digits come out as ordinary ones.
    """
    return _PERSONAL.sub(lambda found: _HIDDEN + found[0][-4:], text.translate(_DIGITS))
