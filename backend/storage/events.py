"""Events of a ticket, asked for by what they hold; those that every action goes by come with its rows."""

from __future__ import annotations

from collections.abc import Collection

from backend.contract.events import Event
from backend.contract.words import CallOutcome
from backend.database import query

_CALLED = """
SELECT FROM event WHERE ticket_id = $1 AND kind = 'called'
    AND data @> jsonb_build_object('notice', $2::bigint, 'attempt', $3::int)
"""
_CALLS = """
SELECT count(*) AS made FROM event WHERE ticket_id = $1 AND kind = 'called'
    AND data @> jsonb_build_object('notice', $2::bigint) AND data->>'outcome' = ANY($3)
"""
_DECLINED = """
SELECT FROM event WHERE ticket_id = $1 AND kind = 'called'
    AND data @> jsonb_build_object('outcome', 'declined', 'round', $2::int)
"""
_OF_QUESTION = """
SELECT FROM event WHERE ticket_id = $1 AND kind = ANY($3) AND data @> jsonb_build_object('question', $2::bigint)
"""


async def is_called(ticket_id: int, notice_id: int, attempt: int) -> bool:
    """Whether this attempt to call is on the timeline."""
    return bool(await query(_CALLED, ticket_id, notice_id, attempt))


async def calls(ticket_id: int | None, notice_id: int, outcomes: Collection[CallOutcome]) -> int:
    """How many calls that this notice ordered came to one of these."""
    return int((await query(_CALLS, ticket_id, notice_id, [str(one) for one in outcomes]))[0]["made"])


async def is_declined(ticket_id: int, round_: int) -> bool:
    """Whether the person did not want to be called about the answer of this round."""
    return bool(await query(_DECLINED, ticket_id, round_))


async def is_any_of_question(ticket_id: int, question: int, events: Collection[type[Event]]) -> bool:
    return bool(await query(_OF_QUESTION, ticket_id, question, [one.kind.value for one in events]))
