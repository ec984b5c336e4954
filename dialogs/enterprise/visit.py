"""One event of an enterprise's conversation, with all that its flows work with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from backend.contract.channels import channel_named
from backend.contract.client import ContactClient
from backend.contract.message import Localized, Words
from backend.contract.models.organisation import CityOut, DepartmentOut
from dialogs.commands import Verb
from dialogs.drafts import DraftKeeper
from dialogs.engine import Engine
from dialogs.events import Text
from dialogs.exchange import Exchange
from dialogs.finder import ScenarioFinder
from dialogs.outputs import Say
from dialogs.session import Errand
from dialogs.speech.voice_messages import Reason
from dialogs.templates.scenario import Scenarios
from dialogs.understanding import Context, Medium, Reading, Understanding
from dialogs.understanding.emergencies import Emergencies
from locales import closest_language

_URGENT_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class VisitDeps:
    """What all visits share."""

    scenarios: Scenarios
    engine: Engine
    finder: ScenarioFinder
    drafts: DraftKeeper
    city: CityOut
    emergencies: Emergencies
    heard_emergencies: Emergencies
    """For what a recogniser wrote, which mistakes sounds."""
    zone: ZoneInfo
    understanding: Understanding
    unplaced: frozenset[Verb]
    """Verbs of the errands that hold what was sent before it was known what it is for."""


@dataclass
class Visit(Exchange):
    """An exchange with an enterprise's contact."""

    backend: ContactClient = field(kw_only=True)
    deps: VisitDeps = field(kw_only=True)
    is_back: bool = False
    """Whether the person was away so long that what they say now has nothing to do with what they said then."""
    files_anyway: bool = False
    """Whether the person said that this form is a matter of its own."""
    filed: bool = False
    """Whether a form was filed with this event."""
    reading: Reading | None = None
    """What was typed with this event, read where it was said; None before that, and where nothing was typed."""
    heard: str | Reason = ""
    """Of a voice message: its words, or why there are none."""

    of_danger: bool = False
    """Whether these words are those of an emergency that waited for its person to go on."""

    @property
    def is_of_danger(self) -> bool:
        """Whether these words tell of an emergency: nothing is guessed from them."""
        return self.of_danger or any(isinstance(one, Say) and one.call for one in self.said)

    @property
    def is_urgent(self) -> bool:
        """Whether somebody had to be called for certain, and nothing was filed since."""
        at = self.session.danger_at
        return at is not None and self.now - at < _URGENT_FOR

    async def read(self) -> None:
        """Read what was typed. What is open then is what it was said to."""
        if self.text:
            reading = await self.deps.understanding.understand(self.text, self._context())
            # Who was just told the number of an emergency said what it is about, whatever they said it with.
            self.reading = replace(reading, intent=None) if self.is_of_danger else reading

    @property
    def asked(self) -> str:
        """The words of the form's question that stands, where it gives no advice of its own to who says yes."""
        question = self._context().question
        return "" if question is None or question.spec.notes else question.spec.localized_ask.best("zh")

    def _context(self) -> Context:
        errand, form, channel = self.session.errand, self.session.form, self.medium
        if errand is not None and self.unplaced is None:
            return Context(self.now.astimezone(self.zone), channel, asked=f"{errand.verb}/{errand.stage}")
        scenario = None if form is None else self.deps.scenarios.find(form.scenario, form.version)
        if form is None or scenario is None:
            return Context(self.now.astimezone(self.zone), channel)
        return self.deps.engine.context(scenario, form, self.now, channel)

    @property
    def medium(self) -> Medium:
        """How this person's words come."""
        recognised = isinstance(self.incoming.event, Text) and self.incoming.event.recording is not None
        return "phone" if recognised or channel_named(self.incoming.person.channel).is_telephone else "chat"

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
