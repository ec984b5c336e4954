"""Accept a verified ticket 受理: it goes out by its duty-list entry, or waits on the dispatch desk."""

from __future__ import annotations

from typing import Any

from backend.actions import desk_limits
from backend.actions.assigning import duty_of, hand_out_by_duty
from backend.actions.context import Context
from backend.actions.work import TicketWork
from backend.contract.acts.accept import AcceptIn
from backend.contract.events.desk import Accepted
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission
from backend.rules.actor import Actor


async def accept(context: Context, actor: Actor, number: str, request: AcceptIn) -> TicketOut:
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.ACCEPT)
    work.record(Accepted())
    if (duty := duty_of(context, work.ticket)) is not None:
        await hand_out_by_duty(work, duty)
    else:
        await desk_limits.await_dispatch(work)
    await work.tell_contact("accepted_later", **promise(work))
    await work.save()
    return await work.view()


def promise(work: TicketWork) -> dict[str, Any]:
    """Arguments of a notice that says by when, and by whom, the matter will be settled."""
    units = [work.context.directory.departments[one.department_id] for one in work.current]
    promised = work.ticket.promised_at
    return {
        "promised_at": promised.isoformat() if promised else None,
        "provisional": work.ticket.provisional,
        "departments": [unit.name for unit in units],
        "departments_en": [unit.name_en or unit.name for unit in units],
    }
