"""Telegram's flood limits, measured as the calls arrive."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

Enforcement = Literal["off", "record", "refuse"]

# Telegram calls its limit "about 30"; a tenth more allows for jitter on the way here.
_OVERALL_TOLERATED = 33
_CHAT_BURST = 5.0
_GROUP_PER_MINUTE = 20


@dataclass(frozen=True)
class Violation:
    """One message too many."""

    at: float
    """Monotonic seconds."""
    bot_id: int
    chat_id: int
    rule: Literal["overall", "chat", "group"]
    retry_after: int


@dataclass
class FloodLimits:
    """30 a second for a bot, 1 a second in a chat with a short burst, 20 a minute in a group."""

    enforcement: Enforcement = "record"
    violations: list[Violation] = field(default_factory=list)
    _overall: dict[int, deque[float]] = field(default_factory=dict)
    _chats: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    _groups: dict[tuple[int, int], deque[float]] = field(default_factory=dict)

    def note(self, bot_id: int, chat_id: int, *, group: bool, now: float, messages: int = 1) -> Violation | None:
        """Count messages about to be delivered; the violation if they must be refused."""
        if self.enforcement == "off":
            return None
        violation = self._check(bot_id, chat_id, group, now, messages)
        if violation is not None:
            self.violations.append(violation)
            if self.enforcement == "refuse":
                return violation
        self._count(bot_id, chat_id, group, now, messages)
        return None

    def _check(self, bot_id: int, chat_id: int, group: bool, now: float, messages: int) -> Violation | None:
        overall = _recent(self._overall.setdefault(bot_id, deque()), now - 1.0)
        if len(overall) + messages > _OVERALL_TOLERATED:
            return Violation(now, bot_id, chat_id, "overall", 1)
        tokens = self._tokens((bot_id, chat_id), now)
        # An album arrives as one burst and needs only one free place.
        if tokens < 1.0:
            return Violation(now, bot_id, chat_id, "chat", max(1, math.ceil(1.0 - tokens)))
        if group:
            minute = _recent(self._groups.setdefault((bot_id, chat_id), deque()), now - 60.0)
            if len(minute) + messages > _GROUP_PER_MINUTE:
                return Violation(now, bot_id, chat_id, "group", max(1, math.ceil(minute[0] + 60.0 - now)))
        return None

    def _count(self, bot_id: int, chat_id: int, group: bool, now: float, messages: int) -> None:
        self._overall[bot_id].extend([now] * messages)
        key = (bot_id, chat_id)
        self._chats[key] = (max(0.0, self._tokens(key, now) - 1.0), now)
        if group:
            self._groups.setdefault(key, deque()).extend([now] * messages)

    def _tokens(self, key: tuple[int, int], now: float) -> float:
        tokens, since = self._chats.get(key, (_CHAT_BURST, now))
        return min(_CHAT_BURST, tokens + now - since)


def _recent(times: deque[float], after: float) -> deque[float]:
    while times and times[0] <= after:
        times.popleft()
    return times
