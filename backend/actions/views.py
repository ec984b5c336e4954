"""A ticket as the asker may see it: personal data masked for staff, handlers hidden from the enterprise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend import models
from backend.actions.actor import Actor, ActorKind
from backend.actions.context import Context
from backend.contract.models import (
    AssignmentOut,
    AttachmentOut,
    Place,
    QuestionOut,
    RatingOut,
    TicketOut,
    TicketSummary,
)
from backend.contract.words import AssignmentState, EventKind, TicketState, WarningLevel
from backend.rules import lifecycle, masking, roles

_WORST = (WarningLevel.RED, WarningLevel.YELLOW, WarningLevel.BLUE)
_OPEN = (AssignmentState.DISPATCHED, AssignmentState.SIGNED)


async def view(
    context: Context, actor: Actor, ticket: models.Ticket, assignments: Sequence[models.Assignment]
) -> TicketOut:
    """Everything of one ticket that this actor may see."""
    questions = await _questions(assignments)
    contact = await models.Contact.get(id=ticket.contact_id).select_related("enterprise")
    files = await models.Attachment.filter(ticket_id=ticket.id).order_by("created_at")
    rating = await _rating(actor, ticket)
    handlers = await _handlers(actor, assignments)
    own = actor.kind is ActorKind.CONTACT
    return TicketOut(
        **summary(ticket, assignments).model_dump(),
        story=ticket.story,
        district=ticket.district_id,
        address=ticket.address,
        location=Place.model_validate(ticket.location) if ticket.location else None,
        answers=list(ticket.answers),
        **_person(contact, masked=not own, hidden=ticket.hidden_reporter and not own),
        hidden_reporter=ticket.hidden_reporter,
        provisional=ticket.provisional,
        attachments=[attachment_out(one) for one in files],
        questions=[
            QuestionOut(id=one.id, text=one.text, asked_at=one.asked_at, answer=one.answer) for one in questions
        ],
        assignments=[_assignment(context, one, handlers) for one in assignments],
        reply=ticket.reply,
        rating=rating,
        may=allowed(actor, ticket, assignments, questions),
    )


def summary(ticket: models.Ticket, assignments: Sequence[models.Assignment]) -> TicketSummary:
    current = [one for one in assignments if one.round == ticket.round and one.state in _OPEN]
    raised = [one.warning for one in current if one.warning is not None]
    return TicketSummary(
        number=ticket.number,
        version=ticket.version,
        kind=ticket.kind,
        scenario=ticket.scenario,
        title=ticket.title,
        state=ticket.state,
        urgent=ticket.urgent,
        difficult=ticket.difficult,
        waiting=any(one.waiting for one in current),
        created_at=ticket.created_at,
        promised_at=ticket.promised_at,
        warning=min(raised, key=_WORST.index) if raised else None,
    )


def allowed(
    actor: Actor,
    ticket: models.Ticket,
    assignments: Sequence[models.Assignment],
    questions: Sequence[models.Question],
) -> list[str]:
    """What the actor may do now; assignment actions carry the assignment's id (`sign:12`)."""
    if actor.kind is ActorKind.CONTACT:
        return _contact_may(ticket, questions)
    if actor.kind is not ActorKind.STAFF:
        return []
    found = _desk_may(actor, ticket, assignments)
    for one in assignments:
        found += [f"{action}:{one.id}" for action in _assignment_may(actor, ticket, one)]
    if may_look(actor, ticket, assignments):
        found.append("look")
    return found


def may_look(actor: Actor, ticket: models.Ticket, assignments: Sequence[models.Assignment]) -> bool:
    assigned = any(one.department_id == actor.department_id for one in assignments)
    return roles.may_see_contact(actor.roles, assigned=assigned, hidden_reporter=ticket.hidden_reporter)


def attachment_out(row: models.Attachment) -> AttachmentOut:
    return AttachmentOut.model_validate(
        {"id": str(row.id), "kind": row.kind, "media_type": row.media_type, "size": row.size, "name": row.name}
    )


