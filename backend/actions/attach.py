"""Tie uploaded files to a ticket: only those the actor uploaded, and only once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend import models
from backend.contract.errors import FilesMissing
from backend.rules.actor import Actor, ActorKind
from backend.work.context import Context


async def attach(
    context: Context, actor: Actor, ticket_id: int, ids: Sequence[str], *, rating_round: int | None = None
) -> None:
    """`rating_round`: the round whose rating they belong to.

    Raises FilesMissing as `require_files` does.
    """
    wanted = await require_files(actor, ids, ticket_id)
    if wanted:
        mine = models.Attachment.filter(id__in=wanted, ticket_id__isnull=True)
        await mine.update(ticket_id=ticket_id, rating_round=rating_round)


async def require_files(actor: Actor, ids: Sequence[str], ticket_id: int | None = None) -> set[UUID]:
    """The files of these ids, kept as they are until the transaction ends; `ticket_id`: the one that may have them.

    Raises FilesMissing, with their ids as `files`, when some are unknown, another's, or belong to another ticket.
    """
    wanted = {UUID(one) for one in ids}
    if not wanted:
        return wanted
    owner = {"contact_id": actor.id} if actor.kind is ActorKind.CONTACT else {"staff_id": actor.id}
    # Locked in one order, so that of two filings that name the same files one waits and then finds them taken.
    mine = await models.Attachment.filter(id__in=wanted, **owner).order_by("id").select_for_update()
    if missing := wanted - {one.id for one in mine if one.ticket_id in (None, ticket_id)}:
        raise FilesMissing(files=sorted(map(str, missing)))
    return wanted
