"""The staff's conversation: queues, tickets and acts, in a private chat or in a ticket's topic of a group."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from backend.contract.acts import ACTS, FILL_IN, LOOK
from backend.contract.acts.look import LookIn
from backend.contract.channels import channel_named
from backend.contract.client import StaffClient
from backend.contract.errors import BackendError, Forbidden, Unauthenticated
from backend.contract.message import Message
from backend.contract.models.organisation import CityOut
from backend.contract.ticket_number import LONGEST, SHORTEST, TicketNumberError, check
from dialogs import lost_files
from dialogs.addressing import Address, address, keeping
from dialogs.commands import Command, Verb, command, parse
from dialogs.engine import Engine
from dialogs.engine.commands import decode
from dialogs.error_messages import explain
from dialogs.events import Incoming, Person, Press, Start, Text
from dialogs.exchange import Reply, button
from dialogs.message_edits import forget_words, recognise_edit
from dialogs.outputs import Button
from dialogs.phrases import read_phrases
from dialogs.recent_replies import Answered
from dialogs.session import Errand, Session
from dialogs.sessions import SessionStore
from dialogs.staff import binding, contact_details, errands, filling, log_ins, queues, ticket
from dialogs.staff.stages import act_in_hand, previous_stage
from dialogs.staff.work import Work, home
from dialogs.templates.scenario import Scenarios
from dialogs.unsaved_changes import ask_first, holds
from dialogs.wording import Wording
from locales import LANGUAGES, closest_language

log = logging.getLogger(__name__)


class StaffTalk:
    """One conversation for all channels of staff."""

    def __init__(
        self,
        backend_for: Callable[[Person], StaffClient],
        sessions: SessionStore,
        scenarios: Scenarios,
        city: CityOut,
        zone: ZoneInfo,
    ) -> None:
        """`backend_for` gives the calls of the backend as this person: a bound account, or a log-in session."""
        self._backend_for = backend_for
        self._sessions = sessions
        self._scenarios = scenarios
        self._engine = Engine(lambda words, tag: Wording(tag).text(words), filling.UNLIMITED, timezone=zone)
        self._city = city
        self._zone = zone
        self._answered = Answered()

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one event. The same event again gets the same answer, and nothing is done twice.

        Raises Unauthenticated when the log-in of the staff page is over; the event waits for the next one.

        In a ticket's topic only commands, buttons and what an errand waits for are answered: the rest is talk among
        colleagues.
        """
        person, key = incoming.person, _key(incoming.person, incoming.ticket)
        async with self._sessions.locked(key) as slot:
            session, _ = Session.read(slot.data)
            if (said := self._answered.recall(key, session, incoming.id)) is not None:
                language = session.language or closest_language(person.language)
                return Reply(language, said, session.asked.get(incoming.id, ""))
            event, matters = recognise_edit(session, incoming.event), session.matters
            work = self._work(incoming if event is None else replace(incoming, event=event), session)
            if event is not None:
                await _answer(work)
            if not filling.is_open(session):
                session.form = None
            question = "" if work.over else session.question
            if work.is_code:
                forget_words(session, incoming.event)
            self._answered.remember(key, session, incoming.id, tuple(work.said), question)
            await slot.save(session.to_json())
        return Reply(work.language, tuple(work.said), question, matters - session.matters)

    def _work(self, incoming: Incoming, session: Session) -> Work:
        return Work(
            incoming,
            session,
            self._zone,
            backend=self._backend_for(incoming.person),
            city=self._city,
            scenarios=self._scenarios,
            engine=self._engine,
        )

    async def awaits(self, person: Person, ticket: str = "") -> bool:
        """Whether something is asked of this person now: files sent in a group's topic are fetched only then."""
        async with self._sessions.locked(_key(person, ticket)) as slot:
            session, _ = Session.read(slot.data)
        return session.errand is not None


def _key(person: Person, ticket: str) -> str:
    """A ticket's topic has a conversation of its own, or what is typed there would mix with the private chat."""
    return f"{person.key}/{ticket}" if ticket else person.key


async def _answer(work: Work) -> None:
    try:
        await _address(work)
    except BackendError as error:
        if isinstance(error, Forbidden) and error.extra.get("unbound"):
            binding.ask(work)
            return
        if isinstance(error, Unauthenticated) and channel_named(work.incoming.person.channel).is_page:
            raise  # nothing of this event is kept: the page sends it again after a new log-in
        log.warning("backend refused", extra={"action": "handle", "code": error.code})
        again = (button("button.retry", Verb.RETRY), button("button.cancel", Verb.CANCEL))
        told = lost_files.from_session(work.session, error) or explain(error)
        work.say(told, again if _goes_on(work.session.errand) else (home(),))


