"""The city's part of the API client: what everybody may know of it, and the time."""

from __future__ import annotations

from datetime import datetime

from backend.contract.client.transport import Resource
from backend.contract.models.clock import ClockOut
from backend.contract.models.organisation import CityOut


class City(Resource):
    async def view_city(self) -> CityOut:
        return await self._get(CityOut, "/city")

    async def ask_time(self) -> datetime:
        """The database's, for a `MeasuredClock`. Not tried again: pauses would blur what was measured."""
        return (await self._ask(ClockOut, "GET", "/clock", repeat=False)).now
