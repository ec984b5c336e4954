"""Who hears of something: the accounts of a contact, of a unit's staff by role, of the desks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from backend import models
from backend.actions.directory import Directory
from backend.contract.words import Role

STAFF_CHANNEL = "telegram-staff"
"""Channel whose groups stand for departments."""
STAFF_PAGE = "web-staff"
"""Every member of staff has the web page; its address is the staff id."""


@dataclass(frozen=True)
class Recipient:
    channel: str
    address: str
    language: str
    fallback: tuple[str, ...] = ()
    """For a group: the private accounts of its members."""


async def contact_of(ticket: models.Ticket) -> Recipient:
    """The account the ticket came from: the answer goes back by the same channel."""
    identity = await models.Identity.get(id=ticket.identity_id)
    return Recipient(identity.channel, identity.external_id, ticket.language)


async def unit(
    directory: Directory,
    department_id: int,
    roles: Collection[Role] = (Role.HANDLER, Role.LEADER),
    *,
    but: Collection[int] = (),
    group: bool = True,
) -> list[Recipient]:
    """The staff of a department with any of these roles; its group once, in place of its members' private chats."""
    staff = [one for one in await models.Staff.filter(department_id=department_id, active=True) if one.id not in but]
    members = [one for one in staff if set(one.roles) & set(roles)]
    chat = directory.departments[department_id].group_chat if group else None
    return await _reach(members, chat)


async def members(staff_ids: Collection[int]) -> list[Recipient]:
    return await _reach(await models.Staff.filter(id__in=list(staff_ids), active=True), None)


async def desk(roles: Collection[Role] = (Role.SEAT, Role.DISPATCHER)) -> list[Recipient]:
    """Everybody at the desks named, wherever they sit."""
    wanted = set(roles)
    return await _reach([one for one in await models.Staff.filter(active=True) if set(one.roles) & wanted], None)


async def _reach(staff: Iterable[models.Staff], chat: str | None) -> list[Recipient]:
    people = {one.id: one for one in staff}
    if not people:
        return []
    reached = [Recipient(STAFF_PAGE, str(one.id), one.language) for one in people.values()]
    bound = await models.Identity.filter(staff_id__in=list(people)).values_list("channel", "external_id", "staff_id")
    private = [
        Recipient(channel, external_id, people[staff_id].language)
        for channel, external_id, staff_id in bound
        if channel != STAFF_PAGE
    ]
    if chat is None:
        return reached + private
    in_group = [one for one in private if one.channel == STAFF_CHANNEL]
    elsewhere = [one for one in private if one.channel != STAFF_CHANNEL]
    language = next(iter(people.values())).language
    group = Recipient(STAFF_CHANNEL, f"group:{chat}", language, tuple(one.address for one in in_group))
    return [*reached, *elsewhere, group]
