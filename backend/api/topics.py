"""Topics: which topic of a department's group stands for which ticket."""

from __future__ import annotations

from backend.actions import topics
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import ChatPath, ChatTopicPath, TicketChatPath
from backend.contract.models.messengers import GroupMoveIn, TopicIn, TopicOut

operations = Operations("topics")


@operations("GET", "/groups/{chat}/topics/{topic}", Access.STAFF_SERVICE)
async def find_topic(call: Call[ChatTopicPath, Nothing, Nothing]) -> TopicOut:
    """The ticket of a topic, or null."""
    return await topics.find_topic(call.context, call.actor, call.path.chat, call.path.topic)


@operations("POST", "/groups/{chat}/move", Access.STAFF_SERVICE, reorganises=True)
async def move_group(call: Call[ChatPath, Nothing, GroupMoveIn]) -> None:
    """The group lives on under another id; its topics and what waits for it go along."""
    await topics.move_group(call.actor, call.path.chat, call.body.to)


@operations("GET", "/tickets/{number}/topics/{chat}", Access.STAFF_SERVICE)
async def view_topic(call: Call[TicketChatPath, Nothing, Nothing]) -> TopicOut:
    """The topic of a ticket in a group, or null."""
    return await topics.ticket_topic(call.context, call.actor, call.path.number, call.path.chat)


@operations("PUT", "/tickets/{number}/topics/{chat}", Access.STAFF_SERVICE)
async def set_topic(call: Call[TicketChatPath, Nothing, TopicIn]) -> TopicOut:
    """Remember the topic; a lost one is replaced."""
    return await topics.set_topic(call.context, call.actor, call.path.number, call.path.chat, call.body)
