"""Why the person was dissatisfied, for the notices to those who do the matter again or see to it."""

from __future__ import annotations

from typing import Any

from backend import models
from backend.actions.work import TicketWork
from backend.contract.words import Grade


async def told(work: TicketWork) -> dict[str, Any] | None:
    """The reason given for the round before, as notices have it in `dissatisfaction`; None without such a rating.

    A notice goes through messengers and is stored: of a report it says only that the words are with the desk.
    Recordings are on the ticket, where each fetch is logged.
    """
    last = work.ticket.round - 1
    rating = await models.Rating.get_or_none(ticket_id=work.ticket.id, round=last, grade=Grade.DISSATISFIED)
    if rating is None:
        return None
    if work.ticket.hidden_reporter:
        return {"withheld": True, "comment": "", "heard": [], "files": 0}
    files = await models.Attachment.filter(ticket_id=work.ticket.id, rating_round=last).order_by("created_at")
    return {
        "withheld": False,
        "comment": rating.comment,
        "heard": [one.transcript for one in files if one.transcript],
        "files": len(files),
    }
