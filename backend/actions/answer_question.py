"""The enterprise answers a handler's question: the clock goes on, and the unit that has the matter now is told."""

from __future__ import annotations

from backend import models
from backend.actions import calls, clocks, recipients
from backend.actions.actor import Actor, ActorKind
from backend.actions.attach import attach
from backend.actions.context import Context
from backend.actions.dues import of_question
from backend.actions.views import view
from backend.actions.work import TicketWork
from backend.contract.errors import Forbidden, NotFound, WrongState
from backend.contract.models import AnswerQuestionIn, TicketOut
from backend.contract.words import EventKind


async def answer_question(context: Context, actor: Actor, question_id: int, request: AnswerQuestionIn) -> TicketOut:
    if actor.kind is not ActorKind.CONTACT:
        raise Forbidden
    asked = await models.Question.get_or_none(id=question_id)
    if asked is None:
        raise NotFound
    work, assignment = await TicketWork.on_assignment(context, actor, asked.assignment_id)
    question = await models.Question.get(id=question_id)
    if question.answered_at is not None:
        raise WrongState("This question has been answered already.", number=work.ticket.number)
    work.require_state(EventKind.ANSWERED)
    await attach(context, actor, work.ticket.id, request.attachments)
    question.answer, question.answered_at = request.text, context.now
    await question.save()
    await calls.call_off(work, ("question",), question.id)
    work.record(EventKind.ANSWERED, assignment=assignment.id, question=question.id, files=len(request.attachments))
    work.end(of_question(question.id))
    if assignment in work.open_assignments:
        await clocks.resume(work, assignment)
    # A unit that was allowed to return it meanwhile has no business with the answer any more.
    parts = [assignment] if assignment in work.current else work.open_assignments
    told = [to for one in parts for to in await recipients.unit(context.directory, one.department_id)]
    work.tell(told or await recipients.desk(), "answered", question_text=question.text, answer=request.text)
    await work.save()
    return await view(context, actor, work.ticket, work.assignments)
