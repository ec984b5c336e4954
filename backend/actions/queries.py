"""Reading tickets: one, lists, events, progress by number and code; reads of personal data are logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend import models
from backend.actions import same_matter
from backend.actions.queues import below, position
from backend.contract.acts.look import LOOK_REASON, LookIn
from backend.contract.errors import Forbidden, Invalid, NotFound
from backend.contract.events.rating import Rated
from backend.contract.models.contacts import PersonOut
from backend.contract.models.looks import LookPage
from backend.contract.models.tickets import Lookup, Progress, TicketOut
from backend.contract.models.timeline import EventOut, EventPage
from backend.contract.visible import visible
from backend.contract.words import AssignmentState, Permission, Role, TicketState
from backend.rules import enterprise_view, reading
from backend.rules.actor import Actor, ActorKind
from backend.rules.duties import DutyMatch, match
from backend.rules.permissions import Case, refusal
from backend.storage import access_log, staff
from backend.storage.assignments import of_tickets
from backend.storage.ticket_rows import TicketRows, read_number
from backend.work import entrusted
from backend.work.context import Context
from backend.work.views import rating_for, ratings_from, summary, view

_DESK = frozenset({Role.SEAT, Role.DISPATCHER})


async def view_ticket(context: Context, actor: Actor, number: str) -> TicketOut:
    rows = await _visible(actor, number)
    shown = await view(context, actor, rows)
    if actor.kind is not ActorKind.STAFF or not _DESK & set(actor.roles):
        return shown
    same = await same_matter.proposals(context, rows.ticket)
    suggested = _suggestions(context, rows.ticket) if shown.permits(Permission.DISPATCH) else []
    return shown.model_copy(update={"suggestions": suggested, "same_matters": same})


async def require_reader(actor: Actor, number: str) -> None:
    """Raises NotFound unless this actor reads the ticket now: for what was put together earlier."""
    await _visible(actor, number)


async def is_own(actor: Actor, number: str) -> bool:
    return await models.Ticket.filter(number=number, contact_id=actor.id).exists()


async def view_entrusted(context: Context, actor: Actor, number: str) -> TicketOut:
    """Another contact's ticket, for whoever calls from the phone on file: the little that number and code show, and the
    answer. Every such look is logged.
    """
    rows = await read_number(number)
    if rows is None:
        raise NotFound
    await entrusted.log(context, actor, rows.ticket, "ticket", await entrusted.right_of(context, actor, rows.ticket))
    return await view(context, actor, rows)


async def look_at_person(context: Context, actor: Actor, number: str, request: LookIn) -> PersonOut:
    """Name and number unmasked, one logged look; a hidden reporter asks for a reason."""
    rows = await _visible(actor, number)
    ticket = rows.ticket
    if refusal(Permission.LOOK, Case(actor, ticket, rows.assignments)) is not None:
        raise Forbidden
    if ticket.hidden_reporter and visible(request.reason) < LOOK_REASON:
        raise Invalid(f"Say why you need to know who reported this, in {LOOK_REASON} characters or more; it is kept.")
    await access_log.note(context.now, actor, "person", ticket_id=ticket.id, reason=request.reason)
    return PersonOut(
        name=ticket.contact_name,
        phone=ticket.contact_phone,
        enterprise=ticket.enterprise_name or rows.registered,
        enterprise_confirmed=rows.registered,
        uscc=ticket.enterprise_uscc,
        as_filed=ticket.as_filed,
    )


async def list_looks(context: Context, actor: Actor, cursor: str | None, limit: int) -> LookPage:
    """The access log, newest first; for auditors alone."""
    if actor.kind is not ActorKind.STAFF or Role.AUDITOR not in actor.roles:
        raise Forbidden
    return await access_log.newest_first(below(cursor), limit)


async def list_events(context: Context, actor: Actor, number: str, cursor: str | None, limit: int) -> EventPage:
    rows = await _visible(actor, number)
    wanted = models.Event.filter(ticket_id=rows.ticket.id, seq__gt=position(cursor) if cursor else 0)
    if actor.kind is ActorKind.CONTACT:
        wanted = wanted.filter(kind__in=enterprise_view.event_kinds())
    found = await wanted.order_by("seq").limit(limit + 1)
    if actor.kind is ActorKind.CONTACT:
        items = [_for_enterprise(_event(context, one)) for one in found[:limit]]
    else:
        names = await _names(found[:limit])
        items = [_event(context, one, names) for one in found[:limit]]
        items = _rated(actor, rows, items)
    return EventPage(
        items=items,
        next=str(found[limit - 1].seq) if len(found) > limit else None,
    )


async def look_up(context: Context, actor: Actor, request: Lookup) -> Progress:
    """Progress for whoever holds number and retrieval code 查询码; a wrong pair and an unknown one look the same."""
    ticket = await models.Ticket.get_or_none(number=request.number)
    if ticket is None or not await entrusted.has_code(context, actor, ticket, request.code):
        raise NotFound
    assignments = (await of_tickets([ticket.id])).get(ticket.id, [])
    short = summary(ticket, assignments)
    units = [one for one in assignments if one.round == ticket.round and one.state is not AssignmentState.RETURNED]
    return Progress(
        number=ticket.number,
        kind=ticket.kind,
        title=ticket.title,
        state=ticket.state,
        created_at=ticket.created_at,
        promised_at=ticket.promised_at,
        provisional=ticket.provisional,
        waiting=short.waiting,
        departments=[context.directory.departments[one.department_id].name for one in units],
        may_rate=ticket.state is TicketState.COMPLETED,
    )


async def _visible(actor: Actor, number: str) -> TicketRows:
    """The ticket if this actor reads it now: own, their unit's, or overseen; else NotFound."""
    rows = await read_number(number)
    if rows is None:
        raise NotFound
    if actor.kind is ActorKind.CONTACT and rows.ticket.contact_id == actor.id:
        return rows
    if actor.kind is ActorKind.STAFF and reading.reads(actor.roles, actor.department_id, rows.assignments):
        return rows
    raise NotFound


