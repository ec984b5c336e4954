"""Who is calling, known by a token or by an account in a messenger."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from backend import models
from backend.contract.channels import WEB_STAFF
from backend.contract.errors import Unauthenticated
from backend.contract.words import Scope
from backend.rules.actor import Actor, ActorKind
from backend.storage import acting_staff
from backend.storage.acting_staff import ActingStaff
from backend.work.context import Context

SESSION_PREFIX = "stf_"


def token_digest(token: str) -> str:
    """What is stored in place of a token; plain SHA-256 serves, a token is 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


async def session_actor(context: Context, token: str, *, used: bool = True) -> Actor:
    """The member of staff logged in with this token; raises Unauthenticated, also when it was not used for long.

    `used`: somebody does something by it now, which begins its idle time anew.
    """
    digest, now = token_digest(token), context.now
    found = await acting_staff.by_session(digest, now, idle_time(context))
    if found is None:
        raise Unauthenticated
    if used and found.unseen:
        await acting_staff.see_session(digest, now)
    return _actor(context, found, WEB_STAFF.name, f"p{digest[:16]}")


async def bound_actor(context: Context, channel: str, external_id: str) -> Actor | None:
    """The member of staff who bound this account, or None."""
    found = await acting_staff.by_account(channel, external_id, context.now)
    if found is None:
        return None
    assert found.identity_id is not None
    if found.unseen:
        await acting_staff.see_account(found.identity_id, context.now)
    return _actor(context, found, channel, f"m{found.identity_id}")


def idle_time(context: Context) -> timedelta:
    """How long a log-in with the password may go unused."""
    return timedelta(minutes=context.policy.log_ins.idle_minutes)


def _actor(context: Context, staff: ActingStaff, channel: str, log_in: str) -> Actor:
    return Actor(
        ActorKind.STAFF,
        id=staff.id,
        channel=channel,
        identity_id=staff.identity_id,
        log_in=log_in,
        department_id=staff.department_id,
        roles=staff.roles,
        language=staff.language,
        must_enrol=not staff.has_second_factor and context.policy.log_ins.needs_second_factor(staff.roles),
    )


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
