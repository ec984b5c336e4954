"""A person's own tickets: the list, and one of them in plain words with what can be done now."""

from __future__ import annotations

from collections.abc import Mapping

from backend.contract.message import Message, Words
from backend.contract.models.tickets import AssignmentOut, TicketOut, TicketSummary
from backend.contract.words import AssignmentState, Permission, TicketState
from dialogs.commands import Command, Verb, command
from dialogs.enterprise.errand import OnPress
from dialogs.enterprise.visit import Visit, unit_name
from dialogs.exchange import button, lines, listed, paragraphs
from dialogs.notices import grade_choices
from dialogs.outputs import Button, Rows

_PAGE = 6
_LABEL = 24
"""Characters of a title, or of a question, that fit on a button."""

OPEN = frozenset({TicketState.SUBMITTED, TicketState.ACCEPTED, TicketState.HANDLING})


async def show_list(visit: Visit, cursor: str = "") -> None:
    """One page of the person's tickets, newest first."""
    page = await visit.backend.list_tickets(cursor=cursor or None, limit=_PAGE)
    if not page.items:
        key = "tickets.no_more" if cursor else "tickets.none"
        visit.say(Message(key), (button("button.menu", Verb.MENU),))
        return
    rows = [(Button(ticket_label(one), command(Verb.TICKET, one.number)),) for one in page.items]
    more = (button("button.more", Verb.TICKETS, page.next),) if page.next else ()
    text = lines(Message("tickets.head"), *(_line(visit, one) for one in page.items))
    visit.say(text, *rows, (*more, button("button.menu", Verb.MENU)))


async def show(visit: Visit, number: str) -> None:
    """One ticket. Raises BackendError."""
    tell(visit, await visit.backend.view_ticket(number))


def tell(visit: Visit, ticket: TicketOut, first: Words | None = None) -> None:
    """One ticket as it stands, after `first` if there is something to say before."""
    visit.say(
        paragraphs(first, card(visit, ticket)),
        *_actions(ticket),
        (button("button.tickets", Verb.TICKETS), button("button.menu", Verb.MENU)),
        topic=ticket.number,
        attachments=(),
    )


def card(visit: Visit, ticket: TicketOut) -> Words:
    """A ticket in words."""
    units = _units(ticket)
    promised = ticket.promised_at if ticket.state in OPEN else None
    open_questions = [one for one in ticket.questions if one.answer is None]
    return lines(
        Message("ticket.head", {"number": ticket.number, "title": ticket.title}),
        Message("ticket.state", {"state": state(ticket)}),
        Message("ticket.created", {"when": visit.when(ticket.created_at)}),
        Message("ticket.promised", {"when": visit.when(promised)}) if promised and not ticket.waiting else None,
        Message("notice.provisional") if promised and ticket.provisional else None,
        Message("ticket.units", {"units": listed(units)}) if units else None,
        *(Message("ticket.asked", {"text": one.text}) for one in open_questions),
        Message("ticket.reply", {"text": ticket.reply}) if ticket.reply else None,
        Message("ticket.rated", {"grade": Message(f"rate.{ticket.rating.grade}")}) if ticket.rating else None,
    )


def _units(ticket: TicketOut) -> list[Message]:
    """Those that work on it, or did in its last round."""
    current = [one for one in ticket.assignments if one.state is not AssignmentState.RETURNED]
    latest = max((one.round for one in current), default=0)
    return [_unit(one) for one in current if one.round == latest and one.state is not AssignmentState.CANCELLED]


def state(ticket: TicketSummary) -> Message:
    """Where it stands, as an enterprise would say it."""
    if ticket.waiting and ticket.state in OPEN:
        return Message("state.waiting")
    return Message(f"state.{ticket.state}")


def ticket_label(ticket: TicketSummary) -> Words:
    return Message("ticket.label", {"end": ticket.number[-5:], "title": _shortened(ticket.title)})


def answer_choices(ticket: TicketOut) -> Rows:
    """A button for each question that may be answered; several are told apart by their first words."""
    asked = ticket.open_questions
    labels = [Message("add.answers", {"text": _shortened(one.text)}) for one in asked]
    if len(asked) == 1:
        labels = [Message("button.answer")]
    return tuple(
        (Button(label, command(Verb.ANSWER, ticket.number, one.id)),) for label, one in zip(labels, asked, strict=True)
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"


def _line(visit: Visit, ticket: TicketSummary) -> Message:
    args: dict[str, Words | int] = {"number": ticket.number, "title": ticket.title, "state": state(ticket)}
    return Message("tickets.line", {**args, "when": visit.when(ticket.created_at)})


def _unit(assignment: AssignmentOut) -> Message:
    name = unit_name(assignment.department)
    return Message("ticket.unit", {"unit": name, "state": Message(f"assignment.{assignment.state}")})


def _actions(ticket: TicketOut) -> Rows:
    number = ticket.number
    rows = [*answer_choices(ticket)]
    if ticket.permits(Permission.RATE):
        rows.append(grade_choices(number))
    own = []
    if ticket.permits(Permission.ADD):
        own.append(button("button.add", Verb.ADD, number))
    if ticket.permits(Permission.WITHDRAW):
        own.append(button("button.withdraw", Verb.WITHDRAW, number))
    if ticket.permits(Permission.CORRECT):
        own.append(button("button.correct", Verb.CORRECT, number))
    if ticket.attachments:
        own.append(button("button.files", Verb.FILES, number))
    return (*rows, tuple(own))


async def send_files(visit: Visit, number: str) -> None:
    """The files of a ticket, delivered again."""
    ticket = await visit.backend.view_ticket(number)
    ids = tuple(one.id for one in ticket.attachments)
    visit.say(Message("ticket.files", {"number": number, "count": len(ids)}), topic=number, attachments=ids)


async def _press_list(visit: Visit, pressed: Command) -> None:
    await show_list(visit, pressed.arg(0))


async def _press_one(visit: Visit, pressed: Command) -> None:
    await show(visit, pressed.arg(0))


async def _press_files(visit: Visit, pressed: Command) -> None:
    await send_files(visit, pressed.arg(0))


ON_PRESS: Mapping[str, OnPress] = {Verb.TICKETS: _press_list, Verb.TICKET: _press_one, Verb.FILES: _press_files}
