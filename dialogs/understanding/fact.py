"""Something of a form that was told without having been asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.contract.message import Words


@dataclass(frozen=True)
class Fact:
    field: str
    value: Any
    """As the field's own parser gives it."""
    shown: Words
    """As it is read back."""
    words: str
    """The part of the message that says so."""
