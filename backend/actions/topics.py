"""Topics of department groups: which ticket a topic stands for, and the other way round."""

from __future__ import annotations

from backend import models
from backend.actions import recipients
from backend.actions.context import Context
from backend.contract.channels import TELEGRAM_STAFF
from backend.contract.errors import Forbidden, Invalid, NotFound
from backend.contract.models.messengers import TopicIn, TopicOut
from backend.contract.words import Scope
from backend.database import execute
from backend.rules import reading
from backend.rules.actor import Actor

_MOVE_TOPICS = """
UPDATE topic SET chat = $2 WHERE chat = $1 AND NOT EXISTS (
    SELECT FROM topic AS there
    WHERE there.chat = $2 AND (there.ticket_id = topic.ticket_id OR there.topic = topic.topic)
)
"""
_MOVE_NOTICES = """
UPDATE notice SET address = $3 WHERE channel = $1 AND address = $2 AND done_at IS NULL
"""


async def find_topic(context: Context, actor: Actor, chat: str, topic: int) -> TopicOut:
    """The ticket of a topic; its number is None when the topic stands for none, or for one that is not the unit's any
    more.
    """
    department = await _linked(actor, chat)
    row = await models.Topic.get_or_none(chat=chat, topic=topic).select_related("ticket")
    number = row.ticket.number if row and await _reads(department, row.ticket_id) else None
    return TopicOut(chat=chat, topic=topic, ticket=number)


async def ticket_topic(context: Context, actor: Actor, number: str, chat: str) -> TopicOut:
    """The topic of a ticket in this group; None when it has none yet."""
    ticket = await _ticket(actor, number, chat)
    row = await models.Topic.get_or_none(chat=chat, ticket_id=ticket.id)
    return TopicOut(chat=chat, topic=row.topic if row else None, ticket=number)


async def set_topic(context: Context, actor: Actor, number: str, chat: str, request: TopicIn) -> TopicOut:
    """Tie ticket and topic; what either was tied to before in this group is forgotten."""
    if request.chat != chat:
        raise Invalid("The chat in the address and in the body differ.")
    ticket = await _ticket(actor, number, chat)
    await models.Topic.filter(chat=chat, topic=request.topic).exclude(ticket_id=ticket.id).delete()
    await execute(
        "INSERT INTO topic (chat, ticket_id, topic) VALUES ($1, $2, $3)"
        " ON CONFLICT (chat, ticket_id) DO UPDATE SET topic = excluded.topic",
        chat,
        ticket.id,
        request.topic,
    )
    return TopicOut(chat=chat, topic=request.topic, ticket=number)


async def move_group(actor: Actor, chat: str, to: str) -> None:
    """The group goes on under another id: its department, its topics and what waits for it go along. Harmless to
    repeat.
    """
    if Scope.STAFF not in actor.scopes:
        raise Forbidden
    if chat == to:
        raise Invalid("A group cannot move to where it is.")
    if await models.Department.filter(group_chat=chat).exists():
        await models.Department.filter(group_chat=to).update(group_chat=None)
        await models.Department.filter(group_chat=chat).update(group_chat=to)
    await execute(_MOVE_TOPICS, chat, to)
    await execute(_MOVE_NOTICES, TELEGRAM_STAFF.name, recipients.group(chat), recipients.group(to))


async def _linked(actor: Actor, chat: str) -> models.Department:
    if Scope.STAFF not in actor.scopes:
        raise Forbidden
    department = await models.Department.filter(group_chat=chat).first()
    if department is None:
        raise NotFound("This group is not linked to a department.")
    return department


async def _ticket(actor: Actor, number: str, chat: str) -> models.Ticket:
    """The ticket, if the group's department reads it now."""
    department = await _linked(actor, chat)
    ticket = await models.Ticket.get_or_none(number=number)
    if ticket is None:
        raise NotFound
    if not await _reads(department, ticket.id):
        raise NotFound
    return ticket


async def _reads(department: models.Department, ticket_id: int) -> bool:
    return department.id in reading.units(await models.Assignment.filter(ticket_id=ticket_id))
