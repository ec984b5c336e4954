"""Tells a person what a refusal of the backend means for them, and what to do next."""

from __future__ import annotations

from backend.contract.errors import (
    AttachmentRefused,
    BackendError,
    BadCode,
    Forbidden,
    NotFound,
    QuotaReached,
    Stale,
    TooMany,
    Unauthenticated,
    Unavailable,
    WrongState,
)
from backend.contract.message import Message
from dialogs.refusal import refusal

_TOLD: dict[type[BackendError], str] = {
    NotFound: "trouble.not_found",
    Forbidden: "trouble.forbidden",
    Unauthenticated: "trouble.logged_out",
    WrongState: "trouble.wrong_state",
    Stale: "trouble.stale",
    TooMany: "trouble.too_many",
    BadCode: "trouble.bad_code",
    Unavailable: "trouble.unavailable",
}


_QUOTAS = {"filings": "quota.filings", "additions": "quota.additions", "sessions": "quota.sessions"}


def explain(error: BackendError) -> Message:
    """What to say; everything a person typed is still kept when this is said."""
    if isinstance(error, AttachmentRefused):
        return refusal(error.code)
    if isinstance(error, QuotaReached) and (told := _QUOTAS.get(str(error.extra.get("what")))):
        return Message(told)
    if error.extra.get("enrol"):
        return Message("trouble.enrol")
    return Message(_TOLD.get(type(error), "trouble.other"))


def passes(error: BackendError) -> bool:
    """Whether trying the same again later can help."""
    return error.status >= 500 or isinstance(error, TooMany)
