"""The notices' part of the API client: claimed by a channel, delivered, acknowledged."""

from __future__ import annotations

from backend.contract.client.transport import Resource
from backend.contract.models.calls import CallIn
from backend.contract.models.notices import ClaimIn, NoticeFailed, NoticePage


class Notices(Resource):
    async def claim_notices(self, request: ClaimIn) -> NoticePage:
        """Not tried again: a claim whose answer was lost comes back when its lease ends."""
        return await self._ask(NoticePage, "POST", "/notices/claims", request, repeat=False)

    async def mark_sent(self, notice: int) -> None:
        await self._tell("POST", f"/notices/{notice}/sent")

    async def mark_failed(self, notice: int, request: NoticeFailed) -> None:
        await self._tell("POST", f"/notices/{notice}/failed", request)

    async def record_call(self, number: str, request: CallIn, *, key: str) -> None:
        """What became of a call to the enterprise; one that a seat made by hand is recorded as theirs."""
        await self._tell("POST", f"/tickets/{number}/calls", request, key=key)
