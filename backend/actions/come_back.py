"""A person who had shut us out is there again: they are told once what they missed, if it is still of use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.actions.context import Context
from backend.contract.notices import KINDS
from backend.contract.notices.to_enterprise import Completed, QuestionAsked, RatingReminder
from backend.contract.words import AssignmentState, TicketState
from backend.database import execute, query

_REACHABLE = """
UPDATE identity SET blocked_at = NULL WHERE channel = $1 AND external_id = $2 AND blocked_at IS NOT NULL
RETURNING contact_id
"""
# By the tickets of the person, since notices have no index by address. Locked, so that two who notice the return at the
# same time tell it once.
_MISSED = f"""
SELECT notice.id, notice.template, notice.ticket_id, ticket.state,
    question.answered_at IS NULL AND (question.assignment_id IS NULL OR part.state = $4) AS open_question
FROM notice
JOIN ticket ON ticket.id = notice.ticket_id AND ticket.cleared_at IS NULL
LEFT JOIN question ON notice.template = '{QuestionAsked.template}' AND question.id = (notice.args->>'question')::bigint
LEFT JOIN assignment AS part ON part.id = question.assignment_id
WHERE ticket.contact_id = $1 AND notice.channel = $2 AND notice.address = $3 AND notice.outcome IN ('blocked', 'gone')
ORDER BY notice.id FOR UPDATE OF notice
"""  # noqa: S608  # our own constant
_AGAIN = f"""
UPDATE notice SET done_at = NULL, outcome = NULL, attempts = 0, ready_at = $2,
    args = CASE
        WHEN template = '{Completed.template}' AND ticket.state = 'closed' THEN args || '{{"over": true}}'
        ELSE args
    END
FROM ticket WHERE notice.id = ANY($1) AND ticket.id = notice.ticket_id
"""  # noqa: S608  # our own constant


async def come_back(context: Context, channel: str, external_id: str) -> None:
    """Harmless to repeat, and for who never was away. Needs a transaction."""
    found = await query(_REACHABLE, channel, external_id)
    if not found or found[0]["contact_id"] is None:
        return  # staff have their page
    missed = await query(_MISSED, found[0]["contact_id"], channel, external_id, AssignmentState.SIGNED.value)
    if told := _of_use(missed):
        await execute(_AGAIN, told, context.now)
        context.wakes.add(channel)


def _of_use(missed: Sequence[Mapping[str, Any]]) -> list[int]:
    """In order; of the answers to one ticket the last, which asks for the rating too, so that no reminder is needed."""
    latest = {row["ticket_id"]: row["id"] for row in missed if row["template"] == Completed.template}
    return [row["id"] for row in missed if _is_of_use(row, latest)]


def _is_of_use(row: Mapping[str, Any], answers: Mapping[int, int]) -> bool:
    kind = KINDS.get(row["template"])
    if kind is None or TicketState(row["state"]) not in kind.of_use_in:
        return False
    if kind is Completed:
        return answers[row["ticket_id"]] == int(row["id"])
    if kind is RatingReminder:
        return row["ticket_id"] not in answers
    return kind is not QuestionAsked or bool(row["open_question"])
