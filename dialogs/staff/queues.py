"""What waits for a member of staff: the queues their roles give them, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping

from backend.contract.channels import channel_named
from backend.contract.message import Message, Words
from backend.contract.models.staff import StaffOut
from backend.contract.models.tickets import TicketSummary
from backend.contract.words import Role
from dialogs.commands import Verb, command
from dialogs.exchange import button, lines
from dialogs.outputs import Button
from dialogs.staff.work import Work, home, short, unit_name

_PAGE = 8
_DESK = frozenset({Role.SEAT, Role.DISPATCHER, Role.OFFICE})
_QUEUES: Mapping[str, frozenset[Role]] = {
    "mine": frozenset({Role.HANDLER, Role.LEADER}),
    "unit": frozenset({Role.HANDLER, Role.LEADER}),
    "desk": _DESK,
    "returns": frozenset({Role.OFFICE}),
    "difficult": _DESK | {Role.SUPERVISOR},
}
"""Who is offered which queue; the backend decides again."""


async def greet(work: Work, first: Words | None = None) -> None:
    """Who is logged in, and their queues. Raises BackendError."""
    me = await work.backend.view_staff()
    if not work.session.language:
        work.session.language = me.language
    args: dict[str, Words | int] = {"name": me.name, "department": unit_name(me.department)}
    # With their password, and so may have a code to bind a messenger.
    logged_in = channel_named(work.incoming.person.channel).is_page
    work.say(first or Message("staff.greeting", args), *_rows(me, logged_in=logged_in))


async def show(work: Work, queue: str, cursor: str = "") -> None:
    """One page of a queue, newest first. Raises BackendError."""
    name = queue if queue in _QUEUES else "mine"
    page = await work.backend.list_tickets(queue=name, cursor=cursor or None, limit=_PAGE)
    head = Message(f"queue.{name}")
    if not page.items:
        work.say(lines(head, Message("queue.no_more" if cursor else "queue.empty")), (home(),))
        return
    rows = [(Button(_label(one), command(Verb.TICKET, one.number)),) for one in page.items]
    more = (button("button.more", Verb.QUEUE, name, page.next),) if page.next else ()
    work.say(lines(head, *(_line(work, one) for one in page.items)), *rows, (*more, home()))


def marks(ticket: TicketSummary) -> Words:
    """Call back, warning colour, urgency and difficulty as signs; empty when there is none."""
    shown: list[Words] = [Message("mark.callback")] if ticket.callback else []
    if ticket.warning is not None:
        shown.append(Message(f"mark.{ticket.warning}"))
    shown += [Message("mark.urgent")] if ticket.urgent else []
    shown += [Message("mark.difficult")] if ticket.difficult else []
    shown += [Message("mark.waiting")] if ticket.waiting else []
    words: Words = ""
    for one in reversed(shown):
        words = Message("mark.joined", {"first": one, "rest": words})
    return words


def _rows(me: StaffOut, *, logged_in: bool) -> list[tuple[Button, ...]]:
    offered = [name for name, roles in _QUEUES.items() if roles & set(me.roles)]
    choices = [Button(Message(f"queue.button_{name}"), command(Verb.QUEUE, name)) for name in offered]
    pairs = [tuple(choices[at : at + 2]) for at in range(0, len(choices), 2)]
    failed = [(button("button.failed", Verb.FAILED),)] if Role.AUDITOR in me.roles else []
    code = (button("button.code", Verb.CODE),) if logged_in else ()
    own = (button("button.log_ins", Verb.LOG_INS), button("button.language", Verb.LANGUAGE))
    return [*pairs, *failed, (*code, *own)]


def _line(work: Work, ticket: TicketSummary) -> Message:
    args: dict[str, Words | int] = {
        "marks": marks(ticket),
        "number": ticket.number,
        "title": ticket.title,
        "state": Message(f"state.{ticket.state}"),
    }
    if ticket.promised_at is None or ticket.waiting:
        return Message("queue.line", args)
    return Message("queue.line_due", {**args, "when": work.when(ticket.promised_at)})


def _label(ticket: TicketSummary) -> Message:
    label = {"marks": marks(ticket), "end": ticket.number[-5:], "title": short(ticket.title)}
    return Message("queue.label", label)
