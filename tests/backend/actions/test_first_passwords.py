"""A password that nobody was shown does not exist."""

import asyncio
import contextvars
from collections.abc import Mapping

import pytest

from backend import models
from backend.actions import accounts
from backend.actions.first_passwords import hand_out_passwords
from backend.contract.errors import Unauthenticated
from backend.contract.models.log_ins import LogIn
from backend.work import password_hashes
from backend.work.password_hashes import NO_PASSWORD
from tests.backend.city import Backend


async def test_what_could_not_be_shown_is_not_stored_and_comes_again(backend: Backend) -> None:
    await models.Staff.filter(username__in=["power-1", "power-2"]).update(password_hash=NO_PASSWORD)
    tried: dict[str, str] = {}

    def gone(passwords: Mapping[str, str]) -> None:
        tried.update(passwords)
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await hand_out_passwords(gone)
    with pytest.raises(Unauthenticated):
        await backend.client.log_in(LogIn(username="power-1", password=tried["power-1"]))

    shown: dict[str, str] = {}
    await hand_out_passwords(shown.update)
    assert shown.keys() == {"power-1", "power-2"}
    assert shown["power-1"] != tried["power-1"]
    await backend.client.log_in(LogIn(username="power-1", password=shown["power-1"]))

    again: list[Mapping[str, str]] = []
    await hand_out_passwords(again.append)
    assert not again


async def test_a_reset_during_the_first_start_is_not_undone(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """`jiesu staff password` printed a password that the start, a moment later, replaced by its own."""
    await models.Staff.filter(username="power-1").update(password_hash=NO_PASSWORD)
    make, resets = password_hashes.make, list[asyncio.Task[str]]()

    async def slowly(password: str) -> str:
        if not resets:
            resets.append(asyncio.create_task(accounts.reset_password("power-1"), context=outside))
            await asyncio.wait(resets, timeout=2)
        return await make(password)

    outside = contextvars.copy_context()  # else the task would be part of the start's transaction
    monkeypatch.setattr(password_hashes, "make", slowly)
    await hand_out_passwords(lambda _: None)
    await backend.client.log_in(LogIn(username="power-1", password=await resets[0]))


async def test_an_account_without_a_password_lets_nobody_in(backend: Backend) -> None:
    await models.Staff.filter(username="power-1").update(password_hash=NO_PASSWORD)
    for password in ("", NO_PASSWORD, "none"):
        with pytest.raises(Unauthenticated):
            await backend.client.log_in(LogIn.model_construct(username="power-1", password=password or "x"))
