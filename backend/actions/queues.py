"""The lists of tickets: what waits for the desk, a unit or the office, and what an enterprise filed; newest first.

Each list is one statement that an index of its own serves in the order in which it is shown, so that a page costs the
same with a million tickets as with a hundred (migration `0008_lists`). Whoever adds a list adds its index:
tests/backend/actions/test_scale.py counts the rows that every page reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from backend import models
from backend.actions.context import Context
from backend.actions.views import for_enterprise, summary
from backend.contract.errors import Forbidden, Invalid
from backend.contract.models.tickets import TicketPage
from backend.contract.words import Role, TicketState
from backend.database import find
from backend.rules import lifecycle, roles
from backend.rules.actor import Actor, ActorKind

QueueName = Literal["mine", "unit", "desk", "difficult", "returns", "all"]

_STATE = "/* state */"
"""Where a statement takes the condition on the state that was asked for."""
_OPEN = f"state IN {tuple(map(str, lifecycle.OPEN_PARTS))}"
_READ = """
state NOT IN ('returned', 'cancelled') AND NOT EXISTS (
    SELECT FROM assignment AS later WHERE later.ticket_id = assignment.ticket_id
    AND later.department_id = assignment.department_id AND later.round > assignment.round
)"""
"""As `rules.reading.units`: what its unit reads."""


def _tickets(which: str) -> str:
    """Pages of the table itself."""
    return f"SELECT * FROM ticket WHERE id < $1 AND {which} {_STATE} ORDER BY id DESC LIMIT $2"  # noqa: S608  # our own


def _with_part(which: str) -> str:
    """Pages of tickets with such an assignment."""
    return f"""
SELECT ticket.* FROM (
    SELECT DISTINCT ticket_id FROM assignment WHERE ticket_id < $1 AND {which} ORDER BY ticket_id DESC LIMIT $2
) AS part JOIN ticket ON ticket.id = part.ticket_id ORDER BY ticket.id DESC
"""  # noqa: S608  # our own


def _with_part_in_state(which: str) -> str:
    return _tickets(f"EXISTS (SELECT FROM assignment WHERE ticket_id = ticket.id AND {which})")


_AT_DESK = f"""
SELECT * FROM (
    (SELECT * FROM ticket WHERE callback AND id < $1 {_STATE} ORDER BY id DESC LIMIT $2)
    UNION ALL
    (
        SELECT * FROM ticket
        WHERE NOT callback AND (state IN ('submitted', 'accepted') OR lacks_lead) AND id < $3 {_STATE}
        ORDER BY id DESC LIMIT $2
    )
) AS waiting ORDER BY callback DESC, id DESC LIMIT $2
"""  # noqa: S608  # our own
"""Who waits for a call back comes first; a matter whose lead was returned while others assist wants another one."""
_OWN = _tickets("contact_id = $3")
_OWN_BY_PHONE = _tickets("contact_id = $3 AND NOT hidden_reporter")
"""Many may share a telephone: a report is asked for by its number."""
_PARTS = "SELECT * FROM assignment WHERE ticket_id = ANY($1) ORDER BY id"

_CALLBACK = "c"
"""Begins a cursor of the desk's queue that stands among those who wait for a call back."""
_NEWEST = 2**63 - 1
"""All ids come before it."""


@dataclass(frozen=True)
class Queue:
    """A list of the staff."""

    readers: frozenset[Role]
    sql: str
    """$1 is the id that the page stays below, $2 how many are wanted, $3 the reader's department, if `of_unit`."""
    in_state: str
    """The same, with `_STATE`."""
    of_unit: bool = False


def _of_tickets(readers: frozenset[Role], which: str) -> Queue:
    return Queue(readers, _tickets(which), _tickets(which))


def _of_parts(readers: frozenset[Role], which: str, *, of_unit: bool = False) -> Queue:
    return Queue(readers, _with_part(which), _with_part_in_state(which), of_unit)


QUEUES: Mapping[str, Queue] = {
    "mine": _of_parts(roles.UNIT | roles.OVERSEERS, f"department_id = $3 AND {_OPEN}", of_unit=True),
    "unit": _of_parts(roles.UNIT | roles.OVERSEERS, f"department_id = $3 AND {_READ}", of_unit=True),
    "desk": Queue(roles.DESK, _AT_DESK, _AT_DESK),
    "difficult": _of_tickets(roles.OVERSEERS, "difficult"),
    "returns": _of_parts(frozenset({Role.OFFICE}), f"return_proposed AND {_OPEN}"),
    "all": _of_tickets(roles.OVERSEERS, "true"),
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
        own = _OWN if actor.phone is None else _OWN_BY_PHONE
        found = await _page(own, [below(cursor), limit + 1, actor.id], state)
    else:
        raise Forbidden
    more, found = len(found) > limit, found[:limit]
    parts = await parts_of([one.id for one in found])
    items = [summary(one, parts.get(one.id, [])) for one in found]
    return TicketPage(
        items=items if actor.kind is ActorKind.STAFF else [for_enterprise(one) for one in items],
        next=_cursor(found[-1], at_desk=queue == "desk") if more else None,
    )


async def parts_of(ticket_ids: Sequence[int]) -> dict[int, list[models.Assignment]]:
    """The assignments of these tickets, by ticket."""
    found: dict[int, list[models.Assignment]] = {}
    for one in await find(models.Assignment, _PARTS, list(ticket_ids)) if ticket_ids else []:
        found.setdefault(one.ticket_id, []).append(one)
    return found


def position(cursor: str) -> int:
    """The id or number in a cursor we gave out; raises Invalid."""
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise Invalid("This cursor is not one we gave out; begin again without it.")
    return int(cursor)


def below(cursor: str | None) -> int:
    """Which ids a page, newest first, goes on below."""
    return _NEWEST if cursor is None else position(cursor)


async def _of_staff(
    actor: Actor, cursor: str | None, limit: int, state: TicketState | None, name: str
) -> list[models.Ticket]:
    queue = QUEUES[name]
    if not actor.roles & queue.readers:
        raise Forbidden
    if name == "desk":
        waiting, rest = _at_desk(cursor)
        values: list[object] = [waiting, limit, rest]
    else:
        values = [below(cursor), limit, *([actor.department_id] if queue.of_unit else [])]
    return await _page(queue.sql if state is None else queue.in_state, values, state)


async def _page(sql: str, values: list[object], state: TicketState | None) -> list[models.Ticket]:
    if state is None:
        return await find(models.Ticket, sql, *values)
    return await find(models.Ticket, sql.replace(_STATE, f"AND state = ${len(values) + 1}"), *values, state)


def _at_desk(cursor: str | None) -> tuple[int, int]:
    """Below which ids the desk's page goes on: among those who wait for a call back, and among the others."""
    if cursor is None:
        return _NEWEST, _NEWEST
    if cursor.startswith(_CALLBACK):
        return position(cursor.removeprefix(_CALLBACK)), _NEWEST
    return 0, position(cursor)


def _cursor(last: models.Ticket, *, at_desk: bool) -> str:
    return f"{_CALLBACK}{last.id}" if at_desk and last.callback else str(last.id)
