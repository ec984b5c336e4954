"""Sessions of staff."""

from __future__ import annotations

from backend import models
from backend.actions.authentication import token_digest
from backend.actions.context import Context
from backend.database import query
from backend.rules.actor import Actor

_END_OTHERS = "DELETE FROM staff_session WHERE staff_id = $1 AND 'p' || left(digest, 16) <> $2 RETURNING 1"


async def end_other_sessions(staff_id: int, log_in: str) -> int:
    """All but this one, as `Actor.log_in` names it, and a binding code that was made in one of them."""
    ended = await query(_END_OTHERS, staff_id, log_in)
    await models.BindingCode.filter(staff_id=staff_id).delete()
    return len(ended)


async def log_out(context: Context, actor: Actor, token: str) -> None:
    """End the session of this token; an account bound in a messenger has none to end."""
    await models.StaffSession.filter(digest=token_digest(token), staff_id=actor.id).delete()
