"""The groups' part of the API client: chats of departments in a messenger, a topic a ticket."""

from __future__ import annotations

from urllib.parse import quote

from backend.contract.client.transport import Resource
from backend.contract.models.messengers import GroupIn, GroupMoveIn, TopicIn, TopicOut
from backend.contract.models.organisation import DepartmentOut


class Groups(Resource):
    async def link_group(self, request: GroupIn, *, key: str) -> DepartmentOut:
        return await self._ask(DepartmentOut, "POST", "/staff/groups", request, key=key)

    async def move_group(self, chat: str, request: GroupMoveIn, *, key: str) -> None:
        """A department's group lives on under another id."""
        await self._tell("POST", f"{_of(chat)}/move", request, key=key)

    async def find_topic(self, chat: str, topic: int) -> TopicOut:
        return await self._get(TopicOut, f"{_of(chat)}/topics/{topic}")

    async def ticket_topic(self, number: str, chat: str) -> TopicOut:
        return await self._get(TopicOut, f"/tickets/{number}/topics/{quote(chat, safe='')}")

    async def set_topic(self, number: str, request: TopicIn, *, key: str) -> TopicOut:
        path = f"/tickets/{number}/topics/{quote(request.chat, safe='')}"
        return await self._ask(TopicOut, "PUT", path, request, key=key)


def _of(chat: str) -> str:
    return f"/groups/{quote(chat, safe='')}"
