"""A ticket as the asker may see it: personal data masked for staff, handlers hidden from the enterprise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from backend import models
from backend.contract.models.attachments import AttachmentOut
from backend.contract.models.filing import Place
from backend.contract.models.tickets import (
    AdditionOut,
    AssignmentOut,
    FieldAnswerOut,
    PermissionOut,
    QuestionOut,
    RatingOut,
    TicketOut,
    TicketSummary,
)
from backend.contract.words import TicketState, WarningLevel
from backend.rules import enterprise_view, lifecycle, masking, reading
from backend.rules.actor import Actor, ActorKind
from backend.rules.permissions import Allowed, Case, allowed
from backend.storage import staff
from backend.storage.ticket_rows import TicketRows
from backend.work.context import Context
from backend.work.told import Told

ModelT = TypeVar("ModelT", bound=BaseModel)
TicketT = TypeVar("TicketT", bound=TicketSummary)

_BLANK: Mapping[type, object] = {bool: False, list: []}
"""What stands for nothing, by type; else None."""
_WORST = (WarningLevel.RED, WarningLevel.YELLOW, WarningLevel.BLUE)
SPEAKING: Final = ("voice", "video")
"""Kinds of files in which somebody speaks."""


async def view(context: Context, actor: Actor, rows: TicketRows) -> TicketOut:
    """Everything of one ticket that this actor may see."""
    ticket, assignments, files = rows.ticket, rows.assignments, rows.files
    own = actor.kind is ActorKind.CONTACT
    if own and ticket.contact_id != actor.id:
        return _entrusted(context, actor, ticket, assignments)
    handlers = {} if own else await _names(context, assignments)
    told = Told.read(context, rows.events)
    ratings = ratings_from(rows.ratings, files)

    def gets(one: models.Attachment) -> bool:
        """The enterprise gets the files of an answer with the answer, not as soon as a unit has written it."""
        return str(one.id) not in told.unanswered if own else sees_file(actor, ticket, assignments, one, ratings)

    case = Case(actor, ticket, assignments, registered=rows.registered)
    out = TicketOut(
        **summary(ticket, assignments).model_dump(),
        story=ticket.story,
        district=ticket.district_id,
        address=ticket.address,
        location=Place.model_validate(ticket.location) if ticket.location else None,
        answers=[FieldAnswerOut.model_validate(one) for one in ticket.answers],
        **_person(ticket, rows.registered, masked=not own, hidden=ticket.hidden_reporter and not own),
        as_filed=ticket.as_filed,
        hidden_reporter=ticket.hidden_reporter,
        provisional=ticket.provisional,
        attachments=[attachment_out(one) for one in files if gets(one)],
        questions=[
            QuestionOut(id=one.id, text=one.text, asked_at=one.asked_at, answer=one.answer) for one in rows.questions
        ],
        assignments=[_assignment(context, one, handlers, told) for one in assignments],
        reply=ticket.reply,
        rating=_latest(actor, ticket, assignments, ratings),
        **_permissions(allowed(case, rows.questions)),
        additions=[AdditionOut.model_validate(one) for one in told.additions],
    )
    return for_enterprise(out) if own else out


def for_enterprise(ticket: TicketT) -> TicketT:
    """Only the fields that an enterprise sees; of all others nothing."""
    if isinstance(ticket, TicketOut):
        parts = [_emptied(one, enterprise_view.ASSIGNMENT) for one in ticket.assignments]
        ticket = ticket.model_copy(update={"assignments": parts})
    return _emptied(ticket, enterprise_view.TICKET)


def _emptied(model: ModelT, kept: Collection[str]) -> ModelT:
    blank = {name: _BLANK.get(type(getattr(model, name))) for name in type(model).model_fields if name not in kept}
    return model.model_copy(update=blank)


def summary(ticket: models.Ticket, assignments: Sequence[models.Assignment]) -> TicketSummary:
    current = [one for one in assignments if one.round == ticket.round and one.state in lifecycle.OPEN_PARTS]
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
        waiting=ticket.waiting or any(one.waiting for one in current),
        created_at=ticket.created_at,
        promised_at=ticket.promised_at,
        warning=min(raised, key=_WORST.index) if raised else None,
        callback=ticket.callback,
    )


def rating_for(
    actor: Actor, ticket: models.Ticket, assignments: Sequence[models.Assignment], rating: RatingOut
) -> RatingOut | None:
    """A rating as far as this reader of the ticket learns it: its person all, staff by `rules.reading`."""
    if actor.kind is ActorKind.CONTACT:
        return rating
    learns = reading.learns_rating(
        actor.roles,
        actor.department_id,
        assignments,
        grade=rating.grade,
        current_round=ticket.round,
        closed=ticket.state is TicketState.CLOSED,
    )
    if not learns:
        return None
    if reading.learns_words(actor.roles, hidden_reporter=ticket.hidden_reporter):
        return rating
    return rating.model_copy(update={"comment": "", "heard": [], "withheld": True})


def sees_file(
    actor: Actor,
    ticket: models.Ticket,
    assignments: Sequence[models.Assignment],
    row: models.Attachment,
    ratings: Sequence[RatingOut],
) -> bool:
    """Whether staff who read the ticket get this file of it; a hidden reporter's voice gives them away."""
    words = reading.learns_words(actor.roles, hidden_reporter=ticket.hidden_reporter)
    if row.contact_id is not None and row.kind in SPEAKING and not words:
        return False
    if row.rating_round is None:
        return True
    of = (one for one in ratings if one.round == row.rating_round)
    return words and any(rating_for(actor, ticket, assignments, one) is not None for one in of)


