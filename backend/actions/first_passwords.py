"""First passwords of new staff: shown before they are stored, so that one which was never shown does not exist."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping

from backend import models
from backend.database import transaction
from backend.storage import turns
from backend.storage.staff import set_passwords
from backend.work import password_hashes


async def hand_out_passwords(show: Callable[[Mapping[str, str]], object]) -> None:
    """Give every active account that has none a random password; `show` is told them by user name, at most once.

    Whoever dies between showing and storing hands out others at the next start. What `show` raises stores nothing.
    """
    async with transaction():
        await turns.take("hand_out_passwords")
        # Locked: who is given one by a command meanwhile waits, so that what the command prints is what holds.
        waiting = (
            await models.Staff.filter(password_hash=password_hashes.NO_PASSWORD, active=True)
            .order_by("id")
            .select_for_update()
        )
        if not waiting:
            return
        passwords = {one.username: secrets.token_urlsafe(12) for one in waiting}
        hashes = await asyncio.gather(*(password_hashes.make(password) for password in passwords.values()))
        show(passwords)
        await set_passwords([one.id for one in waiting], hashes)
