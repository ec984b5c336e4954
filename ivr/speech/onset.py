"""Where speech may begin: the loudness of frames against the noise of the line."""

from __future__ import annotations

from collections import deque

from ivr.audio import QUIET, loudness

_LEAST = -52.0
"""dB below full scale: quieter than anybody who means to be heard on a telephone, louder than a quiet line."""
_ABOVE_NOISE = 8.0
"""How many dB speech is louder than the line's noise."""
_NOISE_GROWTH = 0.17
"""dB a frame; so that a noise which stays is taken for the line's after some seconds. Pauses bring it down at once."""
_WINDOW = 30
"""Frames looked back on: 0.6 s."""


def audible(frame: bytes) -> bool:
    """Whether the frame can be speech on any line."""
    return loudness(frame) > _LEAST


class Onset:
    """Follows the frames of one stream in turn."""

    def __init__(self) -> None:
        self._noise = QUIET
        self._recent: deque[bool] = deque(maxlen=_WINDOW)

    def loud(self, frame: bytes) -> bool:
        """Take the next frame; True when it is loud enough to be speech."""
        level = loudness(frame)
        loud = level > max(_LEAST, self._noise + _ABOVE_NOISE)
        # From silence the climb starts at the floor, or noise after a silent start would count as speech for minutes.
        self._noise = min(level, max(self._noise + _NOISE_GROWTH, _LEAST - _ABOVE_NOISE))
        self._recent.append(loud)
        return loud

    @property
    def loud_frames(self) -> int:
        """How many of the last 30 frames were loud."""
        return sum(self._recent)

    @property
    def began_ago(self) -> int:
        """Frames since the first loud one among the last 30; 0 when it is the newest, or there is none."""
        first = next((number for number, loud in enumerate(self._recent) if loud), len(self._recent) - 1)
        return max(0, len(self._recent) - 1 - first)
