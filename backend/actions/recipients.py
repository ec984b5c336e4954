"""Who hears of something: the accounts of a contact, of a unit's staff by role, of the desks."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend import models
from backend.contract import phone
from backend.contract.channels import TELEGRAM_STAFF, WEB_STAFF, channel_named
from backend.contract.words import Role
from backend.database import query
from backend.rules.roles import UNIT
from backend.storage.directory import Directory

_STAFF = """
SELECT staff.id, staff.roles, staff.language, identity.channel, identity.external_id
FROM staff LEFT JOIN identity ON identity.staff_id = staff.id
WHERE staff.active AND {whom} ORDER BY staff.id, identity.id
"""
"""Active staff, a row for each account they have bound, or one without an account."""
_OF_DEPARTMENT = _STAFF.format(whom="staff.department_id = $1")
_BY_ID = _STAFF.format(whom="staff.id = ANY($1)")
_ALL = _STAFF.format(whom="true")


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
        address = ticket.contact_phone or address
    return Recipient(channel, address, ticket.language)


def phone_of(ticket: models.Ticket, account: tuple[str, str]) -> Recipient | None:
    """Where the phone line can call the ticket's contact, whatever channel it came by; None without a number, and for
    one that was corrected and is not bound yet: from there nobody could be told or asked anything.
    """
    if not ticket.phone_bound:
        return None
    number = ticket.contact_phone or phone.number_of(*account)
    return Recipient(phone.CHANNEL, number, ticket.language) if number else None


def group(chat: str) -> str:
    """The address of a department's group."""
    return f"group:{chat}"


async def unit(
    directory: Directory, department_id: int, roles: Collection[Role] = UNIT, *, but: Collection[int] = ()
) -> list[Recipient]:
    """The staff of a department with any of these roles; its group once, in place of its members' private chats.

    Whoever came a moment ago is not in the directory yet: where nobody is, the database is asked.
    """
    chat = directory.departments[department_id].group_chat
    wanted = set(roles)
    known = [one for one in directory.staff.get(department_id, ()) if one.id not in but and one.roles & wanted]
    if not known:
        return _reach(await _of_department(department_id, roles, but), chat)
    rows = [
        {"id": one.id, "language": one.language, "channel": channel, "external_id": address}
        for one in known
        for channel, address in one.accounts or ((None, None),)
    ]
    return _reach(rows, chat)


async def members(department_id: int, roles: Collection[Role] = UNIT, *, but: Collection[int] = ()) -> list[Recipient]:
    """The same, each for themselves."""
    return _reach(await _of_department(department_id, roles, but), None)


async def member(department_id: int, staff_id: int | None) -> list[Recipient]:
    """Everywhere that somebody is told something, while they still handle matters of the department."""
    staff = await _of_department(department_id, UNIT, ())
    return _reach([one for one in staff if one["id"] == staff_id], None)


async def person(staff_id: int, *, but: str = "") -> list[Recipient]:
    """Everywhere that a member of staff is told something, without the account of this address."""
    return [one for one in _reach(list(await query(_BY_ID, [staff_id])), None) if one.address != but]


async def desk(roles: Collection[Role] = (Role.SEAT, Role.DISPATCHER)) -> list[Recipient]:
    """Everybody at the desks named, wherever they sit."""
    return _reach(_with_role(await query(_ALL), roles), None)


_Rows = list[Mapping[str, Any]]


async def _of_department(department_id: int, roles: Collection[Role], but: Collection[int]) -> _Rows:
    staff = [one for one in await query(_OF_DEPARTMENT, department_id) if one["id"] not in but]
    return _with_role(staff, roles)


def _with_role(staff: _Rows, roles: Collection[Role]) -> _Rows:
    return [one for one in staff if set(json.loads(one["roles"])) & set(roles)]


def _reach(staff: Sequence[Mapping[str, Any]], chat: str | None) -> list[Recipient]:
    if not staff:
        return []
    languages = {one["id"]: one["language"] for one in staff}
    # Every member of staff has the web page; its address is the staff id.
    reached = [Recipient(WEB_STAFF.name, str(id_), language) for id_, language in languages.items()]
    private = [
        Recipient(one["channel"], one["external_id"], one["language"])
        for one in staff
        if one["channel"] not in (None, WEB_STAFF.name)
    ]
    if chat is None:
        return reached + private
    in_group = [one for one in private if channel_named(one.channel).has_groups]
    elsewhere = [one for one in private if not channel_named(one.channel).has_groups]
    language = next(iter(languages.values()))
    there = Recipient(TELEGRAM_STAFF.name, group(chat), language, tuple(one.address for one in in_group))
    return [*reached, *elsewhere, there]
