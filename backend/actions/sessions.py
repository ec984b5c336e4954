"""Sessions of staff."""

from __future__ import annotations

from backend import models
from backend.actions.authentication import token_digest
from backend.rules.actor import Actor
from backend.storage import binding_codes, log_ins
from backend.work.context import Context


async def end_other_sessions(staff_id: int, log_in: str) -> int:
    """All but this one, as `Actor.log_in` names it, and a binding code that was made in one of them."""
    ended = await log_ins.end_other_sessions(staff_id, log_in)
    await binding_codes.forget(staff_id)
    return ended


async def log_out(context: Context, actor: Actor, token: str) -> None:
    """End the session of this token; an account bound in a messenger has none to end."""
    await models.StaffSession.filter(digest=token_digest(token), staff_id=actor.id).delete()
