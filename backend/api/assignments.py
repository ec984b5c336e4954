"""Assignments: who may take one over. What is done with them are the operations of `acts`."""

from __future__ import annotations

from backend.actions import takers
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import IdPath
from backend.contract.models.staff import ColleagueList

operations = Operations("assignments")


@operations("GET", "/assignments/{id}/takers", Access.STAFF)
async def list_takers(call: Call[IdPath, Nothing, Nothing]) -> ColleagueList:
    """Colleagues to whom I may hand it; for leaders of the unit."""
    return await takers.list_takers(call.context, call.actor, call.path.id)
