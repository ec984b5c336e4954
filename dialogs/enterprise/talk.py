"""The enterprise's conversation: takes what happened in a channel, answers with what to show."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from backend.contract.client import ContactClient
from backend.contract.client_address import asking_address, asking_from
from backend.contract.errors import BackendError, QuotaReached
from backend.contract.message import Message
from backend.contract.models.organisation import CityOut
from dialogs import lost_files
from dialogs.addressing import Address, address, keeping
from dialogs.commands import Command, Verb, parse
from dialogs.drafts import DraftKeeper
from dialogs.emergencies import Emergencies
from dialogs.engine import Engine
from dialogs.engine.commands import decode
from dialogs.enterprise import firms, forms, language, leaving, menu, rating, tickets, unplaced
from dialogs.enterprise.errand import ErrandKind, Flow, OnPress
from dialogs.enterprise.errands import ON_PRESS, UNPLACED, kind_of, turns_away, would_drop
from dialogs.enterprise.visit import Visit, VisitDeps
from dialogs.error_messages import explain
from dialogs.events import Event, Gone, Incoming, Person, Press, Start, Text
from dialogs.exchange import Reply, button
from dialogs.fields import warm_up
from dialogs.finder import MixtureFinder, ScenarioFinder
from dialogs.message_edits import forget_words, recognise_edit
from dialogs.outputs import Button
from dialogs.phrases import read_phrases
from dialogs.recent_replies import Answered
from dialogs.session import Errand, Session
from dialogs.sessions import SessionBusy, SessionLost, SessionStore, Slot
from dialogs.templates.scenario import Scenarios
from dialogs.unsaved_changes import ask_first
from dialogs.wording import Wording
from locales import closest_language

log = logging.getLogger(__name__)

_ERRAND = "errand"
_LANGUAGE_PHRASES = {"language_zh": "zh_CN", "language_en": "en"}


class EnterpriseTalk:
    """One conversation for all channels; a channel only translates events and draws outputs."""

    def __init__(
        self,
        backend_for: Callable[[Person], ContactClient],
        sessions: SessionStore,
        scenarios: Scenarios,
        city: CityOut,
        zone: ZoneInfo,
        finder: ScenarioFinder | None = None,
        drafts: DraftKeeper | None = None,
        emergencies: Emergencies | None = None,
    ) -> None:
        """`backend_for` gives the calls of the backend as this person; `zone` is the city's; `emergencies` are the
        city's words as written, unless given.
        """
        self._backend_for = backend_for
        self._sessions = sessions
        self._answered = Answered()
        self._drafts = drafts or DraftKeeper()
        self._deps = VisitDeps(
            scenarios=scenarios,
            engine=Engine(render=lambda words, tag: Wording(tag).text(words), timezone=zone),
            finder=finder or MixtureFinder(scenarios),
            drafts=self._drafts,
            city=city,
            emergencies=emergencies or Emergencies(city.emergencies),
            zone=zone,
            unplaced=UNPLACED,
        )

    def warm_up(self) -> None:
        """Load what reading and finding need; takes some seconds, and blocks: for another thread, once at the start."""
        warm_up()
        self._deps.finder.warm_up()

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one event. The same event again gets the same answer, and nothing is done twice."""
        async with self._sessions.locked(incoming.person.key) as slot:
            session, found = Session.read(slot.data)
            if (said := self._answered.recall(incoming.person.key, session, incoming.id)) is not None:
                return Reply(self._language(session, incoming.person), said, session.asked.get(incoming.id, ""))
            return await self._handle(slot, incoming, session, lost=not found)

    async def retry_pending(
        self, retry: Callable[[Person], Incoming], channels: Collection[str] | None = None
    ) -> list[tuple[Person, Reply]]:
        """File again what could not be filed while the backend was away; what to tell each person.

        `retry` makes the event of a press on "send again"; `channels` whose people are meant, None for all. The people
        are those of every process that shares the sessions, also of one that has died. Also done at their next event.
        """
        told = []
        for person in map(Person.of_key, await self._sessions.waiting()):
            if channels is not None and person.channel not in channels:
                continue
            try:
                reply = await self._retry(retry(person))
            except (SessionBusy, SessionLost):
                continue  # somebody else is at it, or comes to it in the next round
            if reply is not None:
                told.append((person, reply))
        return told

    async def _retry(self, incoming: Incoming) -> Reply | None:
        """None while it still waits, and when another process was first."""
        async with self._sessions.locked(incoming.person.key) as slot:
            session, found = Session.read(slot.data)
            if not _waits(session):
                await slot.settle()
                return None
            with asking_from(session.address):
                reply = await self._handle(slot, incoming, session, lost=not found)
            return None if _waits(session) else reply

    async def _handle(self, slot: Slot, incoming: Incoming, session: Session, *, lost: bool) -> Reply:
        event, matters = recognise_edit(session, incoming.event), session.matters
        visit = self._visit(incoming if event is None else replace(incoming, event=event), session)
        if event is not None and not await self._answer(visit, lost=lost):
            return Reply(visit.language, tuple(visit.said), incoming.question or "")
        question = "" if visit.over else session.question
        if visit.is_code:
            forget_words(session, incoming.event)
        self._answered.remember(incoming.person.key, session, incoming.id, tuple(visit.said), question)
        if waits := _waits(session):
            # Who files it later does not know what the channel reported.
            session.language, session.address = visit.language, asking_address() or session.address
        await slot.save(session.to_json(), waits=waits)
        return Reply(visit.language, tuple(visit.said), question, matters - session.matters)

    async def language_of(self, person: Person) -> str:
        """The language this person is spoken to in."""
        async with self._sessions.locked(person.key) as slot:
            session, _ = Session.read(slot.data)
        return self._language(session, person)

    async def close(self) -> None:
        """Write what drafts are still to be written."""
        await self._drafts.flush()

    def _visit(self, incoming: Incoming, session: Session) -> Visit:
        backend = self._backend_for(incoming.person)
        return Visit(incoming, session, self._deps.zone, backend=backend, deps=self._deps)

    @staticmethod
    def _language(session: Session, person: Person) -> str:
        return session.language or closest_language(person.language)

    async def _answer(self, visit: Visit, *, lost: bool) -> bool:
        """False for a newcomer for whom there is no room today: nothing is kept of them."""
        try:
            await leaving.send_left(visit)
            _warn_of_emergency(visit)
            if not visit.session.restored and await forms.restore(visit) and _wants_form(visit, lost):
                await forms.reopen(visit)
            else:
                await _address(visit)
        except BackendError as error:
            log.warning("backend refused", extra={"action": "handle", "code": error.code})
            told = lost_files.from_session(visit.session, error) or explain(error)
            visit.say(told, _ways_out(visit.session.errand))
            return not (lost and isinstance(error, QuotaReached) and error.extra.get("what") == "sessions")
        return True


