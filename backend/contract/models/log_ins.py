"""Log-ins of staff."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from .base import Answer, Request
from .second_factor import CodeIn
from .staff import StaffOut
from .values import Line


class LogIn(Request):
    username: Line
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    device: Annotated[str, StringConstraints(max_length=200)] = ""
    """As the answer to an earlier log-in from the same browser gave it; it is no secret that lets anybody in."""


class LogInCodeIn(CodeIn):
    """The second step of a log-in."""

    ticket: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
    """As the refusal `code-needed` gave it; holds for 5 minutes."""
    device: Annotated[str, StringConstraints(max_length=200)] = ""
    """As at the first step."""


class PasswordIn(Request):
    """A new password of one's own; the old one is asked for again, or an open page would be enough."""

    old: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    new: Annotated[str, StringConstraints(min_length=8, max_length=200)]


class SessionOut(Answer):
    token: str
    expires_at: AwareDatetime
    staff: StaffOut
    device: str = ""
    """Shown again at the next log-in, tries of others do not slow it."""


class LogInOut(Answer):
    """One place from where a member of staff may act; nothing in it lets anybody in."""

    id: str
    """To end it by."""
    channel: str
    """`web-staff` for a log-in with the password; else the messenger of a bound account."""
    address: str
    """Where the log-in was made from; empty for a messenger."""
    since: AwareDatetime | None
    """Null when it was made before this was kept."""
    seen: AwareDatetime | None
    """When it was last used, to the minute."""
    current: bool
    """The one that asks."""


class LogInList(Answer):
    items: list[LogInOut]


class FailedLogInOut(Answer):
    """A log-in that was refused."""

    at: AwareDatetime
    staff: str | None
    """User name of the account; null when there is none of the name that was typed."""
    unknown: str
    """In place of a name that does not exist: the same for the same name, and does not give it away."""
    address: str
    why: str
    """name, password, code or dismissed."""


class FailedLogInPage(Answer):
    items: list[FailedLogInOut]
    next: str | None
