"""Ask the enterprise a question: the unit's clock stands until it is answered, or the policy says it is enough."""

from __future__ import annotations

from backend import models
from backend.contract.acts.ask import AskIn
from backend.contract.events.questions import Asked
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_enterprise
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.work import clocks
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def ask(context: Context, actor: Actor, assignment_id: int, request: AskIn) -> TicketOut:
    work, assignment = await TicketWork.on_assignment(context, actor, assignment_id, version=request.version)
    work.require(Permission.ASK, assignment)
    question = await models.Question.create(
        ticket_id=work.ticket.id, assignment_id=assignment.id, text=request.text, asked_at=work.context.now
    )
    work.record(Asked(question=question.id, assignment=assignment.id))
    work.plan(clocks.question_dues(work, question))
    unit = context.directory.named(assignment.department_id)
    asked = to_enterprise.QuestionAsked(question=question.id, text=request.text, department=unit)
    await work.tell_contact(asked)
    await work.save()
    return await work.view()
