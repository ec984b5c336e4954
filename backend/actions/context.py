"""What every action is given: the time, the rules in force, and the places it may write to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.actions.directory import Directory
from backend.rules.policy import Policy
from backend.rules.working_time import WorkingCalendar


@dataclass(frozen=True)
class Context:
    now: datetime
    """UTC."""
    policy: Policy
    calendar: WorkingCalendar
    directory: Directory
    """The organisation as it is now; from DirectoryCache."""
    timezone: ZoneInfo
    secret: bytes
    """Key of digests: retrieval codes, tokens, one-time codes."""
    attachments: Path
    """Folder of attachments, one file an id."""
    wakes: set[str] = field(default_factory=set)
    """Who to wake once the transaction is committed: channel names, or `due`."""
