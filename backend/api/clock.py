"""The database's time, by which channels know whether their own clocks are right."""

from __future__ import annotations

from backend import database
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.contract.models.clock import ClockOut

operations = Operations("clock")


@operations("GET", "/clock", Access.TOKEN, any_clock=True)
async def view_clock(call: Call[Nothing, Nothing, Nothing]) -> ClockOut:  # noqa: ARG001 - it declares the operation
    """The database's time; answered also while the backend's own clock is wrong."""
    return ClockOut(now=await database.present())