def ratings_from(rows: Sequence[models.Rating], files: Sequence[models.Attachment]) -> list[RatingOut]:
    """With what was heard in the recordings among `files`, those of the ticket."""
    found = []
    for row in rows:
        heard = [one.transcript for one in files if one.rating_round == row.round and one.transcript]
        found.append(
            RatingOut(round=row.round, grade=row.grade, solved=row.solved, comment=row.comment, at=row.at, heard=heard)
        )
    return found


def attachment_out(row: models.Attachment) -> AttachmentOut:
    plain = {name: getattr(row, name) for name in ("kind", "media_type", "size", "name", "transcript", "rating_round")}
    return AttachmentOut.model_validate({"id": str(row.id), **plain})


def _entrusted(
    context: Context, actor: Actor, ticket: models.Ticket, assignments: Sequence[models.Assignment]
) -> TicketOut:
    """For a contact who is not the ticket's: nothing that tells who wrote it, or what."""
    out = TicketOut(
        **summary(ticket, assignments).model_dump(),
        story="",
        district=None,
        address=None,
        location=None,
        answers=[],
        enterprise=None,
        contact_name=None,
        contact_phone=None,
        hidden_reporter=ticket.hidden_reporter,
        provisional=ticket.provisional,
        attachments=[],
        questions=[],
        assignments=[_assignment(context, one, {}) for one in assignments],
        reply=None if ticket.hidden_reporter else ticket.reply,
        rating=None,
        **_permissions(allowed(Case(actor, ticket, assignments))),
    )
    return for_enterprise(out)


async def _names(context: Context, assignments: Sequence[models.Assignment]) -> dict[int, str]:
    """Of the handlers, also of those who came a moment ago."""
    known = context.directory.staff_names
    ids = {one.handler_id for one in assignments if one.handler_id is not None}
    if ids <= known.keys():
        return {id_: known[id_] for id_ in ids}
    return await staff.names(ids)


def _permissions(found: Sequence[Allowed]) -> dict[str, Any]:
    return {
        "may": [str(one) for one in found],
        "permissions": [PermissionOut(permission=one.permission, subject=one.subject) for one in found],
    }


def _latest(
    actor: Actor, ticket: models.Ticket, assignments: Sequence[models.Assignment], ratings: Sequence[RatingOut]
) -> RatingOut | None:
    """The latest rating, for those who learn it."""
    if ticket.state not in (TicketState.CLOSED, TicketState.HANDLING, TicketState.ACCEPTED, TicketState.COMPLETED):
        return None
    return rating_for(actor, ticket, assignments, ratings[-1]) if ratings else None


def _person(ticket: models.Ticket, registered: str | None, *, masked: bool, hidden: bool) -> dict[str, str | None]:
    """Contact and enterprise as the ticket keeps them."""
    name, number = ticket.contact_name, ticket.contact_phone
    if hidden:
        return {"enterprise": None, "enterprise_confirmed": None, "contact_name": None, "contact_phone": None}
    if masked:
        name, number = masking.person(name) if name else None, masking.phone(number) if number else None
    return {
        "enterprise": ticket.enterprise_name or registered,
        "enterprise_confirmed": registered,
        "contact_name": name,
        "contact_phone": number,
    }


def _assignment(
    context: Context, one: models.Assignment, handlers: dict[int, str], told: Told | None = None
) -> AssignmentOut:
    return AssignmentOut(
        id=one.id,
        department=context.directory.shown[one.department_id],
        role=one.role,
        state=one.state,
        round=one.round,
        handler=handlers.get(one.handler_id) if one.handler_id is not None else None,
        sign_due=one.sign_due,
        contact_due=one.contact_due,
        interim_due=one.interim_due,
        resolve_due=one.resolve_due,
        contacted_at=one.contacted_at,
        interim_at=one.interim_at,
        warning=one.warning,
        waiting=one.waiting,
        reply=one.reply,
        solved=one.solved,
        return_proposed=one.return_proposed,
        attachments=told.answers.get(one.id, []) if told else [],
        returns=told.returns.get(one.id, []) if told else [],
    )
