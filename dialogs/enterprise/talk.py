"""The enterprise's conversation: takes what happened in a channel, answers with what to show."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from backend.contract.channels import channel_named
from backend.contract.client import ContactClient
from backend.contract.client_address import asking_address, asking_from
from backend.contract.errors import BackendError, QuotaReached
from backend.contract.message import Message
from backend.contract.models.organisation import CityOut
from dialogs import lost_files
from dialogs.addressing import Address, address, keeping
from dialogs.commands import Command, Verb, parse
from dialogs.drafts import DraftKeeper
from dialogs.engine import Engine
from dialogs.engine.commands import decode
from dialogs.enterprise import (
    alarms,
    answers,
    choosing,
    firms,
    forms,
    language,
    leaving,
    menu,
    rating,
    returning,
    secrecy,
    tickets,
    unplaced,
    voice,
    wishes,
)
from dialogs.enterprise.errand import ErrandKind, Flow, OnPress
from dialogs.enterprise.errands import ON_PRESS, UNPLACED, kind_of, turns_away, would_drop
from dialogs.enterprise.visit import Visit, VisitDeps
from dialogs.error_messages import explain
from dialogs.events import Event, Gone, Incoming, Person, Press, Start, Text, together
from dialogs.exchange import Reply, button
from dialogs.fields import warm_up
from dialogs.finder import MixtureFinder, ScenarioFinder
from dialogs.message_edits import forget_words, recognise_edit
from dialogs.outputs import Ask, Button
from dialogs.phrases import read_phrases
from dialogs.pinyin import syllables
from dialogs.recent_replies import Answered
from dialogs.repetition import without_repetition
from dialogs.session import Errand, Session
from dialogs.sessions import SessionBusy, SessionLost, SessionStore, Slot
from dialogs.speech.voice_messages import Deaf, Ears, Reason
from dialogs.summing_up import only_changed
from dialogs.templates.scenario import Scenarios
from dialogs.understanding import Proposer, Understanding, Wish
from dialogs.understanding.emergencies import Emergencies
from dialogs.understanding.facts import learn_facts
from dialogs.understanding.wish_learner import wish_learner
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
        ears: Ears | None = None,
        proposer: Proposer | None = None,
    ) -> None:
        """`backend_for` gives the calls of the backend as this person; `zone` is the city's; `emergencies` are the
        city's words as written, unless given; `ears` hear voice messages; `proposer` is asked what
        nobody here understands.
        """
        self._ears = ears or Deaf()
        self._backend_for = backend_for
        self._sessions = sessions
        self._answered = Answered()
        self._drafts = drafts or DraftKeeper()
        finder = finder or MixtureFinder(scenarios, lambda: None)  # by wording alone
        self._deps = VisitDeps(
            scenarios=scenarios,
            engine=Engine(render=lambda words, tag: Wording(tag).text(words), timezone=zone),
            finder=finder,
            understanding=Understanding(finder, proposer),
            drafts=self._drafts,
            city=city,
            emergencies=emergencies or Emergencies.of(city),
            heard_emergencies=emergencies or Emergencies.of(city, syllables),
            zone=zone,
            unplaced=UNPLACED,
        )

    def warm_up(self) -> None:
        """Load what reading and finding need; takes some seconds, and blocks: for another thread, once at the start."""
        warm_up()
        wish_learner()
        learn_facts(self._deps.scenarios.values())
        self._deps.emergencies.warm_up()
        self._deps.finder.warm_up()
        gc.freeze()  # what was loaded stays: looking for garbage in it again and again took a fifth of the bot's time

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one event. The same event again gets the same answer, and nothing is done twice."""
        heard = await voice.hear(incoming.event, self._backend_for(incoming.person), self._ears)
        if heard and not isinstance(heard, Reason):
            await asyncio.to_thread(self._deps.heard_emergencies.warm_up)
        async with self._sessions.locked(incoming.person.key) as slot:
            session, found = Session.read(slot.data)
            if (said := self._answered.recall(incoming.person.key, session, incoming.id)) is not None:
                return Reply(self._language(session, incoming.person), said, session.asked.get(incoming.id, ""))
            return await self._handle(slot, incoming, session, lost=not found, heard=heard)

    async def handle_together(self, parts: Sequence[Incoming]) -> Reply:
        """Answer several texts of one person, oldest first, as one. Those that were answered already stay so, and are
        no part of it.
        """
        person = parts[0].person
        async with self._sessions.locked(person.key) as slot:
            session, found = Session.read(slot.data)
            new = [one for one in parts if self._answered.recall(person.key, session, one.id) is None]
            if not new:
                said = self._answered.recall(person.key, session, parts[-1].id) or ()
                return Reply(self._language(session, person), said, session.asked.get(parts[-1].id, ""))
            for one in new if len(new) > 1 else ():
                recognise_edit(session, one.event)  # so that an edit of a part is known for one
            return await self._handle(slot, together(new), session, lost=not found)

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

    async def _handle(
        self, slot: Slot, incoming: Incoming, session: Session, *, lost: bool, heard: str | Reason = ""
    ) -> Reply:
        session.forget_cancelled(incoming.at)
        event, matters = recognise_edit(session, incoming.event), session.matters
        visit = self._visit(incoming if event is None else replace(incoming, event=event), session)
        visit.heard = heard
        before, session.last_at = session.recall_latest(), incoming.at
        if event is not None and not await self._answer(visit, lost=lost):
            return Reply(visit.language, tuple(visit.said), incoming.question or "")
        question = "" if visit.over else session.question
        if not channel_named(incoming.person.channel).is_telephone:
            whole = _wants_whole(visit)
            visit.said = only_changed(visit.said, session, Wording(visit.language).text, whole=whole)
            visit.said = without_repetition(visit.said, before)
        if visit.is_code:
            forget_words(session, incoming.event)
        for part in incoming.parts:
            session.remember(part, (), question)
        self._answered.remember(incoming.person.key, session, incoming.id, tuple(visit.said), question)
        if waits := _waits(session):
            # Who files it later does not know what the channel reported.
            session.language, session.address = visit.language, asking_address() or session.address
        await slot.save(session.to_json(), waits=waits)
        goes_on = _is_told_freely(visit)
        return Reply(visit.language, tuple(visit.said), question, matters - session.matters, goes_on)

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
        is_back = returning.is_back(session.last_at, incoming.at)
        return Visit(incoming, session, self._deps.zone, backend=backend, deps=self._deps, is_back=is_back)

    @staticmethod
    def _language(session: Session, person: Person) -> str:
        return session.language or closest_language(person.language)

    async def _answer(self, visit: Visit, *, lost: bool) -> bool:
        """False for a newcomer for whom there is no room today: nothing is kept of them."""
        try:
            await leaving.send_left(visit)
            if not await alarms.heed(visit):
                for incoming in await alarms.released(visit):
                    visit.incoming = incoming
                    await _go_to(visit, lost=lost)
                if visit.filed:
                    await unplaced.offer_next(visit)
        except BackendError as error:
            log.warning("backend refused", extra={"action": "handle", "code": error.code})
            told = lost_files.from_session(visit.session, error) or explain(error)
            visit.say(told, _ways_out(visit.session.errand))
            return not (lost and isinstance(error, QuotaReached) and error.extra.get("what") == "sessions")
        return True


