"""企业服务: what a caller wants, in their own words or by its kind, until it is one scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.contract.words import Kind
from dialogs.events import Media, Text
from dialogs.finder import SURE, Match, ScenarioFinder
from dialogs.outputs import Button
from dialogs.templates.scenario import Scenario, Scenarios
from ivr.talk.conversation import WAITS, Conversation
from ivr.talk.detours import HumanWanted, WentBack
from ivr.talk.options import BACK, MORE, back_choice, listing, offer, offers, standing_choices, yes_or_no
from ivr.talk.phrasebook import phrasebook
from ivr.talk.prompt import Prompt
from ivr.talk.question import Answer, Chosen, MenuOption, Question, Recorded, Recording, Silent
from ivr.talk.recordings import or_recorded
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
    """The scenario to fill, and what of it is known already."""

    scenario: str
    kind: str = ""
    story: str = ""
    """The field for the story, if it was told."""


class Matter:
    """Asks one caller what it is about."""

    def __init__(self, conversation: Conversation, scenarios: Scenarios, finder: ScenarioFinder) -> None:
        self._conversation = conversation
        self._scenarios = scenarios
        self._finder = finder
        self._said: tuple[bytes, str] | None = None
        """What was told, as recording and text."""

    async def ask(self) -> Found:
        """Raises CallOver, HumanWanted; `keep` then keeps what was said. Raises WentBack from its first question."""
        while True:
            found = await self._asked()
            if found is not None:
                return found

    async def _asked(self) -> Found | None:
        """None: they came back to this question."""
        kind = ""
        answer: Answer | None = None
        for tried, wait in enumerate(WAITS):
            by_voice = self._conversation.line.hears and wait != WAITS[-1]
            answer = await self._conversation.ask(self._question(kind, by_voice), self._prompt(answer, by_voice), tried)
            if isinstance(answer, Chosen):
                if answer.means == BACK:
                    raise WentBack
                kind = answer.means
                if _OWN.get(Kind(kind)) in self._scenarios:
                    return Found(_OWN[Kind(kind)], kind)
            try:
                if isinstance(answer, Chosen) and not by_voice:
                    return Found(await self._one_of(self._of_kind(kind)), kind)
                if isinstance(answer, Recorded) and (found := await self._understood(answer, kind)) is not None:
                    return found
            except WentBack:
                return None
        raise HumanWanted("no_input" if isinstance(answer, Silent) else "no_match")

    async def keep(self, *, as_story: bool = True) -> None:
        """What was told goes to the ticket, with its recording: as its story, or as a recording beside it."""
        if self._said is None:
            return
        (pcm, text), self._said = self._said, None
        upload = await self._conversation.recordings.upload(pcm, text)
        if upload is not None:
            await self._conversation.handle(Media((upload,)))
        if as_story or upload is None:
            await self._conversation.handle(Text(or_recorded(text)))
        self._conversation.begun = True

    # --- by voice or key ------------------------------------------------------------------------------------------

    def _prompt(self, before: Answer | None, by_voice: bool) -> Prompt:
        """By what the answer before was: none yet, a kind, or nothing that could be used."""
        spoken = self._conversation.spoken
        if isinstance(before, Chosen) and by_voice:
            return spoken.say("ivr.matter_of_kind")
        first: Speech = ()
        if before is not None and not isinstance(before, Chosen):
            first = self._conversation.problem(before, self._question("", by_voice))
        if not by_voice:
            return (*first, *spoken.say("ivr.matter_by_keys"), Pause(0.3), *self._kinds_told())
        ask = spoken.say("ivr.matter" if before is None else "ivr.matter_example")
        return (*first, *ask, Pause(0.3), *self._kinds_told())

    def _question(self, kind: str, by_voice: bool) -> Question:
        kinds = () if kind and by_voice else self._kinds()
        return Question(
            (*kinds, back_choice(), *standing_choices()), recording=_MATTER if by_voice else None, listens=by_voice
        )

    def _kinds(self) -> tuple[MenuOption, ...]:
        return self._kinds_offered()[1]

    def _kinds_told(self) -> Speech:
        return self._kinds_offered()[0]

    def _kinds_offered(self) -> tuple[Speech, tuple[MenuOption, ...]]:
        said = phrasebook().kinds
        kinds = ((f"ivr.kind.{kind}", MenuOption(kind, str(key), said[kind])) for key, kind in enumerate(Kind, 1))
        return offers(self._conversation.spoken, *kinds)

    # --- from words to a scenario ---------------------------------------------------------------------------------

    async def _understood(self, told: Recorded, kind: str) -> Found | None:
        """The scenario meant, read back for confirmation; None when nothing was understood."""
        self._said = (told.pcm, told.text)
        if not told.text:
            return None
        await self._conversation.emergencies.warn(told.text)
        matches = [match for match in await self._finder.find(told.text, _MOST) if self._fits(match, kind)]
        scenario = await self._settled(matches)
        is_story = len(told.text) >= _STORY or scenario == _GENERAL
        await self.keep(as_story=is_story)
        return Found(scenario, kind, self._scenarios[scenario].template.story if is_story else "")

    def _fits(self, match: Match, kind: str) -> bool:
        return not kind or kind in self._scenarios[match.scenario].template.kinds

    async def _settled(self, matches: Sequence[Match]) -> str:
        if not matches:
            await self._conversation.line.say(self._conversation.spoken.say("ivr.general"))
            return _GENERAL
        sure = matches[0].score >= SURE
        if sure and await self._confirmed(self._scenarios[matches[0].scenario]):
            return matches[0].scenario
        rest = [self._scenarios[match.scenario] for match in (matches[1:] if sure else matches)]
        return await self._one_of(rest) if rest else _GENERAL

    async def _confirmed(self, scenario: Scenario) -> bool:
        spoken = self._conversation.spoken
        ways, choices = yes_or_no(spoken)
        prompt = (*spoken.say("ivr.is_it", title=scenario.template.localized_title), *ways)
        return await self._conversation.choose(choices, prompt) == "yes"

    def _of_kind(self, kind: str) -> list[Scenario]:
        return [one for one in self._scenarios.values() if kind in one.template.kinds and one.id != _GENERAL]

    async def _one_of(self, scenarios: Sequence[Scenario]) -> str:
        """One of several by its title, or the general one; a page at a time."""
        spoken, book = self._conversation.spoken, phrasebook()
        buttons = [Button(one.template.localized_title, f"{one.id}:", one.template.examples.zh) for one in scenarios]
        page, before = 0, spoken.say("ivr.which")
        while True:
            told, choices = listing(buttons, spoken, page)
            if not told:
                page = 0
                continue
            key = next(key for key in "123456789" if key not in {choice.key for choice in choices})
            leave, neither = offer(spoken, "ivr.neither", MenuOption(_NEITHER, key, book.neither))
            chosen = await self._conversation.choose((*choices, neither), (*before, *told, *leave))
            if chosen != MORE:
                return _GENERAL if chosen == _NEITHER else chosen.removesuffix(":")
            page, before = page + 1, ()
