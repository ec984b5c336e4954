"""A messenger's limits as arithmetic on a clock: when may the next message go?"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SendingLimits:
    """How fast a bot may send."""

    overall_rate: float
    """Messages a second over all chats."""
    overall_burst: float
    """Messages at once."""
    chat_rate: float
    """Messages a second in one chat."""
    chat_burst: float
    """Messages that a silent chat may get at once."""
    group_count: int
    """Messages in a group in any ``group_seconds``."""
    group_seconds: float
    attempts: int = 5
    """Tries of one call when the messenger cannot be reached or has an error of its own."""
    first_backoff: float = 0.5
    """Seconds; doubled with each try, and varied by up to a half."""
    last_backoff: float = 8.0
    longest_wait: float = 120.0
    """Seconds of ``retry_after`` that a call waits out; a longer one is an error at once."""


UNPACED = SendingLimits(
    overall_rate=1e9, overall_burst=1e9, chat_rate=1e9, chat_burst=1e9, group_count=1_000_000_000, group_seconds=1e-9
)
"""For a server without limits, and for measuring."""


@dataclass
class TokenBucket:
    """``rate`` tokens a second come in, ``burst`` fit."""

    rate: float
    burst: float
    _tokens: float = field(init=False)
    _since: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._tokens = self.burst

    def wait(self, now: float) -> float:
        """Seconds until there is a token."""
        self._fill(now)
        # Rounding must not leave a wait too small to move the clock.
        missing = 1.0 - self._tokens
        return missing / self.rate if missing > 1e-9 else 0.0

    def take(self, now: float, tokens: int = 1) -> None:
        """Use tokens up; more than there are make a debt that the next wait pays off."""
        self._fill(now)
        self._tokens -= tokens

    def is_idle(self, now: float) -> bool:
        """Whether forgetting this bucket would change nothing."""
        self._fill(now)
        return self._tokens >= self.burst

    def _fill(self, now: float) -> None:
        self._tokens = min(self.burst, self._tokens + max(0.0, now - self._since) * self.rate)
        self._since = now


@dataclass
class Window:
    """At most ``count`` in any ``seconds``."""

    count: int
    seconds: float
    _times: deque[float] = field(default_factory=deque)

    def wait(self, now: float, places: int = 1) -> float:
        """Seconds until that many more fit."""
        self._forget(now)
        excess = len(self._times) + min(places, self.count) - self.count
        return self._times[excess - 1] + self.seconds - now if excess > 0 else 0.0

    def take(self, now: float, places: int = 1) -> None:
        """Count that many."""
        self._times.extend([now] * places)

    def is_idle(self, now: float) -> bool:
        """Whether forgetting this window would change nothing."""
        self._forget(now)
        return not self._times

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] + self.seconds <= now:
            self._times.popleft()
