"""Log-ins of staff: made in one step or two, looked through and ended, and the refused ones for the auditor."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

from backend import models
from backend.actions import accounts, authentication, second_factor, sessions, staff_views
from backend.actions.queues import below
from backend.contract.errors import BadCode, CodeNeeded, Forbidden, NotFound, Unauthenticated
from backend.contract.models.log_ins import (
    FailedLogInPage,
    LogIn,
    LogInCodeIn,
    LogInList,
    SessionOut,
)
from backend.contract.words import Role
from backend.database import transaction
from backend.rules.actor import Actor, ActorKind
from backend.storage import access_log, second_factors
from backend.storage import log_ins as storage
from backend.work import password_hashes
from backend.work.context import Context

_TICKET = timedelta(minutes=5)
"""From the password to the code of the authenticator app."""


async def log_in(context: Context, request: LogIn, address: str = "") -> SessionOut:
    """Raises Unauthenticated; whether the name or the password was wrong is told to the auditor alone.

    Raises CodeNeeded for who has an authenticator app, with a ticket for the second step.
    """
    known = await models.Staff.get_or_none(username=request.username)
    admitted = known if known is not None and known.active else None
    right = await password_hashes.matches(
        admitted.password_hash if admitted else password_hashes.NOBODY, request.password
    )
    if admitted is None or not right:
        await _note_failure(context, request.username, known, address)
        raise Unauthenticated("Name or password is wrong.")
    if await second_factors.is_on(admitted.id):
        raise CodeNeeded(ticket=_ticket(context, admitted, context.now + _TICKET))
    return await _open(context, admitted, address, request.device)


async def finish_log_in(context: Context, request: LogInCodeIn, address: str = "") -> SessionOut:
    """The second step. Raises Unauthenticated for a ticket that is too old, BadCode for a wrong or used code."""
    admitted = await check_ticket(context, request.ticket)
    async with transaction():
        taken = await second_factor.take(context, admitted.id, request.code)
    if not taken:
        await _note_failure(context, admitted.username, admitted, address, why="code")
        raise BadCode
    return await _open(context, admitted, address, request.device)


async def check_ticket(context: Context, ticket: str) -> models.Staff:
    """Whose log-in it is the second step of. Raises Unauthenticated."""
    username, _, rest = ticket.partition(":")
    ends = rest.partition(".")[0]
    known = await models.Staff.get_or_none(username=username, active=True)
    at = datetime.fromtimestamp(int(ends), UTC) if re.fullmatch(r"[0-9]{10}", ends, re.ASCII) else context.now
    right = known is not None and hmac.compare_digest(_ticket(context, known, at).encode(), ticket.encode())
    if known is None or not right or at <= context.now:
        raise Unauthenticated("The log-in took too long; begin it again.")
    return known


def _ticket(context: Context, admitted: models.Staff, ends: datetime) -> str:
    """That the password was right, so that no page has to keep it for the second step; a new one makes it worthless."""
    about = f"{admitted.username}:{int(ends.timestamp())}"
    mark = hmac.new(context.secret, f"log-in ticket:{about}:{admitted.password_hash}".encode(), hashlib.sha256)
    return f"{about}.{mark.hexdigest()}"


async def _open(context: Context, admitted: models.Staff, address: str, device: str) -> SessionOut:
    token = authentication.SESSION_PREFIX + secrets.token_urlsafe(32)
    expires_at = context.now + timedelta(hours=context.policy.log_ins.session_hours)
    await models.StaffSession.create(
        digest=authentication.token_digest(token),
        staff_id=admitted.id,
        expires_at=expires_at,
        created_at=context.now,
        seen_at=context.now,
        address=address[:100],
    )
    known = device_of(context, admitted.username, device) or secrets.token_hex(16)
    return SessionOut(
        token=token,
        expires_at=expires_at,
        staff=staff_views.shown_staff(context, admitted),
        device=_signed(context, admitted.username, known),
    )


def device_of(context: Context, username: str, shown: str) -> str:
    """The browser that a log-in comes from, if it was let in to this very account before; else empty."""
    device = shown.partition(".")[0]
    known = hmac.compare_digest(_signed(context, username, device).encode(), shown.encode())
    return device if device and known else ""


def _signed(context: Context, username: str, device: str) -> str:
    mark = hmac.new(context.secret, f"device:{username}:{device}".encode(), hashlib.sha256).hexdigest()
    return f"{device}.{mark}"


async def _note_failure(
    context: Context, username: str, known: models.Staff | None, address: str, why: str = ""
) -> None:
    unknown = hmac.new(context.secret, f"log-in:{username}".encode(), hashlib.sha256).hexdigest()
    await models.FailedLogIn.create(
        at=context.now,
        staff_id=known.id if known is not None else None,
        name_digest="" if known is not None else unknown,
        address=address[:100],
        why=why or ("name" if known is None else "password" if known.active else "dismissed"),
    )


# --- one's own ---------------------------------------------------------------------------------------------------


async def list_log_ins(context: Context, actor: Actor) -> LogInList:
    """What holds now, the last used first; nothing in it is a secret."""
    own = _own_id(actor)
    held = await storage.of_staff(own, context.now, authentication.idle_time(context), actor.log_in)
    return LogInList(items=held)


async def end(actor: Actor, log_in: str) -> None:
    """Raises NotFound for one that is over, or somebody else's."""
    own = _own_id(actor)
    bound = await storage.account(own, log_in)
    await accounts.unbind(bound)
    if not bound and not await storage.end_session(own, log_in):
        raise NotFound


async def end_others(actor: Actor) -> None:
    """All but the one acted through, and a binding code that was not used yet."""
    own = _own_id(actor)
    await sessions.end_other_sessions(own, actor.log_in)
    await accounts.unbind(await storage.other_accounts(own, actor.log_in))


# --- for the auditor ----------------------------------------------------------------------------------------------


async def list_failed(context: Context, actor: Actor, cursor: str | None, limit: int) -> FailedLogInPage:
    """Refused log-ins, newest first; for auditors alone, and that they read them is logged."""
    if Role.AUDITOR not in actor.roles:
        raise Forbidden
    page = await storage.failed(below(cursor), limit)
    await access_log.note(context.now, actor, "failed log-ins")
    return page


def _own_id(actor: Actor) -> int:
    if actor.kind is not ActorKind.STAFF or actor.id is None:
        raise Forbidden
    return actor.id
