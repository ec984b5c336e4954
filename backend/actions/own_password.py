"""A member of staff chooses a new password."""

from __future__ import annotations

from backend import models
from backend.actions.accounts import unbind_all
from backend.actions.sessions import end_other_sessions
from backend.contract.errors import Forbidden, Invalid, WrongPassword
from backend.contract.models.log_ins import PasswordIn
from backend.database import transaction
from backend.rules import passwords
from backend.rules.actor import Actor, ActorKind
from backend.work import password_hashes
from backend.work.context import Context


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
        await unbind_all(known.id)
