"""What to say about a log-in, a password or a code that was refused, by catalogue key."""

from __future__ import annotations

from pydantic import ValidationError

from backend.contract.errors import (
    BackendError,
    BadCode,
    TooMany,
    Unavailable,
    WrongPassword,
    WrongState,
)


def problem(error: BackendError) -> str:
    """Catalogue key of what to say about a log-in that failed."""
    if isinstance(error, TooMany):
        return "web.log_in.too_many"
    return "web.log_in.unavailable" if isinstance(error, Unavailable) or error.status >= 500 else "web.log_in.wrong"


def password_problem(error: BackendError) -> str:
    """Catalogue key of what to say about a password that was not changed."""
    if isinstance(error, WrongPassword):
        return "web.password.wrong"
    return "web.log_in.too_many" if isinstance(error, TooMany) else "web.log_in.unavailable"


def code_problem(error: Exception) -> str:
    """Catalogue key of what to say about a code that was not taken, or a password asked for beside it."""
    if isinstance(error, BadCode | ValidationError):
        return "web.code.wrong"
    if isinstance(error, WrongState):
        return "web.second_factor.begin_again"
    return password_problem(error) if isinstance(error, BackendError) else "web.log_in.unavailable"
