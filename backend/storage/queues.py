"""The lists of tickets: what waits for the desk, a unit or the office, and what an enterprise filed; newest first.

Each list is one statement that an index of its own serves in the order in which it is shown, so that a page costs the
same with a million tickets as with a hundred (migration `0008_lists`). Whoever adds a list adds its index:
tests/bench/test_scale.py counts the rows that every page reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend import models
from backend.contract.words import TicketState
from backend.rules import lifecycle
from backend.storage.rows import find

NEWEST = 2**63 - 1
"""All ids come before it."""

_STATE = "/* state */"
"""Where a statement takes the condition on the state that was asked for."""
_OPEN = f"state IN {tuple(map(str, lifecycle.OPEN_PARTS))}"
_READ = """
state NOT IN ('returned', 'cancelled') AND NOT EXISTS (
    SELECT FROM assignment AS later WHERE later.ticket_id = assignment.ticket_id
    AND later.department_id = assignment.department_id AND later.round > assignment.round
)"""
"""As `rules.reading.units`: what its unit reads."""
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
"""


@dataclass(frozen=True)
class Pages:
    """$1 is the id that a page stays below, $2 how many are wanted; a third value is the list's own."""

    sql: str
    in_state: str
    """The same, with `_STATE`."""


def _tickets(which: str) -> str:
    """Pages of the table itself."""
    return f"SELECT * FROM ticket WHERE id < $1 AND {which} {_STATE} ORDER BY id DESC LIMIT $2"


def _with_part(which: str) -> str:
    """Pages of tickets with such an assignment."""
    return f"""
SELECT ticket.* FROM (
    SELECT DISTINCT ticket_id FROM assignment WHERE ticket_id < $1 AND {which} ORDER BY ticket_id DESC LIMIT $2
) AS part JOIN ticket ON ticket.id = part.ticket_id ORDER BY ticket.id DESC
"""


def _with_part_in_state(which: str) -> str:
    return _tickets(f"EXISTS (SELECT FROM assignment WHERE ticket_id = ticket.id AND {which})")


def _of_tickets(which: str) -> Pages:
    return Pages(_tickets(which), _tickets(which))


def _of_parts(which: str) -> Pages:
    return Pages(_with_part(which), _with_part_in_state(which))


OPEN_IN_UNIT = _of_parts(f"department_id = $3 AND {_OPEN}")
"""The third value is the unit's id."""
READ_BY_UNIT = _of_parts(f"department_id = $3 AND {_READ}")
"""The third value is the unit's id."""
AT_DESK = Pages(_AT_DESK, _AT_DESK)
"""Who waits for a call back comes first; a matter whose lead was returned while others assist wants another one. The
first value is for those, the third for the others.
"""
DIFFICULT = _of_tickets("difficult")
RETURNS_PROPOSED = _of_parts(f"return_proposed AND {_OPEN}")
ALL = _of_tickets("true")
OWN = _of_tickets("contact_id = $3")
"""The third value is the contact's id."""
OWN_BY_PHONE = _of_tickets("contact_id = $3 AND NOT hidden_reporter")
"""Many may share a telephone: a report is asked for by its number."""


async def page(pages: Pages, values: Sequence[int | None], state: TicketState | None) -> list[models.Ticket]:
    """Of those in this state, if one is given."""
    if state is None:
        return await find(models.Ticket, pages.sql, *values)
    in_state = pages.in_state.replace(_STATE, f"AND state = ${len(values) + 1}")
    return await find(models.Ticket, in_state, *values, state)
