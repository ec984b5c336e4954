"""Registration with digest: proved, renewed, lost and found again, by one worker or by each."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from ivr.sip.settings import Trunk
from tests.ivr.contract import CALLER, PATIENCE
from tests.ivr.desk import Desk
from tests.ivr.sip.desk import waiting, workers
from tests.ivr.sip.digest import Account
from tests.ivr.sip.phone import Phone, free_port


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.05)


def _trunk(phone: Phone, **changes: Any) -> Trunk:
    return Trunk(phone.place, **{"user": "hotline", "password": "a long; secret", "expiry": 60, **changes})


@pytest.fixture
def port() -> int:
    return free_port()


async def test_it_registers_with_proof_and_takes_calls_to_its_contact(port: int) -> None:
    desk = Desk()
    async with waiting() as registrar:
        registrar.account = Account("hotline-auth", "a long; secret")
        async with workers(desk, port, trunk=_trunk(registrar, auth_user="hotline-auth")) as running:
            await _until(lambda: running.registered == {port: True})
            _, contact, seconds = registrar.registrations[0]
            assert f"@127.0.0.1:{port}" in contact
            assert seconds == 60
            phone = await Phone.dial(port, CALLER, called="hotline")
            await desk.call()
            await phone.close()


async def test_the_registration_is_renewed_before_it_ends(port: int) -> None:
    """Twice at least: once more may come late to us where the machine is busy."""
    async with waiting() as registrar, workers(Desk(), port, trunk=_trunk(registrar, expiry=2)) as running:

        def in_time() -> int:
            times = [at for at, _, _ in registrar.registrations]
            return sum(later - earlier < 2 for earlier, later in pairwise(times))

        await _until(lambda: in_time() >= 2)
        assert running.registered == {port: True}


async def test_a_lost_registration_is_told_without_secrets_and_found_again(
    port: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async with waiting() as registrar, workers(Desk(), port, trunk=_trunk(registrar, expiry=2)) as running:
        await _until(lambda: running.registered[port])
        registrar.register_status = 503
        await _until(lambda: not running.registered[port])
        registrar.register_status = 200
        await _until(lambda: running.registered[port])
    lost = [record for record in caplog.records if getattr(record, "action", "") == "sip_registration_lost"]
    assert lost[0].status == 503  # type: ignore[attr-defined]
    assert "a long; secret" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(("every", "expected"), [(False, 1), (True, 2)])
async def test_one_worker_registers_or_each(port: int, every: bool, expected: int) -> None:
    async with (
        waiting() as registrar,
        workers(Desk(), port, workers=2, trunk=_trunk(registrar, every_worker=every)) as running,
    ):
        await _until(lambda: len(running.registered) == expected and all(running.registered.values()))
        assert len({contact for _, contact, _ in registrar.registrations}) == expected


async def test_without_a_registrar_calls_are_taken_all_the_same(port: int) -> None:
    desk = Desk()
    async with workers(desk, port, trunk=Trunk(f"127.0.0.1:{free_port()}", "hotline", "x", expiry=60)) as running:
        phone = await Phone.dial(port, CALLER)
        await desk.call()
        await phone.close()
        assert running.registered == {port: False}
