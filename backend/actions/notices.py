"""Handing notices to the channels that deliver them: claimed under a lease, then acknowledged or put back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from backend import models
from backend.actions import calls
from backend.actions.come_back import come_back
from backend.contract import phone
from backend.contract.channels import channel_named
from backend.contract.errors import Forbidden, NotFound
from backend.contract.models.notices import ClaimIn, FailedReason, NoticeFailed, NoticePage
from backend.contract.notices import KINDS
from backend.contract.notices.notice import Holds
from backend.contract.notices.to_enterprise import QuestionAsked
from backend.contract.notices.to_staff import Unreachable
from backend.contract.words import Role
from backend.rules import calling, reading
from backend.rules.actor import Actor
from backend.storage import claims
from backend.work import recipients, unanswered
from backend.work.context import Context
from backend.work.outbox import NewNotice, post
from backend.work.ticket_work import TicketWork

_TRIED_AGAIN = ("temporary", "busy", "no_answer")
_LONGEST_BACKOFF = 3600
"""Seconds between tries of a notice that keeps failing."""


async def claim(context: Context, actor: Actor, request: ClaimIn) -> NoticePage:
    """Notices ready for these channels; each is kept from others until its lease ends. Repeats keep their key.

    Calls are given out in the hours of the policy in force now only, however long they have waited.
    """
    if not set(request.channels) <= actor.channels:
        raise Forbidden
    leased = context.now + timedelta(seconds=request.lease_seconds)
    silent = () if calling.may_ring(context.now, context.policy) else phone.CALLED
    found = await claims.claim(
        request.channels, request.addresses, request.limit, context.now, leased, but_calls=silent
    )
    return NoticePage(items=found)


async def mark_sent(context: Context, actor: Actor, notice_id: int) -> None:
    """Delivered. A retrieval code in it is forgotten here: from now on only its reader has it. Of a kind that only a
    newer backend knows, which may hold such a thing, all is.
    """
    notice = await _own(actor, notice_id)
    if notice.done_at is not None:
        return
    notice.done_at, notice.outcome = context.now, "sent"
    kind = KINDS.get(notice.template)
    secrets = kind.holding(Holds.SECRET) if kind is not None else notice.args.keys()
    notice.args = {key: value for key, value in notice.args.items() if key not in secrets}
    await notice.save(update_fields=["done_at", "outcome", "args"])
    await come_back(context, notice.channel, notice.address)


async def mark_failed(context: Context, actor: Actor, notice_id: int, request: NoticeFailed) -> None:
    """Not delivered: tried again later, or, when the account cannot be reached, given up and told to staff."""
    known = await models.Notice.get_or_none(id=notice_id, channel__in=list(actor.channels))
    if known is not None and phone.is_call(known.channel, known.template) and request.reason != "temporary":
        await calls.in_vain(context, actor, known, request.reason)
        return
    asked = None
    if known is not None and known.template == QuestionAsked.template and request.reason not in _TRIED_AGAIN:
        assert known.ticket_id is not None
        # The ticket is locked before the notice, as everywhere.
        asked = await TicketWork.on_id(context, replace(actor, channel=known.channel), known.ticket_id)
    notice = await _own(actor, notice_id)
    if notice.done_at is not None:
        return
    if request.reason in _TRIED_AGAIN:
        await _try_again(context, notice, request.retry_seconds)
        return
    notice.done_at, notice.outcome = context.now, request.reason
    await notice.save(update_fields=["done_at", "outcome"])
    told = asked is not None and await _take_back(asked, notice, request.reason)
    kind = KINDS.get(notice.template)
    if request.reason in ("blocked", "gone"):
        await _unreachable(context, notice, told=told)
    elif request.reason == "unsupported" and kind is not None and kind.last:
        await _tell_staff(context, notice, "unsupported")


async def _try_again(context: Context, notice: models.Notice, seconds: int) -> None:
    """A page, which asks only while it is open, knows best when somebody looks at it."""
    growing = 0 if channel_named(notice.channel).is_page else 2 ** min(notice.attempts, 12)
    notice.ready_at = context.now + timedelta(seconds=min(max(seconds, growing), _LONGEST_BACKOFF))
    await notice.save(update_fields=["ready_at"])


async def _take_back(work: TicketWork, notice: models.Notice, reason: FailedReason) -> bool:
    """The clock that this question stopped is as if it had never stood; whether the unit was told so."""
    question = await models.Question.get(id=notice.args["question"])
    if not await unanswered.take_back(work, question, reason):
        return False
    await work.save()
    return True


async def _unreachable(context: Context, notice: models.Notice, *, told: bool) -> None:
    """`told`: the unit knows already."""
    identity = await models.Identity.get_or_none(channel=notice.channel, external_id=notice.address)
    if identity is None:
        return
    identity.blocked_at = identity.blocked_at or context.now
    await identity.save(update_fields=["blocked_at"])
    if identity.contact_id is not None and not told:
        await _tell_staff(context, notice, str(identity.id))


async def _tell_staff(context: Context, notice: models.Notice, why: str) -> None:
    """Once a ticket and reason: somebody has to reach the enterprise another way."""
    if notice.ticket_id is None:
        return
    ticket = await models.Ticket.get(id=notice.ticket_id)
    parts = await models.Assignment.filter(ticket_id=ticket.id, round=ticket.round)
    told = [to for one in sorted(reading.units(parts)) for to in await recipients.unit(context.directory, one)]
    about = Unreachable(number=ticket.number, title=ticket.title)
    key = f"{ticket.number}.unreachable.{why}"
    to = told or await recipients.desk((Role.SEAT,))
    await post(context, [NewNotice(key, one, about, ticket.id) for one in to])


async def _own(actor: Actor, notice_id: int) -> models.Notice:
    notice = await models.Notice.filter(id=notice_id).select_for_update().get_or_none()
    if notice is None or notice.channel not in actor.channels:
        raise NotFound
    return notice
