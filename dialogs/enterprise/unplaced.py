"""Takes what is sent outside any form or errand, and asks what it belongs to: a ticket, a scenario, something new."""

from __future__ import annotations

from dataclasses import replace

from backend.contract.errors import BackendError
from backend.contract.message import Message
from backend.contract.models.contacts import ContactIn
from backend.contract.models.tickets import TicketSummary
from backend.contract.words import TicketState
from dialogs.collecting import collect, rejected
from dialogs.commands import Verb, command
from dialogs.enterprise import corrections, menu, progress, tickets
from dialogs.enterprise.errand import ErrandKind, for_a_seat
from dialogs.enterprise.visit import Visit
from dialogs.events import Media, Place, Rejected, SharedPhone, Text
from dialogs.exchange import button
from dialogs.outputs import Button
from dialogs.phrases import read_phrases

_MOST_TICKETS = 3
_MOST_SCENARIOS = 3
_AWAITED = tickets.OPEN | {TicketState.COMPLETED}


async def take(visit: Visit) -> None:
    """Raises BackendError."""
    event = visit.incoming.event
    match event:
        case Text() if number := progress.ticket_number(visit.text):
            await progress.look(visit, number)
        case Text() if read_phrases().asks_progress(visit.text) and (found := await _open_only(visit)):
            await (tickets.show(visit, found[0].number) if len(found) == 1 else tickets.show_list(visit))
        case Text() if not visit.text:
            menu.show(visit)
        case Text() | Media() | Place():
            await _ask_where(visit)
        case SharedPhone():
            await _keep_phone(visit, event.phone)
        case Rejected():
            menu.show(visit, rejected(event))
        case _:
            menu.show(visit, Message("menu.not_usable"))


async def _ask_where(visit: Visit) -> None:
    """Keep what was sent, and ask what it belongs to: an open ticket, a scenario, or something new."""
    errand = visit.session.errand
    if errand is None or errand.verb is not Verb.FILES:
        visit.open_errand(Verb.FILES, stage="where")
        _take_as_new(visit)
    problem = collect(visit)
    if problem is not None:
        visit.say(problem)
    await _ask_again(visit)


async def _ask_again(visit: Visit) -> None:
    """Ask what the words and files kept so far belong to."""
    errand = visit.session.errand
    assert errand is not None
    found = await visit.deps.finder.find(errand.text, _MOST_SCENARIOS) if errand.text else ()
    open_tickets = await _open_tickets(visit)
    rows: list[tuple[Button, ...]] = [(_ticket_choice(one),) for one in open_tickets]
    if corrections.wished(errand.text) or corrections.new_phone(visit, errand.text):
        rows = [(_correction(one),) for one in open_tickets if one.state in tickets.OPEN] + rows
    rows += [(menu.begin_choice(visit, match.scenario),) for match in found]
    rows.append((button("button.as_story", Verb.AS_STORY), button("button.human", Verb.HUMAN)))
    rows.append((button("button.menu", Verb.MENU),))
    key = "loose.files" if errand.files and not errand.text else "loose.matches" if found else "loose.text"
    visit.say(Message(key), *rows)


def _take_as_new(visit: Visit) -> None:
    """A correction of something sent off long ago is a message like any other: it may belong to a ticket."""
    event = visit.incoming.event
    if isinstance(event, Text) and event.edited:
        visit.incoming = replace(visit.incoming, event=replace(event, edited=False))


def _correction(ticket: TicketSummary) -> Button:
    label = Message("loose.correct_ticket", {"ticket": tickets.ticket_label(ticket)})
    return Button(label, command(Verb.CORRECT, ticket.number, "phone"))


def _ticket_choice(ticket: TicketSummary) -> Button:
    label = tickets.ticket_label(ticket)
    if ticket.state is TicketState.COMPLETED:
        return Button(Message("loose.rate_ticket", {"ticket": label}), command(Verb.RATE, ticket.number))
    if ticket.waiting:
        return Button(Message("loose.answer_ticket", {"ticket": label}), command(Verb.ANSWER, ticket.number))
    return Button(Message("loose.add_to_ticket", {"ticket": label}), command(Verb.ADD, ticket.number))


async def _open_tickets(visit: Visit) -> list[TicketSummary]:
    """Those the message may belong to, the ones that wait for an answer or a rating first."""
    try:
        page = await visit.backend.list_tickets(limit=20)
    except BackendError:
        return []  # the menu still helps
    found = [one for one in page.items if one.state in _AWAITED]
    return sorted(found, key=lambda one: not one.waiting and one.state is not TicketState.COMPLETED)[:_MOST_TICKETS]


async def _open_only(visit: Visit) -> list[TicketSummary]:
    """The tickets that a question about progress can mean."""
    return [one for one in await _open_tickets(visit) if one.state in tickets.OPEN]


async def _keep_phone(visit: Visit, phone: str) -> None:
    digits = "".join(character for character in phone if character.isdigit())
    await visit.backend.update_contact(ContactIn(phone=f"+{digits}"), key=visit.id("phone"))
    menu.show(visit, Message("menu.phone_kept"))


async def _help(visit: Visit) -> None:
    visit.say(Message("loose.help"))
    await _ask_again(visit)


ERRAND = ErrandKind(
    verb=Verb.FILES,
    take=take,
    left=for_a_seat,
    unplaced=True,
    help=_help,
    dropped=Message("loose.dropped"),
)
