"""Telephone numbers as networks and people give them, made E.164."""

from __future__ import annotations

import phonenumbers


def e164(number: str, country: str = "CN") -> str | None:
    """A number as the network shows it, in E.164; None if it cannot be one (withheld, internal, mistyped)."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
