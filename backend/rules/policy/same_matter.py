"""When two requests count as one matter."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backend.contract.words import Kind
from backend.rules.policy.section import Section
from backend.rules.policy.values import Days, Share


class SameMatter(Section):
    """Same scenario, same place, not long ago, alike in words: then a person is asked whether it is one matter."""

    days: Days = 30
    metres: Annotated[int, Field(ge=0, le=10_000)] = 300
    """Places so near each other are one, as the same address is."""
    alike: Share = 0.2
    """Share of the shorter one's pairs of characters that the other has, too."""
    never: tuple[Kind, ...] = (Kind.CONSULTATION, Kind.REPORT)
    """Kinds that are always matters of their own."""
