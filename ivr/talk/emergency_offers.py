"""Tells callers the number for an emergency, with the offer to put them through."""

from __future__ import annotations

from typing import Final, Protocol

from backend.contract.message import Message
from dialogs.emergencies import Emergencies, Emergency
from ivr.call import TransferOutcome
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
_LIVES: Final = frozenset({"110", "119", "120", "122"})
"""National numbers, which are told as often as somebody cries for help."""


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

    async def warn(self, text: str) -> None:
        """Tell the right number for each emergency in the words, and offer it. Raises CallOver for whoever takes it."""
        for emergency in self._emergencies.found_in(text):
            await self._warn_of(emergency)

    async def offer_transfer(self, said: Speech, number: str) -> None:
        """The right number was told: put the caller through at once, if that is wanted. Raises CallOver then."""
        self._warned.add(number)
        before, self._offered = self._offered, number
        try:
            await self._offer_transfer(said, number)
        finally:
            self._offered = before

    async def _offer_transfer(self, said: Speech, number: str) -> None:
        book, spoken = phrasebook(), self._asks.spoken
        ways, choices = offers(
            spoken,
            ("ivr.connect", MenuOption(CONNECT, "1", book.connect)),
            ("ivr.stay", MenuOption("stay", "2", book.stay)),
        )
        prompt = (*said, *spoken.say("ivr.offer_transfer"), *ways)
        question = Question((*choices, *standing_choices()))
        answer = await self._asks.ask(question, prompt)
        if isinstance(answer, Unclear):
            answer = await self._asks.ask(question, (*self._asks.problem(answer, question), *prompt[len(said) :]), 1)
        if isinstance(answer, Chosen) and answer.means == CONNECT:
            await self._asks.line.tell(spoken.say("ivr.transferring"))
            if await self._asks.line.transfer(number) is not TransferOutcome.ACCEPTED:
                await self._asks.line.tell(spoken.say("ivr.dial_yourself", number=number))

    def pressing(self, text: str) -> tuple[Emergency, ...]:
        """Emergencies to speak of now: a cut-off supply is the matter itself once its number was told."""
        found = self._emergencies.found_in(text)
        return tuple(one for one in found if one.number in _LIVES or one.number not in self._warned)

    def connects(self, text: str) -> bool:
        """Whoever cries for help while they are offered to be put through there wants just that."""
        return bool(self._offered) and any(one.number == self._offered for one in self.pressing(text))

    async def heed(self, text: str) -> None:
        """Words that cannot wait: an emergency, or somebody asks for a person. Raises HumanWanted."""
        found = self.pressing(text)
        if not found:
            raise HumanWanted("asked")
        for emergency in found:
            await self._warn_of(emergency)

    async def _warn_of(self, emergency: Emergency) -> None:
        told = Message("emergency.call", {"name": emergency.name, "number": emergency.number})
        await self.offer_transfer(self._asks.spoken.speech(told), emergency.number)
