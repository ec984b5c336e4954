"""File a confirmed form as a ticket; one with a valid duty-list entry is accepted and dispatched at once."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from backend import models
from backend.actions import contacts
from backend.actions.accept import promise
from backend.actions.attach import attach, require_files
from backend.contract.errors import DayFull, Forbidden
from backend.contract.events.desk import Accepted
from backend.contract.events.filing import Submitted
from backend.contract.models.filing import NewTicket, TicketReceipt
from backend.contract.notices import to_enterprise, to_staff
from backend.contract.words import TicketState
from backend.rules import ticket_number
from backend.rules.actor import SYSTEM, Actor, ActorKind
from backend.rules.waiting import Subject
from backend.storage.ticket_rows import new_ticket_numbers
from backend.work import clocks, desk_limits, recipients
from backend.work.assigning import duty_of, hand_out_by_duty
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def open_ticket(context: Context, actor: Actor, request: NewTicket) -> TicketReceipt:
    """Number the ticket, keep it, and answer by notice through the same channel: only there is the retrieval code.

    A number that is drawn is gone, whatever becomes of the transaction: all that can be refused is asked before.
    """
    if actor.kind is not ActorKind.CONTACT or actor.id is None or actor.identity_id is None or actor.channel is None:
        raise Forbidden
    await require_files(actor, request.attachments)
    ticket = _written(context, actor, request, await _person(context, actor, request))
    found = duty_of(context, ticket)
    code = ticket_number.new_retrieval_code(secrets.randbelow)
    parts = await _number(context, ticket, code, parts=0 if found is None else 1 + len(found.assists))
    work = TicketWork.to_file(context, actor, ticket, parts)
    work.begin(Submitted(scenario=ticket.scenario, kind=ticket.kind, unclear=ticket.unclear, callback=ticket.callback))
    if found is not None:
        work.record(Accepted(), actor=SYSTEM)
        await hand_out_by_duty(work, found)
        await work.tell_contact(to_enterprise.Accepted(code=code, kind=ticket.kind, **promise(work)))
    else:
        verify_by = clocks.verify_limit(work)
        received = to_enterprise.Received(code=code, verify_by=verify_by.at, provisional=verify_by.provisional)
        await work.tell_contact(received)
    if found is None or ticket.callback:
        desk = await recipients.desk()
        work.tell(desk, to_staff.Desk(kind=ticket.kind, urgent=ticket.urgent, callback=ticket.callback))
    if ticket.callback:
        desk_limits.await_call(work)
    await _end_draft(work, request.draft)
    await work.save()
    await attach(context, actor, ticket.id, request.attachments)
    return TicketReceipt(
        number=ticket.number, state=ticket.state, promised_at=ticket.promised_at, provisional=ticket.provisional
    )


async def _person(context: Context, actor: Actor, request: NewTicket) -> dict[str, Any]:
    """The ticket's own contact and enterprise. The account remembers them for the next form, but not a reporter's."""
    hidden = _hides(context, request)
    stated = contacts.stated_in(request.contact, request.enterprise)
    account, said = (None, ()) if hidden else await contacts.said_by(actor)
    speaker = contacts.as_filed(actor, stated, said)
    file = await contacts.file_of(context, speaker.uscc)
    if account is not None:
        stated_file = file if stated.uscc is not None else None
        language = request.contact.language if request.contact else None
        await contacts.remember(account, stated, stated_file, language)
    return {
        "contact_name": speaker.name,
        "contact_phone": speaker.phone,
        "enterprise_name": speaker.enterprise,
        "enterprise_uscc": speaker.uscc,
        "enterprise_id": file,
    }


def _hides(context: Context, request: NewTicket) -> bool:
    return request.hidden_reporter or context.policy.anonymity.hides(request.kind)


def _written(context: Context, actor: Actor, request: NewTicket, person: dict[str, Any]) -> models.Ticket:
    """All of the ticket but its number."""
    return models.Ticket(
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


async def _number(context: Context, ticket: models.Ticket, code: str, *, parts: int) -> list[int]:
    """Give it its number, and draw the ids of its parts. Raises DayFull."""
    day = context.now.astimezone(context.timezone).date()
    sequence, ticket.id, ids = await new_ticket_numbers(day, parts)
    try:
        ticket.number = ticket_number.compose(day, sequence)
    except ticket_number.SequenceError:
        raise DayFull from None
    ticket.code_digest = ticket_number.digest(context.secret, ticket.number, code)
    return ids


async def _end_draft(work: TicketWork, draft: str | None) -> None:
    if draft is None:
        return
    await models.Draft.filter(id=UUID(draft), contact_id=work.actor.id).delete()
    work.end(Subject.draft(draft))
