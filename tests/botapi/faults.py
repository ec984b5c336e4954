"""Injected faults: the next calls of a method that go wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Reset = Literal["before", "after"]


@dataclass
class Fault:
    """What happens to the next ``times`` calls of ``method`` (``*``: any call but getUpdates)."""

    method: str
    times: int = 1
    status: int = 0
    """HTTP status of the refusal; 0: none."""
    retry_after: int | None = None
    reset: Reset | None = None
    """Cut the connection ``before`` the call has an effect, or ``after`` (the reply is lost)."""
    slow: float = 0.0
    """Seconds the call is held up first."""
    chat_id: int | None = None
    """Only calls for this chat."""
    not_json: bool = False
    """Reply with a gateway's HTML page instead of JSON."""

    def fits(self, method: str, chat_id: str | None) -> bool:
        """Whether this fault is meant for the call."""
        if self.times <= 0 or (self.chat_id is not None and chat_id != str(self.chat_id)):
            return False
        if self.method == "*":
            return method != "getupdates"
        return self.method.lower() == method


@dataclass
class Faults:
    """The faults still waiting for their calls, first come first served."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Queue one more."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Let every call succeed again."""
        self.waiting.clear()

    def take(self, method: str, chat_id: str | None) -> Fault | None:
        """The fault for this call, used up by one."""
        for fault in self.waiting:
            if fault.fits(method, chat_id):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
