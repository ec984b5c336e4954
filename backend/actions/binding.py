"""One-time codes, by which staff bind an account in a messenger or link their department's group."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from backend import models
from backend.actions.staff_views import shown_staff
from backend.contract.channels import channel_named
from backend.contract.errors import BadCode, Forbidden, NotFound
from backend.contract.models.messengers import BindIn, BindingCodeOut, GroupIn
from backend.contract.models.organisation import DepartmentOut
from backend.contract.models.staff import StaffOut
from backend.contract.notices import to_staff
from backend.contract.words import Role, Scope
from backend.rules import roles
from backend.rules.actor import Actor, ActorKind
from backend.storage import binding_codes, departments, identities
from backend.work import recipients
from backend.work.context import Context
from backend.work.outbox import NewNotice, post

BINDING_CODE = timedelta(minutes=10)
_LEADERS = (Role.LEADER,)


async def make_binding_code(context: Context, actor: Actor) -> BindingCodeOut:
    """A new one-time code; an older one of the same person stops working."""
    if actor.kind is not ActorKind.STAFF or actor.id is None:
        raise Forbidden
    await binding_codes.forget(actor.id)
    expires_at = context.now + BINDING_CODE
    for _ in range(5):
        code = f"{secrets.randbelow(100_000_000):08d}"
        if await binding_codes.make(_code_digest(context, code), actor.id, expires_at):
            return BindingCodeOut(code=code, expires_at=expires_at)
    raise NotFound("No free code was found; try again.")  # five collisions in a hundred million: a broken source


async def bind(context: Context, service: Actor, channel: str, external_id: str, request: BindIn) -> StaffOut:
    """Bind the account to the code's owner; one bound to somebody else before is theirs no more.

    The owner is told wherever else they are, and their leader: it may have been somebody else who had the password.
    """
    if Scope.STAFF not in service.scopes or channel not in service.channels or not channel_named(channel).is_for_staff:
        raise Forbidden
    staff = await _redeem(context, request.code)
    await identities.bind(channel, external_id, staff.id, context.now)
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
    if Role.LEADER not in own and await departments.loser_has_leader(staff.department_id, request.chat):
        raise Forbidden("Only a leader can replace a department's group.")
    units = await departments.link(staff.department_id, request.chat, staff.id)
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
    owner = await binding_codes.redeem(_code_digest(context, code), context.now)
    staff = await models.Staff.get_or_none(id=owner, active=True) if owner is not None else None
    if staff is None:
        raise BadCode
    return staff


def _code_digest(context: Context, code: str) -> str:
    """Keyed: eight digits could be tried out against a plain digest."""
    return hmac.new(context.secret, f"binding:{code}".encode(), hashlib.sha256).hexdigest()
