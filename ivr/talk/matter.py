"""企业服务: what a caller wants, in their own words or by its kind, until it is one scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.contract.words import Kind
from dialogs.emergencies import Emergencies
from dialogs.events import Media, Text
from dialogs.finder import SURE, Match, ScenarioFinder
from dialogs.message import Message
from dialogs.templates.scenario import Scenario, Scenarios
from ivr.talk.conversation import WAITS, Conversation, HumanWanted
from ivr.talk.phrasebook import phrasebook
from ivr.talk.presenter import press, standing_choices
from ivr.talk.question import Choice, Chosen, Question, Recorded, Recording, Silent
from ivr.voice.speech import Pause, Speech

_GENERAL = "other"
_OWN = {Kind.REPORT: "report", Kind.SUGGESTION: "suggestion"}
"""Kinds that have a scenario of their own."""
_STORY: Final = 25
"""Characters from which what was said at the start is the story itself, and is not asked for again."""
_MATTER = Recording(pause=1.6, most=60)
_MOST = 3
_NEITHER = "neither"


@dataclass(frozen=True)
class Found:
    """The scenario to fill, and the kind of request if it was chosen."""

    scenario: str
    kind: str = ""


class Matter:
    """Asks one caller what it is about."""

    def __init__(
        self, conversation: Conversation, scenarios: Scenarios, finder: ScenarioFinder, emergencies: Emergencies
    ) -> None:
        self._conversation = conversation
        self._scenarios = scenarios
        self._finder = finder
        self._emergencies = emergencies
        self._said: tuple[bytes, str] | None = None
        """What was told, as recording and text."""

    async def ask(self) -> Found:
        """Raises CallOver, HumanWanted."""
        spoken = self._conversation.spoken
        prompt = (*spoken.say("ivr.matter"), Pause(0.3), *self._kinds_told())
        kind = ""
        for tried in range(len(WAITS)):
            answer = await self._conversation.ask(self._question(kind), prompt, tried)
            if isinstance(answer, Chosen):
                kind = answer.means
                if kind in _OWN and _OWN[Kind(kind)] in self._scenarios:
                    return Found(_OWN[Kind(kind)], kind)
                prompt = spoken.say("ivr.matter_of_kind")
                if not self._conversation.line.hears:
                    return await self._listed(kind)
                continue
            if isinstance(answer, Recorded) and (found := await self._understand(answer.pcm, kind)) is not None:
                return found
            key = "ivr.silent" if isinstance(answer, Silent) else "ivr.unclear"
            prompt = (*spoken.say(key), *spoken.say("ivr.matter_example"), Pause(0.3), *self._kinds_told())
        raise HumanWanted("no_match")

    def _question(self, kind: str) -> Question:
        kinds = () if kind else self._kinds()
        hears = self._conversation.line.hears
        return Question((*kinds, *standing_choices()), recording=_MATTER if hears else None, listens=hears)

    def _kinds(self) -> tuple[Choice, ...]:
        said = phrasebook().kinds
        return tuple(Choice(kind, str(key), said[kind]) for key, kind in enumerate(Kind, 1))

    def _kinds_told(self) -> Speech:
        spoken = self._conversation.spoken
        parts: list[str | Pause] = []
        for key, kind in enumerate(Kind, 1):
            parts += [*spoken.say(f"ivr.kind.{kind}"), *press(spoken, str(key))]
        return tuple(parts)

    async def _understand(self, pcm: bytes, kind: str) -> Found | None:
        """The scenario meant, read back for confirmation; None when nothing was understood."""
        text = await self._conversation.words_of(pcm)
        if not text:
            return None
        self._said = (pcm, text)
        await self._warn(text)
        matches = [match for match in await self._finder.find(text, _MOST) if self._fits(match, kind)]
        scenario = await self._settle(matches)
        if len(text) >= _STORY or scenario == _GENERAL:
            await self.keep()
        return Found(scenario, kind)

    def _fits(self, match: Match, kind: str) -> bool:
        return not kind or kind in self._scenarios[match.scenario].template.kinds

    async def _settle(self, matches: Sequence[Match]) -> str:
        if not matches:
            await self._conversation.line.say(self._conversation.spoken.say("ivr.general"))
            return _GENERAL
        sure = matches[0].score >= SURE
        if sure and await self._confirmed(self._scenarios[matches[0].scenario]):
            return matches[0].scenario
        rest = [self._scenarios[match.scenario] for match in (matches[1:] if sure else matches)]
        return await self._one_of(rest) if rest else _GENERAL

    async def _confirmed(self, scenario: Scenario) -> bool:
        spoken, book = self._conversation.spoken, phrasebook()
        choices = (Choice("yes", "1", book.yes), Choice("no", "2", book.no))
        prompt = (
            *spoken.say("ivr.is_it", title=scenario.template.localized_title),
            *spoken.say("ivr.yes"),
            *press(spoken, "1"),
            *spoken.say("ivr.no"),
            *press(spoken, "2"),
        )
        return await self._conversation.choose(choices, prompt) == "yes"

    async def _one_of(self, scenarios: Sequence[Scenario]) -> str:
        spoken, book = self._conversation.spoken, phrasebook()
        parts: list[str | Pause] = [*spoken.say("ivr.which")]
        choices = []
        for number, scenario in enumerate(scenarios, 1):
            key, title = str(number), scenario.template.localized_title
            parts += [*spoken.speech(title), *press(spoken, key)]
            said = (title.spoken("zh_CN"), *scenario.template.examples.zh, *book.ordinals[key])
            choices.append(Choice(scenario.id, key, said))
        last = str(len(scenarios) + 1)
        parts += [*spoken.say("ivr.neither"), *press(spoken, last)]
        choices.append(Choice(_NEITHER, last, book.neither))
        chosen = await self._conversation.choose(tuple(choices), tuple(parts))
        return _GENERAL if chosen == _NEITHER else chosen

    async def _listed(self, kind: str) -> Found:
        """For those who answer by keys only: the scenarios of the kind, by key."""
        fitting = [one for one in self._scenarios.values() if kind in one.template.kinds and one.id != _GENERAL]
        return Found(await self._one_of(fitting[:7]), kind)

    async def keep(self) -> None:
        """What was told becomes the story, with its recording: the form's, or that of a ticket for a seat."""
        if self._said is None:
            return
        (pcm, text), self._said = self._said, None
        upload = await self._conversation.upload(pcm, text)
        if upload is not None:
            await self._conversation.handle(Media((upload,)))
        await self._conversation.handle(Text(text))
        self._conversation.begun = True

    async def _warn(self, text: str) -> None:
        for emergency in self._emergencies.found_in(text):
            told = Message("emergency.call", {"name": emergency.name, "number": emergency.number})
            await self._conversation.offer_transfer(self._conversation.spoken.speech(told), emergency.number)
