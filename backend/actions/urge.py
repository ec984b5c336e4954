"""The enterprise asks where its matter stays 催促: units are told, once a day."""

from __future__ import annotations

from datetime import date, datetime

from backend.contract.events.filing import Urged
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_staff
from backend.contract.words import EventKind, Permission
from backend.rules.actor import Actor
from backend.work import recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def urge(context: Context, actor: Actor, number: str) -> TicketOut:
    """The ticket as it stands. Whoever asks again on the same day of the city has told the units already."""
    work = await TicketWork.on_number(context, actor, number)
    work.require(Permission.ADD)

    def day(at: datetime) -> date:
        return at.astimezone(context.policy.zone()).date()

    if not any(row.kind == EventKind.URGED and day(row.at) == day(context.now) for row in work.history):
        work.record(Urged())
        told = [
            to for one in work.open_assignments for to in await recipients.unit(context.directory, one.department_id)
        ]
        work.tell(told or await recipients.desk(), to_staff.Urged())
        await work.save()
    return await work.view()
