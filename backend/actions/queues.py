"""The lists of tickets for who may read them: queues of the staff, and what an enterprise filed; newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from backend import models
from backend.contract.errors import Forbidden, Invalid
from backend.contract.models.tickets import TicketPage
from backend.contract.words import Role, TicketState
from backend.rules import roles
from backend.rules.actor import Actor, ActorKind
from backend.storage import queues
from backend.storage.assignments import of_tickets
from backend.storage.queues import Pages
from backend.work.context import Context
from backend.work.views import for_enterprise, summary

QueueName = Literal["mine", "unit", "desk", "difficult", "returns", "all"]

_CALLBACK = "c"
"""Begins a cursor of the desk's queue that stands among those who wait for a call back."""


@dataclass(frozen=True)
class Queue:
    """A list of the staff."""

    readers: frozenset[Role]
    pages: Pages
    of_unit: bool = False
    """The reader's."""


QUEUES: Mapping[str, Queue] = {
    "mine": Queue(roles.UNIT | roles.OVERSEERS, queues.OPEN_IN_UNIT, of_unit=True),
    "unit": Queue(roles.UNIT | roles.OVERSEERS, queues.READ_BY_UNIT, of_unit=True),
    "desk": Queue(roles.DESK, queues.AT_DESK),
    "difficult": Queue(roles.OVERSEERS, queues.DIFFICULT),
    "returns": Queue(frozenset({Role.OFFICE}), queues.RETURNS_PROPOSED),
    "all": Queue(roles.OVERSEERS, queues.ALL),
}
assert set(QUEUES) == set(get_args(QueueName))


async def list_tickets(
    context: Context,
    actor: Actor,
    cursor: str | None,
    limit: int,
    state: TicketState | None = None,
    queue: str | None = None,
) -> TicketPage:
    """My tickets, or a queue of the staff, at the desk after those who wait for a call back; `cursor` names the last
    one seen.
    """
    if actor.kind is ActorKind.STAFF:
        found = await _of_staff(actor, cursor, limit + 1, state, queue or "mine")
    elif actor.kind is ActorKind.CONTACT:
        own = queues.OWN if actor.phone is None else queues.OWN_BY_PHONE
        found = await queues.page(own, [below(cursor), limit + 1, actor.id], state)
    else:
        raise Forbidden
    more, found = len(found) > limit, found[:limit]
    parts = await of_tickets([one.id for one in found])
    items = [summary(one, parts.get(one.id, [])) for one in found]
    return TicketPage(
        items=items if actor.kind is ActorKind.STAFF else [for_enterprise(one) for one in items],
        next=_cursor(found[-1], at_desk=queue == "desk") if more else None,
    )


def position(cursor: str) -> int:
    """The id or number in a cursor we gave out; raises Invalid."""
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise Invalid("This cursor is not one we gave out; begin again without it.")
    return int(cursor)


def below(cursor: str | None) -> int:
    """Which ids a page, newest first, goes on below."""
    return queues.NEWEST if cursor is None else position(cursor)


async def _of_staff(
    actor: Actor, cursor: str | None, limit: int, state: TicketState | None, name: str
) -> list[models.Ticket]:
    queue = QUEUES[name]
    if not actor.roles & queue.readers:
        raise Forbidden
    if name == "desk":
        waiting, rest = _at_desk(cursor)
        values: list[int | None] = [waiting, limit, rest]
    else:
        values = [below(cursor), limit, *([actor.department_id] if queue.of_unit else [])]
    return await queues.page(queue.pages, values, state)


def _at_desk(cursor: str | None) -> tuple[int, int]:
    """Below which ids the desk's page goes on: among those who wait for a call back, and among the others."""
    if cursor is None:
        return queues.NEWEST, queues.NEWEST
    if cursor.startswith(_CALLBACK):
        return position(cursor.removeprefix(_CALLBACK)), queues.NEWEST
    return 0, position(cursor)


def _cursor(last: models.Ticket, *, at_desk: bool) -> str:
    return f"{_CALLBACK}{last.id}" if at_desk and last.callback else str(last.id)
