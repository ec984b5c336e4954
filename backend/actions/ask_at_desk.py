"""Ask the enterprise a question before the ticket goes out: the desk's own clock stands, as a unit's would."""

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


async def ask_at_desk(context: Context, actor: Actor, number: str, request: AskIn) -> TicketOut:
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.ASK_AT_DESK)
    question = await models.Question.create(ticket_id=work.ticket.id, text=request.text, asked_at=work.context.now)
    work.record(Asked(question=question.id))
    work.plan(clocks.question_dues(work, question))
    await work.tell_contact(to_enterprise.QuestionAsked(question=question.id, text=request.text))
    await work.save()
    return await work.view()
