"""What the keys pressed at one question come to."""

from __future__ import annotations

import re

from ivr.talk.question import (
    END,
    HUMAN,
    REPEAT,
    Answer,
    Chosen,
    Entered,
    Entry,
    Question,
    Recorded,
    Unclear,
    WantsHuman,
    WantsRepeat,
)


class Keypad:
    """Fed each key; gives the answer once there is one.

    In an entry every digit counts, so its choices and the human are a single key and then `#` or a pause.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self._choices = question.by_key
        self._typed = ""

    @property
    def begun(self) -> bool:
        """Whether digits wait for more."""
        return bool(self._typed)

    def press(self, key: str) -> Answer | None:
        """None: more is to come. A `Recorded` means that the recording is to end here."""
        if key == REPEAT:
            self._typed = ""
            return WantsRepeat()
        if self._question.entry is not None and key != END:
            self._typed += key
            return self._whole() if _no_more(self._typed, self._question.entry) else None
        if key == END:
            return self._ended()
        if key in self._choices:
            return Chosen(self._choices[key].means)
        return WantsHuman() if key == HUMAN else Unclear(keyed=True)

    def paused(self) -> Answer:
        """No key for a while after the last one."""
        return self._whole()

    def _ended(self) -> Answer:
        if self._typed:
            return self._whole()
        if END in self._choices:
            return Chosen(self._choices[END].means)
        return Recorded(b"") if self._question.recording is not None else Unclear(keyed=True)

    def _whole(self) -> Answer:
        typed, self._typed = self._typed, ""
        entry = self._question.entry
        assert entry is not None
        if len(typed) == 1 and typed in self._choices:
            return Chosen(self._choices[typed].means)
        if typed == HUMAN:
            return WantsHuman()
        return Entered(typed) if entry.least <= len(typed) <= entry.most else Unclear(keyed=True)


def _no_more(typed: str, entry: Entry) -> bool:
    return len(typed) >= entry.most or bool(entry.whole and re.fullmatch(entry.whole, typed))
