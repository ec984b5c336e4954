"""Who hears of something: the accounts of a contact, of a unit's staff by role, of the desks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backend import models
from backend.contract import phone
from backend.contract.channels import TELEGRAM_STAFF, WEB_STAFF, channel_named
from backend.contract.words import Role
from backend.rules.roles import UNIT
from backend.storage import staff
from backend.storage.departments import group_address
from backend.storage.directory import Directory
from backend.storage.staff import StaffMember


@dataclass(frozen=True)
class Recipient:
    channel: str
    address: str
    language: str
    fallback: tuple[str, ...] = ()
    """For a group: the private accounts of its members."""


def contact_of(ticket: models.Ticket, account: tuple[str, str], *, elsewhere: bool = True) -> Recipient:
    """The account the ticket came from, given as channel and address: the answer goes back by the same channel.

    Who called is called at the number they left for this ticket, if they did and `elsewhere` is allowed: from there
    they may hear the answer and rate it, but only their own account can add to the ticket.
    """
    channel, address = account
    if elsewhere and channel_named(channel).is_telephone:
        address = phone.direct(ticket.contact_phone) or address
    return Recipient(channel, address, ticket.language)


def phone_of(ticket: models.Ticket, account: tuple[str, str]) -> Recipient | None:
    """Where the phone line can call the ticket's contact, whatever channel it came by; None without a number, for one
    with an extension, and for one that was corrected and is not bound yet: there nobody could be told or asked.
    """
    if not ticket.phone_bound:
        return None
    number = phone.direct(ticket.contact_phone) if ticket.contact_phone else phone.number_of(*account)
    return Recipient(phone.CHANNEL, number, ticket.language) if number else None


async def unit(
    directory: Directory, department_id: int, roles: Collection[Role] = UNIT, *, but: Collection[int] = ()
) -> list[Recipient]:
    """The staff of a department with any of these roles; its group once, in place of its members' private chats.

    Whoever came a moment ago is not in the directory yet: where nobody is, the database is asked.
    """
    chat = directory.departments[department_id].group_chat
    known = _with_role([one for one in directory.staff.get(department_id, ()) if one.id not in but], roles)
    if not known:
        known = await _of_department(department_id, roles, but)
    return _reach(known, chat)


async def members(department_id: int, roles: Collection[Role] = UNIT, *, but: Collection[int] = ()) -> list[Recipient]:
    """The same, each for themselves."""
    return _reach(await _of_department(department_id, roles, but), None)


async def member(department_id: int, staff_id: int | None) -> list[Recipient]:
    """Everywhere that somebody is told something, while they still handle matters of the department."""
    found = await _of_department(department_id, UNIT, ())
    return _reach([one for one in found if one.id == staff_id], None)


async def person(staff_id: int, *, but: str = "") -> list[Recipient]:
    """Everywhere that a member of staff is told something, without the account of this address."""
    return [one for one in _reach(await staff.by_id(staff_id), None) if one.address != but]


async def desk(roles: Collection[Role] = (Role.SEAT, Role.DISPATCHER)) -> list[Recipient]:
    """Everybody at the desks named, wherever they sit."""
    return _reach(_with_role(await staff.everybody(), roles), None)


async def _of_department(department_id: int, roles: Collection[Role], but: Collection[int]) -> list[StaffMember]:
    return _with_role([one for one in await staff.in_department(department_id) if one.id not in but], roles)


def _with_role(found: Sequence[StaffMember], roles: Collection[Role]) -> list[StaffMember]:
    return [one for one in found if one.roles & set(roles)]


def _reach(found: Sequence[StaffMember], chat: str | None) -> list[Recipient]:
    if not found:
        return []
    # Every member of staff has the web page; its address is the staff id.
    reached = [Recipient(WEB_STAFF.name, str(one.id), one.language) for one in found]
    private = [
        Recipient(channel, address, one.language)
        for one in found
        for channel, address in one.accounts
        if channel != WEB_STAFF.name
    ]
    if chat is None:
        return reached + private
    in_group = [one for one in private if channel_named(one.channel).has_groups]
    elsewhere = [one for one in private if not channel_named(one.channel).has_groups]
    fallback = tuple(one.address for one in in_group)
    return [*reached, *elsewhere, Recipient(TELEGRAM_STAFF.name, group_address(chat), found[0].language, fallback)]
