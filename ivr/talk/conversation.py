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
from ivr.call import SAMPLE_RATE
from ivr.meters import Way
from ivr.talk.alarms import Alarm, is_cry
from ivr.talk.asking import TO_SEAT
from ivr.talk.call_deps import CallDeps
from ivr.talk.call_over import CallOver, CutOff
from ivr.talk.detours import HumanWanted, WentBack
from ivr.talk.emergency_offers import CONNECT, STAY, EmergencyOffers
from ivr.talk.greetings import is_greeting, wants_time
from ivr.talk.line import Line
from ivr.talk.options import BACK, BACK_KEY, BREATH, MORE, UNSURE, back_choice, flat, standing_choices
from ivr.talk.places import ELSEWHERE, Named, asked_back, button_of
from ivr.talk.presented import Presented, View
from ivr.talk.presenter import GO_ON, present
from ivr.talk.prompt import Clip, Prompt, caption
from ivr.talk.question import (
    HUMAN,
    REPEAT,
    Alarmed,
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
from ivr.talk.recordings import Recordings, is_empty, is_told, or_recorded, played_back
from ivr.talk.summary import AS_IT_IS, CORRECT, EVERYTHING
from ivr.talk.wording import Spoken
from ivr.voice.speech import Speech

log = logging.getLogger(__name__)

WAITS: Final = (5.0, 8.0, 10.0)
"""Seconds of silence after the prompt, by how often the question was asked: slow callers get longer."""
_TRIES = 3
_TOPIC: Final = "topic"
"""The field of the general scenario for the matter in a few words; whoever told the matter has said it."""
_PATIENCE: Final = 30.0
"""Seconds of silence for who asked for a moment."""
_MOST_WAITED = 3
"""Greetings and requests for a moment at one question that are no failed answers; more is a telephone in a pocket."""
_NOTED: Final = 4 * 2 * SAMPLE_RATE
"""Bytes, 4 s, of what is told at a menu from which making text of it takes so long that something has to be said."""
_BUSY_PAUSES = (0.3, 1.0, 2.0)
"""Seconds before an event is tried again that the session store could not take."""
_GONE_PAUSES = (*_BUSY_PAUSES, 5.0, 10.0, 20.0, 30.0, 60.0)
"""The same once the caller is gone: nobody waits, and a store that is started anew has time to come back."""
_STORE_AWAY = (SessionBusy, SessionLost, RedisError)

_UNFOLDED: Final[Mapping[str, Callable[[View], View]]] = {
    MORE: lambda view: replace(view, page=view.page + 1),
    CORRECT: lambda view: replace(view, page=0, correcting=True),
    EVERYTHING: lambda view: replace(view, page=0, whole=True),
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
        self._kind = self._topic = ""
        self.kind = ""
        """The kind of request that was chosen, while there is nothing to file that holds it."""
        self.is_small_talk = deps.is_small_talk
        self.emergencies = EmergencyOffers(self, deps.emergencies)
        line.heeds = self._heeds

    @property
    def spoken(self) -> Spoken:
        return Spoken(self.line.language)

    async def lead(self, event: Event, kind: str = "", story: str = "", topic: str = "") -> None:
        """Until the conversation asks nothing more. `kind` and `topic` answer the questions for the kind of request and
        for what it is about beforehand; `story` names the field that has been told already.

        Raises CallOver, HumanWanted.
        """
        self._kind, self._topic, self._put_off = kind, topic, frozenset()
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
        chosen = await self.climb(question, prompt, short)
        assert isinstance(chosen, Chosen)
        if back and chosen.means == BACK:
            raise WentBack
        return chosen.means

    async def climb(self, question: Question, prompt: Prompt, short: Prompt = (), begun: int = 0) -> Chosen | Recorded:
        """The ladder: ask, ask again in short, then by keys. `begun`: how often the caller was not understood before.
        Raises HumanWanted at its end.
        """
        answer: Answer = Silent() if not begun else Unclear()
        for tried in range(begun, _TRIES):
            if tried:
                await self.line.say(self.problem(answer, question))
                prompt = short or prompt
            if tried == _TRIES - 1:
                await self.line.say(self.spoken.say("ivr.by_keys"))
                question = replace(question, listens=False, free=False)
            answer = await self.ask(question, prompt, tried)
            if isinstance(answer, Recorded) and not answer.text:
                answer = Unclear()
            if isinstance(answer, Chosen | Recorded):
                return answer
        raise HumanWanted(_reason(answer))

    async def ask(self, question: Question, prompt: Prompt, tried: int = 0) -> Answer:
        """One question; a repeat is said again here, and who greets us or needs a moment is let speak. Raises
        HumanWanted, CallOver.
        """
        hears = question.listens and self.line.hears
        question = replace(question, listens=hears, free=hears and question.free)
        asked, wait, waited = prompt, WAITS[min(tried, len(WAITS) - 1)], 0
        while True:
            heard = await self.line.ask(question, prompt, wait)
            if isinstance(heard, Recorded):
                heard = await self._listened(heard, question)
            prompt = asked
            if waited < _MOST_WAITED and (invited := self._invited(heard)):
                prompt = invited if question.is_open else (*invited, BREATH, *asked)
                wait, waited = _PATIENCE if wants_time(_words(heard)) else wait, waited + 1
                continue
            if isinstance(heard, Chosen) and heard.means == UNSURE:
                heard = Unclear(unsure=True)
            self._deps.meters.answered(_way(heard))
            answer = await self._beside(heard)
            if answer is not None:
                return answer

    def _invited(self, heard: Answer) -> Speech:
        """What to say to who has not said anything yet: only a greeting, or that they need a moment."""
        words = _words(heard)
        if wants_time(words):
            return self.spoken.say("ivr.no_hurry")
        return self.spoken.say("ivr.go_ahead") if is_greeting(words) else ()

    async def _beside(self, answer: Answer) -> Answer | None:
        """What is no answer is dealt with, and None says to ask again. Raises HumanWanted, CallOver."""
        match answer:
            case Alarmed(alarm):
                if self.emergencies.accepts(alarm):
                    return Chosen(CONNECT, by_voice=True)
                await self.emergencies.ask_back(alarm)
                return self._offer_settled()
            case Remark(text, besides):
                if self.emergencies.connects(text):
                    return Chosen(CONNECT, by_voice=True)
                await self.emergencies.heed(text)
                return besides or self._offer_settled()
            case WantsHuman(recorded):
                await self.keep_said(recorded)
                raise HumanWanted("asked")
            case Chosen(means) if means == HUMAN:
                raise HumanWanted("asked")
            case WantsRepeat():
                return None
            case Chosen(means) if means == REPEAT:
                return None
        return answer

    def _offer_settled(self) -> Answer | None:
        """Who told of something else while it was offered to put them through is not offered that once more."""
        return Chosen(STAY) if self.emergencies.is_offering else None

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
        if presented.call and self.emergencies.offers(presented.call):
            await self.emergencies.offer_transfer(presented.said, presented.call)
        else:
            await self.line.say(presented.said)
        if presented.defer:
            self._put_off |= {presented.defer}
            return Defer("link" if presented.defer == "link" else "seat")
        if self._kind in presented.kinds:
            kind, self._kind = self._kind, ""
            return Press(presented.kinds[kind])
        if self._topic and presented.ask is not None and presented.ask.field == _TOPIC:
            topic, self._topic = self._topic, ""
            return Text(topic)
        if presented.question is None:
            return None
        self._hinted = True
        return await self._put(reply, presented, view)

    async def keep_said(self, pcm: bytes) -> None:
        """What was being said when the caller turned to a human, or left: it goes with the rest."""
        if is_empty(pcm):
            return
        text = await self.recordings.words_of(pcm)
        if self.line.hears and not self.begun and (not is_told(text) or self.is_small_talk(text)):
            return  # noise, 喂，听得到吗, or a wrong number: nobody is called back for that
        self.begun = True
        await self._keep(pcm, text)

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

    async def _alarmed(self, alarm: Alarm, pcm: bytes) -> None:
        """Ask back what sounded like an emergency in the caller's own words, which are kept if the call ends here."""
        try:
            await self.emergencies.ask_back(alarm, told=True)
        except (CallOver, HumanWanted):
            self.begun = True  # however short it was
            await self.keep_said(pcm)
            raise

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
            if isinstance(answer, Silent) and presented.skip and (tried or not presented.of_form):
                return Press(presented.skip)  # whoever has nothing to add is not asked three times
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
            case Chosen(means):
                return await self._chosen(means, ask)
            case Unclear(words=words) if is_told(words) and ask is not None and ask.field:
                return Text(words)  # the form may know it by its meaning, and reads it back then
            case Entered(text, by_voice):
                date = ask is not None and ask.type == "date"
                return Text(_keyed_date(text) if date and not by_voice else text)
            case Recorded(pcm, text):
                return await self._recorded_event(pcm, text, ask)
        return None

    async def _chosen(self, means: str, ask: Ask | None) -> Event | None:
        if means == TO_SEAT:
            self._put_off |= {"seat"}
            return Defer("seat")
        if ask is not None and (named := self._deps.places.named(means)) is not None:
            return await self._place(named, ask)
        if _is_human(means):
            raise HumanWanted("asked")
        return None if means == GO_ON else Press(means)

    async def _recorded_event(self, pcm: bytes, text: str, ask: Ask | None) -> Event:
        if ask is not None and ask.field:
            shown = text or caption(self.spoken.say("ivr.recorded"), self.line.language)
            if ask.type != "address" or not text:  # an address is read as it was understood
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
        """Free words that are one of the choices beside them, or nothing at all, are told from an answer; an emergency
        in them is asked back before they become text.
        """
        alarm = recorded.alarm
        if alarm is not None and not is_cry(alarm.phrase):
            await self._alarmed(alarm, recorded.pcm)
        if is_empty(recorded.pcm):
            return Unclear()
        if question.recording is not None or len(recorded.pcm) >= _NOTED:
            await self.line.say(self.spoken.say("ivr.noting"))
        text = await self.recordings.words_of(recorded.pcm)
        if alarm is not None and is_cry(alarm.phrase) and not self.emergencies.endangers(text):
            await self._alarmed(alarm, recorded.pcm)  # the words do not say what for
        if question.free and self.emergencies.endangers(text):
            return Remark(text, replace(recorded, text=text))
        if question.free and _wants_human(text):
            return Remark(text)
        means = self.line.meaning(question, text)
        return Chosen(means, by_voice=True) if means not in ("", UNSURE) else replace(recorded, text=text)

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
        case Recorded() | Remark() | Alarmed():
            return "voice"
        case Chosen(by_voice=by_voice) | Entered(by_voice=by_voice):
            return "voice" if by_voice else "key"
    return "key"


def _reason(answer: Answer) -> str:
    return "no_input" if isinstance(answer, Silent) else "no_match"


def _words(heard: Answer) -> str:
    """What was said that is none of the choices."""
    match heard:
        case Unclear(words=words) | Recorded(text=words):
            return words
    return ""


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
