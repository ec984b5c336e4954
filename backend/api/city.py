"""The city as channels need to know it."""

from __future__ import annotations

from backend.actions import city_views
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.contract.models.organisation import CityOut

operations = Operations("city")


@operations("GET", "/city", Access.TOKEN)
async def view_city(call: Call[Nothing, Nothing, Nothing]) -> CityOut:
    """Districts, departments, and what counts as an emergency."""
    return await city_views.view_city(call.context)
