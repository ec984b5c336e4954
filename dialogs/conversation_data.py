"""What the conversations of all channels of a process need to know: the city, its scenarios, and what finds them."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from backend.contract.models.organisation import CityOut
from dialogs.finder import ScenarioFinder
from dialogs.templates.scenario import Scenarios


@dataclass(frozen=True)
class ConversationData:
    city: CityOut
    zone: ZoneInfo
    """The city's."""
    scenarios: Scenarios
    finder: ScenarioFinder
