"""An interim answer 阶段性答复, told to the enterprise."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion, Stage, Wants
from backend.contract.models.tickets import TicketOut
from backend.contract.models.values import Prose
from backend.contract.words import Permission


class InterimIn(OnVersion):
    """An interim answer 阶段性答复, told to the enterprise."""

    text: Prose


ANSWER_INTERIM = Act(
    verb="interim",
    permission=Permission.INTERIM,
    on=On.ASSIGNMENT,
    request=InterimIn,
    gives=TicketOut,
    operation="answer_interim_of_assignment",
    path="interim",
    summary="Tell the enterprise how far it is 阶段性答复; may be repeated.",
    stages=(Stage("text", Wants.WORDS),),
    typed="interim",
)
