"""How a call ends."""

from __future__ import annotations

from ivr.call import EndReason


class CallOver(Exception):
    """The caller is gone, or the call was ended; `reason` tells how."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason)
        self.reason = reason


class PutThrough(CallOver):
    """The caller is talking to somebody else now."""


class CutOff(CallOver):
    """The call ended in the middle of a recording."""

    def __init__(self, reason: EndReason, pcm: bytes) -> None:
        super().__init__(reason)
        self.pcm = pcm
        """What was said until then; may be empty."""
