"""A seat completes a ticket that came incomplete 补录; what the enterprise said stays as it said it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from backend import models
from backend.actions import contacts
from backend.actions.attach import attach
from backend.contract.acts.fill_in import FillInIn
from backend.contract.errors import Invalid
from backend.contract.events.filing import FilledIn
from backend.contract.models.tickets import TicketOut
from backend.contract.notices import to_staff
from backend.contract.notices.notice import Named
from backend.contract.words import Permission
from backend.rules import completeness
from backend.rules.actor import Actor
from backend.rules.completeness import AnsweredAlreadyError, Completed, Entry
from backend.work import outbox, recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork

ValueT = TypeVar("ValueT")

_COLUMNS = (
    *("title", "story", "answers", "district_id", "address", "location", "urgent", "unclear"),
    *("contact_name", "contact_phone", "enterprise_name", "enterprise_uscc", "enterprise_id"),
)
"""Columns of a ticket that are written here."""


async def fill_in(context: Context, actor: Actor, number: str, request: FillInIn) -> TicketOut:
    """By the desk, while something is left open. A ticket with nothing left open is no longer unclear, so that
    accepting it sends it out. The event names fields, never what they hold: events stay, personal data does not.

    Raises Invalid where something that is there already would be replaced.
    """
    work = await TicketWork.on_number(context, actor, number, version=request.version)
    work.require(Permission.FILL_IN)
    raised = request.urgent and not work.ticket.urgent
    completed = _completed(work.ticket, request)
    _fill_columns(context, work.ticket, request)
    await _fill_person(context, work.ticket, request)
    work.ticket.answers = [dict(entry) for entry in completed.entries]
    work.ticket.unclear = work.ticket.unclear and completeness.is_open(completed.entries)
    await work.ticket.save(update_fields=_COLUMNS)
    await attach(context, actor, work.ticket.id, request.attachments)
    if raised:
        await outbox.hasten(context, work.ticket.id)
    _record(work, completed.settled, request, raised=raised)
    await _tell_units(work, completed.settled, len(set(request.attachments)), raised=raised)
    await work.save()
    return await work.view()


def _completed(ticket: models.Ticket, request: FillInIn) -> Completed:
    """The form as it is now; a request that names nothing must not settle all of it by oversight."""
    try:
        completed = completeness.complete(ticket.answers, [one.model_dump(mode="json") for one in request.answers])
    except AnsweredAlreadyError as error:
        raise Invalid(f"Leave the field {error.field} out: it is answered already, or named twice.") from None
    besides = request.model_dump(exclude={"version", "answers", "title"}, exclude_none=True)
    if not any(besides.values()) and not ("answers" in request.model_fields_set and completed.settled):
        raise Invalid("Give at least one thing that was missing; name what is still open with no value.")
    return completed


def _fill_columns(context: Context, ticket: models.Ticket, request: FillInIn) -> None:
    if request.district is not None and request.district not in context.directory.parents:
        raise Invalid(f"There is no district with the code {request.district}.")
    told = ticket.story if ticket.story != ticket.title else None
    ticket.title = request.title or ticket.title
    # A form without a story has its title for one; it must go on being known for such.
    ticket.story = _missing("story", told, request.story) or ticket.title
    ticket.district_id = _missing("district", ticket.district_id, request.district)
    ticket.address = _missing("address", ticket.address, request.address)
    location = request.location.model_dump() if request.location else None
    ticket.location = _missing("location", ticket.location, location)
    ticket.urgent = ticket.urgent or request.urgent


async def _fill_person(context: Context, ticket: models.Ticket, request: FillInIn) -> None:
    """The contact and the enterprise of this ticket; what else its account filed stays as it is."""
    stated = contacts.stated_in(request.contact, request.enterprise)
    if request.contact is not None and (request.contact.language is not None or request.contact.enterprise is not None):
        raise Invalid("Of the contact only name and phone can be filled in.")
    ticket.contact_name = _missing("contact's name", ticket.contact_name, stated.name)
    ticket.contact_phone = _missing("contact's phone", ticket.contact_phone, stated.phone)
    ticket.enterprise_name = _missing("enterprise's name", ticket.enterprise_name, stated.enterprise)
    ticket.enterprise_uscc = _missing("enterprise's credit code", ticket.enterprise_uscc, stated.uscc)
    if stated.uscc is not None:
        ticket.enterprise_id = await contacts.file_of(context, stated.uscc)


def _missing(what: str, there: ValueT | None, given: ValueT | None) -> ValueT | None:
    """What is there, or what is given where nothing is."""
    if there is not None and given is not None and given != there:
        raise Invalid(f"The {what} is given already; the enterprise itself has to correct it.")
    return given if there is None else there


def _record(work: TicketWork, settled: Sequence[Entry], request: FillInIn, *, raised: bool) -> None:
    given: dict[str, Any] = {"attachments": tuple(request.attachments)} if request.attachments else {}
    if raised:
        given["urgent"] = True
    work.record(FilledIn(fields=tuple(entry["field"] for entry in settled), **given))


async def _tell_units(work: TicketWork, settled: Sequence[Entry], attachments: int, *, raised: bool) -> None:
    """Whoever handles it already reads which fields have come; not what they hold, which the ticket shows."""
    told = [
        to for one in work.open_assignments for to in await recipients.unit(work.context.directory, one.department_id)
    ]
    fields = tuple(Named(zh=_label(entry, "zh"), en=_label(entry, "en")) for entry in settled)
    work.tell(told, to_staff.FilledIn(fields=fields, attachments=attachments, urgent=raised))


def _label(entry: Entry, language: str) -> str:
    label = entry.get("label") or {}
    return str(label.get(language) or label.get("zh") or entry["field"])
