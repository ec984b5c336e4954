"""Tie uploaded files to a ticket: only those the actor uploaded, and only once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend import models
from backend.actions.actor import Actor, ActorKind
from backend.actions.context import Context
from backend.contract.errors import NotFound


async def attach(
    context: Context, actor: Actor, ticket_id: int, ids: Sequence[str], *, rating_round: int | None = None
) -> None:
    """`rating_round`: the round whose rating they belong to.

    Raises NotFound when a file is unknown, another's, or belongs to another ticket.
    """
    wanted = {UUID(one) for one in ids}
    if not wanted:
        return
    owner = {"contact_id": actor.id} if actor.kind is ActorKind.CONTACT else {"staff_id": actor.id}
    mine = models.Attachment.filter(id__in=wanted, **owner)
    if {one.ticket_id for one in await mine} - {None, ticket_id} or await mine.count() != len(wanted):
        raise NotFound("A file named here is not there; send it again.")
    await mine.filter(ticket_id__isnull=True).update(ticket_id=ticket_id, rating_round=rating_round)