def _suggestions(context: Context, ticket: models.Ticket) -> list[str]:
    """Units the duty list points to, for the desk to choose from."""
    today = context.now.astimezone(context.timezone).date()
    path = context.directory.district_path(ticket.district_id)
    found = match(context.directory.duties, ticket.scenario, path, today)
    entries = [found.entry] if isinstance(found, DutyMatch) else list(found.suggestions)
    return list(dict.fromkeys(one.lead for one in entries))


async def _names(events: Sequence[models.Event]) -> dict[int, str]:
    """Who of the staff did it."""
    ids = {one.actor_id for one in events if one.actor_kind == ActorKind.STAFF and one.actor_id is not None}
    return await staff.names(ids) if ids else {}


def _rated(actor: Actor, rows: TicketRows, items: list[EventOut]) -> list[EventOut]:
    """With the ratings, for those who learn them."""
    rounds = {one.seq: event.round for one in items if isinstance(event := one.typed, Rated)}
    if not rounds:
        return items
    ratings = ratings_from(rows.ratings, rows.files)
    by_round = {one.round: rating_for(actor, rows.ticket, rows.assignments, one) for one in ratings}
    return [one.model_copy(update={"rating": by_round.get(rounds.get(one.seq, 0))}) for one in items]


def _for_enterprise(event: EventOut) -> EventOut:
    reason, data = enterprise_view.event(event.kind, event.reason, event.data)
    inside = {"channel": None} if event.actor == ActorKind.STAFF else {}
    return event.model_copy(update={"reason": reason, "data": data, **inside})


def _event(context: Context, row: models.Event, names: Mapping[int, str] | None = None) -> EventOut:
    unit = context.directory.departments.get(row.department_id) if row.department_id is not None else None
    data: dict[str, Any] = dict(row.data)
    return EventOut(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        actor=row.actor_kind,
        staff=(names or {}).get(row.actor_id or 0) if row.actor_kind == ActorKind.STAFF else None,
        department=unit.name if unit else None,
        channel=row.channel,
        reason=row.reason,
        data=data,
    )
