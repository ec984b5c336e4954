"""The enterprise answers a question of a handler or the desk: the clock goes on, and who has the matter now is told."""

from __future__ import annotations

from backend import models
from backend.actions.attach import attach
from backend.contract.errors import Forbidden, NotFound, WrongState
from backend.contract.events.questions import Answered
from backend.contract.models.contact_requests import AnswerQuestionIn
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_staff
from backend.contract.words import Permission
from backend.rules.actor import Actor, ActorKind
from backend.work import recipients, unanswered
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def answer_question(context: Context, actor: Actor, question_id: int, request: AnswerQuestionIn) -> TicketOut:
    if actor.kind is not ActorKind.CONTACT:
        raise Forbidden
    asked = await models.Question.get_or_none(id=question_id)
    if asked is None:
        raise NotFound
    work = await TicketWork.on_id(context, actor, asked.ticket_id)
    question = await models.Question.get(id=question_id)
    if question.answered_at is not None:
        raise WrongState("This question has been answered already.", number=work.ticket.number)
    work.require(Permission.ANSWER, question=question)
    await attach(context, actor, work.ticket.id, request.attachments)
    question.answer, question.answered_at = request.text, work.context.now
    await question.save()
    work.record(Answered(**unanswered.about(question), files=len(request.attachments)))
    part = unanswered.asker(work, question)
    told = await _told(work, part)
    files = len(request.attachments)
    answered = to_staff.Answered(question_text=question.text, answer=request.text, attachments=files)
    work.tell(told or await recipients.desk(), answered)
    await work.save()
    return await work.view()


async def _told(work: TicketWork, part: models.Assignment | None) -> list[recipients.Recipient]:
    """The unit that asked, or whoever has the matter meanwhile: a unit that was allowed to return it has no business
    with the answer any more. Nobody, where the desk asked and has it still.
    """
    if part is None and work.at_desk:
        return []
    parts = [part] if part is not None and part in work.current else work.open_assignments
    return [to for one in parts for to in await recipients.unit(work.context.directory, one.department_id)]
