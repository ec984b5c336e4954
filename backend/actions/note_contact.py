"""Note that a unit got in touch with the enterprise 联系企业, which ends its contact limit ("2125", Yantai)."""

from __future__ import annotations

from backend.contract.acts.note_contact import NoteContactIn
from backend.contract.events.part import Contacted
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def note_contact(context: Context, actor: Actor, assignment_id: int, request: NoteContactIn) -> TicketOut:
    """By phone or on the spot; a question asked here counts as contact by itself."""
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.CONTACT, assignment)
    work.record(Contacted(assignment=assignment.id), reason=request.note)
    await work.save()
    return await work.view()