def _goes_on(errand: Errand | None) -> bool:
    """Whether the errand that is open can be taken up again."""
    return errand is not None and errand.verb in ACTS


async def _address(work: Work) -> None:
    """Take it for what its own page asked about, never for what another page has open."""
    where = address(work.session, work.incoming)
    if where is Address.OVER:
        work.over = True
        work.say(Message("turn.over"), (home(),))
    elif where is Address.PASSED:
        await _passed(work)
    else:
        with keeping(work.session, work.incoming, _turns_away):
            await _route(work)


async def _passed(work: Work) -> None:
    """The question was answered meanwhile, on another page: the one that is asked now is shown again."""
    errand = work.session.errand
    if filling.is_open(work.session):
        work.say(Message("turn.passed"))
        await filling.again(work)
    elif act_in_hand(errand) is not None:
        errands.ask(work, Message("turn.passed"))
    else:
        await _route(work)


async def _route(work: Work) -> None:
    event = work.incoming.event
    errand = work.session.errand
    match event:
        case Press(text) if decode(text) is not None:
            await filling.press(work, text)
        case Press(text):
            await _press(work, parse(text))
        case Text() if (typed := _typed_command(work)) is not None:
            await _press(work, typed)
        case Start():
            await _press(work, Command(Verb.MENU))
        case _ if errand is not None and errand.verb is Verb.BIND:
            await binding.take(work)
        case _ if filling.is_open(work.session):
            await filling.take(work)
        case Text(edited=False) if not work.incoming.ticket and (number := _number(work.text)):
            await ticket.show(work, number)  # not a part of the answer that is open: nobody answers by a bare number
        case _ if errand is not None:
            await errands.take(work)
        case _ if not work.incoming.ticket:  # else colleagues talking
            await _unasked(work)


async def _unasked(work: Work) -> None:
    if work.text.isdecimal() and SHORTEST <= len(work.text) <= LONGEST:
        await ticket.show(work, work.text)  # mistyped: it is not found
    else:
        await queues.greet(work, Message("staff.nothing_sent"))


def _number(text: str) -> str:
    """The ticket number that is all of what was typed; else empty."""
    try:
        return check(text)
    except TicketNumberError:
        return ""


_IN_TOPIC: Mapping[str, str] = {
    **{f"/{act.typed}": act.verb for act in ACTS.values() if act.typed},
    "/ticket": Verb.TICKET,
    "/timeline": Verb.TIMELINE,
    "/files": Verb.FILES,
}
"""Typed commands that act on the ticket of the topic they are typed in."""
_ANYWHERE: Mapping[str, Verb] = {
    "/menu": Verb.MENU,
    "/queue": Verb.QUEUE,
    "/language": Verb.LANGUAGE,
    "/bind": Verb.BIND,
    "/cancel": Verb.CANCEL,
    "/done": Verb.DONE,
}
_TURNS_AWAY = frozenset(
    {Verb.MENU, Verb.BIND, Verb.CODE, *(act.verb for act in ACTS.values() if not act.at_once and not act.reads)}
)
"""Buttons that begin something else, and so would drop what is open."""
_OF_FORMS = frozenset({"/cancel", "/done"})
"""A form that is open has its own way to obey these."""


def _typed_command(work: Work) -> Command | None:
    """What was typed instead of pressed: `/sign` in a topic, `/queue`, or cancel and done while an errand is open."""
    word = work.text.split("@")[0].split(" ")[0].lower()
    if word in _ANYWHERE and not (word in _OF_FORMS and filling.is_open(work.session)):
        return Command(_ANYWHERE[word])
    if word in _IN_TOPIC and work.incoming.ticket:
        return Command(_IN_TOPIC[word], (work.incoming.ticket,))
    verb = read_phrases().command(work.text)
    errand = work.session.errand
    if errand is None or act_in_hand(errand) is None:
        return None
    if verb in (Verb.CANCEL, Verb.DONE, Verb.SKIP, Verb.CONFIRM) or (verb == Verb.BACK and previous_stage(errand)):
        return Command(Verb(verb))
    return None