def _wants_whole(visit: Visit) -> bool:
    """Whether a summary that was shown before is to be seen whole again: it is asked for, or was long ago."""
    event, intent = visit.incoming.event, None if visit.reading is None else visit.reading.intent
    if isinstance(event, Press):
        form, pressed = decode(event.command), parse(event.command)
        return (form is not None and form.verb == Wish.REPEAT) or (pressed is not None and pressed.verb == Verb.RESUME)
    return visit.is_back or (intent is not None and intent.wish is Wish.REPEAT)


def _is_told_freely(visit: Visit) -> bool:
    """Whether what is said next is words of the person's own, which people send in pieces."""
    if visit.session.errand is not None:
        return visit.session.errand.verb in _TOLD_FREELY
    asked = visit.said[-1] if visit.said else None
    return visit.session.form is None or (isinstance(asked, Ask) and asked.type == "text")


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


async def _go_to(visit: Visit, *, lost: bool) -> None:
    """What is open, or was before the session was lost."""
    if not visit.session.restored and await forms.restore(visit) and _wants_form(visit, lost):
        await forms.reopen(visit)
    elif not await voice.settled(visit):
        await _address(visit)


async def _address(visit: Visit) -> None:
    """Take it for what its own page asked about, never for what another page has open."""
    if visit.incoming.quotes and not await _turn_to_quoted(visit):
        return
    where = address(visit.session, visit.incoming)
    if visit.is_back and where is Address.PRESENT:
        returning.remind(visit)
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


async def _turn_to_quoted(visit: Visit) -> bool:
    """Take up what the quoted message asked, so that what is said answers it. False where that cannot be any more."""
    session, quotes = visit.session, visit.incoming.quotes
    pressed = parse(quotes)
    if pressed is not None and pressed.verb == Verb.ANSWER:
        if _asks_for_unsent(visit, pressed):
            return False
        await answers.begin(visit, pressed)
        if session.errand is None or session.errand.verb != Verb.ANSWER:
            return False  # it was answered meanwhile, and that was said
        visit.said.clear()
    elif not session.turn_to(quotes):
        if session.errand is not None or session.form is not None:
            visit.say(Message("turn.over"), (button("button.tickets", Verb.TICKETS), button("button.menu", Verb.MENU)))
            return False
    else:
        forms.turn_to_question(visit, quotes.partition("/")[2])
    return True


