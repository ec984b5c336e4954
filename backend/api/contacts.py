"""The contact's own record."""

from __future__ import annotations

from backend.actions import contacts
from backend.actions.come_back import come_back
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.contract.models.contacts import ContactIn, ContactOut

operations = Operations("contact")


@operations("GET", "/contact", Access.CONTACT)
async def view_contact(call: Call[Nothing, Nothing, Nothing]) -> ContactOut:
    """What we know of you."""
    return await contacts.view_contact(call.context, call.actor)


@operations("POST", "/contact/return", Access.CONTACT)
async def note_return(call: Call[Nothing, Nothing, Nothing]) -> None:
    """You had blocked this channel and are there again: what you missed and is still of use is told."""
    account = call.account
    assert account is not None  # by Access.CONTACT
    await come_back(call.context, account.channel, account.external_id)


@operations("PATCH", "/contact", Access.CONTACT)
async def update_contact(call: Call[Nothing, Nothing, ContactIn]) -> ContactOut:
    """Change what is given, keep the rest."""
    return await contacts.update_contact(call.context, call.actor, call.body)
