"""Counts the calls that a SIP worker refuses, from the doorman's word and the stack's events."""

from __future__ import annotations

from collections import Counter
from typing import Final

from baresip import Event, StackEvent
from baresip.errors import split_status

from ivr.refusal import Refusal

_BUSY_HERE: Final = 486


class Refusals:
    """Listens to all events of the stack."""

    def __init__(self) -> None:
        self._counts: Counter[Refusal] = Counter()
        self._begun: set[int] = set()

    def __call__(self, event: StackEvent) -> None:
        match event.event:
            case Event.SIPSESS_FAILED:
                busy = split_status(event.text or "")[0] == _BUSY_HERE
                self._counts[Refusal.BUSY if busy else Refusal.UNFIT] += 1
            case Event.CALL_INCOMING | Event.CALL_OUTGOING:
                self._begun.add(event.call)
            case Event.CALL_CLOSED if event.call in self._begun:
                self._begun.discard(event.call)
            case Event.CALL_CLOSED:  # with 488: of a call that nothing was told of
                self._counts[Refusal.UNFIT] += 1

    def stranger(self) -> None:
        self._counts[Refusal.STRANGER] += 1

    def closed(self) -> None:
        """Told by whoever takes calls: the stack knows only that we hung up."""
        self._counts[Refusal.CLOSED] += 1

    def since(self) -> dict[Refusal, int]:
        """Those since this was last asked."""
        counts, self._counts = self._counts, Counter()
        return counts
