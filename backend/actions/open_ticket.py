"""File a confirmed form as a ticket; one with a valid duty-list entry is accepted and dispatched at once."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from backend import models
from backend.actions import clocks, contacts, desk_limits, recipients
from backend.actions.accept import promise
from backend.actions.assigning import duty_of, hand_out_by_duty
from backend.actions.attach import attach, require_files
from backend.actions.context import Context
from backend.actions.ticket_rows import TicketRows
from backend.actions.work import TicketWork
from backend.contract.errors import DayFull, Forbidden
from backend.contract.events.desk import Accepted
from backend.contract.events.filing import Submitted
from backend.contract.models.filing import NewTicket, TicketReceipt
from backend.contract.words import TicketState
from backend.database import next_ticket_sequence
from backend.rules import ticket_number
from backend.rules.actor import SYSTEM, Actor, ActorKind
from backend.rules.waiting import Subject


async def open_ticket(context: Context, actor: Actor, request: NewTicket) -> TicketReceipt:
    """Number the ticket, keep it, and answer by notice through the same channel: only there is the retrieval code.

    A number that is drawn is gone, whatever becomes of the transaction: all that can be refused is asked before.
    """
    if actor.kind is not ActorKind.CONTACT or actor.id is None or actor.identity_id is None or actor.channel is None:
        raise Forbidden
    await require_files(actor, request.attachments)
    code = ticket_number.new_retrieval_code(secrets.randbelow)
    ticket = await _number(context, actor, request, code, await _person(context, actor, request))
    work = TicketWork(context, actor, TicketRows(ticket, (actor.channel, actor.address)))
    work.begin(Submitted(scenario=ticket.scenario, kind=ticket.kind, unclear=ticket.unclear, callback=ticket.callback))
    await attach(context, actor, ticket.id, request.attachments)
    found = duty_of(context, ticket)
    if found is not None:
        work.record(Accepted(), actor=SYSTEM)
        await hand_out_by_duty(work, found)
        await _tell_accepted(work, code)
    else:
        verify_by = clocks.verify_limit(work)
        await work.tell_contact(
            "received", at_once=True, code=code, verify_by=verify_by.at.isoformat(), provisional=verify_by.provisional
        )
    if found is None or ticket.callback:
        desk = await recipients.desk()
        work.tell(desk, "desk", kind=ticket.kind, urgent=ticket.urgent, callback=ticket.callback)
    if ticket.callback:
        desk_limits.await_call(work)
    await _end_draft(work, request.draft)
    await work.save()
    return TicketReceipt(
        number=ticket.number, state=ticket.state, promised_at=ticket.promised_at, provisional=ticket.provisional
    )


async def _person(context: Context, actor: Actor, request: NewTicket) -> dict[str, Any]:
    """The ticket's own contact and enterprise. The account remembers them for the next form, but not a reporter's."""
    hidden = _hides(context, request)
    stated = contacts.stated_in(request.contact, request.enterprise)
    speaker = await contacts.as_filed(actor, stated, hidden_reporter=hidden)
    file = await contacts.file_of(context, speaker.uscc)
    if not hidden:
        stated_file = file if stated.uscc is not None else None
        language = request.contact.language if request.contact else None
        await contacts.remember(actor, stated, stated_file, language)
    return {
        "contact_name": speaker.name,
        "contact_phone": speaker.phone,
        "enterprise_name": speaker.enterprise,
        "enterprise_uscc": speaker.uscc,
        "enterprise_id": file,
    }


def _hides(context: Context, request: NewTicket) -> bool:
    return request.hidden_reporter or context.policy.anonymity.hides(request.kind)


async def _number(
    context: Context, actor: Actor, request: NewTicket, code: str, person: dict[str, Any]
) -> models.Ticket:
    number = await _draw(context)
    assert actor.identity_id is not None
    return await models.Ticket.create(
        number=number,
        code_digest=ticket_number.digest(context.secret, number, code),
        state=TicketState.SUBMITTED,
        kind=request.kind,
        scenario=request.scenario,
        scenario_version=request.scenario_version,
        title=request.title,
        story=request.story,
        answers=[answer.model_dump(mode="json") for answer in request.answers],
        district_id=request.district if request.district in context.directory.parents else None,
        address=request.address,
        location=request.location.model_dump() if request.location else None,
        urgent=request.urgent,
        hidden_reporter=_hides(context, request),
        unclear=request.unclear,
        callback=request.callback,
        policy_version=context.policy.version,
        language=request.language,
        contact_id=actor.id,
        identity_id=actor.identity_id,
        **person,
        created_at=context.now,
    )


async def _draw(context: Context) -> str:
    """Raises DayFull."""
    day = context.now.astimezone(context.timezone).date()
    try:
        return ticket_number.compose(day, await next_ticket_sequence(day))
    except ticket_number.SequenceError:
        raise DayFull from None


async def _tell_accepted(work: TicketWork, code: str) -> None:
    """The acceptance notice 受理告知书 (Chibi 2022, item 9): number, what, who, promised time."""
    await work.tell_contact("accepted", at_once=True, code=code, kind=work.ticket.kind, **promise(work))


async def _end_draft(work: TicketWork, draft: str | None) -> None:
    if draft is None:
        return
    await models.Draft.filter(id=UUID(draft), contact_id=work.actor.id).delete()
    work.end(Subject.draft(draft))
