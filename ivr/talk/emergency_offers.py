"""Tells callers the number for an emergency, with the offer to put them through."""

from __future__ import annotations

from typing import Final, Protocol

from dialogs.understanding.emergencies import Emergencies, Emergency
from ivr.call import TransferOutcome
from ivr.talk.alarms import LIVES, Alarm, is_cry, without_cries
from ivr.talk.detours import HumanWanted
from ivr.talk.line import Line
from ivr.talk.options import offers, standing_choices
from ivr.talk.phrasebook import phrasebook
from ivr.talk.prompt import Prompt
from ivr.talk.question import (
    Answer,
    Chosen,
    MenuOption,
    Question,
    Unclear,
)
from ivr.talk.wording import Spoken
from ivr.voice.speech import Speech

CONNECT: Final = "connect"
"""Means: put me through."""
STAY: Final = "stay"
"""Means: do not."""


class Asks(Protocol):
    """The conversation in which an offer is made."""

    line: Line

    @property
    def spoken(self) -> Spoken: ...

    async def ask(self, question: Question, prompt: Prompt, tried: int = 0) -> Answer: ...

    def problem(self, answer: Answer, question: Question) -> Speech: ...


class EmergencyOffers:
    """Of one call."""

    def __init__(self, asks: Asks, emergencies: Emergencies) -> None:
        self._asks = asks
        self._emergencies = emergencies
        self._warned: set[str] = set()
        """Numbers that were told for an emergency."""
        self._offered = ""
        """The one that it is being offered to put the caller through to."""
        self._asked = ""
        """The number that was told for the sound of what was said: its words need not tell it once more."""
        self._heeded = ""
        """Words whose numbers were told already."""
        self._known: Emergency | None = None
        """The danger of which the caller told last, by more than a cry."""

    async def warn(self, text: str) -> None:
        """Tell the right number for each emergency in the words, and offer it. Raises CallOver for whoever takes it."""
        for emergency in () if text == self._heeded else self._told_in(text):
            if emergency.number != self._asked:
                await self._warn_of(emergency, text)
        self._asked = ""

    def endangers(self, text: str) -> bool:
        """Whether the words tell of people in danger: a supply that is cut off is a matter, with a hint."""
        return any(one.number in LIVES for one in self._told_in(text))

    def tells(self, text: str) -> bool:
        """Whether the words tell of an emergency, or of a supply that is cut off."""
        return bool(self._told_in(text))

    def _told_in(self, text: str) -> tuple[Emergency, ...]:
        """The emergencies in the words. A cry for help is none beside one that says what for, nor after one."""
        apart = without_cries(text)
        if apart == text:
            return self._emergencies.found_in(text)
        said = self._emergencies.found_in(apart)
        if any(one.number in LIVES for one in said):
            return said
        cried = self._emergencies.found_in(text)
        if self._known is not None and (is_cry(text) or any(one.number in LIVES for one in cried)):
            return (self._known,)
        return cried

    def offers(self, number: str) -> bool:
        """Whether to offer to put the caller through to a number that is told: not twice for the same words, and not to
        a utility, whose hotline is a hint.
        """
        asked, self._asked = self._asked, ""
        return number != asked and number in LIVES

    async def ask_back(self, alarm: Alarm, *, told: bool = False) -> None:
        """Tell the number of what may have been said, and ask whether it was. `told`: its words follow. Raises CallOver
        for whoever is put through.
        """
        meant = self._meant_by(alarm)
        said = self._asks.spoken.say(f"ivr.alarm.{meant.number}", number=meant.number, name=meant.name)
        self._asked = meant.number if told else ""
        before, self._known = self._known, self._known if is_cry(alarm.phrase) else meant
        if await self.offer_transfer(said, meant.number, asked=True) and self._known is meant:
            self._known = before  # it was asked whether they mean that, and they do not

    def _meant_by(self, alarm: Alarm) -> Emergency:
        """What a cry for help is for, once that was said: no vaguer word takes the place of a known number."""
        if self._known is not None and is_cry(alarm.phrase):
            return self._known
        return Emergency("", alarm.number, alarm.name)

    async def offer_transfer(self, said: Speech, number: str, *, asked: bool = False) -> bool:
        """The right number was told: put the caller through at once, if that is wanted. Raises CallOver then. `asked`:
        what was said ends with a question already. Returns whether they say that they do not want it.
        """
        self._warned.add(number)
        before, self._offered = self._offered, number
        try:
            return await self._offer_transfer(said, number, asked=asked)
        finally:
            self._offered = before

    async def _offer_transfer(self, said: Speech, number: str, *, asked: bool) -> bool:
        book, spoken = phrasebook(), self._asks.spoken
        ways, choices = offers(
            spoken,
            ("ivr.connect", MenuOption(CONNECT, "1", book.connect)),
            ("ivr.stay", MenuOption(STAY, "2", book.stay)),
        )
        prompt = (*said, *(() if asked else spoken.say("ivr.offer_transfer")), *ways)
        question = Question((*choices, *standing_choices()))
        answer = await self._asks.ask(question, prompt)
        if isinstance(answer, Unclear):
            answer = await self._asks.ask(question, (*self._asks.problem(answer, question), *prompt[len(said) :]), 1)
        if isinstance(answer, Chosen) and answer.means == CONNECT:
            await self._asks.line.tell(spoken.say("ivr.transferring"))
            if await self._asks.line.transfer(number) is not TransferOutcome.ACCEPTED:
                await self._asks.line.tell(spoken.say("ivr.dial_yourself", number=number))
        return isinstance(answer, Chosen) and answer.means == STAY

    def pressing(self, text: str) -> tuple[Emergency, ...]:
        """Emergencies to speak of now: a cut-off supply is the matter itself once its number was told."""
        found = self._told_in(text)
        return tuple(one for one in found if one.number in LIVES or one.number not in self._warned)

    def connects(self, text: str) -> bool:
        """Whoever cries for help while they are offered to be put through there wants just that."""
        return any(self.is_offered(one.number) for one in self.pressing(text))

    def is_offered(self, number: str) -> bool:
        """Whether it is being offered to put the caller through there."""
        return number == self._offered

    @property
    def is_offering(self) -> bool:
        """Whether it is being offered to put the caller through somewhere."""
        return bool(self._offered)

    def accepts(self, alarm: Alarm) -> bool:
        """Whether the alarm, raised while it is offered to put the caller through, asks for just that."""
        return self.is_offered(self._meant_by(alarm).number)

    async def heed(self, text: str) -> None:
        """Words that cannot wait: an emergency, or somebody asks for a person. Raises HumanWanted."""
        found = self.pressing(text)
        if not found:
            raise HumanWanted("asked")
        self._heeded = text
        for emergency in found:
            await self._warn_of(emergency, text)

    async def _warn_of(self, emergency: Emergency, text: str) -> None:
        spoken, number, name = self._asks.spoken, emergency.number, emergency.name
        if number in LIVES:
            if any(one.number == number for one in self._emergencies.found_in(without_cries(text))):
                self._known = emergency
            await self.offer_transfer(spoken.say("emergency.call", number=number, name=name), number)
        else:
            self._warned.add(number)
            await self._asks.line.say(spoken.say("ivr.utility", number=number, name=name))
