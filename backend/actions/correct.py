"""The enterprise corrects contact, telephone or its name on a ticket 更正; on others only where it says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from backend import models
from backend.actions import calls, contacts
from backend.contract.channels import channel_named
from backend.contract.errors import Forbidden, Invalid, NotFound
from backend.contract.events.filing import Corrected
from backend.contract.models.contact_requests import CorrectableOut, CorrectionIn
from backend.contract.models.tickets import CorrectedOut
from backend.contract.notices import to_enterprise, to_staff
from backend.contract.words import Permission, TicketState
from backend.rules import lifecycle
from backend.rules.actor import Actor, ActorKind
from backend.rules.deadlines import DueKind
from backend.rules.permissions import Case, refusal
from backend.storage import tickets
from backend.storage.dues import of_ticket
from backend.work import recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork

_COLUMNS = ("contact_name", "contact_phone", "enterprise_name", "phone_bound")
"""Columns of a ticket that are written here."""
_STATES = tuple(state for state in TicketState if lifecycle.allows(state, Corrected))


async def view_correctable(context: Context, actor: Actor, number: str) -> CorrectableOut:
    """For which other open tickets of theirs a correction could be meant, too."""
    ticket = await models.Ticket.get_or_none(number=number, contact_id=actor.id)
    if actor.kind is not ActorKind.CONTACT or ticket is None:
        raise NotFound
    if ticket.hidden_reporter or refusal(Permission.CORRECT, Case(actor, ticket, ())) is not None:
        return CorrectableOut(others=[])
    return CorrectableOut(others=await tickets.alike(ticket, _STATES))


async def correct(context: Context, actor: Actor, number: str, request: CorrectionIn) -> CorrectedOut:
    """On this ticket, and on those of `also` that are still open. Events name fields, never what they hold.

    Whoever reported under a hidden name is found by nobody through a correction: such a ticket never goes along with
    others, nor they with it. Raises Forbidden for who calls: a caller's number can be forged, and would so be replaced
    by another for good.
    """
    if actor.kind is not ActorKind.CONTACT or channel_named(actor.channel).is_telephone:
        raise Forbidden
    values = _values(request)
    works = await _locked(context, actor, {number, *request.also})
    main = next(work for work in works if work.ticket.number == number)
    main.require(Permission.CORRECT)
    if len(works) > 1 and any(work.ticket.hidden_reporter for work in works):
        raise Invalid("A ticket that hides its reporter is corrected by itself.")
    before = {name: getattr(main.ticket, name) for name in values}
    corrected = [work.ticket.number for work in works if await _correct(work, values)]
    if not main.ticket.hidden_reporter:
        await contacts.correct(actor, before, values)
    shown = await main.view()
    return CorrectedOut(ticket=shown, also=[one for one in corrected if one != number])


def _values(request: CorrectionIn) -> dict[str, str]:
    """What is given, by column. Raises Invalid if that is nothing."""
    given = {
        "contact_name": request.name,
        "contact_phone": request.phone,
        "enterprise_name": request.enterprise,
    }
    values = {name: value for name, value in given.items() if value is not None}
    if not values:
        raise Invalid("Give the name, the telephone or the enterprise as it should be.")
    return values


async def _locked(context: Context, actor: Actor, numbers: Collection[str]) -> list[TicketWork]:
    """In the order of their ids, so that two corrections never wait for each other."""
    ids = await tickets.own_ids(actor.id, numbers)
    if len(ids) != len(numbers):
        raise NotFound
    return [await TicketWork.on_id(context, actor, one) for one in ids]


async def _correct(work: TicketWork, values: Mapping[str, str]) -> bool:
    """False where nothing is to be done: it says so already, or it has ended meanwhile."""
    ticket = work.ticket
    changed = {name: value for name, value in values.items() if getattr(ticket, name) != value}
    if not changed or not work.allows(Corrected):
        return False
    ticket.update_from_dict(changed)
    if "contact_phone" in changed:
        ticket.phone_bound = False
        if await calls.call_off(work, (to_enterprise.FollowUpCall.template,)):
            await calls.tell_seats(work)
            work.end(of_ticket(ticket), only=DueKind.RATING_CALL_LIMIT)
    await ticket.save(update_fields=_COLUMNS)
    # Which units may not even know that a hidden reporter left a name or a number.
    fields = () if ticket.hidden_reporter else tuple(changed)
    work.record(Corrected(fields=fields))
    directory, parts = work.context.directory, [] if ticket.hidden_reporter else work.open_assignments
    told = [to for one in parts for to in await recipients.unit(directory, one.department_id)]
    work.tell(told or await recipients.desk(), to_staff.Corrected(fields=tuple(changed)))
    await work.save()
    return True
