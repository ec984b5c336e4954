"""A call that we make 回访: who we are, whether it suits, the answer or the question, and the rating."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum

from backend.contract.models.notices import NoticeOut
from backend.contract.notices import read
from backend.contract.notices.to_enterprise import Completed, QuestionAsked
from backend.contract.phone import CHANNEL
from dialogs.commands import Verb, command
from dialogs.events import Gone, Leaving, Person, Press
from ivr.call import MediaCall
from ivr.meters import DONE, FAILED, PUT_THROUGH
from ivr.talk.call_over import CallOver, CutOff, PutThrough
from ivr.talk.conversation import Conversation
from ivr.talk.detours import HumanWanted
from ivr.talk.hotline import Hotline
from ivr.talk.line import Line
from ivr.talk.options import offers, standing_choices
from ivr.talk.phrasebook import phrasebook
from ivr.talk.question import Chosen, MenuOption, Question
from ivr.voice.speech import Speech

log = logging.getLogger(__name__)

_TRIES = 2


class Consent(StrEnum):
    """What the person who took up the telephone says to our calling."""

    YES = "yes"
    LATER = "later"
    DECLINED = "declined"
    """They do not want to be called about this ticket."""
    NOBODY = "nobody"
    """No answer that can be understood: a machine, or somebody who hung up."""


@dataclass(frozen=True)
class FollowUp:
    """Talks to whoever answers; the same voice, ear and conversation as the hotline's."""

    hotline: Hotline

    async def __call__(self, call: MediaCall, notice: NoticeOut, decided: asyncio.Future[Consent]) -> None:
        """`decided` is set as soon as it is known whether the notice is being heard."""
        with self.hotline.deps.meters.call(call.transport, "out") as meter:
            meter.how = await self._follow_up(call, notice, decided)

    async def _follow_up(self, call: MediaCall, notice: NoticeOut, decided: asyncio.Future[Consent]) -> str:
        """Returns how it ended, for the measures."""
        hotline = self.hotline
        line = Line(call, hotline.voice, hotline.ear, lockstep=hotline.lockstep)
        line.language = notice.language
        talk = Conversation(line, Person(CHANNEL, notice.address, language=notice.language), hotline.deps)
        try:
            try:
                consent = await self._suits(talk, notice)
                decided.set_result(consent)
                if consent is Consent.YES:
                    await self._tell(talk, notice)
            except HumanWanted:
                if not decided.done():
                    decided.set_result(Consent.YES)  # whoever they talk to now knows what it is about
                await self._to_human(talk)
            await line.tell(talk.spoken.say("ivr.goodbye"))
        except PutThrough:
            await talk.leave(Gone(Leaving.PUT_THROUGH))
            return PUT_THROUGH
        except CallOver as over:
            if isinstance(over, CutOff):
                await talk.keep_cut_off(over)
            await talk.leave(Gone(Leaving.HUNG_UP))  # what they said before that counts
            return over.reason
        except Exception:
            log.exception("a follow-up call failed", extra={"action": "call_failed", "call": call.id})
            await self._apologise(talk)
            return FAILED
        finally:
            if not decided.done():
                decided.set_result(Consent.NOBODY)
        return DONE

    async def _suits(self, talk: Conversation, notice: NoticeOut) -> Consent:
        spoken, book = talk.spoken, phrasebook()
        ways, choices = offers(
            spoken,
            ("ivr.out.yes", MenuOption(Consent.YES, "1", book.suits)),
            ("ivr.out.later", MenuOption(Consent.LATER, "2", book.later)),
            ("ivr.out.declined", MenuOption(Consent.DECLINED, "3", book.declined)),
        )
        prompt = (
            *spoken.say("ivr.out.greeting", city=self.hotline.settings.city),
            *spoken.say(f"ivr.out.{notice.template}"),
            *spoken.say("ivr.out.suits"),
            *ways,
        )
        for tried in range(_TRIES):
            answer = await talk.ask(Question((*choices, *standing_choices())), prompt, tried)
            if isinstance(answer, Chosen):
                return Consent(answer.means)
        return Consent.NOBODY

    async def _tell(self, talk: Conversation, notice: NoticeOut) -> None:
        about = read(notice.template, notice.args)
        assert notice.ticket is not None  # such calls are about one
        spoken = talk.spoken
        told: Speech = spoken.say("ivr.out.number", number=notice.ticket)
        if isinstance(about, Completed):
            told = (*told, *spoken.say("ivr.out.reply", reply=about.reply))
        await talk.line.say(told)
        if isinstance(about, QuestionAsked):
            await talk.lead(Press(command(Verb.ANSWER, notice.ticket, about.question)))
        else:
            await talk.lead(Press(command(Verb.RATE, notice.ticket)))

    async def _apologise(self, talk: Conversation) -> None:
        """Something of ours failed: what they said before that counts."""
        try:
            await talk.line.tell(talk.spoken.say("ivr.failed"))
        except CallOver:
            pass
        finally:
            await talk.line.call.hangup()
            await talk.leave(Gone(Leaving.HUNG_UP))

    async def _to_human(self, talk: Conversation) -> None:
        if self.hotline.settings.seat:
            await talk.line.tell(talk.spoken.say("ivr.transferring"))
            await talk.line.transfer(self.hotline.settings.seat)
        await talk.line.say(talk.spoken.say("ivr.no_seat"))
        reply = await talk.handle(Gone(Leaving.UNSERVED))
        talk.begun = False
        await talk.follow(reply)
