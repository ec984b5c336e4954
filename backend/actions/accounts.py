"""Accounts of staff, as an administrator opens, resets or closes them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from backend import models
from backend.contract.channels import WEB_STAFF
from backend.contract.faults import NamedFault, OperatorError, suggestion
from backend.contract.message import Message
from backend.contract.notices import to_staff
from backend.database import present, transaction
from backend.storage import binding_codes, departments, identities, notices
from backend.storage.staff import usernames
from backend.work import password_hashes, recipients
from backend.work.outbox import NewNotice, post_by_command


async def reset_password(username: str) -> str:
    """A new random password, never stored; sessions end, messengers are unbound, groups unlinked.

    Whoever knew the old one may have bound an account or linked a group of their own by it. Raises OperatorError.
    """
    password = secrets.token_urlsafe(12)
    hashed = await password_hashes.make(password)
    async with transaction():
        staff = await account(username)
        staff.password_hash = hashed
        await staff.save(update_fields=["password_hash"])
        await shut_out(staff)
    return password


async def dismiss(username: str) -> None:
    """Close the account of somebody who left: sessions end, messenger accounts are theirs no more.

    What they did stays theirs in the record; open parts belong to the department, so any colleague can go on. Notices
    that wait for the end of the quiet hours reach them no more, nor what a group cannot take. Raises OperatorError.
    """
    async with transaction():
        staff = await account(username)
        staff.active = False
        await staff.save(update_fields=["active"])
        await shut_out(staff)
        await models.Notice.filter(done_at__isnull=True, channel=WEB_STAFF.name, address=str(staff.id)).delete()


async def readmit(username: str) -> str:
    """Open a closed account again, with a new password; messenger accounts are bound anew. Raises OperatorError."""
    async with transaction():
        staff = await account(username)
        staff.active = True
        await staff.save(update_fields=["active"])
        return await reset_password(username)


async def unbind(accounts: Sequence[int]) -> None:
    """Accounts in messengers that are a member of staff's no more: what waits for them is told there no more."""
    await notices.drop_of(accounts)
    await identities.forget(accounts)


async def account(username: str) -> models.Staff:
    """Locked for the transaction. Raises OperatorError."""
    staff = await models.Staff.filter(username=username).select_for_update().get_or_none()
    if staff is None:
        known = await usernames()
        raise OperatorError(NamedFault(username, Message("account.none"), suggestion(username, known)))
    return staff


async def shut_out(staff: models.Staff) -> None:
    """Whoever acted as this person, by whatever way, does so no more."""
    await models.StaffSession.filter(staff_id=staff.id).delete()
    await binding_codes.forget(staff.id)
    await unbind_all(staff.id)
    await _unlink(staff)


async def _unlink(staff: models.Staff) -> None:
    """The departments' people are told, and whoever linked the groups: their notices go to each of them again."""
    now = await present()
    for unit in await departments.unlink_all_by(staff.id):
        told = [*await recipients.person(staff.id), *await recipients.members(unit.id, but=(staff.id,))]
        unlinked = to_staff.GroupUnlinked(name=staff.name, department=unit.name)
        key = f"unlinked.{unit.id}.{now.timestamp()}"
        await post_by_command(now, [NewNotice(key, to, unlinked) for to in told])


async def unbind_all(staff_id: int) -> None:
    await unbind(await identities.of_staff(staff_id))
