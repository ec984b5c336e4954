"""One whole call: greeting, the menu of five, what the caller came for, and nothing lost however it ends."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from backend.contract.errors import BackendError
from backend.contract.models import TicketSummary
from backend.contract.phone import CHANNEL
from backend.contract.words import TicketState
from dialogs.actions import Say
from dialogs.commands import Verb, command
from dialogs.emergencies import Emergencies
from dialogs.events import Gone, Person, Press, Start
from dialogs.exchange import Reply
from dialogs.finder import ScenarioFinder
from dialogs.message import Localized
from dialogs.templates.scenario import Scenarios
from ivr.call import MediaCall
from ivr.talk.conversation import Conversation, HumanWanted, Shared
from ivr.talk.ear import Ear
from ivr.talk.line import CallOver, CutOff, Line, Mouth, PutThrough
from ivr.talk.matter import Matter
from ivr.talk.phrasebook import phrasebook
from ivr.talk.presenter import press, standing_choices
from ivr.talk.question import Choice, Chosen, Entered, Entry, Question, Silent
from ivr.talk.wording import Spoken
from ivr.voice.speech import Pause, Speech

log = logging.getLogger(__name__)

_MENU = (("business", "1"), ("personal", "2"), ("progress", "3"), ("rating", "4"))
_ENGLISH_KEY = "9"
_NUMBER = Entry("digits", least=12, most=12)
_MOST_ROUNDS = 10
"""Things one call may come to; more is a caller asleep on the keys."""

Tickets = Callable[[Person], Awaitable[list[TicketSummary]]]


@dataclass(frozen=True)
class HotlineSettings:
    city: Localized
    seat: str
    """Where humans answer: a number or SIP address; empty when nobody does."""
    personal: str
    """Where personal matters 个人服务 are answered; empty: at the seat."""
    on_hangup: Literal["ticket", "draft"]
    """What becomes of a form that the caller leaves by hanging up."""


@dataclass(frozen=True)
class Hotline:
    """Answers calls; `__call__` is the handler that the transports are given."""

    settings: HotlineSettings
    shared: Shared
    voice: Mouth
    ear: Ear | None
    scenarios: Scenarios
    finder: ScenarioFinder
    emergencies: Emergencies
    tickets: Tickets
    """A person's own tickets, newest first."""
    lockstep: bool = False

    async def __call__(self, call: MediaCall) -> None:
        line = Line(call, self.voice, self.ear, lockstep=self.lockstep)
        await _Call(self, line).run()


