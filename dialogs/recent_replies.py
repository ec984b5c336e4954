"""The answers of a conversation to its latest events, for an event that comes again because its answer was lost."""

from __future__ import annotations

from dialogs.outputs import Output, Say
from dialogs.session import Session
from dialogs.short_memory import ShortMemory

WHOLE_SECONDS = 600.0
"""How long an answer that is not kept as it was said can be repeated whole: a messenger may be down for minutes."""


class Answered:
    """Sessions keep what was said; of what is not to be kept, memory has the words for as long as a delivery is tried.

    After that, and in another process, the answer says how to get it again.
    """

    def __init__(self, whole_seconds: float = WHOLE_SECONDS) -> None:
        self._whole: ShortMemory[tuple[str, str], tuple[Output, ...]] = ShortMemory(whole_seconds)

    def remember(
        self, conversation: str, session: Session, event: str, said: tuple[Output, ...], question: str = ""
    ) -> None:
        """`conversation`: the session's key; `question`: what is asked then."""
        session.remember(event, said, question)
        if any(isinstance(one, Say) and one.kept is not None for one in said):
            self._whole.hold((conversation, event), said)

    def recall(self, conversation: str, session: Session, event: str) -> tuple[Output, ...] | None:
        """What was said to an event that was handled already, or None for a new event."""
        said = session.recall(event)
        return said if said is None else self._whole.get((conversation, event)) or said
