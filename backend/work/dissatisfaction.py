"""Why the person was dissatisfied, for the notices to those who do the matter again or see to it."""

from __future__ import annotations

from backend.contract.notices import to_staff
from backend.contract.words import Grade
from backend.work.ticket_work import TicketWork


async def told(work: TicketWork) -> to_staff.Dissatisfaction | None:
    """The reason given for the round before, as notices have it; None without such a rating.

    A notice goes through messengers and is stored: of a report it says only that the words are with the desk.
    Recordings are on the ticket, where each fetch is logged.
    """
    last = work.ticket.round - 1
    rating = next((one for one in work.ratings if one.round == last), None)
    if rating is None or rating.grade is not Grade.DISSATISFIED:
        return None
    if work.ticket.hidden_reporter:
        return to_staff.Dissatisfaction(withheld=True)
    files = [one for one in await work.files() if one.rating_round == last]
    heard = tuple(one.transcript for one in files if one.transcript)
    return to_staff.Dissatisfaction(comment=rating.comment, heard=heard, files=len(files))
