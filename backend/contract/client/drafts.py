"""The drafts' part of the API client: forms that are not filed yet."""

from __future__ import annotations

from backend.contract.client.transport import Resource
from backend.contract.models.drafts import DraftIn, DraftOut, DraftPage


class Drafts(Resource):
    async def list_drafts(self) -> DraftPage:
        return await self._get(DraftPage, "/drafts")

    async def save_draft(self, draft_id: str, request: DraftIn, *, key: str) -> DraftOut:
        return await self._ask(DraftOut, "PUT", f"/drafts/{draft_id}", request, key=key)

    async def drop_draft(self, draft_id: str, *, key: str) -> None:
        await self._tell("DELETE", f"/drafts/{draft_id}", key=key)
