"""Use cases, one verb a file; each runs inside one transaction and records what happened."""

from backend.actions.consequences import CONSEQUENCES
from backend.work.ticket_work import TicketWork

TicketWork.consequences = CONSEQUENCES
