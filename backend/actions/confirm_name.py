"""The office confirms the registered name of an enterprise 核实登记名称; until then every name is as stated."""

from __future__ import annotations

from backend import models
from backend.actions.context import Context
from backend.actions.work import TicketWork
from backend.contract.acts.confirm_name import ConfirmNameIn
from backend.contract.errors import Invalid
from backend.contract.events.filing import NameConfirmed
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission
from backend.database import execute, query
from backend.rules.actor import Actor

_SHOWN = 95
"""Characters of either name that fit the access log."""
_CONFIRM = "UPDATE enterprise SET name = $2 WHERE id = $1"


async def confirm_name(context: Context, actor: Actor, number: str, request: ConfirmNameIn) -> TicketOut:
    """For the credit code of this ticket, and so for every ticket that gives the same code.

    The event holds no name: units read it, and it stays. What was replaced by what is in the access log, for auditors.
    """
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.CONFIRM_NAME)
    if work.ticket.enterprise_id is None or work.ticket.hidden_reporter:
        raise Invalid("This ticket shows no credit code whose name could be confirmed.")
    before = (await query("SELECT name FROM enterprise WHERE id = $1 FOR UPDATE", work.ticket.enterprise_id))[0]["name"]
    if before != request.name:
        await execute(_CONFIRM, work.ticket.enterprise_id, request.name)
        await models.AccessLog.create(
            at=context.now,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            ticket_id=work.ticket.id,
            what="registered name confirmed",
            reason=f"{(before or '—')[:_SHOWN]} → {request.name[:_SHOWN]}",
        )
        work.record(NameConfirmed())
        await work.save()
    return await work.view()
