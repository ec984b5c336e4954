"""Accounts of staff, as an administrator opens, resets or closes them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from backend import models
from backend.actions import password_hashes, recipients
from backend.actions.outbox import NewNotice, post_by_command
from backend.contract.channels import TELEGRAM_STAFF, WEB_STAFF
from backend.contract.faults import NamedFault, OperatorError, suggestion
from backend.contract.message import Message
from backend.contract.notices import to_staff
from backend.contract.notices.notice import Named
from backend.database import execute, present, query, transaction

_DROP_NOTICES = """
DELETE FROM notice WHERE done_at IS NULL
    AND (channel, address) IN (SELECT channel, external_id FROM identity WHERE id = ANY($1::bigint[]))
"""
_DROP_FALLBACKS = """
UPDATE notice SET fallback = notice.fallback - identity.external_id FROM identity
WHERE identity.id = ANY($1::bigint[]) AND notice.done_at IS NULL AND notice.channel = identity.channel
    AND notice.fallback ? identity.external_id
"""
"""A group's notice goes to its members one by one where the group cannot have it."""
_UNLINK = """
WITH gone AS (
    UPDATE department SET group_chat = NULL, group_linked_by = NULL FROM department AS before
    WHERE department.id = before.id AND before.group_linked_by = $1
    RETURNING before.id, before.name, before.name_en, before.group_chat
), dropped AS (
    DELETE FROM notice USING gone
    WHERE notice.done_at IS NULL AND notice.channel = $2 AND notice.address = $3 || gone.group_chat
)
SELECT id, name, name_en FROM gone ORDER BY id
"""
"""Groups that this person linked are no department's any more; what waits for them stands on its members' pages too."""


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


async def unbind(identities: Sequence[int]) -> None:
    """Accounts in messengers that are a member of staff's no more: what waits for them is told there no more."""
    await execute(_DROP_NOTICES, list(identities))
    await execute(_DROP_FALLBACKS, list(identities))
    await models.Identity.filter(id__in=list(identities)).delete()


async def account(username: str) -> models.Staff:
    """Locked for the transaction. Raises OperatorError."""
    staff = await models.Staff.filter(username=username).select_for_update().get_or_none()
    if staff is None:
        known = [str(one) for one in await models.Staff.all().values_list("username", flat=True)]
        raise OperatorError(NamedFault(username, Message("account.none"), suggestion(username, known)))
    return staff


async def shut_out(staff: models.Staff) -> None:
    """Whoever acted as this person, by whatever way, does so no more."""
    await models.StaffSession.filter(staff_id=staff.id).delete()
    await models.BindingCode.filter(staff_id=staff.id).delete()
    await unbind_all(staff.id)
    await _unlink(staff)


async def _unlink(staff: models.Staff) -> None:
    """The departments' people are told, and whoever linked the groups: their notices go to each of them again."""
    now = await present()
    for unit in await query(_UNLINK, staff.id, TELEGRAM_STAFF.name, recipients.group("")):
        told = [*await recipients.person(staff.id), *await recipients.members(unit["id"], but=(staff.id,))]
        name = Named(zh=unit["name"], en=unit["name_en"] or unit["name"])
        unlinked = to_staff.GroupUnlinked(name=staff.name, department=name)
        key = f"unlinked.{unit['id']}.{now.timestamp()}"
        await post_by_command(now, [NewNotice(key, to, unlinked) for to in told])


async def unbind_all(staff_id: int) -> None:
    await unbind([one.id for one in await models.Identity.filter(staff_id=staff_id)])
