"""Topics of department groups: which ticket a topic stands for, and the other way round."""

from __future__ import annotations

from backend import models
from backend.contract.channels import TELEGRAM_STAFF
from backend.contract.errors import Forbidden, Invalid, NotFound
from backend.contract.models.messengers import TopicIn, TopicOut
from backend.contract.words import Scope
from backend.rules import reading
from backend.rules.actor import Actor
from backend.storage import departments, notices, topics
from backend.storage.departments import group_address
from backend.work.context import Context


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
    await topics.tie(chat, ticket.id, request.topic)
    return TopicOut(chat=chat, topic=request.topic, ticket=number)


async def move_group(actor: Actor, chat: str, to: str) -> None:
    """The group goes on under another id: its department, its topics and what waits for it go along. Harmless to
    repeat.
    """
    if Scope.STAFF not in actor.scopes:
        raise Forbidden
    if chat == to:
        raise Invalid("A group cannot move to where it is.")
    await departments.move_group(chat, to)
    await topics.move(chat, to)
    await notices.move(TELEGRAM_STAFF.name, group_address(chat), group_address(to))


async def _linked(actor: Actor, chat: str) -> models.Department:
    if Scope.STAFF not in actor.scopes:
        raise Forbidden
    department = await departments.of_group(chat)
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
