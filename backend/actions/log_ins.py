"""One's own log-ins, to look through and to end, and those that were refused, for the auditor."""

from __future__ import annotations

from backend import models
from backend.actions import staff
from backend.actions.actor import Actor, ActorKind
from backend.actions.context import Context
from backend.actions.queues import below
from backend.contract.errors import Forbidden, NotFound
from backend.contract.models import FailedLogInOut, FailedLogInPage, LogInList, LogInOut
from backend.database import query
from backend.rules import roles

_MINE = """
SELECT 'p' || left(digest, 16) AS id, $2 AS channel, address, created_at AS since, seen_at AS seen
FROM staff_session WHERE staff_id = $1 AND expires_at > $3 AND (seen_at IS NULL OR seen_at > $4)
UNION ALL
SELECT 'm' || id, channel, '', bound_at, seen_at FROM identity WHERE staff_id = $1
ORDER BY seen DESC NULLS LAST, id
"""
_END_PAGES = "DELETE FROM staff_session WHERE staff_id = $1 AND 'p' || left(digest, 16) {} $2 RETURNING 1"
_ACCOUNTS = "SELECT id FROM identity WHERE staff_id = $1 AND 'm' || id {} $2"
_FAILED = """
SELECT failed.id, failed.at, staff.username AS staff, left(failed.name_digest, 12) AS unknown,
    failed.address, failed.why
FROM failed_log_in AS failed LEFT JOIN staff ON staff.id = failed.staff_id
WHERE failed.id < $1 ORDER BY failed.id DESC LIMIT $2
"""


async def list_log_ins(context: Context, actor: Actor) -> LogInList:
    """What holds now, the last used first; nothing in it is a secret."""
    rows = await query(_MINE, _own_id(actor), staff.PAGE_CHANNEL, context.now, context.now - staff.idle_time(context))
    return LogInList(items=[LogInOut(**row, current=row["id"] == actor.log_in) for row in rows])


async def end(actor: Actor, log_in: str) -> None:
    """Raises NotFound for one that is over, or somebody else's."""
    if not await _end(_END_PAGES.format("="), _ACCOUNTS.format("="), _own_id(actor), log_in):
        raise NotFound


async def end_others(actor: Actor) -> None:
    """All but the one acted through, and a binding code that was not used yet."""
    own = _own_id(actor)
    await _end(_END_PAGES.format("<>"), _ACCOUNTS.format("<>"), own, actor.log_in)
    await models.BindingCode.filter(staff_id=own).delete()


async def _end(pages: str, accounts: str, own: int, log_in: str) -> int:
    ended = await query(pages, own, log_in)
    bound = [row["id"] for row in await query(accounts, own, log_in)]
    await staff.unbind(bound)
    return len(ended) + len(bound)


async def list_failed(context: Context, actor: Actor, cursor: str | None, limit: int) -> FailedLogInPage:
    """Refused log-ins, newest first; for auditors alone, and that they read them is logged."""
    if not roles.may(actor.roles, "read_failed_log_ins"):
        raise Forbidden
    rows = await query(_FAILED, below(cursor), limit + 1)
    await models.AccessLog.create(at=context.now, actor_kind=actor.kind.value, actor_id=actor.id, what="failed log-ins")
    return FailedLogInPage(
        items=[FailedLogInOut.model_validate(dict(row)) for row in rows[:limit]],
        next=str(rows[limit - 1]["id"]) if len(rows) > limit else None,
    )


def _own_id(actor: Actor) -> int:
    if actor.kind is not ActorKind.STAFF or actor.id is None:
        raise Forbidden
    return actor.id
