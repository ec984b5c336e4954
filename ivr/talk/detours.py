"""What leads a caller out of a question."""

from __future__ import annotations


class HumanWanted(Exception):
    """The caller asks for a person, or cannot be understood; `reason`: asked, no_match or no_input."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WentBack(Exception):
    """The caller wants the question before this one again: they chose wrongly there."""
