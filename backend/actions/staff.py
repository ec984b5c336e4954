"""Staff and programs: tokens, passwords, accounts and groups bound by a one-time code."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, TypedDict

from backend import models
from backend.actions import password_hashes, recipients
from backend.actions.context import Context
from backend.actions.outbox import NewNotice, post, post_by_command
from backend.contract.errors import (
    BadCode,
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
    WrongPassword,
)
from backend.contract.faults import NamedFault, OperatorError, suggestion
from backend.contract.message import Message
from backend.contract.models.log_ins import PasswordIn
from backend.contract.models.messengers import BindIn, BindingCodeOut, GroupIn
from backend.contract.models.organisation import DepartmentOut
from backend.contract.models.staff import StaffOut
from backend.contract.words import Role, Scope
from backend.database import execute, present, query, transaction
from backend.rules import passwords, roles
from backend.rules.actor import Actor, ActorKind

SESSION_PREFIX = "stf_"
SERVICE_PREFIX = "svc_"
CHANNEL_SUFFIX = "-staff"
"""Channels whose accounts belong to staff."""
PAGE_CHANNEL = "web-staff"
BINDING_CODE = timedelta(minutes=10)
OWN_SERVICE = "channels"
"""Name of our own channels' token, which comes from the settings."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
"""Of a program or a channel."""

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a log-in was last used: one write a minute, however many requests come."""

_BY_SESSION = """
SELECT staff.id, staff.roles, staff.department_id, staff.language, staff_session.seen_at < $4 AS unseen,
    second_factor.confirmed_at IS NOT NULL AS has_factor
FROM staff_session JOIN staff ON staff.id = staff_session.staff_id
    LEFT JOIN second_factor ON second_factor.staff_id = staff.id
WHERE staff_session.digest = $1 AND staff_session.expires_at > $2 AND staff.active
    AND (staff_session.seen_at IS NULL OR staff_session.seen_at > $3)
"""
_BY_ACCOUNT = """
SELECT staff.id, staff.roles, staff.department_id, staff.language, identity.id AS identity_id,
    identity.seen_at IS NULL OR identity.seen_at < $3 AS unseen, second_factor.confirmed_at IS NOT NULL AS has_factor
FROM identity JOIN staff ON staff.id = identity.staff_id
    LEFT JOIN second_factor ON second_factor.staff_id = staff.id
WHERE identity.channel = $1 AND identity.external_id = $2 AND staff.active
"""
_SEE_SESSION = "UPDATE staff_session SET seen_at = $2 WHERE digest = $1 AND seen_at < $2"
_SEE_ACCOUNT = "UPDATE identity SET seen_at = $2 WHERE id = $1 AND (seen_at IS NULL OR seen_at < $2)"
_END_OTHERS = "DELETE FROM staff_session WHERE staff_id = $1 AND 'p' || left(digest, 16) <> $2 RETURNING 1"
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
_TAKEN = """
SELECT bool_or(EXISTS (
    SELECT FROM staff WHERE staff.department_id = department.id AND staff.active AND staff.roles @> '["leader"]'
)) AS led
FROM department WHERE group_chat IS NOT NULL AND (id = $1) <> (group_chat = $2)
"""
"""Whether a department that would lose its group has a leader: this one another group, or another one this group."""


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
_LEADERS = (Role.LEADER,)


def token_digest(token: str) -> str:
    """What is stored in place of a token; plain SHA-256 serves, a token is 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


class _About(TypedDict):
    department_id: int
    roles: frozenset[Role]
    language: str
    must_enrol: bool


# --- who is calling -----------------------------------------------------------------------------------------------


async def session_actor(context: Context, token: str, *, used: bool = True) -> Actor:
    """The member of staff logged in with this token; raises Unauthenticated, also when it was not used for long.

    `used`: somebody does something by it now, which begins its idle time anew.
    """
    digest, now = token_digest(token), context.now
    found = await query(_BY_SESSION, digest, now, now - idle_time(context), now - SEEN_EVERY)
    if not found:
        raise Unauthenticated
    row = found[0]
    if used and row["unseen"]:
        await execute(_SEE_SESSION, digest, now)
    return Actor(
        ActorKind.STAFF,
        id=row["id"],
        channel=PAGE_CHANNEL,
        log_in=f"p{digest[:16]}",
        **_about(context, row),
    )


async def bound_actor(context: Context, channel: str, external_id: str) -> Actor | None:
    """The member of staff who bound this account, or None."""
    found = await query(_BY_ACCOUNT, channel, external_id, context.now - SEEN_EVERY)
    if not found:
        return None
    row = found[0]
    if row["unseen"]:
        await execute(_SEE_ACCOUNT, row["identity_id"], context.now)
    return Actor(
        ActorKind.STAFF,
        id=row["id"],
        channel=channel,
        identity_id=row["identity_id"],
        log_in=f"m{row['identity_id']}",
        **_about(context, row),
    )


def idle_time(context: Context) -> timedelta:
    """How long a log-in with the password may go unused."""
    return timedelta(minutes=context.policy.log_ins.idle_minutes)


def _about(context: Context, row: Any) -> _About:
    found = frozenset(Role(one) for one in json.loads(row["roles"]))
    return {
        "department_id": row["department_id"],
        "roles": found,
        "language": row["language"],
        "must_enrol": not row["has_factor"] and context.policy.log_ins.needs_second_factor(found),
    }


async def service_actor(digest: str) -> Actor:
    """The program that holds the token of this digest; raises Unauthenticated."""
    found = await models.ServiceToken.get_or_none(digest=digest)
    if found is None:
        raise Unauthenticated
    return Actor(
        ActorKind.SERVICE,
        scopes=frozenset(Scope(one) for one in found.scopes),
        channels=frozenset(found.channels),
        name=found.name,
    )