def _waits(session: Session) -> bool:
    """Whether something is to be sent as soon as the backend is there."""
    return bool(session.waiting_forms()) or leaving.waits(session)


def _wants_form(visit: Visit, lost: bool) -> bool:
    """Whether this event was meant for a form: after a loss it is not applied, for the question may be another one."""
    event = visit.incoming.event
    if isinstance(event, Start | Gone):
        return False
    if isinstance(event, Press):
        return decode(event.command) is not None
    return lost


def _warn_of_emergency(visit: Visit) -> None:
    """Fire, injury, crime: the right number first, then on with the talk. Each number once a ticket."""
    for emergency in visit.deps.emergencies.found_in(visit.text) if visit.text else ():
        if emergency.rule not in visit.session.told:
            visit.session.told = (*visit.session.told, emergency.rule)
            told = Message("emergency.call", {"name": emergency.name, "number": emergency.number})
            visit.say(told, call=emergency.number)


async def _address(visit: Visit) -> None:
    """Take it for what its own page asked about, never for what another page has open."""
    where = address(visit.session, visit.incoming)
    errand = visit.session.errand
    if where is Address.OVER:
        visit.over = True
        visit.say(Message("turn.over"), (button("button.tickets", Verb.TICKETS), button("button.menu", Verb.MENU)))
    elif where is Address.PASSED and errand is None:
        visit.say(Message("turn.passed"))
        await forms.ask_again(visit)
    elif where is Address.PASSED and errand is not None and (ask_again := kind_of(errand).ask_again) is not None:
        visit.say(Message("turn.passed"))
        await ask_again(visit)
    else:
        with keeping(visit.session, visit.incoming, turns_away):
            await _route(visit)


