"""One whole call: greeting, the menu of five, what the caller came for, and nothing lost however it ends."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from backend.contract.client_address import asking_address, asking_from
from backend.contract.errors import BackendError
from backend.contract.message import Localized
from backend.contract.models.tickets import TicketSummary
from backend.contract.phone import CHANNEL
from backend.contract.ticket_number import LONGEST, SHORTEST, WHOLE
from backend.contract.words import TicketState
from dialogs.commands import Verb, command
from dialogs.enterprise.progress import ticket_number
from dialogs.enterprise.tickets import ticket_label
from dialogs.events import Gone, Leaving, Person, Press, SharedPhone, Start
from dialogs.exchange import Reply
from dialogs.fields import Phone, Understood
from dialogs.finder import ScenarioFinder
from dialogs.outputs import Button, Say
from dialogs.phrases import read_phrases
from dialogs.templates.scenario import Scenarios
from ivr.call import MediaCall
from ivr.meters import DONE, FAILED, PUT_THROUGH
from ivr.talk.call_deps import CallDeps
from ivr.talk.call_over import CallOver, CutOff, PutThrough
from ivr.talk.conversation import Conversation
from ivr.talk.detours import HumanWanted, WentBack
from ivr.talk.ear import Ear
from ivr.talk.line import Line
from ivr.talk.matter import Found, Matter
from ivr.talk.open_line import Mouth
from ivr.talk.options import back_choice, listing, offer, offers, standing_choices, yes_or_no
from ivr.talk.phrasebook import phrasebook
from ivr.talk.question import HUMAN, Chosen, Entered, Entry, MenuOption, Question, Recorded, Silent
from ivr.talk.wording import Spoken
from ivr.voice.speech import Speech

log = logging.getLogger(__name__)

_MENU = (("business", "1"), ("personal", "2"), ("progress", "3"), ("rating", "4"))
_ENTRIES: Mapping[str, str] = {Verb.PROGRESS: "progress", Verb.TICKETS: "progress", Verb.RATE: "rating"}
"""Entries of the menu by the command that says the same."""
_KIND = "kind:"
"""Before a kind of request that is named at the menu at once: 企业投诉."""
_LANGUAGE_KEY = "9"
_NUMBER = Entry("digits", least=SHORTEST, most=LONGEST, whole=WHOLE)
_TELEPHONE = Entry("digits", least=5, most=12, by_voice=False)
_NAMES = 8
"""Characters of words that ask for an entry of the menu if they name it: 帮我查下进度."""
_MOST_OWN = 3
"""Tickets of the caller's own that are named, the newest ones."""
_MOST_BESIDE = 2
"""Times that talk to somebody else is not counted as words that were not understood."""
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
    deps: CallDeps
    voice: Mouth
    ear: Ear | None
    scenarios: Scenarios
    finder: ScenarioFinder
    tickets: Tickets
    """A person's own tickets, newest first."""
    lockstep: bool = False
    engaged: set[str] = field(default_factory=set)
    """Numbers that ring, or talk to us."""

    async def __call__(self, call: MediaCall) -> None:
        line = Line(call, self.voice, self.ear, lockstep=self.lockstep)
        # Guesses are limited by number; those without one are one caller, unless the page knew where they are.
        where = f"{CHANNEL}:{call.caller}" if call.caller else asking_address() or f"{CHANNEL}:withheld"
        with (
            asking_from(where),
            self._person(call.caller) as person,
            self.deps.meters.call(call.transport) as meter,
        ):
            meter.how = await _Call(self, line, person).run()

    @contextmanager
    def _person(self, number: str | None) -> Iterator[Person]:
        """A firm shows one number for all its telephones: whoever calls while somebody else talks under it has a
        conversation of their own, or the answers of both would go into one form.
        """
        if number is None or number in self.engaged:
            yield Person(CHANNEL, f"anonymous-{uuid.uuid4()}")
            return
        self.engaged.add(number)
        try:
            yield Person(CHANNEL, number)
        finally:
            self.engaged.discard(number)


