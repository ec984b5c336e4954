"""The authenticator app of a member of staff."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from .base import Answer, Request


class CodeIn(Request):
    """A code of the authenticator app, 6 digits, or a recovery code; spaces and hyphens do not matter."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class EnrolIn(Request):
    """The password is asked for again, or an open page would be enough."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SecretOut(Answer):
    """What an authenticator app has to be told; shown this once."""

    secret: str
    """Base32."""
    uri: str
    """`otpauth://totp/...`, which apps read."""


class RecoveryCodesOut(Answer):
    """Shown this once; each stands in for the app one time."""

    codes: list[str]


class SecondFactorOut(Answer):
    on: bool
    required: bool
    """By the policy, for this person's roles."""
    recovery_codes: int
    """How many are left."""
