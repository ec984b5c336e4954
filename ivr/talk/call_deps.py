"""What all calls share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from dialogs.events import Person
from dialogs.exchange import Handle
from dialogs.understanding.emergencies import Emergencies
from ivr.meters import Meters
from ivr.talk.places import Places
from ivr.talk.recordings import Keep


@dataclass(frozen=True)
class CallDeps:
    """What all calls share."""

    talk: Handle
    keep: Keep
    now: Callable[[], datetime]
    language: Callable[[Person], Awaitable[str]] | None = None
    """The language a person chose before, if that can be known."""
    meters: Meters = field(default_factory=Meters)
    places: Places = field(default_factory=Places)
    """What callers may name when asked for the county."""
    emergencies: Emergencies = field(default_factory=lambda: Emergencies(()))
    is_small_talk: Callable[[str], bool] = lambda _: False
    """Whether words are no matter, but talk to somebody else, or of nothing."""