class _Call:
    def __init__(self, hotline: Hotline, line: Line, person: Person) -> None:
        self._hotline = hotline
        self._line = line
        self._talk = Conversation(line, person, hotline.deps)
        self._missed = 0
        """How often words at the menu came to nothing, one time after the other."""
        self._beside = 0
        """How often they were talk to somebody else."""

    @property
    def _spoken(self) -> Spoken:
        return self._talk.spoken

    async def run(self) -> str:
        """Returns how it ended, for the measures."""
        try:
            await self._serve()
        except PutThrough:
            await self._talk.leave(Gone(Leaving.PUT_THROUGH))
            return PUT_THROUGH
        except CallOver as over:
            await self._hung_up(over)
            return over.reason
        except Exception:
            log.exception("a call failed", extra={"action": "call_failed", "call": self._line.call.id})
            await self._apologise()
            return FAILED
        return DONE

    async def _serve(self) -> None:
        await self._welcome()
        first = True
        for _ in range(_MOST_ROUNDS):
            try:
                chosen = await self._menu(first=first)
                if chosen == "end":
                    break
                done = await self._go(chosen) if isinstance(chosen, str) else await self._told(chosen)
                first = first and not done
            except WentBack:
                continue
            except HumanWanted as wanted:
                if self._beside and wanted.reason != "asked" and not self._talk.kind:
                    break  # who only ever talked to somebody else
                await self._to_human(self._hotline.settings.seat, wanted.reason)
                break
        await self._line.tell(self._spoken.say("ivr.goodbye"))

    # --- the menu -------------------------------------------------------------------------------------------------

    async def _welcome(self) -> None:
        await self._talk.greet()
        await self._line.say(self._spoken.say("ivr.greeting", city=self._hotline.settings.city))
        if self._line.language == "en":
            await self._line.say(Spoken("zh_CN").say("ivr.chinese"), "zh_CN")
        else:
            await self._line.say(Spoken("en").say("ivr.english"), "en")
        if not self._line.hears:
            await self._line.say(self._spoken.say("ivr.keys_only"))
        number = self._line.call.caller
        if number is not None and number != self._talk.person.id:
            await self._talk.handle(SharedPhone(number))  # where they are called back all the same

    async def _menu(self, *, first: bool) -> str | Recorded:
        """What the caller wants next: a name of the menu, `end` after something was done, or their own words."""
        spoken, book = self._spoken, phrasebook()
        _, offered = offers(
            spoken,
            *((f"ivr.menu.{name}", MenuOption(name, key, book.menu[name])) for name, key in _MENU),
            ("ivr.menu.human", MenuOption(HUMAN, HUMAN, book.human)),
        )
        choices = list(offered)
        ask = "ivr.anything_else" if not first else "ivr.main" if self._line.hears else "ivr.main_keys"
        keys = spoken.say("ivr.keys_of_menu")  # in one breath: option by option it takes twice as long
        prompt = (*spoken.say(ask), *keys)
        choices += (MenuOption(f"{_KIND}{kind}", phrases=_of_business(said)) for kind, said in book.kinds.items())
        choices.append(MenuOption("zh_CN" if self._line.language == "en" else "en", _LANGUAGE_KEY))
        if not first:
            choices.append(MenuOption("end", "#", book.finished))
            return await self._or_end(Question((*choices, *standing_choices()), free=True), prompt)
        short = (*spoken.say("ivr.main_short"), *keys) if self._line.hears else ()
        question = Question((*choices, *standing_choices()), free=True)
        answer = await self._talk.climb(question, prompt, short, self._missed)
        return answer.means if isinstance(answer, Chosen) else answer

    async def _or_end(self, question: Question, prompt: Speech) -> str | Recorded:
        """After something was done, silence is a farewell."""
        for tried in range(2):
            answer = await self._talk.ask(question, prompt, tried)
            if isinstance(answer, Chosen):
                return answer.means
            if isinstance(answer, Recorded) and answer.text:
                return answer
            if isinstance(answer, Silent):
                return "end"
        return "end"

    async def _told(self, told: Recorded) -> bool:
        """Free words at a menu: another entry of it, or a matter, or asked once more; whether something came of it."""
        if meant := _entry(told.text):
            return await self._go(meant)
        matter = Matter(self._talk, self._hotline.scenarios, self._hotline.finder)
        await self._talk.handle(Start())
        done = await self._led(matter, matter.told(told))
        if matter.is_beside and self._beside < _MOST_BESIDE:
            self._beside += 1
            await self._line.say(self._spoken.say("ivr.who_we_are"))
            return False
        self._missed = 0 if done else self._missed + 1
        return done

    async def _led(self, matter: Matter, finding: Awaitable[Found | None]) -> bool:
        try:
            found = await finding
        except (CallOver, HumanWanted) as left:
            await matter.keep(gone=isinstance(left, CallOver))
            raise
        if found is None:
            return False
        begin = Press(command(Verb.BEGIN, found.scenario))
        await self._talk.lead(begin, found.kind, found.story, found.topic)
        return True

    async def _go(self, chosen: str) -> bool:
        """Whether something was done, so that it is asked what else there is."""
        match chosen:
            case "business":
                await self._business()
            case "personal":
                await self._personal()
            case "progress":
                await self._talk.lead(Press(await self._which_ticket()))
            case "rating":
                await self._rating()
            case _ if chosen.startswith(_KIND):
                await self._business(chosen.removeprefix(_KIND))
            case _:
                await self._talk.handle(Press(command(Verb.LANGUAGE, chosen)))
                if not self._line.hears:
                    await self._line.say(self._spoken.say("ivr.keys_only"))
                return False
        return True

    async def _personal(self) -> None:
        """Where citizens go is told first; nothing is filed for them here."""
        await self._line.say(self._spoken.say("wish.citizen"))
        settings = self._hotline.settings
        if target := settings.personal or settings.seat:
            await self._line.tell(self._spoken.say("ivr.transferring"))
            outcome = await self._line.transfer(target)
            log.info("not put through", extra={"action": "transfer", "outcome": outcome, "call": self._line.call.id})
            await self._line.say(self._spoken.say("ivr.no_seat"))

    async def _business(self, kind: str = "") -> None:
        left = _left_before(await self._talk.handle(Start()))
        if left is not None and await self._goes_on():
            await self._talk.lead(Press(left))
            return
        matter = Matter(self._talk, self._hotline.scenarios, self._hotline.finder)
        await self._led(matter, matter.ask(kind))

    async def _goes_on(self) -> bool:
        spoken, book = self._spoken, phrasebook()
        told, choices = offers(
            spoken,
            ("ivr.resume", MenuOption("resume", "1", book.resume)),
            ("ivr.anew", MenuOption("anew", "2", book.anew)),
        )
        return await self._talk.choose(choices, (*spoken.say("ivr.left_before"), *told)) == "resume"

    async def _rating(self) -> None:
        """The latest of the caller's own answered tickets, or one by its number."""
        number = await self._own_to_rate() or await self._keyed_number()
        if number:
            await self._talk.lead(Press(command(Verb.RATE, number)))

    async def _own_tickets(self) -> list[TicketSummary]:
        try:
            return await self._hotline.tickets(self._talk.person)
        except BackendError as error:
            log.warning("own tickets not read", extra={"action": "list_tickets", "code": error.code})
            return []

    async def _which_ticket(self) -> str:
        """One of the caller's own, which they need no number for, or what asks for a number; as a button's command."""
        by_number = command(Verb.PROGRESS)
        own = (await self._own_tickets())[:_MOST_OWN]
        if not own:
            return by_number
        spoken = self._spoken
        told, choices = listing([Button(ticket_label(one), command(Verb.TICKET, one.number)) for one in own], spoken)
        other = MenuOption(by_number, str(len(own) + 1), phrasebook().neither)
        last, another = offer(spoken, "ivr.other_ticket", other)
        return await self._talk.choose((*choices, another), (*spoken.say("tickets.head"), *told, *last))

    async def _own_to_rate(self) -> str:
        own = await self._own_tickets()
        waiting = next((one for one in own if one.state is TicketState.COMPLETED), None)
        if waiting is None:
            return ""
        ways, choices = yes_or_no(self._spoken)
        prompt = (*self._spoken.say("ivr.rate_this", number=waiting.number), *ways)
        return waiting.number if await self._talk.choose(choices, prompt) == "yes" else ""

    async def _keyed_number(self) -> str:
        ask = self._spoken.say("ivr.ticket_number")
        question, prompt = Question((back_choice(), *standing_choices()), entry=_NUMBER), ask
        for tried in range(3):
            answer = await self._talk.ask(question, prompt, tried)
            if isinstance(answer, Chosen):
                raise WentBack
            if isinstance(answer, Entered) and (number := ticket_number(answer.text)):
                return number
            silent = isinstance(answer, Silent)
            problem = self._talk.problem(answer, question) if silent else self._spoken.say("ivr.wrong_number")
            prompt = (*problem, *ask)
        raise HumanWanted("no_input" if silent else "no_match")

    # --- humans and ends ------------------------------------------------------------------------------------------

    async def _to_human(self, target: str, reason: str) -> None:
        """Put the caller through; if nobody is there, say sorry and leave a callback task with what was said."""
        log.info("a caller goes to a human", extra={"action": "to_human", "call": self._line.call.id, "reason": reason})
        if target:
            await self._line.tell(self._spoken.say("ivr.transferring"))
            outcome = await self._line.transfer(target)
            log.info("not put through", extra={"action": "transfer", "outcome": outcome, "call": self._line.call.id})
        silent = reason == "no_input" and not (self._line.touched or self._talk.begun)
        if silent and self._line.call.caller is None:
            return  # nobody to call back
        await self._line.say(self._spoken.say("ivr.no_seat"))
        if self._line.call.caller is None:
            await self._ask_telephone()
        how = Leaving.SILENT if silent else Leaving.UNSERVED if reason == "asked" else Leaving.UNHEARD
        reply = await self._talk.handle(Gone(how, self._talk.kind))
        self._talk.begun = False
        await self._talk.follow(reply)

    async def _ask_telephone(self) -> None:
        """Who withholds their number cannot be called back, unless they key it in."""
        question = Question((MenuOption("skip", "#"), *standing_choices()), entry=_TELEPHONE)
        prompt = (*self._spoken.say("ivr.your_telephone"), *self._spoken.say("ivr.skip_hint"))
        for tried in range(2):
            try:
                answer = await self._talk.ask(question, prompt, tried)
            except HumanWanted:
                return  # there is nobody
            if not isinstance(answer, Entered):
                return
            number = Phone(service=False).parse(answer.text, self._hotline.deps.now())
            if isinstance(number, Understood):
                await self._talk.handle(SharedPhone(str(number.value)))
                return
            await self._line.say(self._spoken.speech(number.problem))

    async def _hung_up(self, over: CallOver) -> None:
        saved = self._hotline.settings.on_hangup == "draft"
        try:
            if isinstance(over, CutOff):
                await self._talk.keep_cut_off(over)
        finally:
            await self._talk.leave(Gone(Leaving.SAVED if saved else Leaving.HUNG_UP))

    async def _apologise(self) -> None:
        """Something of ours failed: what was said is kept as far as that works, and a person takes over."""
        how = Leaving.HUNG_UP
        try:
            await self._line.tell(self._spoken.say("ivr.failed"))
            if self._hotline.settings.seat:
                await self._line.transfer(self._hotline.settings.seat)
        except PutThrough:
            how = Leaving.PUT_THROUGH
        except CallOver:
            pass
        finally:
            await self._line.call.hangup()  # leaving may take its time
            await self._talk.leave(Gone(how))


def _of_business(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{before}{phrase}" for phrase in phrases for before in ("", "企业"))


def _entry(text: str) -> str:
    """The entry of the menu that the words ask for; '' where they are something else."""
    phrases = read_phrases()
    if phrases.asks_progress(text):
        return "progress"
    if found := _ENTRIES.get(phrases.command(text)):
        return found
    named = (name for name, said in phrasebook().menu.items() if any(phrase in text for phrase in said))
    return next(named, "") if len(text) <= _NAMES else ""


def _left_before(reply: Reply) -> str | None:
    """The button that takes up what was left in an earlier call."""
    for output in reply.outputs:
        for row in output.choices if isinstance(output, Say) else ():
            for button in row:
                if button.command.startswith(f"{Verb.RESUME}:"):
                    return button.command
    return None
