"""That the unit got in touch with the enterprise, by phone or on the spot."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose
from backend.contract.words import Permission


class NoteContactIn(OnVersion):
    """The unit got in touch with the enterprise."""

    note: Prose | None = None
    """What was said, for the timeline."""


NOTE_CONTACT = Act(
    verb="contacted",
    permission=Permission.CONTACT,
    on=On.ASSIGNMENT,
    request=NoteContactIn,
    gives=TicketOut,
    operation="note_contact_of_assignment",
    path="contact",
    summary="The unit got in touch with the enterprise, by phone or on the spot.",
    stages=(Stage("note", Wants.WORDS, optional=True),),
    confirmed=False,
    typed="contacted",
)
