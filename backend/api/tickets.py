"""Tickets: filing, looking, and what seat and contact do with them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

from pydantic import Field

from backend import database
from backend.actions import (
    add_material,
    calls,
    correct,
    open_ticket,
    queries,
    queues,
    rate,
    same_matter,
    urge,
    withdraw,
)
from backend.actions.queues import QueueName
from backend.api import guesses
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import PageQuery, TicketPath
from backend.api.staff import THROTTLE
from backend.contract.acts import CALL, LOOK
from backend.contract.acts.look import LookIn
from backend.contract.errors import NotFound
from backend.contract.models.calls import CallIn
from backend.contract.models.contact_requests import AdditionIn, CorrectableOut, CorrectionIn, RateIn, WithdrawIn
from backend.contract.models.contacts import PersonOut
from backend.contract.models.filing import NewTicket, TicketReceipt
from backend.contract.models.same_matter import MatterIn, SameMatters
from backend.contract.models.tickets import CorrectedOut, Lookup, Progress, TicketOut, TicketPage
from backend.contract.models.timeline import EventPage
from backend.contract.words import TicketState

operations = Operations("tickets")


class TicketsQuery(PageQuery):
    state: TicketState | None = None
    queue: QueueName | None = None
    """For staff; none means `mine`: what is open at my department. `unit` has what was done too."""


class EventsQuery(PageQuery):
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,9}$")] | None = None


@operations("POST", "/tickets", Access.CONTACT, status=201, once=True, spends="filings")
async def file_ticket(call: Call[Nothing, Nothing, NewTicket]) -> TicketReceipt:
    """File a confirmed form."""
    return await open_ticket.open_ticket(call.context, call.actor, call.body)


@operations("POST", "/tickets/same", Access.CONTACT, keyed=False)
async def find_same(call: Call[Nothing, Nothing, MatterIn]) -> SameMatters:
    """Which of my open requests what I am about to file may be the same matter as; changes nothing."""
    return await same_matter.find_own(call.context, call.actor, call.body)


@operations("GET", "/tickets", Access.PERSON)
async def list_tickets(call: Call[Nothing, TicketsQuery, Nothing]) -> TicketPage:
    """My tickets, or a queue of the staff; newest first."""
    query = call.query
    return await queues.list_tickets(call.context, call.actor, query.cursor, query.limit, query.state, query.queue)


@operations("POST", "/tickets/lookup", Access.TOKEN, keyed=False)
async def look_up(call: Call[Nothing, Nothing, Lookup]) -> Progress:
    """Follow a ticket by its number and retrieval code; guesses are limited by asker and by number."""
    async with _guess(call, "lookup", call.body.number, call.body.code):
        return await queries.look_up(call.context, call.actor, call.body)


@operations("GET", "/tickets/{number}", Access.PERSON)
async def view_ticket(call: Call[TicketPath, Nothing, Nothing]) -> TicketOut:
    """One ticket as the asker may see it; of another's, who calls from the phone on file sees little.

    Wrong numbers so tried are limited by asker and by number.
    """
    try:
        return await queries.view_ticket(call.context, call.actor, call.path.number)
    except NotFound:
        if call.actor.phone is None:
            raise
    async with _guess(call, "phone-on-file", call.path.number):
        return await queries.view_entrusted(call.context, call.actor, call.path.number)


@operations("GET", "/tickets/{number}/events", Access.PERSON)
async def list_events(call: Call[TicketPath, EventsQuery, Nothing]) -> EventPage:
    """What happened to it, oldest first."""
    query = call.query
    return await queries.list_events(call.context, call.actor, call.path.number, query.cursor, query.limit)


@operations("POST", LOOK.address("{number}"), Access.STAFF, keyed=False)
async def look_at_person(call: Call[TicketPath, Nothing, LookIn]) -> PersonOut:
    """Name and number of the contact, unmasked; every look is logged.

    Takes no idempotency key: its answer would have to be kept.
    """
    async with database.transaction():
        return await queries.look_at_person(call.context, call.actor, call.path.number, call.body)


@operations("POST", CALL.address("{number}"), Access.CALLER)
async def record_call(call: Call[TicketPath, Nothing, CallIn]) -> None:
    """What became of a call to the enterprise: one a notice ordered, or one made by hand."""
    await calls.record_call(call.context, call.actor, call.path.number, call.body)


@operations("POST", "/tickets/{number}/additions", Access.CONTACT, spends="additions")
async def add_to_ticket(call: Call[TicketPath, Nothing, AdditionIn]) -> TicketOut:
    """Add words or files to my ticket."""
    return await add_material.add_material(call.context, call.actor, call.path.number, call.body)


@operations("POST", "/tickets/{number}/urging", Access.CONTACT)
async def urge_ticket(call: Call[TicketPath, Nothing, Nothing]) -> TicketOut:
    """Ask where my ticket stays: its units are told, once a day."""
    return await urge.urge(call.context, call.actor, call.path.number)


@operations("GET", "/tickets/{number}/corrections", Access.CONTACT)
async def view_correctable(call: Call[TicketPath, Nothing, Nothing]) -> CorrectableOut:
    """Which other open tickets of mine a correction of this one could be meant for, too."""
    return await correct.view_correctable(call.context, call.actor, call.path.number)


@operations("POST", "/tickets/{number}/corrections", Access.CONTACT)
async def correct_ticket(call: Call[TicketPath, Nothing, CorrectionIn]) -> CorrectedOut:
    """Correct contact, telephone or my enterprise's name; on other tickets only where I name them."""
    return await correct.correct(call.context, call.actor, call.path.number, call.body)


@operations("POST", "/tickets/{number}/withdrawal", Access.CONTACT)
async def withdraw_ticket(call: Call[TicketPath, Nothing, WithdrawIn]) -> TicketOut:
    """Take my ticket back."""
    return await withdraw.withdraw(call.context, call.actor, call.path.number, call.body)


@operations("POST", "/tickets/{number}/ratings", Access.CONTACT)
async def rate_ticket(call: Call[TicketPath, Nothing, RateIn]) -> TicketOut:
    """Rate the answer 评价: the contact, or who calls from the phone on file or gives the retrieval code.

    Nobody else can. Guesses are limited as those of a look-up.
    """
    number, by_code = call.path.number, call.body.code is not None
    foreign = by_code or call.actor.phone is not None
    if not foreign or await queries.is_own(call.actor, number):
        return await rate.rate(call.context, call.actor, number, call.body)
    async with _guess(call, "lookup" if by_code else "phone-on-file", number, call.body.code or ""):
        return await rate.rate(call.context, call.actor, number, call.body)


def _guess(call: Call[Any, Any, Any], door: str, number: str, code: str = "") -> AbstractAsyncContextManager[None]:
    """A try at somebody else's ticket: slowed by number and by address until it turns out right."""
    return call.request.app[THROTTLE].guess(guesses.ticket(call, door, number, code), wrong=NotFound)
