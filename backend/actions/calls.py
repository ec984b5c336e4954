"""Calls to the enterprise: what became of each, on the ticket's timeline."""

from __future__ import annotations

from dataclasses import replace

from backend import models
from backend.actions.actor import Actor, ActorKind
from backend.actions.context import Context
from backend.actions.work import TicketWork
from backend.contract.errors import Forbidden, Invalid, NotFound
from backend.contract.models import CallIn
from backend.contract.words import CallOutcome, EventKind
from backend.database import query

_TOLD = """
SELECT FROM event WHERE ticket_id = $1 AND kind = 'called'
    AND data @> jsonb_build_object('notice', $2::bigint, 'attempt', $3::int)
"""


async def record_call(context: Context, actor: Actor, number: str, request: CallIn) -> None:
    """By the phone line for a notice it claimed, each attempt once; by the desk for a call made by hand."""
    if actor.kind is ActorKind.STAFF:
        await _by_hand(context, actor, number, request)
        return
    if actor.kind is not ActorKind.SERVICE:
        raise Forbidden
    if request.notice is None:
        raise Invalid("Name the notice that ordered the call.")
    notice = await models.Notice.get_or_none(id=request.notice)
    if notice is None or notice.channel not in actor.channels:
        raise NotFound
    work = await TicketWork.on_number(context, replace(actor, channel=notice.channel), number)
    if notice.ticket_id != work.ticket.id:
        raise NotFound
    if await note(work, notice, request.outcome, request.seconds):
        await work.save()


async def note(work: TicketWork, notice: models.Notice, outcome: CallOutcome, seconds: int = 0) -> bool:
    """Record this attempt on the timeline; False when it is there already."""
    if await query(_TOLD, work.ticket.id, notice.id, notice.attempts):
        return False
    work.record(
        EventKind.CALLED,
        outcome=outcome,
        seconds=seconds,
        notice=notice.id,
        attempt=notice.attempts,
        template=notice.template,
        round=work.ticket.round,
    )
    return True


async def _by_hand(context: Context, actor: Actor, number: str, request: CallIn) -> None:
    """Whoever was reached waits for a call back no longer."""
    work = await TicketWork.on_number(context, actor, number)
    work.require_role("call")
    if request.notice is not None:
        raise Invalid("A call made by hand has no notice.")
    work.record(EventKind.CALLED, outcome=request.outcome, seconds=request.seconds)
    if request.outcome is CallOutcome.ANSWERED:
        work.ticket.callback = False
    await work.save()
