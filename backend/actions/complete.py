"""Complete a ticket 办结: the answer goes to the person with the rating prompt, and the rating clock starts."""

from __future__ import annotations

from collections.abc import Sequence

from backend import models
from backend.actions import clocks
from backend.actions.work import TicketWork
from backend.contract.words import EventKind


async def complete(
    work: TicketWork, reply: str, departments: Sequence[models.Department], attachments: Sequence[str] = ()
) -> None:
    work.record(EventKind.COMPLETED, round=work.ticket.round)
    work.ticket.reply = reply
    work.ticket.completed_at = work.context.now
    work.plan(clocks.rating_dues(work))
    await work.tell_contact(
        "completed",
        reply=reply,
        departments=[one.name for one in departments],
        departments_en=[one.name_en or one.name for one in departments],
        attachments=list(attachments),
    )
