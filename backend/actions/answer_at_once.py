"""Answer at the desk what the seat can answer, without dispatching it (Guangxi, part 4)."""

from __future__ import annotations

from backend.actions.complete import complete
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.events.desk import Accepted
from backend.contract.events.part import Replied
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission, TicketState
from backend.rules.actor import Actor
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def answer_at_once(context: Context, actor: Actor, number: str, request: AnswerAtOnceIn) -> TicketOut:
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.ANSWER_AT_ONCE)
    if work.ticket.state is TicketState.SUBMITTED:
        work.record(Accepted())
    work.record(Replied(at_once=True))
    await complete(work, request.text, departments=[])
    await work.save()
    return await work.view()
