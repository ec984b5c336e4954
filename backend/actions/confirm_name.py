"""The office confirms the registered name of an enterprise 核实登记名称; until then every name is as stated."""

from __future__ import annotations

from backend.contract.acts.confirm_name import ConfirmNameIn
from backend.contract.errors import Invalid
from backend.contract.events.filing import NameConfirmed
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission
from backend.rules.actor import Actor
from backend.storage import access_log, enterprises
from backend.work.context import Context
from backend.work.ticket_work import TicketWork

_SHOWN = 95
"""Characters of either name that fit the access log."""


async def confirm_name(context: Context, actor: Actor, number: str, request: ConfirmNameIn) -> TicketOut:
    """For the credit code of this ticket, and so for every ticket that gives the same code.

    The event holds no name: units read it, and it stays. What was replaced by what is in the access log, for auditors.
    """
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.CONFIRM_NAME)
    if work.ticket.enterprise_id is None or work.ticket.hidden_reporter:
        raise Invalid("This ticket shows no credit code whose name could be confirmed.")
    before = await enterprises.name_to_change(work.ticket.enterprise_id)
    if before != request.name:
        await enterprises.confirm(work.ticket.enterprise_id, request.name)
        names = f"{(before or '—')[:_SHOWN]} → {request.name[:_SHOWN]}"
        await access_log.note(context.now, actor, "registered name confirmed", ticket_id=work.ticket.id, reason=names)
        work.record(NameConfirmed())
        await work.save()
    return await work.view()