async def _route(visit: Visit) -> None:
    await visit.read()
    match visit.incoming.event:
        case Gone(how, kind):
            await leaving.leave(visit, how, kind)
        case Start(payload):
            await _start(visit, payload)
        case Press(text):
            await _press(visit, text)
        case Text() if await _is_about_talk(visit):
            pass
        case event:
            await _take(visit, event)


async def _is_about_talk(visit: Visit) -> bool:
    """Whether what was typed is no part of what is written here, but a button, or a wish in other words: done then."""
    errand = visit.session.errand
    kind = None if errand is None else kind_of(errand)
    if kind is not None and kind.answered_first(visit):
        return False
    if await _is_choice(visit):
        return True
    if pressed := _typed_button(visit):
        await _press(visit, pressed)
        return True
    if await _turns_to_another_form(visit):
        return True
    if kind is not None and read_phrases().command(visit.text) in _ASKS_FOR_HELP:
        await _help(visit, kind)
        return True
    if kind is not None and not kind.unplaced:
        return await _answers_aside(visit, kind)
    return await wishes.done(visit)


async def _turns_to_another_form(visit: Visit) -> bool:
    """Whether what was typed says that another form is meant than the one that is open, or none."""
    if visit.session.errand is not None or visit.is_edit:
        return False
    if await forms.resumed_in_words(visit):
        return True
    if await unplaced.is_new_matter(visit):
        await forms.put_aside(visit)
        await unplaced.take(visit)
        return True
    if unplaced.is_another(visit):
        await unplaced.another(visit)
        return True
    return False


async def _is_choice(visit: Visit) -> bool:
    """Whether what was typed answers the choice that was offered last; never kept as words of a matter."""
    pick = choosing.picked(visit)
    if pressed := choosing.chosen(visit, pick):
        await _press(visit, pressed)
        return True
    if pick is None or not (pick.agrees or pick.none or pick.number):
        return False
    if pick.none:
        menu.show(visit, Message("loose.none_fits"))
    else:
        await unplaced.ask_which(visit)
    return True


async def _take(visit: Visit, event: Event) -> None:
    errand = visit.session.errand
    if errand is not None:
        await _go_on(visit, kind_of(errand).take)
    elif visit.session.form is not None:
        await _in_a_form(visit, event)
    else:
        await unplaced.take(visit)


async def _answers_aside(visit: Visit, kind: ErrandKind) -> bool:
    """Answer a question about us in the middle of an errand, and ask again where it stands."""
    if not await wishes.told_in_errand(visit):
        return False
    if kind.ask_again is not None:
        await kind.ask_again(visit)
    return True


async def _in_a_form(visit: Visit, event: Event) -> None:
    """What is typed may also be meant for a ticket: a grade that is awaited, or a look at one's own."""
    if isinstance(event, Text) and menu.typed_button(visit.text) in _LOOKS:
        await tickets.show_list(visit)
        await forms.ask_next(visit)
    elif not (isinstance(event, Text) and await rating.typed_in_a_form(visit)):
        if isinstance(event, Text) and not visit.is_edit and secrecy.is_wished(visit, visit.text):
            secrecy.keep(visit)
            if secrecy.is_all(visit):
                await forms.ask_again(visit)
                return
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
    if outside and (pressed := menu.typed_button(visit.text) or menu.typed_resume(visit)):
        return pressed
    verb = read_phrases().command(visit.text) or _wished(visit)
    if outside and verb in _LANGUAGE_PHRASES:
        return f"{Verb.LANGUAGE}:{_LANGUAGE_PHRASES[verb]}"
    if verb == Verb.HUMAN or (errand is not None and verb in (Verb.CANCEL, *kind_of(errand).sent_by)):
        return verb
    return Verb.MENU if verb and errand is None else ""


def _wished(visit: Visit) -> str:
    """What is wanted in other words of what a button does, also in an errand."""
    intent = None if visit.reading is None else visit.reading.intent
    return str(intent.wish) if intent is not None and intent.sure and intent.wish in _BUTTONS_WISHED else ""


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
    # Who confirms once more, asked whether it is the same matter, wants it filed.
    visit.files_anyway = visit.session.errand is not None and visit.session.errand.verb == Verb.SAME
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
    Verb.URGE: wishes.press_urge,
    Verb.RETRY: _retry,
    Verb.DONE: _send,
    Verb.SKIP: _send,
    Verb.CONFIRM: _send,
    Verb.CANCEL: _cancel,
}

_TOLD_FREELY = (Verb.FILES, Verb.HUMAN, Verb.ADD, Verb.ANSWER)
"""Errands that collect words."""
_BUTTONS_WISHED = (Wish.HUMAN, Wish.CANCEL)
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
