"""Why the person was dissatisfied, for the notices to those who do the matter again or see to it."""

from __future__ import annotations

from typing import Any

from backend.actions.work import TicketWork
from backend.contract.words import Grade


async def told(work: TicketWork) -> dict[str, Any] | None:
    """The reason given for the round before, as notices have it in `dissatisfaction`; None without such a rating.

    A notice goes through messengers and is stored: of a report it says only that the words are with the desk.
    Recordings are on the ticket, where each fetch is logged.
    """
    last = work.ticket.round - 1
    rating = next((one for one in work.ratings if one.round == last), None)
    if rating is None or rating.grade is not Grade.DISSATISFIED:
        return None
    if work.ticket.hidden_reporter:
        return {"withheld": True, "comment": "", "heard": [], "files": 0}
    files = [one for one in await work.files() if one.rating_round == last]
    return {
        "withheld": False,
        "comment": rating.comment,
        "heard": [one.transcript for one in files if one.transcript],
        "files": len(files),
    }
