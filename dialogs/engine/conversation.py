"""Leads one person through one scenario."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from backend.contract.message import Words
from dialogs.engine import receiving
from dialogs.engine.filing import Render
from dialogs.engine.migration import migrate
from dialogs.engine.pressing import pressed
from dialogs.engine.telling import take_facts
from dialogs.engine.turn import MistakeLimits, Setup, Step, Turn, go_on, hand_over, keep_words, submit
from dialogs.engine.typing import edited, shown_of, typed
from dialogs.events import Event, Media, Press, Start, Text
from dialogs.fields import Understood
from dialogs.form import Answer, Form, Phase, Spared
from dialogs.phrases import Phrases, read_phrases
from dialogs.templates.scenario import Scenario
from dialogs.understanding import Context, Fact, Medium, Reading


@dataclass(frozen=True)
class Engine:
    """Pure: the same form and event always give the same step."""

    render: Render
    """Gives words in a language, for the ticket."""
    limits: MistakeLimits = field(default_factory=MistakeLimits)
    phrases: Phrases = field(default_factory=read_phrases)
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    """The city's: what "yesterday" means."""

    def start(
        self,
        scenario: Scenario,
        draft: str,
        language: str,
        facts: Mapping[str, str],
        now: datetime,
        *,
        spared: Spared = Spared.NOTHING,
    ) -> Step:
        """Begin a form. `draft` is its UUID; `facts` what is known of the person, by `prefill` name; `spared`: what
        they are not asked.
        """
        form = Form(scenario.id, scenario.version, draft, language, now, now, spared=spared)
        turn = self._turn(scenario, form, now).say("engine.begin", title=scenario.template.localized_title)
        if scenario.template.opening is not None:
            turn = turn.tell(scenario.template.opening.said_as(scenario.template.voice.opening))
        return go_on(turn.change(answers=_known(turn, facts)))

    def step(self, scenario: Scenario, form: Form, event: Event, now: datetime, reading: Reading | None = None) -> Step:
        """What becomes of the form by one event. `scenario` must be the version the form is pinned to; `reading` is
        what the event's words were understood as, read here without models where nobody did before.
        """
        assert (scenario.id, scenario.version) == (form.scenario, form.version)
        turn = self._turn(scenario, form, now)
        if form.phase is Phase.SUBMITTING:
            return submit(turn.say("engine.being_filed"))
        return _take(dataclasses.replace(turn, reading=reading), event)

    def migrate(self, scenario: Scenario, form: Form, now: datetime) -> Step:
        """Go on with another version of the scenario, when the form's own is gone. What was submitted stays so."""
        if form.phase is Phase.SUBMITTING:
            return submit(self._turn(scenario, form, now).say("engine.being_filed"))
        return migrate(self._turn(scenario, form, now))

    def keep(self, scenario: Scenario, form: Form, words: str, now: datetime) -> Form:
        """The form with words that were said before it began and answer nothing."""
        return keep_words(self._turn(scenario, form, now), words).form

    def tell(self, scenario: Scenario, form: Form, facts: Sequence[Fact], now: datetime) -> Step:
        """Take what was told before the form began, and ask what is left."""
        return go_on(take_facts(self._turn(scenario, form, now), facts))

    def hand_over(self, scenario: Scenario, form: Form, now: datetime) -> Step:
        """The person is gone: what was said so far goes to a human."""
        return hand_over(self._turn(scenario, form, now), "gone")

    def refused(self, scenario: Scenario, form: Form, problem: Words, now: datetime) -> Step:
        """The backend would not file the form: say why and show the summary again, everything kept."""
        turn = self._turn(scenario, form, now).change(phase=Phase.ASKING, current="", filed=None)
        return go_on(turn.tell(problem))

    def context(self, scenario: Scenario, form: Form, now: datetime, channel: Medium) -> Context:
        """Where the next message will be said."""
        return dataclasses.replace(self._turn(scenario, form, now).context(), channel=channel)

    def _turn(self, scenario: Scenario, form: Form, now: datetime) -> Turn:
        form = dataclasses.replace(form, updated_at=now)
        return Turn(scenario, form, now.astimezone(self.timezone), Setup(self.render, self.limits, self.phrases))


def _take(turn: Turn, event: Event) -> Step:
    if isinstance(event, Text | Media):
        turn = dataclasses.replace(turn, message=event.message)
    if isinstance(event, Text) and event.recording is not None:
        turn = dataclasses.replace(turn, form=receiving.with_recording(turn.form, event.recording))
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
