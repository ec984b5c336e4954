"""The person's own rating 评价: it closes the ticket, or, dissatisfied, has it done again.

First dissatisfaction: second dispatch 二次转办 to another handler; second: one level up, as a difficult ticket 疑难
on the joint-meeting list (Guangxi, part 6); after that the desk decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from backend import models
from backend.actions.attach import attach
from backend.contract.errors import Forbidden
from backend.contract.events.desk import Closed
from backend.contract.events.rating import LevelledUp, Rated, Redone
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_enterprise, to_staff
from backend.contract.words import AssignmentRole, Grade, Role
from backend.rules.actor import SYSTEM, Actor, ActorKind
from backend.work import desk_limits, dissatisfaction, entrusted, recipients
from backend.work.assigning import hand_out
from backend.work.context import Context
from backend.work.recipients import Recipient
from backend.work.ticket_work import TicketWork


async def rate(context: Context, actor: Actor, number: str, request: RateIn) -> TicketOut:
    """Only the person may rate, once a round; nobody else can enter or change it.

    The person is the ticket's contact, who calls from the phone on file, or who holds the retrieval code.
    """
    if actor.kind is not ActorKind.CONTACT:
        raise Forbidden
    work = await TicketWork.on_number(context, actor, number, only_own=False)
    right = await entrusted.right_of(context, actor, work.ticket, request.code)
    work.record(Rated(round=work.ticket.round, right=right))
    await entrusted.log(context, actor, work.ticket, "rating", right)
    rating = models.Rating(
        ticket_id=work.ticket.id,
        round=work.ticket.round,
        grade=request.grade,
        solved=request.solved,
        comment=request.comment,
        at=work.context.now,
    )
    work.rate(rating)
    await attach(context, actor, work.ticket.id, request.attachments, rating_round=work.ticket.round)
    if request.grade is Grade.DISSATISFIED:
        await _do_again(work)
    else:
        await _close(work, request)
    await work.save()
    return await work.view()


async def _close(work: TicketWork, request: RateIn) -> None:
    told = [to for one in work.current for to in await recipients.unit(work.context.directory, one.department_id)]
    work.record(Closed(), actor=SYSTEM)
    if told:
        words = "" if work.ticket.hidden_reporter else request.comment
        work.tell(told, to_staff.Rated(grade=request.grade, solved=request.solved, comment=words))


async def _do_again(work: TicketWork) -> None:
    """Which time leads to what is the ticket's policy; beyond it, or without a unit to take it, the desk decides.

    So it does where the lead has nobody but the handler of this round: sent there, it could not be signed.
    """
    rules = work.policy.dissatisfaction
    times = sum(one.grade is Grade.DISSATISFIED for one in work.ratings)
    done = work.current
    lead = next((one for one in done if one.role is AssignmentRole.LEAD), None)
    up = times >= rules.level_up_at
    again = LevelledUp if up else Redone
    work.record(again(round=work.ticket.round + 1), actor=SYSTEM)
    work.ticket.round += 1
    work.ticket.completed_at, work.ticket.reply = None, None
    reason = await dissatisfaction.told(work)
    watching = await recipients.desk((Role.OFFICE, Role.SUPERVISOR))
    if up:
        work.ticket.difficult = True
        work.tell(watching, to_staff.Difficult(dissatisfaction=reason))
    else:
        work.tell(watching, to_staff.Dissatisfied(round=work.ticket.round - 1, dissatisfaction=reason))
    above = work.context.directory.parent_of(lead.department_id) if lead else None
    if lead is not None and rules.redo_at <= times < rules.level_up_at and await _has_another(work, lead):
        await _second_dispatch(work, lead, done)
    elif above is not None and times == rules.level_up_at:
        await hand_out(work, above.code, [], actor=SYSTEM, rule="level_up")
        await work.tell_contact(to_enterprise.LevelledUp(department=work.context.directory.named(above.id)))
    else:
        ticket = work.ticket
        waiting = to_staff.Desk(kind=ticket.kind, urgent=ticket.urgent, dissatisfaction=reason)
        work.tell(await recipients.desk(), waiting)
        await desk_limits.await_dispatch(work)
        await work.tell_contact(to_enterprise.Redone())
    await _tell_rated(work, done, reason, watching)


async def _tell_rated(
    work: TicketWork, done: list[models.Assignment], reason: to_staff.Dissatisfaction | None, told: Sequence[Recipient]
) -> None:
    """Leaders of the units that were rated, and who wrote the answers, learn that the person was dissatisfied; why,
    those whose unit does it again. Everybody once: not whom `told` names.
    """
    again, known = {one.department_id for one in work.current}, set(told)
    for part in done:
        given = reason if part.department_id in again else None
        leaders = await recipients.members(part.department_id, (Role.LEADER,))
        writer = await recipients.member(part.department_id, part.handler_id)
        for people, own in ((leaders, False), (writer, True)):
            new = [one for one in people if one not in known]
            known.update(new)
            work.tell(new, to_staff.Dissatisfied(round=work.ticket.round - 1, dissatisfaction=given, own=own))


async def _has_another(work: TicketWork, part: models.Assignment) -> bool:
    but = [part.handler_id] if part.handler_id is not None else []
    return bool(await recipients.unit(work.context.directory, part.department_id, but=but))


async def _second_dispatch(work: TicketWork, lead: models.Assignment, done: list[models.Assignment]) -> None:
    """To the same units, where somebody other than the handler of the round before has to sign."""
    departments = work.context.directory.departments
    assists = [departments[one.department_id].code for one in done if one is not lead]
    barred = {one.department_id: one.handler_id for one in done if one.handler_id is not None}
    unit = departments[lead.department_id]
    await hand_out(work, unit.code, assists, actor=SYSTEM, barred=barred, rule="redo")
    await work.tell_contact(to_enterprise.Redone(department=work.context.directory.named(unit.id)))