class _Call:
    def __init__(self, hotline: Hotline, line: Line) -> None:
        self._hotline = hotline
        self._line = line
        number = line.call.caller
        person = Person(CHANNEL, number or f"anonymous-{uuid.uuid4()}")
        self._talk = Conversation(line, person, hotline.shared)

    @property
    def _spoken(self) -> Spoken:
        return self._talk.spoken

    async def run(self) -> None:
        try:
            await self._serve()
        except CutOff as over:
            await self._talk.keep_cut_off(over)
            await self._leave(callback=True)
        except PutThrough:
            await self._leave(callback=False)
        except CallOver:
            await self._leave(callback=True)
        except Exception:
            log.exception("a call failed", extra={"action": "call_failed", "call": self._line.call.id})
            await self._apologise()

    async def _serve(self) -> None:
        await self._welcome()
        for number in range(_MOST_ROUNDS):
            try:
                chosen = await self._menu(first=number == 0)
                if chosen == "end":
                    break
                await self._go(chosen)
            except HumanWanted as wanted:
                await self._to_human(self._hotline.settings.seat, wanted.reason)
                break
        await self._line.tell(self._spoken.say("ivr.goodbye"))

    # --- the menu -------------------------------------------------------------------------------------------------

    async def _welcome(self) -> None:
        await self._line.say(
            (
                *self._spoken.say("ivr.greeting", city=self._hotline.settings.city),
                *self._spoken.say("ivr.recorded_notice"),
            )
        )
        await self._line.say(Spoken("en").say("ivr.english"), "en")
        if not self._line.hears:
            await self._line.say(self._spoken.say("ivr.keys_only"))

    async def _menu(self, *, first: bool) -> str:
        """What the caller wants next: a name of the menu, or `end` after something was done."""
        spoken, book = self._spoken, phrasebook()
        choices = [Choice(name, key, book.menu[name]) for name, key in _MENU]
        parts: list[str | Pause] = [*spoken.say("ivr.main" if first else "ivr.anything_else"), Pause(0.25)]
        for name, key in _MENU:
            parts += [*spoken.say(f"ivr.menu.{name}"), *press(spoken, key)]
        parts += [*spoken.say("ivr.menu.human"), *press(spoken, "0")]
        if self._line.language != "en":
            choices.append(Choice("english", _ENGLISH_KEY))
        if not first:
            choices.append(Choice("end", "#", book.finished))
            return await self._or_end(Question((*choices, *standing_choices())), tuple(parts))
        return await self._talk.choose(tuple(choices), tuple(parts), spoken.say("ivr.main_short") + tuple(parts[2:]))

    async def _or_end(self, question: Question, prompt: Speech) -> str:
        """After something was done, silence is a farewell."""
        for tried in range(2):
            answer = await self._talk.ask(question, prompt, tried)
            if isinstance(answer, Chosen):
                return answer.means
            if isinstance(answer, Silent):
                return "end"
        return "end"

    async def _go(self, chosen: str) -> None:
        match chosen:
            case "business":
                await self._business()
            case "personal":
                settings = self._hotline.settings
                await self._to_human(settings.personal or settings.seat, "asked")
            case "progress":
                await self._talk.lead(Press(command(Verb.PROGRESS)))
            case "rating":
                await self._rating()
            case "english":
                await self._talk.handle(Press(command(Verb.LANGUAGE, "en")))

    async def _business(self) -> None:
        left = _left_before(await self._talk.handle(Start()))
        if left is not None and await self._goes_on():
            await self._talk.lead(Press(left))
            return
        hotline = self._hotline
        matter = Matter(self._talk, hotline.scenarios, hotline.finder, hotline.emergencies)
        try:
            found = await matter.ask()
        except (CallOver, HumanWanted):
            await matter.keep()
            raise
        await self._talk.lead(Press(command(Verb.BEGIN, found.scenario)), found.kind)

    async def _goes_on(self) -> bool:
        spoken, book = self._spoken, phrasebook()
        choices = (Choice("resume", "1", book.resume), Choice("anew", "2", book.anew))
        prompt = (
            *spoken.say("ivr.left_before"),
            *spoken.say("ivr.resume"),
            *press(spoken, "1"),
            *spoken.say("ivr.anew"),
            *press(spoken, "2"),
        )
        return await self._talk.choose(choices, prompt) == "resume"

    async def _rating(self) -> None:
        """The latest of the caller's own answered tickets, or one by its number."""
        number = await self._own_to_rate() or await self._keyed_number()
        if number:
            await self._talk.lead(Press(command(Verb.RATE, number)))

    async def _own_to_rate(self) -> str:
        try:
            own = await self._hotline.tickets(self._talk.person)
        except BackendError as error:
            log.warning("own tickets not read", extra={"action": "list_tickets", "code": error.code})
            return ""
        waiting = next((one for one in own if one.state is TicketState.COMPLETED), None)
        if waiting is None:
            return ""
        spoken, book = self._spoken, phrasebook()
        prompt = (
            *spoken.say("ivr.rate_this", number=waiting.number),
            *spoken.say("ivr.yes"),
            *press(spoken, "1"),
            *spoken.say("ivr.no"),
            *press(spoken, "2"),
        )
        choices = (Choice("yes", "1", book.yes), Choice("no", "2", book.no))
        return waiting.number if await self._talk.choose(choices, prompt) == "yes" else ""

    async def _keyed_number(self) -> str:
        question, prompt = Question(standing_choices(), entry=_NUMBER), self._spoken.say("ivr.ticket_number")
        for tried in range(3):
            answer = await self._talk.ask(question, prompt, tried)
            if isinstance(answer, Entered):
                return answer.text
            prompt = (*self._spoken.say("ivr.wrong_number"), *self._spoken.say("ivr.ticket_number"))
        raise HumanWanted("no_match")

    # --- humans and ends ------------------------------------------------------------------------------------------

    async def _to_human(self, target: str, reason: str) -> None:
        """Put the caller through; if nobody is there, say sorry and leave a callback task with what was said."""
        log.info("a caller goes to a human", extra={"action": "to_human", "call": self._line.call.id, "reason": reason})
        if target:
            await self._line.tell(self._spoken.say("ivr.transferring"))
            outcome = await self._line.transfer(target)
            log.info("not put through", extra={"action": "transfer", "outcome": outcome, "call": self._line.call.id})
        await self._line.say(self._spoken.say("ivr.no_seat"))
        reply = await self._talk.handle(Gone(callback=True))
        self._talk.begun = False
        await self._talk.follow(reply)

    async def _leave(self, *, callback: bool) -> None:
        """The caller is gone: what was begun is not lost."""
        if not self._talk.begun or self._hotline.settings.on_hangup == "draft":
            return
        await self._talk.handle(Gone(callback=callback))

    async def _apologise(self) -> None:
        """Something of ours failed: what was said is kept as far as that works, and a person takes over."""
        try:
            await self._line.tell(self._spoken.say("ivr.failed"))
            if self._hotline.settings.seat:
                await self._line.transfer(self._hotline.settings.seat)
        except CallOver:
            pass
        finally:
            await self._leave(callback=True)


def _left_before(reply: Reply) -> str | None:
    """The button that takes up what was left in an earlier call."""
    for action in reply.actions:
        for row in action.choices if isinstance(action, Say) else ():
            for button in row:
                if button.command.startswith(f"{Verb.RESUME}:"):
                    return button.command
    return None
