"""What every action is given: the time, the rules in force, and the places it may write to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.rules.policy.policy import Policy
from backend.rules.working_time import WorkingCalendar
from backend.storage.directory import Directory
from backend.work.policies import Policies


@dataclass(frozen=True)
class Context:
    now: datetime
    """When it was asked for, UTC."""
    clock: Callable[[], datetime]
    policy: Policy
    """In force now. It says what the service does today: guesses at a code, who is hidden on filing, emergencies, quiet
    and calling hours, how long data is kept. The clocks of a ticket go by its own, `TicketWork.policy`.
    """
    calendar: WorkingCalendar
    """Of the policy in force now."""
    directory: Directory
    """The organisation as it is now; from DirectoryCache."""
    timezone: ZoneInfo
    secret: bytes
    """Key of digests: retrieval codes, tokens, one-time codes."""
    attachments: Path
    """Folder of attachments, one file an id."""
    policies: Policies = field(default_factory=Policies)
    """Those of the past, for tickets accepted under them."""
    wakes: set[str] = field(default_factory=set)
    """Who to wake once the transaction is committed: channel names, or `due`."""

    def at_its_turn(self) -> Context:
        """The same, with the present time: of work that had to wait for others who changed what it works on."""
        return replace(self, now=self.clock())
