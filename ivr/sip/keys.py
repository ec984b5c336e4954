"""Key presses told twice, by RFC 4733 events and by SIP INFO, counted once."""

from __future__ import annotations

from ivr.call import DIGITS

_AT_ONCE = 0.1
"""Seconds in which two presses of one key are the same press: nobody presses a key ten times a second."""
_AFTERWARDS = 0.05
"""Seconds after a key was let go in which its INFO may still come."""


class Keys:
    """Told of each start and end with the time in seconds; says which starts count."""

    def __init__(self) -> None:
        self._digit = ""
        self._down = False
        self._started = self._ended = 0.0

    def start(self, digit: str, now: float) -> bool:
        again = digit == self._digit and (
            self._down or now - self._started < _AT_ONCE or now - self._ended < _AFTERWARDS
        )
        if again or digit not in tuple(DIGITS):
            return False
        self._digit, self._down, self._started = digit, True, now
        return True

    def end(self, now: float) -> None:
        self._down = False
        self._ended = now
