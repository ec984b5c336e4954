"""One event of an enterprise's conversation, with all that its flows work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from backend.contract.client import ContactClient
from backend.contract.message import Localized, Words
from backend.contract.models.organisation import CityOut, DepartmentOut
from dialogs.commands import Verb
from dialogs.drafts import DraftKeeper
from dialogs.emergencies import Emergencies
from dialogs.engine import Engine
from dialogs.exchange import Exchange
from dialogs.finder import ScenarioFinder
from dialogs.session import Errand
from dialogs.templates.scenario import Scenarios
from locales import closest_language


@dataclass(frozen=True)
class VisitDeps:
    """What all visits share."""

    scenarios: Scenarios
    engine: Engine
    finder: ScenarioFinder
    drafts: DraftKeeper
    city: CityOut
    emergencies: Emergencies
    zone: ZoneInfo
    unplaced: frozenset[Verb]
    """Verbs of the errands that hold what was sent before it was known what it is for."""


@dataclass
class Visit(Exchange):
    """An exchange with an enterprise's contact."""

    backend: ContactClient = field(kw_only=True)
    deps: VisitDeps = field(kw_only=True)

    @property
    def language(self) -> str:
        """`zh_CN` or `en`: what was chosen, else what the channel reports."""
        return self.session.language or closest_language(self.incoming.person.language)

    @property
    def unplaced(self) -> Errand | None:
        """What was sent just before, and it is not known yet what for; None if there is nothing."""
        errand = self.session.errand
        return errand if errand is not None and errand.verb in self.deps.unplaced else None

    @property
    def city_name(self) -> Words:
        city = self.deps.city
        return Localized({"zh": city.name, "en": city.name_en or city.name})

    def scenario_title(self, scenario: str) -> Words:
        found = self.deps.scenarios.get(scenario)
        return found.template.localized_title if found else scenario


def unit_name(department: DepartmentOut) -> Localized:
    return Localized({"zh": department.name, "en": department.name_en or department.name})