async def admit_service(name: str, token: str, scopes: Iterable[Scope], channels: Iterable[str]) -> None:
    """Let a program in with this token; the same name again replaces its token, scopes and channels."""
    await execute(
        "INSERT INTO service_token (digest, name, scopes, channels) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, scopes = excluded.scopes,"
        " channels = excluded.channels",
        token_digest(token),
        name,
        json.dumps(sorted(scopes)),
        json.dumps(sorted(channels)),
    )


async def issue_token(name: str, scopes: Iterable[Scope], channels: Iterable[str]) -> str:
    """A new token for another program, shown once; the same name again makes the token before it worthless.

    Raises OperatorError for a name that is ours, or for one that is not lower-case letters, digits, - and _.
    """
    channels = list(channels)
    for one in (name, *channels):
        if not _NAME.fullmatch(one):
            raise OperatorError(NamedFault(one, Message("token.odd_name")))
    if name == OWN_SERVICE:
        raise OperatorError(NamedFault(name, Message("token.own_name")))
    token = SERVICE_PREFIX + secrets.token_urlsafe(32)
    await admit_service(name, token, scopes, channels)
    return token


async def revoke_token(name: str) -> None:
    """Shut a program out, within the seconds that a token is believed; raises OperatorError."""
    if not await models.ServiceToken.filter(name=name).delete():
        known = [one.name for one in await list_services()]
        raise OperatorError(NamedFault(name, Message("token.none"), suggestion(name, known)))


async def list_services() -> list[models.ServiceToken]:
    """Every program that has a token, by name."""
    return await models.ServiceToken.all().order_by("name")


# --- passwords and leaving ----------------------------------------------------------------------------------------


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
        await models.Notice.filter(done_at__isnull=True, channel=PAGE_CHANNEL, address=str(staff.id)).delete()


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
    await _unbind_all(staff.id)
    await _unlink(staff)


async def _unlink(staff: models.Staff) -> None:
    """The departments' people are told, and whoever linked the groups: their notices go to each of them again."""
    now = await present()
    for unit in await query(_UNLINK, staff.id, recipients.STAFF_CHANNEL, recipients.group("")):
        told = [*await recipients.person(staff.id), *await recipients.members(unit["id"], but=(staff.id,))]
        args = {"name": staff.name, "department": unit["name"], "department_en": unit["name_en"]}
        key = f"unlinked.{unit['id']}.{now.timestamp()}"
        await post_by_command(now, [NewNotice(key, to, "group_unlinked", args, None, at_once=True) for to in told])


async def _unbind_all(staff_id: int) -> None:
    await unbind([one.id for one in await models.Identity.filter(staff_id=staff_id)])


async def change_password(context: Context, actor: Actor, request: PasswordIn) -> None:
    """For who is logged in on the page: their other sessions end, and messenger accounts are theirs no more.

    A password is changed where somebody else may know it, and they may have bound an account of their own by it.

    Raises WrongPassword for the old one, Invalid when nothing would change.
    """
    if actor.kind is not ActorKind.STAFF or actor.identity_id is not None:
        raise Forbidden("A password is changed on the staff page.")
    known = await models.Staff.get(id=actor.id)
    if not await password_hashes.matches(known.password_hash, request.old):
        raise WrongPassword
    if request.new == request.old:
        raise Invalid("The new password is the old one.")
    if passwords.is_common(request.new, known.username, context.policy.log_ins.hotlines):
        raise Invalid("The new password is one of the commonest, or holds the account's name; choose another.")
    hashed = await password_hashes.make(request.new)
    async with transaction():
        # The old hash once more: of two changes at a time, or of one beside a reset, only the first is true.
        changed = await models.Staff.filter(id=known.id, password_hash=known.password_hash).update(password_hash=hashed)
        if not changed:
            raise WrongPassword
        await end_other_sessions(known.id, actor.log_in)
        await _unbind_all(known.id)


async def end_other_sessions(staff_id: int, log_in: str) -> int:
    """All but this one, as `Actor.log_in` names it, and a binding code that was made in one of them."""
    ended = await query(_END_OTHERS, staff_id, log_in)
    await models.BindingCode.filter(staff_id=staff_id).delete()
    return len(ended)


async def log_out(context: Context, actor: Actor, token: str) -> None:
    """End the session of this token; an account bound in a messenger has none to end."""
    await models.StaffSession.filter(digest=token_digest(token), staff_id=actor.id).delete()


async def view_staff(context: Context, actor: Actor) -> StaffOut:
    if actor.kind is not ActorKind.STAFF:
        raise Forbidden
    shown = shown_staff(context, await models.Staff.get(id=actor.id))
    return shown.model_copy(update={"must_enrol": actor.must_enrol})


# --- binding ------------------------------------------------------------------------------------------------------


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
    if Scope.STAFF not in service.scopes or channel not in service.channels or not channel.endswith(CHANNEL_SUFFIX):
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
    args = {"name": staff.name, "username": staff.username}
    await post(
        context, [NewNotice(key, to, "account_bound", {**args, "own": own}, None, at_once=True) for to, own in told]
    )
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
    args = {"name": staff.name, "department": unit.name, "department_en": unit.name_en}
    await post(context, [NewNotice(key, to, "group_linked", args, None, at_once=True) for to in told])
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


def shown_staff(context: Context, staff: models.Staff) -> StaffOut:
    return StaffOut(
        id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=[Role(one) for one in staff.roles],
        department=context.directory.shown[staff.department_id],
        language=staff.language,
    )
