"""One-time codes, by which staff bind an account in a messenger or link their department's group."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from backend import models
from backend.actions import recipients
from backend.actions.context import Context
from backend.actions.outbox import NewNotice, post
from backend.actions.staff_views import shown_staff
from backend.contract.channels import channel_named
from backend.contract.errors import BadCode, Forbidden, NotFound
from backend.contract.models.messengers import BindIn, BindingCodeOut, GroupIn
from backend.contract.models.organisation import DepartmentOut
from backend.contract.models.staff import StaffOut
from backend.contract.notices import to_staff
from backend.contract.words import Role, Scope
from backend.database import execute, query
from backend.rules import roles
from backend.rules.actor import Actor, ActorKind

BINDING_CODE = timedelta(minutes=10)
_TAKEN = """
SELECT bool_or(EXISTS (
    SELECT FROM staff WHERE staff.department_id = department.id AND staff.active AND staff.roles @> '["leader"]'
)) AS led
FROM department WHERE group_chat IS NOT NULL AND (id = $1) <> (group_chat = $2)
"""
"""Whether a department that would lose its group has a leader: this one another group, or another one this group."""
_LEADERS = (Role.LEADER,)


async def make_binding_code(context: Context, actor: Actor) -> BindingCodeOut:
    """A new one-time code; an older one of the same person stops working."""
    if actor.kind is not ActorKind.STAFF or actor.id is None:
        raise Forbidden
    await models.BindingCode.filter(staff_id=actor.id).delete()
    expires_at = context.now + BINDING_CODE
    for _ in range(5):
        code = f"{secrets.randbelow(100_000_000):08d}"
        made = await query(
            "INSERT INTO binding_code (digest, staff_id, expires_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (digest) DO NOTHING RETURNING digest",
            _code_digest(context, code),
            actor.id,
            expires_at,
        )
        if made:
            return BindingCodeOut(code=code, expires_at=expires_at)
    raise NotFound("No free code was found; try again.")  # five collisions in a hundred million: a broken source


async def bind(context: Context, service: Actor, channel: str, external_id: str, request: BindIn) -> StaffOut:
    """Bind the account to the code's owner; one bound to somebody else before is theirs no more.

    The owner is told wherever else they are, and their leader: it may have been somebody else who had the password.
    """
    if Scope.STAFF not in service.scopes or channel not in service.channels or not channel_named(channel).is_for_staff:
        raise Forbidden
    staff = await _redeem(context, request.code)
    await execute(
        "INSERT INTO identity (channel, external_id, staff_id, bound_at, seen_at) VALUES ($1, $2, $3, $4, $4)"
        " ON CONFLICT (channel, external_id) DO UPDATE SET staff_id = excluded.staff_id, blocked_at = NULL,"
        " bound_at = excluded.bound_at, seen_at = excluded.seen_at",
        channel,
        external_id,
        staff.id,
        context.now,
    )
    leaders = await recipients.members(staff.department_id, _LEADERS, but=(staff.id,))
    told = [(to, True) for to in await recipients.person(staff.id, but=external_id)] + [(to, False) for to in leaders]
    key = f"bound.{staff.id}.{context.now.timestamp()}"
    bound = {own: to_staff.AccountBound(name=staff.name, username=staff.username, own=own) for own in (True, False)}
    await post(context, [NewNotice(key, to, bound[own]) for to, own in told])
    return shown_staff(context, staff)


async def link_group(context: Context, service: Actor, request: GroupIn) -> DepartmentOut:
    """Make the chat the group of the code owner's department; a group stands for one department at a time.

    Where either has one already, a leader has to do it: a group reads all that its department is told, so whoever
    stole a handler's password would take that along. Who linked it and the leaders of both departments are told.
    """
    if Scope.STAFF not in service.scopes:
        raise Forbidden
    staff = await _redeem(context, request.code)
    own = {Role(one) for one in staff.roles}
    if not own & roles.UNIT:
        raise Forbidden("Only a handler or leader can link the group of their department.")
    if Role.LEADER not in own and (taken := await query(_TAKEN, staff.department_id, request.chat)) and taken[0]["led"]:
        raise Forbidden("Only a leader can replace a department's group.")
    units = {one.id for one in await models.Department.filter(group_chat=request.chat)} | {staff.department_id}
    await models.Department.filter(group_chat=request.chat).update(group_chat=None, group_linked_by=None)
    await models.Department.filter(id=staff.department_id).update(group_chat=request.chat, group_linked_by=staff.id)
    unit = context.directory.shown[staff.department_id]
    told = await recipients.person(staff.id)
    for one in sorted(units):
        told += await recipients.members(one, _LEADERS, but=(staff.id,))
    key = f"linked.{unit.code}.{context.now.timestamp()}"
    linked = to_staff.GroupLinked(name=staff.name, department=context.directory.named(staff.department_id))
    await post(context, [NewNotice(key, to, linked) for to in told])
    return unit


async def _redeem(context: Context, code: str) -> models.Staff:
    """The code's owner; the code is used up. Raises BadCode."""
    used = await query(
        "DELETE FROM binding_code WHERE digest = $1 AND expires_at > $2 RETURNING staff_id",
        _code_digest(context, code),
        context.now,
    )
    staff = await models.Staff.get_or_none(id=used[0]["staff_id"], active=True) if used else None
    if staff is None:
        raise BadCode
    return staff


def _code_digest(context: Context, code: str) -> str:
    """Keyed: eight digits could be tried out against a plain digest."""
    return hmac.new(context.secret, f"binding:{code}".encode(), hashlib.sha256).hexdigest()
