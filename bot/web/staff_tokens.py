"""Tells whose session token counts while an event of a member of staff is handled."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from backend.contract.errors import Unauthenticated


class StaffTokens:
    """The token of the page that an event came from; one person may have several pages and sessions at once."""

    def __init__(self) -> None:
        self._token: ContextVar[str] = ContextVar("staff_token", default="")

    def current(self) -> str:
        """The token to act by. Raises Unauthenticated outside of an event of the staff page."""
        token = self._token.get()
        if not token:
            raise Unauthenticated
        return token

    @contextlib.contextmanager
    def acting_by(self, token: str) -> Iterator[None]:
        """For the length of the block, in this task and those it starts."""
        before = self._token.set(token)
        try:
            yield
        finally:
            self._token.reset(before)