async def _route(visit: Visit) -> None:
    event, errand = visit.incoming.event, visit.session.errand
    kind = None if errand is None else kind_of(errand)
    match event:
        case Gone(how):
            await leaving.leave(visit, how)
        case Start(payload):
            await _start(visit, payload)
        case Press(text):
            await _press(visit, text)
        case Text() if kind is not None and kind.answered_first(visit):
            await _go_on(visit, kind.take)
        case Text() if pressed := _typed_button(visit):
            await _press(visit, pressed)
        case Text() if kind is not None and read_phrases().command(visit.text) in _ASKS_FOR_HELP:
            await _help(visit, kind)
        case _ if kind is not None:
            await _go_on(visit, kind.take)
        case _ if visit.session.form is not None:
            await _in_a_form(visit, event)
        case _:
            await unplaced.take(visit)


async def _in_a_form(visit: Visit, event: Event) -> None:
    """What is typed may also be meant for a ticket: a grade that is awaited, or a look at one's own."""
    if isinstance(event, Text) and menu.typed_button(visit.text) in _LOOKS:
        await tickets.show_list(visit)
        await forms.ask_next(visit)
    elif not (isinstance(event, Text) and await rating.typed_in_a_form(visit)):
        await forms.go_on(visit, event)


async def _go_on(visit: Visit, flow: Flow) -> None:
    """Go on with an errand; once it is over, the form under it is asked again."""
    under = visit.session.form
    await flow(visit)
    if under is not None and visit.session.form is under:
        await forms.ask_next(visit)


async def _help(visit: Visit, kind: ErrandKind) -> None:
    """What can be done here; nothing of it is taken for words of the errand."""
    if kind.help is not None:
        await kind.help(visit)
        return
    visit.say(Message("errand.help"), (button("button.cancel", Verb.CANCEL), button("button.human", Verb.HUMAN)))


async def _start(visit: Visit, payload: str) -> None:
    if _asks_for_unsent(visit, Command(Verb.MENU)):
        return
    if payload and payload in visit.deps.scenarios:
        await firms.begin(visit, payload)
        return
    await forms.put_aside(visit)
    visit.session.errand = None
    if payload:
        visit.say(Message("menu.unknown_link"))
    menu.greet(visit)


def _typed_button(visit: Visit) -> str:
    """The button that a whole message names, outside forms: 菜单, 人工, cancel, English...

    In an errand on top of a form only what finishes or leaves the errand.
    """
    outside, errand = visit.session.form is None, visit.session.errand
    if not outside and errand is None:
        return ""
    if outside and (pressed := menu.typed_button(visit.text)):
        return pressed
    verb = read_phrases().command(visit.text)
    if outside and verb in _LANGUAGE_PHRASES:
        return f"{Verb.LANGUAGE}:{_LANGUAGE_PHRASES[verb]}"
    if verb == Verb.HUMAN or (errand is not None and verb in (Verb.CANCEL, *kind_of(errand).sent_by)):
        return verb
    return Verb.MENU if verb and errand is None else ""