def _contact_may(ticket: models.Ticket, questions: Sequence[models.Question]) -> list[str]:
    found = []
    if ticket.state in lifecycle.OPEN_STATES:
        found += ["add", "withdraw"]
    if ticket.state is TicketState.COMPLETED:
        found.append("rate")
    if ticket.state is TicketState.HANDLING:
        found += [f"answer:{one.id}" for one in questions if one.answered_at is None]
    return found


def _desk_may(actor: Actor, ticket: models.Ticket, assignments: Sequence[models.Assignment]) -> list[str]:
    busy = any(one.round == ticket.round and one.state in _OPEN for one in assignments)
    waiting = ticket.state in (TicketState.SUBMITTED, TicketState.ACCEPTED) and not busy
    states = {
        "accept": ticket.state is TicketState.SUBMITTED,
        "reject": ticket.state is TicketState.SUBMITTED,
        "answer_at_once": waiting,
        "dispatch": waiting,
        "close": lifecycle.allows(ticket.state, EventKind.CLOSED),
    }
    return [action for action, fits in states.items() if fits and roles.may(actor.roles, action)]


def _assignment_may(actor: Actor, ticket: models.Ticket, one: models.Assignment) -> list[str]:
    if ticket.state is not TicketState.HANDLING or one.state not in _OPEN:
        return []
    found = []
    if one.return_proposed and roles.may(actor.roles, "decide_return"):
        found.append("decide_return")
    if one.department_id == actor.department_id and roles.may(actor.roles, "sign"):
        if one.state is AssignmentState.DISPATCHED and one.barred_staff_id != actor.id:
            found.append("sign")
        if one.state is AssignmentState.SIGNED:
            found += ["ask"] if one.return_proposed else ["ask", "reply"]
        if not one.return_proposed:
            found.append("propose_return")
    return found


async def _questions(assignments: Sequence[models.Assignment]) -> list[models.Question]:
    ids = [one.id for one in assignments]
    return await models.Question.filter(assignment_id__in=ids).order_by("id") if ids else []


async def _rating(actor: Actor, ticket: models.Ticket) -> RatingOut | None:
    """The latest rating: for the person always, for staff only once the ticket is closed."""
    if actor.kind is not ActorKind.CONTACT and ticket.state is not TicketState.CLOSED:
        return None
    if ticket.state not in (TicketState.CLOSED, TicketState.HANDLING, TicketState.ACCEPTED, TicketState.COMPLETED):
        return None
    row = await models.Rating.filter(ticket_id=ticket.id).order_by("-round").first()
    if row is None:
        return None
    return RatingOut(round=row.round, grade=row.grade, solved=row.solved, comment=row.comment, at=row.at)


async def _handlers(actor: Actor, assignments: Sequence[models.Assignment]) -> dict[int, str]:
    ids = {one.handler_id for one in assignments if one.handler_id is not None}
    if not ids or actor.kind is ActorKind.CONTACT:
        return {}
    rows = await models.Staff.filter(id__in=list(ids)).values_list("id", "name")
    return {int(staff_id): str(name) for staff_id, name in rows}


def _person(contact: models.Contact, *, masked: bool, hidden: bool) -> dict[str, Any]:
    enterprise = contact.enterprise.name if contact.enterprise is not None else None
    if hidden:
        return {"enterprise": None, "contact_name": None, "contact_phone": None}
    if not masked:
        return {"enterprise": enterprise, "contact_name": contact.name, "contact_phone": contact.phone}
    return {
        "enterprise": enterprise,
        "contact_name": masking.person(contact.name) if contact.name else None,
        "contact_phone": masking.phone(contact.phone) if contact.phone else None,
    }


def _assignment(context: Context, one: models.Assignment, handlers: dict[int, str]) -> AssignmentOut:
    return AssignmentOut(
        id=one.id,
        department=context.directory.shown[one.department_id],
        role=one.role,
        state=one.state,
        round=one.round,
        handler=handlers.get(one.handler_id) if one.handler_id is not None else None,
        sign_due=one.sign_due,
        resolve_due=one.resolve_due,
        warning=one.warning,
        waiting=one.waiting,
        reply=one.reply,
        solved=one.solved,
        return_proposed=one.return_proposed,
    )
