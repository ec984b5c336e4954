"""Does what somebody wants in words of their own, in a form and outside: looks, answers about us, another matter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from backend.contract.channels import channel_named
from backend.contract.message import Message, Words
from backend.contract.models.tickets import TicketOut, TicketSummary
from backend.contract.words import Permission, TicketState
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import (
    additions,
    carrying,
    forms,
    language,
    menu,
    rating,
    secrecy,
    tickets,
    unplaced,
    withdrawal,
)
from dialogs.enterprise.visit import Visit
from dialogs.events import Text
from dialogs.exchange import button
from dialogs.outputs import Button
from dialogs.templates.scenario import Question
from dialogs.understanding import ABOUT_US, Intent, Wish
from dialogs.understanding.ratings import read_rating, says_grade

Doing = Callable[[Visit, Intent], Awaitable[bool]]
"""Does what is wanted; False where there is nothing to do it with, and the words mean something else. Raises
BackendError.
"""

_TOLD: Final = frozenset({*ABOUT_US, Wish.THANKS, Wish.GREETING, Wish.INSULT, Wish.CITIZEN, Wish.STOP, Wish.WAIT})
"""What is answered by a sentence, and changes nothing."""
_REASONS: Final = {
    **dict.fromkeys(("phone",), "phone"),
    **dict.fromkeys(("uscc",), "uscc"),
    **dict.fromkeys(("address", "district", "location"), "place"),
    **dict.fromkeys(("date", "number", "money"), "figure"),
    **dict.fromkeys(("attachment",), "proof"),
}
"""Why questions of a type are asked, where the template does not say."""
_NAMES = ("contact.name", "enterprise.name")
_OTHERWISE = (
    (button("button.as_story", Verb.AS_STORY), button("button.human", Verb.HUMAN)),
    (button("button.menu", Verb.MENU),),
)
_LOOKED_AT = 20
"""Own tickets among which the one that is meant is looked for."""
_SHORT = 24
"""Characters of words that say no more than the wish."""


async def done(visit: Visit) -> bool:
    """Whether what was typed was a wish, and is done. Raises BackendError."""
    intent = None if visit.reading is None else visit.reading.intent
    if visit.is_edit or not isinstance(visit.incoming.event, Text):
        return False
    if visit.session.form is None and await _rated(visit):
        return True
    if intent is None or _is_asked_about(visit, intent):
        return False
    if intent.wish is Wish.HOW_LONG and visit.session.form is None and await _progress_of_open(visit):
        return True
    if intent.wish in _TOLD:
        return await _tell(visit, intent)
    doing = (_OUTSIDE if visit.session.form is None else _IN_A_FORM).get(intent.wish)
    return doing is not None and await doing(visit, intent)


def _is_asked_about(visit: Visit, intent: Intent) -> bool:
    """Whether the form asks first whether it is wanted."""
    return visit.session.form is not None and not intent.sure


async def told_in_errand(visit: Visit) -> bool:
    """Whether it was a question about us, or asked for patience, in the middle of an errand."""
    intent = None if visit.reading is None else visit.reading.intent
    if intent is None or not intent.sure or visit.is_edit or intent.wish not in {*ABOUT_US, Wish.WAIT}:
        return False
    visit.say(_words(visit, intent))
    return True


async def _rated(visit: Visit) -> bool:
    """Take words with a grade in them for the one ticket that waits for it: its prompt may have come just before."""
    reading = visit.reading
    rated = None if reading is None or not says_grade(reading.said.plain) else read_rating(reading.said.plain)
    waiting = [] if rated is None else [one for one in await _own(visit) if one.state is TicketState.COMPLETED]
    if rated is None or len(waiting) != 1:
        return False
    await rating.in_words(visit, waiting[0].number, rated)
    return True


async def _tell(visit: Visit, intent: Intent) -> bool:
    """One sentence; then the same question again, but for who wants a moment."""
    if intent.wish is Wish.GREETING and visit.session.form is None:
        menu.greet(visit)
        return True
    if intent.wish is Wish.ANONYMOUS and visit.medium == "chat":
        return await _stay_unknown(visit)
    visit.say(_words(visit, intent), *_ways(visit, intent))
    waits = intent.wish is Wish.WAIT and not channel_named(visit.incoming.person.channel).is_telephone
    if visit.session.form is not None and not waits:
        await forms.ask_again(visit)
    return True


async def _stay_unknown(visit: Visit) -> bool:
    if visit.session.form is None:
        rows = secrecy.offer(visit)
        visit.say(Message("wish.anonymous_outside"), *rows, *_OTHERWISE)
        return True
    if secrecy.answers_besides(visit):
        return False
    secrecy.keep(visit)
    await forms.ask_again(visit)
    return True


def _words(visit: Visit, intent: Intent) -> Words:
    hidden = _hides_reporter(visit)
    if intent.wish is Wish.WHY_NEEDED:
        return _why(visit)
    if intent.wish in (Wish.WHO_SEES, Wish.ANONYMOUS) and hidden:
        return Message(f"wish.{intent.wish}_hidden")
    return Message(f"wish.{intent.wish}")


def _hides_reporter(visit: Visit) -> bool:
    form = visit.session.form
    scenario = None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
    return scenario is not None and scenario.template.hidden_reporter


def _why(visit: Visit) -> Words:
    question = _question(visit)
    if question is None:
        return Message("wish.why_needed")
    if question.spec.why is not None:
        return question.spec.why.localized
    reason = "name" if question.spec.prefill in _NAMES else _REASONS.get(question.type, "")
    return Message(f"wish.why_{reason}" if reason else "wish.why_needed")


def _question(visit: Visit) -> Question | None:
    form = visit.session.form
    scenario = None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
    return None if form is None or scenario is None else scenario.by_id.get(form.current)


def _ways(visit: Visit, intent: Intent) -> tuple[tuple[Button, ...], ...]:
    """What can be done next, outside forms."""
    if intent.wish is Wish.STOP:
        drafts = [one for one in visit.session.parked.values() if one.draft not in visit.session.cancelled]
        rows = tuple(
            (
                Button(
                    Message("wish.stop_draft", {"title": visit.scenario_title(one.scenario)}),
                    command(Verb.DISCARD, one.draft),
                ),
            )
            for one in drafts
        )
        return rows if visit.session.form is not None else (*rows, (button("button.menu", Verb.MENU),))
    if visit.session.form is not None:
        return ()
    if intent.wish is Wish.CITIZEN:
        visit.session.errand = visit.open_errand(Verb.FILES, stage="where").replace(text=visit.text)
        return ((button("wish.for_a_business", Verb.AS_STORY), button("button.menu", Verb.MENU)),)
    return ((button("button.human", Verb.HUMAN), button("button.menu", Verb.MENU)),)


async def _show_menu(visit: Visit, _: Intent) -> bool:
    await forms.put_aside(visit)
    dropped = None if visit.unplaced is None else unplaced.ERRAND.dropped
    visit.session.errand = None
    menu.show(visit, dropped)
    return True


async def _help(visit: Visit, _: Intent) -> bool:
    menu.show(visit, Message("wish.help"))
    return True


async def _list(visit: Visit, _: Intent) -> bool:
    await tickets.show_list(visit)
    await forms.ask_next(visit)
    return True


async def _progress(visit: Visit, _: Intent) -> bool:
    """The only open ticket, or the list; a matter where nothing is open."""
    return await _progress_of_open(visit) or await _none(visit, Message("tickets.none"))


async def _progress_of_open(visit: Visit) -> bool:
    found = [one for one in await _own(visit) if one.state in tickets.OPEN]
    if not found:
        return False
    await (tickets.show(visit, found[0].number) if len(found) == 1 else tickets.show_list(visit))
    await forms.ask_next(visit)
    return True


async def _urge(visit: Visit, _: Intent) -> bool:
    """State and promise of the only open ticket, whose units are told; of several, which one."""
    found = [one for one in await _own(visit) if one.state in tickets.OPEN]
    if len(found) == 1:
        await press_urge(visit, Command(Verb.URGE, (found[0].number,)))
        return True
    return await _choose(visit, found, Verb.URGE, "wish.urge_which") or await _none(visit, Message("tickets.none"))


async def press_urge(visit: Visit, pressed: Command) -> None:
    """Tell the units that the person waits. Raises BackendError."""
    number = pressed.arg(0)
    ticket = await visit.backend.view_ticket(number)
    if ticket.permits(Permission.ADD):
        ticket = await visit.backend.urge(number, key=visit.id("urge", number))
        tickets.tell(visit, ticket, Message("wish.urged"))
    else:
        tickets.tell(visit, ticket)
    await forms.ask_next(visit)


async def _none(visit: Visit, told: Message) -> bool:
    """Nothing is there to do it with: long words are a matter then, in a form an answer."""
    if visit.session.form is not None or len(visit.text) > _SHORT:
        return False
    visit.say(told, (button("button.progress", Verb.PROGRESS), button("button.menu", Verb.MENU)))
    return True


async def _speak(visit: Visit, intent: Intent) -> bool:
    await language.choose(visit, intent.language)
    return True


async def _rate(visit: Visit, intent: Intent) -> bool:
    waiting = [one for one in await _own(visit) if one.state is TicketState.COMPLETED]
    if len(waiting) == 1:
        await rating.in_words(visit, waiting[0].number, intent)
        return True
    return await _choose(visit, waiting, Verb.RATE, "wish.rate_which") or await _none(visit, Message("wish.rate_none"))


async def _add(visit: Visit, _: Intent) -> bool:
    """Words that say what is to be added are kept, and asked what for."""
    if len(visit.text) > _SHORT:
        await unplaced.take(visit)
        return True
    return await _on_ticket(visit, Permission.ADD, Verb.ADD, additions.begin)


async def _withdraw(visit: Visit, _: Intent) -> bool:
    return await _on_ticket(visit, Permission.WITHDRAW, Verb.WITHDRAW, withdrawal.begin)


async def _on_ticket(
    visit: Visit, permission: Permission, verb: Verb, begin: Callable[[Visit, Command], Awaitable[None]]
) -> bool:
    """Begin it for the only ticket that allows it, else ask which."""
    found = [one for one in await _own(visit) if one.state in tickets.OPEN]
    if len(found) == 1:
        ticket = await visit.backend.view_ticket(found[0].number)
        if ticket.permits(permission):
            await begin(visit, Command(verb, (ticket.number,)))
        else:
            tickets.tell(visit, ticket, Message(f"wish.{verb}_not_now"))
        return True
    return await _choose(visit, found, verb, f"wish.{verb}_which") or await _none(visit, Message("tickets.none"))


async def _choose(visit: Visit, found: list[TicketSummary], verb: Verb, prompt: str) -> bool:
    if not found:
        return False
    rows = [(Button(tickets.ticket_label(one), command(verb, one.number)),) for one in found[:6]]
    visit.say(Message(prompt), *rows, (button("button.menu", Verb.MENU),))
    return True


async def _own(visit: Visit) -> list[TicketSummary]:
    return (await visit.backend.list_tickets(limit=_LOOKED_AT)).items


async def _other_matter(visit: Visit, intent: Intent) -> bool:
    if intent.scenario not in visit.deps.scenarios:
        return False
    await carrying.change_to(visit, intent.scenario)
    return True


async def _as_last(visit: Visit, _: Intent) -> bool:
    """Fill in what the latest ticket of that scenario says, else the latest of all. Raises BackendError."""
    form = visit.session.form
    assert form is not None
    own = await _own(visit)
    found = next((one for one in own if one.scenario == form.scenario), own[0] if own else None)
    last: TicketOut | None = None if found is None else await visit.backend.view_ticket(found.number)
    await carrying.fill_as(visit, last)
    return True


_LOOKS: Final[Mapping[Wish, Doing]] = {
    Wish.TICKETS: _list,
    Wish.PROGRESS: _progress,
    Wish.URGE: _urge,
    Wish.MENU: _show_menu,
}
_IN_A_FORM: Final[Mapping[Wish, Doing]] = {
    **_LOOKS,
    Wish.SCENARIO: _other_matter,
    Wish.SAME_AS_LAST: _as_last,
}
_OUTSIDE: Final[Mapping[Wish, Doing]] = {
    **_LOOKS,
    Wish.HELP: _help,
    Wish.LANGUAGE: _speak,
    Wish.RATE: _rate,
    Wish.SOLVED: _rate,
    Wish.ADD: _add,
    Wish.WITHDRAW: _withdraw,
    **dict.fromkeys((Wish.BACK, Wish.REPEAT, Wish.SKIP, Wish.CANCEL, Wish.RESTART), _show_menu),
}
