"""企业服务: what a caller wants, in their own words or by its kind, until it is one scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.contract.message import Message
from backend.contract.words import Kind
from dialogs.events import Media, Text
from dialogs.finder import SURE, Match, ScenarioFinder, specific
from dialogs.outputs import Button
from dialogs.templates.scenario import Scenario, Scenarios
from ivr.talk.conversation import WAITS, Conversation
from ivr.talk.detours import HumanWanted, WentBack
from ivr.talk.misheard_human import sounds_like_human
from ivr.talk.options import BACK, MORE, back_choice, listing, offer, offers, standing_choices, yes_or_no
from ivr.talk.phrasebook import phrasebook
from ivr.talk.prompt import Prompt
from ivr.talk.question import END, Answer, Chosen, MenuOption, Question, Recorded, Recording, Silent, Unclear
from ivr.talk.recordings import is_told, or_recorded
from ivr.voice.speech import Pause, Speech

_GENERAL = "other"
_OWN = {Kind.REPORT: "report", Kind.SUGGESTION: "suggestion"}
"""Kinds that have a scenario of their own."""
_NEAREST: Mapping[Kind, Sequence[Kind]] = {
    Kind.CONSULTATION: (Kind.HELP, Kind.SUGGESTION, Kind.COMPLAINT, Kind.REPORT),
    Kind.HELP: (Kind.COMPLAINT, Kind.CONSULTATION, Kind.REPORT, Kind.SUGGESTION),
    Kind.COMPLAINT: (Kind.HELP, Kind.REPORT, Kind.CONSULTATION, Kind.SUGGESTION),
    Kind.REPORT: (Kind.COMPLAINT, Kind.HELP, Kind.CONSULTATION, Kind.SUGGESTION),
    Kind.SUGGESTION: (Kind.CONSULTATION, Kind.HELP, Kind.COMPLAINT, Kind.REPORT),
}
"""What a matter may be instead of a kind that its form does not have, the nearest first."""
_MATTER = Recording(pause=1.6, most=60)
_MOST = 3
_TOPIC = 30
"""Characters."""
_NEITHER = "neither"
_BY_KEYS = "by_keys"
"""Means: I choose from a list, instead of telling it."""


@dataclass(frozen=True)
class Found:
    """The scenario to fill, and what of it is known already."""

    scenario: str
    kind: str = ""
    story: str = ""
    """The field for the story, if it was told."""
    topic: str = ""
    """Its beginning."""


class Matter:
    """Asks one caller what it is about."""

    def __init__(self, conversation: Conversation, scenarios: Scenarios, finder: ScenarioFinder) -> None:
        self._conversation = conversation
        self._scenarios = scenarios
        self._finder = finder
        self._said: tuple[bytes, str] | None = None
        """What was told, as recording and text."""
        self._is_matter = False
        """Whether it can be a matter: neither noise nor a greeting, nor talk to somebody else."""

    async def ask(self, kind: str = "") -> Found:
        """`kind`: known already. Raises CallOver, HumanWanted; `keep` then keeps what was said. Raises WentBack from
        its first question.
        """
        while True:
            found = await self._asked(kind)
            if found is not None:
                return found
            kind = ""

    async def _asked(self, kind: str) -> Found | None:
        """None: they came back to this question."""
        if kind and _OWN.get(Kind(kind)) in self._scenarios:
            return Found(_OWN[Kind(kind)], kind)
        self._conversation.kind = kind
        answer: Answer | None = None
        for tried, wait in enumerate(WAITS):
            by_voice = self._conversation.line.hears and wait != WAITS[-1]
            if by_voice or not kind:
                question = self._question(kind, by_voice)
                answer = await self._conversation.ask(question, self._prompt(answer, kind, by_voice), tried)
            if isinstance(answer, Chosen) and answer.means == BACK:
                raise WentBack
            if isinstance(answer, Chosen) and answer.means != _BY_KEYS:
                kind = self._conversation.kind = answer.means
            try:
                found = await self._found(answer, kind, by_voice)
            except WentBack:
                return None
            if found is not None:
                return found
        raise HumanWanted("no_input" if isinstance(answer, Silent) else "no_match")

    async def _found(self, answer: Answer | None, kind: str, by_voice: bool) -> Found | None:
        """What the answer comes to, if that is one scenario by now."""
        if kind and _OWN.get(Kind(kind)) in self._scenarios:
            return Found(_OWN[Kind(kind)], kind)
        if kind and (not by_voice or _is_keyed(answer)):
            return await self._by_keys(kind)
        return await self._understood(answer, kind) if isinstance(answer, Recorded) else None

    async def _by_keys(self, kind: str) -> Found:
        """One of the scenarios of that kind, or of the others."""
        chosen = await self._one_of(self._of_kind(kind))
        if chosen == _GENERAL:
            chosen = await self._one_of(self._of_kind(kind, others=True))
        return Found(chosen, await self._nearest(kind, chosen))

    async def told(self, told: Recorded) -> Found | None:
        """What somebody told without being asked; None when it is no matter that is known, and they do not want it
        registered as it is. Raises CallOver, HumanWanted.
        """
        try:
            return await self._understood(told, "", asked=False)
        except WentBack:
            return None

    async def keep(self, *, gone: bool = False) -> None:
        """What was told goes to the ticket, with its recording, as the beginning of its story. Words that are no
        matter, or were misheard, do not, and nothing does where the caller is gone.
        """
        if self._said is None or (gone and not self._is_matter):
            return
        (pcm, text), self._said = self._said, None
        upload = await self._conversation.recordings.upload(pcm, text)
        if upload is not None:
            await self._conversation.handle(Media((upload,)))
        if self._is_matter or not text:
            await self._conversation.handle(Text(or_recorded(text)))
        self._conversation.begun = True

    @property
    def is_beside(self) -> bool:
        """Whether what was told is talk, and no matter."""
        return self._said is not None and is_told(self._said[1]) and not self._is_matter

    # --- by voice or key ------------------------------------------------------------------------------------------

    def _prompt(self, before: Answer | None, kind: str, by_voice: bool) -> Prompt:
        """By what the answer before was: none yet, a kind, or nothing that could be used."""
        spoken = self._conversation.spoken
        first: Speech = ()
        if before is not None and not isinstance(before, Chosen):
            first = self._conversation.problem(before, self._question(kind, by_voice))
        if not by_voice:
            return (*first, *spoken.say("ivr.matter_by_keys"), Pause(0.3), *self._kinds_told())
        if kind:
            ask = spoken.say("ivr.matter_example" if first else "ivr.matter_of_kind")
            return (*first, *ask, Pause(0.3), *spoken.say("ivr.by_keys_instead"))
        ask = spoken.say("ivr.matter" if before is None else "ivr.matter_example")
        return (*first, *ask, Pause(0.3), *self._kinds_told())

    def _question(self, kind: str, by_voice: bool) -> Question:
        kinds = (MenuOption(_BY_KEYS, END),) if kind and by_voice else self._kinds()
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

    async def _understood(self, told: Recorded, kind: str, *, asked: bool = True) -> Found | None:
        """The scenario meant, read back for confirmation; None when nothing was understood. Who was not asked for a
        matter may have meant something else: nothing is taken from them without a yes.
        """
        self._said, self._is_matter = (told.pcm, told.text), False
        if sounds_like_human(told.text) and await self._agreed(self._conversation.spoken.say("ivr.want_human")):
            raise HumanWanted("asked")
        matches = specific(await self._finder.find(told.text, _MOST)) if is_told(told.text) else ()
        self._is_matter = told.alarm is not None or self._tells(told.text, matches)
        if not self._is_matter:
            return None
        await self._conversation.emergencies.warn(told.text)
        scenario = await self._settled(matches)
        if scenario == _GENERAL and not await self._as_general(asked=asked):
            self._said = None
            return None
        await self.keep()
        story = self._scenarios[scenario].template.story
        return Found(scenario, await self._nearest(kind, scenario), story, told.text[:_TOPIC])

    def _tells(self, text: str, matches: Sequence[Match]) -> bool:
        """Whether the words can be a matter. Rather so: who has one and is not heard is lost."""
        if not is_told(text):
            return False
        known = (matches and matches[0].score >= SURE) or self._conversation.emergencies.tells(text)
        return bool(known) or not self._conversation.is_small_talk(text)

    async def _nearest(self, kind: str, scenario: str) -> str:
        """The kind that was chosen, or, told, the one that comes next to it where such matters have no such kind."""
        kinds = self._scenarios[scenario].template.kinds
        if not kind or kind in kinds:
            return kind
        nearest = next(one for one in _NEAREST[Kind(kind)] if one in kinds)
        spoken = self._conversation.spoken
        await self._conversation.line.say(spoken.say("ivr.kind_instead", kind=Message(f"kind.{nearest}")))
        return nearest

    async def _settled(self, matches: Sequence[Match]) -> str:
        if not matches:
            return _GENERAL
        sure = matches[0].score >= SURE
        if sure and await self._confirmed(self._scenarios[matches[0].scenario]):
            return matches[0].scenario
        rest = [self._scenarios[match.scenario] for match in (matches[1:] if sure else matches)]
        return await self._one_of(rest) if rest else _GENERAL

    async def _as_general(self, *, asked: bool) -> bool:
        if not asked:
            return await self._confirmed(self._scenarios[_GENERAL])
        await self._conversation.line.say(self._conversation.spoken.say("ivr.general"))
        return True

    async def _confirmed(self, scenario: Scenario) -> bool:
        title = scenario.template.localized_title
        return await self._agreed(self._conversation.spoken.say("ivr.is_it", title=title))

    async def _agreed(self, asked: Speech) -> bool:
        ways, choices = yes_or_no(self._conversation.spoken)
        return await self._conversation.choose(choices, (*asked, *ways)) == "yes"

    def _of_kind(self, kind: str, *, others: bool = False) -> list[Scenario]:
        """Those that have the kind, or the `others`."""
        known = (one for one in self._scenarios.values() if one.id not in (_GENERAL, *_OWN.values()))
        return [one for one in known if (kind in one.template.kinds) is not others]

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


def _is_keyed(answer: Answer | None) -> bool:
    """Whether somebody answers by keys who was asked to tell."""
    return (isinstance(answer, Chosen) and answer.means == _BY_KEYS) or (isinstance(answer, Unclear) and answer.keyed)
