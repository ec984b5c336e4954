"""The contact's part of the API client: what is kept of the person who speaks for an enterprise."""

from __future__ import annotations

from backend.contract.client.transport import Resource
from backend.contract.models.contacts import ContactIn, ContactOut


class Contact(Resource):
    async def view_contact(self) -> ContactOut:
        return await self._get(ContactOut, "/contact")

    async def update_contact(self, request: ContactIn, *, key: str) -> ContactOut:
        return await self._ask(ContactOut, "PATCH", "/contact", request, key=key)

    async def note_return(self, *, key: str) -> None:
        """Whoever had blocked the channel is there again."""
        await self._tell("POST", "/contact/return", key=key)
