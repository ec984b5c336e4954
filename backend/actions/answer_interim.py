"""An interim answer 阶段性答复 to the enterprise: how far it is; it ends the interim limit ("2125", Yantai)."""

from __future__ import annotations

from backend.contract.acts.answer_interim import InterimIn
from backend.contract.events.part import Interim
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_enterprise
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.rules.waiting import Watch
from backend.storage.dues import of_assignment
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def answer_interim(context: Context, actor: Actor, assignment_id: int, request: InterimIn) -> TicketOut:
    """The ticket stays with the unit, and the resolve limit runs on. It may be done again."""
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.INTERIM, assignment)
    work.record(Interim(assignment=assignment.id), reason=request.text)
    if assignment.interim_at is None:
        assignment.interim_at = work.context.now
        work.keep(assignment)
        work.end(of_assignment(assignment), only=Watch.INTERIM)
    unit = context.directory.named(assignment.department_id)
    await work.tell_contact(to_enterprise.Interim(text=request.text, department=unit))
    await work.save()
    return await work.view()
