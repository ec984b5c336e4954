"""Leads one caller through the conversation of all channels: presents what it says, and gives it what was answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from redis.exceptions import RedisError

from dialogs.commands import Verb
from dialogs.events import Defer, Event, Gone, Incoming, Media, Person, Press, Text
from dialogs.exchange import Reply
from dialogs.outputs import Ask, Expect
from dialogs.phrases import read_phrases
from dialogs.sessions import SessionBusy, SessionLost
from ivr.meters import Way
from ivr.talk.call_deps import CallDeps
from ivr.talk.call_over import CutOff
from ivr.talk.detours import HumanWanted, WentBack
from ivr.talk.emergency_offers import CONNECT, EmergencyOffers
from ivr.talk.line import Line
from ivr.talk.options import BACK, BACK_KEY, BREATH, MORE, UNSURE, back_choice, flat, standing_choices
from ivr.talk.places import ELSEWHERE, Named, asked_back, button_of
from ivr.talk.presented import Presented, View
from ivr.talk.presenter import GO_ON, present
from ivr.talk.prompt import Clip, Prompt, caption
from ivr.talk.question import (
    HUMAN,
    REPEAT,
    Answer,
    Chosen,
    Entered,
    MenuOption,
    Question,
    Recorded,
    Remark,
    Silent,
    Unclear,
    WantsHuman,
    WantsRepeat,
)
from ivr.talk.recordings import Recordings, is_empty, or_recorded, played_back
from ivr.talk.summary import AS_IT_IS, CORRECT
from ivr.talk.wording import Spoken
from ivr.voice.speech import Speech

log = logging.getLogger(__name__)

WAITS: Final = (5.0, 8.0, 10.0)
"""Seconds of silence after the prompt, by how often the question was asked: slow callers get longer."""
_TRIES = 3
_BUSY_PAUSES = (0.3, 1.0, 2.0)
"""Seconds before an event is tried again that the session store could not take."""
_GONE_PAUSES = (*_BUSY_PAUSES, 5.0, 10.0, 20.0, 30.0, 60.0)
"""The same once the caller is gone: nobody waits, and a store that is started anew has time to come back."""
_STORE_AWAY = (SessionBusy, SessionLost, RedisError)

_UNFOLDED: Final[Mapping[str, Callable[[View], View]]] = {
    MORE: lambda view: replace(view, page=view.page + 1),
    CORRECT: lambda view: replace(view, page=0, correcting=True),
    AS_IT_IS: lambda view: replace(view, page=0, correcting=False),
}
"""Choices that show the same question otherwise."""


class Conversation:
    """One call's part in the conversation."""

    def __init__(self, line: Line, person: Person, deps: CallDeps) -> None:
        self.line = line
        self.person = person
        self.recordings = Recordings(line, person, deps.keep, deps.meters)
        self.begun = False
        """Whether something was asked or told: a caller who leaves now leaves it half said."""
        self._deps = deps
        self._events = 0
        self._pauses: tuple[float, ...] = _BUSY_PAUSES
        self._hinted = False
        self._recorded: dict[str, Clip | None] = {}
        self._put_off: frozenset[str] = frozenset()
        self._kind = ""
        self.emergencies = EmergencyOffers(self, deps.emergencies)
        line.heeds = self._heeds

    @property
    def spoken(self) -> Spoken:
        return Spoken(self.line.language)

    async def lead(self, event: Event, kind: str = "", story: str = "") -> None:
        """Until the conversation asks nothing more. `kind` answers the question for the kind of request beforehand;
        `story` names the field that has been told already.

        Raises CallOver, HumanWanted.
        """
        self._kind, self._put_off = kind, frozenset()
        self._recorded = {story: None} if story else {}
        following: Event | None = event
        while following is not None:
            reply = await self.handle(following)
            following = await self.follow(reply)

    async def handle(self, event: Event | Gone) -> Reply:
        """Give an event to the conversation; waits a little for a session store that is away."""
        self._events += 1
        incoming = Incoming(self.person, f"{self.line.call.id}-{self._events}", self._deps.now(), event)
        for pause in self._pauses:
            try:
                return await self._taken(incoming)
            except _STORE_AWAY as error:
                log.warning("an event has to wait", extra={"action": "phone_event", "error": type(error).__name__})
                await asyncio.sleep(pause)
        return await self._taken(incoming)

    async def greet(self) -> None:
        """Speak the language the caller chose before."""
        if self._deps.language is None:
            return
        try:
            self.line.language = await self._deps.language(self.person)
        except _STORE_AWAY as error:
            log.warning("language not known", extra={"action": "language", "error": type(error).__name__})

    async def leave(self, gone: Gone) -> None:
        """The caller is gone: what was begun is not lost, even while the session store is away for long."""
        if not self.begun:
            return
        self.begun = False
        self._pauses = _GONE_PAUSES
        try:
            await self.handle(gone)
        except _STORE_AWAY as error:
            # The session has it all the same: at the next call they are asked whether to go on with it.
            log.warning("a call was left open", extra={"action": "leave", "error": type(error).__name__})

    async def choose(
        self, choices: tuple[MenuOption, ...], prompt: Prompt, short: Prompt = (), *, back: bool = True
    ) -> str:
        """A question of the hotline itself: what was chosen means. Climbs the ladder; raises HumanWanted at its end.

        `back`: there is a question before it; raises WentBack.
        """
        free = all(choice.key != BACK_KEY for choice in choices)
        ways = (back_choice(BACK_KEY if free else ""),) if back else ()
        question = Question((*choices, *ways, *standing_choices()))
        answer: Answer = Silent()
        for tried in range(_TRIES):
            if tried:
                await self.line.say(self.problem(answer, question))
                prompt = short or prompt
            if tried == _TRIES - 1:
                await self.line.say(self.spoken.say("ivr.by_keys"))
                question = replace(question, listens=False)
            answer = await self.ask(question, prompt, tried)
            if isinstance(answer, Chosen):
                if back and answer.means == BACK:
                    raise WentBack
                return answer.means
        raise HumanWanted(_reason(answer))

    async def ask(self, question: Question, prompt: Prompt, tried: int = 0) -> Answer:
        """One question; a repeat is said again here. Raises HumanWanted, CallOver."""
        question = replace(question, listens=question.listens and self.line.hears)
        while True:
            answer = await self.line.ask(question, prompt, WAITS[min(tried, len(WAITS) - 1)])
            if isinstance(answer, Recorded):
                answer = await self._listened(answer, question)
            if isinstance(answer, Chosen) and answer.means == UNSURE:
                answer = Unclear(unsure=True)
            self._deps.meters.answered(_way(answer))
            if isinstance(answer, Remark):
                if self.emergencies.connects(answer.text):
                    return Chosen(CONNECT, by_voice=True)
                await self.emergencies.heed(answer.text)
                continue
            if isinstance(answer, WantsHuman):
                await self.keep_said(answer.recorded)
                raise HumanWanted("asked")
            if isinstance(answer, Chosen) and answer.means == HUMAN:
                raise HumanWanted("asked")
            if not isinstance(answer, WantsRepeat) and not (isinstance(answer, Chosen) and answer.means == REPEAT):
                return answer

    async def follow(self, reply: Reply) -> Event | None:
        """Say the reply, ask what it asks, and give the event that answers it; None when it asks nothing."""
        view = View(
            hints=not self._hinted,
            hears=self.line.hears,
            recorded=dict(self._recorded),
            put_off=self._put_off,
            places=self._deps.places,
        )
        presented = present(reply.outputs, self.spoken, view)
        self.begun = presented.question is not None or bool(presented.defer)
        if presented.call:
            await self.emergencies.offer_transfer(presented.said, presented.call)
        else:
            await self.line.say(presented.said)
        if presented.defer:
            self._put_off |= {presented.defer}
            return Defer("link" if presented.defer == "link" else "seat")
        if self._kind in presented.kinds:
            kind, self._kind = self._kind, ""
            return Press(presented.kinds[kind])
        if presented.question is None:
            return None
        self._hinted = True
        return await self._put(reply, presented, view)

    async def keep_said(self, pcm: bytes) -> None:
        """What was being said when the caller turned to a human, or left: it goes with the rest."""
        if is_empty(pcm):
            return
        self.begun = True
        await self._keep(pcm, await self.recordings.words_of(pcm))

    async def keep_cut_off(self, over: CutOff) -> None:
        """The call ended in the middle of a story: what there is of it is kept."""
        self._pauses = _GONE_PAUSES
        try:
            await self.keep_said(over.pcm)
        except _STORE_AWAY as error:
            log.warning("a story was not kept", extra={"action": "keep_cut_off", "error": type(error).__name__})

    def problem(self, answer: Answer, question: Question) -> Speech:
        """What was wrong with an answer that is none."""
        match answer:
            case Silent():
                return self.spoken.say("ivr.silent" if self.line.hears else "ivr.no_key")
            case Unclear(keyed=True):
                return self.spoken.say("ivr.wrong_key" if question.entry is None else "ivr.wrong_digits")
            case Unclear(unsure=True):
                return self.spoken.say("ivr.unsure")
        return self.spoken.say("ivr.unclear")

    def _heeds(self, text: str) -> bool:
        return bool(self.emergencies.pressing(text)) or _wants_human(text)

    # --- one question ---------------------------------------------------------------------------------------------

    async def _taken(self, incoming: Incoming) -> Reply:
        reply = await self._deps.talk(incoming)
        self.line.language = reply.language
        return reply

    async def _put(self, reply: Reply, presented: Presented, view: View) -> Event | None:
        """Ask one question until it is answered, unfolding it on the way; None when it needed no answer."""
        said: Prompt = ()
        tried = 0
        while True:
            question = presented.question
            assert question is not None
            answer = await self.ask(question, (*said, *presented.prompt), tried)
            said = ()
            if isinstance(answer, Chosen) and answer.means in _UNFOLDED:
                view = _UNFOLDED[answer.means](view)
                presented = self._unfolded(reply, view)
                continue
            event = await self._event(answer, presented)
            if event is not None:
                return event
            if presented.optional and (tried or not isinstance(answer, Unclear)):
                return None
            tried += 1
            if tried == _TRIES:
                raise HumanWanted(_reason(answer))
            said = self.problem(answer, question)
            hears = view.hears and tried < _TRIES - 1
            view = replace(view, page=0, hears=hears, hints=False, tried=tried)
            presented = self._unfolded(reply, view)

    def _unfolded(self, reply: Reply, view: View) -> Presented:
        presented = present(reply.outputs, self.spoken, view)
        # Past the last page comes the first again.
        return presented if presented.prompt else present(reply.outputs, self.spoken, replace(view, page=0))

    async def _event(self, answer: Answer, presented: Presented) -> Event | None:
        """What the answer is to the conversation; None when it is no answer."""
        ask = presented.ask
        match answer:
            case Silent() if presented.enough:
                return Press(presented.enough)
            case Chosen(means) if ask is not None and (named := self._deps.places.named(means)) is not None:
                return await self._place(named, ask)
            case Chosen(means) if means != GO_ON:
                if _is_human(means):
                    raise HumanWanted("asked")
                return Press(means)
            case Entered(text, by_voice):
                date = ask is not None and ask.type == "date"
                return Text(_keyed_date(text) if date and not by_voice else text)
            case Recorded(pcm, text):
                return await self._recorded_event(pcm, text, ask)
        return None

    async def _recorded_event(self, pcm: bytes, text: str, ask: Ask | None) -> Event:
        if ask is not None and ask.field:
            shown = text or caption(self.spoken.say("ivr.recorded"), self.line.language)
            self._recorded[ask.field] = None if ask.story else played_back(pcm, shown)
        if ask is None or ask.field or ask.expect is Expect.MEDIA:
            await self._keep_sound(pcm, text)  # of a reason for withdrawing there is no place for the sound
        return Text(or_recorded(text))

    async def _place(self, named: Named, ask: Ask) -> Event | None:
        """A township was named: read back with its county, to be confirmed unless that was sure."""
        buttons = [button_of(place, flat(ask.options)) for place in named.places]
        if named.sure:
            await self.line.say((*self.spoken.say("ivr.place_noted", place=buttons[0].label), BREATH))
            return Press(buttons[0].command)
        page, chosen = -1, MORE
        while chosen == MORE:
            page += 1
            prompt, choices = asked_back(buttons, self.spoken, page)
            if not prompt:
                page, (prompt, choices) = 0, asked_back(buttons, self.spoken)
            chosen = await self.choose(choices, prompt)
        return None if chosen == ELSEWHERE else Press(chosen)

    async def _listened(self, recorded: Recorded, question: Question) -> Answer:
        """Free words that are one of the choices beside them, or nothing at all, are told from an answer."""
        if is_empty(recorded.pcm):
            return Unclear()
        await self.line.say(self.spoken.say("ivr.noting"))
        text = await self.recordings.words_of(recorded.pcm)
        means = self.line.meaning(question, text)
        return Chosen(means, by_voice=True) if means not in ("", UNSURE) else Recorded(recorded.pcm, text)

    async def _keep(self, pcm: bytes, text: str) -> None:
        await self._keep_sound(pcm, text)
        await self.handle(Text(or_recorded(text)))

    async def _keep_sound(self, pcm: bytes, text: str) -> None:
        upload = await self.recordings.upload(pcm, text)
        if upload is not None:
            await self.handle(Media((upload,)))


def _way(answer: Answer) -> Way:
    match answer:
        case Silent():
            return "silent"
        case Unclear():
            return "unclear"
        case Recorded() | Remark():
            return "voice"
        case Chosen(by_voice=by_voice) | Entered(by_voice=by_voice):
            return "voice" if by_voice else "key"
    return "key"


def _reason(answer: Answer) -> str:
    return "no_input" if isinstance(answer, Silent) else "no_match"


def _wants_human(text: str) -> bool:
    return read_phrases().command(text) == Verb.HUMAN


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
