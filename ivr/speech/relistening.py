"""One utterance decoded once more, for what else it may mean."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from dialogs.speech.recogniser import Recogniser, Utterance, Word

PIECE = 25
"""Frames, half a second of audio, that are decoded in one go: some 10 ms of a thread."""


class Relistening:
    """Calls itself until it is done; each call is one piece of the work, so that other streams have their turn."""

    def __init__(
        self,
        recogniser: Callable[[], Recogniser],
        audio: Sequence[bytes],
        go_on: Callable[[Callable[[], None]], None],
        tell: Callable[[Utterance], None],
    ) -> None:
        """`recogniser`: makes one, which takes 25 ms and more; `go_on`: has the next piece done; `tell`: told the
        utterance at the end.
        """
        self._make = recogniser
        self._waiting = deque(audio)
        self._go_on = go_on
        self._tell = tell
        self._recogniser: Recogniser | None = None
        self._words: tuple[Word, ...] = ()

    def __call__(self) -> None:
        if self._recogniser is None:
            self._recogniser = self._make()
        elif self._waiting:
            piece = [self._waiting.popleft() for _ in range(min(PIECE, len(self._waiting)))]
            if self._recogniser.accept(b"".join(piece)):
                self._words += self._recogniser.result().words  # a pause where the first hearing found none
        else:
            self._tell(Utterance(self._words + self._recogniser.final().words))
            return
        self._go_on(self)
