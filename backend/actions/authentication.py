"""Who is calling, known by a token or by an account in a messenger."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any, TypedDict

from backend import models
from backend.actions.context import Context
from backend.contract.channels import WEB_STAFF
from backend.contract.errors import Unauthenticated
from backend.contract.words import Role, Scope
from backend.database import execute, query
from backend.rules.actor import Actor, ActorKind

SESSION_PREFIX = "stf_"
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


def token_digest(token: str) -> str:
    """What is stored in place of a token; plain SHA-256 serves, a token is 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


class _About(TypedDict):
    department_id: int
    roles: frozenset[Role]
    language: str
    must_enrol: bool


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
        channel=WEB_STAFF.name,
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
