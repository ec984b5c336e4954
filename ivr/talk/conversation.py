"""Leads one caller through the conversation of all channels: presents what it says, and gives it what was answered."""

from __future__ import annotations

import asyncio
import io
import logging
import wave
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from redis.exceptions import RedisError

from backend.contract.errors import BackendError
from backend.contract.models import AttachmentOut
from dialogs.events import Defer, Event, Gone, Incoming, Media, Person, Press, Text, Upload
from dialogs.exchange import Reply
from dialogs.message import Message
from dialogs.phrases import read_phrases
from dialogs.sessions import SessionBusy, SessionLost
from dialogs.wording import Wording
from ivr.audio import loudness
from ivr.call import SAMPLE_RATE, TransferOutcome
from ivr.talk.line import CutOff, Line
from ivr.talk.phrasebook import phrasebook
from ivr.talk.presenter import CORRECT, MORE, Presented, View, present, press, standing_choices
from ivr.talk.question import (
    HUMAN,
    REPEAT,
    Answer,
    Choice,
    Chosen,
    Entered,
    Question,
    Recorded,
    Silent,
    Unclear,
    WantsHuman,
    WantsRepeat,
)
from ivr.talk.wording import Spoken
from ivr.voice.speech import Pause, Speech

log = logging.getLogger(__name__)

WAITS: Final = (5.0, 8.0, 10.0)
"""Seconds of silence after the prompt, by how often the question was asked: slow callers get longer."""
_TRIES = 3
_BUSY_PAUSES = (0.3, 1.0, 2.0)
"""Seconds before an event is tried again that the session store could not take."""
_SHORTEST = 0.8
"""Seconds of recording below which nothing was said."""

Talk = Callable[[Incoming], Awaitable[Reply]]


class Keep(Protocol):
    """Keeps a recording in the backend."""

    async def __call__(self, wav: bytes, transcript: str, *, person: Person, key: str) -> AttachmentOut: ...