async def _press(work: Work, pressed: Command | None) -> None:
    if pressed is None or pressed.verb not in _PRESSES:
        await queues.greet(work, Message("menu.stale"))
        return
    errand = work.session.errand
    if errand is not None and _turns_away(errand, pressed) and holds(errand, work.session.form):
        ask_first(work, errand, command(Verb.RETRY))
        return
    await _PRESSES[pressed.verb](work, pressed)


def _turns_away(errand: Errand, pressed: Command) -> bool:
    """Whether this press begins something else than the errand that is open."""
    return pressed.verb in _TURNS_AWAY and (pressed.verb, pressed.arg(0)) != (errand.verb, errand.number)


async def _menu(work: Work, _: Command) -> None:
    work.session.errand = None
    await queues.greet(work)


async def _queue(work: Work, pressed: Command) -> None:
    await queues.show(work, pressed.arg(0), pressed.arg(1))


async def _ticket(work: Work, pressed: Command) -> None:
    await ticket.show(work, pressed.arg(0))


async def _timeline(work: Work, pressed: Command) -> None:
    await ticket.show_timeline(work, pressed.arg(0))


async def _files(work: Work, pressed: Command) -> None:
    await ticket.send_files(work, pressed.arg(0))


async def _act(work: Work, pressed: Command) -> None:
    act = ACTS[pressed.verb]
    subject = errands.Subject.of(act, pressed)
    await (errands.do_at_once if act.at_once else errands.begin)(work, act, subject)


async def _fill_in(work: Work, pressed: Command) -> None:
    await filling.begin(work, pressed.arg(0), pressed.arg(1))


async def _look(work: Work, pressed: Command) -> None:
    """At once; for a hidden reporter the reason comes first. Never in a group, where others read along who may not."""
    number = pressed.arg(0)
    if work.incoming.ticket:
        ticket.tell_in_private(work, number)
        return
    shown = await work.backend.view_ticket(number)
    errand = work.session.errand
    if shown.hidden_reporter and errand is not None and errand.number and holds(errand, work.session.form):
        ask_first(work, errand, command(Verb.RETRY))  # for the reason, whatever is open would be given up
    elif shown.hidden_reporter:
        await errands.begin(work, LOOK, errands.Subject(number))
    else:
        contact_details.tell(
            work, number, await work.backend.do(LOOK, number, LookIn(), key=work.id(LOOK.verb, number))
        )


async def _language(work: Work, pressed: Command) -> None:
    if pressed.arg(0) not in LANGUAGES:
        row = tuple(Button(Message(f"language.{tag}"), command(Verb.LANGUAGE, tag)) for tag in LANGUAGES)
        work.say(Message("language.ask"), row)
        return
    work.session.language = pressed.arg(0)
    if work.session.form is not None:
        work.session.form = work.session.form.replace(language=pressed.arg(0))
    await queues.greet(work)


async def _code(work: Work, _: Command) -> None:
    await binding.show_code(work)


async def _bind(work: Work, _: Command) -> None:
    binding.ask(work)


async def _cancel(work: Work, _: Command) -> None:
    errand = work.session.errand
    work.session.errand = None
    back = (button("button.open_ticket", Verb.TICKET, errand.number),) if errand is not None and errand.number else ()
    work.say(Message("errand.cancelled"), (*back, home()))


async def _retry(work: Work, _: Command) -> None:
    if filling.is_open(work.session):
        await filling.again(work)
    elif _goes_on(work.session.errand):
        errands.ask(work)
    else:
        await queues.greet(work, Message("menu.stale"))


_PRESSES: Mapping[str, Callable[[Work, Command], Awaitable[None]]] = {
    **dict.fromkeys(ACTS, _act),
    FILL_IN.verb: _fill_in,
    LOOK.verb: _look,
    Verb.MENU: _menu,
    Verb.QUEUE: _queue,
    Verb.TICKET: _ticket,
    Verb.TIMELINE: _timeline,
    Verb.FILES: _files,
    Verb.LEAVE: filling.leave,
    Verb.LANGUAGE: _language,
    Verb.BIND: _bind,
    Verb.CODE: _code,
    Verb.LOG_INS: log_ins.show,
    Verb.END: log_ins.end,
    Verb.END_OTHERS: log_ins.end_others,
    Verb.FAILED: log_ins.show_failed,
    Verb.CANCEL: _cancel,
    Verb.RETRY: _retry,
    Verb.UNIT: errands.press,
    Verb.PERSON: errands.press,
    Verb.SOLVED: errands.press,
    Verb.DONE: errands.press,
    Verb.SKIP: errands.press,
    Verb.BACK: errands.press,
    Verb.CONFIRM: errands.press,
}
