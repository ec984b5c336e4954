"""Key presses told twice, by RFC 4733 events and by SIP INFO, counted once."""

from __future__ import annotations

from ivr.call import DIGITS

_AT_ONCE = 0.1
"""Seconds in which two presses of one key are the same press: nobody presses a key ten times a second."""
_HELD = 0.2
"""Seconds after the start in which the INFO may come of a key that is still down: it is often sent at the release. No
longer, since the end may have been lost, or be INFO's own: the stack makes one up after the duration it names."""
_AFTERWARDS = 0.03
"""Seconds after a key was let go in which its INFO may still come."""


class Keys:
    """Told of each start and end with the time in seconds; says which starts count."""

    def __init__(self) -> None:
        self._digit = ""
        self._down = False
        self._started = self._ended = 0.0

    def start(self, digit: str, now: float) -> bool:
        since = now - self._started
        again = digit == self._digit and (
            since < _AT_ONCE or (self._down and since < _HELD) or now - self._ended < _AFTERWARDS
        )
        if again or digit not in tuple(DIGITS):
            return False
        self._digit, self._down, self._started = digit, True, now
        return True

    def end(self, now: float) -> None:
        if self._down:  # a further end is the one made up for the INFO of the same press
            self._down = False
            self._ended = now