async def _press(visit: Visit, text: str) -> None:
    if decode(text) is not None:
        await _press_of_form(visit, text)
        return
    command = parse(text)
    press = None if command is None else _ON_PRESS.get(command.verb)
    if command is None or press is None:
        await forms.stale(visit)
        return
    if not _asks_for_unsent(visit, command):
        await press(visit, command)


def _asks_for_unsent(visit: Visit, pressed: Command) -> bool:
    """Whether this would lose what the errand that is open holds; then that is asked about first."""
    errand = visit.session.errand
    if errand is None or not would_drop(errand, pressed):
        return False
    ask_first(visit, errand, kind_of(errand).again(errand))
    return True


async def _press_of_form(visit: Visit, text: str) -> None:
    """A button of a form; an errand on top of it is given up by that."""
    if visit.session.form is None:
        await forms.stale(visit)
        return
    if _asks_for_unsent(visit, Command(Verb.MENU)):
        return
    visit.session.errand = None
    await forms.go_on(visit, Press(text))


async def _menu(visit: Visit, _: Command) -> None:
    await forms.put_aside(visit)
    errand = visit.session.errand
    visit.session.errand = None
    menu.show(visit, None if errand is None else kind_of(errand).dropped)


async def _retry(visit: Visit, command: Command) -> None:
    """`retry:errand` sends the errand again; `retry` files forms, and never touches an errand that is half written."""
    errand = visit.session.errand
    send = None if errand is None else kind_of(errand).send
    if command.arg(0) == _ERRAND and send is not None:
        await _go_on(visit, send)
    elif visit.session.waiting_forms():
        await forms.file_waiting(visit)
    else:
        await forms.stale(visit)


async def _send(visit: Visit, command: Command) -> None:
    """Done, skip or confirm: the errand that is open does what it is for."""
    kind = None if visit.session.errand is None else kind_of(visit.session.errand)
    if kind is None or kind.send is None or command.verb not in kind.sent_by:
        await forms.stale(visit)
        return
    await _go_on(visit, kind.send)


async def _cancel(visit: Visit, _: Command) -> None:
    errand = visit.session.errand
    visit.session.errand = None
    if errand is None:
        await forms.stale(visit)
    elif visit.session.form is not None:
        visit.say(Message("errand.cancelled"))
        await forms.ask_again(visit)
    elif errand.number and kind_of(errand).of_own_ticket:
        back = button("button.open_ticket", Verb.TICKET, errand.number)
        visit.say(Message("errand.cancelled"), (back, button("button.menu", Verb.MENU)))
    else:
        menu.show(visit, Message("errand.cancelled"))


_ON_PRESS: Mapping[str, OnPress] = {
    **ON_PRESS,
    **tickets.ON_PRESS,
    **forms.ON_PRESS,
    Verb.LANGUAGE: language.press,
    Verb.CATEGORY: menu.press_category,
    Verb.MENU: _menu,
    Verb.RETRY: _retry,
    Verb.DONE: _send,
    Verb.SKIP: _send,
    Verb.CONFIRM: _send,
    Verb.CANCEL: _cancel,
}

_LOOKS = (Verb.TICKETS, Verb.PROGRESS)
"""Buttons of the menu that show something and change nothing; typed, they do so in the middle of a form."""
_ASKS_FOR_HELP = ("help", "repeat", "back", "restart", Verb.DONE, Verb.SKIP, Verb.CONFIRM)
"""Words about the talk, never part of what is written in it; those that finish an errand come here where it cannot be
finished so.
"""


def _ways_out(errand: Errand | None) -> tuple[Button, ...]:
    """What was typed is still in the errand: it can be sent again as it is."""
    if errand is not None and kind_of(errand).send is not None and kind_of(errand).holds(errand):
        return (button("button.retry", Verb.RETRY, _ERRAND), button("button.cancel", Verb.CANCEL))
    return (button("button.tickets", Verb.TICKETS), button("button.menu", Verb.MENU))
