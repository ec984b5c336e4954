"""Enterprises by the people who speak for them."""

from __future__ import annotations

from .base import Answer, Request
from .values import CreditCode, Language, Line, Phone


class EnterpriseIn(Request):
    uscc: CreditCode | None = None
    """Unified social credit code, GB 32100-2015."""
    name: Line | None = None
    """As stated: it stays on the ticket, and becomes the registered name only when the office confirms it."""


class ContactIn(Request):
    """What is known of the person; only the given fields change."""

    name: Line | None = None
    phone: Phone | None = None
    language: Language | None = None
    enterprise: EnterpriseIn | None = None


class EnterpriseOut(Answer):
    uscc: str | None
    name: str | None
    """The registered name if it is confirmed, else as the contact stated it."""
    district: str | None


class SpeakerOut(Answer):
    """Somebody an account speaks as: name, telephone, enterprise."""

    name: str | None
    phone: str | None
    enterprise: EnterpriseOut | None


class ContactOut(Answer):
    """The contact's own view: nothing masked, it is theirs."""

    id: int
    name: str | None
    phone: str | None
    language: str
    enterprise: EnterpriseOut | None
    speaks_as: list[SpeakerOut] = []
    """Whom the account has filed as so far, the latest first; never as a hidden reporter."""


class PersonOut(Answer):
    name: str | None
    phone: str | None
    enterprise: str | None
    """As stated."""
    enterprise_confirmed: str | None = None
    """The registered name of the credit code, once it is confirmed."""
    uscc: str | None
    as_filed: bool = True