class HumanWanted(Exception):
    """The caller asks for a person, or cannot be understood; `reason`: asked, no_match or no_input."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Shared:
    """What all calls share."""

    talk: Talk
    keep: Keep
    now: Callable[[], datetime]


class Conversation:
    """One call's part in the conversation."""

    def __init__(self, line: Line, person: Person, shared: Shared) -> None:
        self.line = line
        self.person = person
        self.begun = False
        """Whether a form is open: a caller who leaves now leaves something half said."""
        self._shared = shared
        self._events = 0
        self._hinted = False
        self._recorded: frozenset[str] = frozenset()
        self._kind = ""

    @property
    def spoken(self) -> Spoken:
        return Spoken(self.line.language)

    async def lead(self, event: Event, kind: str = "") -> None:
        """Until the conversation asks nothing more. `kind` answers the question for the kind of request beforehand.

        Raises CallOver, HumanWanted.
        """
        self._kind = kind
        following: Event | None = event
        while following is not None:
            reply = await self.handle(following)
            following = await self.follow(reply)

    async def handle(self, event: Event | Gone) -> Reply:
        """Give an event to the conversation; waits a little for a session store that is away."""
        self._events += 1
        incoming = Incoming(self.person, f"{self.line.call.id}-{self._events}", self._shared.now(), event)
        for pause in _BUSY_PAUSES:
            try:
                return await self._taken(incoming)
            except (SessionBusy, SessionLost, RedisError) as error:
                log.warning("an event has to wait", extra={"action": "phone_event", "error": type(error).__name__})
                await asyncio.sleep(pause)
        return await self._taken(incoming)

    async def choose(self, choices: tuple[Choice, ...], prompt: Speech, short: Speech = ()) -> str:
        """A question of the hotline itself: what was chosen means. Climbs the ladder; raises HumanWanted at its end."""
        question = Question((*choices, *standing_choices()))
        for tried in range(_TRIES):
            answer = await self.ask(question, prompt if tried == 0 else (short or prompt), tried)
            if isinstance(answer, Chosen):
                return answer.means
            prompt, question = await self._again(answer, prompt, question, tried)
        raise HumanWanted("no_match")

    async def ask(self, question: Question, prompt: Speech, tried: int = 0) -> Answer:
        """One question; a repeat is said again here. Raises HumanWanted, CallOver."""
        while True:
            wait = WAITS[min(tried, len(WAITS) - 1)]
            answer = await self.line.ask(replace(question, listens=question.listens and self.line.hears), prompt, wait)
            if isinstance(answer, WantsHuman):
                await self._keep_said(answer.recorded)
                raise HumanWanted("asked")
            if isinstance(answer, Chosen) and answer.means == HUMAN:
                raise HumanWanted("asked")
            if not isinstance(answer, WantsRepeat) and not (isinstance(answer, Chosen) and answer.means == REPEAT):
                return answer

    async def words_of(self, pcm: bytes) -> str:
        """A recording's words, shown where the caller has a screen. Says something meanwhile."""
        await self.line.say(self.spoken.say("ivr.noting"))
        text = await self.line.transcribe(pcm)
        self.line.show_heard(text)
        return text

    async def upload(self, pcm: bytes, transcript: str) -> Upload | None:
        """Keep a recording as an attachment; None when the backend does not take it."""
        self._events += 1
        key = f"{self.line.call.id}-{self._events}"
        try:
            kept = await self._shared.keep(_wav(pcm), transcript, person=self.person, key=key)
        except BackendError as error:
            log.warning("a recording was not kept", extra={"action": "keep_recording", "code": error.code})
            return None
        return Upload(kept.id, kept.kind, kept.media_type, kept.size, kept.name)

    # --- one reply ------------------------------------------------------------------------------------------------

    async def _taken(self, incoming: Incoming) -> Reply:
        reply = await self._shared.talk(incoming)
        self.line.language = reply.language
        return reply

    async def follow(self, reply: Reply) -> Event | None:
        """Say the reply, ask what it asks, and give the event that answers it; None when it asks nothing."""
        view = View(hints=not self._hinted, hears=self.line.hears, recorded=self._recorded)
        presented = present(reply.actions, self.spoken, view)
        self.begun = presented.question is not None or bool(presented.defer)
        if presented.call:
            await self.offer_transfer(presented.said, presented.call)
            presented = replace(presented, said=())
        if presented.defer:
            await self.line.say(presented.said)
            return Defer("link" if presented.defer == "link" else "seat")
        if self._kind in presented.kinds:
            await self.line.say(presented.said)
            kind, self._kind = self._kind, ""
            return Press(presented.kinds[kind])
        if presented.question is None:
            await self.line.say(presented.said)
            return None
        self._hinted = True
        return await self._put(reply, presented, view)

    async def _put(self, reply: Reply, presented: Presented, view: View) -> Event:
        """Ask one question until it is answered, unfolding it on the way."""
        said, tried = presented.said, 0
        while tried < _TRIES:
            assert presented.question is not None
            answer = await self.ask(presented.question, (*said, *presented.prompt), tried)
            said = ()
            if isinstance(answer, Chosen) and answer.means in (MORE, CORRECT):
                view = replace(view, page=view.page + 1) if answer.means == MORE else replace(view, correcting=True)
                presented = self._unfolded(reply, view, tried)
                if not presented.prompt or not presented.question:  # past the last page: from the first again
                    view = replace(view, page=0)
                    presented = self._unfolded(reply, view, tried)
                continue
            event = await self._event(answer, presented)
            if event is not None:
                return event
            tried += 1
            said = self._problem(answer)
            view = replace(view, page=0, hears=view.hears and tried < _TRIES - 1, hints=False)
            presented = self._unfolded(reply, view, tried)
        raise HumanWanted("no_match")

    def _unfolded(self, reply: Reply, view: View, tried: int) -> Presented:
        return present(reply.actions, self.spoken, replace(view, tried=tried))

    async def _event(self, answer: Answer, presented: Presented) -> Event | None:
        """What the answer is to the conversation; None when it is no answer."""
        match answer:
            case Chosen(means):
                if _is_human(means):
                    raise HumanWanted("asked")
                return Press(means)
            case Entered(text, by_voice):
                date = presented.ask is not None and presented.ask.type == "date"
                return Text(_keyed_date(text) if date and not by_voice else text)
            case Recorded(pcm):
                return await self._told(pcm, presented)
        return None

    async def _told(self, pcm: bytes, presented: Presented) -> Event | None:
        """A story or other free words: kept as audio, and given on as text."""
        if len(pcm) < _SHORTEST * SAMPLE_RATE * 2 or loudness(pcm) < -60:
            return None
        text = await self.words_of(pcm)
        command = read_phrases().command(text)
        if command == "human":
            raise HumanWanted("asked")
        if command:
            return Text(text)
        upload = await self.upload(pcm, text)
        if upload is not None:
            await self.handle(Media((upload,)))
            if presented.ask is not None and presented.ask.field:
                self._recorded |= {presented.ask.field}
        return Text(text or Wording("zh_CN").text(Message("phone.only_recorded")))

    async def _keep_said(self, pcm: bytes) -> None:
        """What was being said when the caller turned to a human, or left: it goes with the form."""
        if not self.begun or len(pcm) < _SHORTEST * SAMPLE_RATE * 2:
            return
        text = await self.line.transcribe(pcm)
        upload = await self.upload(pcm, text)
        if upload is not None:
            await self.handle(Media((upload,)))
        if text:
            await self.handle(Text(text))

    async def keep_cut_off(self, over: CutOff) -> None:
        """The call ended in the middle of a story: what there is of it is kept."""
        await self._keep_said(over.pcm)

    async def _again(self, answer: Answer, prompt: Speech, question: Question, tried: int) -> tuple[Speech, Question]:
        """The next rung for a question of our own."""
        await self.line.say(self._problem(answer))
        if tried + 2 >= _TRIES:
            await self.line.say(self.spoken.say("ivr.by_keys"))
            question = replace(question, listens=False)
        return prompt, question

    def _problem(self, answer: Answer) -> Speech:
        match answer:
            case Silent():
                return self.spoken.say("ivr.silent")
            case Unclear(keyed=True):
                return self.spoken.say("ivr.wrong_key")
        return self.spoken.say("ivr.unclear")

    # --- emergencies ----------------------------------------------------------------------------------------------

    async def offer_transfer(self, said: Speech, number: str) -> None:
        """The right number was told: put the caller through at once, if that is wanted. Raises CallOver then."""
        book, spoken = phrasebook(), self.spoken
        choices = (Choice("connect", "1", book.connect), Choice("stay", "2", book.stay))
        prompt: list[str | Pause] = [*said, *spoken.say("ivr.offer_transfer")]
        prompt += [*spoken.say("ivr.connect"), *press(spoken, "1"), *spoken.say("ivr.stay"), *press(spoken, "2")]
        answer = await self.ask(Question((*choices, *standing_choices())), tuple(prompt))
        if answer in (Chosen("connect"), Chosen("connect", by_voice=True)):
            await self.line.tell(spoken.say("ivr.transferring"))
            if await self.line.transfer(number) is not TransferOutcome.ACCEPTED:
                await self.line.tell(spoken.say("ivr.dial_yourself", number=number))


def _is_human(means: str) -> bool:
    """The form's own button for a human, or "yes" to its offer of one."""
    verb, _, rest = means.partition(":")
    return verb == "human" or (verb == "yes" and rest.endswith(":human"))


def _keyed_date(digits: str) -> str:
    """0305 is a day of the year that is meant, 20260305 a full date; others are left as they are."""
    match len(digits):
        case 4:
            return f"{int(digits[:2])}月{int(digits[2:])}日"
        case 8:
            return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return digits


def _wav(pcm: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(pcm)
    return file.getvalue()
