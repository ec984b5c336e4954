"""Half-filled forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime

from .base import Answer, Request
from .values import Slug, storable

CANCELLED_KEPT: Final = timedelta(days=1)
"""How long a form that was cancelled is kept, to be taken up again after all."""


class DraftIn(Request):
    """A half-filled form, kept so that losing the session store loses nothing."""

    scenario: Slug
    form: Annotated[dict[str, Any], AfterValidator(storable)]
    """The engine's form as JSON."""
    cancelled: bool = False
    """The person does not want it: nobody is reminded of it, and it goes after a day unless it is kept again."""


class DraftOut(Answer):
    id: str
    scenario: str
    form: dict[str, Any]
    cancelled: bool = False
    updated_at: AwareDatetime


class DraftPage(Answer):
    items: list[DraftOut]
