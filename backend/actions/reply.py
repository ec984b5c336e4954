"""A unit's reply 回复; when the last open unit has replied, the ticket is completed with the joint answer."""

from __future__ import annotations

from backend.actions.actor import Actor
from backend.actions.attach import attach
from backend.actions.complete import complete
from backend.actions.context import Context
from backend.actions.dues import of_assignment
from backend.actions.handling import take_up
from backend.actions.views import view
from backend.actions.work import TicketWork
from backend.contract.errors import WrongState
from backend.contract.models import ReplyIn, TicketOut
from backend.contract.words import AssignmentRole, AssignmentState, EventKind
from backend.database import query

_STAFF_FILES = "SELECT id FROM attachment WHERE ticket_id = $1 AND staff_id IS NOT NULL AND created_at >= $2"


async def reply(context: Context, actor: Actor, assignment_id: int, request: ReplyIn) -> TicketOut:
    work, assignment = await take_up(context, actor, assignment_id, "reply", request.version)
    if assignment.return_proposed:
        raise WrongState("The office has not decided on the return yet.", number=work.ticket.number)
    await attach(context, actor, work.ticket.id, request.attachments)
    work.record(
        EventKind.REPLIED, assignment=assignment.id, solved=request.solved, attachments=list(request.attachments)
    )
    if assignment.warning is not None:
        work.record(EventKind.WARNING_LIFTED, assignment=assignment.id, level=assignment.warning)
    assignment.state = AssignmentState.REPLIED
    assignment.reply, assignment.solved = request.text, request.solved
    assignment.replied_at, assignment.waiting, assignment.warning = context.now, False, None
    work.keep(assignment)
    work.end(of_assignment(assignment))
    if not work.open_assignments:
        await _complete(work)
    await work.save()
    return await view(context, actor, work.ticket, work.assignments)


async def _complete(work: TicketWork) -> None:
    """Join the units' answers, the lead's first; with several units each part names its own."""
    parts = sorted(work.current, key=lambda one: (one.role is not AssignmentRole.LEAD, one.id))
    units = [work.context.directory.departments[one.department_id] for one in parts]
    chinese = work.ticket.language.startswith("zh")
    names = [unit.name if chinese else unit.name_en or unit.name for unit in units]
    texts = [one.reply or "" for one in parts]
    joint = (
        texts[0]
        if len(parts) == 1
        else "\n\n".join(f"【{name}】{text}" for name, text in zip(names, texts, strict=True))
    )
    await complete(work, joint, units, await _reply_files(work))


async def _reply_files(work: TicketWork) -> list[str]:
    """Files the units sent with their replies of this round."""
    since = min(one.dispatched_at for one in work.current)
    return [str(row["id"]) for row in await query(_STAFF_FILES, work.ticket.id, since)]
