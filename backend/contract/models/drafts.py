"""Half-filled forms."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime

from .base import Answer, Request
from .values import Slug, storable


class DraftIn(Request):
    """A half-filled form, kept so that losing the session store loses nothing."""

    scenario: Slug
    form: Annotated[dict[str, Any], AfterValidator(storable)]
    """The engine's form as JSON."""


class DraftOut(Answer):
    id: str
    scenario: str
    form: dict[str, Any]
    updated_at: AwareDatetime


class DraftPage(Answer):
    items: list[DraftOut]
