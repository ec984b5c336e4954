"""Accept a verified ticket 受理: it goes out by its duty-list entry, or waits on the dispatch desk."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from backend.contract.acts.accept import AcceptIn
from backend.contract.events.desk import Accepted
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_enterprise
from backend.contract.notices.notice import Named
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.work import desk_limits
from backend.work.assigning import duty_of, hand_out_by_duty
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def accept(context: Context, actor: Actor, number: str, request: AcceptIn) -> TicketOut:
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.ACCEPT)
    work.record(Accepted())
    if (duty := duty_of(context, work.ticket)) is not None:
        await hand_out_by_duty(work, duty)
    else:
        await desk_limits.await_dispatch(work)
    await work.tell_contact(to_enterprise.AcceptedLater(**promise(work)))
    await work.save()
    return await work.view()


class Promise(TypedDict):
    """What a notice says that is `Promised`."""

    promised_at: datetime | None
    provisional: bool
    departments: tuple[Named, ...]


def promise(work: TicketWork) -> Promise:
    """By when, and by whom, the matter will be settled."""
    return {
        "promised_at": work.ticket.promised_at,
        "provisional": work.ticket.provisional,
        "departments": tuple(work.context.directory.named(one.department_id) for one in work.current),
    }
