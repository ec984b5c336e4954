"""Leads one person through one scenario."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from backend.contract.message import Words
from dialogs.engine import receiving
from dialogs.engine.filing import Render
from dialogs.engine.migration import migrate
from dialogs.engine.pressing import pressed
from dialogs.engine.turn import MistakeLimits, Setup, Step, Turn, go_on, hand_over, keep_words, submit
from dialogs.engine.typing import edited, shown_of, typed
from dialogs.events import Event, Media, Press, Start, Text
from dialogs.fields import Understood
from dialogs.form import Answer, Form, Phase
from dialogs.phrases import Phrases, read_phrases
from dialogs.templates.scenario import Scenario


@dataclass(frozen=True)
class Engine:
    """Pure: the same form and event always give the same step."""

    render: Render
    """Gives words in a language, for the ticket."""
    limits: MistakeLimits = field(default_factory=MistakeLimits)
    phrases: Phrases = field(default_factory=read_phrases)
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    """The city's: what "yesterday" means."""

    def start(self, scenario: Scenario, draft: str, language: str, facts: Mapping[str, str], now: datetime) -> Step:
        """Begin a form. `draft` is its UUID; `facts` what is known of the person, by `prefill` name."""
        form = Form(scenario.id, scenario.version, draft, language, started_at=now, updated_at=now)
        turn = self._turn(scenario, form, now).say("engine.begin", title=scenario.template.localized_title)
        if scenario.template.opening is not None:
            turn = turn.tell(scenario.template.opening.said_as(scenario.template.voice.opening))
        return go_on(turn.change(answers=_known(turn, facts)))

    def step(self, scenario: Scenario, form: Form, event: Event, now: datetime) -> Step:
        """What becomes of the form by one event. `scenario` must be the version the form is pinned to."""
        assert (scenario.id, scenario.version) == (form.scenario, form.version)
        turn = self._turn(scenario, form, now)
        if form.phase is Phase.SUBMITTING:
            return submit(turn.say("engine.being_filed"))
        return _take(turn, event)

    def migrate(self, scenario: Scenario, form: Form, now: datetime) -> Step:
        """Go on with another version of the scenario, when the form's own is gone. What was submitted stays so."""
        if form.phase is Phase.SUBMITTING:
            return submit(self._turn(scenario, form, now).say("engine.being_filed"))
        return migrate(self._turn(scenario, form, now))

    def keep(self, scenario: Scenario, form: Form, words: str, now: datetime) -> Form:
        """The form with words that were said before it began and answer nothing."""
        return keep_words(self._turn(scenario, form, now), words).form

    def hand_over(self, scenario: Scenario, form: Form, now: datetime) -> Step:
        """The person is gone: what was said so far goes to a human."""
        return hand_over(self._turn(scenario, form, now), "gone")

    def refused(self, scenario: Scenario, form: Form, problem: Words, now: datetime) -> Step:
        """The backend would not file the form: say why and show the summary again, everything kept."""
        turn = self._turn(scenario, form, now).change(phase=Phase.ASKING, current="", filed=None)
        return go_on(turn.tell(problem))

    def _turn(self, scenario: Scenario, form: Form, now: datetime) -> Turn:
        form = dataclasses.replace(form, updated_at=now)
        return Turn(scenario, form, now.astimezone(self.timezone), Setup(self.render, self.limits, self.phrases))


def _take(turn: Turn, event: Event) -> Step:
    if isinstance(event, Text | Media):
        turn = dataclasses.replace(turn, message=event.message)
    match event:
        case Text():
            return edited(turn, event.text) if event.edited else typed(turn, event.text)
        case Press():
            return pressed(turn, event.command)
        case Start():
            return go_on(turn.say("engine.welcome_back"))
    return receiving.received(turn, event)


def _known(turn: Turn, facts: Mapping[str, str]) -> dict[str, Answer]:
    """Answers known beforehand, as far as the fields accept them."""
    known = {}
    for question in turn.scenario.questions:
        fact = facts.get(str(question.spec.prefill)) if question.spec.prefill else None
        outcome = question.parser.parse(fact, turn.now) if fact else None
        if isinstance(outcome, Understood):
            shown = shown_of(question, outcome)
            label = question.spec.localized_label
            known[question.id] = Answer(question.type, outcome.value, shown, label, known=True)
    return known
