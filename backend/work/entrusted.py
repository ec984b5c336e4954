"""Whom else than its contact a ticket is opened to: who calls from the phone on file, or holds its retrieval code."""

from __future__ import annotations

from typing import Literal

from backend import models
from backend.contract.errors import NotFound
from backend.rules import ticket_number
from backend.rules.actor import Actor, ActorKind
from backend.storage import access_log
from backend.work.context import Context

Right = Literal["own", "phone", "code"]


async def right_of(context: Context, actor: Actor, ticket: models.Ticket, code: str | None = None) -> Right:
    """What opens the ticket to this contact; raises NotFound when nothing does, as if it did not exist."""
    if actor.kind is ActorKind.CONTACT:
        if ticket.contact_id == actor.id:
            return "own"
        if code is not None and await has_code(context, actor, ticket, code):
            return "code"
        if _on_file(actor, ticket):
            return "phone"
    raise NotFound


async def has_code(context: Context, actor: Actor, ticket: models.Ticket, code: str) -> bool:
    """Whether this is its retrieval code. Given from the telephone that the ticket was corrected to, it binds that: the
    number is then enough.
    """
    if not ticket_number.matches(context.secret, ticket.number, code, ticket.code_digest):
        return False
    if actor.phone is not None and actor.phone == ticket.contact_phone and not ticket.phone_bound:
        await models.Ticket.filter(id=ticket.id, contact_phone=actor.phone).update(phone_bound=True)
        await log(context, actor, ticket, "telephone bound", "code")
    return True


async def log(context: Context, actor: Actor, ticket: models.Ticket, what: str, right: Right) -> None:
    """Keep in the access log that somebody else's ticket was opened, and by what right."""
    if right != "own":
        await access_log.note(context.now, actor, f"{what} by {right}", ticket_id=ticket.id)


def _on_file(actor: Actor, ticket: models.Ticket) -> bool:
    """Whether it is the number this ticket was filed with, whatever else its account has said since. A corrected one
    counts once it is bound: else one slip of the finger would open the ticket to a stranger.

    A network can be made to tell any number, so a hidden reporter's ticket is opened by its code alone.
    """
    on_file = actor.phone is not None and actor.phone == ticket.contact_phone
    return on_file and ticket.phone_bound and not ticket.hidden_reporter
